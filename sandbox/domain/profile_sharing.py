"""Consent to profile sharing, and what a merchant may read because of it.

A customer consents to all that is asked or to nothing. What was consented to in the last seven days is not asked
again. From each approval on, the shared data can be read for 168 hours.
Source: user information guide; ePayment guide "Profile sharing".
"""

from datetime import datetime, timedelta
from typing import Final

from sandbox.domain.errors import UnknownSub, UserInfoWindowOver
from sandbox.domain.payments import Payment
from sandbox.domain.sales_unit import AfterWindow
from sandbox.domain.state import UnitState

__all__ = ["expired_scope", "missing_consent", "readable_scope"]

_CONSENT_LASTS: Final = timedelta(days=7)


def missing_consent(state: UnitState, payment: Payment, phone_number: str, at: datetime) -> tuple[str, ...]:
    """Return the scopes that the consent screen still has to ask this customer for."""
    if payment.consented_by == phone_number:
        return ()
    given = state.consents.get(phone_number, {})
    return tuple(word for word in payment.scope if word not in given or at - given[word] > _CONSENT_LASTS)


def readable_scope(state: UnitState, sub: str, at: datetime) -> tuple[str, tuple[str, ...]]:
    """Return whose data *sub* stands for, as a phone number, and which scopes of it may be read now.

    Raises:
        UnknownSub: nobody shared anything with this sales unit under that sub.
        UserInfoWindowOver: the 168 hours after the last approval are over, and the sales unit's setting is to refuse.
    """
    phone_number = state.subs.get(sub)
    if phone_number is None:
        raise UnknownSub(sub)
    ends = _ends(state, sub)
    readable = tuple(word for word, end in ends.items() if at < end)
    if not readable and state.settings.userinfo_after_window is AfterWindow.REFUSED:
        raise UserInfoWindowOver(sub, max(ends.values()))
    return phone_number, readable


def expired_scope(state: UnitState, sub: str, at: datetime) -> tuple[str, ...]:
    """Return which scopes are shown as expired: those whose time is over, where the sales unit's setting says so.

    Source: judgement; ePayment's `userDetails` show them so.
    """
    if state.settings.userinfo_after_window is AfterWindow.REFUSED:
        return ()
    return tuple(word for word, end in _ends(state, sub).items() if at >= end)


def _ends(state: UnitState, sub: str) -> dict[str, datetime]:
    """Return when each scope that was shared can be read no longer."""
    return {word: shared + state.settings.userinfo_window for word, shared in state.shared[sub].items()}
