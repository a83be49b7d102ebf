"""The stories that are being watched, or have been."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Any, Final

from sandbox.playback import Cast, LoadedScenario, Mine, Play, ScenarioInvalid, Stage, StageRefused, load, play
from sandbox.playback.plays import Performance
from sandbox.playback.written_reports import scenario_view

__all__ = ["StillPlaying", "Watch", "Watches", "understood_scenarios"]

_MOST: Final = 100  # stories that are kept; the oldest are forgotten
_FILE: Final = "scenario.yaml"


class StillPlaying(Exception):
    """Another story is played in the sales unit; its argument is the id."""


@dataclass(slots=True)
class Watch:
    """One file that is watched: its stories are played one after another."""

    id: str
    msn: str
    scenarios: Sequence[LoadedScenario]
    steps: list[dict[str, str]] = field(default_factory=list)  # of the story that is played, as far as it has come
    plays: list[Play] = field(default_factory=list)
    trouble: str | None = None  # nothing could be played
    ended: bool = False

    @property
    def verdict(self) -> str:
        """Tell how it goes: playing, passed or failed."""
        if not self.ended:
            return "playing"
        return "passed" if self.trouble is None and all(play.passed for play in self.plays) else "failed"

    def view(self) -> dict[str, Any]:
        """Return it as the sandbox's own API shows it."""
        return {
            "id": self.id,
            "verdict": self.verdict,
            "titles": [scenario.title for scenario in self.scenarios],
            "steps": list(self.steps),
            "scenarios": [scenario_view(play) for play in list(self.plays)],
            "trouble": self.trouble,
        }


def understood_scenarios(text: bytes) -> list[LoadedScenario]:
    """Return the stories that a text tells, as YAML or JSON; it can include no other file.

    Raises:
        ScenarioInvalid: it is not understood; the sentence says the line and the column.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        path.write_bytes(text)
        try:
            return load(path)
        except ScenarioInvalid as invalid:
            raise ScenarioInvalid(str(invalid).replace(str(path), _FILE)) from invalid


class Watches:
    """All of them; each is played in a thread of its own, over HTTP as any player does."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Watch] = OrderedDict()
        self._count = 0
        self._lock = Lock()

    def of(self, msn: str) -> list[Watch]:
        return [watch for watch in self._all.values() if watch.msn == msn]

    def start(
        self,
        mine: Mine,
        scenarios: Sequence[LoadedScenario],
        *,
        url: str,
        token: str | None,
        limit: timedelta,
    ) -> Watch:
        """Begin to watch.

        Raises:
            StillPlaying: another story is played in the sales unit.
        """
        with self._lock:
            for other in self.of(mine.msn):
                if not other.ended:
                    raise StillPlaying(other.id)
            self._count += 1
            watch = Watch(f"scenario-{self._count}", mine.msn, scenarios)
            self._all[watch.id] = watch
            while len(self._all) > _MOST:
                self._all.popitem(last=False)
        arguments = (watch, mine, url, token, limit)
        Thread(target=_play, args=arguments, name=watch.id, daemon=True).start()
        return watch


def _play(watch: Watch, mine: Mine, url: str, token: str | None, limit: timedelta) -> None:
    def on_step(done: Performance) -> None:
        watch.steps.append({"step": done.step.name, "key": done.step.step.key, "told": done.told})

    try:
        with Stage(url, token=token) as stage:
            for scenario in watch.scenarios:
                watch.steps.clear()
                watch.plays.append(play(scenario, stage, limit=limit, cast=Cast(mine), on_step=on_step))
    except StageRefused as refused:
        watch.trouble = str(refused)
    finally:
        watch.ended = True
