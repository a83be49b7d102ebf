"""What an Idempotency-Key remembers: the outcome of the operation that came with it first.

Keys count per operation: those of creates per sales unit, those of captures and refunds per payment. Cancel has
none. Successes are remembered, and refusals of what was asked; a lock, a lack of funds, a right not granted or a
customer not found is not, for it may be retried with the same key. How long keys live is not documented; here, as
long as the unit.
Source: ePayment guide, "Idempotency"; behaviour of Vipps's own production plugins.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from sandbox.domain.commands import Capture, CreatePayment, Refund
from sandbox.domain.errors import (
    CaptureKeyReused,
    CreateKeyReused,
    KeyReused,
    RefundKeyReused,
    Refusal,
    RememberedAnswer,
)
from sandbox.domain.facts import (
    KeyedOperationRefused,
    PaymentCaptured,
    PaymentCreated,
    PaymentFact,
    PaymentRefunded,
)
from sandbox.domain.state import KeyedCommand, UnitState, operation_key

__all__ = ["earlier_outcome", "remembered_refusal"]

_KEY_REUSED: Final[Mapping[type[KeyedCommand], type[KeyReused]]] = {
    CreatePayment: CreateKeyReused,
    Capture: CaptureKeyReused,
    Refund: RefundKeyReused,
}


def earlier_outcome(state: UnitState, command: object) -> PaymentFact | None:
    """Return what the command's key did before; None if it is new, or if there is none.

    Raises:
        KeyReused: the key came before with other content.
        Refusal: what the key was answered before.
    """
    if not isinstance(command, KeyedCommand) or command.idempotency_key is None:
        return None
    refused = state.refused_keys.get(operation_key(command)) if state.refused_keys else None
    if refused is not None:
        if refused.content != _digest(command):
            raise _KEY_REUSED[type(command)](command.idempotency_key)
        # A copy: what is raised gathers tracebacks, and the journal must not keep them.
        raise replace(refused.refusal) from RememberedAnswer(command.idempotency_key, refused.at)
    done = _done_with_key(state, command)
    if done is not None and _content(done.command) != _content(command):
        raise _KEY_REUSED[type(command)](command.idempotency_key)
    return done


def remembered_refusal(
    state: UnitState, command: object, refusal: Refusal, at: datetime
) -> list[KeyedOperationRefused]:
    """Decide whether the command's key keeps the refusal as its answer."""
    if (
        not isinstance(command, KeyedCommand)
        or command.idempotency_key is None
        or not refusal.sticky
        or not state.settings.sticky_refusals
        or operation_key(command) in state.refused_keys
    ):
        return []
    # Of what was refused only a digest is kept: it may be large, and nothing else is left of it.
    key, content = operation_key(command), _digest(command)
    return [KeyedOperationRefused(at=at, key=key, content=content, refusal=replace(refusal))]


def _digest(command: KeyedCommand) -> str:
    return sha256(repr(_content(command)).encode()).hexdigest()


def _content(command: KeyedCommand) -> KeyedCommand:
    """Return the command with its metadata in one order, for that of a JSON object's keys says nothing."""
    if not isinstance(command, CreatePayment) or command.metadata is None:
        return command
    return replace(command, metadata=tuple(sorted(command.metadata)))


def _done_with_key(
    state: UnitState, command: KeyedCommand
) -> PaymentCreated | PaymentCaptured | PaymentRefunded | None:
    if isinstance(command, CreatePayment):
        reference = state.create_keys.get(command.idempotency_key or "")
        return None if reference is None else state.payments[reference].created
    kind = PaymentCaptured if isinstance(command, Capture) else PaymentRefunded
    payment = state.payments.get(command.reference)
    for fact in payment.facts if payment is not None else ():
        if isinstance(fact, kind) and fact.command.idempotency_key == command.idempotency_key:
            return fact
    return None
