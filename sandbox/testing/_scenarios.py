"""Scenario files, played as tests play them: a failure is an AssertionError that reads as the player tells it."""

from collections.abc import Mapping
from typing import Any

import click
import httpx

from sandbox.playback import LoadedScenario, Play, Stage, StageUnit, play
from sandbox.playback.reports import told
from sandbox.testing._wire import Wire

__all__ = ["ScenarioFailed", "play_in"]


class ScenarioFailed(AssertionError):
    """A scenario did not go as it should; the text is what `vipps-sandbox play` tells of it."""

    def __init__(self, failed: Play) -> None:
        self.coloured = "\n".join(told(failed))
        super().__init__(click.unstyle(self.coloured))


class _OneUnit(Stage):
    """A stage on which everything is played in one sales unit, which is there already."""

    def __init__(self, wire: Wire, transport: httpx.BaseTransport | None, msn: str) -> None:
        super().__init__(wire.base_url, transport)
        self._msn = msn

    def unit(self, settings: Mapping[str, Any] | None = None, purpose: str | None = None) -> StageUnit:
        if settings:
            self.ask("PATCH", f"/sandbox/units/{self._msn}/settings", dict(settings))
        return StageUnit(self, self._msn)


def play_in(wire: Wire, transport: httpx.BaseTransport | None, msn: str, scenario: LoadedScenario) -> Play:
    """Play a scenario in a sales unit.

    Raises:
        ScenarioFailed: it did not go as it should.
    """
    with _OneUnit(wire, transport, msn) as stage:
        result = play(scenario, stage)
    if not result.passed:
        raise ScenarioFailed(result)
    return result
