"""The language of scenarios: one key `actor.action` per step, and a story around them."""

from sandbox.playback.language.base import Answer, Step
from sandbox.playback.language.scenario import STEPS, Given, Person, Repeat, Scenario

__all__ = ["STEPS", "Answer", "Given", "Person", "Repeat", "Scenario", "Step"]
