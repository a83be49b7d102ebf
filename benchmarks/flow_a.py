"""Test suites to measure: tests that each take a fresh sales unit and run flow A, and as many that do nothing."""

import os

import pytest

from sandbox.client import Amount
from sandbox.testing import Unit

TESTS = range(int(os.environ.get("FLOW_A_TESTS", "200")))
PHONE = "4791234567"
AMOUNT = Amount(value=2000, currency="NOK")


@pytest.fixture
def nothing() -> None: ...


@pytest.mark.parametrize("number", TESTS)
def test_nothing(number: int, nothing: None) -> None: ...


@pytest.mark.parametrize("number", TESTS)
def test_flow_a(number: int, vipps_unit: Unit) -> None:
    with vipps_unit.client() as vipps:
        paid = vipps.first_invoice(
            "acme-invoice-1",
            AMOUNT,
            "https://example.com/thanks",
            present=lambda url: vipps_unit.customer(PHONE).approve("acme-invoice-1"),
            phone_number=PHONE,
        )
        captured = vipps.capture("acme-invoice-1", AMOUNT)
    assert paid.phone_number == PHONE
    assert captured.aggregate.captured_amount == AMOUNT
