"""The simulated app: what one phone shows, over all sales units, and what its owner does.

Everything that is done passes `approval.act`; the pages only show what it allows now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.wording import amount_text, push_text
from sandbox.domain import facts
from sandbox.domain.commands import CustomerAction, UserFlow
from sandbox.domain.customers import is_phone_number
from sandbox.domain.inbox import PaymentRequest, pending_requests, request_on_phone
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment
from sandbox.domain.receipts import OrderLine, Receipt
from sandbox.domain.urls import url_kind
from sandbox.phone import pages
from sandbox.phone.answers import Sorry, send_to, show
from sandbox.phone.pages import Button, Link, Merchant, Page, Row
from sandbox.phone.places import PHONE, inbox_url, is_web_link, request_url
from sandbox.phone.texts import (
    CATEGORY_LABELS,
    Outcome,
    consent_row,
    date_text,
    outcome_of,
    phone_number_text,
    quantity_text,
)
from sandbox.world import SalesUnit, World
from sandbox.world.people import local_date, person

__all__ = ["App"]

_PUSHES_SHOWN: Final = 20
_RETURNING: Final = frozenset({UserFlow.WEB_REDIRECT, UserFlow.NATIVE_REDIRECT})

# In the order of the screen; a button's id is its action's name.
_LABELS: Final[Mapping[CustomerAction, str]] = {
    CustomerAction.OPEN: "Open",
    CustomerAction.SHARE: "Share information",
    CustomerAction.REFUSE: "Cancel",
    CustomerAction.APPROVE: "Pay",
    CustomerAction.DECLINE_CARD: "Card is declined",
    CustomerAction.PAY_LATER: "I'll pay later",
    CustomerAction.REJECT: "Cancel",
}
_LABELS_LONG_LIVING: Final = {**_LABELS, CustomerAction.REJECT: "Reject"}


@dataclass(frozen=True, slots=True)
class _Look:
    """A phone that looks at a payment, as it stands now."""

    phone_number: str
    unit: SalesUnit
    payment: Payment

    @property
    def url(self) -> str:
        return request_url(self.phone_number, self.unit.msn, self.payment.reference)

    @property
    def inbox_url(self) -> str:
        return inbox_url(self.phone_number)

    @property
    def request(self) -> PaymentRequest:
        return request_on_phone(self.unit.state, self.payment, self.phone_number, self.unit.now())


class App:
    """The endpoints, each a method that takes the request."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show_inbox(self, request: Request) -> Response:
        phone_number = _phone_number(request)
        page = pages.InboxPage(
            phone_number_text=phone_number_text(phone_number),
            name=person(phone_number).name,
            url=inbox_url(phone_number),
            requests=tuple(
                _request_line(unit, waiting, phone_number)
                for unit in self._world
                for waiting in pending_requests(unit.up_to_date(), phone_number, unit.now())
            ),
            pushes=_newest_pushes(self._world, phone_number),
        )
        return show(page)

    async def show_request(self, request: Request) -> Response:
        return show(_screen(self._look(request)))

    async def show_details(self, request: Request) -> Response:
        return show(_details_page(self._look(request)))

    async def act(self, request: Request) -> Response:
        action = request.path_params["action"]
        if action not in _LABELS:
            raise Sorry(404, "There is no such button", f"A customer can {', '.join(_LABELS)}.")
        unit, phone_number = self._unit(request), _phone_number(request)
        reference = request.path_params["reference"]
        unit.customer_does(CustomerAction(action), reference, phone_number)
        if action == CustomerAction.PAY_LATER:
            return send_to(inbox_url(phone_number))
        return send_to(request_url(phone_number, unit.msn, reference))

    def _unit(self, request: Request) -> SalesUnit:
        msn = request.path_params["msn"]
        unit = self._world.find(msn)
        if unit is None:
            raise Sorry(404, "There is no such sales unit", f"Nobody has used sales unit {msn} here yet.")
        return unit

    def _look(self, request: Request) -> _Look:
        phone_number, unit = _phone_number(request), self._unit(request)
        payment = unit.up_to_date().payment(request.path_params["reference"])
        if payment.phone_number not in {None, phone_number}:
            raise Sorry(
                404,
                "Not on this phone",
                f"Request {payment.reference} is on another phone.",
                Link("To what this phone shows", inbox_url(phone_number)),
            )
        return _Look(phone_number, unit, payment)


def _phone_number(request: Request) -> str:
    phone_number: str = request.path_params["phone"]
    if not is_phone_number(phone_number):
        raise Sorry(
            404,
            "That is no phone number",
            f"A phone number has 9 to 15 digits with its country code and without plus sign: {PHONE}/4791234567.",
        )
    return phone_number


# --- The list -------------------------------------------------------------------------------------------


def _request_line(unit: SalesUnit, waiting: PaymentRequest, phone_number: str) -> pages.RequestLine:
    return pages.RequestLine(
        id=f"request-{waiting.msn}-{waiting.reference}",
        url=request_url(phone_number, waiting.msn, waiting.reference),
        merchant_name=waiting.merchant,
        amount_text=amount_text(waiting.amount),
        description=waiting.description,
        due_text=_due_text(waiting, phone_number),
        mark=_mark(waiting, unit.state.payments[waiting.reference]),
    )


def _mark(waiting: PaymentRequest, payment: Payment) -> str | None:
    if waiting.processing:
        return "In progress"
    if waiting.is_open:
        return "Open"
    if waiting.postponed:
        return "Postponed"
    seen = any(isinstance(fact, facts.PaymentOpened) for fact in payment.facts)
    return None if seen else "New"


def _newest_pushes(world: World, phone_number: str) -> tuple[pages.PushLine, ...]:
    received: list[tuple[datetime, pages.PushLine]] = []
    for unit in world:
        state = unit.up_to_date()
        for push in state.pushes.get(phone_number, ())[-_PUSHES_SHOWN:]:
            line = pages.PushLine(
                at_text=f"{push.at:%Y-%m-%d %H:%M} UTC",
                text=push_text(state.settings.name, state.payments[push.reference].amount),
                url=request_url(phone_number, unit.msn, push.reference),
            )
            received.append((push.at, line))
    received.reverse()  # of two at the same instant, the later one first
    received.sort(key=lambda each: each[0], reverse=True)
    return tuple(line for _, line in received[:_PUSHES_SHOWN])


# --- One request ----------------------------------------------------------------------------------------


def _screen(look: _Look) -> Page:
    """Return what the phone shows of a payment: how it ended, or the next step."""
    outcome = outcome_of(look.payment)
    if outcome is not None:
        return _outcome_page(look, outcome)
    request = look.request
    if request.processing:
        return pages.ProcessingPage(
            inbox_url=look.inbox_url,
            url=look.url,
            merchant=_merchant(look.unit),
            amount_text=amount_text(request.amount),
        )
    if CustomerAction.OPEN in request.actions:
        return _request_page(look, request)
    if CustomerAction.SHARE in request.actions:
        return _consent_page(look, request)
    return _payment_page(look, request)


def _request_page(look: _Look, request: PaymentRequest) -> Page:
    (button,) = _buttons(look, request)
    return pages.RequestPage(
        inbox_url=look.inbox_url,
        merchant=_merchant(look.unit),
        amount_text=amount_text(request.amount),
        due_text=_due_text(request, look.phone_number),
        button=button,
    )


def _consent_page(look: _Look, request: PaymentRequest) -> Page:
    who = look.unit.person(look.phone_number)
    return pages.ConsentPage(
        inbox_url=look.inbox_url,
        merchant=_merchant(look.unit),
        organisation=request.organisation,
        rows=tuple(consent_row(scope, who) for scope in request.asks_for),
        buttons=_buttons(look, request),
    )


def _payment_page(look: _Look, request: PaymentRequest) -> Page:
    has_details = request.order_details_url is not None or request.receipt is not None
    return pages.PaymentPage(
        inbox_url=look.inbox_url,
        merchant=_merchant(look.unit),
        amount_text=amount_text(request.amount),
        description=request.description,
        due_text=_due_text(request, look.phone_number),
        reference=request.reference,
        details_url=f"{look.url}/details" if has_details else None,
        declined_because=request.declined,
        buttons=_buttons(look, request),
    )


def _outcome_page(look: _Look, outcome: Outcome) -> Page:
    command = look.payment.created.command
    url = command.return_url if command.user_flow in _RETURNING else None
    merchant = _merchant(look.unit)
    return pages.OutcomePage(
        inbox_url=look.inbox_url,
        merchant=merchant,
        amount_text=amount_text(look.payment.amount),
        heading=outcome.heading,
        text=outcome.text,
        return_link=Link(f"Back to {merchant.name}", url) if url is not None and url_kind(url) else None,
    )


def _details_page(look: _Look) -> Page:
    request = look.request
    receipt, link = request.receipt, None
    url = request.order_details_url
    if request.category is not None and url is not None and is_web_link(url):
        link = Link(CATEGORY_LABELS[request.category], url)
    rows = [Row("Order ID", request.reference)]
    rows.append(Row("Issue date", _local_date_text(look.phone_number, look.payment.created.at)))
    due = _due_text(request, look.phone_number)
    if due is not None:
        rows.append(Row("Due date", due))
    return pages.DetailsPage(
        request_url=look.url,
        merchant=_merchant(look.unit),
        rows=tuple(rows),
        lines=() if receipt is None else tuple(_receipt_line(line, receipt) for line in receipt.order_lines),
        total_text=None if receipt is None else _receipt_amount(receipt, receipt.total),
        order_link=link,
        order_text=url if link is None else None,
    )


def _receipt_line(line: OrderLine, receipt: Receipt) -> pages.ReceiptLine:
    value = -line.total_amount if line.is_return else line.total_amount
    return pages.ReceiptLine(
        name=line.name,
        amount_text=_receipt_amount(receipt, value),
        quantity_text=quantity_text(line.unit_info),
    )


def _receipt_amount(receipt: Receipt, value: int) -> str:
    return amount_text(Amount(receipt.bottom_line.currency, value))


def _merchant(unit: SalesUnit) -> Merchant:
    settings = unit.state.settings
    return Merchant(settings.name, f"#{unit.msn} · {settings.organisation}")


def _buttons(look: _Look, request: PaymentRequest) -> tuple[Button, ...]:
    labels = _LABELS_LONG_LIVING if look.payment.is_long_living else _LABELS
    return tuple(
        Button(action.value, label, f"{look.url}/{action.value}")
        for action, label in labels.items()
        if action in request.actions
    )


def _due_text(request: PaymentRequest, phone_number: str) -> str | None:
    return None if request.due is None else _local_date_text(phone_number, request.due)


def _local_date_text(phone_number: str, instant: datetime) -> str:
    return date_text(local_date(phone_number, instant))
