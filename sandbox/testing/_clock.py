"""A sales unit's clock: what falls due on the way happens before a call returns."""

from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from sandbox.control.shapes import HappenedView
from sandbox.testing._wire import Wire

__all__ = ["Clock", "duration"]

_DURATION: Final = TypeAdapter(timedelta)


def duration(span: timedelta) -> str:
    """Return a span in ISO 8601."""
    text: str = _DURATION.dump_python(span, mode="json")
    return text


class Clock:
    """The clock of one sales unit: real time, until it is moved or stopped.

    What moves it returns what has happened by itself on the way, in order: webhooks are really told, and personas
    really act, before it returns.

    Raises (all methods):
        Refused: that cannot be, as moving back by `advance`; the sentence tells why.
    """

    def __init__(self, wire: Wire, path: str) -> None:
        self._wire = wire
        self._path = f"{path}/clock"

    def now(self) -> datetime:
        return datetime.fromisoformat(self._wire.ask("GET", self._path)["now"])

    def advance(
        self,
        by: timedelta = timedelta(0),
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> list[HappenedView]:
        """Move the clock forward, by all that is given together."""
        span = by + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self._moved("POST", "/advance", {"by": duration(span)})

    def advance_to(self, instant: datetime) -> list[HappenedView]:
        """Move the clock forward to an instant, which must be aware."""
        return self._moved("POST", "/advance", {"to": instant.isoformat()})

    def advance_to_next_due(self) -> list[HappenedView]:
        """Move the clock forward to when something happens by itself next, and let it; nothing if nothing waits."""
        return self._moved("POST", "/advance", {"to": "next due"})

    def set(self, now: datetime, *, frozen: bool | None = None) -> list[HappenedView]:
        """Set the clock to an instant, which must be aware, forward or back; None leaves it going, or standing."""
        return self._moved("PUT", "", {"now": now.isoformat()} | ({} if frozen is None else {"frozen": frozen}))

    def freeze(self, at: datetime | None = None) -> list[HappenedView]:
        """Have the clock stand still, where it is or at an instant."""
        return self._moved("PUT", "", {"frozen": True} | ({} if at is None else {"now": at.isoformat()}))

    def resume(self) -> list[HappenedView]:
        """Have the clock go on from where it stands."""
        return self._moved("PUT", "", {"frozen": False})

    def _moved(self, method: str, rest: str, body: dict[str, Any]) -> list[HappenedView]:
        happened: list[HappenedView] = self._wire.ask(method, self._path + rest, body)["happened"]
        return happened
