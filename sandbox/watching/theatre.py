"""What is played here and by whom: shared by the sandbox's own API and the dashboard, so that both tell the same."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from sandbox.api.gateway import RequestLog
from sandbox.control.lifecycle import remove
from sandbox.control.problems import Problem
from sandbox.control.streams import watching
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.playback import LoadedScenario
    from sandbox.watching.library import Entry, Library
    from sandbox.watching.runs import Run, Runs

__all__ = ["House", "PlayAsked", "Theatre", "listening"]


class PlayAsked(BaseModel):
    """Who plays whom, which file is played if none is sent, and how long it may take, in real time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    merchant: Literal["mine", "sandbox"] = "mine"
    customer: Literal["played", "human"] = "played"
    file: Annotated[str, Field(max_length=1000)] | None = None
    app: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None = None
    patience: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))] = timedelta(seconds=10)
    limit: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))] = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the server is like, as far as players mind.

    Args:
        is_open: Whether anybody is let in, and so players as well.
        token: What opens the sandbox's own API, if it is closed.
        has_tls: Whether https is spoken.
        scenarios: The folder of scenarios; None for none.
    """

    is_open: bool
    token: str | None
    has_tls: bool
    scenarios: Path | None


class Theatre:
    """All that is played in a server. Players are imported when there is a play, or somebody looks for one."""

    def __init__(self, world: World, request_log: RequestLog, house: House) -> None:
        self.world = world
        self.house = house
        self._request_log = request_log

    @cached_property
    def _runs(self) -> "Runs":
        from sandbox.watching.runs import Runs  # noqa: PLC0415 - players are imported when there is a play

        return Runs(on_forgotten=self._clear_away)

    @cached_property
    def _library(self) -> "Library":
        from sandbox.watching.library import Library  # noqa: PLC0415 - see above

        return Library(self.house.scenarios)

    def _clear_away(self, run: "Run") -> None:
        """Have the sales units that were made for a play be gone with it, so that they do not pile up all day."""
        for msn in run.own_units:
            unit = self.world.find(msn)
            if unit is not None:
                remove(self.world, self._request_log, unit)

    async def entries(self) -> Sequence["Entry"]:
        """Return the files of the folder of scenarios, as they are now."""
        return await run_in_threadpool(self._library.entries)

    async def entry(self, name: str) -> "Entry":
        """Return one of the files.

        Raises:
            Problem: there is none of that name.
        """
        entry = await run_in_threadpool(self._library.find, name)
        if entry is None:
            raise Problem(404, "There is no such scenario", f"No file {name[:200]!r} is in the folder of scenarios.")
        return entry

    async def text(self, name: str) -> str:
        """Return a file as it stands; nothing if it is no text."""
        return await run_in_threadpool(self._library.text, name) or ""

    def runs_of(self, msn: str) -> list["Run"]:
        return self._runs.of(msn)

    def run_of(self, msn: str, run_id: str) -> "Run":
        """Return what is played, or was, and started from a sales unit.

        Raises:
            Problem: there is none, or not any more.
        """
        for run in self._runs.of(msn):
            if run.id == run_id:
                return run
        raise Problem(404, "Not found", f"No story {run_id[:200]!r} is played here.")

    async def begin(self, request: Request, msn: str, asked: PlayAsked, text: bytes = b"") -> "Run":
        """Begin to play a text, or the file that is asked for.

        Raises:
            Problem: it cannot be played, or not now.
        """
        from sandbox.playback import Cast, Mine, Person  # noqa: PLC0415 - see above
        from sandbox.watching.runs import Address, StillPlaying, TooManyAtOnce  # noqa: PLC0415 - see above

        if not self.house.is_open:
            raise Problem(409, "Needs open access", "To look at payments, a player needs --access open.")
        scenarios = await self._asked_for(asked, text)
        address = Address(_own_url(request, has_tls=self.house.has_tls), self.house.token)
        cast = Cast(
            Mine(msn, asked.app, asked.patience) if asked.merchant == "mine" else None,
            Person(lambda _: None) if asked.customer == "human" else None,
        )
        try:
            return self._runs.start(msn, cast, scenarios, address, file=asked.file, limit=asked.limit)
        except StillPlaying as playing:
            raise Problem(
                409, "Still playing", f"{playing} is played in this sales unit; it ends first."
            ) from playing
        except TooManyAtOnce as many:
            raise Problem(
                409, "Too many at once", f"{many} stories are being played; one of them ends first."
            ) from many

    async def _asked_for(self, asked: PlayAsked, text: bytes) -> Sequence["LoadedScenario"]:
        """Return the stories of a text, or of the file that is asked for.

        Raises:
            Problem: it is not understood, or there is none of the two, or both.
        """
        from sandbox.playback import ScenarioInvalid  # noqa: PLC0415 - see above
        from sandbox.watching.library import scenarios_of  # noqa: PLC0415 - see above

        if (asked.file is None) == (text == b""):
            raise Problem(400, "What is played?", "Send a story as the body, or name one of the folder as `file`.")
        if asked.file is None:
            try:
                return await run_in_threadpool(scenarios_of, text)
            except ScenarioInvalid as invalid:
                raise Problem(400, "Not understood", str(invalid)) from invalid
        entry = await self.entry(asked.file)
        if entry.mistake is not None:
            raise Problem(400, "Not understood", entry.mistake)
        return entry.scenarios


@contextmanager
def listening(run: "Run", ring: Callable[[], None]) -> Iterator[None]:
    """Have *ring* called in this event loop whenever there is something new of a run, while the context lasts."""
    loop = asyncio.get_running_loop()

    def ring_here() -> None:
        with suppress(RuntimeError):  # the server has just ended
            loop.call_soon_threadsafe(ring)

    with watching(run.listeners, ring_here):
        yield


def _own_url(request: Request, *, has_tls: bool) -> str:
    """Return where this server is reached from within: the socket that the request came to."""
    host, port = request.scope.get("server") or ("", None)
    if port is None:
        raise Problem(409, "Not over TCP", "A player reaches the sandbox over TCP only.")
    return f"http{'s' if has_tls else ''}://{f'[{host}]' if ':' in host else host}:{port}"
