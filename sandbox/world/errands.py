"""What a sales unit needs somebody for who goes outside: to tell merchants, and to ask them."""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sandbox.domain.commands import ShippingGroup
from sandbox.domain.facts import DeliveryAsked
from sandbox.domain.payments import Payment
from sandbox.domain.webhook_book import Delivery
from sandbox.domain.webhooks import Attempt

if TYPE_CHECKING:
    from sandbox.world.sales_unit import SalesUnit

__all__ = ["Courier", "ShippingFailed"]


class ShippingFailed(Exception):
    """The merchant cannot ship to the address, or has not answered as it must; the text says which."""


class Courier(Protocol):
    """Calls merchants over the network. Each call takes real time; none raises anything but what is said here."""

    async def deliver(self, unit: "SalesUnit", delivery: Delivery, asked: DeliveryAsked | None) -> Attempt:
        """Send an event to its registration, and tell what came of it."""

    async def ask_shipping(self, unit: "SalesUnit", payment: Payment, at: datetime) -> tuple[ShippingGroup, ...]:
        """Ask the merchant how it ships to whoever has the payment; raise ShippingFailed without a good answer."""
