"""What customers did, as steps: on the phone, on the card form, and who a tester said that they are."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from sandbox.control.recording.steps import Said
from sandbox.domain import facts
from sandbox.domain.card_form import DECLINED_CARDS
from sandbox.domain.payments import Payment

__all__ = ["act_of", "card_form_step", "person_step"]

_DECLINED_FOR: Final[Mapping[str, str]] = {because: number for number, because in DECLINED_CARDS.items()}
_ABORTED_BY: Final[Mapping[str, str]] = {
    "consent refused": "refuse",
    "landing page cancelled": "leave_landing_page",
    "browser went back": "leave_landing_page",
}


def act_of(fact: facts.PaymentFact, payment: Payment, name: str, phone: str) -> Said | None:
    """Return what the customer with *phone* did to bring a fact about; None if nobody did anything."""
    action = _action(fact, payment)
    if action is None:
        return None
    said: dict[str, Any] = {"payment": name}
    if phone != payment.created.command.phone_number:
        said["phone"] = phone
    if isinstance(fact, facts.PaymentAuthorized) and fact.shipping is not None:
        said["shipping"] = fact.shipping.id
    return Said(f"customer.{action}", said)


def card_form_step(fact: facts.PaymentFact, name: str) -> Said | None:
    """Return what was done on the card form; None if nobody did anything."""
    entered: dict[str, str] = {}
    match fact:
        case facts.CardDeclined(because=because) if because in _DECLINED_FOR:
            key, entered = "customer.enter_card", {"number": _DECLINED_FOR[because]}
        case facts.CardEntered():
            key = "customer.enter_card"
        case facts.CardDeclined(because="3-D Secure failed"):
            key = "customer.deny_card"
        case facts.PaymentAuthorized():
            key = "customer.confirm_card"
        case _:
            return None
    return Said(key, {"payment": name, **entered})


def person_step(fact: facts.CustomerConfigured) -> Said:
    """Return who somebody was said to be."""
    customer = fact.customer
    changes = to_jsonable_python(asdict(customer.person))
    person = {to_camel(name): value for name, value in changes.items() if value is not None}
    persona = None if customer.persona is None else str(customer.persona)
    said = {"phone": customer.phone_number, "persona": persona, "person": person or None}
    return Said("customer.is", {name: value for name, value in said.items() if value is not None})


def _action(fact: facts.PaymentFact, payment: Payment) -> str | None:
    """Return what a customer did to bring a fact about; None if nobody did anything."""
    match fact:
        case facts.PaymentOpened():
            return "open"
        case facts.ConsentGiven():
            return "share"
        case facts.PaymentPostponed():
            return "pay_later"
        case facts.PaymentAborted(because=because):
            return _ABORTED_BY.get(because, "reject")
        case facts.CardDeclined(because=because):
            return "decline_card" if because == "the card was declined" else "approve"
        case facts.PushSent():
            return "enter_number"
        case facts.PaymentProcessing():
            return "approve"
        case facts.PaymentAuthorized():
            processed = any(isinstance(other, facts.PaymentProcessing) for other in payment.facts)
            return None if processed else "approve"
        case _:
            return None
