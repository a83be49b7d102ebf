"""The columns of a sales unit's page: its payments, its timeline, a phone; drawn whole, or piece by piece as news."""

from itertools import islice
from typing import Final

from sandbox.api.gateway import Exchange, RequestLog
from sandbox.control.dashboard import pages
from sandbox.control.dashboard.paging import newest_first
from sandbox.control.dashboard.places import (
    fact_url,
    payment_url,
    person_url,
    phone_url,
    request_url,
    unit_url,
    with_query,
)
from sandbox.control.dashboard.timeline import Look, Moment, Numbered, Part, Place, Show, newest_request
from sandbox.control.dashboard.words import (
    PERSONA_WORDS,
    Told,
    amount_words,
    day_words,
    operation_words,
    phone_words,
    state_words,
    tell,
    time_words,
)
from sandbox.domain.customers import Persona
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.state import UnitState
from sandbox.world import SalesUnit

__all__ = [
    "EVERYBODY",
    "bar_parts",
    "fact_line",
    "moment_view",
    "payment_line",
    "payments_column",
    "persona_field",
    "persona_said",
    "phone_column",
    "status_tone",
    "strip_of",
    "timeline_column",
    "took_words",
    "waiting_on",
    "why_refused",
]

_PAYMENTS_SHOWN: Final = 50
_PHONES_SHOWN: Final = 8
EVERYBODY: Final = (
    "4791234567",
    "4793424725",
    "4748571123",
    "4540000001",
    "358401234567",
)  # people who are always there


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
        return f"due {day_words(payment.deadline)}"
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
    sought = search.casefold()
    shown, older = newest_first(
        state.payments.values(), before, lambda payment: _is_sought(payment, sought), most=_PAYMENTS_SHOWN
    )
    url = unit_url(unit.msn)
    return pages.PaymentsColumn(
        lines=[payment_line(unit, payment, selected=payment.reference == selected) for payment in shown],
        count=len(state.payments),
        search=search,
        older_url=None if older is None else with_query(url, **keep, find=search, payments_before=str(older)),
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


# --- The timeline ---------------------------------------------------------------------------------------


def timeline_column(
    unit: SalesUnit, log: RequestLog, look: Look, part: Part, *, at_top: bool
) -> pages.TimelineColumn:
    url = unit_url(unit.msn)
    members = look.query
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
        lines += [fact_line(msn, numbered, about) for numbered in moment.facts]
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
        status_tone=status_tone(exchange.status),
        took=took_words(exchange.took),
        why=why_refused(exchange),
        code=exchange.refusal_code,
        notes=len(exchange.notes),
    )


def fact_line(msn: str, numbered: Numbered, about: str | None) -> pages.Line:
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


def why_refused(exchange: Exchange) -> str | None:
    return None if exchange.explanation is None else exchange.explanation.summary


def _request_icon(exchange: Exchange) -> str:
    return "request" if status_tone(exchange.status) == "good" else "refused"


def status_tone(status: int) -> str:
    return "good" if 0 < status < 400 else "bad"


def took_words(seconds: float) -> str:
    if seconds < 0.001:
        return "<1 ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


# --- People ---------------------------------------------------------------------------------------------


def waiting_on(state: UnitState, phone_number: str) -> int:
    return len(state.pending.get(phone_number, ()))


def persona_said(state: UnitState, phone_number: str) -> Persona | None:
    """Return the persona that was chosen for somebody; None where nobody did."""
    said = state.customers.get(phone_number)
    return None if said is None else said.persona


def persona_field(chosen: Persona | None) -> pages.ChoiceField:
    """Return the choice of one customer's persona."""
    options = [(persona.value, PERSONA_WORDS[persona], persona is chosen) for persona in Persona]
    return pages.ChoiceField(
        "persona",
        "How this one answers",
        "As usual: as a magic number says, else as everybody.",
        [("", "As usual", chosen is None), *options],
    )


def phone_column(
    unit: SalesUnit, state: UnitState, chosen: str | None, keep: dict[str, str | None]
) -> pages.PhoneColumn:
    """Return the phone to show: the chosen one, else the one that was pushed to last."""
    recent = list(islice(reversed(state.pushes), _PHONES_SHOWN))
    shown = chosen or _pushed_last(state) or EVERYBODY[0]
    numbers = dict.fromkeys([shown, *recent, *EVERYBODY[:2]])
    return pages.PhoneColumn(
        phone_number=shown,
        text=phone_words(shown),
        name=unit.person(shown).name,
        url=phone_url(shown),
        person_url=person_url(unit.msn, shown),
        persona=persona_field(persona_said(state, shown)),
        choices=[
            pages.PhoneChoice(
                with_query(unit_url(unit.msn), **keep, phone=number),
                phone_words(number),
                waiting_on(state, number),
                number == shown,
                number,
                unit.person(number).name,
                persona_said(state, number) or "",
            )
            for number in islice(numbers, _PHONES_SHOWN)
        ],
    )


def _pushed_last(state: UnitState) -> str | None:
    newest = max(state.pushes.values(), key=lambda pushes: pushes[-1].at, default=None)
    return None if newest is None else newest[-1].phone_number
