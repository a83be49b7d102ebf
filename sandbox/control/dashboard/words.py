"""What happened, in words: states, facts, operations and due times as the dashboard tells them.

Words come before codes; a code stands beside them for whoever looks for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.domain import facts
from sandbox.domain.commands import (
    Answers,
    ArmFault,
    DropsConnection,
    Effect,
    Garbles,
    Holds,
    Trickles,
    UserFlow,
    Waits,
)
from sandbox.domain.customers import Persona, calling_code
from sandbox.domain.due_times import DueKind
from sandbox.domain.facts import Fact
from sandbox.domain.money import Amount
from sandbox.domain.payments import Payment, PaymentState

__all__ = [
    "DUE_WORDS",
    "PERSONA_WORDS",
    "USER_FLOW_WORDS",
    "Told",
    "amount_words",
    "day_words",
    "effect_words",
    "fault_words",
    "instant_words",
    "milliseconds",
    "operation_words",
    "phone_words",
    "span_words",
    "state_words",
    "status_words",
    "tell",
    "time_words",
]


@dataclass(frozen=True, slots=True)
class Told:
    """Something told: the *icon* that stands before it, its words, and in which *tone* (a word of the stylesheet)."""

    icon: str
    words: str
    tone: str = ""


# --- Values ---------------------------------------------------------------------------------------------

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WORD_BEGINS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def amount_words(amount: Amount) -> str:
    """Return an amount as an accountant writes it: `2 000,00 NOK`."""
    sign = "\u2212" if amount.value < 0 else ""
    whole, part = divmod(abs(amount.value), 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    return f"{sign}{grouped},{part:02}\u00a0{amount.currency.value}"


def phone_words(phone_number: str) -> str:
    """Return an MSISDN with its country code apart: `+47 912 34 567`."""
    code = calling_code(phone_number)
    own = phone_number.removeprefix(code)
    if len(own) == 8:
        own = f"{own[:3]}\u00a0{own[3:5]}\u00a0{own[5:]}"
    return f"+{code}\u00a0{own}" if code else f"+{own}"


def time_words(instant: datetime) -> str:
    return f"{instant:%H:%M:%S}"


def day_words(instant: datetime) -> str:
    return f"{instant.day} {instant:%b}"


def instant_words(instant: datetime) -> str:
    """Return an instant as `1 Sep 2023, 10:00:04`; all of the dashboard's are in UTC."""
    return f"{instant.day} {instant:%b %Y, %H:%M:%S}"


def milliseconds(instant: datetime) -> int:
    """Return an instant as JavaScript counts it, since 1970."""
    return int((instant - _EPOCH).total_seconds() * 1000)


def span_words(span: timedelta) -> str:
    """Return a span in its two largest units: `3 days 2 h`, `10 min`, `0 s`."""
    rest = int(span.total_seconds())
    parts = []
    for size, one, many in ((86_400, " day", " days"), (3_600, " h", " h"), (60, " min", " min"), (1, " s", " s")):
        whole, rest = divmod(rest, size)
        if whole:
            parts.append(f"{whole}{one if whole == 1 else many}")
    return " ".join(parts[:2]) or "0 s"


def status_words(status: int) -> str:
    """Return an HTTP status as its number and its name; 0 is that of a connection that was dropped."""
    if not status:
        return "no answer"
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


# --- States ---------------------------------------------------------------------------------------------

_STATES: Final[Mapping[PaymentState, Told]] = {
    PaymentState.CREATED: Told("waiting", "Waiting", "waiting"),
    PaymentState.AUTHORIZED: Told("authorized", "Authorised", "good"),
    PaymentState.ABORTED: Told("aborted", "Aborted", "bad"),
    PaymentState.EXPIRED: Told("expired", "Expired"),
    PaymentState.TERMINATED: Told("terminated", "Terminated"),
}


def state_words(payment: Payment) -> Told:
    """Return how a payment stands; its five states, told apart further by what became of the money."""
    told = _STATES[payment.state]
    if payment.state is PaymentState.CREATED:
        if payment.processing_until is not None:
            return Told("waiting", "Processing", "waiting")
        return Told("later", "Put off", "waiting") if payment.postponed_at is not None else told
    if payment.state is not PaymentState.AUTHORIZED:
        return told
    if payment.refunded:
        return Told("refunded", "Refunded" if not payment.refundable else "Partly refunded", "info")
    if payment.captured:
        return Told("captured", "Partly captured" if payment.capturable else "Captured", "good")
    return Told("terminated", "Released") if payment.cancelled else told


USER_FLOW_WORDS: Final[Mapping[UserFlow, str]] = {
    UserFlow.WEB_REDIRECT: "Landing page",
    UserFlow.PUSH_MESSAGE: "Push to the phone",
    UserFlow.QR: "QR code",
    UserFlow.NATIVE_REDIRECT: "From app to app",
}

PERSONA_WORDS: Final[Mapping[Persona, str]] = {
    Persona.MANUAL: "Waits for you",
    Persona.APPROVES: "Pays at once",
    Persona.DECLINES: "Rejects",
    Persona.PAYS_LATER: "Puts it off, pays a day later",
    Persona.NEVER_ANSWERS: "Never answers",
    Persona.REFUSES_CONSENT: "Refuses to share",
    Persona.CARD_DECLINED_ONCE: "Card declined once, then pays",
    Persona.CARD_DECLINED: "Card declined",
    Persona.SLOW: "Pays after five minutes",
    Persona.TOO_YOUNG: "Too young: no customer",
    Persona.UNKNOWN: "Unknown: no customer",
}

DUE_WORDS: Final[Mapping[DueKind, str]] = {
    DueKind.EXPIRY: "The request expires unanswered",
    DueKind.REMINDER: "The customer is reminded",
    DueKind.SHIPPING: "The merchant is asked how it ships",
    DueKind.WEBHOOK: "A webhook is sent",
    DueKind.WEBHOOK_ASKED: "A webhook is sent out of turn",
    DueKind.WEBHOOK_GIVEN_UP: "A webhook is given up",
    DueKind.WEBHOOK_REMOVED: "A registration that fails is removed",
    DueKind.PROCESSED: "The outcome of the approval is known",
    DueKind.PERSONA: "The customer answers",
    DueKind.CAPTURE_DEADLINE: "What is not captured goes back",
}


# --- Operations -----------------------------------------------------------------------------------------

_OPERATIONS: Final = {
    "fetchAuthorizationTokenUsingPost": "Get an access token",
    "registerWebhook": "Register webhook",
    "getWebhooks": "List webhooks",
    "deleteWebhook": "Remove webhook",
    "createPayment": "Create payment",
    "getPayment": "Look at payment",
    "getPaymentEventLog": "Read event log",
    "cancelPayment": "Cancel",
    "capturePayment": "Capture",
    "refundPayment": "Refund",
    "forceApprove": "Force approve",
    "getUserinfo": "Read user info",
    "userinfoAuthorizationCode": "Read user info",
    "post-image": "Upload image",
    "put-order": "Attach order details",
    "get-order": "Read order",
    "post-receipt": "Attach receipt",
    "get-receipt": "Read receipt",
    "put-category-v2": "Attach link",
    "post-receipt-v2": "Attach receipt",
    "get-order-v2": "Read order",
    "post-category-v3": "Attach link",
    "get-categories-v3": "List links",
    "get-category-v3": "Read link",
    "delete-category-v3": "Remove link",
}


def operation_words(operation: str | None) -> str:
    if operation is None:
        return "Unknown call"
    return _OPERATIONS.get(operation) or _apart(operation)


def _apart(name: str) -> str:
    """Return a name in camelCase as words."""
    return _WORD_BEGINS.sub(" ", name.replace("-", " ")).capitalize()


def effect_words(effect: Effect) -> str:
    match effect:
        case Answers(status=status):
            return f"answers {status_words(status)}"
        case Waits(seconds=seconds):
            return f"waits {seconds:g} seconds"
        case DropsConnection(processed=processed):
            return f"drops the connection {'after' if processed else 'before'} the work is done"
        case Garbles():
            return "answers something that is no JSON"
        case Trickles(takes=seconds):
            return f"lets the answer trickle for {seconds:g} seconds"
        case Holds(is_first=is_first):
            return f"holds the call, {'processed first' if is_first else 'processed last'}"


def fault_words(armed: ArmFault) -> str:
    """Return what goes wrong with which calls, to follow "armed"."""
    called = "call" if armed.operation is None else operation_words(armed.operation).lower()
    named = "".join(f", {one}" for one in (armed.reference, armed.phone_number) if one)
    how_often = "every" if armed.times is None else "the next" if armed.times == 1 else f"the next {armed.times} of"
    return f"for {how_often} {called}{named}: {effect_words(armed.effect)}"


# --- Facts ----------------------------------------------------------------------------------------------


def tell(fact: Fact) -> Told:
    """Return what happened, as one line."""
    telling = _TOLD.get(type(fact))
    return Told("fact", _apart(type(fact).__name__)) if telling is None else telling(fact)


def _tell_created(fact: facts.PaymentCreated) -> Told:
    due = f", due {day_words(fact.deadline)}" if fact.command.expires_at is not None else ""
    return Told("fact", f"Payment of {amount_words(fact.command.amount)} created{due}")


def _tell_captured(fact: facts.PaymentCaptured) -> Told:
    return Told("captured", f"Captured {amount_words(fact.amount)}", "good")


def _tell_refused_key(fact: facts.KeyedOperationRefused) -> Told:
    return Told("key", f"The Idempotency-Key {fact.key[-1]} remembers a refusal")


def _tell_clock(fact: facts.ClockSet) -> Told:
    still = ", and stands still" if fact.frozen else ""
    return Told("clock", f"Clock set to {instant_words(fact.at)}{still}", "clock")


def _tell_attached(fact: facts.CategoryAttached) -> Told:
    kind = fact.command.category.value.lower().replace("_", " ")
    return Told("link", f"Link attached ({kind}): {fact.command.order_details_url}")


def _tell_webhook(fact: facts.WebhookAttempted) -> Told:
    host = urlsplit(fact.sent_to).netloc
    if fact.succeeded:
        return Told("webhook", f"Webhook {fact.event} to {host}: {fact.status}", "good")
    answered = fact.error or f"answered {fact.status}"
    again = "" if fact.again is None else f"; again at {instant_words(fact.again)}"
    return Told("webhook", f"Webhook {fact.event} to {host} failed: {answered}{again}", "bad")


def _tell_customer(fact: facts.CustomerConfigured) -> Told:
    said = fact.customer
    acts = "" if said.persona is None else f": {PERSONA_WORDS[said.persona].lower()}"
    return Told("phone", f"{phone_words(said.phone_number)} was changed{acts}")


def _tell_authorized(fact: facts.PaymentAuthorized) -> Told:
    how = "Paid by card" if fact.phone_number is None else "Approved"
    return Told("authorized", f"{how}: {amount_words(fact.amount)} reserved", "good")


# Later kinds of facts are told by their names, until they have a line here.
_TOLD: Final[Mapping[type[Fact], Callable[[Any], Told]]] = {
    facts.UnitProvisioned: lambda fact: Told("unit", f"Sales unit {fact.msn} made"),
    facts.UnitConfigured: lambda fact: Told("unit", "Settings changed"),
    facts.ClockSet: _tell_clock,
    facts.PaymentCreated: _tell_created,
    facts.PushSent: lambda fact: Told("push", f"Push to {phone_words(fact.phone_number)}", "push"),
    facts.ReminderSent: lambda fact: Told("push", f"Reminder to {phone_words(fact.phone_number)}", "push"),
    facts.CardEntered: lambda fact: Told("phone", f"Card {fact.number} entered; the bank asks for proof", "phone"),
    facts.ShippingOffered: lambda fact: Told("fact", "The merchant told how it ships"),
    facts.ShippingRefused: lambda fact: Told("refused", "The merchant told no way to ship", "bad"),
    facts.CustomerConfigured: _tell_customer,
    facts.ConsentForgotten: lambda fact: Told(
        "phone", f"{phone_words(fact.phone_number)} withdrew all consent", "phone"
    ),
    facts.WebhookRegistered: lambda fact: Told("webhook", f"Webhook registered: {fact.url}"),
    facts.WebhookRemoved: lambda fact: Told("webhook", f"Webhook registration removed: {fact.because}"),
    facts.WebhookAttempted: _tell_webhook,
    facts.WebhookDropped: lambda fact: Told("webhook", f"Webhook dropped: {fact.because}", "bad"),
    facts.WebhooksHeld: lambda fact: Told("webhook", "Webhooks are held"),
    facts.WebhooksReleased: lambda fact: Told("webhook", "Webhooks are let go"),
    facts.DeliveryAsked: lambda fact: Told("webhook", "A webhook was asked for out of turn"),
    facts.FaultArmed: lambda fact: Told("refused", f"{fact.fault_id} armed {fault_words(fact.command)}"),
    facts.FaultFired: lambda fact: Told(
        "refused", f"{fact.fault_id} happened to {operation_words(fact.operation).lower()}", "bad"
    ),
    facts.FaultRemoved: lambda fact: Told("refused", f"{fact.fault_id} removed"),
    facts.UnitRestored: lambda fact: Told("unit", "Restored from a snapshot"),
    facts.PaymentOpened: lambda fact: Told("phone", f"Opened on {phone_words(fact.phone_number)}", "phone"),
    facts.ConsentGiven: lambda fact: Told("phone", f"Agreed to share {', '.join(fact.scope)}", "phone"),
    facts.CardDeclined: lambda fact: Told("phone", f"Card declined: {fact.because}", "bad"),
    facts.PaymentPostponed: lambda fact: Told("later", "I'll pay later", "phone"),
    facts.PaymentProcessing: lambda fact: Told(
        "waiting", f"Approved; the outcome is known at {instant_words(fact.until)}", "waiting"
    ),
    facts.PaymentAuthorized: _tell_authorized,
    facts.PaymentAborted: lambda fact: Told("aborted", f"Aborted by the customer: {fact.because}", "bad"),
    facts.PaymentExpired: lambda fact: Told("expired", "Expired: nobody answered in time"),
    facts.PaymentTerminated: lambda fact: Told("terminated", "Called off by the merchant"),
    facts.PaymentCaptured: _tell_captured,
    facts.PaymentCancelled: lambda fact: Told("terminated", f"Released {amount_words(fact.amount)}"),
    facts.PaymentRefunded: lambda fact: Told("refunded", f"Refunded {amount_words(fact.amount)}", "info"),
    facts.KeyedOperationRefused: _tell_refused_key,
    facts.CategoryAttached: _tell_attached,
    facts.CategoryRemoved: lambda fact: Told("link", "Link removed"),
    facts.ReceiptAttached: lambda fact: Told("receipt", f"Receipt attached to order {fact.command.order_id}"),
    facts.ImageUploaded: lambda fact: Told("link", f"Image {fact.image_id} uploaded, {fact.width} by {fact.height}"),
}
