"""A webhook that is dropped while the courier is on the way with it."""

import asyncio
from datetime import datetime

import pytest

from sandbox.domain import webhooks
from sandbox.domain.commands import DropDelivery, RegisterWebhook, ShippingGroup
from sandbox.domain.creation import create
from sandbox.domain.facts import DeliveryAsked
from sandbox.domain.payments import Payment
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.webhook_book import Delivery, DeliveryStatus
from sandbox.domain.webhooks import Attempt
from sandbox.world import SalesUnit
from sandbox.world.errands import ShippingFailed
from tests.domain.shop import MSN, NOON, create_command
from tests.world.fakes import WallClock


class DroppingCourier:
    """Arrives with a failure, after somebody had the event dropped."""

    async def deliver(self, unit: SalesUnit, delivery: Delivery, asked: DeliveryAsked | None) -> Attempt:
        unit.do(webhooks.drop_delivery, DropDelivery(delivery_id=delivery.id))
        await asyncio.sleep(0)
        return Attempt(
            delivery_id=delivery.id,
            out_of_turn=False,
            wrong_signature=False,
            sent_at=NOON,
            sent_to="https://shop.example/",
            headers=(),
            body=b"",
            signed="",
            status=500,
            answer="",
            error=None,
            took=0.0,
        )

    async def ask_shipping(self, unit: SalesUnit, payment: Payment, at: datetime) -> tuple[ShippingGroup, ...]:
        raise ShippingFailed("nobody is asked")


@pytest.mark.anyio
async def test_what_is_dropped_on_its_way_is_not_tried_again(wall: WallClock) -> None:
    """The try is in the journal all the same."""
    unit = SalesUnit(MSN, UnitSettings(), real_now=wall, courier=DroppingCourier())
    unit.do(webhooks.register, RegisterWebhook(url="https://shop.example/", events=("epayments.payment.created.v1",)))
    unit.do(create, create_command())
    await unit.errands_done()
    (delivery,) = unit.state.webhooks.deliveries.values()
    assert delivery.status is DeliveryStatus.DROPPED
    assert [(attempt.number, attempt.again) for attempt in delivery.attempts] == [(1, None)]
    assert unit.state.webhooks.queues == {}
