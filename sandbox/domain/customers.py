"""Who is at the other end of a phone number: number rules, personas and the magic numbers that pick one.

Source: user information guide (markets); the sandbox's own design for personas and magic numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Final

from sandbox.domain.values import value

__all__ = [
    "MAGIC_NUMBERS",
    "ApproveTrouble",
    "CustomerSettings",
    "PersonChanges",
    "Persona",
    "calling_code",
    "is_phone_number",
    "is_younger_than",
    "phone_number_of_customer_token",
    "phone_number_of_personal_qr",
]

_PERSONAL_QR: Final = re.compile(r"https://qr\.vipps\.no/(?:p|[0-9/]+)/([0-9]{9,15})(\?[^#]*)?")
_CUSTOMER_TOKEN: Final = re.compile(r"[A-Za-z0-9._-]*?([0-9]{9,15})")
_MSISDN: Final = re.compile(r"[0-9]{9,15}")
_CALLING_CODES: Final = ("47", "45", "358", "46")  # of the countries where Vipps MobilePay is used


def is_phone_number(text: str) -> bool:
    """Tell whether *text* is an MSISDN as ePayment takes it: 9 to 15 digits, country code first, no plus."""
    return _MSISDN.fullmatch(text) is not None


def calling_code(phone_number: str) -> str:
    """Return the calling code that a phone number begins with, `47`, `45`, `358` or `46`; "" for other countries."""
    return next((code for code in _CALLING_CODES if phone_number.startswith(code)), "")


def phone_number_of_personal_qr(text: str) -> str | None:
    """Return whose personal QR code says *text*.

    Such as `https://qr.vipps.no/28/2/01/031/4712345678?v=1`, or `https://qr.vipps.no/p/4712345678`.
    Source: ePayment OpenAPI 1.8.1, `PersonalQrCode` and the examples of `CreatePaymentRequest`.
    """
    match = _PERSONAL_QR.fullmatch(text)
    return None if match is None else match[1]


def phone_number_of_customer_token(text: str) -> str | None:
    """Return whom a customer token stands for.

    Real ones are opaque; the sandbox's end in the phone number, such as `checked-in-4791234567`.
    """
    match = _CUSTOMER_TOKEN.fullmatch(text)
    return None if match is None else match[1]


def is_younger_than(age: int, born: date, on: date) -> bool:
    """Tell whether somebody born on one day has not reached an age, in years, on another."""
    birthday_to_come = (on.month, on.day) < (born.month, born.day)
    return on.year - born.year - birthday_to_come < age


class Persona(StrEnum):
    """How a customer answers payment requests when no human and no script does."""

    MANUAL = "manual"  # waits for a human or a script
    APPROVES = "approves"
    DECLINES = "declines"
    PAYS_LATER = "pays_later"  # postpones what can be postponed, and pays a day later
    NEVER_ANSWERS = "never_answers"
    REFUSES_CONSENT = "refuses_consent"  # and pays where nothing is asked
    CARD_DECLINED_ONCE = "card_declined_once"
    CARD_DECLINED = "card_declined"
    SLOW = "slow"  # approves after five minutes
    TOO_YOUNG = "too_young"  # not a customer, as far as a merchant can tell
    UNKNOWN = "unknown"  # not a customer

    @property
    def is_customer(self) -> bool:
        """Vipps never tells a merchant which of its reasons makes a number no customer."""
        return self not in _NO_CUSTOMERS

    @property
    def answers(self) -> bool:
        """Whether such a customer does anything without being played."""
        return self not in _WITHOUT_ANSWER


_NO_CUSTOMERS: Final = frozenset({Persona.TOO_YOUNG, Persona.UNKNOWN})
_WITHOUT_ANSWER: Final = _NO_CUSTOMERS | {Persona.MANUAL, Persona.NEVER_ANSWERS}


class ApproveTrouble(StrEnum):
    """Why force approve fails for a customer."""

    IDENTIFICATION_REQUIRED = "identification_required"  # 10030: never approved a payment by hand
    INVALID_SOURCE = "invalid_source"  # 10040
    NO_CARDS = "no_cards"  # 10050
    LIMIT_EXCEEDED = "limit_exceeded"  # 10070
    CARD_EXPIRED = "card_expired"  # answered with HTTP 500


@value
class PersonChanges:
    """What is different about the person behind a phone number; None leaves it as it is.

    An empty `email` is none at all, and so is an empty `street_address`: with it goes the rest of all addresses.
    """

    given_name: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    email: str | None = None
    email_verified: bool | None = None
    street_address: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None


@value
class CustomerSettings:
    """What a tester said about one customer of a sales unit."""

    phone_number: str
    persona: Persona | None = None  # None: as the magic numbers have it, or the sales unit
    approve_trouble: ApproveTrouble | None = None
    person: PersonChanges = field(default_factory=PersonChanges)


MAGIC_NUMBERS: Final[Mapping[str, Persona]] = {
    "4790000001": Persona.APPROVES,
    "4790000002": Persona.DECLINES,
    "4790000003": Persona.PAYS_LATER,
    "4790000004": Persona.NEVER_ANSWERS,
    "4790000005": Persona.REFUSES_CONSENT,
    "4790000006": Persona.CARD_DECLINED_ONCE,
    "4790000007": Persona.CARD_DECLINED,
    "4790000008": Persona.SLOW,
    "4790000014": Persona.TOO_YOUNG,
    "4790000404": Persona.UNKNOWN,
}
