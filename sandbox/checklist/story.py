"""What an app did in a sales unit, as the checklist looks at it: its calls among the facts, in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic_core import from_json

from sandbox.api.gateway import Exchange
from sandbox.domain.facts import Fact, WebhookAttempted
from sandbox.domain.payments import Payment
from sandbox.domain.state import UnitState

__all__ = ["Call", "Story"]


@dataclass(frozen=True, slots=True)
class Call:
    """One of the app's calls; *place* is the number of the last fact before it."""

    exchange: Exchange
    place: int

    @property
    def operation(self) -> str:
        return self.exchange.operation or ""

    @property
    def status(self) -> int:
        return self.exchange.status

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def reference(self) -> str | None:
        """The payment that it is about."""
        if self.operation == "createPayment":
            reference = _members(self.exchange.request_body).get("reference")
            return None if reference is None else str(reference)
        parts = self.exchange.path.split("/")
        place = parts.index("payments") + 1 if "payments" in parts else len(parts)
        return parts[place] if place < len(parts) else None

    @property
    def code(self) -> str | None:
        """The error code that it was answered with."""
        details = _members(self.exchange.response_body).get("extraDetails")
        for detail in details if isinstance(details, list) else ():
            if isinstance(detail, dict) and detail.get("name") == "ErrorCode":
                return str(detail.get("reason"))
        return None

    def header(self, name: str) -> str | None:
        return next((value for known, value in self.exchange.request_headers if known == name), None)

    def is_same_as(self, other: "Call") -> bool:
        """Tell whether two calls ask for the same, whatever their keys."""
        ours, theirs = self.exchange, other.exchange
        return (ours.method, ours.path, ours.request_body) == (theirs.method, theirs.path, theirs.request_body)


@dataclass(frozen=True)
class Story:
    """All that is known: the state, the facts, and the calls that the request log still has, oldest first."""

    state: UnitState
    facts: tuple[Fact, ...]
    calls: tuple[Call, ...]

    @classmethod
    def of(cls, state: UnitState, facts: Iterable[Fact], exchanges: Iterable[Exchange]) -> "Story":
        calls = (Call(exchange, max(0, exchange.facts.start - 1)) for exchange in exchanges)
        return cls(state, tuple(facts), tuple(call for call in calls if call.exchange.operation is not None))

    def made(self, *operations: str) -> list[Call]:
        """Return the calls of some operations that were answered with success."""
        return [call for call in self.calls if call.operation in operations and call.succeeded]

    def about(self, reference: str, *operations: str) -> list[Call]:
        """Return the calls of some operations about one payment, however they were answered."""
        return [call for call in self._by_reference.get(reference, ()) if call.operation in operations]

    def place_of(self, fact: Fact) -> int:
        """Return the number of a fact, which calls can be compared with."""
        return self._places[id(fact)]

    def was_followed_up(self, payment: Payment, fact: Fact) -> bool:
        """Tell whether the app learnt of a fact: by asking for the payment later, or by a webhook that it took."""
        place = self.place_of(fact)
        asked = self.about(payment.reference, "getPayment", "getPaymentEventLog")
        if any(call.succeeded and call.place >= place for call in asked):
            return True
        return any(
            attempt.succeeded and self.place_of(attempt) > place for attempt in self.attempts(payment.reference)
        )

    def attempts(self, reference: str | None = None) -> Iterator[WebhookAttempted]:
        """Give the tries to deliver webhooks, of one payment or all, oldest first."""
        for fact in self.facts:
            if isinstance(fact, WebhookAttempted) and reference in {None, fact.reference}:
                yield fact

    @cached_property
    def _places(self) -> dict[int, int]:
        return {id(fact): number for number, fact in enumerate(self.facts, 1)}

    @cached_property
    def _by_reference(self) -> dict[str, list[Call]]:
        found: dict[str, list[Call]] = {}
        for call in self.calls:
            if call.reference is not None:
                found.setdefault(call.reference, []).append(call)
        return found


def _members(body: bytes) -> dict[str, Any]:
    try:
        content = from_json(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
