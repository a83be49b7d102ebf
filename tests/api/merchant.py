"""A merchant with a sales unit of its own, its customers, and a wall clock that only the test moves."""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import httpx

from sandbox.api.links import landing_page_url
from sandbox.domain.identity import event_psp_reference
from sandbox.server import Sandbox
from sandbox.settings import Settings
from tests.contract.own_document import judge_by_own_document
from tests.contract.specification import judge
from tests.contract.witness import witness

__all__ = [
    "ADA",
    "HOST",
    "INVOICE",
    "ORDER_LINE",
    "RECEIPT",
    "START",
    "Customer",
    "Merchant",
    "WallClock",
    "aggregate",
    "changed",
    "notes",
    "order",
    "payment_view",
    "problem",
    "schema_problem",
    "serving",
    "told",
]

START: Final = datetime(2023, 8, 25, 8, 0, 0, 123_456, tzinfo=UTC)
HOST: Final = "http://sandbox.test"
ADA: Final = "4791234567"

ORDER_LINE: Final[Mapping[str, Any]] = {
    "name": "Accident insurance",
    "id": "12345",
    "totalAmount": 150_000,
    "totalAmountExcludingTax": 120_000,
    "totalTaxAmount": 30_000,
    "taxRate": 2500,
}
RECEIPT: Final[Mapping[str, Any]] = {
    "orderLines": [ORDER_LINE],
    "bottomLine": {"currency": "NOK", "receiptNumber": "0527013501"},
}
_TRACE_ID: Final = re.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
_references = count(1)


class WallClock:
    """Shows what the test wants; it never moves by itself."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Merchant:
    """A merchant who calls Vipps's APIs, and the sandbox's own about the same sales unit."""

    http: httpx.AsyncClient
    msn: str
    client_id: str = "a-client-id"
    client_secret: str = "a-client-secret"
    subscription_key: str = "a-subscription-key"
    token: str = ""
    _keys: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Ocp-Apim-Subscription-Key": self.subscription_key,
            "Merchant-Serial-Number": self.msn,
        }

    async def ask_for_token(self) -> httpx.Response:
        return await self.http.post(
            "/accesstoken/get",
            headers={
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "Ocp-Apim-Subscription-Key": self.subscription_key,
                "Merchant-Serial-Number": self.msn,
            },
        )

    async def log_in(self) -> None:
        self.token = (await self.ask_for_token()).json()["access_token"]

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str | bytes | None] | None = None,
    ) -> httpx.Response:
        """Make a call; *body* is sent as JSON unless it is bytes, a header that is None is left out."""
        sent: dict[str, str | bytes | None] = {**self.headers, "Content-Type": "application/json", **(headers or {})}
        if key is not None:
            sent["Idempotency-Key"] = key
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = [(name.encode(), _bytes(value)) for name, value in sent.items() if value is not None]
        return await self.http.request(method, path, content=content, headers=given)

    async def create(self, body: Any, *, key: str | None = None) -> httpx.Response:
        return await self.call("POST", "/epayment/v1/payments", body, key=key or self.new_key())

    async def get(self, reference: str, rest: str = "") -> httpx.Response:
        return await self.call("GET", f"/epayment/v1/payments/{reference}{rest}")

    async def capture(self, reference: str, value: Any, *, key: str | None = None) -> httpx.Response:
        return await self._modify(reference, "capture", value, key)

    async def refund(self, reference: str, value: Any, *, key: str | None = None) -> httpx.Response:
        return await self._modify(reference, "refund", value, key)

    async def cancel(self, reference: str, body: Any = None) -> httpx.Response:
        return await self.call("POST", f"/epayment/v1/payments/{reference}/cancel", body)

    async def force_approve(self, reference: str, body: Any) -> httpx.Response:
        return await self.call("POST", f"/epayment/v1/test/payments/{reference}/approve", body)

    async def put_category(self, order_id: str, body: Any, payment_type: str = "ecom") -> httpx.Response:
        return await self.call("PUT", f"/order-management/v2/{payment_type}/categories/{order_id}", body)

    async def get_order(self, order_id: str, payment_type: str = "ecom") -> httpx.Response:
        return await self.call("GET", f"/order-management/v2/{payment_type}/{order_id}")

    async def userinfo(self, sub: str) -> httpx.Response:
        return await self.call(
            "GET", f"/vipps-userinfo-api/userinfo/{sub}", headers={"Ocp-Apim-Subscription-Key": None}
        )

    async def new_payment(self, body: Mapping[str, Any] | None = None) -> str:
        """Create a payment and return its reference."""
        created = await self.create(body or order())
        assert created.status_code == 201, created.text
        reference: str = created.json()["reference"]
        return reference

    async def approved_payment(self, body: Mapping[str, Any] | None = None) -> str:
        """Create a payment, have Ada approve it, and return its reference."""
        reference = await self.new_payment(body)
        approved = await self.force_approve(reference, {"customer": {"phoneNumber": ADA}})
        assert approved.status_code == 200, approved.text
        return reference

    async def control(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Call the sandbox's own API about this sales unit."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return await self.http.request(method, f"/sandbox/units/{self.msn}{path}", content=content)

    async def configure(self, **settings: Any) -> None:
        configured = await self.control("PATCH", "/settings", settings)
        assert configured.status_code == 200, configured.text

    async def advance(self, by: str) -> list[dict[str, Any]]:
        """Move the unit's clock by a duration; return what happened on the way."""
        advanced = await self.control("POST", "/clock/advance", {"by": by})
        assert advanced.status_code == 200, advanced.text
        happened: list[dict[str, Any]] = advanced.json()["happened"]
        return happened

    async def facts(self) -> list[dict[str, Any]]:
        told = await self.control("GET", "/facts?limit=1000")
        facts: list[dict[str, Any]] = [] if told.status_code == 404 else told.json()["facts"]  # no unit yet
        return facts

    async def stored(self) -> int:
        """Return how many facts there are, counting the unit's first be it there or not.

        What Idempotency-Keys remember of refusals does not count.
        """
        beside = {"UnitProvisioned", "KeyedOperationRefused"}
        return 1 + sum(fact["fact"] not in beside for fact in await self.facts())

    async def last_request(self) -> dict[str, Any]:
        requests: list[dict[str, Any]] = (await self.control("GET", "/requests?limit=1000")).json()["requests"]
        return requests[-1]

    def customer(self, phone_number: str = ADA) -> "Customer":
        return Customer(self, phone_number)

    def new_key(self) -> str:
        return f"key-{next(self._keys)}"

    async def _modify(self, reference: str, operation: str, value: Any, key: str | None) -> httpx.Response:
        body = {"modificationAmount": {"currency": "NOK", "value": value}}
        path = f"/epayment/v1/payments/{reference}/{operation}"
        return await self.call("POST", path, body, key=key or self.new_key())


@dataclass
class Customer:
    """A customer with a phone."""

    merchant: Merchant
    phone_number: str

    async def act(self, action: str, reference: str) -> httpx.Response:
        return await self.merchant.control(
            "POST", f"/customers/{self.phone_number}/{action}", {"reference": reference}
        )

    async def open(self, reference: str) -> None:
        await self._do("open", reference)

    async def share(self, reference: str) -> None:
        await self._do("share", reference)

    async def refuse(self, reference: str) -> None:
        await self._do("refuse", reference)

    async def approve(self, reference: str) -> None:
        await self._do("approve", reference)

    async def reject(self, reference: str) -> None:
        await self._do("reject", reference)

    async def pay_later(self, reference: str) -> None:
        await self._do("pay-later", reference)

    async def decline_card(self, reference: str) -> None:
        await self._do("decline-card", reference)

    async def phone(self) -> dict[str, Any]:
        """Return what the sandbox's own API tells about the customer."""
        shown: dict[str, Any] = (await self.merchant.control("GET", f"/customers/{self.phone_number}")).json()
        return shown

    async def _do(self, action: str, reference: str) -> None:
        done = await self.act(action, reference)
        assert done.status_code == 200, done.text


@asynccontextmanager
async def serving(
    settings: Settings | None = None, real_now: Callable[[], datetime] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a sandbox in process."""
    app = Sandbox(settings or Settings(), real_now=real_now or WallClock())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    hooks = {"response": [judge, witness, judge_by_own_document]}  # so that no test can forget it
    async with httpx.AsyncClient(transport=transport, base_url=HOST, event_hooks=hooks) as client:
        yield client


# --- What is sent ---------------------------------------------------------------------------------------


def order(**changes: Any) -> dict[str, Any]:
    """Return a body that creates a payment of 20 kr by WEB_REDIRECT, with a reference of its own."""
    body = {
        "amount": {"currency": "NOK", "value": 2000},
        "paymentMethod": {"type": "WALLET"},
        "customer": {"phoneNumber": ADA},
        "reference": f"acme-shop-{next(_references):06}",
        "returnUrl": "https://example.com/redirect?orderId=1512202",
        "userFlow": "WEB_REDIRECT",
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


# One body with every field that the sandbox knows, each in the form that the specification asks for.
INVOICE: Final[Mapping[str, Any]] = {
    "amount": {"currency": "NOK", "value": 2000},
    "paymentMethod": {"type": "WALLET"},
    "customer": {"phoneNumber": ADA},
    "customerInteraction": "CUSTOMER_PRESENT",
    "reference": "acme-invoice-424243",
    "returnUrl": "https://example.com/redirect",
    "receiptUrl": "https://example.com/receipt",
    "userFlow": "WEB_REDIRECT",
    "expiresAt": "2023-09-15T00:00:00Z",
    "paymentDescription": "Invoice 424243",
    "profile": {"scope": "name phoneNumber"},
    "metadata": {"invoice": "424243"},
    "receipt": {
        "orderLines": [
            {
                **ORDER_LINE,
                "unitInfo": {"unitPrice": 75_000, "quantity": "2.5", "quantityUnit": "KG"},
                "discount": 0,
                "productUrl": "https://example.com/insurance",
                "isReturn": False,
                "isShipping": False,
            }
        ],
        "bottomLine": {
            "currency": "NOK",
            "tipAmount": 0,
            "posId": "pos_122",
            "paymentSources": {"giftCard": 1, "card": 2, "voucher": 3, "cash": 4},
            "barcode": {"format": "EAN-13", "data": "5901234123457"},
            "receiptNumber": "0527013501",
        },
    },
}


def changed(body: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """Return a copy of *body* with *value* at *place*; nothing of the original is shared with it."""
    copy = json.loads(json.dumps(body))
    inner = copy
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return copy


# --- What is expected -----------------------------------------------------------------------------------


def told(response: httpx.Response) -> Any:
    """Return a JSON body, with the trace id that no test can know replaced by `…`."""
    body = response.json()
    if isinstance(body, dict):
        for name in ("traceId", "instance"):
            if _TRACE_ID.fullmatch(str(body.get(name))):
                body[name] = "…"
    return body


def notes(response: httpx.Response) -> list[str]:
    return response.headers.get_list("Sandbox-Note")


def problem(status: int, code: str, title: str, detail: str, instance: str) -> dict[str, Any]:
    """Return what the ePayment API answers to a call that it understands and refuses."""
    return {
        "type": f"https://httpstatuses.io/{status}",
        "title": title,
        "detail": detail,
        "instance": instance,
        "status": status,
        "extraDetails": [{"name": "ErrorCode", "reason": code}],
        "traceId": "…",
    }


def schema_problem(instance: str, reasons: Mapping[str, str]) -> dict[str, Any]:
    """Return what the ePayment API answers to a call with wrong fields, given a reason for each."""
    return {
        "type": "https://httpstatuses.io/400",
        "title": "Bad Request",
        "detail": "See extraDetails for further details",
        "instance": instance,
        "status": 400,
        "extraDetails": [{"name": name, "reason": reason} for name, reason in reasons.items()],
        "traceId": "…",
    }


def aggregate(authorized: int = 0, captured: int = 0, cancelled: int = 0, refunded: int = 0) -> dict[str, Any]:
    return {
        "authorizedAmount": {"currency": "NOK", "value": authorized},
        "cancelledAmount": {"currency": "NOK", "value": cancelled},
        "capturedAmount": {"currency": "NOK", "value": captured},
        "refundedAmount": {"currency": "NOK", "value": refunded},
    }


def payment_view(merchant: Merchant, reference: str, state: str = "CREATED", **more: Any) -> dict[str, Any]:
    """Return how GET shows a payment of 20 kr; *more* is laid over it, and what is None in it is absent."""
    view = {
        "aggregate": aggregate(),
        "amount": {"currency": "NOK", "value": 2000},
        "state": state,
        "paymentMethod": {"type": "WALLET"},
        "profile": {},
        "pspReference": event_psp_reference(merchant.msn, reference, 0),
        "reference": reference,
        "redirectUrl": landing_page_url(HOST, merchant.msn, reference) if state == "CREATED" else None,
    }
    return {name: value for name, value in (view | more).items() if value is not None}


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
