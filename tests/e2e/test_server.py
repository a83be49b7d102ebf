"""The server itself: how it starts, and what its log says of a bug of ours."""

import asyncio
import logging
import socket

import httpx
import pytest

from sandbox.server import Sandbox, running
from sandbox.settings import Settings
from sandbox.world import SalesUnit, World


def _break(self: object, *_: object) -> None:
    raise ZeroDivisionError("a slip of ours")


def test_a_server_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever for its URL."""
    monkeypatch.setattr(World, "start", _break)
    with pytest.raises(RuntimeError, match="the sandbox did not start"), running(Settings(port=0)):
        pytest.fail("it runs")


def test_a_port_is_free_again_after_a_start_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Settings(port=0)) as url:
        settings = Settings(port=int(url.rsplit(":", 1)[1]))
    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "_live", _break)
        with pytest.raises(RuntimeError), running(settings):
            pytest.fail("it runs")
    with running(settings) as url:
        assert httpx.get(f"{url}/sandbox/health").status_code == 200


@pytest.mark.parametrize("path", ["/sandbox/units/654321", "/phone/4791234567"])
def test_a_bug_of_ours_is_in_the_log_once_with_its_traceback(
    path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with running(Settings(port=0)) as url, caplog.at_level(logging.ERROR):
        monkeypatch.setattr(SalesUnit, "up_to_date", _break)
        answers = [httpx.get(url + path) for _ in range(2)]
        monkeypatch.undo()
        assert httpx.get(f"{url}/sandbox/health").status_code == 200
    assert [answer.status_code for answer in answers] == [500, 500]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError] * 2


def test_a_sleep_that_a_test_has_replaced_by_nothing_keeps_nobody_from_being_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def at_once(_: float) -> None:
        pass

    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", at_once)
        with running(Settings(port=0)) as url:
            assert httpx.get(f"{url}/sandbox/health", timeout=5).status_code == 200


@pytest.mark.parametrize("name", [b"Upgrade", b"upgrade"])
def test_a_call_that_offers_another_protocol_is_answered_in_this_one_with_all_of_its_body(name: bytes) -> None:
    """Java's own HTTP client offers HTTP/2 with every call, and sends the body behind the head."""
    body = b'{"settings": {"name": "Upgrade: to first class"}}'
    head = (
        b"POST /sandbox/units HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nHost: localhost\r\n"
        b"Content-Length: %d\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n%s: h2c\r\n\r\n" % (len(body), name)
    )
    with running(Settings(port=0)) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            for part in (head, body, head + body):
                connection.sendall(part)
                if part is head:
                    continue
                answer = connection.recv(65536)
                assert answer.startswith(b"HTTP/1.1 201 ")
                assert b"Upgrade: to first class" in answer
