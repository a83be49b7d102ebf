"""*Try it*: flow A played on the spot, as a merchant's app would, through the gateway like any other call.

The customer's part is played through the same operations as everywhere. What is seen of it is what it leaves in the
request log and in the journal. Source: "Invoicing through ePayment", flow A.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Final

from sandbox.api.gateway import Credentials, Gateway
from sandbox.domain import approval
from sandbox.domain.approval import actions_on_screen
from sandbox.domain.commands import CustomerAction, EnterNumber
from sandbox.domain.errors import Refusal
from sandbox.domain.payments import PaymentState
from sandbox.world import SalesUnit

__all__ = ["TryOut"]

_PHONE: Final = "4791234567"
_AMOUNT: Final = {"currency": "NOK", "value": 49_900}
_STEPS: Final = (CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.APPROVE)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any


class TryOut:
    """Plays a merchant of one sales unit, and its customer.

    Args:
        base_url: What its calls name as the sandbox's address.
        pause: Seconds between two steps, for whoever watches.
    """

    def __init__(
        self, gateway: Gateway, unit: SalesUnit, credentials: Credentials, base_url: str, pause: float
    ) -> None:
        self._gateway = gateway
        self._unit = unit
        self._base_url = base_url
        self._pause = pause
        self._headers = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "ocp-apim-subscription-key": credentials.subscription_key,
            "merchant-serial-number": unit.msn,
        }

    async def play(self) -> str | None:
        """Play the flow as far as it goes; return the payment's reference, None if there is no payment."""
        token = await self._call("POST", "/accesstoken/get", self._headers)
        if token.status != 200:
            return None
        own = {name: self._headers[name] for name in ("ocp-apim-subscription-key", "merchant-serial-number")}
        headers = own | {"authorization": f"Bearer {token.body['access_token']}", "content-type": "application/json"}
        reference = self._free_reference()
        created = await self._call(
            "POST",
            "/epayment/v1/payments",
            headers | {"idempotency-key": f"create-{reference}"},
            self._body(reference),
        )
        if created.status != 201:
            return None
        await self._customer_pays(reference)
        path = f"/epayment/v1/payments/{reference}"
        paid = await self._call("GET", path, headers)
        sub = paid.body.get("profile", {}).get("sub")
        if sub is not None:
            asks = {"authorization": headers["authorization"]}
            await self._call("GET", f"/vipps-userinfo-api/userinfo/{sub}", asks)
        if paid.body.get("state") == PaymentState.AUTHORIZED:
            capture = {"modificationAmount": _AMOUNT}
            keyed = headers | {"idempotency-key": f"capture-{reference}"}
            await self._call("POST", f"{path}/capture", keyed, capture)
        return reference

    async def _customer_pays(self, reference: str) -> None:
        """Have the customer type the number and go through the screens, as long as there is one to go on with."""
        try:
            self._unit.do(approval.enter_number, EnterNumber(reference=reference, phone_number=_PHONE))
            for action in _STEPS:
                await asyncio.sleep(self._pause)
                state = self._unit.up_to_date()
                if action in actions_on_screen(state, state.payment(reference), _PHONE, self._unit.now()):
                    self._unit.customer_does(action, reference, _PHONE)
        except Refusal:
            return  # somebody or something else was faster: the log tells
        await asyncio.sleep(self._pause)

    def _free_reference(self) -> str:
        payments = self._unit.up_to_date().payments
        number = len(payments) + 1
        while f"try-it-{number:04}" in payments:
            number += 1
        return f"try-it-{number:04}"

    def _body(self, reference: str) -> dict[str, Any]:
        return {
            "amount": _AMOUNT,
            "paymentMethod": {"type": "WALLET"},
            "customer": {"phoneNumber": _PHONE},
            "profile": {"scope": "name phoneNumber"},
            "reference": reference,
            "userFlow": "WEB_REDIRECT",
            "returnUrl": f"https://example.com/thanks?order={reference}",
            "paymentDescription": "Invoice 424242",
        }

    async def _call(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> _Answer:
        """Make a call through the gateway, in process."""
        content = b"" if body is None else json.dumps(body).encode()
        scheme, _, host = self._base_url.partition("://")
        sent = {"host": host, **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "scheme": scheme,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        status, parts = 0, []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))

        await self._gateway(scope, receive, send)
        answered = json.loads(b"".join(parts) or b"null")
        await asyncio.sleep(self._pause)
        return _Answer(status, answered)
