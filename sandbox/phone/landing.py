"""The landing page: where `redirectUrl` leads in a browser that has no app beside it.

Somebody types a phone number, the request goes to that phone, and the browser waits until the payment has ended
and goes to the merchant's `returnUrl`. A phone's own browser may go straight into the app instead, and so may whoever
scans the code; a payment by card has a form for the card here.
Source: landing page guide; ePayment guide, "Redirects".
"""

from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from ipaddress import ip_address
from math import ceil
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.links import LANDING_PAGE, QR_SVG, landing_page_url, read_landing_token
from sandbox.domain import approval, card_form
from sandbox.domain.card_form import card_steps
from sandbox.domain.commands import AnswerBank, CustomerAction, EnterCard, EnterNumber, LeaveLandingPage, UserFlow
from sandbox.domain.customers import is_phone_number
from sandbox.domain.errors import CardNumberInvalid, CustomerNotFound, NotOnScreen, PhoneNumberInvalid
from sandbox.domain.facts import CardDeclined
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.urls import UrlKind, url_kind
from sandbox.phone.answers import Sorry, keep, send_to, show, words_for
from sandbox.phone.formats import app_name, country_of, money_text, phone_number_text, typed_phone_number
from sandbox.phone.forms import form_of
from sandbox.phone.history import outcome_of, outcome_status
from sandbox.phone.looking import language_choices
from sandbox.phone.pages import (
    BankPage,
    CardFormPage,
    Landing,
    LandingEndPage,
    Link,
    NumberPage,
    Page,
    QrPage,
    WaitingPage,
)
from sandbox.phone.places import is_web_link, lock_screen_url, request_url
from sandbox.phone.words import ENGLISH, LANGUAGES, Words
from sandbox.ui import Framing
from sandbox.world import SalesUnit, World

__all__ = ["QR_PAGE", "LandingPage"]

QR_PAGE: Final = f"{LANDING_PAGE}/qr"
_NUMBER_URL: Final = f"{LANDING_PAGE}/number"
_OPEN_APP_URL: Final = f"{LANDING_PAGE}/app"
_WAITING_URL: Final = f"{LANDING_PAGE}/waiting"
_CARD_URL: Final = f"{LANDING_PAGE}/card"
_BANK_URL: Final = f"{LANDING_PAGE}/bank"
_CANCEL_URL: Final = f"{LANDING_PAGE}/cancel"
_BACK_URL: Final = f"{LANDING_PAGE}/back"
_STATE_URL: Final = f"{LANDING_PAGE}/state"
_LANGUAGE_URL: Final = f"{LANDING_PAGE}/language"
_PAGES: Final = frozenset({LANDING_PAGE, _WAITING_URL, QR_PAGE})
_LONGEST_TOKEN: Final = 500  # twice what ours have
_LOOK_AGAIN_AFTER: Final = 2  # seconds
_QR_SIZE: Final = 1024  # pixels
_FOR_ALL_TO_REACH: Final = "--host 0.0.0.0"
_A_CARD: Final = "4111 1111 1111 1111"
_A_DECLINED_CARD: Final = "4000 0000 0000 0002"


@dataclass(frozen=True, slots=True)
class _Visit:
    """A browser on the landing page of a payment, as the payment stands now."""

    token: str
    unit: SalesUnit
    payment: Payment
    words: Words

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
            cancel_url=_CANCEL_URL,
            language_url=_LANGUAGE_URL,
            languages=language_choices(self.words),
            here=here,
            state_url=_with_token(_STATE_URL, self),
            ended_url=_with_token(_WAITING_URL, self),
            time_left_text=_time_text(self.seconds_left),
        )


class LandingPage:
    """The endpoints, each a method that takes the request."""

    def __init__(self, world: World, public_url: str | None) -> None:
        self._world = world
        self._public_url = public_url

    async def show(self, request: Request) -> Response:
        visit = self._visit(request, request.query_params.get("token", ""))
        if visit.has_ended:
            return _show(request, visit, _end_page(visit))
        if visit.is_with_customer:
            return send_to(_with_token(_WAITING_URL, visit))
        steps = card_steps(visit.payment)
        if steps:
            return _show(request, visit, _card_form(visit) if "enter" in steps else _bank_page(visit))
        number = visit.payment.created.command.phone_number or _remembered(request, visit) or ""
        return _show(request, visit, _number_page(request, visit, number and phone_number_text(number)))

    async def enter_number(self, request: Request) -> Response:
        """Send the request to a phone, with a push, and wait."""
        form = await form_of(request)
        visit = self._visit(request, form.get("token", ""))
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
            return send_to(_with_token(LANDING_PAGE, visit))
        return _remember(send_to(_with_token(_WAITING_URL, visit)), visit, form, phone_number)

    async def open_app(self, request: Request) -> Response:
        """Go straight into the app, as on a phone that has it; no push is needed."""
        form = await form_of(request)
        visit = self._visit(request, form.get("token", ""))
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
        form = await form_of(request)
        visit = self._visit(request, form.get("token", ""))
        command = EnterCard(reference=visit.payment.reference, number=form.get("card_number", ""))
        try:
            visit.unit.do(card_form.enter_card, command)
        except CardNumberInvalid:
            return _show(request, visit, _card_form(visit, error=visit.words.card_invalid), 422)
        except NotOnScreen:
            pass  # it was entered, or the payment ended, in another window
        return send_to(_with_token(LANDING_PAGE, visit))

    async def answer_bank(self, request: Request) -> Response:
        form = await form_of(request)
        visit = self._visit(request, form.get("token", ""))
        command = AnswerBank(reference=visit.payment.reference, confirms=form.get("answer") == "confirm")
        with suppress(NotOnScreen):
            visit.unit.do(card_form.answer_bank, command)
        after = self._visit(request, visit.token)
        return _onwards(request, after, 303) if after.has_ended else send_to(_with_token(LANDING_PAGE, after))

    async def wait(self, request: Request) -> Response:
        visit = self._visit(request, request.query_params.get("token", ""))
        if visit.has_ended:
            return _onwards(request, visit, 302)
        phone_number = visit.payment.phone_number
        if phone_number is None:
            return send_to(_with_token(LANDING_PAGE, visit))
        app = app_name(visit.country)
        page = WaitingPage(
            words=visit.words,
            landing=visit.around(_WAITING_URL),
            heading=visit.words.complete_in.format(app=app),
            sent_to=visit.words.sent_to.format(number=_in_one_line(phone_number_text(phone_number)), app=app),
            phone_url=lock_screen_url(phone_number),
            back_url=_BACK_URL,
            look_again_after=_LOOK_AGAIN_AFTER,
        )
        return _show(request, visit, page)

    async def tell_state(self, request: Request) -> Response:
        """Tell whether the payment still waits, and for how long; the page's own scripts ask this every second."""
        visit = self._visit(request, request.query_params.get("token", ""))
        state = {"waits": not visit.has_ended, "secondsLeft": visit.seconds_left}
        return JSONResponse(state, headers={"Cache-Control": "no-store"})

    async def cancel(self, request: Request) -> Response:
        form = await form_of(request)
        visit = self._visit(request, form.get("token", ""))
        visit.unit.do(approval.leave_landing_page, LeaveLandingPage(reference=visit.payment.reference))
        after = self._visit(request, visit.token)
        return _onwards(request, after, 303) if after.has_ended else send_to(_with_token(_WAITING_URL, after))

    async def go_back(self, request: Request) -> Response:
        """Go back as with the browser's own button, which ends a payment whose number was entered.

        Source: landing page guide of 2025. No page can sense the button itself, so this stands for it.
        """
        form = await form_of(request)
        visit = self._visit(request, form.get("token", ""))
        command = LeaveLandingPage(reference=visit.payment.reference, by_going_back=True)
        visit.unit.do(approval.leave_landing_page, command)
        return send_to(_with_token(LANDING_PAGE, visit))

    async def choose_language(self, request: Request) -> Response:
        form = await form_of(request)
        visit = self._visit(request, form.get("token", ""))
        here = form.get("here", "")
        back = _with_token(here if here in _PAGES else LANDING_PAGE, visit)
        language = form.get("language", "")
        return keep(send_to(back), "language", language if language in LANGUAGES else "", LANDING_PAGE)

    async def show_qr(self, request: Request) -> Response:
        """A page with the code, for a real phone on the same network."""
        visit = self._visit(request, request.query_params.get("token", ""))
        if visit.has_ended:
            return _onwards(request, visit, 302)
        leads_to = self._link(request, visit)
        host = urlsplit(leads_to).hostname or ""
        page = QrPage(
            words=visit.words,
            landing=visit.around(QR_PAGE),
            picture_url=_with_token(QR_SVG, visit),
            leads_to=leads_to,
            warning=_warning(visit, host) if _is_this_machine(host) else None,
            option=_FOR_ALL_TO_REACH,
            number_url=_with_token(LANDING_PAGE, visit),
            look_again_after=_LOOK_AGAIN_AFTER,
        )
        return _show(request, visit, page)

    async def draw_svg(self, request: Request) -> Response:
        return self._picture(request, "svg", "image/svg+xml")

    async def draw_png(self, request: Request) -> Response:
        return self._picture(request, "png", "image/png")

    def _picture(self, request: Request, kind: str, media_type: str) -> Response:
        """Draw the code that leads to the landing page, as large as fits into the size that was asked for."""
        import segno  # noqa: PLC0415 - a start is felt in every CI run

        visit = self._visit(request, request.query_params.get("token", ""))
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

    def _link(self, request: Request, visit: _Visit) -> str:
        base_url = self._public_url or str(request.base_url).rstrip("/")
        return landing_page_url(base_url, visit.unit.msn, visit.payment.reference)

    def _visit(self, request: Request, token: str) -> _Visit:
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
        return _Visit(token, unit, payment, words_for(request, ENGLISH))


def _show(request: Request, visit: _Visit, page: Page, status: int = 200) -> Response:
    """Answer with a page, which nobody may show in a frame unless the sales unit's setting says otherwise."""
    is_framable = visit.unit.state.settings.landing_framable
    return show(request, page, status, framing=Framing.ANYBODY if is_framable else Framing.NOBODY)


def _number_page(request: Request, visit: _Visit, phone_number_text: str, *, error: str | None = None) -> NumberPage:
    app = app_name(visit.country)
    on_a_phone = "Mobi" in request.headers.get("user-agent", "")
    return NumberPage(
        words=visit.words,
        landing=visit.around(LANDING_PAGE),
        number_url=_NUMBER_URL,
        phone_number_text=phone_number_text,
        editable=visit.fixed_number is None,
        remembered=_remembered(request, visit) is not None,
        open_app_url=_OPEN_APP_URL,
        open_app_text=visit.words.open_app.format(app=app) if on_a_phone else visit.words.open_app_here,
        on_a_phone=on_a_phone,
        qr_url=_with_token(QR_PAGE, visit),
        error=error,
    )


def _card_form(visit: _Visit, *, error: str | None = None) -> CardFormPage:
    last = visit.payment.facts[-1]
    if error is None and isinstance(last, CardDeclined):
        error = visit.words.declined.format(because=visit.words.declines.get(last.because, last.because))
    return CardFormPage(
        words=visit.words,
        landing=visit.around(LANDING_PAGE),
        card_url=_CARD_URL,
        hint=visit.words.test_cards.format(works=_in_one_line(_A_CARD), declined=_in_one_line(_A_DECLINED_CARD)),
        error=error,
    )


def _bank_page(visit: _Visit) -> BankPage:
    card = (visit.payment.card_number or "")[-4:]
    return BankPage(
        words=visit.words,
        landing=visit.around(LANDING_PAGE),
        question=visit.words.bank_question.format(card=f"•••• {card}"),
        bank_url=_BANK_URL,
    )


def _entered(visit: _Visit, form: dict[str, str]) -> str:
    return visit.fixed_number or typed_phone_number(form.get("phone_number", ""), visit.payment.amount.currency)


def _not_usable(request: Request, visit: _Visit, form: dict[str, str]) -> Response:
    """Say so in one sentence, the same for every reason: who is a customer is nobody's business."""
    page = _number_page(request, visit, form.get("phone_number", ""), error=visit.words.number_unusable)
    return _show(request, visit, page, 422)


def _remembered(request: Request, visit: _Visit) -> str | None:
    """Return the number that this browser remembers for this merchant."""
    number = request.cookies.get(_cookie_of(visit), "")
    return number if is_phone_number(number) else None


def _remember(response: Response, visit: _Visit, form: dict[str, str], phone_number: str) -> Response:
    return keep(response, _cookie_of(visit), phone_number if "remember" in form else "", LANDING_PAGE)


def _cookie_of(visit: _Visit) -> str:
    return f"number-{visit.unit.msn}"


def _onwards(request: Request, visit: _Visit, status: int) -> Response:
    """Leave for the merchant's returnUrl; where a browser cannot follow it, say how it ended."""
    if visit.return_url is not None and is_web_link(visit.return_url):
        return send_to(visit.return_url, status)
    return _show(request, visit, _end_page(visit))


def _end_page(visit: _Visit) -> LandingEndPage:
    outcome = outcome_of(visit.payment, visit.words)
    if outcome is None:
        raise RuntimeError(f"{visit.payment.reference} has not ended")
    url = visit.return_url
    back_to = visit.words.back_to.format(merchant=visit.merchant_name)
    return LandingEndPage(
        words=visit.words,
        heading=outcome.heading,
        text=outcome.text,
        status=outcome_status(visit.payment, outcome),
        web_link=Link(back_to, url) if url is not None and is_web_link(url) else None,
        app_link=Link(url, url) if url is not None and url_kind(url) is UrlKind.APP else None,
    )


def _with_token(url: str, visit: _Visit) -> str:
    return f"{url}?token={quote(visit.token, safe='')}"


def _warning(visit: _Visit, host: str) -> tuple[str, str]:
    """Return what is said before and after the option of the command line."""
    before, _, after = visit.words.only_this_machine.partition("{option}")
    return before.format(host=host), after.format(host=host)


def _in_one_line(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _time_text(seconds: int) -> str:
    """Return a span as a countdown shows it: `9:59`, `14 d 3:00:00`."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = f"{hours}:{minutes:02}:{seconds:02}" if hours or days else f"{minutes}:{seconds:02}"
    return f"{days} d {clock}" if days else clock


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
