"""The landing page: where `redirectUrl` leads in a browser that has no app beside it.

Somebody types a phone number, the request goes to that phone, and the browser waits until the payment has ended
and goes to the merchant's `returnUrl`. Source: landing page guide; ePayment guide, "Redirects".
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.links import LANDING_PAGE, landing_page_url, read_landing_token
from sandbox.api.wording import amount_text
from sandbox.domain import approval
from sandbox.domain.commands import EnterNumber, LeaveLandingPage, UserFlow
from sandbox.domain.errors import CustomerNotFound, NotOnScreen, PhoneNumberInvalid
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.urls import UrlKind, url_kind
from sandbox.phone.answers import Sorry, send_to, show
from sandbox.phone.forms import form_of
from sandbox.phone.pages import LandingEndPage, Link, NumberPage, WaitingPage
from sandbox.phone.places import inbox_url, is_web_link
from sandbox.phone.texts import outcome_of, phone_number_text, typed_phone_number
from sandbox.world import SalesUnit, World

__all__ = ["LandingPage"]

_NUMBER_URL: Final = f"{LANDING_PAGE}/number"
_WAITING_URL: Final = f"{LANDING_PAGE}/waiting"
_CANCEL_URL: Final = f"{LANDING_PAGE}/cancel"
_LONGEST_TOKEN: Final = 500  # twice what ours have
_LOOK_AGAIN_AFTER: Final = 2  # seconds
_QR_SIZE: Final = 1024  # pixels
# The same for every reason: who is a customer is nobody's business.
_NO_SUCH_CUSTOMER: Final = "This number cannot be used to pay here. Check it, or try another."


@dataclass(frozen=True, slots=True)
class _Visit:
    """A browser on the landing page of a payment, as the payment stands now."""

    token: str
    unit: SalesUnit
    payment: Payment

    @property
    def merchant_name(self) -> str:
        return self.unit.state.settings.name

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


class LandingPage:
    """The endpoints, each a method that takes the request."""

    def __init__(self, world: World, public_url: str | None) -> None:
        self._world = world
        self._public_url = public_url

    async def show(self, request: Request) -> Response:
        visit = self._visit(request.query_params.get("token", ""))
        if visit.has_ended:
            return show(_end_page(visit))
        if visit.is_with_customer:
            return send_to(_with_token(_WAITING_URL, visit))
        asked = visit.payment.created.command.phone_number
        return show(_number_page(visit, "" if asked is None else phone_number_text(asked)))

    async def enter_number(self, request: Request) -> Response:
        form = await form_of(request)
        visit = self._visit(form.get("token", ""))
        typed = form.get("phone_number", "")
        phone_number = typed_phone_number(typed, visit.payment.amount.currency)
        command = EnterNumber(
            reference=visit.payment.reference,
            phone_number=phone_number,
            customer_born=visit.unit.birth_date(phone_number),
        )
        try:
            visit.unit.do(approval.enter_number, command)
        except (PhoneNumberInvalid, CustomerNotFound):
            return show(_number_page(visit, typed, error=_NO_SUCH_CUSTOMER), 422)
        except NotOnScreen:
            return send_to(_with_token(LANDING_PAGE, visit))
        return send_to(_with_token(_WAITING_URL, visit))

    async def wait(self, request: Request) -> Response:
        visit = self._visit(request.query_params.get("token", ""))
        if visit.has_ended:
            return _onwards(visit, 302)
        phone_number = visit.payment.phone_number
        if phone_number is None:
            return send_to(_with_token(LANDING_PAGE, visit))
        return show(
            WaitingPage(
                merchant_name=visit.merchant_name,
                amount_text=amount_text(visit.payment.amount),
                token=visit.token,
                cancel_url=_CANCEL_URL,
                phone_number_text=phone_number_text(phone_number),
                phone_url=inbox_url(phone_number),
                look_again_after=_LOOK_AGAIN_AFTER,
            )
        )

    async def cancel(self, request: Request) -> Response:
        form = await form_of(request)
        visit = self._visit(form.get("token", ""))
        visit.unit.do(approval.leave_landing_page, LeaveLandingPage(reference=visit.payment.reference))
        after = self._visit(visit.token)
        return _onwards(after, 303) if after.has_ended else send_to(_with_token(_WAITING_URL, after))

    async def draw_svg(self, request: Request) -> Response:
        return self._picture(request, "svg", "image/svg+xml")

    async def draw_png(self, request: Request) -> Response:
        return self._picture(request, "png", "image/png")

    def _picture(self, request: Request, kind: str, media_type: str) -> Response:
        """Draw the code that leads to the landing page, as large as fits into the size that was asked for."""
        import segno  # noqa: PLC0415 - a start is felt in every CI run

        visit = self._visit(request.query_params.get("token", ""))
        if visit.has_ended:
            raise Sorry(410, "This code leads nowhere any more", "Its payment has ended.")
        base_url = self._public_url or str(request.base_url).rstrip("/")
        try:
            code = segno.make(landing_page_url(base_url, visit.unit.msn, visit.payment.reference), micro=False)
        except segno.DataOverflowError as overflow:
            raise Sorry(400, "No code can hold this link", "The Host that it begins with is too long.") from overflow
        size = visit.payment.created.command.qr_size or _QR_SIZE
        picture = BytesIO()
        code.save(picture, kind=kind, scale=max(1, size // code.symbol_size()[0]))
        return Response(picture.getvalue(), headers={"Cache-Control": "no-store"}, media_type=media_type)

    def _visit(self, token: str) -> _Visit:
        found = read_landing_token(token) if len(token) <= _LONGEST_TOKEN else None
        if found is None:
            raise Sorry(404, "This link leads nowhere", "It is not, or not all of, a payment's redirectUrl.")
        msn, reference = found
        unit = self._world.find(msn)
        payment = None if unit is None else unit.up_to_date().payments.get(reference)
        if unit is None or payment is None:
            raise Sorry(410, "This payment is gone", "The sandbox that made this link has been started anew since.")
        if payment.created.command.user_flow is UserFlow.PUSH_MESSAGE:
            raise Sorry(404, "This link leads nowhere", "A payment that was pushed to a phone has no landing page.")
        return _Visit(token, unit, payment)


def _number_page(visit: _Visit, phone_number_text: str, *, error: str | None = None) -> NumberPage:
    return NumberPage(
        merchant_name=visit.merchant_name,
        amount_text=amount_text(visit.payment.amount),
        token=visit.token,
        number_url=_NUMBER_URL,
        cancel_url=_CANCEL_URL,
        phone_number_text=phone_number_text,
        error=error,
    )


def _onwards(visit: _Visit, status: int) -> Response:
    """Leave for the merchant's returnUrl; where a browser cannot follow it, say how it ended."""
    if visit.return_url is not None and is_web_link(visit.return_url):
        return send_to(visit.return_url, status)
    return show(_end_page(visit))


def _end_page(visit: _Visit) -> LandingEndPage:
    outcome = outcome_of(visit.payment)
    if outcome is None:
        raise RuntimeError(f"{visit.payment.reference} has not ended")
    url = visit.return_url
    return LandingEndPage(
        heading=outcome.heading,
        text=outcome.text,
        web_link=Link(f"Back to {visit.merchant_name}", url) if url is not None and is_web_link(url) else None,
        app_link=Link(url, url) if url is not None and url_kind(url) is UrlKind.APP else None,
    )


def _with_token(url: str, visit: _Visit) -> str:
    return f"{url}?token={quote(visit.token, safe='')}"
