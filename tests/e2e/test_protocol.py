"""Answers leave in one piece: a client is woken once for each, and finds all of it there."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from sandbox.server.protocol import SandboxProtocol

pytestmark = pytest.mark.anyio

_GET = b"GET /epayment/v1/payments/order-1 HTTP/1.1\r\nHost: shop.example\r\n\r\n"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class _Wire(asyncio.Transport):
    """A connection that keeps what it is given, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.ended: str | None = None

    def write(self, data: Any) -> None:
        assert self.ended is None, "written after the end"
        self.pieces.append(bytes(data))

    def is_closing(self) -> bool:
        return self.ended is not None

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"


async def _answered(
    request: bytes, *bodies: bytes, before: Callable[[dict[str, Any]], object] = lambda _: None
) -> _Wire:
    """Return the connection after a request was answered with these parts of a body, none of which took time."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        length = str(sum(map(len, bodies))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        before(scope)
        for place, body in enumerate(bodies, 1):
            await send({"type": "http.response.body", "body": body, "more_body": place < len(bodies)})

    config = Config(app, log_config=None, lifespan="off", ws="none", server_header=False, date_header=False)
    config.load()
    state = ServerState()
    protocol = SandboxProtocol(config, state, {}, asyncio.get_running_loop())
    wire = _Wire()
    protocol.connection_made(wire)
    protocol.data_received(request)
    await asyncio.gather(*state.tasks)
    await asyncio.sleep(0)  # the turn of the loop is over
    return wire


async def test_head_and_body_leave_in_one_piece() -> None:
    wire = await _answered(_GET, b"all of it")

    assert wire.pieces == [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nall of it"]
    assert not wire.ended


async def test_a_connection_is_closed_after_all_was_said() -> None:
    wire = await _answered(_GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b"all of it")

    assert wire.ended == "closed"
    assert b"".join(wire.pieces).endswith(b"all of it")


async def test_a_dropped_connection_says_nothing_of_what_waited() -> None:
    wire = await _answered(_GET, b"too late", before=lambda scope: scope["extensions"]["sandbox.drop"]["abort"]())

    assert wire.ended == "aborted"
    assert wire.pieces == []


async def test_much_does_not_wait_for_the_end_of_a_long_answer() -> None:
    large = b"x" * 70_000

    wire = await _answered(_GET, large, b"and", b"more")

    assert wire.pieces[0].endswith(large)
    assert wire.pieces[1:] == [b"andmore"]


async def test_many_small_parts_leave_now_and_then() -> None:
    wire = await _answered(_GET, *[b"x"] * 40)

    assert len(wire.pieces) == 3
    assert b"".join(wire.pieces).endswith(b"x" * 40)
