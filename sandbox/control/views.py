"""How things look through the sandbox's own API: plain JSON, camelCase, instants in RFC 3339."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from sandbox.api.gateway import Exchange
from sandbox.api.gateway.explanations import Explanation
from sandbox.api.gateway.masking import masked_body, masked_headers, masked_query
from sandbox.api.wording import amount_text, push_text
from sandbox.control.shapes import (
    CardView,
    ClockMovedView,
    ClockView,
    CustomerView,
    ExchangeView,
    ExplanationView,
    FactView,
    HappenedView,
    PaymentView,
    PersonView,
    PushView,
    RequestView,
    ScreenView,
    UnitView,
)
from sandbox.domain import facts
from sandbox.domain.card_form import card_steps
from sandbox.domain.facts import Fact
from sandbox.domain.inbox import PaymentRequest, pending_requests
from sandbox.domain.payments import Payment
from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit
from sandbox.world.people import Person, local_date

__all__ = [
    "SETTINGS",
    "clock_moved_view",
    "clock_view",
    "customer_view",
    "duration_view",
    "exchange_view",
    "fact_view",
    "instant_view",
    "payment_summary",
    "unit_view",
]

_DUES_SHOWN: Final = 20
_PUSHES_SHOWN: Final = 100


def instant_view(instant: datetime, *, finely: bool = False) -> str:
    """Return an instant in RFC 3339, to the millisecond, or to the microsecond in which clocks here count."""
    return instant.isoformat(timespec="microseconds" if finely else "milliseconds").replace("+00:00", "Z")


def duration_view(duration: timedelta) -> str:
    """Return a duration in ISO 8601, without years or months: nobody agrees how long those are."""
    days = f"{duration.days}D" if duration.days else ""
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{duration.microseconds:06}".rstrip("0") if duration.microseconds else ""
    last = f"{seconds}{fraction}S" if seconds or fraction else ""
    # Between hours and seconds RFC 3339 has minutes, be they none.
    middle = f"{minutes}M" if minutes or (hours and last) else ""
    time = f"{hours}H{middle}{last}" if hours else middle + last
    if not days and not time:
        return "PT0S"
    return f"P{days}T{time}" if time else f"P{days}"


# The names of a sales unit's settings as they travel, with those that they have in Python.
SETTINGS: Final = {to_camel(field.name): field.name for field in fields(UnitSettings)}


def settings_view(settings: UnitSettings) -> dict[str, Any]:
    return {name: _setting_view(getattr(settings, own)) for name, own in SETTINGS.items()}


def _setting_view(member: Any) -> Any:
    if isinstance(member, timedelta):
        return duration_view(member)
    return [camelised(asdict(one)) for one in member] if isinstance(member, tuple) else member


def unit_view(unit: SalesUnit) -> UnitView:
    state = unit.up_to_date()
    return {
        "msn": unit.msn,
        "purpose": unit.purpose,
        "settings": settings_view(state.settings),
        "clock": clock_view(unit),
        "counts": {
            "payments": len(state.payments),
            "orders": len({key for key, given in state.categories.items() if given} | state.receipts.keys()),
            "facts": len(unit.journal),
        },
    }


def clock_view(unit: SalesUnit) -> ClockView:
    return {
        "now": instant_view(unit.now()),
        "frozen": unit.frozen,
        "nextDue": None if unit.next_due is None else instant_view(unit.next_due),
        "due": [
            {"at": instant_view(due.at), "what": due.kind, "reference": due.reference or None}
            for due in unit.due_times(_DUES_SHOWN)
        ],
    }


def clock_moved_view(unit: SalesUnit, happened: Iterable[Fact]) -> ClockMovedView:
    return {**clock_view(unit), "happened": happened_view(happened)}


def customer_view(unit: SalesUnit, phone_number: str) -> CustomerView:
    """Return the person behind a number, and what the phone shows now."""
    state = unit.up_to_date()
    requests = pending_requests(state, phone_number, unit.now())
    shown = next((request for request in requests if request.is_open), None)
    return {
        "phoneNumber": phone_number,
        "person": person_view(unit.person(phone_number)),
        "persona": state.persona(phone_number),
        "inbox": {
            "pushes": [push_view(unit, push) for push in state.pushes.get(phone_number, ())[-_PUSHES_SHOWN:]],
            "pending": [_request_view(request, phone_number) for request in requests],
        },
        "screen": None if shown is None else screen_view(shown),
    }


def card_view(payment: Payment) -> CardView:
    """Return the card form of a payment; nothing can be done on that of one by other means."""
    last = payment.facts[-1]
    return {
        "reference": payment.reference,
        "state": payment.state,
        "steps": list(card_steps(payment)),
        "declined": last.because if isinstance(last, facts.CardDeclined) else None,
    }


def person_view(who: Person) -> PersonView:
    return {
        "name": who.name,
        "givenName": who.given_name,
        "familyName": who.family_name,
        "birthDate": who.birth_date.isoformat(),
        "email": who.email,
        "emailVerified": who.email_verified,
        "address": who.address.formatted,
    }


def push_view(unit: SalesUnit, push: facts.PushSent | facts.ReminderSent) -> PushView:
    payment = unit.state.payments[push.reference]
    return {
        "reminder": isinstance(push, facts.ReminderSent),
        "reference": push.reference,
        "at": instant_view(push.at),
        "text": push_text(unit.state.settings.name, payment.amount),
    }


def _request_view(request: PaymentRequest, phone_number: str) -> RequestView:
    """Return a request as the phone shows it; *dueDate* is a date in the customer's country."""
    return {
        "reference": request.reference,
        "merchant": request.merchant,
        "organisation": request.organisation,
        "msn": request.msn,
        "amount": {"currency": request.amount.currency, "value": request.amount.value},
        "amountText": amount_text(request.amount),
        "description": request.description,
        "dueDate": None if request.due is None else local_date(phone_number, request.due).isoformat(),
        "expiresAt": instant_view(request.deadline),
        "orderDetailsUrl": request.order_details_url,
        "asksFor": list(request.asks_for),
        "postponed": request.postponed,
        "declined": request.declined,
        "actions": list(request.actions),
    }


def screen_view(request: PaymentRequest) -> ScreenView:
    return {
        "shows": "consent" if request.asks_for else "payment",
        "reference": request.reference,
        "actions": list(request.actions),
    }


def payment_summary(payment: Payment) -> PaymentView:
    return {
        "reference": payment.reference,
        "state": payment.state,
        "amount": {"currency": payment.amount.currency, "value": payment.amount.value},
        "authorized": payment.authorized,
        "captured": payment.captured,
        "cancelled": payment.cancelled,
        "refunded": payment.refunded,
        "userFlow": payment.created.command.user_flow,
        "phoneNumber": payment.phone_number,
        "createdAt": instant_view(payment.created.at),
        "deadline": instant_view(payment.deadline),
        "postponed": payment.postponed_at is not None,
    }


def fact_view(number: int, fact: Fact) -> FactView:
    """Return a fact with its number, its kind and all its fields."""
    members = {field.name: getattr(fact, field.name) for field in fields(fact)}
    refusal = members.pop("refusal", None)
    if "number" in members:  # of a try: the fact has one of its own
        members["try"] = members.pop("number")
    for name, member in members.items():
        if isinstance(member, bytes):  # no text that JSON could hold
            members[name] = f"{len(member)} bytes"
        elif isinstance(member, UnitSettings):
            members[name] = settings_view(member)
    view: FactView = {"number": number, "fact": type(fact).__name__} | camelised(to_jsonable_python(members))
    if refusal is not None:
        view["refusal"] = {"error": type(refusal).__name__, "detail": str(refusal)}
    return view


def happened_view(happened: Iterable[Fact]) -> list[HappenedView]:
    """Return what happened by itself, in order."""
    return [
        {"at": instant_view(fact.at), "fact": type(fact).__name__, "reference": getattr(fact, "reference", None)}
        for fact in happened
    ]


def exchange_view(exchange: Exchange) -> ExchangeView:
    return {
        "number": exchange.number,
        "at": instant_view(exchange.at),
        "operation": exchange.operation,
        "method": exchange.method,
        "path": exchange.path,
        "query": masked_query(exchange.query),
        "requestHeaders": masked_headers(exchange.request_headers),
        "requestBody": masked_body(exchange.request_body.decode(errors="replace")),
        "status": exchange.status,
        "responseBody": masked_body(exchange.response_body.decode(errors="replace")),
        "notes": list(exchange.notes),
        "explanation": None if exchange.explanation is None else explanation_view(exchange.explanation),
        "tookMs": round(exchange.took * 1000, 3),
        "factsBefore": max(0, exchange.facts.start - 1),
        "factsBrought": len(exchange.facts),
    }


def explanation_view(explanation: Explanation) -> ExplanationView:
    documented = explanation.documented
    return {
        "summary": explanation.summary,
        "rule": explanation.rule,
        "met": explanation.met,
        "accepted": explanation.accepted,
        "documented": None if documented is None else {"title": documented.title, "url": documented.url},
        "fields": [
            {"name": field.name, "reason": field.reason, "accepted": field.accepted} for field in explanation.fields
        ],
    }


def camelised(value: Any) -> Any:
    """Return *value* with the names of its members in camelCase, all the way down."""
    if isinstance(value, dict):
        return {to_camel(name): camelised(member) for name, member in value.items()}
    if isinstance(value, list):
        return [camelised(member) for member in value]
    return value
