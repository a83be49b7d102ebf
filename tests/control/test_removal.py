"""A sales unit that is no longer needed goes away, with all that it holds: `DELETE /sandbox/units/{msn}`."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta

import httpx
import pytest

from sandbox.api.webhooks import HttpCourier
from sandbox.server import Sandbox
from sandbox.settings import HOME, AccessMode, DeclaredUnit, Settings
from sandbox.world import SalesUnit
from tests.api.merchant import HOST, Merchant, WallClock, order, serving
from tests.control.following import following
from tests.control.test_dashboard_controls import page, press

HOOK = {"url": "https://shop.example/", "events": ["epayments.payment.created.v1"]}


@pytest.fixture
def sandbox(wall: WallClock) -> Sandbox:
    return Sandbox(Settings(), real_now=wall)


@pytest.fixture
async def own(sandbox: Sandbox) -> Merchant:
    """A merchant of that sandbox."""
    transport = httpx.ASGITransport(app=sandbox)
    merchant = Merchant(httpx.AsyncClient(transport=transport, base_url=HOST), "424242")
    await merchant.log_in()
    return merchant


@contextmanager
def never_answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Queue[str]]:
    """Have the courier wait for ever; gives what became of its calls."""
    calls: asyncio.Queue[str] = asyncio.Queue()

    async def post(*_: object) -> tuple[int, bytes]:
        calls.put_nowait("sent")
        try:
            await asyncio.Event().wait()
        finally:
            calls.put_nowait("broken off")
        return 200, b""

    with monkeypatch.context() as patch:
        patch.setattr(HttpCourier, "_post", post)
        yield calls


@pytest.mark.anyio
async def test_a_removed_unit_is_gone_with_its_calls(merchant: Merchant) -> None:
    await merchant.new_payment()
    removed = await merchant.control("DELETE", "")
    assert (removed.status_code, removed.json()) == (200, {"faultsNeverMet": []})
    assert (await merchant.control("GET", "")).status_code == 404
    listed = (await merchant.http.get("/sandbox/units")).json()["units"]
    assert merchant.msn not in [unit["msn"] for unit in listed]


@pytest.mark.anyio
async def test_a_later_call_makes_it_again_and_empty(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.configure(name="Bokhandelen")
    await merchant.control("DELETE", "")
    assert (await merchant.get(reference)).status_code == 404
    assert (await merchant.control("GET", "")).json()["settings"]["name"] != "Bokhandelen"
    assert [call["status"] for call in (await merchant.control("GET", "/requests")).json()["requests"]] == [404]


@pytest.mark.anyio
async def test_a_removal_tells_of_faults_that_no_call_ever_met(merchant: Merchant) -> None:
    await merchant.control("POST", "/faults", {"match": {"operation": "getPayment"}, "then": {"garbage": True}})
    never_met = (await merchant.control("DELETE", "")).json()["faultsNeverMet"]
    assert [(fault["id"], fault["then"]) for fault in never_met] == [("fault-1", {"garbage": True})]


@pytest.mark.anyio
async def test_what_is_not_there_is_not_removed_nor_made(http: httpx.AsyncClient) -> None:
    for msn in ("999999", "abc"):
        for _ in range(2):
            assert (await http.delete(f"/sandbox/units/{msn}")).status_code == 404


@pytest.mark.anyio
async def test_the_unit_that_is_printed_at_the_start_stays(http: httpx.AsyncClient) -> None:
    home = Merchant(http, HOME.msn)
    await home.log_in()
    reference = await home.new_payment()
    refused = await home.control("DELETE", "")
    assert (refused.status_code, refused.json()["title"]) == (409, "It stays")
    assert f"POST /sandbox/units/{HOME.msn}/reset" in refused.json()["detail"]
    assert (await home.get(reference)).status_code == 200


@pytest.mark.anyio
async def test_declared_units_stay() -> None:
    declared = Settings(access=AccessMode.DECLARED, units=(DeclaredUnit.model_validate(asdict(HOME)),))
    async with serving(settings=declared) as http:
        assert (await http.delete(f"/sandbox/units/{HOME.msn}")).status_code == 409
        made = (await http.post("/sandbox/units", json={"msn": "777777"})).json()["msn"]
        assert (await http.delete(f"/sandbox/units/{made}")).status_code == 200


@pytest.mark.anyio
async def test_nothing_that_waited_happens_any_more(
    own: Merchant, sandbox: Sandbox, wall: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook that is on its way is broken off, payments expire no more."""
    with never_answering(monkeypatch) as calls:
        await own.call("POST", "/webhooks/v1/webhooks", HOOK)
        await own.new_payment()
        unit = sandbox.world.find(own.msn)
        assert unit is not None
        unit.settle()
        assert await calls.get() == "sent"
        await own.control("DELETE", "")
        assert await calls.get() == "broken off"
        wall.wait(timedelta(days=1))
        facts = len(unit.journal)
        unit.settle()
        await unit.errands_done()
    assert (calls.empty(), len(unit.journal), unit.next_due) == (True, facts, None)


@pytest.mark.anyio
async def test_an_advance_under_way_ends(own: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    with never_answering(monkeypatch) as calls:
        await own.call("POST", "/webhooks/v1/webhooks", HOOK)
        await own.configure(webhookDelay="PT1H")
        await own.new_payment()
        advancing = asyncio.ensure_future(own.control("POST", "/clock/advance", {"by": "P1D"}))
        assert await calls.get() == "sent"
        await own.control("DELETE", "")
        assert (await asyncio.wait_for(advancing, 5)).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("path", ["/sandbox/units/424242/facts/stream", "/sandbox/dashboard/424242/stream?after=0.0"])
async def test_streams_end_with_it(own: Merchant, sandbox: Sandbox, path: str, again: bool) -> None:
    """Even if it was made again before the stream looked."""
    await own.new_payment()
    async with following(sandbox, path) as stream:
        await stream.next()
        await own.control("POST", "/reset")  # goes on as another
        await own.control("DELETE", "")
        if again:
            sandbox.world.provision(own.msn)
        await asyncio.wait_for(stream.ended.wait(), 5)
    assert len(sandbox.streams) == 0


@pytest.mark.anyio
@pytest.mark.parametrize("what", ["facts", "requests"])
async def test_whoever_waits_for_news_is_answered(own: Merchant, sandbox: Sandbox, what: str) -> None:
    await own.new_payment()
    waiting = asyncio.ensure_future(own.control("GET", f"/{what}?after=1000&wait=PT30S"))
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(sandbox.streams) == 1
    await own.control("DELETE", "")
    answer = await asyncio.wait_for(waiting, 5)
    assert (answer.status_code, answer.json()) == (200, {what: []})


@pytest.mark.anyio
async def test_nothing_keeps_a_removed_unit_in_memory(
    own: Merchant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the alarm, the request log, the phone, the dashboard, a stream, nor a webhook on its way."""

    async def full_life() -> list["weakref.ref[object]"]:
        await own.call("POST", "/webhooks/v1/webhooks", HOOK)
        reference = await own.new_payment(order(userFlow="PUSH_MESSAGE"))
        ada = own.customer()
        await ada.open(reference)
        for shown in ("", "/people", "/clock", "/webhooks", "/settings", "/checklist"):
            await page(own, shown)
        await own.http.get("/phone/4791234567")
        async with following(sandbox, f"/sandbox/units/{own.msn}/facts/stream") as stream:
            await stream.next()
        unit = sandbox.world.find(own.msn)
        assert isinstance(unit, SalesUnit)
        return [weakref.ref(unit), weakref.ref(unit.state.webhooks), weakref.ref(unit.journal)]

    sandbox.world.start()
    with never_answering(monkeypatch) as calls:
        held = await full_life()
        assert await calls.get() == "sent"
        assert None not in [ref() for ref in held]
        await own.control("DELETE", "")
        assert await calls.get() == "broken off"
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    assert [ref() for ref in held] == [None] * 3
    assert sandbox.request_log.count_of(own.msn) == 0
    sandbox.world.stop()


# --- On the dashboard ---------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_dashboard_asks_first(merchant: Merchant) -> None:
    await merchant.new_payment()
    await merchant.control("POST", "/faults", {"then": {"answer": 503}})
    assert 'id="to-remove"' in await page(merchant, "/settings")
    shown = await page(merchant, "/remove")
    assert '<strong id="lost">1 payment, 1 request and 0 webhooks</strong>' in shown
    assert "1 armed fault was never met by a call" in shown
    assert (await merchant.control("GET", "")).status_code == 200
    assert (await press(merchant, "/remove")).headers["Location"] == "/sandbox/dashboard"
    assert (await merchant.control("GET", "")).status_code == 404


@pytest.mark.anyio
async def test_the_dashboard_removes_nothing_that_stays(http: httpx.AsyncClient) -> None:
    home = Merchant(http, HOME.msn)
    assert 'id="to-remove"' not in await page(home, "/settings")
    assert "stays as long as the sandbox" in await page(home, "/remove", 409)
    await press(home, "/remove", 409)
    assert (await home.control("GET", "")).status_code == 200


@pytest.mark.anyio
async def test_no_foreign_page_removes_anything(
    merchants: Callable[[], Awaitable[Merchant]], http: httpx.AsyncClient
) -> None:
    merchant = await merchants()
    made = await http.post("/sandbox/units", json={"msn": merchant.msn})
    assert made.status_code == 201
    foreign = {"Origin": "https://evil.example"}
    for method, url in (
        ("POST", f"/sandbox/dashboard/{merchant.msn}/remove"),
        ("DELETE", f"/sandbox/units/{merchant.msn}"),
    ):
        assert (await http.request(method, url, headers=foreign)).status_code == 403
    assert (await merchant.control("GET", "")).status_code == 200
