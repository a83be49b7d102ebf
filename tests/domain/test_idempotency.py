"""What an Idempotency-Key remembers, and where it counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sandbox.domain import errors
from sandbox.domain.commands import Cancel, Capture, CreatePayment, Refund
from sandbox.domain.errors import CaptureKeyReused, CaptureTooHigh, CreateKeyReused, RefundKeyReused, Refusal
from sandbox.domain.facts import KeyedOperationRefused
from sandbox.domain.idempotency import earlier_outcome, remembered_refusal
from sandbox.domain.money import Amount, Currency
from sandbox.domain.state import operation_key
from tests.domain.shop import ADA, EMMA, MSN, NOON, REFERENCE, Shop, create_command, nok

TOO_HIGH = CaptureTooHigh(REFERENCE, nok(5000), nok(2000))


def capture(key: str | None = "key-1", value: int = 1000, reference: str = REFERENCE) -> Capture:
    return Capture(idempotency_key=key, reference=reference, amount=nok(value))


def refund(key: str | None = "key-1", value: int = 1000, reference: str = REFERENCE) -> Refund:
    return Refund(idempotency_key=key, reference=reference, amount=nok(value))


def captured_shop(**settings: Any) -> Shop:
    """Return a shop where one key has created, captured 10 kr and refunded 10 kr."""
    shop = Shop(**settings)
    shop.create()
    shop.force_approve()
    shop.capture(1000)
    shop.refund(1000)
    return shop


def remember(shop: Shop, command: object, refusal: Refusal) -> list[KeyedOperationRefused]:
    facts = remembered_refusal(shop.state, command, refusal, shop.now)
    shop.take_in(*facts)
    return facts


# --- What was done --------------------------------------------------------------------------------------


def test_one_key_works_for_each_operation_on_a_payment() -> None:
    """Production clients use one key, often the reference, for create, capture and refund."""
    shop = captured_shop()
    outcomes = [earlier_outcome(shop.state, command) for command in (create_command(), capture(), refund())]
    assert outcomes == [shop.payment.created, *shop.payment.facts[-2:]]


def test_a_new_key_and_no_key_have_no_outcome() -> None:
    shop = captured_shop()
    commands = [
        create_command(idempotency_key="key-2"),
        create_command(idempotency_key=None),
        capture("key-2"),
        capture(None),
        refund("key-2"),
        refund(None),
    ]
    assert [earlier_outcome(shop.state, command) for command in commands] == [None] * 6


def test_captures_and_refunds_without_a_key_are_never_taken_for_each_other() -> None:
    shop = Shop()
    shop.create(idempotency_key=None)
    shop.force_approve()
    shop.capture(1000, None)
    shop.refund(500, None)
    assert earlier_outcome(shop.state, capture(None)) is None
    assert earlier_outcome(shop.state, refund(None, 500)) is None


def test_keys_of_captures_and_refunds_count_per_payment() -> None:
    """Shops number their captures 1, 2, 3 on every order."""
    shop = captured_shop()
    shop.create(reference="order-0002", idempotency_key="key-2")
    assert earlier_outcome(shop.state, capture(reference="order-0002", value=7)) is None
    assert earlier_outcome(shop.state, refund(reference="order-0002", value=7)) is None
    assert earlier_outcome(shop.state, capture(reference="order-0003")) is None


def test_keys_of_creates_count_per_sales_unit() -> None:
    shop = captured_shop()
    with pytest.raises(CreateKeyReused) as caught:
        earlier_outcome(shop.state, create_command(reference="order-0002"))
    assert caught.value == CreateKeyReused("key-1")


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "order-0002"},
        {"amount": nok(2001)},
        {"amount": Amount(Currency.DKK, 2000)},
        {"phone_number": EMMA},
        {"scope": ("name",)},
        {"return_url": "https://example.com/other"},
        {"expires_at": NOON + timedelta(days=1)},
        {"payment_description": "Invoice"},
        {"metadata": (("key", "value"),)},
    ],
)
def test_a_create_key_with_any_other_content_conflicts(changes: dict[str, Any]) -> None:
    shop = captured_shop()
    with pytest.raises(CreateKeyReused):
        earlier_outcome(shop.state, create_command(**changes))


def test_the_order_of_metadata_is_not_content() -> None:
    """Some languages write the keys of a JSON object in another order each time."""
    shop = Shop()
    shop.create(metadata=(("b", "1"), ("a", "2")))
    assert earlier_outcome(shop.state, create_command(metadata=(("a", "2"), ("b", "1")))) is shop.payment.created
    assert shop.payment.created.command.metadata == (("b", "1"), ("a", "2"))
    with pytest.raises(CreateKeyReused):
        earlier_outcome(shop.state, create_command(metadata=(("a", "1"), ("b", "2"))))


@pytest.mark.parametrize(
    ("command", "refusal"),
    [(capture(value=999), CaptureKeyReused("key-1")), (refund(value=999), RefundKeyReused("key-1"))],
)
def test_a_capture_or_refund_key_with_another_amount_conflicts(command: Capture | Refund, refusal: Refusal) -> None:
    with pytest.raises(type(refusal)) as caught:
        earlier_outcome(captured_shop().state, command)
    assert caught.value == refusal


def test_a_key_stands_for_its_own_capture_whatever_came_after() -> None:
    shop = Shop()
    shop.create()
    shop.force_approve()
    (first,) = shop.capture(500, "key-1")
    (second,) = shop.capture(500, "key-2")
    shop.cancel()
    shop.refund(1000)
    assert earlier_outcome(shop.state, capture("key-1", 500)) is first
    assert earlier_outcome(shop.state, capture("key-2", 500)) is second


def test_cancel_has_no_key() -> None:
    shop = captured_shop()
    assert earlier_outcome(shop.state, Cancel(reference=REFERENCE)) is None
    assert remember(shop, Cancel(reference=REFERENCE), TOO_HIGH) == []


# --- What was refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "refusal", "conflict"),
    [
        (create_command(amount=nok(1)), errors.AmountTooSmall(nok(1), 100), CreateKeyReused),
        (capture(value=5000), TOO_HIGH, CaptureKeyReused),
        (refund(value=5000), errors.RefundTooHigh(REFERENCE, nok(5000), nok(0)), RefundKeyReused),
    ],
)
def test_a_refusal_stays_the_answer_to_its_key(
    command: CreatePayment | Capture | Refund, refusal: Refusal, conflict: type[Refusal]
) -> None:
    """With other content the key conflicts, as it would after a success; another key is free."""
    shop = Shop()
    (fact,) = remember(shop, command, refusal)
    assert (fact.at, fact.key, fact.refusal) == (NOON, operation_key(command), refusal)
    with pytest.raises(type(refusal)) as caught:
        earlier_outcome(shop.state, command)
    assert caught.value == refusal
    why = "This is what Idempotency-Key key-1 was answered first, at 2023-09-01T12:00:00Z."
    assert str(caught.value.__cause__) == why
    with pytest.raises(conflict):
        earlier_outcome(shop.state, replace(command, amount=nok(700)))
    assert earlier_outcome(shop.state, replace(command, idempotency_key="key-2")) is None
    assert shop.replayed == shop.state


def test_a_refused_key_counts_where_its_operation_does() -> None:
    shop = captured_shop()
    remember(shop, capture("key-9", 5000), TOO_HIGH)
    others = (
        refund("key-9", 5000),
        capture("key-9", 5000, "order-0002"),
        create_command(idempotency_key="key-9", reference="order-0009"),
    )
    assert [earlier_outcome(shop.state, command) for command in others] == [None] * 3


STICKY: list[Refusal] = [
    errors.AmountTooSmall(nok(1), 100),
    errors.CurrencyNotAllowed(Currency.SEK, ()),
    errors.PhoneNumberInvalid("1"),
    errors.UrlInvalid("returnUrl", ""),
    errors.ScopeInvalid("x", ()),
    errors.ParameterRequired("customer", ""),
    errors.PersonalQrInvalid("x"),
    errors.CustomerTokenInvalid("x"),
    errors.BlockedSourcesNotApplicable(),
    errors.MetadataKeyTwice("key"),
    errors.MetadataTooMany(6, 5),
    errors.MetadataKeyTooLong(101, 100),
    errors.MetadataValueTooLong("key", 501, 500),
    errors.ExpiryTooSoon(NOON, NOON),
    errors.ExpiryTooLate(NOON, NOON),
    errors.ReceiptRequired(REFERENCE),
    errors.PaymentCannotBeCreated(""),
    errors.MethodInvalid(""),
    errors.CaptureBeforeApproval(REFERENCE, nok(1)),
    errors.CaptureOfEndedPayment(REFERENCE, nok(1), "EXPIRED"),
    errors.CaptureOfCancelledPayment(REFERENCE, nok(1), nok(1)),
    errors.CaptureTooHigh(REFERENCE, nok(1), nok(1)),
    errors.AlreadyCaptured(REFERENCE, nok(1), nok(1)),
    errors.PartialCaptureNotAllowed(REFERENCE, nok(1), nok(1)),
    errors.CapturePeriodExpired(REFERENCE, nok(1), NOON),
    errors.RefundBeforeApproval(REFERENCE, nok(1), "CREATED"),
    errors.RefundOfEndedPayment(REFERENCE, nok(1), "EXPIRED"),
    errors.RefundTooHigh(REFERENCE, nok(1), nok(1)),
    errors.AlreadyRefunded(REFERENCE, nok(1), nok(1)),
    errors.RefundPeriodExpired(REFERENCE, nok(1), NOON),
    errors.RefundNotConfigured(REFERENCE, nok(1)),
]
PASSING: list[Refusal] = [
    # What is missing may be granted, or come to be.
    errors.ScopeIllegal("nin", MSN),
    errors.LongLivingNotAllowed(MSN),
    errors.PushMessageNotAllowed(MSN),
    errors.ExpressNotAllowed(MSN),
    errors.BankAccountNotVerified(MSN),
    errors.CustomerNotFound(ADA),
    errors.UnknownReference(REFERENCE, MSN),
    # To be retried with the same key.
    errors.PaymentLocked(REFERENCE),
    errors.FundsUnavailable(REFERENCE, nok(1)),
    errors.CaptureFailed(REFERENCE, nok(1)),
    # Not about the operation.
    errors.ReferenceTaken(REFERENCE),
    errors.AmountInvalid("amount.value"),
    errors.ModificationAmountInvalid(REFERENCE, nok(0), Currency.NOK),
    errors.CreateKeyReused("key-1"),
    errors.CaptureKeyReused("key-1"),
    errors.RefundKeyReused("key-1"),
]


@pytest.mark.parametrize("refusal", STICKY, ids=lambda refusal: type(refusal).__name__)
def test_a_refusal_of_what_was_asked_is_remembered(refusal: Refusal) -> None:
    assert [fact.refusal for fact in remember(Shop(), capture(), refusal)] == [refusal]


@pytest.mark.parametrize("refusal", PASSING, ids=lambda refusal: type(refusal).__name__)
def test_a_refusal_that_may_pass_is_not_remembered(refusal: Refusal) -> None:
    """Source: ePayment guide, "Idempotency"; statuses 403, 404 and 423, and codes 6260 and 6280, are never kept."""
    assert remember(Shop(), capture(), refusal) == []


def test_every_refusal_of_a_keyed_operation_is_one_or_the_other() -> None:
    keyed = {
        kind
        for parent in (errors.CreateRefusal, errors.CaptureRefusal, errors.RefundRefusal, errors.KeyReused)
        for kind in parent.__subclasses__()
    }
    assert keyed <= {type(refusal) for refusal in (*STICKY, *PASSING)}
    assert not {kind for kind in {type(refusal) for refusal in PASSING} if kind.sticky}


def test_refusals_can_be_forgotten_by_setting() -> None:
    """There is evidence of shops that retry a refused capture with the same key."""
    assert remember(Shop(sticky_refusals=False), capture(), TOO_HIGH) == []


def test_a_refusal_without_a_key_is_forgotten() -> None:
    assert remember(Shop(), capture(None), TOO_HIGH) == []


def test_a_remembered_refusal_keeps_nothing_of_where_it_was_raised() -> None:
    """A traceback holds on to whole requests, and would grow with each repetition."""
    shop = Shop()
    shop.create()
    shop.force_approve()
    with pytest.raises(CaptureTooHigh) as first:
        shop.capture(5000)
    (kept,) = remember(shop, capture(value=5000), first.value)
    with pytest.raises(CaptureTooHigh) as second:
        earlier_outcome(shop.state, capture(value=5000))
    assert first.value == kept.refusal == second.value
    assert kept.refusal.__traceback__ is None
