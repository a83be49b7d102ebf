"""What an app did in a sales unit, as the checklist looks at it: its calls among the facts, in order.

*Places* order calls and facts: that of a fact is its number, that of a call the number of the last fact before it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import Any, Final, TypeVar, cast

from pydantic_core import from_json

from sandbox.api.gateway import Exchange
from sandbox.domain.commands import Effect
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import EventName
from sandbox.domain.facts import (
    ClockSet,
    Fact,
    FaultArmed,
    PaymentCancelled,
    PaymentFact,
    PaymentTerminated,
    UnitRestored,
    WebhookAttempted,
    WebhookRegistered,
)
from sandbox.domain.payments import Payment
from sandbox.domain.state import UnitState

__all__ = ["CHANGES", "OF_RECEIVERS", "OF_TESTS", "READS", "Call", "Story"]

F = TypeVar("F", bound=Fact)

CHANGES: Final = ("createPayment", "capturePayment", "refundPayment")  # that must have an Idempotency-Key
READS: Final = ("getPayment", "getPaymentEventLog")
_FAULT_NOTE: Final = re.compile(r"(fault-\d+) happened to this call: ")  # as the gateway notes it
# Vipps-System-Names of calls that no app made: a test's own, and those that register where a test itself receives.
OF_TESTS: Final = "vipps-sandbox-testing"
OF_RECEIVERS: Final = "vipps-sandbox-receiver"
_TRY_IT: Final = re.compile(r"try-it-\d{4,}")  # payments of the dashboard's *Try it*, which no app made


@dataclass(frozen=True)
class Call:
    """One of the app's calls."""

    exchange: Exchange
    place: int

    @property
    def operation(self) -> str:
        return self.exchange.operation or ""

    @property
    def status(self) -> int:
        """What it was answered with; 0 if the connection was dropped."""
        return self.exchange.status

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_in_doubt(self) -> bool:
        """Whether its answer was lost or is an error of the server's, so that nobody knows what came of it."""
        return self.status == 0 or self.status >= 500

    @property
    def made_by(self) -> str | None:
        """The Vipps-System-Name that it was sent with."""
        return self.header("vipps-system-name")

    @property
    def key(self) -> str | None:
        return self.header("idempotency-key")

    @cached_property
    def reference(self) -> str | None:
        """The payment that it is about."""
        if self.operation == "createPayment":
            reference = self.body.get("reference")
            return reference if isinstance(reference, str) else None
        parts = self.exchange.path.split("/")
        place = parts.index("payments") + 1 if "payments" in parts else len(parts)
        return parts[place] if place < len(parts) else None

    @cached_property
    def body(self) -> dict[str, Any]:
        return _members(self.exchange.request_body)

    @property
    def value(self) -> int:
        """What is to be captured or refunded, in minor units; 0 where it does not say."""
        amount = self.body.get("modificationAmount")
        value = amount.get("value") if isinstance(amount, dict) else None
        return value if isinstance(value, int) else 0

    @cached_property
    def code(self) -> str | None:
        """The error code that it was answered with."""
        return self.exchange.refusal_code

    @cached_property
    def _headers(self) -> Mapping[str, str]:
        return dict(self.exchange.request_headers)

    def header(self, name: str) -> str | None:
        return self._headers.get(name)

    @property
    def asked_for(self) -> tuple[object, ...]:
        """What it asked for: the same for two calls that differ in their keys only."""
        content = repr(sorted(self.body.items())) if self.body else self.exchange.request_body
        return self.exchange.method, self.exchange.path, content


@dataclass(frozen=True)
class Story:
    """All that is known of an app.

    Args:
        state: Of the sales unit.
        facts: All of them, oldest first.
        calls: Those that the request log still has, oldest first.
        now: What the unit's clock shows.
        forgotten: How many calls the request log has forgotten.
        is_of_test: Whether the sales unit was made for a test, which may have replaced the app's `sleep` by nothing.
        receivers: Registrations of webhooks that a test itself receives: what they answer is not the app's doing.
    """

    state: UnitState
    facts: tuple[Fact, ...]
    calls: tuple[Call, ...]
    now: datetime
    forgotten: int = 0
    is_of_test: bool = False
    receivers: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        state: UnitState,
        facts: Iterable[Fact],
        exchanges: Iterable[Exchange],
        *,
        now: datetime,
        forgotten: int = 0,
        is_of_test: bool = False,
    ) -> "Story":
        calls = [Call(exchange, max(0, exchange.facts.start - 1)) for exchange in exchanges]
        known = tuple(facts)
        brought = (
            known[number - 1] for call in calls if call.made_by == OF_RECEIVERS for number in call.exchange.facts
        )
        receivers = frozenset(fact.registration_id for fact in brought if isinstance(fact, WebhookRegistered))
        own = tuple(
            call for call in calls if call.made_by not in {OF_TESTS, OF_RECEIVERS} and not _is_try_it(call.reference)
        )
        return cls(state, known, own, now, forgotten, is_of_test, receivers)

    # --- What is known ----------------------------------------------------------------------------------

    @cached_property
    def known_from(self) -> int:
        """The place since which all calls are known: what was left undone before it, nobody can tell."""
        restored = max((self.place_of(fact) for fact in self.of_kind(UnitRestored)), default=0)
        if not self.forgotten:
            return restored
        return max(restored, self.calls[0].place if self.calls else len(self.facts))

    @property
    def note(self) -> str | None:
        """What the list cannot tell, for its readers."""
        if self.forgotten:
            return (
                f"The request log has forgotten {self.forgotten} older calls of this sales unit: what only they "
                "showed is not seen here, and nothing is held against what went before."
            )
        if any(self.of_kind(UnitRestored)):
            return "This sales unit was restored from a snapshot: the calls from before that are not known."
        return None

    @cached_property
    def payments(self) -> Sequence[Payment]:
        return [payment for payment in self.state.payments.values() if not _is_try_it(payment.reference)]

    @cached_property
    def fully_known(self) -> Sequence[Payment]:
        """The payments all of whose calls are known."""
        return [payment for payment in self.payments if self.place_of(payment.created) > self.known_from]

    # --- Calls ------------------------------------------------------------------------------------------

    def made(self, *operations: str) -> list[Call]:
        """Return the calls of some operations that were answered with success."""
        return [call for call in self.calls if call.operation in operations and call.succeeded]

    def about(self, reference: str, *operations: str) -> list[Call]:
        """Return the calls of some operations about one payment, however they were answered."""
        return [call for call in self._by_reference.get(reference, ()) if call.operation in operations]

    def call_of(self, fact: Fact) -> Call | None:
        """Return the call that brought a fact."""
        return self._bringers.get(self.place_of(fact))

    def fault_of(self, call: Call) -> Effect | None:
        """Return what went wrong with a call because a tester asked for it."""
        for note in call.exchange.notes:
            if (met := _FAULT_NOTE.match(note)) is not None:
                return self._effects.get(met[1])
        return None

    # --- Facts ------------------------------------------------------------------------------------------

    def of_kind(self, kind: type[F]) -> Sequence[F]:
        """Return the facts of a kind, without those about payments and receivers that are not the app's."""
        return cast("Sequence[F]", self._by_kind.get(kind, ()))

    def place_of(self, fact: Fact) -> int:
        return self._places[id(fact)]

    def attempts(self, reference: str) -> Sequence[WebhookAttempted]:
        """Return the tries to deliver webhooks about one payment, oldest first."""
        return self._attempts.get(reference, ())

    def asked_after(self, payment: Payment, fact: Fact) -> list[Call]:
        """Return the reads of a payment that were answered once a fact had happened to it."""
        place = self.place_of(fact)
        return [call for call in self.about(payment.reference, *READS) if call.succeeded and call.place >= place]

    def was_told(self, payment: Payment, event: EventName, *, before: int | None = None) -> bool:
        """Tell whether the app took a genuine webhook of an event, *before* a place if one is given."""
        return any(
            attempt.succeeded and not attempt.wrong_signature and attempt.event is event
            for attempt in self.attempts(payment.reference)
            if before is None or self.place_of(attempt) < before
        )

    def was_learnt(self, payment: Payment, fact: PaymentFact) -> bool:
        """Tell whether the app knows of a fact: it asked later, took a webhook, or brought it about itself."""
        brought = self.call_of(fact)
        if brought is not None and brought.succeeded:
            return True
        if isinstance(fact, PaymentTerminated) and any(
            call.succeeded for call in self.about(payment.reference, "cancelPayment")
        ):
            return True  # a lost answer was asked for again
        return bool(self.asked_after(payment, fact)) or self.was_told(payment, EVENT_NAMES[type(fact)])

    @staticmethod
    def lapse_of(payment: Payment) -> PaymentCancelled | None:
        """Return that the capture deadline took what was still reserved, rather than the app."""
        for fact in payment.facts:
            if (
                isinstance(fact, PaymentCancelled)
                and payment.capture_by is not None
                and fact.at >= payment.capture_by
            ):
                return fact
        return None

    # --- Time -------------------------------------------------------------------------------------------

    def passed_by_itself_since(self, fact: Fact) -> timedelta:
        """Return how long the clock has run since a fact without being moved: a jump gives nobody time to act."""
        if self.state.clock.frozen:
            return timedelta(0)
        place = self.place_of(fact)
        return self.now - max((fact.at, *(moved.at for number, moved in self._clock_moves if number > place)))

    def between(self, earlier: Call, later: Call) -> timedelta | None:
        """Return the time between two calls; None if the clock stood still or was moved between them."""
        setting = bisect_right(self._clock_moves, earlier.place, key=itemgetter(0))
        if setting != bisect_right(self._clock_moves, later.place, key=itemgetter(0)) or (
            setting and self._clock_moves[setting - 1][1].frozen
        ):
            return None
        return later.exchange.at - earlier.exchange.at

    # --- Tables -----------------------------------------------------------------------------------------

    @cached_property
    def _by_kind(self) -> dict[type[Fact], list[Fact]]:
        found: dict[type[Fact], list[Fact]] = {}
        for fact in self.facts:
            is_received = getattr(fact, "registration_id", None) in self.receivers
            if not is_received and not _is_try_it(getattr(fact, "reference", None)):
                found.setdefault(type(fact), []).append(fact)
        return found

    @cached_property
    def _clock_moves(self) -> list[tuple[int, ClockSet | UnitRestored]]:
        moves = (fact for fact in self.facts if isinstance(fact, ClockSet | UnitRestored))
        return [(self.place_of(fact), fact) for fact in moves]

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

    @cached_property
    def _bringers(self) -> dict[int, Call]:
        return {number: call for call in self.calls for number in call.exchange.facts}

    @cached_property
    def _effects(self) -> dict[str, Effect]:
        return {fact.fault_id: fact.command.effect for fact in self.facts if isinstance(fact, FaultArmed)}

    @cached_property
    def _attempts(self) -> dict[str, list[WebhookAttempted]]:
        found: dict[str, list[WebhookAttempted]] = {}
        for attempt in self.of_kind(WebhookAttempted):
            found.setdefault(attempt.reference, []).append(attempt)
        return found


def _is_try_it(reference: str | None) -> bool:
    return reference is not None and _TRY_IT.fullmatch(reference) is not None


def _members(body: bytes) -> dict[str, Any]:
    try:
        content = from_json(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
