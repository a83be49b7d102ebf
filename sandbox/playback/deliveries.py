"""What an application was told by webhooks, as the sandbox has kept it: the application's receiver is its own."""

import json
from time import monotonic
from typing import Any

from sandbox.playback.receiver import Webhook
from sandbox.playback.stage import StageUnit

__all__ = ["Deliveries"]


class Deliveries:
    """The webhooks of a sales unit from now on, as a receiver would tell of them.

    Args:
        names: What the story calls registrations, and their ids; looked at whenever it is needed.
    """

    def __init__(self, unit: StageUnit, names: dict[str, str]) -> None:
        self._unit = unit
        self._names = names
        self._before = len(unit.deliveries(0))

    def webhooks(self) -> list[Webhook]:
        """Return every try so far, the refused ones as well, in the order in which they were answered."""
        called = {registration: name for name, registration in self._names.items()}
        tries = [
            (attempt["sentAt"], delivery, attempt)
            for delivery in self._unit.deliveries(self._before)
            for attempt in delivery["attempts"]
        ]
        return [
            _webhook(called.get(delivery["webhook"], delivery["webhook"]), attempt)
            for _, delivery, attempt in sorted(tries, key=lambda one: one[0])
        ]

    def await_taken(self, count: int, seconds: float) -> None:
        """Wait until so many have been taken, but not longer than so many seconds."""
        until = monotonic() + seconds
        seen = 0
        while sum(one.is_taken for one in self.webhooks()) < count and (left := until - monotonic()) > 0:
            for fact in self._unit.facts(seen, wait=left):
                seen = fact["number"]


def _webhook(registration: str, attempt: dict[str, Any]) -> Webhook:
    status = attempt["status"]
    return Webhook(
        registration, json.loads(attempt["body"]), not attempt["wrongSignature"], 599 if status is None else status
    )
