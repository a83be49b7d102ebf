"""Trouble that was given to one customer is explained as that customer's, not as the sales unit's."""

from datetime import UTC, datetime

import pytest

from sandbox.api.gateway.explanations import Circumstances, explain
from sandbox.domain.approval import configure_customer, force_approve
from sandbox.domain.commands import ConfigureCustomer, CreatePayment, ForceApprove, PaymentMethodType, UserFlow
from sandbox.domain.creation import create
from sandbox.domain.customers import ApproveTrouble, CustomerSettings
from sandbox.domain.errors import NoCards
from sandbox.domain.money import Amount, Currency
from sandbox.world import World
from tests.api.merchant import ADA

_PAYMENT = CreatePayment(
    idempotency_key="a-key",
    reference="acme-shop-1",
    amount=Amount(Currency.NOK, 2000),
    user_flow=UserFlow.QR,
    payment_method=PaymentMethodType.WALLET,
)


def test_a_customer_without_cards_is_told_apart_from_a_sales_unit_whose_customers_have_none() -> None:
    world = World(real_now=lambda: datetime(2023, 9, 1, 8, tzinfo=UTC))
    unit = world.provision("654001")
    unit.do(create, _PAYMENT)
    settings = CustomerSettings(phone_number=ADA, approve_trouble=ApproveTrouble.NO_CARDS)
    unit.do(configure_customer, ConfigureCustomer(customer=settings))
    with pytest.raises(NoCards) as refused:
        unit.do(force_approve, ForceApprove(reference="acme-shop-1", phone_number=ADA))
    told = explain(
        refused.value,
        Circumstances(world=world, unit=unit, operation=None, params={}, headers={}, method="POST", path="/"),
    )
    assert (told.met, told.accepted) == (
        f"{ADA} was given that trouble: no_cards.",
        (
            f"Another customer's number; or have the customer approve: POST /sandbox/units/654001/customers/{ADA}/"
            '{action} with {"reference": "acme-shop-1"}, open first.'
        ),
    )
