"""What a phone shows over all sales units: its lock screen, and the app's list of payments."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.phone.pages.parts import LanguageChoice, Merchant, Page, Status

__all__ = ["Banner", "Device", "Line", "LockPage", "PaymentsPage", "PhonePage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The phone around any of its screens."""

    whose: str
    phone_number_text: str
    lock_screen_url: str
    payments_url: str
    pulse_url: str  # tells when there is something new
    pulse: str
    language_url: str
    languages: tuple[LanguageChoice, ...]
    here: str  # this page's address


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePage(Page):
    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """A push on the lock screen; a tap opens its request."""

    id: str
    url: str
    is_form: bool  # whether the tap does something, rather than show what is open already
    app: str
    text: str
    at_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPage(PhonePage):
    """The locked phone with the pushes that nobody has tapped yet (lock.html)."""

    template: ClassVar = "lock.html"

    clock_text: str
    date_text: str
    banners: tuple[Banner, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request or a payment in the list."""

    id: str
    url: str
    is_form: bool
    merchant: Merchant
    amount_text: str
    description: str | None
    when_text: str | None
    status: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsPage(PhonePage):
    """What waits on a phone and what was paid with it, over all sales units (payments.html)."""

    template: ClassVar = "payments.html"

    name: str
    waiting: tuple[Line, ...]
    activity: tuple[Line, ...]  # newest first
