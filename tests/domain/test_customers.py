"""What a tester says of customers: how each behaves, what force approve meets, what they forget."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from sandbox.domain.approval import configure_customer, forget_consent
from sandbox.domain.commands import ConfigureCustomer, CustomerAction, ForgetConsent
from sandbox.domain.customers import MAGIC_NUMBERS, ApproveTrouble, CustomerSettings, Persona, PersonChanges
from sandbox.domain.due_times import DueKind, due_after
from sandbox.domain.errors import (
    AlreadyApproved,
    ApproveFailed,
    ApproveNotAllowed,
    ApproveRefusal,
    CardExpiredAtApproval,
    CustomerNotFound,
    IdentificationRequired,
    NoCards,
    PaymentLimitExceeded,
    PaymentSourceInvalid,
    UnknownReference,
)
from sandbox.domain.facts import ConsentForgotten, CustomerConfigured, Fact
from sandbox.domain.identity import sub
from sandbox.domain.payments import PaymentState
from sandbox.domain.profile_sharing import readable_scope
from tests.domain.shop import ADA, EMMA, MSN, NOON, REFERENCE, UNKNOWN, Shop

OPEN, SHARE, APPROVE = CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.APPROVE
APPROVES, SLOW = "4790000001", "4790000008"  # magic numbers


def say(shop: Shop, customer: CustomerSettings) -> list[Fact]:
    return shop.do(configure_customer, ConfigureCustomer(customer=customer))


def is_a(phone_number: str, persona: Persona) -> CustomerSettings:
    return CustomerSettings(phone_number=phone_number, persona=persona)


# --- How they behave --------------------------------------------------------------------------------------


def test_what_is_said_of_a_customer_is_kept() -> None:
    shop = Shop()
    customer = CustomerSettings(
        phone_number=ADA,
        persona=Persona.SLOW,
        approve_trouble=ApproveTrouble.NO_CARDS,
        person=PersonChanges(given_name="Augusta"),
    )
    assert say(shop, customer) == [CustomerConfigured(at=NOON, customer=customer)]
    assert shop.state.customers == {ADA: customer}
    assert shop.replayed == shop.state


def test_what_is_said_of_a_customer_replaces_what_was_said_before() -> None:
    shop = Shop()
    say(shop, is_a(ADA, Persona.SLOW))
    later = CustomerSettings(phone_number=ADA, approve_trouble=ApproveTrouble.NO_CARDS)
    say(shop, later)
    assert (shop.state.customers[ADA], shop.state.persona(ADA)) == (later, Persona.MANUAL)


def test_what_is_said_of_one_customer_counts_before_magic_numbers_and_those_before_the_units_own() -> None:
    shop = Shop(customer=Persona.DECLINES)
    numbers = (ADA, APPROVES, SLOW)
    assert [shop.state.persona(number) for number in numbers] == [Persona.DECLINES, Persona.APPROVES, Persona.SLOW]
    say(shop, is_a(APPROVES, Persona.MANUAL))
    say(shop, is_a(ADA, Persona.PAYS_LATER))
    assert [shop.state.persona(number) for number in numbers] == [Persona.PAYS_LATER, Persona.MANUAL, Persona.SLOW]


@pytest.mark.parametrize("number", MAGIC_NUMBERS)
def test_a_magic_number_stays_one_if_only_other_things_are_said_of_it(number: str) -> None:
    shop = Shop()
    say(shop, CustomerSettings(phone_number=number, approve_trouble=ApproveTrouble.NO_CARDS))
    assert shop.state.persona(number) is MAGIC_NUMBERS[number]


def test_who_was_nobody_can_become_somebody_and_the_other_way_round() -> None:
    shop = Shop()
    say(shop, is_a(UNKNOWN, Persona.MANUAL))
    say(shop, is_a(EMMA, Persona.UNKNOWN))
    shop.create_push(phone_number=UNKNOWN)
    with pytest.raises(CustomerNotFound):
        shop.create_push(phone_number=EMMA, reference="order-0002", idempotency_key="key-2")
    shop.act(OPEN, APPROVE, phone=UNKNOWN)
    assert shop.payment.state is PaymentState.AUTHORIZED


def test_a_customer_that_was_made_to_answer_answers() -> None:
    shop = Shop()
    say(shop, is_a(ADA, Persona.APPROVES))
    _, pushed = shop.create_push()
    assert [(due.at, due.kind) for due in due_after(shop.state, pushed)] == [(NOON, DueKind.PERSONA)]


@pytest.mark.parametrize(
    ("persona", "wait"),
    [(Persona.APPROVES, timedelta(seconds=7)), (Persona.SLOW, timedelta(hours=2)), (Persona.MANUAL, None)],
)
def test_how_long_personas_take_is_a_setting(persona: Persona, wait: timedelta | None) -> None:
    shop = Shop(answers_after=timedelta(seconds=7), slow_takes=timedelta(hours=2), customer=persona)
    _, pushed = shop.create_push()
    assert [due.at - NOON for due in due_after(shop.state, pushed)] == ([] if wait is None else [wait])


def test_when_later_is_is_a_setting() -> None:
    shop = Shop(later_is=timedelta(hours=36), customer=Persona.PAYS_LATER)
    shop.create_push(expires_at=NOON + timedelta(days=14))
    (postponed,) = shop.act(OPEN, CustomerAction.PAY_LATER)
    assert [due.at - NOON for due in due_after(shop.state, postponed)] == [timedelta(hours=36)]


# --- Force approve --------------------------------------------------------------------------------------

_TROUBLES: list[tuple[ApproveTrouble, Callable[[str, str], ApproveRefusal]]] = [
    (ApproveTrouble.IDENTIFICATION_REQUIRED, IdentificationRequired),
    (ApproveTrouble.INVALID_SOURCE, PaymentSourceInvalid),
    (ApproveTrouble.NO_CARDS, NoCards),
    (ApproveTrouble.LIMIT_EXCEEDED, PaymentLimitExceeded),
    (ApproveTrouble.CARD_EXPIRED, CardExpiredAtApproval),
]


def test_every_trouble_is_provoked_here() -> None:
    assert [trouble for trouble, _ in _TROUBLES] == list(ApproveTrouble)


@pytest.mark.parametrize(("trouble", "refusal"), _TROUBLES)
def test_force_approve_fails_for_a_customer_in_trouble_and_for_nobody_else(
    trouble: ApproveTrouble, refusal: Callable[[str, str], ApproveRefusal]
) -> None:
    """Codes 10030 to 10070; the payment stays as it is, and the customer can still pay in the app."""
    shop = Shop()
    say(shop, CustomerSettings(phone_number=ADA, approve_trouble=trouble))
    shop.create_push()
    before = shop.payment
    with pytest.raises(ApproveRefusal) as caught:
        shop.force_approve()
    assert caught.value == refusal(REFERENCE, ADA)
    assert shop.payment == before
    shop.force_approve(EMMA)
    assert shop.payment.phone_number == EMMA


@pytest.mark.parametrize(("trouble", "refusal"), _TROUBLES)
def test_force_approve_fails_for_all_customers_of_a_unit_in_trouble(
    trouble: ApproveTrouble, refusal: Callable[[str, str], ApproveRefusal]
) -> None:
    shop = Shop(approve_trouble=trouble)
    shop.create()
    for phone in (ADA, EMMA):
        with pytest.raises(ApproveRefusal) as caught:
            shop.force_approve(phone)
        assert caught.value == refusal(REFERENCE, phone)


def test_a_customers_own_trouble_counts_before_the_units() -> None:
    shop = Shop(approve_trouble=ApproveTrouble.NO_CARDS)
    say(shop, CustomerSettings(phone_number=ADA, approve_trouble=ApproveTrouble.LIMIT_EXCEEDED))
    shop.create()
    with pytest.raises(PaymentLimitExceeded):
        shop.force_approve()


def test_trouble_with_force_approve_is_none_in_the_app() -> None:
    shop = Shop(approve_trouble=ApproveTrouble.CARD_EXPIRED, force_approve_allowed=False)
    shop.create_push()
    shop.act(OPEN, APPROVE)
    assert shop.payment.state is PaymentState.AUTHORIZED


def test_force_approve_is_not_for_production() -> None:
    """Code 10020, whatever the payment is; where there is none, that is told."""
    shop = Shop(force_approve_allowed=False, approve_trouble=ApproveTrouble.NO_CARDS)
    with pytest.raises(UnknownReference):
        shop.force_approve()
    shop.create()
    with pytest.raises(ApproveNotAllowed) as waiting:
        shop.force_approve()
    shop.cancel()
    with pytest.raises(ApproveNotAllowed) as ended:
        shop.force_approve()
    assert waiting.value == ended.value == ApproveNotAllowed(REFERENCE, MSN)


def test_what_is_decided_is_told_before_any_trouble() -> None:
    shop = Shop()
    shop.create()
    shop.force_approve()
    shop.configure(approve_trouble=ApproveTrouble.NO_CARDS)
    with pytest.raises(AlreadyApproved):
        shop.force_approve()
    ended = Shop(approve_trouble=ApproveTrouble.NO_CARDS)
    ended.create()
    ended.cancel()
    with pytest.raises(ApproveFailed):
        ended.force_approve()


def test_who_is_nobody_is_in_no_trouble() -> None:
    shop = Shop(approve_trouble=ApproveTrouble.NO_CARDS)
    shop.create()
    with pytest.raises(CustomerNotFound):
        shop.force_approve(UNKNOWN)


# --- Consent --------------------------------------------------------------------------------------------


def forget(shop: Shop, phone: str = ADA) -> list[Fact]:
    return shop.do(forget_consent, ForgetConsent(phone_number=phone))


def shared() -> Shop:
    """Return a shop with which Ada has shared her name."""
    shop = Shop()
    shop.create_push(scope=("name",))
    shop.act(OPEN, SHARE, APPROVE)
    return shop


def test_who_withdraws_consent_is_asked_again() -> None:
    shop = shared()
    again = {"reference": "order-0002", "idempotency_key": "key-2", "scope": ("name",)}
    assert forget(shop) == [ConsentForgotten(at=NOON, phone_number=ADA)]
    shop.create_push(**again)
    shop.act(OPEN, reference="order-0002")
    assert shop.on_screen(reference="order-0002") == (SHARE, CustomerAction.REFUSE)
    assert shop.replayed == shop.state


def test_who_does_not_withdraw_consent_is_not_asked_again() -> None:
    shop = shared()
    forget(shop, EMMA)
    shop.create_push(reference="order-0002", idempotency_key="key-2", scope=("name",))
    shop.act(OPEN, reference="order-0002")
    assert SHARE not in shop.on_screen(reference="order-0002")


def test_what_could_be_read_stays_readable_for_its_time() -> None:
    """Seven days from the approval; consent is about payments to come."""
    shop = shared()
    forget(shop)
    assert readable_scope(shop.state, sub(MSN, ADA), shop.now) == (ADA, ("name",))


def test_who_never_consented_has_nothing_to_withdraw() -> None:
    shop = Shop()
    assert forget(shop) == []
    shop = shared()
    forget(shop)
    assert forget(shop) == []


def test_facts_about_customers_keep_their_order_and_promise_nothing() -> None:
    shop = shared()
    facts = [*say(shop, is_a(ADA, Persona.SLOW)), *forget(shop)]
    assert [list(due_after(shop.state, fact)) for fact in facts] == [[], []]
    assert all(earlier.at <= later.at for earlier, later in pairwise(shop.journal))
