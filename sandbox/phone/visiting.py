"""Somebody who is on the landing page of a payment, in whichever browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final
from urllib.parse import quote

from starlette.requests import Request

from sandbox.api.links import LANDING_PAGE, read_landing_token
from sandbox.domain.commands import UserFlow
from sandbox.domain.customers import is_phone_number
from sandbox.domain.payments import Payment, PaymentState
from sandbox.phone.answers import Sorry, words_for
from sandbox.phone.formats import country_of, money_text
from sandbox.phone.looking import language_choices
from sandbox.phone.pages.landing import Landing
from sandbox.phone.places import WAITING_PAGE
from sandbox.phone.words import ENGLISH, Words
from sandbox.world import SalesUnit, World

__all__ = ["Visit", "visit_of"]

_LONGEST_TOKEN: Final = 500  # twice what ours have


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser on the landing page of a payment, as the payment stands now."""

    token: str
    unit: SalesUnit
    payment: Payment
    words: Words
    cookies: Mapping[str, str]
    on_a_phone: bool  # so that the app may be beside the browser

    @property
    def merchant_name(self) -> str:
        return self.unit.state.settings.name

    @property
    def country(self) -> str:
        return country_of(self.payment.amount.currency)

    @property
    def return_url(self) -> str | None:
        return self.payment.created.command.return_url

    @property
    def has_ended(self) -> bool:
        return self.payment.state is not PaymentState.CREATED

    @property
    def is_with_customer(self) -> bool:
        """Whether there is nothing to do here but to wait."""
        return self.payment.processing_until is not None

    @property
    def fixed_number(self) -> str | None:
        """The only number that may pay here, where Vipps made the field one that cannot be edited."""
        given = self.payment.created.command.phone_number
        return None if self.unit.state.settings.landing_number_editable else given

    @property
    def seconds_left(self) -> int:
        return max(0, ceil((self.payment.deadline - self.unit.now()).total_seconds()))

    def around(self, here: str) -> Landing:
        """Return what all of its pages share; *here* is the one of them that is shown."""
        amount = money_text(self.payment.amount, self.country)
        return Landing(
            token=self.token,
            asked=self.words.amount_to.format(amount=amount, merchant=self.merchant_name),
            company=self.unit.state.settings.organisation,
            cancel_url=f"{LANDING_PAGE}/cancel",
            language_url=f"{LANDING_PAGE}/language",
            languages=language_choices(self.words),
            here=here,
            state_url=self.url(f"{LANDING_PAGE}/state"),
            ended_url=self.url(WAITING_PAGE),
            time_left_text=_time_text(self.seconds_left),
        )

    @property
    def cookie(self) -> str:
        """What this browser remembers a number for this merchant by."""
        return f"number-{self.unit.msn}"

    @property
    def remembered_number(self) -> str | None:
        number = self.cookies.get(self.cookie, "")
        return number if is_phone_number(number) else None

    def url(self, page: str) -> str:
        """Return the address of one of its pages."""
        return f"{page}?token={quote(self.token, safe='')}"


def visit_of(request: Request, world: World, token: str) -> Visit:
    """Return the visit of whoever sent *request*, with the token of the link.

    Raises:
        Sorry: the link leads to no payment.
    """
    found = read_landing_token(token) if len(token) <= _LONGEST_TOKEN else None
    if found is None:
        raise Sorry(404, "This link leads nowhere", "It is not, or not all of, a payment's redirectUrl.")
    msn, reference = found
    unit = world.find(msn)
    payment = None if unit is None else unit.up_to_date().payments.get(reference)
    if unit is None or payment is None:
        text = "Since this link was made, the sandbox or its sales unit began anew, or the sales unit was removed."
        raise Sorry(410, "This payment is gone", text)
    if payment.created.command.user_flow is UserFlow.PUSH_MESSAGE:
        raise Sorry(404, "This link leads nowhere", "A payment that was pushed to a phone has no landing page.")
    return Visit(
        token=token,
        unit=unit,
        payment=payment,
        words=words_for(request, ENGLISH),
        cookies=request.cookies,
        on_a_phone="Mobi" in request.headers.get("user-agent", ""),
    )


def _time_text(seconds: int) -> str:
    """Return a span as a countdown shows it: `9:59`, `14 d 3:00:00`."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = f"{hours}:{minutes:02}:{seconds:02}" if hours or days else f"{minutes}:{seconds:02}"
    return f"{days} d {clock}" if days else clock
