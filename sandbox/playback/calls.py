"""What a merchant's step asks of Vipps, as a call: the same whether we make it or wait for it to be made."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode
from zlib import compress, crc32

from sandbox.playback.language import merchant
from sandbox.playback.language.merchant import MerchantStep

__all__ = ["Call", "asked", "event_types"]

_PAYMENTS: Final = "/epayment/v1/payments"
_ORDERS: Final = "/order-management/v2"
_CATEGORIES: Final = "/order-management/v3/categories"
_USERINFO: Final = "/vipps-userinfo-api/userinfo"
_WEBHOOKS: Final = "/webhooks/v1/webhooks"
_IMAGE_SIDE: Final = 167  # pixels, the smallest that Vipps takes


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it goes out; a *body* that is text goes out as it stands."""

    method: str
    path: str
    body: Any = None
    is_keyed: bool = False  # whether it carries an Idempotency-Key
    idempotency_key: str | None = None  # None: one that is new
    subscription_key: bool = True
    headers: Mapping[str, str | None] = field(default_factory=dict)


def asked(step: MerchantStep, reference: str | None, sub: str | None, amount: Mapping[str, Any] | None) -> Call:
    """Return what a step asks.

    Args:
        reference: Of the payment that the step is about, if it is about one.
        sub: Whose user information it asks for, if it does.
        amount: What it captures or refunds, if that is not in its own body.
    """
    match step:
        case merchant.CreatePayment(body=body, idempotency_key=key):
            return Call("POST", _PAYMENTS, body, is_keyed=True, idempotency_key=key)
        case merchant.GetPayment():
            return Call("GET", _payment(reference))
        case merchant.GetEvents():
            return Call("GET", f"{_payment(reference)}/events")
        case merchant.Modification(body=body, idempotency_key=key):
            operation = step.key.rpartition(".")[2]
            body = {"modificationAmount": amount} if body is None else body
            return Call("POST", f"{_payment(reference)}/{operation}", body, is_keyed=True, idempotency_key=key)
        case merchant.Cancel(cancel_transaction_only=only, idempotency_key=key):
            body = {"cancelTransactionOnly": True} if only else {}
            return Call("POST", f"{_payment(reference)}/cancel", body, is_keyed=True, idempotency_key=key)
        case merchant.ForceApprove(phone=phone):
            body = {} if phone is None else {"customer": {"phoneNumber": phone}}
            return Call("POST", f"/epayment/v1/test/payments/{_segment(reference)}/approve", body)
        case merchant.GetUserinfo():
            return Call("GET", f"{_USERINFO}/{_segment(sub)}", subscription_key=False)
        case merchant.Call(method=method, path=path, body=body, headers=headers):
            return Call(method, path, body, headers=headers)
        case _:
            return _about_webhooks(step) or _about_orders(step)


def _about_webhooks(step: MerchantStep) -> Call | None:
    match step:
        case merchant.RegisterWebhook(url=url, events=events):
            return Call("POST", _WEBHOOKS, {"url": url, "events": event_types(events)})
        case merchant.GetWebhooks():
            return Call("GET", _WEBHOOKS)
        case merchant.DeleteWebhook(webhook=webhook):
            return Call("DELETE", f"{_WEBHOOKS}/{_segment(webhook)}")
        case _:
            return None


def event_types(events: Sequence[str]) -> list[str]:
    """Return what Vipps's Webhooks API calls the events that a scenario calls `AUTHORIZED` and the like."""
    return [f"epayments.payment.{event.lower()}.v1" for event in events]


def _about_orders(step: MerchantStep) -> Call:
    match step:
        case merchant.PutCategory(order=order, body=body, payment_type=kind):
            return Call("PUT", f"{_ORDERS}/{kind}/categories/{_segment(order)}", body)
        case merchant.AddReceipt(order=order, body=body, payment_type=kind):
            return Call("POST", f"{_ORDERS}/{kind}/receipts/{_segment(order)}", body)
        case merchant.GetOrder(order=order, payment_type=kind):
            return Call("GET", f"{_ORDERS}/{kind}/{_segment(order)}")
        case merchant.AddCategory(body=body):
            return Call("POST", _CATEGORIES, body)
        case merchant.GetCategories(order=order, payment_type=kind):
            query = urlencode({"orderId": order, "paymentType": kind})
            return Call("GET", f"{_CATEGORIES}?{query}")
        case merchant.DeleteCategory(category=category):
            return Call("DELETE", f"{_CATEGORIES}/{_segment(category)}")
        case merchant.UploadImage(image=image, body=body):
            picture = {"imageId": image, "src": b64encode(_picture()).decode(), "type": "base64"}
            return Call("POST", "/order-management/v1/images", picture if body is None else body)
        case _:
            raise TypeError(f"{step.key} is no call")


def _payment(reference: str | None) -> str:
    return f"{_PAYMENTS}/{_segment(reference)}"


def _segment(name: str | None) -> str:
    return quote(name or "", safe="")


def _picture() -> bytes:
    """Return a small grey PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return len(content).to_bytes(4, "big") + checked + crc32(checked).to_bytes(4, "big")

    side = _IMAGE_SIDE.to_bytes(4, "big")
    rows = (b"\0" + b"\xcc" * _IMAGE_SIDE) * _IMAGE_SIDE
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", side + side + bytes((8, 0, 0, 0, 0))),
            chunk(b"IDAT", compress(rows)),
            chunk(b"IEND", b""),
        )
    )
