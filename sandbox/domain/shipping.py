"""Express: where and how goods are shipped, chosen by the customer in the app, and paid for together with them.

A merchant offers fixed options with the payment, or is asked for some once the customer's address is known.
Source: ePayment OpenAPI 1.8.1, `Shipping`; ePayment guide "Express".
"""

from datetime import datetime
from typing import Final

from sandbox.domain.commands import Shipping, ShippingGroup, ShippingOption
from sandbox.domain.errors import ShippingOptionUnknown
from sandbox.domain.facts import ShippingOffered, ShippingRefused
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.profile_sharing import missing_consent
from sandbox.domain.state import UnitState

__all__ = ["EXPRESS_SCOPES", "awaits_offer", "chosen", "offered", "offered_options", "refused"]

EXPRESS_SCOPES: Final = frozenset({"name", "address", "email", "phoneNumber"})


def awaits_offer(state: UnitState, payment: Payment, at: datetime) -> bool:
    """Tell whether the merchant has yet to say how it can ship to the customer, whose address is known by now."""
    shipping = payment.created.command.shipping
    if shipping is None or shipping.callback_url is None or payment.phone_number is None:
        return False
    if payment.state is not PaymentState.CREATED:
        return False
    return payment.shipping_offer is None and not missing_consent(state, payment, payment.phone_number, at)


def offered_options(payment: Payment) -> tuple[ShippingOption, ...]:
    """Return what the customer can choose from, in the order in which it is shown."""
    groups = _groups(payment)
    in_order = sorted(groups, key=lambda group: _place(group.priority))
    return tuple(
        option for group in in_order for option in sorted(group.options, key=lambda option: _place(option.priority))
    )


def chosen(payment: Payment, option_id: str | None) -> ShippingOption | None:
    """Return the option with that id, or the one that is chosen already when the screen comes up; None without any.

    Raises:
        ShippingOptionUnknown: the merchant offers no such option.
    """
    options = offered_options(payment)
    if option_id is not None:
        found = next((option for option in options if option.id == option_id), None)
        if found is None:
            raise ShippingOptionUnknown(payment.reference, option_id, tuple(option.id for option in options))
        return found
    groups = sorted(_groups(payment), key=lambda group: (not group.is_default, _place(group.priority)))
    first = groups[0].options if groups else ()
    by_default = sorted(first, key=lambda option: (not option.is_default, _place(option.priority)))
    return by_default[0] if by_default else (options[0] if options else None)


def offered(
    state: UnitState, offer: tuple[str, str, tuple[ShippingGroup, ...]], at: datetime
) -> list[ShippingOffered]:
    """Decide what the merchant's answer, groups of options for one phone's address, leads to."""
    reference, phone_number, groups = offer
    payment = state.payment(reference)
    if not awaits_offer(state, payment, at) or payment.phone_number != phone_number:
        return []
    return [ShippingOffered(at=at, reference=reference, phone_number=phone_number, groups=groups)]


def refused(state: UnitState, answer: tuple[str, str, str], at: datetime) -> list[ShippingRefused]:
    """Decide what it leads to that the merchant cannot ship to an address, or has not answered as it must."""
    reference, phone_number, because = answer
    payment = state.payment(reference)
    if not awaits_offer(state, payment, at) or payment.phone_number != phone_number:
        return []
    return [ShippingRefused(at=at, reference=reference, phone_number=phone_number, because=because)]


def _groups(payment: Payment) -> tuple[ShippingGroup, ...]:
    shipping: Shipping | None = payment.created.command.shipping
    if shipping is None:
        return ()
    return (payment.shipping_offer or ()) if shipping.callback_url is not None else shipping.groups


def _place(priority: int | None) -> tuple[bool, int]:
    """Order by priority, lower numbers first, and what has none last."""
    return priority is None, priority or 0
