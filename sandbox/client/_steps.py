"""What a piece of client logic may ask of the driver that runs it.

The logic is written once, as generators that do no I/O: each yields a step, and the driver (blocking or
asynchronous, see `_client`) performs it and sends its outcome back in.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

import httpx

__all__ = ["HandOver", "Send", "Step", "Steps", "Wait"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send *request*; the outcome is an `httpx.Response`, wholly read, or a `TransportFailed`."""

    request: httpx.Request


@dataclass(frozen=True, slots=True)
class Wait:
    duration: timedelta


@dataclass(frozen=True, slots=True)
class HandOver:
    """Call the merchant's own *function* with *value*; an asynchronous driver awaits what it returns."""

    function: Callable[[str], object]
    value: str


Step: TypeAlias = Send | Wait | HandOver
Steps: TypeAlias = Generator[Step, Any, T]
