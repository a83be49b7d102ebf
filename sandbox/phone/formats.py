"""How values are written on the customer's pages: amounts and dates as in the customer's country, phone numbers."""

import re
from datetime import date, datetime
from typing import Final

from sandbox.domain.customers import calling_code
from sandbox.domain.money import Amount, Currency
from sandbox.phone.words import Words
from sandbox.world.people import local_date, local_time

__all__ = [
    "app_name",
    "country_of",
    "day_text",
    "lock_screen_date",
    "money_text",
    "percent_text",
    "phone_number_text",
    "shortened",
    "time_text",
    "typed_phone_number",
]

_BETWEEN_DIGITS: Final = re.compile(r"[\s().-]+")
_NATIONAL: Final = re.compile("[0-9]{8}")  # in Norway and Denmark alike

_HOME_CURRENCY: Final = {"47": Currency.NOK, "45": Currency.DKK, "358": Currency.EUR, "46": Currency.SEK}
_SIGNS: Final = {Currency.NOK: "kr", Currency.DKK: "kr", Currency.EUR: "€", Currency.SEK: "kr"}
_MOBILEPAY: Final = frozenset({"45", "358"})


def country_of(currency: Currency) -> str:
    """Return the country, by its calling code, that a currency's payments are usually made in."""
    return next((code for code, home in _HOME_CURRENCY.items() if home is currency), "47")


def app_name(phone_number: str) -> str:
    """Return what the app is called where a phone number, or a bare calling code, is from."""
    return "MobilePay" if calling_code(phone_number) in _MOBILEPAY else "Vipps"


def money_text(amount: Amount, phone_number: str) -> str:
    """Return an amount as it is written where a phone number, or a bare calling code, is from: `2 000,00 kr`.

    The currency of another country is told by its code, for there are four kinds of kroner: `DKK 2 000,00`.
    """
    code = calling_code(phone_number)
    whole, part = divmod(abs(amount.value), 100)
    grouped = f"{whole:,}".replace(",", "." if code == "45" else "\u202f")
    number = f"{'−' if amount.value < 0 else ''}{grouped},{part:02}"  # noqa: RUF001 - a minus sign is meant
    if _HOME_CURRENCY.get(code) is amount.currency:
        return f"{number}\u00a0{_SIGNS[amount.currency]}"
    return f"{amount.currency.value}\u00a0{number}"


def percent_text(hundredths: int) -> str:
    """Return a rate, given in hundredths of a percent, without its sign: `25`, `12,5`."""
    return f"{hundredths / 100:g}".replace(".", ",")


def phone_number_text(phone_number: str) -> str:
    """Return an MSISDN as the app writes it: `+47 912 34 567`."""
    code = calling_code(phone_number)
    own = phone_number.removeprefix(code)
    if code == "47" and len(own) == 8:
        own = f"{own[:3]} {own[3:5]} {own[5:]}"
    elif code == "45" and len(own) == 8:
        own = f"{own[:2]} {own[2:4]} {own[4:6]} {own[6:]}"
    return f"+{code} {own}" if code else f"+{own}"


def typed_phone_number(typed: str, currency: Currency) -> str:
    """Return what somebody typed as an MSISDN, if it is one.

    Eight digits without country code are a number of Norway, or of Denmark where kroner are Danish.
    """
    bare = _BETWEEN_DIGITS.sub("", typed)
    if _NATIONAL.fullmatch(bare):
        return ("45" if currency is Currency.DKK else "47") + bare
    return bare.removeprefix("+") if bare.startswith("+") else bare.removeprefix("00")


def shortened(text: str, longest: int) -> str:
    """Return *text* in at most so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def day_text(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def time_text(phone_number: str, instant: datetime) -> str:
    """Return the date and time of day of *instant* where the phone's number is from: `15.09.2023 12:00`."""
    return f"{day_text(local_date(phone_number, instant))} {local_time(phone_number, instant):%H:%M}"


def lock_screen_date(words: Words, day: date) -> str:
    return words.long_date.format(
        weekday=words.weekdays[day.weekday()], day=day.day, month=words.months[day.month - 1]
    )
