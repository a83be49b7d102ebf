"""What a tester can have done about webhooks: look, hold, release, send again, drop."""

from typing import Any
from uuid import uuid4

import pytest

from sandbox.api.webhooks import HttpCourier
from tests.api.merchant import Merchant, order

_EVENTS = [f"epayments.payment.{name}.v1" for name in ("created", "authorized", "captured")]


class Receiver:
    """Where webhooks arrive, without a network in between."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []

    async def post(self, _: object, __: object, headers: Any, body: bytes, most: int) -> tuple[int, bytes]:
        self.bodies.append(body)
        self.signatures.append(dict(headers)["Authorization"])
        return self.status, b"thanks"

    @property
    def names(self) -> list[str]:
        return [
            name
            for body in self.bodies
            for name in ("CREATED", "AUTHORIZED", "CAPTURED")
            if f'"{name}"'.encode() in body
        ]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    receiver = Receiver()

    async def post(_: object, *sent: Any) -> tuple[int, bytes]:
        return await receiver.post(*sent)

    monkeypatch.setattr(HttpCourier, "_post", post)
    return receiver


async def _registered(merchant: Merchant, path: str = "") -> str:
    body = {"url": f"https://shop.example/{path}", "events": _EVENTS}
    registered = await merchant.call("POST", "/webhooks/v1/webhooks", body)
    assert registered.status_code == 201
    webhook_id: str = registered.json()["id"]
    return webhook_id


async def _held_payment(merchant: Merchant) -> str:
    """Have three events about one payment wait."""
    held = await merchant.control("POST", "/webhooks/hold")
    assert (held.status_code, held.json()["held"]) == (200, True)
    reference = await merchant.approved_payment(order())
    await merchant.capture(reference, 2000)
    return reference


async def _deliveries(merchant: Merchant, query: str = "") -> list[dict[str, Any]]:
    told = await merchant.control("GET", f"/webhooks/deliveries{query}")
    assert told.status_code == 200
    deliveries: list[dict[str, Any]] = told.json()["deliveries"]
    return deliveries


@pytest.mark.anyio
async def test_what_is_held_waits_and_is_released_in_order(merchant: Merchant, receiver: Receiver) -> None:
    webhook = await _registered(merchant)
    reference = await _held_payment(merchant)
    assert [(one["status"], one["waitsFor"], one["nextAttempt"]) for one in await _deliveries(merchant)] == [
        ("waiting", None, None),
        ("waiting", "CREATED", None),
        ("waiting", "CREATED", None),
    ]
    assert receiver.bodies == []
    released = await merchant.control("POST", "/webhooks/release")
    assert (released.json()["held"], released.json()["waiting"]) == (False, 0)
    assert receiver.names == ["CREATED", "AUTHORIZED", "CAPTURED"]
    told = (await _deliveries(merchant))[0]
    assert (told["webhook"], told["reference"], told["event"], told["status"]) == (
        webhook,
        reference,
        "CREATED",
        "delivered",
    )
    attempt = told["attempts"][0]
    assert (attempt["status"], attempt["answer"], attempt["succeeded"]) == (200, "thanks", True)
    assert attempt["body"].encode() == receiver.bodies[0]
    assert attempt["signedString"].startswith("POST\n/\n")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({"order": "newest first"}, ["CAPTURED", "AUTHORIZED", "CREATED"]),
        ({"copies": 2}, ["CREATED", "CREATED", "AUTHORIZED", "AUTHORIZED", "CAPTURED", "CAPTURED"]),
    ],
)
async def test_what_is_held_is_released_out_of_order_or_twice(
    merchant: Merchant, receiver: Receiver, how: dict[str, Any], names: list[str]
) -> None:
    await _registered(merchant)
    await _held_payment(merchant)
    await merchant.control("POST", "/webhooks/release", how)
    assert receiver.names == names


@pytest.mark.anyio
async def test_one_registration_is_held_while_another_is_told(merchant: Merchant, receiver: Receiver) -> None:
    first, second = await _registered(merchant, "1"), await _registered(merchant, "2")
    held = (await merchant.control("POST", "/webhooks/hold", {"webhook": first})).json()
    assert [(one["id"], one["held"]) for one in held["webhooks"]] == [(first, True), (second, False)]
    await merchant.new_payment()
    await merchant.control("POST", "/webhooks/release", {"webhook": second})
    waiting = {one["id"]: one["waiting"] for one in (await merchant.control("GET", "/webhooks")).json()["webhooks"]}
    assert (waiting, receiver.names) == ({first: 1, second: 0}, ["CREATED"])


@pytest.mark.anyio
async def test_an_event_is_sent_again_and_with_a_wrong_signature(merchant: Merchant, receiver: Receiver) -> None:
    await _registered(merchant)
    await _held_payment(merchant)
    await merchant.control("POST", "/webhooks/release")
    delivery = (await _deliveries(merchant))[0]["id"]
    again = await merchant.control("POST", f"/webhooks/deliveries/{delivery}/redeliver")
    assert [one["outOfTurn"] for one in again.json()["attempts"]] == [False, True]
    wrong = await merchant.control("POST", f"/webhooks/deliveries/{delivery}/redeliver", {"wrongSignature": True})
    assert wrong.json()["attempts"][2]["wrongSignature"] is True
    assert receiver.bodies[-1] == receiver.bodies[0]
    assert (receiver.signatures[-2] == receiver.signatures[0], receiver.signatures[-1] == receiver.signatures[0]) == (
        True,
        False,
    )


@pytest.mark.anyio
async def test_what_is_dropped_is_never_sent(merchant: Merchant, receiver: Receiver) -> None:
    await _registered(merchant)
    await _held_payment(merchant)
    delivery = (await _deliveries(merchant))[0]["id"]
    dropped = await merchant.control("POST", f"/webhooks/deliveries/{delivery}/drop")
    assert (dropped.status_code, dropped.json()["status"]) == (200, "dropped")
    await merchant.control("POST", "/webhooks/release")
    assert receiver.names == ["AUTHORIZED", "CAPTURED"]
    assert (await merchant.control("POST", f"/webhooks/deliveries/{delivery}/drop")).json()["status"] == "dropped"


@pytest.mark.anyio
async def test_deliveries_are_chosen_and_paged(merchant: Merchant, receiver: Receiver) -> None:
    webhook, reference = await _registered(merchant), await _held_payment(merchant)
    other = await merchant.new_payment()
    assert len(await _deliveries(merchant)) == 4
    assert [one["reference"] for one in await _deliveries(merchant, f"?reference={other}")] == [other]
    assert len(await _deliveries(merchant, f"?registration={webhook}")) == 4
    assert await _deliveries(merchant, f"?registration={uuid4()}") == []
    assert await _deliveries(merchant, "?status=delivered") == []
    assert [one["event"] for one in await _deliveries(merchant, "?after=1&limit=2")] == ["AUTHORIZED", "CAPTURED"]
    shown = await merchant.control("GET", f"/webhooks/deliveries/{(await _deliveries(merchant))[0]['id']}")
    assert (shown.status_code, shown.json()["reference"]) == (200, reference)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks/deliveries/{}"),
        ("POST", "/webhooks/deliveries/{}/redeliver"),
        ("POST", "/webhooks/deliveries/{}/drop"),
    ],
)
async def test_what_is_not_there_is_told(merchant: Merchant, method: str, path: str) -> None:
    for name in (str(uuid4()), "nothing"):
        answer = await merchant.control(method, path.format(name))
        assert (answer.status_code, answer.json()["title"]) == (404, "Not found")
        assert name in answer.json()["detail"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/webhooks/hold", {"webhook": 1}),
        ("POST", "/webhooks/hold", {"all": True}),
        ("POST", "/webhooks/hold", []),
        ("POST", "/webhooks/release", {"order": "random"}),
        ("POST", "/webhooks/release", {"copies": 0}),
        ("POST", "/webhooks/release", {"copies": 11}),
        ("POST", "/webhooks/release", b"{"),
        ("POST", "/webhooks/deliveries/a/redeliver", {"wrongSignature": "perhaps"}),
        ("GET", "/webhooks/deliveries?status=lost", None),
        ("GET", "/webhooks/deliveries?limit=0", None),
        ("GET", "/webhooks/deliveries?colour=red", None),
    ],
)
async def test_nonsense_is_refused(merchant: Merchant, method: str, path: str, body: Any) -> None:
    answer = await merchant.control(method, path, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["title"] == "Not understood"


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/webhooks/hold", "/webhooks/release"])
async def test_an_unknown_registration_is_neither_held_nor_released(merchant: Merchant, path: str) -> None:
    answer = await merchant.control("POST", path, {"webhook": str(uuid4())})
    assert (answer.status_code, answer.json()["title"]) == (404, "Not found")
