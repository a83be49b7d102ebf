"""State is the fold of the journal, and nothing else."""

from datetime import timedelta

import pytest

from sandbox.domain.commands import CustomerAction
from sandbox.domain.errors import AmountTooSmall
from sandbox.domain.facts import ClockSet, Fact
from sandbox.domain.idempotency import remembered_refusal
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.state import UnitState, replay
from tests.domain.shop import EMMA, NOON, REFERENCE, Shop, create_command, nok


@pytest.fixture
def shop() -> Shop:
    """A shop where every kind of fact but the ends of other payments has happened."""
    shop = Shop()
    shop.take_in(ClockSet(at=NOON, real=NOON + timedelta(days=300), frozen=True))
    shop.attach_category()
    shop.create(scope=("name",), expires_at=NOON + timedelta(days=14))
    shop.enter_number(EMMA)
    shop.act(
        CustomerAction.OPEN,
        CustomerAction.SHARE,
        CustomerAction.DECLINE_CARD,
        CustomerAction.PAY_LATER,
        CustomerAction.OPEN,
        CustomerAction.APPROVE,
        phone=EMMA,
    )
    shop.capture(1500)
    shop.cancel()
    shop.refund(700, "key-2")
    refusal = AmountTooSmall(nok(1), 100)
    shop.take_in(*remembered_refusal(shop.state, create_command(idempotency_key="key-9"), refusal, NOON))
    shop.configure(name="Acme Power")
    return shop


def test_replaying_a_journal_from_empty_rebuilds_the_state(shop: Shop) -> None:
    assert shop.replayed == shop.state


def test_a_state_that_lacks_the_last_fact_is_another(shop: Shop) -> None:
    """Else the comparison above would prove nothing."""
    for length in range(len(shop.journal)):
        assert replay(shop.journal[:length]) != shop.state


def test_a_unit_begins_empty() -> None:
    assert replay([]) == UnitState()


def test_a_payment_can_be_seen_as_it_was_after_each_of_its_facts(shop: Shop) -> None:
    """A repeated key is answered as it was the first time."""
    payment = shop.payment

    def sums(fact: Fact) -> tuple[PaymentState, int, int, int, int]:
        then: Payment = payment.as_of(fact)  # type: ignore[arg-type]
        assert then.facts[-1] is fact
        return then.state, then.authorized, then.captured, then.cancelled, then.refunded

    created, authorized = PaymentState.CREATED, PaymentState.AUTHORIZED
    assert [sums(fact) for fact in payment.facts] == [
        *[(created, 0, 0, 0, 0)] * 7,
        (authorized, 2000, 0, 0, 0),
        (authorized, 2000, 1500, 0, 0),
        (authorized, 2000, 1500, 500, 0),
        (authorized, 2000, 1500, 500, 700),
    ]
    assert payment.as_of(payment.facts[-1]) is payment


def test_two_equal_captures_are_told_apart() -> None:
    shop = Shop()
    shop.create()
    shop.force_approve()
    (first,) = shop.capture(500, None)
    (second,) = shop.capture(500, None)
    assert first == second
    assert [shop.payment.as_of(fact).captured for fact in shop.payment.facts[-2:]] == [500, 1000]


def test_facts_do_not_change_what_was_read_before(shop: Shop) -> None:
    """A payment is a value: who holds one sees it as it was."""
    before = shop.payment
    shop.refund(1, "key-3")
    assert (before.refunded, shop.state.payment(REFERENCE).refunded) == (700, 701)
