"""The card form: a number, the bank's question, and what comes of both."""

from datetime import timedelta

import pytest

from sandbox.domain import approval
from sandbox.domain.card_form import DECLINED_CARDS, answer_bank, card_steps, enter_card
from sandbox.domain.commands import AnswerBank, CustomerAction, EnterCard, EnterNumber, PaymentMethodType
from sandbox.domain.customers import Persona
from sandbox.domain.due_times import DueKind, due_after
from sandbox.domain.errors import (
    AlreadyApproved,
    CancelOfProcessingPayment,
    CardNumberInvalid,
    NotOnScreen,
    UnknownReference,
)
from sandbox.domain.facts import CardDeclined, CardEntered, Fact, PaymentAborted, PaymentAuthorized, PaymentExpired
from sandbox.domain.payments import PaymentState
from tests.domain.shop import ADA, MSN, NOON, REFERENCE, Shop, nok

VISA = "4111111111111111"


def card_shop(**settings: object) -> Shop:
    """Return a shop with a payment of 20 kr by card."""
    shop = Shop(**settings)
    shop.create(payment_method=PaymentMethodType.CARD, phone_number=None)
    return shop


def enter(shop: Shop, number: str = VISA) -> list[Fact]:
    return shop.do(enter_card, EnterCard(reference=REFERENCE, number=number))


def answer(shop: Shop, *, confirms: bool) -> list[Fact]:
    return shop.do(answer_bank, AnswerBank(reference=REFERENCE, confirms=confirms))


def test_a_card_is_typed_in_and_the_bank_asks() -> None:
    """Ten digits are kept, as card schemes allow: the first six and the last four."""
    shop = card_shop()
    assert card_steps(shop.payment) == ("enter",)
    assert enter(shop) == [CardEntered(at=NOON, reference=REFERENCE, number="411111******1111")]
    assert card_steps(shop.payment) == ("confirm", "deny")
    assert shop.payment.is_at_the_bank
    assert VISA not in str(shop.journal)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("5555 5555 5555 4444", "555555******4444"),
        ("378282246310005", "378282*****0005"),
        ("6304000000000000000", "630400*********0000"),
        ("000000000000", "000000**0000"),
    ],
)
def test_a_number_has_twelve_to_nineteen_digits(number: str, kept: str) -> None:
    """ISO/IEC 7812; blanks, as on the card, do not count."""
    shop = card_shop()
    enter(shop, number)
    assert shop.payment.card_number == kept


@pytest.mark.parametrize(
    "number",
    [
        *("", " ", "0", "00000000000", "00000000000000000000", "4111111111111112", "4111-1111-1111-1111"),
        *("\u0661" * 16, "411111111111111a", "4111111111111111\x00", "⁴111111111111111"),
    ],
)
def test_what_is_no_card_number_is_refused_and_not_repeated(number: str) -> None:
    """It may be a real one, misspelt."""
    shop = card_shop()
    with pytest.raises(CardNumberInvalid) as caught:
        enter(shop, number)
    assert str(caught.value) == "That is no card number: 12 to 19 digits, of which the last must fit."
    assert card_steps(shop.payment) == ("enter",)


def test_a_payment_by_card_is_authorized_once_the_bank_is_content() -> None:
    """No phone was asked and nothing shared, whatever the merchant asked for."""
    shop = card_shop()
    enter(shop)
    assert answer(shop, confirms=True) == [
        PaymentAuthorized(
            at=NOON,
            reference=REFERENCE,
            phone_number=None,
            amount=nok(2000),
            scope=(),
            capture_by=NOON + timedelta(days=180),
        )
    ]
    payment = shop.payment
    assert (payment.state, payment.phone_number, payment.card_number) == (
        PaymentState.AUTHORIZED,
        None,
        "411111******1111",
    )
    assert (card_steps(payment), payment.is_at_the_bank) == ((), False)
    shop.capture(2000)
    assert shop.payment.captured == 2000
    assert shop.replayed == shop.state


def test_who_fails_the_banks_question_may_try_another_card() -> None:
    shop = card_shop()
    enter(shop)
    declined = CardDeclined(at=NOON, reference=REFERENCE, phone_number=None, because="3-D Secure failed")
    assert answer(shop, confirms=False) == [declined]
    assert (shop.payment.card_number, card_steps(shop.payment)) == (None, ("enter",))
    enter(shop, "5555555555554444")
    answer(shop, confirms=True)
    assert shop.payment.state is PaymentState.AUTHORIZED


@pytest.mark.parametrize(
    ("number", "because"),
    [
        ("4000 0000 0000 0002", "refused by the issuer"),
        ("4000000000009995", "insufficient funds"),
        ("4000000000000069", "the card has expired"),
    ],
)
def test_some_cards_are_declined_at_once(number: str, because: str) -> None:
    shop = card_shop()
    assert enter(shop, number) == [CardDeclined(at=NOON, reference=REFERENCE, phone_number=None, because=because)]
    assert card_steps(shop.payment) == ("enter",)
    assert number.replace(" ", "") in DECLINED_CARDS
    assert list(due_after(shop.state, shop.journal[-1])) == []


def test_a_merchant_cannot_cancel_while_the_bank_asks() -> None:
    """Code 6250; before and after that it can."""
    shop = card_shop()
    enter(shop)
    with pytest.raises(CancelOfProcessingPayment) as caught:
        shop.cancel()
    assert caught.value == CancelOfProcessingPayment(REFERENCE)
    answer(shop, confirms=False)
    shop.cancel()
    assert shop.payment.state is PaymentState.TERMINATED


def test_the_card_form_can_be_left() -> None:
    shop = card_shop()
    assert shop.leave_landing_page() == [
        PaymentAborted(at=NOON, reference=REFERENCE, because="landing page cancelled")
    ]


@pytest.mark.parametrize("end", ["authorized", "expired", "aborted"])
def test_the_card_form_is_gone_once_the_payment_is_decided(end: str) -> None:
    shop = card_shop()
    match end:
        case "authorized":
            enter(shop)
            answer(shop, confirms=True)
        case "aborted":
            shop.leave_landing_page()
        case _:
            shop.take_in(PaymentExpired(at=NOON, reference=REFERENCE))
    for step in (enter, lambda shop: answer(shop, confirms=True)):
        with pytest.raises(NotOnScreen) as caught:
            step(shop)
        assert caught.value.shows == f"the payment is {end.upper()}."


def test_each_step_has_its_time() -> None:
    shop = card_shop()
    with pytest.raises(NotOnScreen) as caught:
        answer(shop, confirms=True)
    assert caught.value == NotOnScreen(
        "answering the bank", REFERENCE, "the browser", "the card form; enter a card first."
    )
    enter(shop)
    with pytest.raises(NotOnScreen) as caught:
        enter(shop)
    assert caught.value == NotOnScreen(
        "entering a card", REFERENCE, "the browser", "the bank's question; confirm or deny it."
    )


def test_a_payment_in_the_app_has_no_card_form() -> None:
    shop = Shop()
    shop.create()
    assert card_steps(shop.payment) == ()
    with pytest.raises(NotOnScreen) as caught:
        enter(shop)
    assert caught.value == NotOnScreen(
        "entering a card", REFERENCE, "the browser", "the payment method is WALLET, and has no card form."
    )


def test_a_payment_that_is_not_there_has_no_card_form() -> None:
    with pytest.raises(UnknownReference) as caught:
        enter(Shop())
    assert caught.value == UnknownReference(REFERENCE, MSN)


def test_a_card_form_asks_for_no_phone_and_no_phone_shows_it() -> None:
    shop = card_shop()
    with pytest.raises(NotOnScreen) as caught:
        shop.do(approval.enter_number, EnterNumber(reference=REFERENCE, phone_number=ADA))
    assert caught.value.shows == "a payment by card has a card form instead of a phone."
    assert shop.on_screen() == ()
    with pytest.raises(NotOnScreen) as caught:
        shop.act(CustomerAction.OPEN)
    assert caught.value.shows == "a payment by card has a card form instead of a phone."


def test_a_payment_by_card_can_be_approved_by_force() -> None:
    shop = card_shop()
    (authorized,) = shop.force_approve(ADA)
    assert (shop.payment.authorized, [due.kind for due in due_after(shop.state, authorized)]) == (
        2000,
        [DueKind.CAPTURE_DEADLINE],
    )
    with pytest.raises(AlreadyApproved):
        shop.force_approve(ADA)


def test_no_special_amount_is_declined_on_the_card_form() -> None:
    """They are the test app's."""
    shop = Shop(customer=Persona.MANUAL)
    shop.create(payment_method=PaymentMethodType.CARD, amount=nok(151))
    enter(shop)
    answer(shop, confirms=True)
    assert shop.payment.authorized == 151
