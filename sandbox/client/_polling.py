"""Wait for a payment to end, asking at the pace that Vipps asks for.

Source: ePayment contract, "Polling guidance".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sandbox.client._errors import Locked, OutcomeNotKnown, RateLimited, ServerTrouble, TransportFailed, VippsError
from sandbox.client._models import Payment
from sandbox.client._payments import get_payment
from sandbox.client._session import Session
from sandbox.client._steps import Steps, Wait

__all__ = ["PATIENCE", "Pace", "await_outcome"]

# An ordinary payment lives ten minutes; a little longer, and its EXPIRED can be seen too.
PATIENCE: Final = timedelta(minutes=10, seconds=30)
PASSING: Final = (TransportFailed, ServerTrouble, RateLimited, Locked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When to ask: first *first_after*, then *every* so often."""

    first_after: timedelta = timedelta(seconds=5)
    every: timedelta = timedelta(seconds=2)


def await_outcome(
    vipps: Session,
    reference: str,
    *,
    timeout: timedelta = PATIENCE,
    until: datetime | None = None,
    pace: Pace = Pace(),
) -> Steps[Payment]:
    """Return the payment once it is AUTHORIZED, ABORTED, EXPIRED or TERMINATED.

    Trouble that may pass (no answer, 5xx, 429, 423) does not end the waiting: the payment goes on without us.
    The default *timeout* suits an ordinary payment. For a long-living one give a longer one, or *until* (used
    instead of *timeout*): its `expires_at` and a little more.

    Raises:
        OutcomeNotKnown: There was no final state by then. It may still be paid.
    """
    begun = vipps.now()
    patience = timeout if until is None else until - begun
    waited = spent = timedelta()
    pause = pace.first_after
    latest: Payment | None = None
    trouble: VippsError | None = None
    while latest is None or not latest.state.is_final:
        if waited and spent >= patience:
            raise OutcomeNotKnown(reference, latest) from trouble
        pause = max(min(pause, patience - spent), timedelta(microseconds=1))
        yield Wait(pause)
        waited += pause
        try:
            latest, trouble = (yield from get_payment(vipps, reference)), None
        except PASSING as passing:
            trouble = passing
        # By the clock, for the asking takes time too; by the waits, should the clock stand still.
        spent = max(waited, vipps.now() - begun)
        pause = pace.every
    return latest
