"""What a merchant may create; see test_refusals.py for each refusal with its words."""

from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.domain.commands import CardPassthrough, PaymentMethodType, UserFlow
from sandbox.domain.creation import SCOPES, lacks_receipt
from sandbox.domain.errors import (
    AmountTooSmall,
    BankAccountNotVerified,
    BlockedSourcesNotApplicable,
    CurrencyNotAllowed,
    CustomerNotFound,
    ExpiryTooLate,
    ExpiryTooSoon,
    MetadataKeyTooLong,
    MetadataTooMany,
    MetadataValueTooLong,
    MethodInvalid,
    ParameterRequired,
    PaymentCannotBeCreated,
    PhoneNumberInvalid,
    ReceiptRequired,
    ReferenceTaken,
    ScopeIllegal,
    ScopeInvalid,
    UrlInvalid,
)
from sandbox.domain.facts import PaymentCreated, PushSent
from sandbox.domain.money import Amount, Currency
from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import Market, Profile
from tests.domain.shop import ADA, EMMA, MSN, NOON, RECEIPT, REFERENCE, UNKNOWN, Shop, create_command, nok

TICK = timedelta(microseconds=1)
TEN_MINUTES = timedelta(minutes=10)


@pytest.mark.parametrize("flow", [UserFlow.WEB_REDIRECT, UserFlow.NATIVE_REDIRECT])
def test_a_payment_by_link_is_on_nobodys_phone_yet(flow: UserFlow) -> None:
    """The number only fills the landing page in."""
    shop = Shop()
    command = create_command(user_flow=flow)
    assert shop.create(user_flow=flow) == [
        PaymentCreated(at=NOON, reference=REFERENCE, command=command, deadline=NOON + TEN_MINUTES)
    ]
    assert shop.payment.phone_number is None


def test_a_payment_by_push_is_on_the_phone_at_once() -> None:
    shop = Shop()
    command = create_command(user_flow=UserFlow.PUSH_MESSAGE, return_url=None)
    assert shop.create_push(return_url=None) == [
        PaymentCreated(at=NOON, reference=REFERENCE, command=command, deadline=NOON + TEN_MINUTES),
        PushSent(at=NOON, reference=REFERENCE, phone_number=ADA),
    ]
    assert shop.payment.phone_number == ADA


def test_the_time_to_answer_is_the_units_own() -> None:
    shop = Shop(payment_timeout=timedelta(minutes=5))
    shop.create()
    assert shop.payment.created.deadline == NOON + timedelta(minutes=5)


# --- Amounts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("currency", "minimum"), [("NOK", 100), ("DKK", 1), ("EUR", 1)])
def test_the_smallest_amount_depends_on_the_currency(currency: str, minimum: int) -> None:
    smallest = Amount(Currency(currency), minimum)
    Shop().create(amount=smallest)
    with pytest.raises(AmountTooSmall) as caught:
        Shop().create(amount=smallest.of(minimum - 1))
    assert caught.value == AmountTooSmall(smallest.of(minimum - 1), minimum)


@pytest.mark.parametrize(("market", "allowed"), [("NO", "NOK"), ("DK", "DKK"), ("FI", "EUR")])
@pytest.mark.parametrize("asked", list(Currency))
def test_a_market_has_one_currency(market: str, allowed: str, asked: Currency) -> None:
    shop = Shop(market=Market(market))
    if asked.value == allowed:
        shop.create(amount=Amount(asked, 2000))
        return
    with pytest.raises(CurrencyNotAllowed) as caught:
        shop.create(amount=Amount(asked, 2000))
    assert caught.value == CurrencyNotAllowed(asked, (Currency(allowed),))


@pytest.mark.parametrize("asked", [Currency.SEK, Currency.USD, Currency.GBP])
def test_a_unit_of_no_market_takes_the_currencies_of_all_three(asked: Currency) -> None:
    """The other currencies are for card passthrough only."""
    allowed = (Currency.NOK, Currency.DKK, Currency.EUR)
    for currency in allowed:
        Shop().create(amount=Amount(currency, 2000))
    with pytest.raises(CurrencyNotAllowed) as caught:
        Shop().create(amount=Amount(asked, 2000))
    assert caught.value == CurrencyNotAllowed(asked, allowed)


# --- URLs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameter", ["return_url", "receipt_url"])
@pytest.mark.parametrize(
    ("url", "profiles"),
    [
        ("https://example.com/redirect", {Profile.LENIENT, Profile.STRICT}),
        ("myapp://paid", {Profile.LENIENT, Profile.STRICT}),
        ("http://localhost:3000/redirect", {Profile.LENIENT}),
        ("http://example.com/redirect", set()),
        ("example.com", set()),
        ("", set()),
    ],
)
@pytest.mark.parametrize("profile", list(Profile))
def test_a_customer_is_sent_to_https_or_an_app_only(
    parameter: str, url: str, profiles: set[Profile], profile: Profile
) -> None:
    """The lenient profile takes http to this machine and its network too, where development happens."""
    shop = Shop(profile=profile)
    if profile in profiles:
        shop.create(**{parameter: url})
        return
    with pytest.raises(UrlInvalid) as caught:
        shop.create(**{parameter: url})
    assert caught.value == UrlInvalid({"return_url": "returnUrl", "receipt_url": "receiptUrl"}[parameter], url)


@pytest.mark.parametrize(("flow", "needed"), [("WEB_REDIRECT", True), ("NATIVE_REDIRECT", False)])
def test_only_a_customer_on_the_web_must_be_sent_back(flow: str, needed: bool) -> None:
    if not needed:
        Shop().create(user_flow=UserFlow(flow), return_url=None)
        return
    with pytest.raises(ParameterRequired) as caught:
        Shop().create(user_flow=UserFlow(flow), return_url=None)
    assert caught.value.parameter == "returnUrl"


# --- Customers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1" * 9, "4791234567", "1" * 15])
@pytest.mark.parametrize("flow", [UserFlow.WEB_REDIRECT, UserFlow.PUSH_MESSAGE])
def test_a_phone_number_has_nine_to_fifteen_digits(number: str, flow: UserFlow) -> None:
    Shop().create(phone_number=number, user_flow=flow)


@pytest.mark.parametrize(
    "number", ["", "1" * 8, "1" * 16, "+4791234567", "47 91234567", "٤٧٩١٢٣٤٥٦٧", "4791234567\n"]
)
@pytest.mark.parametrize("flow", [UserFlow.WEB_REDIRECT, UserFlow.PUSH_MESSAGE])
def test_a_phone_number_is_nothing_else(number: str, flow: UserFlow) -> None:
    with pytest.raises(PhoneNumberInvalid) as caught:
        Shop().create(phone_number=number, user_flow=flow)
    assert caught.value == PhoneNumberInvalid(number)


@pytest.mark.parametrize(
    ("born", "allowed"),
    [(date(2005, 9, 1), True), (date(2005, 9, 2), False), (date(2004, 2, 29), True), (None, True)],
)
@pytest.mark.parametrize("flow", [UserFlow.WEB_REDIRECT, UserFlow.PUSH_MESSAGE])
def test_a_push_does_not_reach_who_is_younger_than_the_merchant_asks(
    born: date | None, allowed: bool, flow: UserFlow
) -> None:
    """Of 18 years, on 1 September 2023. The answer is that of a number that is nobody's.

    A link can be followed by somebody else.
    """
    shop = Shop()
    if allowed or flow is UserFlow.WEB_REDIRECT:
        shop.create(user_flow=flow, minimum_user_age=18, customer_born=born)
        return
    with pytest.raises(CustomerNotFound) as caught:
        shop.create(user_flow=flow, minimum_user_age=18, customer_born=born)
    assert caught.value == CustomerNotFound(ADA)
    shop.create(user_flow=flow, customer_born=born)


@pytest.mark.parametrize("number", [UNKNOWN, None])
def test_a_payment_by_link_needs_no_customer(number: str | None) -> None:
    """Another number may be typed on the landing page."""
    Shop(push_message_allowed=False).create(phone_number=number)


# --- Profile sharing and metadata -----------------------------------------------------------------------


def test_every_scope_may_be_asked_for_by_a_unit_with_permission() -> None:
    shop = Shop(nin_allowed=True)
    shop.create(scope=SCOPES)
    assert shop.payment.scope == ("name", "address", "email", "phoneNumber", "birthDate", "nin")


@pytest.mark.parametrize("allowed", [True, False])
def test_account_numbers_are_never_granted(allowed: bool) -> None:
    with pytest.raises(ScopeIllegal):
        Shop(nin_allowed=allowed).create(scope=("name", "accountNumbers"))


@pytest.mark.parametrize("word", ["Name", "phone_number", "gender", "openid"])
def test_an_unknown_word_in_the_scope_is_refused(word: str) -> None:
    with pytest.raises(ScopeInvalid) as caught:
        Shop().create(scope=("name", word))
    assert caught.value == ScopeInvalid(word, SCOPES)


def test_metadata_fills_its_bounds() -> None:
    metadata = tuple((f"{number}" + "k" * 99, "v" * 500) for number in range(5))
    shop = Shop()
    shop.create(metadata=metadata)
    assert shop.payment.created.command.metadata == metadata


@pytest.mark.parametrize(
    ("metadata", "refusal"),
    [
        (tuple((f"{number}", "") for number in range(6)), MetadataTooMany(6, 5)),
        ((("k" * 101, ""),), MetadataKeyTooLong(101, 100)),
        ((("key", "v" * 501),), MetadataValueTooLong("key", 501, 500)),
    ],
)
def test_metadata_does_not_pass_its_bounds(metadata: tuple[tuple[str, str], ...], refusal: Exception) -> None:
    with pytest.raises(type(refusal)) as caught:
        Shop().create(metadata=metadata)
    assert caught.value == refusal


def test_commercial_cards_can_be_blocked_outside_norway() -> None:
    Shop().create(amount=Amount(Currency.DKK, 2000), blocks_commercial_cards=True)
    with pytest.raises(BlockedSourcesNotApplicable):
        Shop().create(blocks_commercial_cards=True)


# --- Long-living payments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "latest"),
    [({}, timedelta(days=60)), ({"long_living_maximum": timedelta(days=1)}, timedelta(days=1))],
)
def test_a_long_living_payment_lives_more_than_ten_minutes_and_less_than_the_maximum(
    settings: dict[str, Any], latest: timedelta
) -> None:
    """Both bounds are exclusive."""
    for asked in (NOON + TEN_MINUTES + TICK, NOON + latest - TICK):
        shop = Shop(**settings)
        shop.create(expires_at=asked)
        assert shop.payment.created.deadline == asked
    with pytest.raises(ExpiryTooSoon) as too_soon:
        Shop(**settings).create(expires_at=NOON + TEN_MINUTES)
    assert too_soon.value == ExpiryTooSoon(NOON + TEN_MINUTES, NOON + TEN_MINUTES)
    with pytest.raises(ExpiryTooLate) as too_late:
        Shop(**settings).create(expires_at=NOON + latest)
    assert too_late.value == ExpiryTooLate(NOON + latest, NOON + latest)


def test_an_expiry_in_the_past_is_too_soon() -> None:
    with pytest.raises(ExpiryTooSoon):
        Shop().create(expires_at=NOON - timedelta(days=400))


def test_only_the_strict_profile_demands_a_receipt_of_a_long_living_payment() -> None:
    """The seed's invoice has none; production answers 6130 today."""
    asked = NOON + timedelta(days=14)
    Shop().create(expires_at=asked)
    Shop(profile=Profile.STRICT).create(expires_at=asked, receipt=RECEIPT)
    Shop(profile=Profile.STRICT).create(receipt=None)
    with pytest.raises(ReceiptRequired):
        Shop(profile=Profile.STRICT).create(expires_at=asked)


@pytest.mark.parametrize("long_living", [True, False])
@pytest.mark.parametrize("with_receipt", [True, False])
def test_it_is_told_which_payment_lacks_its_receipt(long_living: bool, with_receipt: bool) -> None:
    command = create_command(
        expires_at=NOON + timedelta(days=14) if long_living else None, receipt=RECEIPT if with_receipt else None
    )
    assert lacks_receipt(command) is (long_living and not with_receipt)


# --- The rest -------------------------------------------------------------------------------------------


def test_a_reference_is_taken_for_good() -> None:
    """Also by a payment that has ended."""
    shop = Shop()
    shop.create()
    shop.leave_landing_page()
    with pytest.raises(ReferenceTaken) as caught:
        shop.create(idempotency_key="key-2", amount=nok(3000), phone_number=EMMA)
    assert caught.value == ReferenceTaken(REFERENCE)


# --- Payment methods ------------------------------------------------------------------------------------

CARD, CARD_PASSTHROUGH = PaymentMethodType.CARD, PaymentMethodType.CARD_PASSTHROUGH
PASSTHROUGH = CardPassthrough(psp_reference="psp-1", card_callback_url="https://example.com/card")


def test_a_card_is_taken_where_it_is_allowed() -> None:
    """Free-standing card payments need an agreement, without which they are refused (5070)."""
    shop = Shop(card_allowed=False)
    with pytest.raises(PaymentCannotBeCreated) as caught:
        shop.create(payment_method=CARD)
    assert caught.value == PaymentCannotBeCreated("free-standing card payments are not available to this sales unit.")
    shop.configure(card_allowed=True)
    (created,) = shop.create(payment_method=CARD)
    assert shop.payment.created is created


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"user_flow": UserFlow.PUSH_MESSAGE}, "CARD goes with the user flow WEB_REDIRECT, not with PUSH_MESSAGE."),
        (
            {"user_flow": UserFlow.NATIVE_REDIRECT},
            "CARD goes with the user flow WEB_REDIRECT, not with NATIVE_REDIRECT.",
        ),
        ({"user_flow": UserFlow.QR}, "CARD goes with the user flow WEB_REDIRECT, not with QR."),
        ({"receipt": RECEIPT}, "receipt and expiresAt go with WALLET, not with CARD."),
        ({"expires_at": NOON + timedelta(days=2)}, "receipt and expiresAt go with WALLET, not with CARD."),
        ({"card_passthrough": PASSTHROUGH}, "cardPassthrough goes with CARD_PASSTHROUGH, not with CARD."),
    ],
)
def test_what_belongs_to_the_app_does_not_go_with_a_card(changes: dict[str, Any], because: str) -> None:
    """Source: ePayment guide, "Free-standing card payments"; code 4160."""
    shop = Shop()
    with pytest.raises(MethodInvalid) as caught:
        shop.create(payment_method=CARD, **changes)
    assert caught.value == MethodInvalid(because)
    assert not shop.state.payments


def test_a_card_is_passed_through_to_payment_service_providers_only() -> None:
    shop = Shop()
    command = {"payment_method": CARD_PASSTHROUGH, "card_passthrough": PASSTHROUGH}
    with pytest.raises(PaymentCannotBeCreated) as caught:
        shop.create(**command)
    assert caught.value == PaymentCannotBeCreated("CARD_PASSTHROUGH is for payment service providers.")
    shop.configure(card_passthrough_allowed=True)
    shop.create(**command)
    assert shop.payment.created.command.card_passthrough == PASSTHROUGH


def test_a_card_that_is_passed_through_needs_somewhere_to_go() -> None:
    with pytest.raises(ParameterRequired) as caught:
        Shop(card_passthrough_allowed=True).create(payment_method=CARD_PASSTHROUGH)
    assert caught.value == ParameterRequired("cardPassthrough", "The payment method CARD_PASSTHROUGH needs it.")


def test_only_a_card_that_is_passed_through_has_somewhere_to_go() -> None:
    with pytest.raises(MethodInvalid) as caught:
        Shop().create(card_passthrough=PASSTHROUGH)
    assert caught.value == MethodInvalid("cardPassthrough goes with CARD_PASSTHROUGH, not with WALLET.")


@pytest.mark.parametrize("currency", Currency)
def test_a_card_that_is_passed_through_may_pay_in_any_currency(currency: Currency) -> None:
    """It is the provider who settles it, so the sales unit's market does not count."""
    shop = Shop(card_passthrough_allowed=True, market=Market.NO)
    amount = Amount(currency, 2000)
    shop.create(payment_method=CARD_PASSTHROUGH, card_passthrough=PASSTHROUGH, amount=amount)
    assert shop.payment.amount == amount


def test_a_unit_without_a_verified_bank_account_is_paid_nothing() -> None:
    """Which a merchant can mend, so that the same Idempotency-Key may try again (5060)."""
    shop = Shop(bank_account_verified=False)
    with pytest.raises(BankAccountNotVerified) as caught:
        shop.create()
    assert caught.value == BankAccountNotVerified(MSN)
    shop.configure(bank_account_verified=True)
    shop.create()
    assert shop.payment.state is PaymentState.CREATED
