"""A payment's own page: its amounts, its life as a drawing, and all that was said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.diagram import SLIM, WIDE, drawn, steps_of
from sandbox.control.dashboard.pages import Bar, BarPart, Line, MomentView, Row
from sandbox.control.dashboard.places import UNIT, phone_url, unit_url, with_query
from sandbox.control.dashboard.timeline import Look, Moment, page_of
from sandbox.control.dashboard.views import bar_parts, moment_view
from sandbox.control.dashboard.words import (
    USER_FLOW_WORDS,
    Told,
    amount_words,
    instant_words,
    phone_words,
    span_words,
    state_words,
)
from sandbox.domain.event_log import events_of
from sandbox.domain.payments import Payment, PaymentState
from sandbox.world import SalesUnit

__all__ = ["routes"]

_MOMENTS_SHOWN: Final = 300


def routes(desk: Desk) -> list[Route]:
    return routes_of({f"{UNIT}/payments/{{reference}}": _Payments(desk).payment})


@dataclass(frozen=True, slots=True)
class EventRow:
    name: str
    amount: str
    at: str
    psp_reference: str
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """One payment's life (payment.html)."""

    bar: Bar
    reference: str
    state: Told
    code: str
    amount: str
    narrow_url: str
    parts: Sequence[BarPart]
    rows: Sequence[Row]
    wide: Markup
    slim: Markup
    events: Sequence[EventRow]
    webhooks: Sequence[Line]
    requests: Sequence[MomentView]
    phone_url: str | None
    steps: str | None  # of a scenario; None where too much is forgotten


class _Payments:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def payment(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        payment = unit.up_to_date().payment(request.path_params["reference"])
        look = Look(reference=payment.reference)
        part = page_of(unit, self._desk.log, look, None, _MOMENTS_SHOWN)
        page = payment_page(self._desk.bar(request, unit, "payment"), unit, payment, part.moments[::-1])
        return answer_with(request, "payment.html", page)


def payment_page(bar: Bar, unit: SalesUnit, payment: Payment, moments: Sequence[Moment]) -> PaymentPage:
    """Return a payment's page; *moments* is what is known of its life, oldest first."""
    from sandbox.control.recording import RecordingIncomplete, life_of  # noqa: PLC0415 - seldom asked for

    try:
        calls = [moment.exchange for moment in moments if moment.exchange is not None]
        told = life_of(unit, payment.reference, calls, [fact for moment in moments for fact in moment.facts])
    except RecordingIncomplete:
        told = None
    steps = steps_of(moments, payment.reference)
    title = f"The life of {payment.reference}"
    lines = [line for moment in moments for line in moment_view(unit.msn, moment, about=payment.reference).lines]
    return PaymentPage(
        bar=bar,
        reference=payment.reference,
        state=state_words(payment),
        code=payment.state.value,
        amount=amount_words(payment.amount),
        narrow_url=with_query(unit_url(unit.msn), payment=payment.reference),
        parts=bar_parts(payment),
        rows=_payment_rows(unit, payment),
        wide=drawn(steps, WIDE, title),
        slim=drawn(steps, SLIM, title),
        events=[
            EventRow(
                name=event.name.value,
                amount=amount_words(event.amount),
                at=instant_words(event.timestamp),
                psp_reference=event.psp_reference,
                idempotency_key=event.idempotency_key or "",
            )
            for event in events_of(payment, unit.msn)
        ],
        webhooks=[line for line in lines if line.told.icon == "webhook"],
        requests=[
            moment_view(unit.msn, Moment(moment.exchange, ()))
            for moment in reversed(moments)
            if moment.exchange is not None
        ],
        phone_url=None if payment.customer is None else phone_url(payment.customer),
        steps=told,
    )


def _payment_rows(unit: SalesUnit, payment: Payment) -> list[Row]:
    command = payment.created.command
    now = unit.now()
    rows = [Row("How it reaches the customer", USER_FLOW_WORDS[command.user_flow])]
    if payment.customer is not None:
        number = phone_words(payment.customer)
        rows.append(Row("Customer", f"{unit.person(payment.customer).name}, {number}", phone_url(payment.customer)))
    rows.append(Row("Created", instant_words(payment.created.at)))
    if payment.state is PaymentState.CREATED:
        left = span_words(payment.deadline - now)
        rows.append(Row("Answer by", f"{instant_words(payment.deadline)}, {left} from now"))
    if payment.capturable and payment.capture_by is not None:
        rows.append(Row("Capture by", instant_words(payment.capture_by)))
    if command.payment_description:
        rows.append(Row("Description", command.payment_description))
    if command.scope:
        rows.append(Row("Asks for", ", ".join(command.scope)))
    if command.return_url:
        rows.append(Row("returnUrl", command.return_url, mono=True))
    rows += [Row(f"metadata {name}", value, mono=True) for name, value in command.metadata or ()]
    return rows
