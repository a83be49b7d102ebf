"""What will happen by itself: the due times that follow from a unit's facts, and what each does when it comes.

A due time is a promise to look again. What has become of the payment meanwhile decides whether anything happens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sandbox.domain import facts
from sandbox.domain.approval import authorized
from sandbox.domain.commands import UserFlow
from sandbox.domain.customers import Persona
from sandbox.domain.facts import Fact, PaymentCancelled, PaymentExpired, PaymentFact
from sandbox.domain.payments import PaymentState
from sandbox.domain.state import UnitState

__all__ = ["Due", "DueKind", "due_after", "fall_due", "is_awaited"]

_SLOW_TAKES: Final = timedelta(minutes=5)
_LATER_IS: Final = timedelta(days=1)


class DueKind(StrEnum):
    EXPIRY = "expiry"
    PROCESSED = "processed"  # the outcome of an approval is known
    PERSONA = "persona"  # the customer does something
    CAPTURE_DEADLINE = "capture deadline"  # what is reserved and not captured goes back to the customer


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    kind: DueKind
    reference: str
    place: int  # how many facts the payment had when this was promised


def due_after(state: UnitState, fact: Fact) -> Iterator[Due]:
    """Give the due times that *fact*, the newest in *state*, brings with it."""
    if not isinstance(fact, PaymentFact):
        return
    reference, place = fact.reference, len(state.payments[fact.reference].facts)
    match fact:
        case facts.PaymentCreated(deadline=deadline):
            yield Due(deadline, DueKind.EXPIRY, reference, place)
            wait = _persona_follows_link(state, fact)
            if wait is not None:
                yield Due(fact.at + wait, DueKind.PERSONA, reference, place)
        case facts.PaymentAuthorized():
            yield Due(fact.capture_by, DueKind.CAPTURE_DEADLINE, reference, place)
        case facts.PaymentProcessing(until=until):
            yield Due(until, DueKind.PROCESSED, reference, place)
        case facts.PushSent() | facts.CardDeclined() | facts.PaymentPostponed():
            wait = _persona_waits(state, fact)
            if wait is not None:
                yield Due(fact.at + wait, DueKind.PERSONA, reference, place)
        case _:
            return


def is_awaited(state: UnitState, due: Due) -> bool:
    """Tell whether a persona still has to act; not once anybody has done anything about the payment since."""
    payment = state.payments[due.reference]
    return payment.state is PaymentState.CREATED and len(payment.facts) == due.place


def fall_due(state: UnitState, due: Due, at: datetime) -> list[PaymentFact]:
    """Decide what an expiry, the end of processing or a deadline does; nothing if the payment has moved on."""
    payment = state.payments[due.reference]
    if due.kind is DueKind.CAPTURE_DEADLINE:
        rest = payment.amount_of(payment.capturable)
        return [PaymentCancelled(at=at, reference=payment.reference, amount=rest)] if rest.value else []
    if payment.state is not PaymentState.CREATED:
        return []
    if due.kind is DueKind.PROCESSED and payment.phone_number is not None:
        return [authorized(state, payment, payment.phone_number, at)]
    if due.kind is DueKind.EXPIRY and payment.processing_until is None:
        return [PaymentExpired(at=at, reference=payment.reference)]
    return []


def _persona_follows_link(state: UnitState, fact: facts.PaymentCreated) -> timedelta | None:
    """Return how long after a creation its customer follows the link and pays; None for never.

    A push wakes its customer by itself. A link is followed by whom the payment was created for.
    """
    command = fact.command
    if command.phone_number is None or command.user_flow is UserFlow.PUSH_MESSAGE:
        return None
    return _answers_after(state.persona(command.phone_number))


def _answers_after(persona: Persona) -> timedelta | None:
    if not persona.answers:
        return None
    return _SLOW_TAKES if persona is Persona.SLOW else timedelta(0)


def _persona_waits(
    state: UnitState, fact: facts.PushSent | facts.CardDeclined | facts.PaymentPostponed
) -> timedelta | None:
    """Return how long after *fact* its customer does the next thing; None for never."""
    persona = state.persona(fact.phone_number)
    match fact:
        case facts.PushSent():
            return _answers_after(persona)
        case facts.CardDeclined():
            tries_again = persona is Persona.CARD_DECLINED_ONCE and _is_first_decline(state, fact)
            return timedelta(0) if tries_again else None
        case facts.PaymentPostponed():
            return _LATER_IS if persona is Persona.PAYS_LATER else None


def _is_first_decline(state: UnitState, fact: facts.CardDeclined) -> bool:
    """Whoever tried again and was declined again, by a special amount say, gives up."""
    declines = (known for known in state.payments[fact.reference].facts if isinstance(known, facts.CardDeclined))
    return next(known for known in declines if known.phone_number == fact.phone_number) is fact
