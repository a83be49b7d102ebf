"""What Vipps grants a sales unit, and how faithful its sandbox is to be.

Everything that the real Vipps decides case by case, by contract or by support ticket, is a setting here,
generous by default. So is every judgement of ours that somebody may want otherwise.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from sandbox.domain.customers import ApproveTrouble, Persona
from sandbox.domain.money import Currency
from sandbox.domain.values import value

__all__ = [
    "AccessTrouble",
    "AfterWindow",
    "AppSkin",
    "CallbackCase",
    "CaptureTrouble",
    "KeyRule",
    "Market",
    "Profile",
    "ReturnsTo",
    "UnitSettings",
    "WebhookTarget",
]


class Profile(StrEnum):
    """How the sandbox treats input that production is known, or likely, to take although it is not specified."""

    LENIENT = "lenient"  # takes it, and says so in `Sandbox-Note`
    STRICT = "strict"  # takes only what the current specification allows


class Market(StrEnum):
    """A sales unit's country, which decides its currency."""

    NO = "NO"
    DK = "DK"
    FI = "FI"

    @property
    def currency(self) -> Currency:
        return {Market.NO: Currency.NOK, Market.DK: Currency.DKK, Market.FI: Currency.EUR}[self]

    @property
    def capture_window(self) -> timedelta:
        """How long a reservation can be captured; longer in Denmark and Finland only by agreement."""
        return timedelta(days=180 if self is Market.NO else 14)


class CallbackCase(StrEnum):
    """How the members of the Express callback are spelt, but for `reference`."""

    CAMEL = "camel"  # as seen in 2026
    PASCAL = "pascal"  # as documented


class AfterWindow(StrEnum):
    """What user information answers once its time is over."""

    REFUSED = "refused"  # 403
    EXPIRED = "expired"  # 200, and "[Expired]" for each text


class KeyRule(StrEnum):
    """What the UserInfo API makes of the header Ocp-Apim-Subscription-Key."""

    ANY = "any"  # takes it and does not need it
    FORBID = "forbid"  # 401 with it, as in 2022
    REQUIRE = "require"  # 401 without it, as the specification of 2023 has it


@value
class WebhookTarget:
    """Where what is sent to *host* really goes; it is signed, and names its host, as if it went there."""

    host: str  # with its port, if the registered URL has one
    url: str  # such as http://127.0.0.1:3000
    verify_tls: bool = True


class AccessTrouble(StrEnum):
    """Why the gateway lets nobody through to the unit for now, though keys and token are right."""

    SUBSCRIPTION_NOT_FOUND = "subscription_not_found"  # 401: the key is known and belongs to nothing
    NOT_CONNECTED = "not_connected"  # 403: the unit is not connected to the partner whose keys these are
    LOGIN_ONLY = "login_only"  # 403 for ePayment: the unit is approved for Login and nothing else


class CaptureTrouble(StrEnum):
    """Why every capture and refund of the unit fails for now, though nothing is wrong with the request."""

    LOCKED = "locked"  # 6160: another operation on the payment is under way
    FUNDS_UNAVAILABLE = "funds_unavailable"  # 6260, captures only
    TRY_AGAIN = "try_again"  # 6280, captures only


class AppSkin(StrEnum):
    """Which of its forms the app shows a unit's payments in."""

    SEED = "seed"  # February 2023: Give access, See details, Cancel with the choice to pay later
    LATER = "later"  # from June 2023 on: Share information, Show details, Not now, Reject


class ReturnsTo(StrEnum):
    """Which browser the app opens `returnUrl` in."""

    SAME_BROWSER = "same_browser"  # with the session that the customer began in
    OTHER_BROWSER = "other_browser"  # the phone's default one, which knows nothing of that session


@value
class UnitSettings:
    """A sales unit's settings; waits are durations on the unit's own clock."""

    name: str = "Acme Shop"
    organisation: str = "Acme AS"
    profile: Profile = Profile.LENIENT
    market: Market | None = None  # None: any market's currency is taken
    customer: Persona = Persona.MANUAL  # who answers when nothing else is said about a phone number
    push_message_allowed: bool = True  # else 5080
    long_living_allowed: bool = True  # else 5050
    long_living_maximum: timedelta = timedelta(days=60)
    nin_allowed: bool = False  # else 5030
    card_allowed: bool = True  # free-standing card payments, else 5070; the real test environment has none
    card_passthrough_allowed: bool = False  # for payment service providers; else 5070
    express_allowed: bool = True  # else 5020
    bank_account_verified: bool = True  # else 5060
    force_approve_allowed: bool = True  # else 10020, as in production
    partial_capture_allowed: bool = True  # else 6140
    refund_configured: bool = True  # else 5100
    payment_timeout: timedelta = timedelta(minutes=10)
    claim_timeout: timedelta | None = None  # of either of two steps, in place of payment_timeout
    capture_window: timedelta | None = None  # None: the market's own
    refund_window: timedelta = timedelta(days=365)
    userinfo_window: timedelta = timedelta(hours=168)
    special_amounts: bool = True  # 1.51 and friends are declined as in Vipps's own test app
    rate_limits: bool | None = None  # None: in the strict profile only
    image_must_exist: bool = True  # else a category may refer to an image that was never uploaded
    landing_number_editable: bool = True  # else only the number that the merchant gave can pay
    landing_framable: bool = False  # else no page may show the landing page in a frame
    app_skin: AppSkin = AppSkin.LATER
    app_in_foreground: bool = False  # else a push appears; with the app open it does not
    app_returns_to: ReturnsTo = ReturnsTo.SAME_BROWSER
    sticky_refusals: bool = True  # a refusal is the answer to its Idempotency-Key for good
    msn_required: bool = False  # else the credentials tell the sales unit where the header is left out
    customer_not_found_status: Literal[400, 404] = 404  # of 7010, for which old pages say 400
    express_callback_case: CallbackCase = CallbackCase.CAMEL
    userinfo_after_window: AfterWindow = AfterWindow.REFUSED
    userinfo_subscription_key: KeyRule = KeyRule.ANY
    userinfo_phone_number_verified: bool = False  # whether that claim comes with phone_number, as since 2025
    sub_delay: timedelta = timedelta(0)  # after an approval GET payment does not show `sub` for so long
    webhook_profile_sub: bool = False  # whether webhooks have `profile.sub` beside `sub`
    webhook_null_key: bool = False  # whether events without an Idempotency-Key say so by null
    webhook_targets: tuple[WebhookTarget, ...] = ()  # where hosts that webhooks are registered with really listen
    webhook_delay: timedelta = timedelta(0)  # between an event and its first sending; some seconds at Vipps
    webhook_auto_removal: bool = True  # of a registration that answers nothing with success for two weeks
    reminders: bool = True  # 72 and 24 hours before a long-living payment expires
    answers_after: timedelta = timedelta(0)  # how long personas take
    slow_takes: timedelta = timedelta(minutes=5)  # how long the persona `slow` takes
    later_is: timedelta = timedelta(days=1)  # when the persona `pays_later` does
    approve_trouble: ApproveTrouble | None = None
    access_trouble: AccessTrouble | None = None
    capture_trouble: CaptureTrouble | None = None

    @property
    def limits_rates(self) -> bool:
        return self.profile is Profile.STRICT if self.rate_limits is None else self.rate_limits

    @property
    def captures_within(self) -> timedelta:
        """How long a reservation can be captured."""
        if self.capture_window is not None:
            return self.capture_window
        return (self.market or Market.NO).capture_window
