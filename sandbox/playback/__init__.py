"""Scenarios: stories in YAML about a merchant, a customer and time, played against a sandbox over HTTP."""

from sandbox.playback.loading import ScenarioInvalid, load
from sandbox.playback.model import Scenario
from sandbox.playback.player import Failure, Performance, Play, play
from sandbox.playback.stage import Stage, StageRefused, StageUnit

__all__ = [
    "Failure",
    "Performance",
    "Play",
    "Scenario",
    "ScenarioInvalid",
    "Stage",
    "StageRefused",
    "StageUnit",
    "load",
    "play",
]
