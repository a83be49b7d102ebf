"""What the application asks of Vipps: https://developer.vippsmobilepay.com/docs/APIs/epayment-api/."""

from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import httpx

from examples.acme_invoices.settings import Bug, Settings
from examples.acme_invoices.store import Invoice

__all__ = ["Vipps", "VippsTrouble"]

_EVENTS: Final = ("authorized", "aborted", "expired", "terminated")
_TRIES: Final = 3
_SYSTEM: Final = {"Vipps-System-Name": "acme", "Vipps-System-Version": "1.0"}


class VippsTrouble(Exception):
    """Vipps refused, or did not answer."""


class Vipps:
    """Vipps's API, with a token that is fetched when it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(base_url=settings.vipps_url, timeout=20)
        self._token: str | None = None

    async def register_webhook(self, url: str) -> str:
        """Be told of what becomes of payments; return the secret that webhooks are signed with."""
        events = [f"epayments.payment.{event}.v1" for event in _EVENTS]
        answer = await self._call("POST", "/webhooks/v1/webhooks", {"url": url, "events": events})
        return str(answer["secret"])

    async def create_first(self, invoice: Invoice, return_url: str) -> str:
        """Create a payment in the browser that asks for the phone number; return where to send the customer."""
        body = self._payment(invoice) | {
            "userFlow": "WEB_REDIRECT",
            "returnUrl": return_url,
            "profile": {"scope": "phoneNumber"},
        }
        answer = await self._call("POST", "/epayment/v1/payments", body, key=str(uuid4()))
        return str(answer["redirectUrl"])

    async def send_next(self, invoice: Invoice, details_url: str, due: str) -> None:
        """Send an invoice to the customer's phone."""
        link = {"category": "GENERAL", "orderDetailsUrl": details_url}
        await self._call("PUT", f"/order-management/v2/ecom/categories/{invoice.reference}", link)
        body = self._payment(invoice) | {"userFlow": "PUSH_MESSAGE", "expiresAt": due}
        await self._call("POST", "/epayment/v1/payments", body, key=str(uuid4()))

    async def payment(self, reference: str) -> dict[str, Any]:
        """Ask how a payment is."""
        answer: dict[str, Any] = await self._call("GET", f"/epayment/v1/payments/{reference}")
        return answer

    async def phone_number(self, sub: str) -> str:
        """Ask which number a customer has shared."""
        return str((await self._call("GET", f"/vipps-userinfo-api/userinfo/{sub}"))["phone_number"])

    async def capture(self, invoice: Invoice) -> None:
        """Take the money, once: what is tried again has the key that it had."""
        body = {"modificationAmount": {"currency": "NOK", "value": invoice.amount}}
        path = f"/epayment/v1/payments/{invoice.reference}/capture"
        for _ in range(_TRIES - 1):
            with suppress(VippsTrouble):
                await self._call("POST", path, body, key=self._capture_key(invoice))
                return
        await self._call("POST", path, body, key=self._capture_key(invoice))

    async def close(self) -> None:
        await self._http.aclose()

    def _capture_key(self, invoice: Invoice) -> str:
        return str(uuid4()) if Bug.NEW_KEY_ON_RETRY in self._settings.bugs else invoice.capture_key

    def _payment(self, invoice: Invoice) -> dict[str, Any]:
        return {
            "amount": {"currency": "NOK", "value": invoice.amount},
            "paymentMethod": {"type": "WALLET"},
            "customer": {"phoneNumber": invoice.phone},
            "reference": invoice.reference,
            "paymentDescription": f"Invoice {invoice.number}",
        }

    async def _call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        try:
            response = await self._sent(method, path, body, key)
            if response.status_code == 401:  # the token has expired
                self._token = None
                response = await self._sent(method, path, body, key)
        except httpx.RequestError as error:
            raise VippsTrouble(f"{method} {path}: {error}") from error
        if response.is_error:
            raise VippsTrouble(f"{method} {path} answered {response.status_code}: {response.text}")
        return response.json() if response.content else None

    async def _sent(self, method: str, path: str, body: Any, key: str | None) -> httpx.Response:
        keys = {
            "Ocp-Apim-Subscription-Key": self._settings.subscription_key,
            "Merchant-Serial-Number": self._settings.msn,
        }
        if self._token is None:
            secrets = {"client_id": self._settings.client_id, "client_secret": self._settings.client_secret}
            response = await self._http.post("/accesstoken/get", headers=keys | secrets | _SYSTEM)
            if response.is_error:
                return response
            self._token = response.json()["access_token"]
        headers = keys | _SYSTEM | {"Authorization": f"Bearer {self._token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self._http.request(method, path, json=body, headers=headers)
