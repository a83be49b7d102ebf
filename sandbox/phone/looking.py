"""Somebody who looks at a phone, and at a payment on it."""

from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request

from sandbox.domain.customers import is_phone_number
from sandbox.domain.facts import PaymentOpened
from sandbox.domain.inbox import PaymentRequest, request_on_phone
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment
from sandbox.domain.sales_unit import AppSkin
from sandbox.phone.answers import Sorry, words_for
from sandbox.phone.cards import Card, card_by_id
from sandbox.phone.formats import app_name, money_text, phone_number_text
from sandbox.phone.pages.device import Device
from sandbox.phone.pages.parts import LanguageChoice, Link, Merchant
from sandbox.phone.places import PHONE, lock_screen_url, payments_url, request_url
from sandbox.phone.words import LANGUAGES, Words, words_of_phone
from sandbox.world import SalesUnit, World
from sandbox.world.people import person

__all__ = ["Look", "Phone", "language_choices", "merchant_of", "payment_looked_at", "phone_of", "pulse_of", "unit_of"]


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone in somebody's hand."""

    number: str
    words: Words
    card: Card
    here: str  # the address that was asked for
    pulse: str

    @property
    def app(self) -> str:
        return app_name(self.number)

    @property
    def device(self) -> Device:
        url = lock_screen_url(self.number)
        return Device(
            whose=self.words.whose_phone.format(name=person(self.number).name),
            phone_number_text=phone_number_text(self.number),
            lock_screen_url=url,
            payments_url=payments_url(self.number),
            pulse_url=f"{url}/pulse",
            pulse=self.pulse,
            language_url=f"{url}/language",
            languages=language_choices(self.words),
            here=self.here,
        )

    def money(self, amount: Amount) -> str:
        return money_text(amount, self.number)


@dataclass(frozen=True, slots=True)
class Look:
    """A payment, as it stands now, and the phone that it is looked at on."""

    phone: Phone
    unit: SalesUnit
    payment: Payment

    @property
    def words(self) -> Words:
        return self.phone.words

    @property
    def url(self) -> str:
        return request_url(self.phone.number, self.unit.msn, self.payment.reference)

    @property
    def skin(self) -> AppSkin:
        return self.unit.state.settings.app_skin

    @property
    def merchant(self) -> Merchant:
        return merchant_of(self.unit)

    @property
    def request(self) -> PaymentRequest:
        return request_on_phone(self.unit.state, self.payment, self.phone.number, self.unit.now())


def phone_of(request: Request, world: World) -> Phone:
    """Return the phone whose page was asked for.

    Raises:
        Sorry: what stands there is no phone number.
    """
    number: str = request.path_params["phone"]
    if not is_phone_number(number):
        raise Sorry(
            404,
            "That is no phone number",
            f"A phone number has 9 to 15 digits with its country code and without plus sign: {PHONE}/4791234567.",
        )
    words = words_for(request, words_of_phone(number))
    card = card_by_id(request.cookies.get("card"))
    return Phone(number, words, card, request.url.path, pulse_of(world, number))


def pulse_of(world: World, number: str) -> str:
    """Return a word that changes whenever anything may have changed on a phone: cheap enough to ask every second."""
    beats = (
        (unit.msn, _beat(unit, number))
        for unit in world
        if number in unit.up_to_date().pushes or number in unit.state.pending
    )
    told = " ".join(f"{msn}:{beat}" for msn, beat in beats if beat)
    return sha256(told.encode()).hexdigest()[:16]


def _beat(unit: SalesUnit, number: str) -> int:
    """Return a number that grows with what a phone shows by itself: with the app open, of new requests nothing."""
    if not unit.state.settings.app_in_foreground:
        return len(unit.journal)
    return sum(
        len(payment.facts)
        for payment in unit.state.payments.values()
        if payment.phone_number == number and any(isinstance(fact, PaymentOpened) for fact in payment.facts)
    )


def unit_of(request: Request, world: World) -> SalesUnit:
    msn = request.path_params["msn"]
    unit = world.find(msn)
    if unit is None:
        text = f"There is no sales unit {msn} here: nobody has used it yet, or it was removed."
        raise Sorry(404, "There is no such sales unit", text)
    return unit


def payment_looked_at(request: Request, world: World) -> Look:
    """Return the payment that was asked for.

    Raises:
        Sorry: it is not on this phone.
        UnknownReference: there is none.
    """
    phone, unit = phone_of(request, world), unit_of(request, world)
    payment = unit.up_to_date().payment(request.path_params["reference"])
    if payment.phone_number not in {None, phone.number}:
        raise Sorry(
            404,
            "Not on this phone",
            f"Request {payment.reference} is on another phone.",
            Link("To what this phone shows", payments_url(phone.number)),
        )
    return Look(phone, unit, payment)


def merchant_of(unit: SalesUnit) -> Merchant:
    settings = unit.state.settings
    initial = next((letter for letter in settings.name if letter.isalnum()), "·")
    return Merchant(settings.name, f"#{unit.msn} · {settings.organisation}", initial.upper()[:1])


def language_choices(chosen: Words) -> tuple[LanguageChoice, ...]:
    return tuple(LanguageChoice(words.language, words.own_name, words is chosen) for words in LANGUAGES.values())
