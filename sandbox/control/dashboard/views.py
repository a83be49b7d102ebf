"""From what there is to what the dashboard shows of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from markupsafe import Markup
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

from sandbox.api.gateway import Exchange, RequestLog
from sandbox.api.gateway.explanations import Explanation
from sandbox.api.gateway.masking import masked_body, masked_headers, masked_query
from sandbox.control.dashboard import pages
from sandbox.control.dashboard.code import as_curl, pretty
from sandbox.control.dashboard.diagram import SLIM, WIDE, drawn, steps_of
from sandbox.control.dashboard.places import fact_url, payment_url, request_url, unit_url, with_query
from sandbox.control.dashboard.timeline import Look, Moment, Numbered, Part, Place, Show, newest_request
from sandbox.control.dashboard.words import (
    DUE_WORDS,
    PERSONA_WORDS,
    USER_FLOW_WORDS,
    Told,
    amount_words,
    day_words,
    instant_words,
    operation_words,
    phone_words,
    span_words,
    state_words,
    status_words,
    tell,
    time_words,
)
from sandbox.control.views import fact_view
from sandbox.domain.customers import MAGIC_NUMBERS, Persona
from sandbox.domain.due_times import Due, DueKind, fall_due, is_awaited
from sandbox.domain.event_log import events_of
from sandbox.domain.facts import Fact, WebhookAttempted
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.state import UnitState
from sandbox.world import SalesUnit

__all__ = [
    "EVERYBODY",
    "bar_parts",
    "due_line",
    "fact_detail",
    "milliseconds",
    "moment_view",
    "next_dues",
    "payment_line",
    "payment_page",
    "payments_column",
    "people_of",
    "persona_choice",
    "phone_column",
    "request_detail",
    "strip_of",
    "timeline_column",
    "waiting_on",
]

PAYMENTS_SHOWN: Final = 50
PHONES_SHOWN: Final = 8
EVERYBODY: Final = (
    "4791234567",
    "4793424725",
    "4748571123",
    "4540000001",
    "358401234567",
)  # people who are always there
# Of a fact: what its page says in another way, or not at all.
_TOLD_ELSEWHERE: Final = frozenset({"at", "reference", "signed", "answer", "secret"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DUES_SHOWN: Final = 30
_DUES_LOOKED_AT: Final = 200


# --- Payments -------------------------------------------------------------------------------------------


def payment_line(unit: SalesUnit, payment: Payment, *, selected: bool) -> pages.PaymentLine:
    return pages.PaymentLine(
        id=f"payment-{payment.reference}",
        reference=payment.reference,
        url=with_query(unit_url(unit.msn), payment=payment.reference),
        state=state_words(payment),
        amount=amount_words(payment.amount),
        aside=_aside(payment),
        at=f"{day_words(payment.created.at)}, {payment.created.at:%H:%M}",
        selected=selected,
    )


def _aside(payment: Payment) -> str:
    if payment.state is PaymentState.CREATED and payment.is_long_living:
        return f"due {day_words(payment.created.deadline)}"
    if payment.captured and payment.capturable:
        return f"{amount_words(payment.amount_of(payment.captured))} captured"
    if payment.refunded and payment.refundable:
        return f"{amount_words(payment.amount_of(payment.refunded))} back"
    return ""


def payments_column(
    unit: SalesUnit,
    state: UnitState,
    *,
    search: str,
    before: int | None,
    selected: str | None,
    keep: dict[str, str | None],
) -> pages.PaymentsColumn:
    """Return a page of the payments, newest first; *before* counts them from the oldest, from 1."""
    count = len(state.payments)
    newest = count if before is None else min(max(before - 1, 0), count)
    numbered = zip(
        range(newest, 0, -1), islice(reversed(state.payments.values()), count - newest, None), strict=False
    )
    found = ((number, payment) for number, payment in numbered if _is_sought(payment, search.casefold()))
    shown = list(islice(found, PAYMENTS_SHOWN + 1))
    more = len(shown) > PAYMENTS_SHOWN
    url = unit_url(unit.msn)
    return pages.PaymentsColumn(
        lines=[
            payment_line(unit, payment, selected=payment.reference == selected)
            for _, payment in shown[:PAYMENTS_SHOWN]
        ],
        count=count,
        search=search,
        older_url=with_query(url, **keep, find=search, payments_before=str(shown[PAYMENTS_SHOWN - 1][0]))
        if more
        else None,
        newest_url=None if before is None else with_query(url, **keep, find=search),
    )


def _is_sought(payment: Payment, sought: str) -> bool:
    return (
        not sought
        or sought in payment.reference.casefold()
        or sought in (payment.customer or "")
        or sought in state_words(payment).words.casefold()
        or sought == payment.state.value.casefold()
    )


def bar_parts(payment: Payment) -> list[pages.BarPart]:
    """Return the payment's amount in its parts: what is refunded, captured, cancelled, reserved, and asked for."""
    whole = payment.amount.value
    reserved = payment.authorized - payment.captured - payment.cancelled if payment.authorized else 0
    parts = [
        ("captured", "Captured", payment.captured - payment.refunded),
        ("refunded", "Refunded", payment.refunded),
        ("authorized", "Authorised, to be captured", reserved),
        ("cancelled", "Cancelled", payment.cancelled),
    ]
    parts.append(("asked", "Asked for", whole - sum(value for _, _, value in parts)))
    found, start = [], 0
    for kind, label, value in parts:
        if value > 0:
            width = round(1000 * value / whole)
            found.append(pages.BarPart(kind, label, amount_words(payment.amount_of(value)), start, width))
            start += width
    return found


def strip_of(unit: SalesUnit, payment: Payment) -> pages.Strip:
    return pages.Strip(
        reference=payment.reference,
        url=payment_url(unit.msn, payment.reference),
        all_url=unit_url(unit.msn),
        state=state_words(payment),
        amount=amount_words(payment.amount),
        parts=bar_parts(payment),
    )


def payment_page(bar: pages.Bar, unit: SalesUnit, payment: Payment, moments: Sequence[Moment]) -> pages.PaymentPage:
    """Return a payment's page; *moments* is what is known of its life, oldest first."""
    steps = steps_of(moments, payment.reference)
    title = f"The life of {payment.reference}"
    lines = [line for moment in moments for line in moment_view(unit.msn, moment, about=payment.reference).lines]
    return pages.PaymentPage(
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
            pages.EventRow(
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
        phone_url=None if payment.customer is None else f"/phone/{payment.customer}",
    )


def _payment_rows(unit: SalesUnit, payment: Payment) -> list[pages.Row]:
    command = payment.created.command
    now = unit.now()
    rows = [pages.Row("How it reaches the customer", USER_FLOW_WORDS[command.user_flow])]
    if payment.customer is not None:
        number = phone_words(payment.customer)
        rows.append(
            pages.Row("Customer", f"{unit.person(payment.customer).name}, {number}", f"/phone/{payment.customer}")
        )
    rows.append(pages.Row("Created", instant_words(payment.created.at)))
    if payment.state is PaymentState.CREATED:
        left = span_words(payment.created.deadline - now)
        rows.append(pages.Row("Answer by", f"{instant_words(payment.created.deadline)}, {left} from now"))
    if payment.capturable and payment.capture_by is not None:
        rows.append(pages.Row("Capture by", instant_words(payment.capture_by)))
    if command.payment_description:
        rows.append(pages.Row("Description", command.payment_description))
    if command.scope:
        rows.append(pages.Row("Asks for", ", ".join(command.scope)))
    if command.return_url:
        rows.append(pages.Row("returnUrl", command.return_url, mono=True))
    rows += [pages.Row(f"metadata {name}", value, mono=True) for name, value in command.metadata or ()]
    return rows


# --- The timeline ---------------------------------------------------------------------------------------


def timeline_column(
    unit: SalesUnit, log: RequestLog, look: Look, part: Part, *, at_top: bool
) -> pages.TimelineColumn:
    url = unit_url(unit.msn)
    members = {
        "payment": look.reference,
        "q": look.search,
        "show": None if look.show is Show.ALL else look.show.value,
    }
    place = Place(len(unit.journal), newest_request(unit, log))
    return pages.TimelineColumn(
        moments=[moment_view(unit.msn, moment, about=look.reference) for moment in part.moments],
        filters=[
            pages.Filter(
                f"show-{show.value}",
                show.value.capitalize(),
                with_query(url, **members | {"show": None if show is Show.ALL else show.value}),
                show is look.show,
            )
            for show in Show
        ],
        search=look.search,
        show="" if look.show is Show.ALL else look.show.value,
        older_url=None if part.older is None else with_query(url, **members, before=str(part.older)),
        newest_url=None if at_top else with_query(url, **members),
        stream_url=with_query(unit_url(unit.msn, "/stream"), **members, after=str(place)) if at_top else None,
        narrowed=not look.is_whole,
    )


def moment_view(msn: str | None, moment: Moment, about: str | None = None) -> pages.MomentView:
    """Return a moment; where all is about one payment, it is not named on every line."""
    lines = [] if moment.exchange is None else [_request_line(msn, moment.exchange)]
    if msn is not None:
        lines += [_fact_line(msn, numbered, about) for numbered in moment.facts]
    return pages.MomentView(id=f"moment-{lines[0].id}", lines=lines)


def _request_line(msn: str | None, exchange: Exchange) -> pages.Line:
    return pages.Line(
        id=f"request-{exchange.number}",
        url=request_url(msn, exchange.number),
        kind="request",
        told=Told(_request_icon(exchange), operation_words(exchange.operation)),
        time=time_words(exchange.at),
        day=day_words(exchange.at),
        path=f"{exchange.method} {exchange.path}",
        status=exchange.status,
        status_tone=_status_tone(exchange.status),
        took=_took(exchange.took),
        why=_why(exchange),
        notes=len(exchange.notes),
    )


def _fact_line(msn: str, numbered: Numbered, about: str | None) -> pages.Line:
    number, fact = numbered
    reference = getattr(fact, "reference", None)
    shown = None if reference == about else reference
    return pages.Line(
        id=f"fact-{number}",
        url=fact_url(msn, number),
        kind="fact",
        told=tell(fact),
        time=time_words(fact.at),
        day=day_words(fact.at),
        reference=shown,
        reference_url=None if shown is None else with_query(unit_url(msn), payment=shown),
    )


def _why(exchange: Exchange) -> str | None:
    return None if exchange.explanation is None else exchange.explanation.summary


def _explained(explanation: Explanation | None) -> Iterator[pages.Row]:
    """Give what else there is to say of a refusal."""
    if explanation is None:
        return
    for name, text in (
        ("Rule", explanation.rule),
        ("It met", explanation.met),
        ("Would be taken", explanation.accepted),
    ):
        if text:
            yield pages.Row(name, text)
    for field in explanation.fields:
        yield pages.Row(field.name, f"{field.reason} {field.accepted}".strip())
    if explanation.documented is not None:
        yield pages.Row("Documented in", explanation.documented.title, explanation.documented.url)


def _request_icon(exchange: Exchange) -> str:
    return "request" if _status_tone(exchange.status) == "good" else "refused"


def _status_tone(status: int) -> str:
    return "good" if 0 < status < 400 else "bad"


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "<1 ms"


# --- Details --------------------------------------------------------------------------------------------


def request_detail(
    msn: str | None, exchange: Exchange, brought: Iterable[Numbered], base_url: str
) -> pages.RequestDetail:
    asked = masked_body(exchange.request_body.decode(errors="replace"))
    answered = masked_body(exchange.response_body.decode(errors="replace"))
    query = f"?{masked_query(exchange.query)}" if exchange.query else ""
    number = exchange.number
    return pages.RequestDetail(
        id=f"detail-request-{number}",
        title=operation_words(exchange.operation),
        method=exchange.method,
        path=exchange.path + query,
        status_text=status_words(exchange.status),
        status_tone=_status_tone(exchange.status),
        took=_took(exchange.took),
        at=instant_words(exchange.at),
        why=_why(exchange),
        explained=list(_explained(exchange.explanation)),
        notes=exchange.notes,
        headers=list(masked_headers(exchange.request_headers).items()),
        request=pages.Code(f"request-body-{number}", "Request", pretty(asked), not asked),
        response=pages.Code(f"response-body-{number}", "Response", pretty(answered), not answered),
        curl=as_curl(exchange, base_url),
        brought=[] if msn is None else [_fact_line(msn, numbered, None) for numbered in brought],
        url=request_url(msn, number),
    )


def fact_detail(unit: SalesUnit, number: int, fact: Fact) -> pages.FactDetail:
    msn, reference = unit.msn, getattr(fact, "reference", None)
    shown = to_json(fact_view(number, fact)).decode()
    codes = [pages.Code(f"fact-body-{number}", "As JSON", pretty(masked_body(shown)), empty=False)]
    if isinstance(fact, WebhookAttempted):
        codes = [*_webhook_codes(number, fact), *codes]
    return pages.FactDetail(
        id=f"detail-fact-{number}",
        told=tell(fact),
        name=type(fact).__name__,
        at=instant_words(fact.at),
        number=number,
        url=fact_url(msn, number),
        rows=list(_fact_rows(unit, fact)),
        payment_url=None if reference is None else payment_url(msn, reference),
        reference=reference,
        codes=codes,
    )


def _webhook_codes(number: int, fact: WebhookAttempted) -> Iterator[pages.Code]:
    """Give what was sent and answered, and the string that the signature is of."""
    headers = "\n".join(f"{name}: {value}" for name, value in masked_headers(fact.headers).items())
    parts = (
        ("signed", "Signed string", Markup.escape(fact.signed)),
        ("sent", "Body", pretty(masked_body(fact.body.decode(errors="replace")))),
        ("headers", "Headers", Markup.escape(headers)),
        ("answer", "Answer", pretty(masked_body(fact.answer))),
    )
    for id_, label, html in parts:
        yield pages.Code(f"webhook-{id_}-{number}", label, html, not html)


def _fact_rows(unit: SalesUnit, fact: Fact) -> Iterator[pages.Row]:
    """Give what a fact says in so many words; the rest is in its JSON."""
    for field in fields(fact):
        value: Any = getattr(fact, field.name)
        name = "try" if field.name == "number" else to_camel(field.name)
        if field.name in _TOLD_ELSEWHERE or value is None:
            continue
        if isinstance(value, datetime):
            yield pages.Row(name, instant_words(value))
        elif field.name == "phone_number":
            yield pages.Row("Phone", f"{unit.person(value).name}, {phone_words(value)}", f"/phone/{value}")
        elif field.name == "amount":
            yield pages.Row("Amount", amount_words(value))
        elif isinstance(value, bool):
            yield pages.Row(name, "yes" if value else "no")
        elif isinstance(value, str | int | float):
            yield pages.Row(name, str(value))


# --- People ---------------------------------------------------------------------------------------------


def waiting_on(state: UnitState, phone_number: str) -> int:
    return len(state.pending.get(phone_number, ()))


def people_of(unit: SalesUnit, state: UnitState, numbers: Iterable[str]) -> list[pages.PersonLine]:
    return [
        pages.PersonLine(
            id=f"person-{number}",
            name=unit.person(number).name,
            number=phone_words(number),
            persona=PERSONA_WORDS[state.persona(number)],
            is_magic=number in MAGIC_NUMBERS,
            url=f"/phone/{number}",
            waiting=waiting_on(state, number),
            pushes=len(state.pushes.get(number, ())),
            shared=", ".join(sorted(state.consents.get(number, ()))),
        )
        for number in numbers
    ]


def phone_column(
    unit: SalesUnit, state: UnitState, chosen: str | None, keep: dict[str, str | None]
) -> pages.PhoneColumn:
    """Return the phone to show: the chosen one, else the one that was pushed to last."""
    recent = list(islice(reversed(state.pushes), PHONES_SHOWN))
    shown = chosen or _pushed_last(state) or EVERYBODY[0]
    numbers = dict.fromkeys([shown, *recent, *EVERYBODY[:2]])
    return pages.PhoneColumn(
        phone_number=shown,
        text=phone_words(shown),
        name=unit.person(shown).name,
        url=f"/phone/{shown}",
        choices=[
            pages.PhoneChoice(
                with_query(unit_url(unit.msn), **keep, phone=number),
                phone_words(number),
                waiting_on(state, number),
                number == shown,
                number,
            )
            for number in islice(numbers, PHONES_SHOWN)
        ],
    )


def _pushed_last(state: UnitState) -> str | None:
    newest = max(state.pushes.values(), key=lambda pushes: pushes[-1].at, default=None)
    return None if newest is None else newest[-1].phone_number


# --- Time -----------------------------------------------------------------------------------------------


def next_dues(unit: SalesUnit, state: UnitState) -> list[Due]:
    """Return what will really happen next, soonest first: many a promise to look again has become void meanwhile."""
    most = _DUES_LOOKED_AT
    while True:
        waiting = unit.due_times(most)
        found = [due for due in waiting if _still_means(state, due)]
        if len(found) >= _DUES_SHOWN or len(waiting) < most:
            return found[:_DUES_SHOWN]
        most *= 4


def _still_means(state: UnitState, due: Due) -> bool:
    if due.kind is DueKind.PERSONA or due.kind.is_errand:
        return is_awaited(state, due)
    return bool(fall_due(state, due, due.at))


def due_line(msn: str, due: Due, now: datetime) -> pages.DueLine:
    return pages.DueLine(
        at=instant_words(due.at),
        after=span_words(max(due.at - now, now - now)),
        what=DUE_WORDS.get(due.kind, due.kind.value.capitalize()),
        reference=due.reference,
        url=payment_url(msn, due.reference) if due.reference else "",
    )


def milliseconds(instant: datetime) -> int:
    return int((instant - _EPOCH).total_seconds() * 1000)


def persona_choice(settings_customer: Persona) -> pages.ChoiceField:
    return pages.ChoiceField(
        "customer",
        "Everybody else",
        "How a customer answers when nobody plays them. Magic numbers keep their own persona.",
        [(persona.value, PERSONA_WORDS[persona], persona is settings_customer) for persona in Persona],
    )
