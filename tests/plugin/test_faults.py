"""Faults, as a test arms them."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from sandbox.client import RetryPolicy, TransportFailed, VippsClient, VippsError
from sandbox.testing import Fault, Refused, Unit, Until
from tests.plugin.conftest import KR_20, PHONE, Invoice

TINY = timedelta(milliseconds=1)


def once(unit: Unit) -> VippsClient:
    """A client that does not try again."""
    return VippsClient(unit.credentials, unit.base_url, transport=unit.transport(), retry=RetryPolicy(attempts=1))


@pytest.mark.parametrize(
    ("arm", "then", "comes_through"),
    [
        (lambda unit: unit.faults.answer(503, operation="getPayment"), {"answer": 503}, False),
        (lambda unit: unit.faults.drop("after", operation="getPayment"), {"drop": "after"}, False),
        (lambda unit: unit.faults.garble(operation="getPayment"), {"garbage": True}, False),
        (lambda unit: unit.faults.delay(TINY, operation="getPayment"), {"delay": "PT0.001S"}, True),
        (lambda unit: unit.faults.slow(TINY, operation="getPayment"), {"slow": "PT0.001S"}, True),
    ],
)
def test_a_fault_happens_once_to_the_calls_that_it_is_for(
    unit: Unit, invoice: Invoice, arm: Callable[[Unit], Fault], then: dict[str, Any], *, comes_through: bool
) -> None:
    reference, fault = invoice(), arm(unit)
    assert [armed["then"] for armed in unit.faults()] == [then]
    with once(unit) as vipps:
        vipps.get_events(reference)
        assert fault.fired() == 0
        if comes_through:
            vipps.get_payment(reference)
        else:
            with pytest.raises(VippsError):
                vipps.get_payment(reference)
        assert fault.fired() == 1
        vipps.get_payment(reference)


def test_a_fault_is_for_one_payment_or_one_customer(unit: Unit, invoice: Invoice) -> None:
    first, second = invoice("acme-invoice-1"), invoice("acme-invoice-2", phone="4793424725")
    unit.faults.drop(reference=first, times="always")
    unit.faults.answer(500, customer="4793424725", times=2)
    with once(unit) as vipps:
        for _ in range(2):
            with pytest.raises(TransportFailed):
                vipps.get_payment(first)
            with pytest.raises(VippsError, match="500"):
                vipps.get_payment(second)
        vipps.get_payment(second)


def test_a_fault_is_removed(unit: Unit, invoice: Invoice) -> None:
    reference = invoice()
    unit.faults.answer(500, times="always").remove()
    with once(unit) as vipps:
        vipps.get_payment(reference)
    assert unit.faults() == []


def test_an_unknown_operation_is_refused_with_those_there_are(unit: Unit) -> None:
    with pytest.raises(Refused, match=r"no operation 'pay'; there are .*capturePayment"):
        unit.faults.answer(500, operation="pay")


@pytest.mark.parametrize("until", [Until(customer="approve"), Until(removed=True)], ids=["approve", "removed"])
def test_a_race_is_decided(unit: Unit, invoice: Invoice, until: Until) -> None:
    """The capture comes before the approval, is held, and is processed after it."""
    reference = invoice()
    fault = unit.faults.hold(until, first="other", operation="capturePayment")
    captured: list[int] = []

    def capture() -> None:
        with once(unit) as vipps:
            captured.append(vipps.capture(reference, KR_20).aggregate.captured_amount.value)

    app = Thread(target=capture)
    app.start()
    while not fault.fired():
        pass
    unit.customer(PHONE).approve()
    if until.removed:
        fault.remove()
    app.join(10)
    assert captured == [2000]
