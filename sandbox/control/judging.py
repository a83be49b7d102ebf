"""What the sandbox's own API takes, asked beforehand: by those who read a scenario before it is played.

Each function returns what is wrong, in the words in which the API would refuse it, or None.
"""

from typing import Any

from pydantic_core import to_json

from sandbox.control import models
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.sales_units import changed_settings
from sandbox.domain.sales_unit import UnitSettings

__all__ = ["person", "setting"]


def setting(name: str, value: Any) -> str | None:
    """Judge a setting of a sales unit, by its name in camelCase."""
    try:
        changed_settings(UnitSettings(), {name: value})
    except Problem as problem:
        return str(problem)
    return None


def person(name: str, value: Any) -> str | None:
    """Judge what is told of a person, by its name in camelCase."""
    try:
        understood(models.CustomerChange, to_json({"person": {name: value}}))
    except Problem as problem:
        return str(problem)
    return None
