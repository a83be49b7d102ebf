"""Facts as they happen: `GET /sandbox/units/{msn}/facts/stream`."""

import asyncio
import time
from datetime import UTC, datetime

import httpx
import pytest

from sandbox.control.streams import Streams, event
from sandbox.domain.sales_unit import UnitSettings
from sandbox.server import Sandbox, running
from sandbox.settings import HOME, Settings
from sandbox.world import SalesUnit
from tests.control.following import following

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)
PATH = f"/sandbox/units/{HOME.msn}/facts/stream"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(Settings(), real_now=lambda: NOON)


@pytest.fixture
def unit(sandbox: Sandbox) -> SalesUnit:
    return sandbox.world.provision(HOME.msn)


def _happens(unit: SalesUnit) -> None:
    unit.configure(UnitSettings(name="Bokhandelen"))


@pytest.mark.anyio
async def test_a_fact_comes_when_it_happens(sandbox: Sandbox, unit: SalesUnit) -> None:
    async with following(sandbox, PATH) as stream:
        first = await stream.next()
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert stream.headers["cache-control"] == "no-store"
        assert (first.place, first.content["number"], first.content["fact"]) == ("1", 1, "UnitProvisioned")
        _happens(unit)
        told = await stream.next()
        assert told.place == "2"
        assert (told.content["fact"], told.content["settings"]["name"]) == ("UnitConfigured", "Bokhandelen")


@pytest.mark.anyio
@pytest.mark.parametrize(("query", "headers"), [("?after=2", {}), ("", {"last-event-id": "2"})])
async def test_a_listener_that_comes_back_gets_what_it_missed(
    sandbox: Sandbox, unit: SalesUnit, query: str, headers: dict[str, str]
) -> None:
    for _ in range(3):
        _happens(unit)
    async with following(sandbox, PATH + query, headers=headers) as stream:
        assert [(await stream.next()).place for _ in range(2)] == ["3", "4"]


@pytest.mark.anyio
async def test_the_last_event_counts_more_than_the_address(sandbox: Sandbox, unit: SalesUnit) -> None:
    """A browser that connects again repeats the address that it was given at first."""
    _happens(unit)
    async with following(sandbox, f"{PATH}?after=0", headers={"last-event-id": "1"}) as stream:
        assert (await stream.next()).place == "2"


@pytest.mark.anyio
async def test_more_than_one_helping_comes_in_order(sandbox: Sandbox, unit: SalesUnit) -> None:
    for _ in range(1200):
        _happens(unit)
    async with following(sandbox, PATH) as stream:
        assert [(await stream.next()).place for _ in range(1201)] == [str(number) for number in range(1, 1202)]


@pytest.mark.anyio
async def test_a_silent_stream_says_that_it_is_there(sandbox: Sandbox, unit: SalesUnit) -> None:
    sandbox.streams = Streams(heartbeat=0.01)
    async with following(sandbox, f"{PATH}?after=1") as stream:
        assert await stream.block() == "retry: 1000"
        assert await stream.block() == ": still here"


@pytest.mark.anyio
@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9007199254740993"])
async def test_a_place_that_makes_no_sense_is_refused(sandbox: Sandbox, after: str) -> None:
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        for asked in (http.get(f"{PATH}?after={after}"), http.get(PATH, headers={"Last-Event-ID": after})):
            answer = await asked
            assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")
        assert (await http.get("/sandbox/units/999999/facts/stream")).status_code == 404


@pytest.mark.anyio
async def test_who_leaves_is_forgotten(sandbox: Sandbox, unit: SalesUnit) -> None:
    async with following(sandbox, PATH) as stream:
        await stream.next()
        assert len(unit.watchers) == len(sandbox.streams) == 1
    assert len(unit.watchers) == len(sandbox.streams) == 0


@pytest.mark.anyio
async def test_streams_end_with_the_server(sandbox: Sandbox) -> None:
    async with following(sandbox, PATH) as stream:
        await stream.next()
        sandbox.streams.end()
        async with asyncio.timeout(5):
            await stream.ended.wait()
    async with following(sandbox, PATH) as late:
        async with asyncio.timeout(5):
            await late.ended.wait()


@pytest.mark.anyio
async def test_head_is_answered_without_a_stream(sandbox: Sandbox) -> None:
    async with following(sandbox, PATH, method="HEAD") as stream:
        await asyncio.wait_for(stream.ended.wait(), 5)
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


def test_an_open_stream_does_not_keep_the_server_from_stopping() -> None:
    """Uvicorn would wait three seconds for it, then cut it off."""
    with httpx.Client() as http:
        server = running(Settings(port=0))
        with http.stream("GET", server.__enter__() + PATH) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "retry: 1000"
            begun = time.monotonic()
            server.__exit__(None, None, None)
            assert time.monotonic() - begun < 2
            assert "data" in "".join(lines)  # which has an end


def test_an_event_is_one_line_of_data_whatever_it_says() -> None:
    assert event({"text": "a\nb\r\u2028"}, place="7", kind="fact") == (
        'event: fact\nid: 7\ndata: {"text":"a\\nb\\r\u2028"}\n\n'.encode()
    )
