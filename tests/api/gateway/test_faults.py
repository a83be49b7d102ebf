"""Faults: what goes wrong with calls on their way, on request, and with no other call.

What the network or a server in between answers is in no specification, so these answers are not judged by one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.api.gateway import gateway, trouble
from sandbox.api.gateway.trouble import ConnectionDropped
from sandbox.domain.facts import FaultFired
from sandbox.server import Sandbox
from sandbox.settings import Settings
from sandbox.world import SalesUnit
from tests.api.merchant import ADA, HOST, Merchant, WallClock, notes, order

_CREATED = "epayments.payment.created.v1"


@pytest.fixture
async def app(wall: WallClock) -> AsyncIterator[Sandbox]:
    app = Sandbox(Settings(), real_now=wall)
    app.world.start()
    yield app
    app.world.stop()


@pytest.fixture
async def http(app: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOST) as client:
        yield client


def _unit(app: Sandbox, merchant: Merchant) -> SalesUnit:
    unit = app.world.find(merchant.msn)
    assert unit is not None
    return unit


async def _arm(merchant: Merchant, then: dict[str, Any], *, times: int | str = 1, **match: str) -> str:
    armed = await merchant.control("POST", "/faults", {"match": match, "times": times, "then": then})
    assert armed.status_code == 201, armed.text
    fault_id: str = armed.json()["id"]
    return fault_id


async def _listed(merchant: Merchant) -> list[tuple[int, bool]]:
    faults = (await merchant.control("GET", "/faults")).json()["faults"]
    return [(fault["fired"], fault["spent"]) for fault in faults]


# --- What goes wrong ------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "Something went wrong"),
        (423, "6160"),
        (429, "Rate limit is exceeded"),
        (500, "Internal"),
        (502, "Bad gateway"),
        (503, "Service unavailable"),
    ],
)
async def test_a_call_is_answered_with_a_status_and_not_processed(merchant: Merchant, status: int, told: str) -> None:
    reference = await merchant.approved_payment()
    fault_id = await _arm(merchant, {"answer": status})
    answer = await merchant.capture(reference, 2000, key="a-key")
    assert (answer.status_code, told in answer.text) == (status, True), answer.text
    assert answer.headers.get("Retry-After") == ("30" if status == 429 else None)
    assert notes(answer) == [f"{fault_id} happened to this call: it was answered {status} and not processed."]
    assert (await merchant.get(reference)).json()["aggregate"]["capturedAmount"]["value"] == 0
    assert (await merchant.capture(reference, 2000, key="a-key")).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("status", trouble.FAULT_STATUSES)
async def test_every_api_can_be_in_trouble(merchant: Merchant, status: int) -> None:
    await _arm(merchant, {"answer": status}, times="always")
    answers = [
        await merchant.ask_for_token(),
        await merchant.get("acme-shop-0001"),
        await merchant.get_order("acme-shop-0001"),
        await merchant.userinfo("nobody"),
        await merchant.call("GET", "/webhooks/v1/webhooks"),
    ]
    assert [answer.status_code for answer in answers] == [status] * len(answers)


@pytest.mark.anyio
async def test_the_request_log_says_that_a_fault_answered_and_how_to_be_rid_of_it(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    fault_id = await _arm(merchant, {"answer": 503})
    await merchant.get(reference)
    logged = await merchant.last_request()
    assert (logged["status"], logged["operation"], len(logged["notes"])) == (503, "getPayment", 1)
    assert logged["explanation"]["summary"] == f"{fault_id} answered 503; the call was not processed."
    assert f"DELETE /sandbox/units/{merchant.msn}/faults/{fault_id}" in logged["explanation"]["accepted"]


@pytest.mark.anyio
async def test_a_call_is_delayed_and_then_processed(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = _no_waiting(monkeypatch)
    fault_id = await _arm(merchant, {"delay": "PT2.5S"})
    answer = await merchant.create(order())
    assert (answer.status_code, waited) == (201, [2.5])
    assert notes(answer) == [f"{fault_id} happened to this call: it waited 2.5 seconds."]


@pytest.mark.anyio
async def test_a_call_that_was_refused_meanwhile_says_once_what_happened_to_it(
    merchant: Merchant, wall: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await merchant.new_payment()
    await _arm(merchant, {"delay": "PT1S"})

    async def an_hour(_: float) -> None:
        wall.wait(timedelta(hours=1))  # after which the access token is too old

    monkeypatch.setattr(asyncio, "sleep", an_hour)
    answer = await merchant.get(reference)
    assert (answer.status_code, len(notes(answer))) == (401, 1)


@pytest.mark.anyio
async def test_a_call_that_had_to_wait_counts_once_for_the_rate_limit(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_waiting(monkeypatch)
    await merchant.configure(rateLimits=True)
    reference = await merchant.approved_payment()
    await _arm(merchant, {"delay": "PT1S"}, times="always")
    answers = [(await merchant.capture(reference, 1)).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


@pytest.mark.anyio
@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
async def test_a_connection_is_dropped_before_or_after_the_call_is_processed(
    merchant: Merchant, app: Sandbox, when: str, made: int
) -> None:
    fault_id = await _arm(merchant, {"drop": when})
    with pytest.raises(ConnectionDropped):
        await merchant.create(order())
    assert len(_unit(app, merchant).state.payments) == made
    logged = await merchant.last_request()
    assert (logged["status"], logged["responseBody"]) == (0, "")
    assert logged["notes"] == [
        f"{fault_id} happened to this call: the connection was dropped {when} it was processed."
    ]


@pytest.mark.anyio
async def test_an_answer_is_garbled_and_the_call_processed(merchant: Merchant, app: Sandbox) -> None:
    await _arm(merchant, {"garbage": True})
    answer = await merchant.create(order())
    assert (answer.status_code, answer.headers["Content-Length"]) == (201, str(len(answer.content)))
    with pytest.raises(ValueError, match="utf-8"):
        answer.json()
    assert len(_unit(app, merchant).state.payments) == 1


@pytest.mark.anyio
async def test_an_answer_comes_slowly_and_whole(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = _no_waiting(monkeypatch)
    reference = await merchant.new_payment()
    plain = await merchant.get(reference)
    await _arm(merchant, {"slow": "PT30S"})
    assert (await merchant.get(reference)).content == plain.content
    assert waited == [3.0] * 10


@pytest.mark.anyio
async def test_an_empty_answer_comes_slowly_too(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to send in pieces, and the answer must end all the same."""
    _no_waiting(monkeypatch)
    registered = await merchant.call(
        "POST", "/webhooks/v1/webhooks", {"url": "https://example.com/", "events": [_CREATED]}
    )
    await _arm(merchant, {"slow": "PT30S"})
    deleted = await merchant.call("DELETE", f"/webhooks/v1/webhooks/{registered.json()['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")


# --- To which calls, and how often ----------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_fault_happens_to_the_next_so_many_calls_and_is_spent(merchant: Merchant, app: Sandbox) -> None:
    reference = await merchant.new_payment()
    await _arm(merchant, {"answer": 500}, times=2)
    assert await _listed(merchant) == [(0, False)]
    answers = [(await merchant.get(reference)).status_code for _ in range(3)]
    assert (answers, await _listed(merchant)) == ([500, 500, 200], [(2, True)])
    fired = [fact for fact in _unit(app, merchant).journal.read() if isinstance(fact, FaultFired)]
    assert [(fact.fault_id, fact.operation, fact.reference) for fact in fired] == [
        ("fault-1", "getPayment", reference)
    ] * 2


@pytest.mark.anyio
async def test_a_fault_happens_always_until_it_is_removed(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    fault_id = await _arm(merchant, {"answer": 500}, times="always")
    assert {(await merchant.get(reference)).status_code for _ in range(5)} == {500}
    assert await _listed(merchant) == [(5, False)]
    assert (await merchant.control("DELETE", f"/faults/{fault_id}")).status_code == 204
    assert ((await merchant.get(reference)).status_code, await _listed(merchant)) == (200, [])


@pytest.mark.anyio
async def test_of_two_faults_the_older_happens_first(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    for status in (502, 503):
        await _arm(merchant, {"answer": status})
    assert [(await merchant.get(reference)).status_code for _ in range(3)] == [502, 503, 200]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({}, ["create", "get", "capture", "order"]),
        ({"operation": "capturePayment"}, ["capture"]),
        ({"reference": "acme-faulty-1"}, ["create", "get", "capture", "order"]),
        ({"reference": "acme-faulty-2"}, []),
        ({"customer": ADA}, ["create", "get", "capture", "order"]),
        ({"customer": "4793424725"}, []),
        ({"operation": "getPayment", "reference": "acme-faulty-1", "customer": ADA}, ["get"]),
        ({"operation": "getPayment", "reference": "acme-faulty-2"}, []),
    ],
)
async def test_a_fault_happens_to_what_matches_and_to_nothing_else(
    merchant: Merchant, match: dict[str, str], hit: list[str]
) -> None:
    reference = "acme-faulty-1"
    calls: dict[str, Callable[[], Awaitable[httpx.Response]]] = {
        "create": lambda: merchant.create(order(reference=reference)),
        "get": lambda: merchant.get(reference),
        "capture": lambda: merchant.capture(reference, 1),
        "order": lambda: merchant.put_category(
            reference, {"category": "GENERAL", "orderDetailsUrl": "https://example.com/order"}
        ),
    }
    seen = []
    for name, call in calls.items():
        fault_id = await _arm(merchant, {"answer": 502}, **match)
        if (await call()).status_code == 502:
            seen.append(name)
        if name == "create" and name in seen:
            await call()
        await merchant.control("DELETE", f"/faults/{fault_id}")
    assert seen == hit


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"reference": []}', b'{"customer": 1}', b"\xff", b'{"reference": 1}']
)
async def test_a_body_that_makes_no_sense_matches_no_reference(merchant: Merchant, body: bytes) -> None:
    await _arm(merchant, {"answer": 502}, reference="acme-shop-0001")
    await _arm(merchant, {"answer": 502}, customer=ADA)
    assert (await merchant.create(body)).status_code == 400
    assert await _listed(merchant) == [(0, False), (0, False)]


@pytest.mark.anyio
async def test_a_sales_units_faults_are_its_own(merchants: Callable[[], Awaitable[Merchant]]) -> None:
    one, other = await merchants(), await merchants()
    for merchant in (one, other):
        await merchant.new_payment(order(reference="acme-shop-0001"))
    await _arm(one, {"answer": 502}, times="always")
    assert (await other.get("acme-shop-0001")).status_code == 200
    assert (await one.get("acme-shop-0001")).status_code == 502
    assert (await other.control("GET", "/faults")).json() == {"faults": []}


@pytest.mark.anyio
async def test_what_the_gateway_turns_away_meets_no_fault(merchant: Merchant) -> None:
    await _arm(merchant, {"answer": 502}, times="always")
    assert (await merchant.call("GET", "/epayment/v1/payments/a", headers={"Authorization": "no"})).status_code == 401
    assert (await merchant.call("GET", "/epayment/v1/nowhere")).status_code == 404
    assert await _listed(merchant) == [(0, False)]


@pytest.mark.anyio
async def test_without_faults_a_call_is_not_even_looked_at(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(*_: object) -> None:
        pytest.fail("this costs time")

    monkeypatch.setattr(gateway, "circumstance", looked_at)
    assert (await merchant.create(order())).status_code == 201


# --- Races ----------------------------------------------------------------------------------------------


def _race(first: str, patience: str = "PT1M", **until: Any) -> dict[str, Any]:
    return {"hold": {"until": until, "first": first, "patience": patience}}


@contextmanager
def _changes(unit: SalesUnit) -> Iterator[asyncio.Event]:
    """Give an event that is set as soon as anything has happened in the unit."""
    happened = asyncio.Event()
    unit.watchers.append(happened.set)
    yield happened
    unit.watchers.remove(happened.set)


async def _held(
    app: Sandbox, merchant: Merchant, call: Awaitable[httpx.Response]
) -> "asyncio.Future[httpx.Response]":
    """Begin a call, and return it when it is held."""
    with _changes(_unit(app, merchant)) as happened:
        task = asyncio.ensure_future(call)
        await happened.wait()  # the fault fired, and from there to where it waits nothing else can run
    assert not task.done()
    return task


@pytest.mark.anyio
@pytest.mark.parametrize(("first", "status"), [("held", 200), ("other", 400)])
async def test_a_cancel_races_the_customer_who_rejects(
    merchant: Merchant, app: Sandbox, first: str, status: int
) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await merchant.customer().open(reference)
    await _arm(merchant, _race(first, customer="reject"), operation="cancelPayment")
    task = await _held(app, merchant, merchant.cancel(reference))
    rejected = await merchant.customer().act("reject", reference)
    assert rejected.status_code == (409 if first == "held" else 200)
    if first == "held":  # a customer who could not reject has done nothing: the merchant waits on
        assert not task.done()
        task.cancel()
        return
    answer = await task
    assert (answer.status_code, len(notes(answer))) == (status, 1)


@pytest.mark.anyio
@pytest.mark.parametrize(("first", "status"), [("held", 400), ("other", 200)])
async def test_a_capture_races_the_customer_who_approves(
    merchant: Merchant, app: Sandbox, first: str, status: int
) -> None:
    """Too early in one order, right in the other."""
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await merchant.customer().open(reference)
    await _arm(merchant, _race(first, customer="approve"), operation="capturePayment")
    task = await _held(app, merchant, merchant.capture(reference, 2000))
    await merchant.customer().approve(reference)
    assert (await task).status_code == status


@pytest.mark.anyio
@pytest.mark.parametrize("first", ["held", "other"])
async def test_a_capture_races_the_customer_who_rejects(merchant: Merchant, app: Sandbox, first: str) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await merchant.customer().open(reference)
    await _arm(merchant, _race(first, customer="reject"), operation="capturePayment")
    task = await _held(app, merchant, merchant.capture(reference, 2000))
    await merchant.customer().reject(reference)
    answer = await task
    assert answer.status_code == 400
    met = "CREATED" if first == "held" else "ABORTED"
    assert met in (await merchant.last_request())["explanation"]["met"]


@pytest.mark.anyio
@pytest.mark.parametrize("first", ["held", "other"])
async def test_two_captures_with_one_key_capture_once(merchant: Merchant, app: Sandbox, first: str) -> None:
    reference = await merchant.approved_payment()
    await _arm(merchant, _race(first, operation="capturePayment"), operation="capturePayment")
    task = await _held(app, merchant, merchant.capture(reference, 500, key="a-key"))
    second = await merchant.capture(reference, 500, key="a-key")
    answer = await task
    assert (answer.status_code, answer.json()) == (200, second.json())
    assert answer.json()["aggregate"]["capturedAmount"]["value"] == 500
    captured = [fact for fact in await merchant.facts() if fact["fact"] == "PaymentCaptured"]
    assert len(captured) == 1


@pytest.mark.anyio
async def test_a_call_waits_for_one_about_its_own_payment_or_the_one_that_is_named(
    merchant: Merchant, app: Sandbox
) -> None:
    one, other = await merchant.approved_payment(), await merchant.approved_payment()
    await _arm(merchant, _race("other", operation="getPayment", reference=other), operation="capturePayment")
    await _arm(merchant, _race("other", operation="getPayment"), operation="refundPayment")
    capture = await _held(app, merchant, merchant.capture(one, 500))
    refund = await _held(app, merchant, merchant.refund(other, 500))
    await merchant.get(one)
    assert not capture.done()
    assert not refund.done()
    await merchant.get(other)
    assert [(await capture).status_code, (await refund).status_code] == [200, 400]


@pytest.mark.anyio
async def test_a_webhook_arrives_before_the_create_answers(
    merchant: Merchant, app: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    task: asyncio.Future[httpx.Response] | None = None
    answered_before = []

    async def receiver(*_: object) -> tuple[int, bytes]:
        answered_before.append(task is not None and task.done())
        return 200, b""

    monkeypatch.setattr(app._courier, "_post", receiver)
    await merchant.call("POST", "/webhooks/v1/webhooks", {"url": "https://example.com/", "events": [_CREATED]})
    await _arm(merchant, _race("held", webhook="CREATED"), operation="createPayment")
    task = asyncio.ensure_future(merchant.create(order()))
    assert ((await task).status_code, answered_before) == (201, [False])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "until", [{"removed": True}, {"customer": "reject"}, {"operation": "refundPayment"}], ids=["on purpose", *"ab"]
)
@pytest.mark.parametrize("first", ["held", "other"])
async def test_a_held_call_is_let_go_when_its_fault_is_removed(
    merchant: Merchant, app: Sandbox, first: str, until: dict[str, Any]
) -> None:
    """Whatever it waited for; another fault that is removed lets go of nothing."""
    reference = await merchant.approved_payment()
    fault = await _arm(merchant, _race(first, **until), operation="capturePayment")
    other = await _arm(merchant, {"answer": 502}, operation="refundPayment")
    task = await _held(app, merchant, merchant.capture(reference, 500))
    await merchant.control("DELETE", f"/faults/{other}")
    await merchant.get(reference)
    assert not task.done()
    await merchant.control("DELETE", f"/faults/{fault}")
    answer = await task
    assert (answer.status_code, len(notes(answer))) == (200, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("first", ["held", "other"])
async def test_patience_ends(merchant: Merchant, first: str) -> None:
    await _arm(merchant, _race(first, "PT0S", customer="approve"), operation="createPayment")
    answer = await merchant.create(order())
    assert (answer.status_code, notes(answer)[-1]) == (201, "What it waited for has not come within 0 seconds.")
    assert (await merchant.last_request())["notes"] == notes(answer)


@pytest.mark.anyio
async def test_what_came_before_the_call_does_not_count(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await merchant.customer().open(reference)
    await merchant.customer().reject(reference)
    await _arm(merchant, _race("other", "PT0S", customer="reject"), operation="getPayment")
    answer = await merchant.get(reference)
    assert "has not come" in notes(answer)[-1]


@pytest.mark.anyio
async def test_nobody_listens_any_more_when_a_race_is_over(merchant: Merchant, app: Sandbox) -> None:
    for until in ({"customer": "approve"}, {"operation": "getPayment"}):
        await _arm(merchant, _race("held", "PT0S", **until))
        await merchant.create(order())
    assert (_unit(app, merchant).watchers, app.request_log.watchers) == ([], [])


def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have nobody wait; return for how long they would have."""
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", wait)
    return waited
