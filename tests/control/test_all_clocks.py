"""The clocks of all sales units at once, what is due next, and moves that wait for each other."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from sandbox.api.webhooks import HttpCourier
from tests.api.merchant import Merchant, order


@pytest.mark.anyio
async def test_all_clocks_are_moved_and_each_unit_tells_what_happened(
    http: httpx.AsyncClient, merchants: Callable[[], Awaitable[Merchant]]
) -> None:
    one, other = await merchants(), await merchants()
    for merchant in (one, other):
        await merchant.control("PUT", "/clock", {"frozen": False})
    reference = await one.new_payment()
    clocks = (await http.post("/sandbox/clock/advance", json={"by": "PT10M"})).json()["clocks"]
    assert set(clocks) == {"654321", one.msn, other.msn}
    assert {clock["now"] for clock in clocks.values()} == {"2023-08-25T08:10:00.123Z"}
    assert [fact["reference"] for fact in clocks[one.msn]["happened"]] == [reference]
    assert clocks[other.msn]["happened"] == []


@pytest.mark.anyio
async def test_all_clocks_are_set_and_stopped(http: httpx.AsyncClient, merchant: Merchant) -> None:
    answer = await http.put("/sandbox/clock", json={"now": "2030-01-01T00:00:00Z", "frozen": True})
    assert {(clock["now"], clock["frozen"]) for clock in answer.json()["clocks"].values()} == {
        ("2030-01-01T00:00:00.000Z", True)
    }
    assert (await merchant.control("GET", "/clock")).json()["frozen"] is True


@pytest.mark.anyio
async def test_no_clock_is_moved_if_one_cannot(http: httpx.AsyncClient, merchant: Merchant) -> None:
    await merchant.control("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True})
    answer = await http.post("/sandbox/clock/advance", json={"to": "2029-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Not forward")
    assert (await http.get("/sandbox/units/654321/clock")).json()["now"] == "2023-08-25T08:00:00.123Z"


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), [("PUT", "/sandbox/clock"), ("POST", "/sandbox/clock/advance")])
@pytest.mark.parametrize("body", [b"{", b"[]", b'{"now": 1}', b'{"by": "soon"}', b'{"to": "next"}', b""])
async def test_nonsense_moves_no_clock(http: httpx.AsyncClient, method: str, path: str, body: bytes) -> None:
    answer = await http.request(method, path, content=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.anyio
async def test_a_clock_tells_what_is_due_and_goes_there(merchant: Merchant) -> None:
    late = await merchant.new_payment(order(userFlow="PUSH_MESSAGE", expiresAt="2023-09-15T00:00:00Z"))
    soon = await merchant.new_payment()
    assert (await merchant.control("GET", "/clock")).json()["due"] == [
        {"at": "2023-08-25T08:10:00.123Z", "what": "expiry", "reference": soon},
        {"at": "2023-09-12T00:00:00.000Z", "what": "reminder", "reference": late},
        {"at": "2023-09-14T00:00:00.000Z", "what": "reminder", "reference": late},
        {"at": "2023-09-15T00:00:00.000Z", "what": "expiry", "reference": late},
    ]
    moves = [(await merchant.control("POST", "/clock/advance", {"to": "next due"})).json() for _ in range(5)]
    assert [(move["now"], [fact["fact"] for fact in move["happened"]]) for move in moves] == [
        ("2023-08-25T08:10:00.123Z", ["PaymentExpired"]),
        ("2023-09-12T00:00:00.000Z", ["ReminderSent"]),
        ("2023-09-14T00:00:00.000Z", ["ReminderSent"]),
        ("2023-09-15T00:00:00.000Z", ["PaymentExpired"]),
        ("2023-09-15T00:00:00.000Z", []),  # nothing is due, so it stays
    ]


@pytest.mark.anyio
async def test_what_is_due_is_told_up_to_twenty(merchant: Merchant) -> None:
    for _ in range(25):
        await merchant.new_payment()
    assert len((await merchant.control("GET", "/clock")).json()["due"]) == 20


@pytest.mark.anyio
async def test_a_phone_shows_reminders_unless_they_are_switched_off(merchant: Merchant, strict: Merchant) -> None:
    await strict.configure(profile="lenient", reminders=False)
    for one in (merchant, strict):
        await one.new_payment(order(userFlow="PUSH_MESSAGE", expiresAt="2023-09-15T00:00:00Z"))
        await one.advance("P19D")
    pushes = (await merchant.customer().phone())["inbox"]["pushes"]
    assert [(push["reminder"], push["at"][:10]) for push in pushes] == [(False, "2023-08-25"), (True, "2023-09-12")]
    assert [push["reminder"] for push in (await strict.customer().phone())["inbox"]["pushes"]] == [False]


@pytest.mark.anyio
async def test_a_second_advance_waits_until_webhooks_of_the_first_were_answered(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, answer = asyncio.Event(), asyncio.Event()

    async def post(*_: object) -> tuple[int, bytes]:
        sent.set()
        await answer.wait()
        return 200, b""

    monkeypatch.setattr(HttpCourier, "_post", post)
    body = {"url": "https://shop.example/", "events": ["epayments.payment.expired.v1"]}
    await merchant.call("POST", "/webhooks/v1/webhooks", body)
    reference = await merchant.new_payment()
    first = asyncio.ensure_future(merchant.control("POST", "/clock/advance", {"by": "PT1H"}))
    await sent.wait()
    second = asyncio.ensure_future(merchant.control("POST", "/clock/advance", {"by": "PT1H"}))
    clock = (await merchant.control("GET", "/clock")).json()  # passes while both wait, at the instant of the event
    assert (clock["now"], first.done(), second.done()) == ("2023-08-25T08:10:00.123Z", False, False)
    answer.set()
    told: list[Any] = [(await one).json() for one in (first, second)]
    assert [one["now"] for one in told] == ["2023-08-25T09:00:00.123Z", "2023-08-25T10:00:00.123Z"]
    assert [fact["fact"] for fact in told[0]["happened"]] == ["PaymentExpired", "WebhookAttempted"]
    assert told[0]["happened"][0]["reference"] == reference
    assert told[1]["happened"] == []
