"""Two steps of five minutes each in place of ten: first somebody has to turn up, then to approve."""

from datetime import timedelta

import pytest

from sandbox.domain.card_form import enter_card
from sandbox.domain.commands import CustomerAction, EnterCard, PaymentMethodType, UserFlow
from sandbox.domain.due_times import Due, DueKind, due_after, fall_due
from sandbox.domain.facts import Fact, PaymentExpired
from tests.domain.shop import ADA, EMMA, NOON, REFERENCE, Shop

MINUTE, STEP = timedelta(minutes=1), timedelta(minutes=5)


@pytest.fixture
def shop() -> Shop:
    return Shop(claim_timeout=STEP)


def expiries(shop: Shop, *happened: Fact) -> list[Due]:
    return [due for fact in happened for due in due_after(shop.state, fact) if due.kind is DueKind.EXPIRY]


def is_over(shop: Shop, due: Due) -> bool:
    return fall_due(shop.state, due, due.at) == [PaymentExpired(at=due.at, reference=REFERENCE)]


def test_nobody_turns_up_within_five_minutes(shop: Shop) -> None:
    (due,) = expiries(shop, *shop.create())
    assert due.at == NOON + STEP == shop.payment.deadline
    assert is_over(shop, due)


def test_whoever_enters_a_number_has_five_minutes_from_then_on(shop: Shop) -> None:
    """Opening the request later gives no more, and neither does another number."""
    (first,) = expiries(shop, *shop.create())
    shop.now = NOON + 4 * MINUTE
    (second,) = expiries(shop, *shop.enter_number(ADA))
    assert second.at == NOON + 9 * MINUTE == shop.payment.deadline
    shop.now = NOON + 6 * MINUTE
    assert expiries(shop, *shop.act(CustomerAction.OPEN), *shop.enter_number(EMMA)) == []
    assert not is_over(shop, first)
    assert is_over(shop, second)


def test_push_is_claimed_by_who_opens_it(shop: Shop) -> None:
    """The push itself comes with the payment, and shows nobody's presence."""
    happened = shop.create(user_flow=UserFlow.PUSH_MESSAGE)
    assert [due.at for due in expiries(shop, *happened)] == [NOON + STEP]
    shop.now = NOON + MINUTE
    (second,) = expiries(shop, *shop.act(CustomerAction.OPEN))
    assert second.at == NOON + 6 * MINUTE


def test_card_is_a_claim_too(shop: Shop) -> None:
    shop.create(payment_method=PaymentMethodType.CARD, phone_number=None)
    shop.now = NOON + MINUTE
    card = EnterCard(reference=REFERENCE, number="4111 1111 1111 1111")
    (second,) = expiries(shop, *shop.do(enter_card, card))
    assert second.at == NOON + 6 * MINUTE


def test_expires_at_rules_instead(shop: Shop) -> None:
    expires_at = NOON + timedelta(days=14)
    (due,) = expiries(shop, *shop.create(expires_at=expires_at), *shop.enter_number(ADA))
    assert due.at == expires_at == shop.payment.deadline


def test_without_the_setting_nothing_depends_on_who_turns_up() -> None:
    shop = Shop()
    (due,) = expiries(shop, *shop.create(), *shop.enter_number(ADA))
    assert due.at == NOON + 2 * STEP == shop.payment.deadline
