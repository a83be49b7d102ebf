"""A sales unit made anew: by reset from nothing, by restore from a snapshot of itself or of another."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.api.webhooks import HttpCourier
from tests.api.merchant import ADA, INVOICE, Merchant, WallClock, order, serving, told
from tests.contract.pictures import PICTURE

_GENERATED = {"pspReference", "sub", "redirectUrl", "msn", "sid", "number"}  # follow from the serial number


async def _snapshot(merchant: Merchant) -> dict[str, Any]:
    taken = await merchant.control("POST", "/snapshot")
    assert taken.status_code == 200
    snapshot: dict[str, Any] = json.loads(taken.content)
    return snapshot


async def _restore(merchant: Merchant, snapshot: Any) -> None:
    restored = await merchant.control("POST", "/restore", snapshot)
    assert restored.status_code == 200, restored.text


async def _answers(merchant: Merchant, references: list[str]) -> dict[str, Any]:
    """Return what every GET about the sales unit answers."""
    shown: dict[str, Any] = {}
    for reference in references:
        for rest in ("", "/events"):
            shown[reference + rest] = told(await merchant.get(reference, rest))
        shown[f"order {reference}"] = told(await merchant.get_order(reference))
        sub = shown[reference].get("profile", {}).get("sub")
        if sub is not None:
            shown[f"user of {reference}"] = told(await merchant.userinfo(sub))
    shown["webhooks"] = (await merchant.call("GET", "/webhooks/v1/webhooks")).json()
    for path in ("/payments", "/webhooks", "/webhooks/deliveries", "/faults", "/clock", f"/customers/{ADA}"):
        shown[path] = (await merchant.control("GET", path)).json()
    shown["settings"] = (await merchant.control("GET", "")).json()["settings"]
    return shown


def _alike(shown: Any) -> Any:
    """Return answers without what two sales units never share."""
    if isinstance(shown, dict):
        return {name: _alike(member) for name, member in shown.items() if name not in _GENERATED}
    return [_alike(member) for member in shown] if isinstance(shown, list) else shown


async def _full_life(merchant: Merchant) -> list[str]:
    """Have something of everything happen; return the references."""
    target = {"host": "shop.example", "url": "http://127.0.0.1:9", "verifyTls": False}
    await merchant.configure(name="Bokhandelen", webhookTargets=[target])
    events = [f"epayments.payment.{name}.v1" for name in ("created", "authorized", "captured")]
    for path in ("one", "two"):
        body = {"url": f"https://shop.example/{path}", "events": events}
        assert (await merchant.call("POST", "/webhooks/v1/webhooks", body)).status_code == 201
    assert (await merchant.control("POST", "/webhooks/hold", {})).status_code == 200
    await merchant.control("PUT", f"/customers/{ADA}", {"person": {"givenName": "Augusta"}})
    await merchant.control("POST", "/faults", {"match": {"operation": "getPayment"}, "then": {"slow": "PT1S"}})
    await merchant.control("DELETE", "/faults/fault-1")
    await merchant.control("POST", "/faults", {"match": {"reference": "acme-nobody"}, "then": {"drop": "after"}})
    image = {"imageId": "a-picture", "src": PICTURE, "type": "base64"}
    assert (await merchant.call("POST", "/order-management/v1/images", image)).status_code == 200
    captured = await merchant.new_payment(order(userFlow="PUSH_MESSAGE", profile={"scope": "name email"}))
    ada = merchant.customer()
    for action in ("open", "share", "approve"):
        assert (await ada.act(action, captured)).status_code == 200
    assert (await merchant.capture(captured, 500)).status_code == 200
    assert (await merchant.refund(captured, 100)).status_code == 200
    assert (await merchant.capture(captured, 5000, key="too-much")).status_code == 400
    waiting = await merchant.new_payment({**INVOICE, "userFlow": "PUSH_MESSAGE", "reference": "acme-waiting"})
    await ada.open(waiting)
    category = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/o", "imageId": "a-picture"}
    assert (await merchant.put_category(waiting, category)).status_code == 200
    rejected = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await ada.open(rejected)
    await ada.reject(rejected)
    return [captured, waiting, rejected]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every webhook be answered, and nobody outside called."""

    async def post(*_: object) -> tuple[int, bytes]:
        return 200, b"thanks"

    monkeypatch.setattr(HttpCourier, "_post", post)


@pytest.mark.anyio
@pytest.mark.usefixtures("answering")
@pytest.mark.parametrize("released", [False, True])
async def test_a_restored_unit_answers_everything_as_it_did(
    merchant: Merchant, wall: WallClock, released: bool
) -> None:
    references = await _full_life(merchant)
    if released:
        await merchant.control("POST", "/webhooks/release", {})
    before, snapshot = await _answers(merchant, references), await _snapshot(merchant)
    assert (await merchant.cancel(references[1])).status_code == 200
    await merchant.advance("P1D")
    await _restore(merchant, snapshot)
    assert await _answers(merchant, references) == before
    assert (await _snapshot(merchant))["facts"][:-1] == snapshot["facts"]
    wall.wait(timedelta(seconds=1))
    assert (await merchant.capture(references[0], 5000, key="too-much")).status_code == 400


@pytest.mark.anyio
@pytest.mark.usefixtures("answering")
@pytest.mark.parametrize("released", [False, True])
async def test_another_unit_is_restored_from_the_snapshot_of_one(
    merchant: Merchant, merchants: Callable[[], Awaitable[Merchant]], released: bool
) -> None:
    """All is the same but what follows from the serial number, as `sub` and `pspReference` do."""
    references = await _full_life(merchant)
    if released:
        await merchant.control("POST", "/webhooks/release", {})
    other = await merchants()
    await _restore(other, await _snapshot(merchant))
    one, two = await _answers(merchant, references), await _answers(other, references)
    assert _alike(one) == _alike(two)
    assert one["acme-waiting"]["pspReference"] != two["acme-waiting"]["pspReference"]


@pytest.mark.anyio
@pytest.mark.usefixtures("answering")
async def test_what_waits_goes_on_waiting_after_a_restore(merchant: Merchant) -> None:
    """The same future as without it: what falls due, in the same order, at the same instants."""
    references = await _full_life(merchant)
    await merchant.control("POST", "/webhooks/release", {})
    snapshot = await _snapshot(merchant)
    happened = await merchant.advance("P60D")
    after = await _answers(merchant, references)
    await _restore(merchant, snapshot)
    assert await merchant.advance("P60D") == happened
    assert [one["fact"] for one in happened].count("PaymentExpired") == 1
    assert _without_real_time(await _answers(merchant, references)) == _without_real_time(after)


def _without_real_time(shown: dict[str, Any]) -> dict[str, Any]:
    for delivery in shown["/webhooks/deliveries"]["deliveries"]:
        for attempt in delivery["attempts"]:
            del attempt["tookMs"]
    for answer in shown.values():
        if isinstance(answer, dict):
            answer.pop("instance", None)  # each problem's own
    return shown


@pytest.mark.anyio
async def test_what_is_restored_later_has_not_expired_meanwhile(merchant: Merchant, wall: WallClock) -> None:
    """The clock goes on from the snapshot, however long ago that was."""
    reference = await merchant.new_payment()
    wall.wait(timedelta(minutes=4))
    snapshot = await _snapshot(merchant)
    wall.wait(timedelta(days=400))
    await merchant.log_in()
    assert (await merchant.get(reference)).json()["state"] == "EXPIRED"
    await _restore(merchant, snapshot)
    assert (await merchant.get(reference)).json()["state"] == "CREATED"
    assert (await merchant.control("GET", "/clock")).json()["now"] == "2023-08-25T08:04:00.123Z"
    wall.wait(timedelta(minutes=6))
    assert (await merchant.get(reference)).json()["state"] == "EXPIRED"


@pytest.mark.anyio
async def test_a_clock_that_stood_stands_when_it_is_restored(merchant: Merchant, wall: WallClock) -> None:
    await merchant.control("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True})
    snapshot = await _snapshot(merchant)
    await merchant.control("PUT", "/clock", {"now": "2040-01-01T00:00:00Z", "frozen": False})
    await _restore(merchant, snapshot)
    wall.wait(timedelta(hours=1))
    clock = (await merchant.control("GET", "/clock")).json()
    assert (clock["now"], clock["frozen"]) == ("2030-01-01T00:00:00.000Z", True)


@pytest.mark.anyio
async def test_a_snapshot_is_taken_to_another_sandbox(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    snapshot = await _snapshot(merchant)
    async with serving() as elsewhere:
        other = Merchant(elsewhere, "777777")
        await _restore(other, snapshot)
        await other.log_in()
        assert (await other.get(reference)).json()["state"] == "CREATED"


@pytest.mark.anyio
async def test_reset_makes_a_unit_as_it_was_at_first(http: httpx.AsyncClient) -> None:
    made = await http.post("/sandbox/units", json={"msn": "123456", "settings": {"market": "DK"}})
    merchant = Merchant(http, "123456")
    await merchant.log_in()
    await merchant.configure(market="NO", name="Other")
    await merchant.new_payment()
    await merchant.advance("P1D")
    reset = await merchant.control("POST", "/reset")
    assert (reset.status_code, reset.json()) == (200, {"unit": made.json(), "faultsNeverMet": []})
    assert (await merchant.control("GET", "")).json() == made.json()
    assert (await merchant.control("GET", "/requests")).json() == {"requests": []}


@pytest.mark.anyio
async def test_reset_tells_of_faults_that_no_call_ever_met(merchant: Merchant) -> None:
    for then in ({"garbage": True}, {"drop": "after"}):
        await merchant.control("POST", "/faults", {"match": {"operation": "getPayment"}, "then": then})
    never_met = (await merchant.control("POST", "/reset")).json()["faultsNeverMet"]
    assert [(fault["id"], fault["then"]) for fault in never_met] == [
        ("fault-1", {"garbage": True}),
        ("fault-2", {"drop": "after"}),
    ]
    assert (await merchant.control("GET", "/faults")).json() == {"faults": []}


@pytest.mark.anyio
async def test_what_waited_when_a_unit_was_reset_never_happens(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even on an advance that is under way: the webhook that holds it up is the last that is sent."""
    sent, unblock = asyncio.Event(), asyncio.Event()
    calls = []

    async def post(*_: object) -> tuple[int, bytes]:
        calls.append(1)
        sent.set()
        await unblock.wait()
        return 200, b""

    monkeypatch.setattr(HttpCourier, "_post", post)
    body = {"url": "https://shop.example/", "events": ["epayments.payment.created.v1"]}
    await merchant.call("POST", "/webhooks/v1/webhooks", body)
    await merchant.control("POST", "/webhooks/hold", {})
    for _ in range(50):
        await merchant.new_payment()
    releasing = asyncio.ensure_future(merchant.control("POST", "/webhooks/release", {}))
    await sent.wait()
    begun = len(calls)
    assert (await merchant.control("POST", "/reset")).status_code == 200
    await releasing
    await merchant.advance("P1D")
    assert len(calls) == begun < 50


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"facts": []}, "the first fact must be UnitProvisioned"),
        ({"facts": [{"fact": "Nothing"}]}, "there is no fact 'Nothing'"),
        (
            {"facts": [{"fact": "PaymentExpired", "at": "2023-09-01T08:00:00Z", "reference": "a"}]},
            "must be UnitProvisioned",
        ),
        ({"facts": ["a"]}, "facts.0"),
        ({"facts": None}, "facts"),
        ({"format": 2}, "format"),
        ({"now": "2023-09-01T08:00:00"}, "now"),
        ({"now": "9023-09-01T08:00:00Z"}, "now"),
        ({"frozen": "perhaps"}, "frozen"),
        ({"more": 1}, "There is no 'more'"),
    ],
)
async def test_what_is_no_snapshot_restores_nothing(merchant: Merchant, change: dict[str, Any], detail: str) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.control("POST", "/restore", await _snapshot(merchant) | change)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert (await merchant.get(reference)).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", {}])
async def test_what_is_no_json_restores_nothing(merchant: Merchant, body: Any) -> None:
    answer = await merchant.control("POST", "/restore", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")


@pytest.mark.anyio
@pytest.mark.usefixtures("answering")
async def test_a_snapshot_that_was_tampered_with_breaks_nothing(merchant: Merchant) -> None:
    """Each fact is left out, doubled, or has one member changed: it is taken or refused, and all goes on."""
    references = await _full_life(merchant)
    await merchant.control("POST", "/webhooks/release", {})
    snapshot = await _snapshot(merchant)
    facts = snapshot["facts"]
    for place, fact in enumerate(facts):
        others = [facts[:place] + facts[place + 1 :], [*facts[: place + 1], fact, *facts[place + 1 :]]]
        for name in fact:
            values: tuple[Any, ...] = ("x", 7, None, [], {}, "9999-12-31T23:59:59Z", "P99999999D")
            for value in values:
                others.append([*facts[:place], fact | {name: value}, *facts[place + 1 :]])
        for changed in others:
            answer = await merchant.control("POST", "/restore", snapshot | {"facts": changed})
            assert answer.status_code in {200, 400}, answer.text
            if answer.status_code == 200:
                assert (await merchant.control("GET", "/payments")).status_code == 200
                assert (await merchant.control("GET", f"/customers/{ADA}")).status_code == 200
    await _restore(merchant, snapshot)
    assert (await merchant.get(references[0])).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/reset", "/snapshot"])
async def test_a_new_unit_can_be_reset_and_photographed(http: httpx.AsyncClient, path: str) -> None:
    """As with every call that writes: a sales unit comes into being with it."""
    assert (await http.post(f"/sandbox/units/9999001{path}")).status_code == 200
    assert (await http.post(f"/sandbox/units/abc{path}")).status_code == 404
