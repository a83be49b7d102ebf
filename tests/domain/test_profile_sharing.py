"""What a merchant may read about a customer, and until when. Source: user information guide."""

from datetime import timedelta

import pytest

from sandbox.domain.commands import CustomerAction
from sandbox.domain.errors import UnknownSub, UserInfoWindowOver
from sandbox.domain.identity import sub
from sandbox.domain.profile_sharing import readable_scope
from tests.domain.shop import ADA, EMMA, MSN, NOON, Shop, nok

WEEK = timedelta(hours=168)
TICK = timedelta(microseconds=1)
SUB = sub(MSN, ADA)


def shared(*scope: str, reference: str = "order-0001") -> Shop:
    shop = Shop()
    share(shop, *scope, reference=reference)
    return shop


def share(shop: Shop, *scope: str, reference: str) -> None:
    shop.create_push(scope=scope, reference=reference, idempotency_key=reference)
    shop.act(CustomerAction.OPEN, reference=reference)
    if CustomerAction.SHARE in shop.on_screen(reference=reference):
        shop.act(CustomerAction.SHARE, reference=reference)
    shop.act(CustomerAction.APPROVE, reference=reference)


def test_what_was_shared_can_be_read_for_168_hours_after_the_approval() -> None:
    shop = shared("name", "email")
    assert readable_scope(shop.state, SUB, NOON) == (ADA, ("name", "email"))
    assert readable_scope(shop.state, SUB, NOON + WEEK - TICK) == (ADA, ("name", "email"))
    with pytest.raises(UserInfoWindowOver) as caught:
        readable_scope(shop.state, SUB, NOON + WEEK)
    assert caught.value == UserInfoWindowOver(SUB, NOON + WEEK)


def test_the_window_is_the_units_own() -> None:
    shop = shared("name")
    shop.configure(userinfo_window=timedelta(hours=1))
    with pytest.raises(UserInfoWindowOver) as caught:
        readable_scope(shop.state, SUB, NOON + timedelta(hours=1))
    assert caught.value.ended == NOON + timedelta(hours=1)


def test_each_scope_has_the_window_of_its_last_approval() -> None:
    """A second payment that asks for less prolongs only what it asks for."""
    shop = shared("name", "email", reference="order-0000")
    shop.wait(timedelta(days=5))
    share(shop, "name", reference="order-0001")
    assert readable_scope(shop.state, SUB, shop.now) == (ADA, ("name", "email"))
    assert readable_scope(shop.state, SUB, NOON + WEEK) == (ADA, ("name",))
    with pytest.raises(UserInfoWindowOver) as caught:
        readable_scope(shop.state, SUB, NOON + timedelta(days=5) + WEEK)
    assert caught.value.ended == NOON + timedelta(days=5) + WEEK


def test_consent_without_approval_shares_nothing() -> None:
    shop = Shop()
    shop.create_push(scope=("name",))
    shop.act(CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.REJECT)
    with pytest.raises(UnknownSub) as caught:
        readable_scope(shop.state, SUB, NOON)
    assert caught.value == UnknownSub(SUB)


def test_an_approval_of_a_payment_that_asks_for_nothing_shares_nothing() -> None:
    shop = shared()
    with pytest.raises(UnknownSub):
        readable_scope(shop.state, SUB, NOON)


def test_who_approves_is_who_shares() -> None:
    """Not who was named at creation, nor who consented before the request went to another phone."""
    shop = Shop()
    shop.create(scope=("name",), phone_number=ADA)
    shop.enter_number(ADA)
    shop.act(CustomerAction.OPEN, CustomerAction.SHARE)
    shop.force_approve(EMMA)
    assert readable_scope(shop.state, sub(MSN, EMMA), NOON) == (EMMA, ("name",))
    with pytest.raises(UnknownSub):
        readable_scope(shop.state, SUB, NOON)


def test_what_is_shared_when_processing_ends_counts_from_then() -> None:
    shop = Shop()
    shop.create_push(scope=("name",), amount=nok(201))
    shop.act(CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.APPROVE)
    with pytest.raises(UnknownSub):
        readable_scope(shop.state, SUB, NOON)
