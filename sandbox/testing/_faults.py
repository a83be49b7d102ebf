"""What is to go wrong with the merchant's calls."""

from datetime import timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from sandbox.control.shapes import FaultView
from sandbox.testing._clock import duration
from sandbox.testing._wire import Wire

__all__ = ["Fault", "Faults", "Times", "Until"]

Times: TypeAlias = int | Literal["always"]


class Until(NamedTuple):
    """What a held call waits for: one of a call (the id of its operation), a customer's action, a webhook's event.

    With *removed*, it waits until the fault is removed.
    """

    operation: str | None = None
    customer: str | None = None
    webhook: str | None = None
    reference: str | None = None  # of the payment; without one, that of the held call
    removed: Literal[True] | None = None


class Fault:
    """A fault that is armed."""

    def __init__(self, wire: Wire, path: str, fault_id: str) -> None:
        self.id = fault_id
        self._wire = wire
        self._path = path

    def fired(self) -> int:
        """Return how often it has happened."""
        faults: list[FaultView] = self._wire.ask("GET", self._path)["faults"]
        return next((fault["fired"] for fault in faults if fault["id"] == self.id), 0)

    def remove(self) -> None:
        """Let it happen no more."""
        self._wire.ask("DELETE", f"{self._path}/{self.id}")


class Faults:
    """Arms faults in one sales unit.

    Each method takes with which calls it happens (*operation* is an id such as `capturePayment`, *customer* a phone
    number; what is left out is any), and how many *times*.

    Raises (all methods):
        Refused: there is no such fault or operation; the sentence tells which there are.
    """

    def __init__(self, wire: Wire, path: str) -> None:
        self._wire = wire
        self._path = f"{path}/faults"

    def __call__(self) -> list[FaultView]:
        """Return what is armed, and how often each has happened."""
        faults: list[FaultView] = self._wire.ask("GET", self._path)["faults"]
        return faults

    def answer(
        self,
        status: Literal[401, 423, 429, 500, 502, 503],
        *,
        operation: str | None = None,
        reference: str | None = None,
        customer: str | None = None,
        times: Times = 1,
    ) -> Fault:
        """Answer calls with an error, and do not process them."""
        return self._armed({"answer": status}, operation, reference, customer, times)

    def delay(
        self,
        by: timedelta,
        *,
        operation: str | None = None,
        reference: str | None = None,
        customer: str | None = None,
        times: Times = 1,
    ) -> Fault:
        """Let calls wait before they are processed, in real time."""
        return self._armed({"delay": duration(by)}, operation, reference, customer, times)

    def drop(
        self,
        when: Literal["before", "after"] = "before",
        *,
        operation: str | None = None,
        reference: str | None = None,
        customer: str | None = None,
        times: Times = 1,
    ) -> Fault:
        """Drop the connection of calls, before or after they are processed."""
        return self._armed({"drop": when}, operation, reference, customer, times)

    def garble(
        self,
        *,
        operation: str | None = None,
        reference: str | None = None,
        customer: str | None = None,
        times: Times = 1,
    ) -> Fault:
        """Process calls, and break their answers in the middle."""
        return self._armed({"garbage": True}, operation, reference, customer, times)

    def slow(
        self,
        over: timedelta,
        *,
        operation: str | None = None,
        reference: str | None = None,
        customer: str | None = None,
        times: Times = 1,
    ) -> Fault:
        """Process calls, and let their answers take so long to come, in real time."""
        return self._armed({"slow": duration(over)}, operation, reference, customer, times)

    def hold(
        self,
        until: Until,
        *,
        first: Literal["held", "other"] = "held",
        patience: timedelta = timedelta(seconds=10),
        operation: str | None = None,
        reference: str | None = None,
        customer: str | None = None,
        times: Times = 1,
    ) -> Fault:
        """Hold the answer of calls until something else has happened: a race, decided.

        Args:
            first: Which of the two is processed first.
            patience: How long to wait for it, in real time.
        """
        awaited = {name: value for name, value in until._asdict().items() if value is not None}
        held = {"until": awaited, "first": first, "patience": duration(patience)}
        return self._armed({"hold": held}, operation, reference, customer, times)

    def _armed(
        self, then: dict[str, Any], operation: str | None, reference: str | None, customer: str | None, times: Times
    ) -> Fault:
        asked = {"operation": operation, "reference": reference, "customer": customer}
        match = {name: value for name, value in asked.items() if value is not None}
        armed = self._wire.ask("POST", self._path, {"match": match, "times": times, "then": then})
        return Fault(self._wire, self._path, armed["id"])
