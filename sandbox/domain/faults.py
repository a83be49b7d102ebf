"""Faults: what goes wrong with a call on its way, because a tester asked for it.

A fault waits for calls that match it, and happens to the next so many. It is about the network and the servers in
between, never about what the payment allows: a call that gets through is decided as always.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sandbox.domain.commands import ArmFault, Awaited, CustomerAction, RemoveFault
from sandbox.domain.errors import FaultUnknown
from sandbox.domain.facts import (
    CardDeclined,
    ConsentGiven,
    Fact,
    FaultArmed,
    FaultFired,
    FaultRemoved,
    PaymentAborted,
    PaymentAuthorized,
    PaymentOpened,
    PaymentPostponed,
    PaymentProcessing,
    WebhookAttempted,
)
from sandbox.domain.state import ArmedFault, UnitState
from sandbox.domain.values import value

__all__ = ["Circumstance", "arm", "fault_for", "fire", "is_awaited_fact", "never_fired", "remove"]


@value
class Circumstance:
    """A call as far as faults look at it."""

    operation: str
    reference: str | None
    phone_number: str | None


def arm(state: UnitState, command: ArmFault, at: datetime) -> list[FaultArmed]:
    """Decide that something goes wrong from now on."""
    return [FaultArmed(at=at, fault_id=f"fault-{state.faults_armed + 1}", command=command)]


def remove(state: UnitState, command: RemoveFault, at: datetime) -> list[FaultRemoved]:
    """Decide that it goes wrong no more.

    Raises:
        FaultUnknown: there is no such fault, or none any more.
    """
    if command.fault_id not in state.faults:
        raise FaultUnknown(command.fault_id, state.msn)
    return [FaultRemoved(at=at, fault_id=command.fault_id)]


def fault_for(state: UnitState, call: Circumstance) -> ArmedFault | None:
    """Return what goes wrong with a call: the oldest fault that matches it and is not spent."""
    return next((fault for fault in state.faults.values() if not fault.is_spent and _matches(fault, call)), None)


def fire(state: UnitState, met: tuple[ArmedFault, Circumstance], at: datetime) -> list[FaultFired]:
    """Decide that a fault happens to a call."""
    fault, call = met
    return [FaultFired(at=at, fault_id=fault.id, operation=call.operation, reference=call.reference)]


def never_fired(state: UnitState) -> list[ArmedFault]:
    """Return the faults that no call ever met: whoever armed them waited for something that has not happened."""
    return [fault for fault in state.faults.values() if not fault.fired]


_FACTS: Final[Mapping[CustomerAction, tuple[type[Fact], ...]]] = {
    CustomerAction.OPEN: (PaymentOpened,),
    CustomerAction.SHARE: (ConsentGiven,),
    CustomerAction.REFUSE: (PaymentAborted,),
    CustomerAction.APPROVE: (PaymentAuthorized, PaymentProcessing, CardDeclined),
    CustomerAction.REJECT: (PaymentAborted,),
    CustomerAction.PAY_LATER: (PaymentPostponed,),
    CustomerAction.DECLINE_CARD: (CardDeclined,),
}


def is_awaited_fact(awaited: Awaited, reference: str | None, fact: Fact) -> bool:
    """Tell whether a held call has waited for *fact*; *reference* is that of the payment it is about."""
    wanted = awaited.reference or reference
    if wanted is not None and getattr(fact, "reference", None) != wanted:
        return False
    if awaited.customer is not None:
        return isinstance(fact, _FACTS[awaited.customer])
    return isinstance(fact, WebhookAttempted) and fact.succeeded and fact.event is awaited.webhook


def _matches(fault: ArmedFault, call: Circumstance) -> bool:
    armed = fault.armed
    return (
        armed.operation in {None, call.operation}
        and armed.reference in {None, call.reference}
        and armed.phone_number in {None, call.phone_number}
    )
