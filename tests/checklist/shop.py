"""A merchant's app as it should be; what is wrong with it in a test, the test says.

It takes webhooks only for hints, asks for the payment, and captures with one key for one capture.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from sandbox.api.webhooks.signature import authorization, sign, signed_string
from sandbox.server import Sandbox
from tests.api.merchant import Merchant, WallClock, order

__all__ = ["ALL", "Shop", "item_of", "items_of", "made_for_a_test", "verdicts_of"]

ALL: Final = tuple(f"epayments.payment.{name}.v1" for name in ("authorized", "aborted", "expired", "terminated"))
_SYSTEM: Final = {
    "Vipps-System-Name": "acme",
    "Vipps-System-Version": "1.0",
    "Vipps-System-Plugin-Name": "acme-invoices",
    "Vipps-System-Plugin-Version": "2.0",
}

Told = Mapping[str, Any]


class Shop:
    """The app: what it does on its own is in `asks_and_captures`, what a test has it do in the other methods.

    Args:
        merchant: Who makes its calls.
        wall: The clock on the wall, which ticks with each of its reads.
    """

    def __init__(self, merchant: Merchant, wall: WallClock) -> None:
        self.merchant = merchant
        self.wall = wall
        self.secret = ""
        self.checks_signatures = True
        self.on_approved: Callable[[str], Awaitable[None]] = self.asks_and_captures
        self.answer = 200

    async def register(self, events: tuple[str, ...] = ALL, path: str = "hook") -> None:
        body = {"url": f"https://shop.example/{path}", "events": list(events)}
        made = await self.merchant.call("POST", "/webhooks/v1/webhooks", body)
        assert made.status_code == 201, made.text
        self.secret = made.json()["secret"]

    async def hook(self, headers: Mapping[str, str], body: bytes) -> int:
        """Answer a webhook."""
        signed = signed_string("/hook", headers["x-ms-date"], headers["Host"], headers["x-ms-content-sha256"])
        if self.checks_signatures and headers["Authorization"] != authorization(sign(self.secret, signed)):
            return 401
        told = json.loads(body)
        if told["name"] == "AUTHORIZED":
            await self.on_approved(told["reference"])
        return self.answer

    async def asks_and_captures(self, reference: str) -> None:
        self.wall.wait(timedelta(seconds=2))
        payment = (await self.merchant.get(reference)).json()
        if payment["state"] == "AUTHORIZED" and payment["aggregate"]["capturedAmount"]["value"] == 0:
            await self.merchant.capture(reference, payment["amount"]["value"], key=f"capture-{reference}")

    async def captures_blindly(self, reference: str) -> None:
        await self.merchant.capture(reference, 2000, key=f"capture-{reference}")

    async def captures_with_new_keys(self, reference: str) -> None:
        await self.merchant.get(reference)
        await self.merchant.capture(reference, 2000)

    async def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        return await self.merchant.call(method, path, body, key=key, headers=_SYSTEM)

    async def sells(self, **changes: Any) -> str:
        return await self.merchant.new_payment(order(userFlow="PUSH_MESSAGE", **changes))

    async def customer(self, *actions: str, reference: str) -> None:
        for action in actions:
            done = await self.merchant.customer().act(action, reference)
            assert done.status_code == 200, done.text

    async def is_paid(self, **changes: Any) -> str:
        """Sell something, and have the customer approve."""
        reference = await self.sells(**changes)
        await self.customer("open", "approve", reference=reference)
        return reference

    async def hold(self) -> None:
        assert (await self.merchant.control("POST", "/webhooks/hold", {})).status_code == 200

    async def release(self, **how: Any) -> None:
        """Have all webhooks sent that wait, and answered."""
        assert (await self.merchant.control("POST", "/webhooks/release", how)).status_code == 200
        for _ in range(how.get("copies", 1) - 1):  # each goes when the one before it was answered
            assert (await self.merchant.control("POST", "/webhooks/release", {})).status_code == 200

    async def redeliver(self, event: str, **how: Any) -> None:
        listed = (await self.merchant.control("GET", "/webhooks/deliveries")).json()["deliveries"]
        delivery = next(one["id"] for one in listed if one["event"] == event)
        sent = await self.merchant.control("POST", f"/webhooks/deliveries/{delivery}/redeliver", how)
        assert sent.status_code == 200, sent.text

    async def fault(self, operation: str, then: Any, times: int = 1) -> None:
        body = {"match": {"operation": operation}, "then": then, "times": times}
        assert (await self.merchant.control("POST", "/faults", body)).status_code == 201


def made_for_a_test(sandbox: Sandbox, shop: Shop) -> None:
    """Have the shop's sales unit be one that a test made for itself."""
    unit = next(unit for unit in sandbox.world if unit.msn == shop.merchant.msn)
    unit.purpose = "a test"


async def items_of(merchant: Merchant) -> dict[str, dict[str, Any]]:
    """Return the items of the filled-in checklist by their ids."""
    told = await merchant.control("GET", "/checklist")
    assert told.status_code == 200, told.text
    return {item["id"]: item for item in told.json()["items"]}


async def item_of(merchant: Merchant, item_id: str) -> dict[str, Any]:
    return (await items_of(merchant))[item_id]


async def verdicts_of(merchant: Merchant, verdict: str) -> set[str]:
    return {name for name, item in (await items_of(merchant)).items() if item["verdict"] == verdict}
