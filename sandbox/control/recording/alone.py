"""One row of the timeline as a step of its own: what it speaks of is called by its own reference.

Told is more than in a recording: whoever copies a single row wants that row, be it a look at a payment or a call that
nothing knows.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sandbox.api.gateway import Exchange
from sandbox.api.gateway.masking import masked_body, masked_target
from sandbox.control.recording.customers import act_of, card_form_step, person_step
from sandbox.control.recording.merchants import Merchant, header_of, refusal_of, sent_by
from sandbox.control.recording.names import OwnNames
from sandbox.control.recording.steps import Said, duration_text, instant_text, lines_of
from sandbox.domain import commands, facts
from sandbox.domain.facts import Fact
from sandbox.domain.state import UnitState

__all__ = ["step_of_call", "step_of_fact"]

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_STEPS: Final[Mapping[str, str]] = {  # of operations whose calls faults can be armed for
    "fetchAuthorizationTokenUsingPost": "get_token",
    "createPayment": "create_payment",
    "getPayment": "get_payment",
    "getPaymentEventLog": "get_events",
    "capturePayment": "capture",
    "refundPayment": "refund",
    "cancelPayment": "cancel",
    "forceApprove": "force_approve",
    "put-category-v2": "put_category",
    "post-category-v3": "add_category",
    "get-categories-v3": "get_categories",
    "delete-category-v3": "delete_category",
    "post-receipt-v2": "add_receipt",
    "post-image": "upload_image",
    "get-order-v2": "get_order",
    "getUserinfo": "get_userinfo",
}


def step_of_call(exchange: Exchange, state: UnitState | None) -> str | None:
    """Return the step that makes a call, its secrets masked; None where no player could make it.

    Args:
        state: The sales unit's, None for a call that reached none.
    """
    shown = exchange._replace(request_body=masked_body(exchange.request_body.decode(errors="replace")).encode())
    said = None if state is None else _known(shown, state)
    return _text(said or _as_it_stands(shown))


def _known(exchange: Exchange, state: UnitState) -> Said | None:
    said = _looks(exchange, state) or Merchant(state, OwnNames(state.payments)).step_of(exchange)
    answered_badly = exchange.status >= 400 or not exchange.status
    if said is None or not answered_badly or "expect" in said.fields:
        return said
    return replace(said, fields={**said.fields, **_expected(exchange)})


def _looks(exchange: Exchange, state: UnitState) -> Said | None:
    """Return the step of a call that only looks, which no recording tells."""
    *_, before, last = ["", *exchange.path.rstrip("/").split("/")]
    match exchange.operation:
        case "fetchAuthorizationTokenUsingPost":
            return Said("merchant.get_token")
        case "getPayment" if last in state.payments:
            return Said("merchant.get_payment", {"payment": last})
        case "getPaymentEventLog" if before in state.payments:
            return Said("merchant.get_events", {"payment": before})
        case "getWebhooks":
            return Said("merchant.get_webhooks")
        case "get-order-v2" if before.lower() in {"ecom", "recurring"}:
            payment_type = {} if before.lower() == "ecom" else {"payment_type": "recurring"}
            return Said("merchant.get_order", {"order": last} | payment_type)
        case _:
            return None


def _as_it_stands(exchange: Exchange) -> Said | None:
    if exchange.method not in _METHODS:
        return None
    said: dict[str, Any] = {"method": exchange.method, "path": masked_target(exchange.path, exchange.query)}
    if header_of(exchange, "idempotency-key") is None and exchange.operation == "createPayment":
        said["headers"] = {"Idempotency-Key": None}
    if exchange.request_body:
        said["body"] = sent_by(exchange)
    return Said("merchant.call", said | _expected(exchange))


def _expected(exchange: Exchange) -> dict[str, Any]:
    """Return what a call is expected to be answered with, where that is no success."""
    if not exchange.status:
        return {"expect": {"no_answer": True}}
    return {"expect": refusal_of(exchange)} if exchange.status >= 400 else {}


def step_of_fact(fact: Fact, state: UnitState) -> str | None:
    """Return the step that brings a fact about; None for what no step does by itself."""
    return _text(_brought_about(fact, state))


def _brought_about(fact: Fact, state: UnitState) -> Said | None:
    match fact:
        case facts.CustomerConfigured():
            return person_step(fact)
        case facts.ConsentForgotten(phone_number=phone_number):
            return Said("customer.withdraw_consent", bare=phone_number)
        case facts.ClockSet(by=by):
            return (
                Said("time.advance", bare=duration_text(by)) if by else Said("time.set", bare=instant_text(fact.at))
            )
        case facts.WebhooksHeld(registration_id=None):
            return Said("network.hold_webhooks")
        case facts.WebhooksReleased(registration_id=None):
            order = {"order": "newest first"} if fact.newest_first else {}
            return Said("network.release_webhooks", order | ({"copies": fact.copies} if fact.copies > 1 else {}))
        case facts.DeliveryAsked(wrong_signature=True):
            return Said("network.forge_webhook")
        case facts.FaultArmed():
            return _fault(fact.command)
        case facts.PaymentExpired():
            return Said("time.advance", {"to": instant_text(fact.at)})
        case facts.PaymentFact():
            return _customer(fact, state)
        case _:
            return None


def _customer(fact: facts.PaymentFact, state: UnitState) -> Said | None:
    payment = state.payments[fact.reference]
    if isinstance(fact, facts.PushSent) and payment.created.command.user_flow is commands.UserFlow.PUSH_MESSAGE:
        return None  # nobody typed the number: the merchant's call sent it
    phone = getattr(fact, "phone_number", None) or payment.customer
    if phone is None:
        return card_form_step(fact, fact.reference)
    return act_of(fact, payment, fact.reference, phone)


def _fault(command: commands.ArmFault) -> Said | None:
    """Return the step that arms a fault, if a scenario can say it."""
    if command.times is None or command.phone_number is not None:
        return None
    call = None if command.operation is None else _STEPS.get(command.operation)
    if call is None and command.operation is not None:
        return None
    key, fields = _effect(command.effect)
    named = {"call": call, "payment": command.reference, "times": None if command.times == 1 else command.times}
    told = {name: value for name, value in named.items() if value is not None}
    return None if key is None else Said(key, told | fields)


def _effect(effect: commands.Effect) -> tuple[str | None, dict[str, Any]]:
    match effect:
        case commands.Answers(status=status):
            return "network.answer", {"status": status}
        case commands.Waits(seconds=seconds):
            return "network.delay", {"by": duration_text(timedelta(seconds=seconds))}
        case commands.DropsConnection(processed=processed):
            return "network.drop", {"when": "after" if processed else "before"}
        case commands.Garbles():
            return "network.garble", {}
        case _:
            return None, {}


def _text(said: Said | None) -> str | None:
    return None if said is None else "".join(f"{line}\n" for line in lines_of(said))
