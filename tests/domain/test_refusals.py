"""Every refusal is provoked here once: what was asked, what was allowed, and the words that tell the developer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sandbox.domain import approval, errors, faults, webhooks
from sandbox.domain.card_form import enter_card
from sandbox.domain.commands import (
    Capture,
    CustomerAct,
    CustomerAction,
    DropDelivery,
    EnterCard,
    PaymentMethodType,
    PaymentType,
    Refund,
    RegisterWebhook,
    RemoveCategory,
    RemoveFault,
    RemoveWebhook,
    Shipping,
    ShippingBrand,
    ShippingGroup,
    ShippingOption,
    ShippingType,
)
from sandbox.domain.creation import SCOPES
from sandbox.domain.customers import ApproveTrouble
from sandbox.domain.errors import Refusal
from sandbox.domain.event_names import EVENT_TYPES
from sandbox.domain.facts import PaymentExpired
from sandbox.domain.idempotency import earlier_outcome
from sandbox.domain.identity import sub
from sandbox.domain.money import Amount, Currency
from sandbox.domain.orders import order, remove_category
from sandbox.domain.profile_sharing import readable_scope
from sandbox.domain.sales_unit import CaptureTrouble, Profile
from tests.domain.shop import ADA, MSN, NOON, REFERENCE, UNKNOWN, Shop, create_command, nok, png

Story = Callable[[Shop], object]

STORIES: list[tuple[Story, Refusal, str]] = []
SUB = sub(MSN, ADA)
FORTNIGHT = NOON + timedelta(days=14)
YEARS = timedelta(days=1000)
FREIGHT = Shipping(
    groups=(
        ShippingGroup(
            type=ShippingType.MAILBOX,
            brand=ShippingBrand.POSTEN,
            options=(ShippingOption(id="mailbox", name="Mailbox", amount=nok(4900)),),
        ),
    )
)


def refused(refusal: Refusal, text: str) -> Callable[[Story], Story]:
    """Mark a story that ends with *refusal*, which says *text*."""

    def keep(story: Story) -> Story:
        STORIES.append((story, refusal, text))
        return story

    return keep


def approved(**settings: Any) -> Callable[[Shop], Shop]:
    """Make a step that gives the shop *settings* and an approved payment of 20 kr."""

    def step(shop: Shop) -> Shop:
        shop.configure(**settings)
        shop.create(scope=("name",))
        shop.force_approve()
        return shop

    return step


def ended(shop: Shop) -> Shop:
    shop.create()
    shop.take_in(PaymentExpired(at=NOON, reference=REFERENCE))
    return shop


def processing(shop: Shop) -> Shop:
    shop.create_push(amount=nok(201))
    shop.act(CustomerAction.OPEN, CustomerAction.APPROVE)
    return shop


# --- Creating a payment ---------------------------------------------------------------------------------


@refused(errors.AmountTooSmall(nok(99), 100), "The amount 0.99 NOK is below the minimum of 1.00 NOK.")
def less_than_the_minimum(shop: Shop) -> None:
    shop.create(amount=nok(99))


@refused(
    errors.CurrencyNotAllowed(Currency.SEK, (Currency.NOK, Currency.DKK, Currency.EUR)),
    "The sales unit takes NOK or DKK or EUR, not SEK.",
)
def a_currency_of_no_market(shop: Shop) -> None:
    shop.create(amount=Amount(Currency.SEK, 2000))


@refused(
    errors.PhoneNumberInvalid("+4791234567"),
    "The phone number '+4791234567' is not an MSISDN: 9 to 15 digits with country code, without plus sign and blanks,"
    " such as 4791234567.",
)
def a_phone_number_with_plus(shop: Shop) -> None:
    shop.create(phone_number="+4791234567")


@refused(errors.UrlInvalid("returnUrl", "http://example.com"), "The parameter returnUrl is invalid.")
def a_return_without_encryption(shop: Shop) -> None:
    shop.create(return_url="http://example.com")


@refused(errors.ScopeInvalid("gender", SCOPES), "The scope gender is invalid.")
def a_scope_that_does_not_exist(shop: Shop) -> None:
    shop.create(scope=("name", "gender"))


@refused(errors.ScopeIllegal("nin", MSN), "The scope nin is illegal. MSN 123456 has no permission to ask for it.")
def a_scope_without_permission(shop: Shop) -> None:
    shop.create(scope=("name", "nin"))


@refused(
    errors.ParameterRequired("customer", "The user flow PUSH_MESSAGE sends the push to it."),
    "The parameter customer is required. The user flow PUSH_MESSAGE sends the push to it.",
)
def a_push_to_nobody(shop: Shop) -> None:
    shop.create_push(phone_number=None)


@refused(
    errors.BlockedSourcesNotApplicable(),
    "Blocking sources is not applicable to this sales unit, or to this payment method.",
)
def no_commercial_cards_in_norway(shop: Shop) -> None:
    shop.create(blocks_commercial_cards=True)


@refused(errors.MetadataKeyTwice("a"), "metadata has the key 'a' twice.")
def a_metadata_key_twice(shop: Shop) -> None:
    shop.create(metadata=(("b", ""), ("a", "1"), ("a", "2")))


@refused(errors.MetadataTooMany(6, 5), "metadata has 6 pairs; 5 are allowed.")
def too_much_metadata(shop: Shop) -> None:
    shop.create(metadata=tuple((str(number), "") for number in range(6)))


@refused(errors.MetadataKeyTooLong(101, 100), "A metadata key has 101 characters; 100 are allowed.")
def a_long_metadata_key(shop: Shop) -> None:
    shop.create(metadata=(("k" * 101, ""),))


@refused(
    errors.MetadataValueTooLong("key", 501, 500),
    "The metadata value of 'key' has 501 characters; 500 are allowed.",
)
def a_long_metadata_value(shop: Shop) -> None:
    shop.create(metadata=(("key", "v" * 501),))


@refused(
    errors.ExpiryTooSoon(NOON, NOON + timedelta(minutes=10)),
    "expiresAt 2023-09-01T12:00:00Z is too soon: it must be after 2023-09-01T12:10:00Z.",
)
def an_expiry_now(shop: Shop) -> None:
    shop.create(expires_at=NOON)


@refused(
    errors.ExpiryTooLate(NOON + timedelta(days=61), NOON + timedelta(days=60)),
    "expiresAt 2023-11-01T12:00:00Z is too late: it must be before 2023-10-31T12:00:00Z.",
)
def an_expiry_in_two_months(shop: Shop) -> None:
    shop.create(expires_at=NOON + timedelta(days=61))


@refused(errors.LongLivingNotAllowed(MSN), "MSN 123456 is not allowed to create long-living payments.")
def a_long_living_payment_without_permission(shop: Shop) -> None:
    shop.configure(long_living_allowed=False)
    shop.create(expires_at=FORTNIGHT)


@refused(
    errors.ReceiptRequired(REFERENCE), "Payment order-0001 has expiresAt, and long-living payments need a receipt."
)
def a_long_living_payment_without_receipt(shop: Shop) -> None:
    shop.configure(profile=Profile.STRICT)
    shop.create(expires_at=FORTNIGHT)


@refused(errors.PushMessageNotAllowed(MSN), "MSN 123456 is not allowed to use the user flow PUSH_MESSAGE.")
def a_push_without_permission(shop: Shop) -> None:
    shop.configure(push_message_allowed=False)
    shop.create_push()


@refused(errors.CustomerNotFound(UNKNOWN), "The customer was not found, or cannot pay businesses.")
def a_push_to_a_number_that_is_nobodys(shop: Shop) -> None:
    shop.create_push(phone_number=UNKNOWN)


@refused(
    errors.PaymentCannotBeCreated("free-standing card payments are not available to this sales unit."),
    "The payment cannot be created because of a missing precondition: free-standing card payments are not available"
    " to this sales unit.",
)
def a_card_payment_without_agreement(shop: Shop) -> None:
    shop.configure(card_allowed=False)
    shop.create(payment_method=PaymentMethodType.CARD)


@refused(
    errors.MethodInvalid("receipt and expiresAt go with WALLET, not with CARD."),
    "The payment method type is invalid: receipt and expiresAt go with WALLET, not with CARD.",
)
def a_card_payment_that_lives_long(shop: Shop) -> None:
    shop.create(payment_method=PaymentMethodType.CARD, expires_at=FORTNIGHT)


@refused(errors.ExpressNotAllowed(MSN), "MSN 123456 is not allowed to create Express payments.")
def an_express_payment_without_permission(shop: Shop) -> None:
    shop.configure(express_allowed=False)
    shop.create(shipping=FREIGHT)


@refused(errors.BankAccountNotVerified(MSN), "The bank account of MSN 123456 is not verified.")
def a_payment_to_an_account_that_nobody_verified(shop: Shop) -> None:
    shop.configure(bank_account_verified=False)
    shop.create()


@refused(errors.ReferenceTaken(REFERENCE), "Reference order-0001 already exists.")
def a_reference_twice(shop: Shop) -> None:
    shop.create()
    shop.create()


@refused(errors.UnknownReference(REFERENCE, MSN), "The reference order-0001 does not exist for MSN 123456")
def a_payment_that_does_not_exist(shop: Shop) -> None:
    shop.capture(2000)


# --- Idempotency keys -----------------------------------------------------------------------------------


@refused(errors.CreateKeyReused("key-1"), "Idempotency-Key key-1 already exists.")
def a_create_key_for_another_payment(shop: Shop) -> None:
    shop.create()
    earlier_outcome(shop.state, create_command(reference="order-0002"))


@refused(errors.CaptureKeyReused("key-1"), "Idempotency-Key key-1 already exists.")
def a_capture_key_for_another_amount(shop: Shop) -> None:
    approved()(shop).capture(1000)
    earlier_outcome(shop.state, Capture(idempotency_key="key-1", reference=REFERENCE, amount=nok(999)))


@refused(errors.RefundKeyReused("key-1"), "Idempotency-Key key-1 already exists.")
def a_refund_key_for_another_amount(shop: Shop) -> None:
    approved()(shop).capture(1000)
    shop.refund(1000)
    earlier_outcome(shop.state, Refund(idempotency_key="key-1", reference=REFERENCE, amount=nok(999)))


# --- Capture --------------------------------------------------------------------------------------------


@refused(
    errors.CaptureBeforeApproval(REFERENCE, nok(2000)),
    "20.00 NOK cannot be captured of order-0001: the amount is not reserved. The user must accept the payment before"
    " capture can be done.",
)
def a_capture_before_approval(shop: Shop) -> None:
    shop.create()
    shop.capture(2000)


@refused(
    errors.CaptureOfEndedPayment(REFERENCE, nok(2000), "EXPIRED"),
    "Reference order-0001 cannot be captured. Invalid state: EXPIRED.",
)
def a_capture_after_the_end(shop: Shop) -> None:
    ended(shop).capture(2000)


@refused(
    errors.CaptureOfCancelledPayment(REFERENCE, nok(1000), nok(2000)),
    "10.00 NOK cannot be captured of order-0001: 20.00 NOK have been cancelled.",
)
def a_capture_after_a_cancel_before_approval(shop: Shop) -> None:
    shop.create()
    shop.cancel()
    shop.capture(1000)


@refused(
    errors.CaptureTooHigh(REFERENCE, nok(2001), nok(2000)),
    "20.01 NOK were asked of order-0001; 20.00 NOK are left to capture.",
)
def a_capture_of_more_than_is_reserved(shop: Shop) -> None:
    approved()(shop).capture(2001)


@refused(errors.AlreadyCaptured(REFERENCE, nok(1), nok(2000)), "All of order-0001 has been captured: 20.00 NOK.")
def a_capture_of_more_than_all(shop: Shop) -> None:
    approved()(shop).capture(2000)
    shop.capture(1, "key-2")


@refused(
    errors.PartialCaptureNotAllowed(REFERENCE, nok(1000), nok(2000)),
    "The sales unit must capture the full amount of order-0001: 20.00 NOK, not 10.00 NOK.",
)
def a_capture_of_a_part_where_all_is_due(shop: Shop) -> None:
    approved(partial_capture_allowed=False)(shop).capture(1000)


@refused(
    errors.CapturePeriodExpired(REFERENCE, nok(2000), NOON + timedelta(days=180)),
    "order-0001 could be captured until 2024-02-28T12:00:00Z.",
)
def a_capture_after_years(shop: Shop) -> None:
    approved()(shop).wait(YEARS)
    shop.capture(2000)


@refused(errors.FundsUnavailable(REFERENCE, nok(2000)), "The funds for 20.00 NOK of order-0001 are unavailable.")
def a_capture_without_funds(shop: Shop) -> None:
    approved(capture_trouble=CaptureTrouble.FUNDS_UNAVAILABLE)(shop).capture(2000)


@refused(
    errors.CaptureFailed(REFERENCE, nok(2000)), "The capture of 20.00 NOK of order-0001 failed; try again later."
)
def a_capture_that_fails(shop: Shop) -> None:
    approved(capture_trouble=CaptureTrouble.TRY_AGAIN)(shop).capture(2000)


@refused(errors.PaymentLocked(REFERENCE), "Order locked and is already processing")
def a_capture_during_another(shop: Shop) -> None:
    approved(capture_trouble=CaptureTrouble.LOCKED)(shop).capture(2000)


@refused(
    errors.ModificationAmountInvalid(REFERENCE, Amount(Currency.DKK, 1000), Currency.NOK),
    "10.00 DKK is not an amount to capture or refund of order-0001: it must be more than 0, in NOK.",
)
def a_capture_of_another_currency(shop: Shop) -> None:
    approved()(shop).capture(Amount(Currency.DKK, 1000))


# --- Cancel ---------------------------------------------------------------------------------------------


@refused(
    errors.CancelOfCapturedPayment(REFERENCE, nok(2000)),
    "All of order-0001 has been captured (20.00 NOK); nothing is left to cancel.",
)
def a_cancel_after_full_capture(shop: Shop) -> None:
    approved()(shop).capture(2000)
    shop.cancel()


@refused(
    errors.CancelOfEndedPayment(REFERENCE, "EXPIRED"),
    "Reference order-0001 cannot be cancelled. Invalid state: EXPIRED.",
)
def a_cancel_after_the_end(shop: Shop) -> None:
    ended(shop).cancel()


@refused(
    errors.CancelOfAuthorizedPayment(REFERENCE),
    "order-0001 is authorized, and cancelTransactionOnly asks to cancel it only while it is not."
    " Nothing has been cancelled.",
)
def a_cancel_of_the_transaction_only(shop: Shop) -> None:
    approved()(shop).cancel(only=True)


@refused(
    errors.CancelPeriodExpired(REFERENCE, NOON + timedelta(days=180)),
    "order-0001 could be cancelled until 2024-02-28T12:00:00Z.",
)
def a_cancel_after_years(shop: Shop) -> None:
    approved()(shop).wait(YEARS)
    shop.cancel()


@refused(errors.CancelOfProcessingPayment(REFERENCE), "order-0001 is being processed; try again later.")
def a_cancel_before_the_outcome_is_known(shop: Shop) -> None:
    processing(shop).cancel()


# --- Refund ---------------------------------------------------------------------------------------------


@refused(
    errors.RefundBeforeApproval(REFERENCE, nok(2000), "CREATED"),
    "20.00 NOK cannot be refunded of order-0001: nothing is reserved, it is CREATED.",
)
def a_refund_of_what_is_not_paid_yet(shop: Shop) -> None:
    shop.create()
    shop.refund(2000)


@refused(
    errors.RefundOfEndedPayment(REFERENCE, nok(2000), "EXPIRED"),
    "Reference order-0001 cannot be refunded. Invalid state: EXPIRED.",
)
def a_refund_of_what_was_never_paid(shop: Shop) -> None:
    ended(shop).refund(2000)


@refused(
    errors.RefundTooHigh(REFERENCE, nok(1), nok(0)),
    "0.01 NOK were asked of order-0001; 0.00 NOK are left to refund.",
)
def a_refund_of_what_is_not_captured(shop: Shop) -> None:
    approved()(shop).refund(1)


@refused(
    errors.AlreadyRefunded(REFERENCE, nok(1), nok(2000)),
    "All that was captured of order-0001 has been refunded: 20.00 NOK.",
)
def a_refund_of_more_than_all(shop: Shop) -> None:
    approved()(shop).capture(2000)
    shop.refund(2000)
    shop.refund(1, "key-2")


@refused(
    errors.RefundPeriodExpired(REFERENCE, nok(2000), NOON + timedelta(days=365)),
    "order-0001 could be refunded until 2024-08-31T12:00:00Z.",
)
def a_refund_after_years(shop: Shop) -> None:
    approved()(shop).capture(2000)
    shop.wait(YEARS)
    shop.refund(2000)


@refused(errors.RefundNotConfigured(REFERENCE, nok(2000)), "Cannot refund payment due to a configuration problem")
def a_refund_by_a_unit_that_cannot(shop: Shop) -> None:
    approved(refund_configured=False)(shop).capture(2000)
    shop.refund(2000)


# --- Force approve, and the customer's phone ------------------------------------------------------------


@refused(
    errors.ApproveFailed(REFERENCE, "invalid state EXPIRED"),
    "The payment could not be approved. Reason: invalid state EXPIRED.",
)
def a_forced_approval_after_the_end(shop: Shop) -> None:
    ended(shop).force_approve()


@refused(
    errors.ApproveFailed(REFERENCE, "the payment is being processed"),
    "The payment could not be approved. Reason: the payment is being processed.",
)
def a_forced_approval_before_the_outcome_is_known(shop: Shop) -> None:
    processing(shop).force_approve()


@refused(errors.AlreadyApproved(REFERENCE), "order-0001 is already authorized.")
def a_forced_approval_twice(shop: Shop) -> None:
    approved()(shop).force_approve()


@refused(
    errors.ParameterRequired("customer", "Nobody's phone has the request yet."),
    "The parameter customer is required. Nobody's phone has the request yet.",
)
def a_forced_approval_by_nobody(shop: Shop) -> None:
    shop.create(phone_number=None)
    shop.force_approve()


@refused(errors.CustomerNotFound(UNKNOWN), "The customer was not found, or cannot pay businesses.")
def a_forced_approval_by_who_does_not_exist(shop: Shop) -> None:
    shop.create()
    shop.force_approve(UNKNOWN)


@refused(
    errors.PhoneNumberInvalid("1"),
    "The phone number '1' is not an MSISDN: 9 to 15 digits with country code, without plus sign and blanks, such as"
    " 4791234567.",
)
def a_forced_approval_by_what_is_no_number(shop: Shop) -> None:
    shop.create()
    shop.force_approve("1")


def approved_in_trouble(shop: Shop, trouble: ApproveTrouble) -> None:
    shop.create()
    shop.configure(approve_trouble=trouble)
    shop.force_approve()


@refused(
    errors.ApproveNotAllowed(REFERENCE, MSN),
    "Force approve is not allowed for MSN 123456, as it is nowhere in production.",
)
def a_forced_approval_in_production(shop: Shop) -> None:
    shop.configure(force_approve_allowed=False)
    shop.create()
    shop.force_approve()


@refused(
    errors.ApproveNotSupported(REFERENCE),
    "order-0001 is an Express payment; force approve does not support those.",
)
def a_forced_approval_of_an_express_payment(shop: Shop) -> None:
    shop.create(shipping=FREIGHT, scope=("name", "address", "email", "phoneNumber"))
    shop.force_approve()


@refused(
    errors.IdentificationRequired(REFERENCE, ADA),
    "4791234567 must have approved a payment in the app once before force approve works.",
)
def a_forced_approval_by_who_never_used_the_app(shop: Shop) -> None:
    approved_in_trouble(shop, ApproveTrouble.IDENTIFICATION_REQUIRED)


@refused(errors.PaymentSourceInvalid(REFERENCE, ADA), "The payment source of 4791234567 is invalid.")
def a_forced_approval_with_an_invalid_source(shop: Shop) -> None:
    approved_in_trouble(shop, ApproveTrouble.INVALID_SOURCE)


@refused(errors.NoCards(REFERENCE, ADA), "4791234567 has no cards.")
def a_forced_approval_without_a_card(shop: Shop) -> None:
    approved_in_trouble(shop, ApproveTrouble.NO_CARDS)


@refused(errors.PaymentLimitExceeded(REFERENCE, ADA), "4791234567 has reached the limit of what may be paid.")
def a_forced_approval_of_too_much(shop: Shop) -> None:
    approved_in_trouble(shop, ApproveTrouble.LIMIT_EXCEEDED)


@refused(errors.CardExpiredAtApproval(REFERENCE, ADA), "The card of 4791234567 has expired.")
def a_forced_approval_with_an_expired_card(shop: Shop) -> None:
    approved_in_trouble(shop, ApproveTrouble.CARD_EXPIRED)


@refused(errors.CardNumberInvalid(), "That is no card number: 12 to 19 digits, of which the last must fit.")
def a_card_number_with_a_slip(shop: Shop) -> None:
    shop.create(payment_method=PaymentMethodType.CARD)
    shop.do(enter_card, EnterCard(reference=REFERENCE, number="4111111111111112"))


@refused(
    errors.ShippingOptionUnknown(REFERENCE, "drone", ("mailbox",)),
    "order-0001 has no shipping option 'drone'; it has mailbox.",
)
def an_option_that_nobody_offers(shop: Shop) -> None:
    shop.create(shipping=FREIGHT, scope=("name", "address", "email", "phoneNumber"))
    shop.act(CustomerAction.OPEN, CustomerAction.SHARE)
    act = CustomerAct(
        action=CustomerAction.APPROVE, reference=REFERENCE, phone_number=ADA, shipping_option_id="drone"
    )
    shop.do(approval.act, act)


@refused(
    errors.NotOnScreen("approve", REFERENCE, ADA, "the request is in the list; `open` it first."),
    "approve of order-0001 is not on the screen of 4791234567 now: the request is in the list; `open` it first.",
)
def an_approval_of_what_is_not_open(shop: Shop) -> None:
    shop.create_push()
    shop.act(CustomerAction.APPROVE)


# --- Order Management and user information --------------------------------------------------------------


@refused(
    errors.OrderUnknown(PaymentType.RECURRING, REFERENCE),
    "There is neither a category nor a receipt for RECURRING order-0001.",
)
def an_order_of_another_kind(shop: Shop) -> None:
    shop.attach_category()
    order(shop.state, PaymentType.RECURRING, REFERENCE)


@refused(
    errors.OrderUrlInvalid("OrderDetailsUrl", "myapp://order"),
    "The field OrderDetailsUrl must be an absolute https URL of at most 2048 characters.",
)
def a_link_that_opens_no_page(shop: Shop) -> None:
    shop.attach_category(order_details_url="myapp://order")


@refused(
    errors.OrderUrlInvalid("Url", "myapp://order"),
    "The field Url must be an absolute https URL of at most 2048 characters.",
)
def a_link_of_version_3_that_opens_no_page(shop: Shop) -> None:
    shop.attach_category(order_details_url="myapp://order", replaces=False)


@refused(
    errors.ImageUnknown("logo"),
    "There is no image logo; it must be uploaded before a category refers to it.",
)
def a_category_with_an_image_that_is_not_there(shop: Shop) -> None:
    shop.attach_category(image_id="logo")


@refused(errors.CategoryUnknown("x"), "There is no category x.")
def a_category_that_is_not_there(shop: Shop) -> None:
    shop.do(remove_category, RemoveCategory(category_id="x"))


@refused(
    errors.ReceiptTaken("ECOM", REFERENCE), "There is a receipt for ECOM order-0001 already; it cannot be changed."
)
def a_receipt_twice(shop: Shop) -> None:
    shop.attach_receipt()
    shop.attach_receipt()


@refused(
    errors.ImageTaken("logo"),
    "Duplicate image: logo has been uploaded already, and images cannot be replaced.",
)
def an_image_twice(shop: Shop) -> None:
    shop.upload_image()
    shop.upload_image()


@refused(
    errors.ImageInvalid("The height of the image is 166 pixels; at least 167 are asked."),
    "The height of the image is 166 pixels; at least 167 are asked.",
)
def a_low_image(shop: Shop) -> None:
    shop.upload_image(content=png(166))


@refused(errors.UnknownSub(SUB), f"No user of this sales unit has the sub {SUB}.")
def information_about_who_shared_nothing(shop: Shop) -> None:
    shop.create()
    shop.force_approve()
    readable_scope(shop.state, SUB, shop.now)


@refused(
    errors.UserInfoWindowOver(SUB, NOON + timedelta(days=7)),
    f"The information about {SUB} could be fetched until 2023-09-08T12:00:00Z.",
)
def information_after_years(shop: Shop) -> None:
    approved()(shop).wait(YEARS)
    readable_scope(shop.state, SUB, shop.now)


@refused(errors.FaultUnknown("fault-1", MSN), "Sales unit 123456 has no fault fault-1.")
def the_end_of_a_fault_that_is_not_there(shop: Shop) -> None:
    shop.do(faults.remove, RemoveFault(fault_id="fault-1"))


# --- Webhooks -------------------------------------------------------------------------------------------

HOOK = RegisterWebhook(url="https://example.com/hook", events=("epayments.payment.created.v1",))


@refused(
    errors.WebhookUrlInvalid("http://example.com/hook", strict=False),
    "The url must be an absolute URL: https, or http to this machine or its network.",
)
def a_webhook_without_encryption(shop: Shop) -> None:
    shop.do(webhooks.register, replace(HOOK, url="http://example.com/hook"))


@refused(
    errors.WebhookUrlInvalid("https://localhost/hook", strict=True),
    "The url must be an absolute https URL that is reachable from the internet.",
)
def a_webhook_that_the_internet_cannot_reach(shop: Shop) -> None:
    shop.configure(profile=Profile.STRICT)
    shop.do(webhooks.register, replace(HOOK, url="https://localhost/hook"))


@refused(errors.WebhookEventsMissing(), "At least one event type is required.")
def a_webhook_for_nothing(shop: Shop) -> None:
    shop.do(webhooks.register, replace(HOOK, events=()))


@refused(
    errors.WebhookEventUnknown("epayment.payment.created.v1", EVENT_TYPES),
    "The event type 'epayment.payment.created.v1' is unknown.",
)
def a_webhook_for_what_never_happens(shop: Shop) -> None:
    shop.do(webhooks.register, replace(HOOK, events=("epayment.payment.created.v1",)))


@refused(
    errors.TooManyRegistrations("epayments.payment.created.v1", 25),
    "A sales unit may have 25 webhooks for epayments.payment.created.v1, and has them already.",
)
def a_webhook_too_many(shop: Shop) -> None:
    for _ in range(26):
        shop.do(webhooks.register, HOOK)


@refused(errors.RegistrationIdInvalid("x"), "The id 'x' is not a UUID.")
def the_end_of_a_webhook_by_what_is_no_id(shop: Shop) -> None:
    shop.do(webhooks.remove, RemoveWebhook(registration_id="x"))


@refused(
    errors.RegistrationUnknown(SUB, MSN, strict=False),
    f"MSN 123456 has no webhook {SUB}.",
)
def the_end_of_a_webhook_that_is_not_there(shop: Shop) -> None:
    shop.do(webhooks.remove, RemoveWebhook(registration_id=SUB))


@refused(errors.DeliveryUnknown("x", MSN), "MSN 123456 owes no webhook a delivery x.")
def a_delivery_that_nobody_is_owed(shop: Shop) -> None:
    shop.do(webhooks.drop_delivery, DropDelivery(delivery_id="x"))


# --- All of them ----------------------------------------------------------------------------------------


def all_refusals(kind: type[Refusal] = Refusal) -> set[type[Refusal]]:
    """Return every kind of refusal that is raised, which those with kinds of their own are not."""
    kinds = kind.__subclasses__()
    return set().union(*map(all_refusals, kinds)) if kinds else {kind}


@pytest.mark.parametrize(
    ("story", "refusal", "text"), [pytest.param(*story, id=story[0].__name__) for story in STORIES]
)
def test_a_refusal_tells_what_was_asked_and_what_is_allowed(story: Story, refusal: Refusal, text: str) -> None:
    shop = Shop()
    with pytest.raises(Refusal) as caught:
        story(shop)
    assert caught.value == refusal
    assert str(caught.value) == text
    assert shop.replayed == shop.state


def test_every_refusal_has_a_story() -> None:
    """But three, which the ePayment API raises itself while it reads the JSON, and one that the gateway does."""
    texts = {
        errors.AmountInvalid("amount.value"): "amount.value must be a whole number of minor units.",
        errors.PersonalQrInvalid("x"): "The parameter PersonalQr is invalid.",
        errors.CustomerTokenInvalid("x"): "The parameter CustomerToken is invalid.",
        errors.InternalError(): "An internal error occurred.",
    }
    assert {type(refusal) for _, refusal, _ in STORIES} == all_refusals() - set(map(type, texts))
    assert {refusal: str(refusal) for refusal in texts} == texts


def test_every_refusal_is_drawn_in_the_tree_and_public() -> None:
    everything = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Refusal)}
    drawn = {word for word in (errors.__doc__ or "").replace("·", " ").split() if word in everything}
    assert drawn == everything
    assert everything <= set(errors.__all__)
    assert {kind.__name__ for kind in all_refusals()} <= everything


def test_refusals_are_compared_by_what_they_say() -> None:
    """A key's remembered refusal must survive a replay of the journal as an equal."""
    refusal: Refusal = errors.CaptureTooHigh(REFERENCE, nok(2001), nok(2000))
    assert refusal != errors.RefundTooHigh(REFERENCE, nok(2001), nok(2000))
    assert refusal == replace(refusal)
    assert hash(refusal) == hash(replace(refusal))
    assert refusal != errors.CaptureTooHigh(REFERENCE, nok(2002), nok(2000))


def test_a_refusal_takes_the_values_of_its_fields_and_nothing_else() -> None:
    made = errors.TooManyRegistrations("epayments.payment.created.v1", allowed=25)
    assert made == errors.TooManyRegistrations("epayments.payment.created.v1", 25, None)
    assert made != errors.TooManyRegistrations("epayments.payment.created.v1", 25, "a partner")
    assert repr(made) == "TooManyRegistrations(event='epayments.payment.created.v1', allowed=25, partner=None)"
    with pytest.raises(TypeError, match="TooManyRegistrations takes event, allowed, partner"):
        errors.TooManyRegistrations("epayments.payment.created.v1")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="takes event, allowed, partner"):
        errors.TooManyRegistrations("x", 25, None, "more")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="takes event, allowed, partner"):
        errors.TooManyRegistrations("x", 25, event="y")  # type: ignore[misc]
    with pytest.raises(TypeError, match="takes nothing"):
        errors.WebhookEventsMissing(asked="x")
