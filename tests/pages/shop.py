"""A merchant that uses the sandbox's Vipps APIs, in process."""

from typing import Any

import httpx

from sandbox.domain.payments import Payment
from sandbox.domain.sales_unit import UnitSettings
from sandbox.server import Sandbox
from sandbox.world import SalesUnit

__all__ = ["ADA", "DUE", "EMMA", "REFERENCE", "RETURN_URL", "Shop"]

ADA = "4791234567"
EMMA = "4793424725"
REFERENCE = "acme-shop-123-order123abc"
RETURN_URL = "https://example.com/redirect?orderId=1512202"
DUE = "2023-09-15T00:00:00Z"


class Shop:
    """A sales unit's merchant."""

    def __init__(self, sandbox: Sandbox, client: httpx.AsyncClient, msn: str, settings: UnitSettings) -> None:
        self.unit: SalesUnit = sandbox.world.provision(msn, settings)
        self._client = client
        self._headers = {"Merchant-Serial-Number": msn, "Ocp-Apim-Subscription-Key": "a-key"}

    async def sign_in(self) -> "Shop":
        credentials = {"client_id": "an-id", "client_secret": "a-secret"}
        answer = await self._client.post("/accesstoken/get", headers=self._headers | credentials)
        self._headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self

    async def create(self, **changes: Any) -> str:
        """Create a payment of the first invoice, with *changes* (None leaves a field out); return its redirectUrl."""
        body = {
            "amount": {"currency": "NOK", "value": 2000},
            "paymentMethod": {"type": "WALLET"},
            "customer": {"phoneNumber": ADA},
            "reference": REFERENCE,
            "returnUrl": RETURN_URL,
            "userFlow": "WEB_REDIRECT",
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not None}
        headers = self._headers | {"Idempotency-Key": body["reference"]}
        answer = await self._client.post("/epayment/v1/payments", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        redirect_url: str = answer.json().get("redirectUrl", "")
        return redirect_url

    async def send_invoice(self, **changes: Any) -> None:
        """Create a payment of a later invoice: pushed to the phone, due in two weeks."""
        await self.create(**{"userFlow": "PUSH_MESSAGE", "expiresAt": DUE} | changes)

    async def put_category(self, order_details_url: str, category: str = "GENERAL") -> None:
        answer = await self._client.put(
            f"/order-management/v2/ecom/categories/{REFERENCE}",
            json={"category": category, "orderDetailsUrl": order_details_url},
            headers=self._headers,
        )
        assert answer.status_code == 200, answer.text

    async def modify(self, operation: str, value: int) -> None:
        """Capture or refund *value*, or cancel what is not captured."""
        body = {"modificationAmount": {"currency": "NOK", "value": value}} if value else {}
        headers = self._headers | {"Idempotency-Key": f"{operation}-{len(self.payment.facts)}"}
        url = f"/epayment/v1/payments/{REFERENCE}/{operation}"
        answer = await self._client.post(url, json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def cancel(self) -> None:
        answer = await self._client.post(f"/epayment/v1/payments/{REFERENCE}/cancel", json={}, headers=self._headers)
        assert answer.status_code == 200, answer.text

    @property
    def payment(self) -> Payment:
        return self.unit.up_to_date().payments[REFERENCE]

    @property
    def happened(self) -> list[str]:
        """The names of all that happened to the payment."""
        return [type(fact).__name__ for fact in self.payment.facts]
