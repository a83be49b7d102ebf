"""The stories that are played here, or have been: each run is one file, whose stories come one after another.

A run has a thread of its own, and reaches the sandbox over HTTP as any player does. All that is told of it has a
number, so that whoever listens can go on where they were.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Thread
from time import monotonic
from typing import Any, Final

import httpx

from sandbox.playback import Asked, Cast, LoadedScenario, Performance, Play, Stage, StageRefused, play
from sandbox.playback.written_reports import scenario_view

__all__ = ["Address", "Run", "Runs", "StillPlaying", "TooManyAtOnce"]

_KEPT: Final = 100  # runs; the oldest are forgotten
_AT_ONCE: Final = 32
_LONGEST: Final = timedelta(hours=1)  # that a run may take, whatever its file says


class StillPlaying(Exception):
    """An application is watched in the sales unit already; its argument is the id of that run."""


class TooManyAtOnce(Exception):
    """So many are played already that no other is begun; its argument is how many."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where this server is reached from within.

    Args:
        token: What opens the sandbox's own API, if it is closed.
    """

    url: str
    token: str | None

    def stage(self) -> Stage:
        if not self.url.startswith("https:"):
            return Stage(self.url, token=self.token)
        # Our own certificate proves nothing to ourselves, on a socket that is our own.
        unproven = httpx.HTTPTransport(verify=False, limits=httpx.Limits(max_connections=None))
        return Stage(self.url, unproven, token=self.token)


@dataclass(slots=True)
class Run:
    """One file that is played.

    Args:
        msn: The sales unit that it was started from; an application is watched there, and the sandbox's own merchant
            has a new one for each story.
        file: Where it lies in the folder of scenarios; None if it was sent.
        told: What happened so far, each with its kind: `story`, `step`, `asked`, `ended`, and `verdict` at last.
    """

    id: str
    msn: str
    file: str | None
    cast: Cast
    scenarios: Sequence[LoadedScenario]
    plays: list[Play] = field(default_factory=list)  # the last of them may go on
    done: int = 0  # how many plays have ended
    asked: Asked | None = None  # what somebody with the phone open is waited for
    trouble: str | None = None  # nothing could be played
    ended: bool = False
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)  # called from the run's own thread

    @property
    def verdict(self) -> str:
        """Tell how it goes: playing, passed or failed."""
        if not self.ended:
            return "playing"
        passed = len(self.plays) == len(self.scenarios) and all(play.passed for play in self.plays)
        return "passed" if self.trouble is None and passed else "failed"

    @property
    def own_units(self) -> list[str]:
        """The sales units that were made for it; an application's is its own."""
        return [] if self.cast.merchant is not None else [play.msn for play in self.plays if play.msn]

    @property
    def is_told(self) -> bool:
        """Tell whether all that is to be told of it has been."""
        return bool(self.told) and self.told[-1][0] == "verdict"

    def view(self) -> dict[str, Any]:
        """Return it as the sandbox's own API shows it."""
        plays, asked = list(self.plays), self.asked  # its own thread goes on meanwhile
        return {
            "id": self.id,
            "verdict": self.verdict,
            "merchant": "sandbox" if self.cast.merchant is None else "mine",
            "customer": "played" if self.cast.customer is None else "human",
            "file": self.file,
            "titles": [scenario.title for scenario in self.scenarios],
            "steps": [_step_view(done) for done in plays[-1].performed] if plays else [],
            "asked": None if asked is None else _asked_view(asked),
            "scenarios": [scenario_view(play) for play in plays[: self.done]],
            "trouble": self.trouble,
        }

    def tell(self, kind: str, content: Mapping[str, Any]) -> None:
        self.told.append((kind, content))
        for listener in tuple(self.listeners):
            listener()

    def play(self, address: Address, limit: timedelta) -> None:
        """Play all stories to their ends."""
        until = monotonic() + _LONGEST.total_seconds()
        try:
            with address.stage() as stage:
                for number, scenario in enumerate(self.scenarios, 1):
                    left = timedelta(seconds=max(until - monotonic(), 0.001))
                    bounded = replace(scenario, limit=min(scenario.limit or limit, left))
                    self._play_one(number, bounded, stage)
        except StageRefused as refused:
            self.trouble = str(refused)
        finally:
            if self.trouble is None and len(self.plays) < len(self.scenarios):
                self.trouble = "This is a bug of the sandbox; its log has the traceback."
            self.ended = True
            self.tell("verdict", {"verdict": self.verdict, "trouble": self.trouble})

    def _play_one(self, number: int, scenario: LoadedScenario, stage: Stage) -> None:
        def begin(begun: Play) -> None:
            self.plays.append(begun)
            self.tell("story", {"story": number, "title": scenario.title, "msn": begun.msn, "steps": scenario.count})

        def step(done: Performance) -> None:
            self.asked = None
            self.tell("step", {"story": number, **_step_view(done)})

        person = self.cast.customer
        cast = replace(self.cast, customer=person and replace(person, ask=self._ask))
        result = play(scenario, stage, cast=cast, on_begin=begin, on_step=step)
        if len(self.plays) < number:  # it came to an end before it had begun
            self.plays.append(result)
        self.asked = None
        self.done = number
        self.tell("ended", {"story": number, **scenario_view(result)})

    def _ask(self, asked: Asked) -> None:
        self.asked = asked
        self.tell("asked", _asked_view(asked))


def _step_view(done: Performance) -> dict[str, str]:
    return {"step": done.step.name, "key": done.step.step.key, "told": done.told}


def _asked_view(asked: Asked) -> dict[str, Any]:
    return {"what": asked.what, "reference": asked.reference, "phone": asked.phone}


class Runs:
    """All of them; only the server's event loop starts them and asks for them.

    Args:
        on_forgotten: Called with the oldest that has ended, once there are too many to keep.
    """

    def __init__(self, on_forgotten: Callable[[Run], None]) -> None:
        self._on_forgotten = on_forgotten
        self._all: dict[str, Run] = {}
        self._count = 0

    def of(self, msn: str) -> list[Run]:
        return [run for run in self._all.values() if run.msn == msn]

    def start(
        self,
        msn: str,
        cast: Cast,
        scenarios: Sequence[LoadedScenario],
        address: Address,
        *,
        file: str | None,
        limit: timedelta,
    ) -> Run:
        """Begin to play.

        Args:
            limit: How long each story may take, in real time, unless it says itself.

        Raises:
            StillPlaying: an application is watched in the sales unit.
            TooManyAtOnce: no other can be begun now.
        """
        playing = [run for run in self._all.values() if not run.ended]
        if len(playing) >= _AT_ONCE:
            raise TooManyAtOnce(len(playing))
        if cast.merchant is not None:
            for other in playing:
                if other.msn == msn and other.cast.merchant is not None:
                    raise StillPlaying(other.id)
        self._count += 1
        run = Run(f"scenario-{self._count}", msn, file, cast, scenarios)
        self._all[run.id] = run
        if len(self._all) > _KEPT:  # one of them has ended: fewer are played at once
            oldest = next(run.id for run in self._all.values() if run.ended)
            self._on_forgotten(self._all.pop(oldest))
        Thread(target=run.play, args=(address, limit), name=run.id, daemon=True).start()
        return run
