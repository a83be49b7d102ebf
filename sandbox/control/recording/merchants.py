"""What a merchant called, as steps: each kind of call that changes something has one of its own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.api.gateway import Exchange
from sandbox.control.recording.names import Names
from sandbox.control.recording.steps import LookedUp, Said
from sandbox.domain import identity
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import short_name
from sandbox.domain.state import UnitState

__all__ = ["Merchant", "header_of", "refusal_of", "sent_by"]

_EVENT_NAMES: Final = frozenset(name.value for name in EVENT_NAMES.values())


@dataclass(frozen=True, slots=True)
class Merchant:
    """Tells what one merchant called.

    Args:
        repeated: The Idempotency-Keys that several calls had, and that matter therefore.
    """

    state: UnitState
    names: Names
    repeated: frozenset[str] = frozenset()

    def step_of(self, exchange: Exchange) -> Said | None:
        """Return the step that makes a call; None if no step does."""
        told = _CALLS.get(exchange.operation or "")
        idempotency_key = header_of(exchange, "idempotency-key")
        if told is None or (exchange.operation == "createPayment" and idempotency_key is None):
            return None  # no player leaves the key out
        said = told(self, exchange)
        if said is None:
            return None
        key, fields = said
        fields = {name: value for name, value in fields.items() if value is not None}
        if idempotency_key in self.repeated and "order" not in fields:
            fields["idempotency_key"] = idempotency_key
        if exchange.status >= 400:
            fields["expect"] = refusal_of(exchange)
        return Said(key, fields)


def header_of(exchange: Exchange, wanted: str) -> str | None:
    return next((value for name, value in exchange.request_headers if name.lower() == wanted), None)


def _create(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]]:
    body = sent_by(exchange)
    reference = str(body.get("reference", "")) if isinstance(body, dict) else ""
    payment = told.state.payments.get(reference)
    name = None if exchange.status >= 400 or payment is None else told.names.new_payment(payment)
    return "merchant.create_payment", {"as": name, "body": body}


def _modify(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
    operation = exchange.path.rstrip("/").rpartition("/")[2]
    reference = exchange.path.rstrip("/").split("/")[-2]
    name = told.names.payment(reference)
    if name is None:
        return None
    fields: dict[str, Any] = {"payment": name}
    body = sent_by(exchange)
    amount = body.get("modificationAmount") if isinstance(body, dict) else None
    if operation == "cancel":
        only = isinstance(body, dict) and body.get("cancelTransactionOnly") is True
        return "merchant.cancel", fields | ({"cancel_transaction_only": True} if only else {})
    payment = told.state.payments.get(reference)
    value = amount.get("value") if isinstance(amount, dict) else None
    plain = (
        payment is not None
        and isinstance(amount, dict)
        and amount.get("currency") == payment.amount.currency.value
        and type(value) is int
    )
    return f"merchant.{operation}", fields | ({"amount": value} if plain else {"body": body})


def _force(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
    reference = exchange.path.rstrip("/").split("/")[-2]
    name = told.names.payment(reference)
    if name is None:
        return None
    payment = told.state.payments.get(reference)
    return "merchant.force_approve", {"payment": name, "phone": None if payment is None else payment.customer}


def _category(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]]:
    return "merchant.put_category", _about_order(exchange)


def _receipt(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]]:
    return "merchant.add_receipt", _about_order(exchange)


def _image(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]]:
    return "merchant.upload_image", {"body": sent_by(exchange)}


def _link(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]]:
    category_id = _answer_of(exchange).get("categoryId")
    name = None if category_id is None else told.names.new_link(category_id)
    return "merchant.add_category", {"as": name, "body": sent_by(exchange)}


def _unlink(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
    link = told.names.link(exchange.path.rstrip("/").rpartition("/")[2])
    return None if link is None else ("merchant.delete_category", {"category": LookedUp(link)})


def _deregister(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
    name = told.names.webhook(exchange.path.rstrip("/").rpartition("/")[2])
    return None if name is None else ("merchant.delete_webhook", {"webhook": name})


def _userinfo(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
    sub = exchange.path.rstrip("/").rpartition("/")[2]
    whose = (
        name
        for reference, payment in reversed(told.state.payments.items())
        if (name := told.names.payment(reference)) is not None and payment.scope and payment.phone_number is not None
        if identity.sub(told.state.msn, payment.phone_number) == sub
    )
    shared, newest = _answer_of(exchange), next(whose, None)
    if newest is None or not shared:
        return None
    body = {name: value for name, value in shared.items() if name not in {"sub", "sid"}}
    return "expect.userinfo", {"payment": newest, "body": body}


def _register(told: Merchant, exchange: Exchange) -> tuple[str, dict[str, Any]] | None:
    if exchange.status >= 400:
        return None
    body = sent_by(exchange)
    events = [short_name(str(event)).upper() for event in body["events"]]
    known = [event for event in events if event in _EVENT_NAMES]
    if not known:
        return None
    registration_id = _answer_of(exchange).get("id")
    name = None if registration_id is None else told.names.new_webhook(registration_id)
    every = len(known) == len(_EVENT_NAMES)
    return "merchant.register_webhook", {"as": name, "events": None if every else known}


def _about_order(exchange: Exchange) -> dict[str, Any]:
    kind, order = exchange.path.replace("/categories/", "/").replace("/receipts/", "/").split("/")[-2:]
    fields = {"order": order, "body": sent_by(exchange)}
    return fields if kind == "ecom" else fields | {"payment_type": kind}


def sent_by(exchange: Exchange) -> Any:
    """Return a body as JSON; as text if it is none."""
    try:
        body = json.loads(exchange.request_body)
    except (ValueError, RecursionError):
        return exchange.request_body.decode(errors="replace")
    return body if isinstance(body, dict) else exchange.request_body.decode(errors="replace")


def _answer_of(exchange: Exchange) -> dict[str, Any]:
    """Return what a call that succeeded was answered; nothing where a fault lost or garbled it."""
    try:
        answer = json.loads(exchange.response_body) if exchange.status < 400 else {}
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def refusal_of(exchange: Exchange) -> dict[str, Any]:
    """Return what is expected of a call that was refused."""
    code = exchange.refusal_code
    return {"status": exchange.status} | ({} if code is None else {"code": code})


_Told = Callable[[Merchant, Exchange], tuple[str, dict[str, Any]] | None]
_CALLS: Final[Mapping[str, _Told]] = {
    "createPayment": _create,
    "capturePayment": _modify,
    "refundPayment": _modify,
    "cancelPayment": _modify,
    "forceApprove": _force,
    "getUserinfo": _userinfo,
    "registerWebhook": _register,
    "deleteWebhook": _deregister,
    "put-category-v2": _category,
    "post-receipt-v2": _receipt,
    "post-image": _image,
    "post-category-v3": _link,
    "delete-category-v3": _unlink,
}
