"""A sandbox to test against: in this process, in a thread with a socket as well, or one that runs elsewhere."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx

from sandbox.client._session import trusted
from sandbox.playback.refusals import ANYBODY, Refused
from sandbox.testing._loop import alive
from sandbox.testing._receiver import ReceiverServer
from sandbox.testing._transport import AsyncSandboxTransport, InProcess, SandboxTransport
from sandbox.testing._unit import Doors, Unit, settings_body
from sandbox.testing._wire import Wire

if TYPE_CHECKING:
    from sandbox.settings import Settings

__all__ = ["VippsSandbox", "at", "in_process", "in_thread"]

_NOWHERE: Final = "http://vipps-sandbox.test"  # a name that nobody can have


class VippsSandbox:
    """A sandbox. Make one with `in_process`, `in_thread` or `at`.

    Attributes:
        base_url: What apps call instead of https://apitest.vipps.no.
        is_ours: Whether it ends with the tests.
    """

    def __init__(self, base_url: str, inside: InProcess | None, ends: ExitStack) -> None:
        self._inside = inside
        self._ends = ends
        self._receivers: ReceiverServer | None = None
        self._wire = Wire(base_url, None if inside is None else SandboxTransport(inside))
        ends.callback(self._wire.close)
        self.base_url = self._wire.base_url
        self.is_ours = inside is not None

    def __repr__(self) -> str:
        return f"VippsSandbox({self.base_url!r})"

    def transport(self) -> httpx.BaseTransport:
        """Return what carries requests of an `httpx.Client` here; no socket is used if it is in this process."""
        if self._inside is None:
            return httpx.HTTPTransport(verify=trusted(self.base_url))
        return SandboxTransport(self._inside)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what `transport` does, for an `httpx.AsyncClient`."""
        if self._inside is None:
            return httpx.AsyncHTTPTransport(verify=trusted(self.base_url))
        return AsyncSandboxTransport(self._inside)

    def unit(self, *, purpose: str = "a test", **settings: Any) -> Unit:
        """Make a sales unit that nobody else has.

        Args:
            purpose: What it is made for, as the dashboard shows it; the first 500 characters.
            settings: As of `Unit.settings`.

        Raises:
            Refused: there is no such setting or value; the sentence tells which there are.
        """
        made = self._wire.ask(
            "POST", "/sandbox/units", {"settings": settings_body(settings), "purpose": purpose[:500]}
        )
        return Unit(Doors(self._wire, self.transport, self.async_transport, self._receiver_server), made["msn"])

    def check(self) -> None:
        """Make sure that this is a sandbox, and that it lets in sales units that nobody declared.

        Raises:
            Refused: it is not so.
        """
        health = self._wire.ask("GET", "/sandbox/health")
        if not isinstance(health, dict) or health.get("status") != "ok":
            raise Refused(200, f"what answers at {self.base_url} is no sandbox")
        try:
            self._wire.ask("POST", "/accesstoken/get", headers=ANYBODY)
        except Refused as refused:
            if refused.status != httpx.codes.UNAUTHORIZED:
                raise
            raise Refused(
                refused.status,
                f"the sandbox at {self.base_url} lets in declared sales units only: tests need --access open",
            ) from refused

    def _receiver_server(self) -> ReceiverServer:
        if self._receivers is None:
            self._receivers = self._ends.enter_context(ReceiverServer.listening())
        return self._receivers


@contextmanager
def in_process(settings: "Settings | None" = None) -> Iterator[VippsSandbox]:
    """Run a sandbox in this process for as long as the context lasts; no socket listens.

    Only its own transports reach it: links and `base_url` lead nowhere else.
    """
    from sandbox.server import Sandbox  # noqa: PLC0415 - who tests against another sandbox needs none

    app = Sandbox(settings or _quiet())
    with ExitStack() as ends:
        loop = ends.enter_context(alive(app))
        yield VippsSandbox(_NOWHERE, InProcess(app, loop, _NOWHERE), ends)


@contextmanager
def in_thread(settings: "Settings | None" = None) -> Iterator[VippsSandbox]:
    """Run a sandbox in a thread for as long as the context lasts: listens on a free port of the loopback.

    Its transports reach it without the socket, and meet the same sales units.

    Raises:
        OSError: the address in *settings* cannot be listened on.
    """
    from sandbox.server import running_here  # noqa: PLC0415 - see in_process

    with ExitStack() as ends:
        server = ends.enter_context(running_here(settings or _quiet()))
        yield VippsSandbox(server.url, InProcess(server.app, server.loop, server.url), ends)


@contextmanager
def at(url: str) -> Iterator[VippsSandbox]:
    """Use a sandbox that runs already; what tests leave behind in it stays.

    Raises:
        Refused: no sandbox answers there, or only for declared sales units.
    """
    with ExitStack() as ends:
        sandbox = VippsSandbox(url, None, ends)
        sandbox.check()
        yield sandbox


def _quiet() -> "Settings":
    from sandbox.settings import AccessMode, LogLevel, Settings  # noqa: PLC0415 - see in_process

    return Settings(host="127.0.0.1", port=0, public_url=None, access=AccessMode.OPEN, log_level=LogLevel.WARNING)
