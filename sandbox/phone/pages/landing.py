"""What the landing page shows, step by step."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.phone.pages.parts import LanguageChoice, Link, Page, Status

__all__ = ["BankPage", "CardFormPage", "Landing", "LandingEndPage", "NumberPage", "QrPage", "WaitingPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What all pages of a landing page share."""

    token: str
    asked: str  # "20,00 kr to Acme Shop"
    company: str  # behind that name
    cancel_url: str
    language_url: str
    languages: tuple[LanguageChoice, ...]
    here: str  # which page this is, for the way back from the choice of language
    state_url: str  # tells whether the payment still waits
    ended_url: str  # where a page goes once it does not
    time_left_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPage(Page):
    """Whose phone is to get the request? (landing_number.html)."""

    template: ClassVar = "landing_number.html"

    landing: Landing
    number_url: str
    phone_number_text: str  # what stands in the field
    editable: bool
    remembered: bool
    open_app_url: str
    open_app_text: str
    on_a_phone: bool  # the app is beside the browser, and comes first
    qr_url: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage(Page):
    """The request is on a phone; the page looks again by itself (landing_waiting.html)."""

    template: ClassVar = "landing_waiting.html"

    landing: Landing
    heading: str
    sent_to: str
    phone_url: str
    back_url: str  # what the browser's own way back does
    look_again_after: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class QrPage(Page):
    """A code to be scanned by a real phone, which then shows the simulated app (landing_qr.html)."""

    template: ClassVar = "landing_qr.html"

    landing: Landing
    picture_url: str
    warning: tuple[str, str] | None  # where only this machine can follow the code; what stands around the option
    option: str  # of the command line, that helps
    number_url: str
    look_again_after: int  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFormPage(Page):
    """A payment by card, without the app (landing_card.html)."""

    template: ClassVar = "landing_card.html"

    landing: Landing
    card_url: str
    hint: str
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPage(Page):
    """The bank asks whether it is the card's owner who pays: 3-D Secure (landing_bank.html)."""

    template: ClassVar = "landing_bank.html"

    landing: Landing
    question: str
    bank_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingEndPage(Page):
    """How it ended, where the browser is not sent on by itself (landing_end.html)."""

    template: ClassVar = "landing_end.html"

    heading: str
    text: str
    status: Status
    web_link: Link | None  # to a returnUrl in the web
    app_link: Link | None  # to one that leads into the merchant's app
