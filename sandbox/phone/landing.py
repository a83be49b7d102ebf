"""The landing page: where `redirectUrl` leads in a browser that has no app beside it.

Somebody types a phone number, the request goes to that phone, and the browser waits until the payment has ended
and goes to the merchant's `returnUrl`. A phone's own browser may go straight into the app instead, and so may whoever
scans the code; a payment by card has a form for the card here.
Source: landing page guide; ePayment guide, "Redirects".
"""

from contextlib import suppress
from io import BytesIO
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.links import LANDING_PAGE, landing_page_url
from sandbox.domain import approval, card_form
from sandbox.domain.card_form import card_steps
from sandbox.domain.commands import AnswerBank, CustomerAction, EnterCard, EnterNumber, LeaveLandingPage
from sandbox.domain.customers import is_phone_number
from sandbox.domain.errors import CardNumberInvalid, CustomerNotFound, NotOnScreen, PhoneNumberInvalid
from sandbox.phone.answers import Sorry, keep, send_to, show
from sandbox.phone.formats import phone_number_text, typed_phone_number
from sandbox.phone.landing_screens import bank_page, card_form_page, end_page, number_page, qr_page, waiting_page
from sandbox.phone.pages.parts import Page
from sandbox.phone.places import QR_PAGE, WAITING_PAGE, is_web_link, request_url
from sandbox.phone.visiting import Visit, visit_of
from sandbox.phone.words import LANGUAGES
from sandbox.ui import Framing, form_of
from sandbox.world import World

__all__ = ["LandingPage"]

_PAGES: Final = frozenset({LANDING_PAGE, WAITING_PAGE, QR_PAGE})
_QR_SIZE: Final = 1024  # pixels


class LandingPage:
    """The endpoints, each a method that takes the request."""

    def __init__(self, world: World, public_url: str | None) -> None:
        self._world = world
        self._public_url = public_url

    def _asked(self, request: Request) -> Visit:
        """Return the visit that a link leads to."""
        return visit_of(request, self._world, request.query_params.get("token", ""))

    async def _sent(self, request: Request) -> tuple[Visit, dict[str, str]]:
        """Return the visit that a form of its pages names, and the form's fields."""
        form = await form_of(request)
        return visit_of(request, self._world, form.get("token", "")), form

    async def show(self, request: Request) -> Response:
        visit = self._asked(request)
        if visit.has_ended:
            return _show(request, visit, end_page(visit))
        if visit.is_with_customer:
            return send_to(visit.url(WAITING_PAGE))
        steps = card_steps(visit.payment)
        if steps:
            return _show(request, visit, card_form_page(visit) if "enter" in steps else bank_page(visit))
        number = visit.payment.created.command.phone_number or visit.remembered_number or ""
        return _show(request, visit, number_page(visit, number and phone_number_text(number)))

    async def enter_number(self, request: Request) -> Response:
        """Send the request to a phone, with a push, and wait."""
        visit, form = await self._sent(request)
        phone_number = _entered(visit, form)
        command = EnterNumber(
            reference=visit.payment.reference,
            phone_number=phone_number,
            customer_born=visit.unit.birth_date(phone_number),
        )
        try:
            visit.unit.do(approval.enter_number, command)
        except (PhoneNumberInvalid, CustomerNotFound):
            return _not_usable(request, visit, form)
        except NotOnScreen:
            return send_to(visit.url(LANDING_PAGE))
        return _remember(send_to(visit.url(WAITING_PAGE)), visit, form, phone_number)

    async def open_app(self, request: Request) -> Response:
        """Go straight into the app, as on a phone that has it; no push is needed."""
        visit, form = await self._sent(request)
        phone_number = _entered(visit, form)
        if not is_phone_number(phone_number):
            return _not_usable(request, visit, form)
        reference = visit.payment.reference
        try:
            visit.unit.customer_does(CustomerAction.OPEN, reference, phone_number)
        except CustomerNotFound:
            return _not_usable(request, visit, form)
        except NotOnScreen:
            pass  # it is open already, or on another phone; the app says which
        return _remember(send_to(request_url(phone_number, visit.unit.msn, reference)), visit, form, phone_number)

    async def enter_card(self, request: Request) -> Response:
        """Take a card number; of the other fields of a card nothing depends here."""
        visit, form = await self._sent(request)
        command = EnterCard(reference=visit.payment.reference, number=form.get("card_number", ""))
        try:
            visit.unit.do(card_form.enter_card, command)
        except CardNumberInvalid:
            return _show(request, visit, card_form_page(visit, error=visit.words.card_invalid), 422)
        except NotOnScreen:
            pass  # it was entered, or the payment ended, in another window
        return send_to(visit.url(LANDING_PAGE))

    async def answer_bank(self, request: Request) -> Response:
        visit, form = await self._sent(request)
        command = AnswerBank(reference=visit.payment.reference, confirms=form.get("answer") == "confirm")
        with suppress(NotOnScreen):
            visit.unit.do(card_form.answer_bank, command)
        after = visit_of(request, self._world, visit.token)
        return _onwards(request, after, 303) if after.has_ended else send_to(after.url(LANDING_PAGE))

    async def wait(self, request: Request) -> Response:
        visit = self._asked(request)
        if visit.has_ended:
            return _onwards(request, visit, 302)
        phone_number = visit.payment.phone_number
        if phone_number is None:
            return send_to(visit.url(LANDING_PAGE))
        return _show(request, visit, waiting_page(visit, phone_number))

    async def tell_state(self, request: Request) -> Response:
        """Tell whether the payment still waits, and for how long; the page's own scripts ask this every second."""
        visit = self._asked(request)
        state = {"waits": not visit.has_ended, "secondsLeft": visit.seconds_left}
        return JSONResponse(state, headers={"Cache-Control": "no-store"})

    async def cancel(self, request: Request) -> Response:
        visit, _ = await self._sent(request)
        visit.unit.do(approval.leave_landing_page, LeaveLandingPage(reference=visit.payment.reference))
        after = visit_of(request, self._world, visit.token)
        return _onwards(request, after, 303) if after.has_ended else send_to(after.url(WAITING_PAGE))

    async def go_back(self, request: Request) -> Response:
        """Go back as with the browser's own button, which ends a payment whose number was entered.

        Source: landing page guide of 2025. No page can sense the button itself, so this stands for it.
        """
        visit, _ = await self._sent(request)
        command = LeaveLandingPage(reference=visit.payment.reference, by_going_back=True)
        visit.unit.do(approval.leave_landing_page, command)
        return send_to(visit.url(LANDING_PAGE))

    async def choose_language(self, request: Request) -> Response:
        visit, form = await self._sent(request)
        here = form.get("here", "")
        back = visit.url(here if here in _PAGES else LANDING_PAGE)
        language = form.get("language", "")
        return keep(send_to(back), "language", language if language in LANGUAGES else "", LANDING_PAGE)

    async def show_qr(self, request: Request) -> Response:
        """A page with the code, for a real phone on the same network."""
        visit = self._asked(request)
        if visit.has_ended:
            return _onwards(request, visit, 302)
        return _show(request, visit, qr_page(visit, self._link(request, visit)))

    async def draw_svg(self, request: Request) -> Response:
        return self._picture(request, "svg", "image/svg+xml")

    async def draw_png(self, request: Request) -> Response:
        return self._picture(request, "png", "image/png")

    def _picture(self, request: Request, kind: str, media_type: str) -> Response:
        """Draw the code that leads to the landing page, as large as fits into the size that was asked for."""
        import segno  # noqa: PLC0415 - a start is felt in every CI run

        visit = self._asked(request)
        if visit.has_ended:
            raise Sorry(410, "This code leads nowhere any more", "Its payment has ended.")
        try:
            code = segno.make(self._link(request, visit), micro=False)
        except segno.DataOverflowError as overflow:
            raise Sorry(400, "No code can hold this link", "The Host that it begins with is too long.") from overflow
        size = visit.payment.created.command.qr_size or _QR_SIZE
        picture = BytesIO()
        code.save(picture, kind=kind, scale=max(1, size // code.symbol_size()[0]))
        return Response(picture.getvalue(), headers={"Cache-Control": "no-store"}, media_type=media_type)

    def _link(self, request: Request, visit: Visit) -> str:
        base_url = self._public_url or str(request.base_url).rstrip("/")
        return landing_page_url(base_url, visit.unit.msn, visit.payment.reference)


def _show(request: Request, visit: Visit, page: Page, status: int = 200) -> Response:
    """Answer with a page, which nobody may show in a frame unless the sales unit's setting says otherwise."""
    is_framable = visit.unit.state.settings.landing_framable
    return show(request, page, status, framing=Framing.ANYBODY if is_framable else Framing.NOBODY)


def _entered(visit: Visit, form: dict[str, str]) -> str:
    return visit.fixed_number or typed_phone_number(form.get("phone_number", ""), visit.payment.amount.currency)


def _not_usable(request: Request, visit: Visit, form: dict[str, str]) -> Response:
    """Say so in one sentence, the same for every reason: who is a customer is nobody's business."""
    page = number_page(visit, form.get("phone_number", ""), error=visit.words.number_unusable)
    return _show(request, visit, page, 422)


def _remember(response: Response, visit: Visit, form: dict[str, str], phone_number: str) -> Response:
    return keep(response, visit.cookie, phone_number if "remember" in form else "", LANDING_PAGE)


def _onwards(request: Request, visit: Visit, status: int) -> Response:
    """Leave for the merchant's returnUrl; where a browser cannot follow it, say how it ended."""
    if visit.return_url is not None and is_web_link(visit.return_url):
        return send_to(visit.return_url, status)
    return _show(request, visit, end_page(visit))
