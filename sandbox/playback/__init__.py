"""Scenarios: stories in YAML about a merchant, a customer and time, played against a sandbox over HTTP."""

from sandbox.playback.cast import Asked, Cast, Mine, Person
from sandbox.playback.loading import Judge, LoadedScenario, load
from sandbox.playback.player import play, play_all
from sandbox.playback.playing import Venue
from sandbox.playback.plays import Failure, Outcome, Performance, Play
from sandbox.playback.schema import scenario_schema
from sandbox.playback.sources import ScenarioInvalid, scenario_files
from sandbox.playback.stage import Stage, StageRefused, StageUnit
from sandbox.playback.venue import RealStage, RealUnit, real_stage

__all__ = [
    "Asked",
    "Cast",
    "Failure",
    "Judge",
    "LoadedScenario",
    "Mine",
    "Outcome",
    "Performance",
    "Person",
    "Play",
    "RealStage",
    "RealUnit",
    "ScenarioInvalid",
    "Stage",
    "StageRefused",
    "StageUnit",
    "Venue",
    "load",
    "play",
    "play_all",
    "real_stage",
    "scenario_files",
    "scenario_schema",
]
