"""What customers can do, screen by screen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sandbox.domain.approval import enter_number
from sandbox.domain.commands import CustomerAction, EnterNumber, UserFlow
from sandbox.domain.errors import CustomerNotFound, NotOnScreen, PhoneNumberInvalid, UnknownReference
from sandbox.domain.facts import (
    CardDeclined,
    ConsentGiven,
    Fact,
    PaymentAborted,
    PaymentAuthorized,
    PaymentExpired,
    PaymentOpened,
    PaymentPostponed,
    PaymentProcessing,
    PushSent,
)
from sandbox.domain.money import Amount, Currency
from sandbox.domain.payments import PaymentState
from tests.domain.shop import ADA, EMMA, NOON, REFERENCE, UNKNOWN, Shop, nok

OPEN, SHARE, REFUSE = CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.REFUSE
APPROVE, REJECT, PAY_LATER = CustomerAction.APPROVE, CustomerAction.REJECT, CustomerAction.PAY_LATER
DECLINE_CARD = CustomerAction.DECLINE_CARD
CONSENT = (SHARE, REFUSE)
CONFIRM = (APPROVE, DECLINE_CARD, REJECT)
TWO_WEEKS = NOON + timedelta(days=14)


def authorized(phone: str = ADA, value: int = 2000, scope: tuple[str, ...] = ()) -> PaymentAuthorized:
    return PaymentAuthorized(
        at=NOON,
        reference=REFERENCE,
        phone_number=phone,
        amount=nok(value),
        scope=scope,
        capture_by=NOON + timedelta(days=180),
    )


# --- The screens ----------------------------------------------------------------------------------------


def test_the_screens_follow_each_other() -> None:
    """Open, consent, confirm; nothing is left once it is paid."""
    shop = Shop()
    shop.create_push(scope=("name",), expires_at=TWO_WEEKS)
    shown = [shop.on_screen()]
    for action in (OPEN, SHARE, APPROVE):
        shop.act(action)
        shown.append(shop.on_screen())
    assert shown == [(OPEN,), CONSENT, (*CONFIRM, PAY_LATER), ()]


@pytest.mark.parametrize(
    ("flow", "before", "after"),
    [
        (UserFlow.WEB_REDIRECT, (OPEN,), ()),
        (UserFlow.NATIVE_REDIRECT, (OPEN,), ()),
        (UserFlow.PUSH_MESSAGE, (), ()),
    ],
)
def test_a_link_opens_on_whichever_phone_follows_it_first(
    flow: UserFlow, before: tuple[CustomerAction, ...], after: tuple[CustomerAction, ...]
) -> None:
    """A push reaches one phone only, and a request that is on a phone is on no other."""
    shop = Shop()
    shop.create(user_flow=flow)
    assert (shop.on_screen(ADA), shop.on_screen(EMMA)) == ((OPEN,), before)
    shop.act(OPEN, phone=ADA)
    assert (shop.on_screen(ADA), shop.on_screen(EMMA)) == (CONFIRM, after)


def test_a_phone_shows_one_request_at_a_time() -> None:
    """Opening the second puts the first back into the list."""
    shop = Shop()
    shop.create_push()
    shop.create_push(reference="order-0002")
    shop.act(OPEN)
    shop.act(OPEN, reference="order-0002")
    assert shop.on_screen() == (OPEN,)
    assert shop.state.screens == {ADA: "order-0002"}


@pytest.mark.parametrize(
    ("actions", "facts"),
    [
        ([], [PaymentOpened(at=NOON, reference=REFERENCE, phone_number=ADA)]),
        ([SHARE], [ConsentGiven(at=NOON, reference=REFERENCE, phone_number=ADA, scope=("name", "email"))]),
        ([REFUSE], [PaymentAborted(at=NOON, reference=REFERENCE, because="consent refused")]),
        ([SHARE, APPROVE], [authorized(scope=("name", "email"))]),
        ([SHARE, REJECT], [PaymentAborted(at=NOON, reference=REFERENCE, because="rejected")]),
        ([SHARE, PAY_LATER], [PaymentPostponed(at=NOON, reference=REFERENCE, phone_number=ADA)]),
        (
            [SHARE, DECLINE_CARD],
            [CardDeclined(at=NOON, reference=REFERENCE, phone_number=ADA, because="the card was declined")],
        ),
    ],
)
def test_each_action_is_a_fact(actions: list[CustomerAction], facts: list[Fact]) -> None:
    shop = Shop()
    shop.create_push(scope=("name", "email"), expires_at=TWO_WEEKS)
    assert shop.act(OPEN, *actions) == facts
    assert shop.replayed == shop.state


def test_a_declined_card_can_be_followed_by_another() -> None:
    shop = Shop()
    shop.create_push()
    shop.act(OPEN, DECLINE_CARD)
    assert (shop.payment.state, shop.on_screen()) == (PaymentState.CREATED, CONFIRM)
    assert shop.act(APPROVE) == [authorized()]


def test_what_is_postponed_goes_back_into_the_list_and_can_be_paid_later() -> None:
    """As often as the customer likes; the state stays CREATED."""
    shop = Shop()
    shop.create_push(expires_at=TWO_WEEKS)
    shop.act(OPEN, PAY_LATER, OPEN, PAY_LATER)
    assert (shop.payment.state, shop.payment.postponed_at, shop.on_screen()) == (PaymentState.CREATED, NOON, (OPEN,))
    shop.act(OPEN, APPROVE)
    assert shop.payment.state is PaymentState.AUTHORIZED


@pytest.mark.parametrize(
    ("done", "action", "shows"),
    [
        ([], APPROVE, "the request is in the list; `open` it first."),
        ([OPEN], APPROVE, "the consent screen; `share` or `refuse` first."),
        ([OPEN, SHARE], PAY_LATER, "the payment screen; only a payment with expiresAt can be put off."),
        ([OPEN, SHARE], OPEN, "the payment screen, with approve, decline-card, reject."),
        ([OPEN, SHARE], SHARE, "the payment screen, with approve, decline-card, reject."),
        ([OPEN, SHARE, APPROVE], APPROVE, "the payment is AUTHORIZED."),
        ([OPEN, REFUSE], OPEN, "the payment is ABORTED."),
    ],
)
def test_what_is_not_on_the_screen_is_refused_with_what_is(
    done: list[CustomerAction], action: CustomerAction, shows: str
) -> None:
    shop = Shop()
    shop.create_push(scope=("name",))
    shop.act(*done)
    with pytest.raises(NotOnScreen) as caught:
        shop.act(action)
    assert caught.value == NotOnScreen(action, REFERENCE, ADA, shows)


def test_a_request_on_another_phone_is_not_on_this_one() -> None:
    shop = Shop()
    shop.create_push()
    with pytest.raises(NotOnScreen) as caught:
        shop.act(OPEN, phone=EMMA)
    assert caught.value == NotOnScreen("open", REFERENCE, EMMA, "the request is on another phone.")


def test_nobody_opens_a_request_on_a_number_that_is_nobodys() -> None:
    shop = Shop()
    shop.create()
    with pytest.raises(CustomerNotFound):
        shop.act(OPEN, phone=UNKNOWN)


# --- Consent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wait", "asked"),
    [
        (timedelta(0), CONFIRM),
        (timedelta(days=7), CONFIRM),
        (timedelta(days=7, microseconds=1), CONSENT),
    ],
)
def test_what_was_shared_in_the_last_seven_days_is_not_asked_again(
    wait: timedelta, asked: tuple[CustomerAction, ...]
) -> None:
    shop = Shop()
    shop.create_push(reference="order-0000", scope=("name",))
    shop.act(OPEN, SHARE, REJECT, reference="order-0000")
    shop.wait(wait)
    shop.create_push(scope=("name",))
    shop.act(OPEN)
    assert shop.on_screen() == asked


def test_only_what_was_not_shared_yet_is_asked_for() -> None:
    shop = Shop()
    shop.create_push(reference="order-0000", scope=("name",))
    shop.act(OPEN, SHARE, APPROVE, reference="order-0000")
    shop.create_push(scope=("name", "email"))
    assert shop.act(OPEN, SHARE) == [ConsentGiven(at=NOON, reference=REFERENCE, phone_number=ADA, scope=("email",))]
    assert shop.act(APPROVE) == [authorized(scope=("name", "email"))]


def test_a_consent_counts_for_its_payment_however_late_it_is_paid() -> None:
    shop = Shop()
    shop.create_push(scope=("name",), expires_at=TWO_WEEKS)
    shop.act(OPEN, SHARE, PAY_LATER)
    shop.wait(timedelta(days=13))
    shop.act(OPEN)
    assert shop.on_screen() == (*CONFIRM, PAY_LATER)


def test_nobody_consents_for_somebody_else() -> None:
    """Ada shares, then Emma's number is typed on the landing page: Emma is asked herself."""
    shop = Shop()
    shop.create(scope=("name",))
    shop.enter_number(ADA)
    shop.act(OPEN, SHARE, phone=ADA)
    shop.enter_number(EMMA)
    shop.act(OPEN, phone=EMMA)
    assert shop.on_screen(EMMA) == CONSENT
    shop.act(SHARE, phone=EMMA)
    shop.enter_number(ADA)
    shop.act(OPEN, phone=ADA)
    assert shop.on_screen(ADA) == CONFIRM


def test_the_consent_of_who_has_the_request_counts_however_late_it_is_paid() -> None:
    """Also where another customer consented first."""
    shop = Shop()
    shop.create(scope=("name",), expires_at=TWO_WEEKS)
    for phone in (ADA, EMMA):
        shop.enter_number(phone)
        shop.act(OPEN, SHARE, PAY_LATER, phone=phone)
    shop.wait(timedelta(days=13))
    shop.act(OPEN, phone=EMMA)
    assert shop.on_screen(EMMA) == (*CONFIRM, PAY_LATER)


# --- The landing page -----------------------------------------------------------------------------------


def test_a_number_typed_on_the_landing_page_gets_the_push() -> None:
    shop = Shop()
    shop.create(phone_number=None)
    assert shop.enter_number(EMMA) == [PushSent(at=NOON, reference=REFERENCE, phone_number=EMMA)]
    assert (shop.on_screen(EMMA), shop.on_screen(ADA)) == ((OPEN,), ())


def test_a_second_number_takes_the_request_from_the_first() -> None:
    """With all that the first customer left on the way: an open screen, a request put off."""
    shop = Shop()
    shop.create(expires_at=TWO_WEEKS)
    shop.enter_number(ADA)
    shop.act(OPEN, PAY_LATER, OPEN)
    shop.enter_number(EMMA)
    assert (shop.on_screen(ADA), shop.on_screen(EMMA)) == ((), (OPEN,))
    assert (shop.payment.phone_number, shop.payment.postponed_at) == (EMMA, None)
    assert (shop.state.screens, shop.state.pending) == ({}, {ADA: {}, EMMA: {REFERENCE: None}})
    with pytest.raises(NotOnScreen):
        shop.act(APPROVE, phone=ADA)
    assert shop.act(OPEN, APPROVE, phone=EMMA) == [authorized(EMMA)]


def test_the_same_number_again_is_a_second_push() -> None:
    shop = Shop()
    shop.create(expires_at=TWO_WEEKS)
    shop.enter_number(ADA)
    shop.act(OPEN, PAY_LATER)
    shop.enter_number(ADA)
    assert len(shop.state.pushes[ADA]) == 2
    assert shop.payment.postponed_at == NOON


def test_a_wrong_number_leaves_the_landing_page_as_it_is() -> None:
    shop = Shop()
    shop.create()
    with pytest.raises(PhoneNumberInvalid):
        shop.enter_number("+47 912 34 567")
    with pytest.raises(CustomerNotFound):
        shop.enter_number(UNKNOWN)
    assert shop.enter_number(ADA)


def test_a_landing_page_takes_no_number_of_who_is_too_young() -> None:
    shop = Shop()
    shop.create(minimum_user_age=18)
    too_young = EnterNumber(reference=REFERENCE, phone_number=ADA, customer_born=date(2005, 9, 2))
    with pytest.raises(CustomerNotFound):
        shop.do(enter_number, too_young)
    assert shop.do(enter_number, replace(too_young, customer_born=date(2005, 9, 1)))


def test_a_spent_link_takes_no_number() -> None:
    shop = Shop()
    shop.create()
    shop.force_approve()
    with pytest.raises(NotOnScreen) as caught:
        shop.enter_number(EMMA)
    assert caught.value == NotOnScreen("entering a number", REFERENCE, EMMA, "it is AUTHORIZED.")


def test_a_payment_that_is_being_processed_stays_with_who_approved_it() -> None:
    """Else the outcome would be another customer's, who never saw it."""
    shop = Shop()
    shop.create(amount=nok(201))
    shop.enter_number(ADA)
    shop.act(OPEN, APPROVE)
    with pytest.raises(NotOnScreen) as caught:
        shop.enter_number(EMMA)
    assert caught.value == NotOnScreen("entering a number", REFERENCE, EMMA, "the payment is being processed.")
    assert shop.payment.phone_number == ADA


def test_a_push_cannot_be_sent_on_to_another_number() -> None:
    """Source: ePayment guide, "User flow": with PUSH_MESSAGE the user cannot switch phone number."""
    shop = Shop()
    shop.create_push()
    with pytest.raises(NotOnScreen) as caught:
        shop.enter_number(EMMA)
    assert caught.value == NotOnScreen(
        "entering a number", REFERENCE, EMMA, "the user flow PUSH_MESSAGE has no landing page."
    )


def test_leaving_the_landing_page_aborts_the_payment_wherever_it_is() -> None:
    shop = Shop()
    shop.create()
    shop.enter_number(ADA)
    shop.act(OPEN)
    assert shop.leave_landing_page() == [
        PaymentAborted(at=NOON, reference=REFERENCE, because="landing page cancelled")
    ]
    assert (shop.payment.state, shop.on_screen(), shop.state.pending) == (PaymentState.ABORTED, (), {ADA: {}})


def test_leaving_the_landing_page_does_nothing_to_a_payment_that_is_decided() -> None:
    approved, processing = Shop(), Shop()
    approved.create()
    approved.force_approve()
    processing.create(amount=nok(201))
    processing.act(OPEN, APPROVE)
    assert (approved.leave_landing_page(), processing.leave_landing_page()) == ([], [])


# --- Special amounts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "because"),
    [
        (151, "insufficient funds"),
        (182, "refused by the issuer"),
        (183, "suspected fraud"),
        (184, "withdrawal limit exceeded"),
        (186, "the card has expired"),
        (187, "the card is invalid"),
        (197, "3-D Secure denied"),
        (202, "strong customer authentication required"),
    ],
)
def test_special_amounts_are_declined(value: int, because: str) -> None:
    """The customer sees why; the merchant sees a payment that is still CREATED."""
    shop = Shop()
    shop.create_push(amount=nok(value))
    assert shop.act(OPEN, APPROVE) == [CardDeclined(at=NOON, reference=REFERENCE, phone_number=ADA, because=because)]
    assert (shop.payment.state, shop.on_screen()) == (PaymentState.CREATED, CONFIRM)


@pytest.mark.parametrize("value", [197, 202])
@pytest.mark.parametrize("currency", [Currency.DKK, Currency.EUR])
def test_two_special_amounts_are_norways_own(value: int, currency: Currency) -> None:
    shop = Shop()
    shop.create_push(amount=Amount(currency, value))
    shop.act(OPEN, APPROVE)
    assert shop.payment.state is PaymentState.AUTHORIZED


@pytest.mark.parametrize("value", [150, 152, 181, 185, 188, 200, 203, 15_100])
def test_amounts_beside_the_special_ones_are_approved(value: int) -> None:
    shop = Shop()
    shop.create_push(amount=nok(value))
    assert shop.act(OPEN, APPROVE) == [authorized(value=value)]


@pytest.mark.parametrize("value", [151, 201])
def test_special_amounts_can_be_switched_off(value: int) -> None:
    shop = Shop(special_amounts=False)
    shop.create_push(amount=nok(value))
    assert shop.act(OPEN, APPROVE) == [authorized(value=value)]


def test_the_outcome_of_one_amount_is_unknown_for_an_hour() -> None:
    """Nobody can do anything about it meanwhile."""
    shop = Shop()
    shop.create_push(amount=nok(201))
    assert shop.act(OPEN, APPROVE) == [
        PaymentProcessing(at=NOON, reference=REFERENCE, phone_number=ADA, until=NOON + timedelta(hours=1))
    ]
    assert (shop.payment.state, shop.on_screen(), shop.state.screens) == (PaymentState.CREATED, (), {})
    with pytest.raises(NotOnScreen) as caught:
        shop.act(APPROVE)
    assert caught.value.shows == "the payment is being processed."


# --- Force approve --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created_for", "on_phone", "named", "who"),
    [
        (None, None, ADA, ADA),
        (ADA, None, None, ADA),
        (ADA, EMMA, None, EMMA),
        (ADA, ADA, EMMA, EMMA),
    ],
)
def test_force_approve_approves_as_who_is_named_or_has_the_request(
    created_for: str | None, on_phone: str | None, named: str | None, who: str
) -> None:
    shop = Shop()
    shop.create(phone_number=created_for)
    if on_phone is not None:
        shop.enter_number(on_phone)
        shop.act(OPEN, phone=on_phone)
    assert shop.force_approve(named) == [authorized(who)]
    assert (shop.payment.phone_number, shop.state.screens) == (who, {})
    assert not any(shop.state.pending.values())
    assert shop.replayed == shop.state


def test_force_approve_consents_to_all_that_is_asked() -> None:
    shop = Shop()
    shop.create(scope=("name", "email"))
    assert shop.force_approve() == [
        ConsentGiven(at=NOON, reference=REFERENCE, phone_number=ADA, scope=("name", "email")),
        authorized(scope=("name", "email")),
    ]


def test_force_approve_as_somebody_else_is_that_ones_own_consent() -> None:
    shop = Shop()
    shop.create(scope=("name",))
    shop.act(OPEN, SHARE, phone=ADA)
    assert shop.force_approve(EMMA) == [
        ConsentGiven(at=NOON, reference=REFERENCE, phone_number=EMMA, scope=("name",)),
        authorized(EMMA, scope=("name",)),
    ]
    assert shop.state.consents.keys() == {ADA, EMMA}


@pytest.mark.parametrize("value", [151, 201])
def test_force_approve_knows_no_special_amounts(value: int) -> None:
    shop = Shop()
    shop.create(amount=nok(value))
    assert shop.force_approve() == [authorized(value=value)]


# --- What does not exist or has ended -------------------------------------------------------------------


@pytest.mark.parametrize("action", [*CustomerAction])
def test_nobody_does_anything_about_an_expired_payment(action: CustomerAction) -> None:
    shop = Shop()
    shop.create_push()
    shop.act(OPEN)
    shop.take_in(PaymentExpired(at=NOON, reference=REFERENCE))
    with pytest.raises(NotOnScreen) as caught:
        shop.act(action)
    assert caught.value.shows == "the payment is EXPIRED."


def test_a_payment_that_does_not_exist_is_on_no_screen() -> None:
    shop = Shop()
    for attempt in (
        shop.leave_landing_page,
        shop.force_approve,
        lambda: shop.enter_number(ADA),
        lambda: shop.act(OPEN),
    ):
        with pytest.raises(UnknownReference):
            attempt()
