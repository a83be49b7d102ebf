"""Why a sales unit refused: a row for each refusal of the domain. A new refusal needs one row here."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.fields import nearest_name
from sandbox.api.gateway.explanations.model import Circumstances, Row, Text
from sandbox.api.gateway.explanations.states import instant, minor, money, payment_met
from sandbox.domain import errors
from sandbox.domain.commands import Capture, CreatePayment, Refund
from sandbox.domain.creation import SCOPES
from sandbox.domain.customers import MAGIC_NUMBERS
from sandbox.domain.facts import PaymentCaptured, PaymentRefunded
from sandbox.domain.money import MAXIMUM_VALUE, Amount
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.profile_sharing import missing_consent
from sandbox.domain.state import KeyedCommand

__all__ = ["ROWS"]

_REFERENCES_LOOKED_AT: Final = 25  # the newest: a merchant polls what was created a moment ago
_LONGEST_REFERENCE: Final = 64
_NEW_PAYMENT: Final = "Nothing, for this payment: create a new one, with a new reference."
_KEY: Final = "idempotency-key"


def _setting(name: str, value: str) -> Text:
    """Tell that nothing is accepted until a setting of the sandbox, at Vipps a matter of contract, is another."""

    def accepted(refusal: errors.Refusal, circumstances: Circumstances) -> str:
        return (
            f"This call, after {_patch(circumstances, name, value)}; at Vipps that is agreed on for the sales unit."
        )

    return accepted


def _patch(circumstances: Circumstances, name: str, value: str) -> str:
    return f'PATCH /sandbox/units/{circumstances.state.msn}/settings {{"{name}": {value}}}'


# --- References and keys --------------------------------------------------------------------------------


def _unknown_met(refusal: errors.UnknownReference, circumstances: Circumstances) -> str:
    wanted = refusal.reference
    other = next((unit.msn for unit in circumstances.world if wanted in unit.state.payments), None)
    if other is not None:
        return f"Sales unit {refusal.msn} has no such payment; sales unit {other} has one."
    near = _near_reference(wanted, circumstances)
    if near is not None:
        return f"Sales unit {refusal.msn} has no such payment; the nearest of its newest references is {near}."
    return f"Sales unit {refusal.msn} has no such payment, of {len(circumstances.state.payments)} in all."


def _unknown_accepted(refusal: errors.UnknownReference, circumstances: Circumstances) -> str:
    other = next((unit.msn for unit in circumstances.world if refusal.reference in unit.state.payments), None)
    if other is not None:
        return f"The same call with Merchant-Serial-Number: {other}, and that sales unit's token."
    near = _near_reference(refusal.reference, circumstances)
    return "The reference of a payment that was created." if near is None else f"The reference {near}, if that is it."


def _near_reference(wanted: str, circumstances: Circumstances) -> str | None:
    if len(wanted) > _LONGEST_REFERENCE:
        return None
    return nearest_name(wanted, list(islice(reversed(circumstances.state.payments), _REFERENCES_LOOKED_AT)))


def _taken_met(refusal: errors.ReferenceTaken, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None:
        return "A payment has that reference."
    key = circumstances.headers.get(_KEY, "")
    again = "with this Idempotency-Key" if payment.created.command.idempotency_key == key else "with another key"
    return f"Created at {instant(payment.created.at)} {again}. It is {payment_met(payment)}."


def _key_met(kind: type[KeyedCommand]) -> Text:
    """Tell when a key came first, and for what."""

    def met(refusal: errors.KeyReused, circumstances: Circumstances) -> str:
        key, state = refusal.idempotency_key, circumstances.state
        scope = "" if kind is CreatePayment else circumstances.params.get("reference", "")
        refused = state.refused_keys.get((kind.__name__, scope, key))
        if refused is not None:
            return f"The key came first at {instant(refused.at)}, and was refused: {refused.refusal}"
        if kind is CreatePayment:
            payment = circumstances.payment(state.create_keys.get(key, ""))
            if payment is None:
                return "The key came before."
            made = f"{payment.reference} over {money(payment.amount)}"
            return f"The key came first at {instant(payment.created.at)}, and created {made}."
        return _modification_with(key, kind, circumstances.payment())

    return met


def _modification_with(key: str, kind: type[KeyedCommand], payment: Payment | None) -> str:
    done = "captured" if kind is Capture else "refunded"
    for fact in () if payment is None else payment.facts:
        if not isinstance(fact, PaymentCaptured | PaymentRefunded):
            continue
        if isinstance(fact.command, kind) and fact.command.idempotency_key == key:
            return f"The key came first at {instant(fact.at)}, and {done} {money(fact.amount)}."
    return "The key came before."


def _key_row(kind: type[KeyedCommand], scope: str) -> Row:
    return Row(
        f"An Idempotency-Key stands for one request, and counts per {scope}: with other content it is refused.",
        "The very body of the first time, to get its answer again; or a new Idempotency-Key, for a new operation.",
        pages.IDEMPOTENCY,
        _key_met(kind),
    )


# --- Payments -------------------------------------------------------------------------------------------


def _trouble_met(refusal: Any, circumstances: Circumstances) -> str:
    setting = circumstances.state.settings.capture_trouble
    payment = circumstances.payment(refusal.reference)
    stands = "" if payment is None else f" The payment is {payment_met(payment)}."
    return f"The setting captureTrouble is {setting or 'none'}.{stands}"


def _trouble_accepted(refusal: Any, circumstances: Circumstances) -> str:
    again = "The same call again, with the same Idempotency-Key"
    if circumstances.state.settings.capture_trouble is None:
        return f"{again}."
    return f"{again}, after {_patch(circumstances, 'captureTrouble', 'null')}."


def _when_approved(what: str) -> Callable[[Any, Circumstances], str]:
    def accepted(refusal: Any, circumstances: Circumstances) -> str:
        payment = circumstances.payment(refusal.reference)
        if payment is None or payment.state is not PaymentState.CREATED:
            return _NEW_PAYMENT
        later = f"{what} once GET payment says AUTHORIZED."
        if payment.processing_until is not None:
            return later
        who = payment.customer or "{phone}"
        asks = missing_consent(circumstances.state, payment, who, circumstances.now)
        actions = "open, then share, then approve" if asks else "open, then approve"
        body = f'{{"reference": "{payment.reference}"}}'
        screen = f"/sandbox/units/{circumstances.state.msn}/customers/{who}"
        return (
            f"{later} To have the customer approve: POST {screen}/{{action}} with {body}; the actions are {actions}."
        )

    return accepted


def _left(what: str) -> Callable[[Any, Circumstances], str]:
    """Tell how much can be captured or refunded now, and until when."""

    def accepted(refusal: Any, circumstances: Circumstances) -> str:
        payment = circumstances.payment(refusal.reference)
        if payment is None or not refusal.allowed.value:
            return f"Nothing: no amount is left to {what}."
        until = payment.capture_by if what == "capture" else None
        if what == "refund" and payment.authorized_at is not None:
            until = payment.authorized_at + circumstances.state.settings.refund_window
        before = "" if until is None else f", until {instant(until)}"
        return f"{what.capitalize()} up to {minor(refusal.allowed)}{before}."

    return accepted


def _refund_instead(refusal: Any, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None or not payment.refundable:
        return "Nothing: all of it was captured, and refunded."
    return f"Refund up to {minor(payment.amount_of(payment.refundable))}: what was captured can only be given back."


def _deadline_met(refusal: Any, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    stands = "" if payment is None else f" It is {payment_met(payment)}."
    return f"The deadline was {instant(refusal.deadline)}; now it is {instant(circumstances.now)}.{stands}"


def _captured_accepted(refusal: Any, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None or not payment.refundable:
        return "Nothing: what there was is captured."
    return (
        f"No further capture. Refund up to {minor(payment.amount_of(payment.refundable))}, or create a new payment."
    )


def _modification_accepted(refusal: errors.ModificationAmountInvalid, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None:
        return f"More than 0, in {refusal.currency}."
    left = payment.refundable if circumstances.path.endswith("/refund") else payment.capturable
    return f"From 1 up to {minor(Amount(refusal.currency, left))}, in {refusal.currency}."


def _expiry_asked(refusal: Any, circumstances: Circumstances) -> str:
    return f"It is {instant(circumstances.now)} by the sales unit's clock; asked was {instant(refusal.asked)}."


def _customer_met(refusal: errors.CustomerNotFound, circumstances: Circumstances) -> str:
    persona = circumstances.state.persona(refusal.phone_number)
    if not persona.is_customer:
        magic = "a magic number" if refusal.phone_number in MAGIC_NUMBERS else "so by the setting customer"
        return f"{refusal.phone_number} is the persona {persona} ({magic}): no customer."
    return f"{refusal.phone_number} is a customer, and younger than minimumUserAge asks."


def _approved_accepted(refusal: errors.AlreadyApproved, circumstances: Circumstances) -> str:
    payment = circumstances.payment(refusal.reference)
    if payment is None or not payment.capturable:
        return "Nothing more to approve."
    return f"Nothing more to approve. Capture up to {minor(payment.amount_of(payment.capturable))}."


def _by_hand(refusal: Any, circumstances: Circumstances) -> str:
    """Tell how the customer is made to approve in the app instead."""
    payment = circumstances.payment(refusal.reference)
    who = getattr(refusal, "phone_number", None) or (None if payment is None else payment.customer) or "{phone}"
    screen = f"/sandbox/units/{circumstances.state.msn}/customers/{who}/{{action}}"
    return f'have the customer approve: POST {screen} with {{"reference": "{refusal.reference}"}}'


def _by_hand_accepted(refusal: Any, circumstances: Circumstances) -> str:
    return f"No force: {_by_hand(refusal, circumstances)}, open first."


def _approver_met(refusal: Any, circumstances: Circumstances) -> str:
    said = circumstances.state.customers.get(refusal.phone_number)
    if said is not None and said.approve_trouble is not None:
        return f"{refusal.phone_number} was given that trouble: {said.approve_trouble}."
    return f"The setting approveTrouble is {circumstances.state.settings.approve_trouble}."


def _approver_accepted(refusal: Any, circumstances: Circumstances) -> str:
    said = circumstances.state.customers.get(refusal.phone_number)
    if said is not None and said.approve_trouble is not None:
        return f"Another customer's number; or {_by_hand(refusal, circumstances)}, open first."
    return f"This call, after {_patch(circumstances, 'approveTrouble', 'null')}."


def _approver_row(rule: str) -> Row:
    return Row(rule, _approver_accepted, pages.TEST_ENVIRONMENT, _approver_met)


def _readable_met(refusal: errors.UserInfoWindowOver, circumstances: Circumstances) -> str:
    return f"The time ended at {instant(refusal.ended)}; now it is {instant(circumstances.now)}."


ROWS: Final[Mapping[type[Exception], Row]] = {
    # --- Creating a payment
    errors.AmountInvalid: Row(
        "Amounts are whole numbers of minor units: 49900 for 499.00 kr.",
        lambda refusal, _: (
            f"{refusal.parameter} a whole number from 0 to {MAXIMUM_VALUE}, without quotes or decimals."
        ),
        pages.CREATE,
        lambda refusal, _: f"{refusal.parameter} is a decimal number, a text, or no number.",
    ),
    errors.AmountTooSmall: Row(
        "Each currency has a minimum amount.",
        lambda refusal, _: f"{minor(refusal.asked.of(refusal.minimum))} or more.",
        pages.CREATE,
        lambda refusal, _: f"Asked was {minor(refusal.asked)}.",
    ),
    errors.CurrencyNotAllowed: Row(
        "A sales unit takes the currency of its country.",
        lambda refusal, _: f"currency {' or '.join(refusal.allowed)}.",
        pages.CREATE,
        lambda refusal, here: f"Asked was {refusal.asked}; the setting market is {here.state.settings.market}.",
    ),
    errors.PhoneNumberInvalid: Row(
        "A phone number is 9 to 15 digits with country code, without plus, zeros before it, and blanks.",
        "A number such as 4791234567.",
        pages.CREATE,
        lambda refusal, _: f"Asked was {refusal.asked}.",
    ),
    errors.PersonalQrInvalid: Row(
        "customer.personalQr is all that the customer's QR code says.",
        "https://qr.vipps.no/28/2/01/031/4791234567?v=1, with the number of whom you like.",
        pages.PERSONAL_QR,
        "The text is not that of a personal QR code.",
    ),
    errors.CustomerTokenInvalid: Row(
        "customer.customerToken comes from a check-in, and stands for one customer.",
        "In the sandbox, any text of letters, digits and ._- that ends in the phone number: checked-in-4791234567.",
        pages.CREATE,
        "The token stands for nobody.",
    ),
    errors.BlockedSourcesNotApplicable: Row(
        "Commercial cards can be blocked for wallet payments to Danish and Finnish sales units only.",
        "The payment without paymentMethod.blockedSources; or one in DKK or EUR.",
        pages.CREATE,
        "A payment in NOK with blockedSources.",
    ),
    errors.MetadataKeyTwice: Row(
        "Each key of metadata comes once.", "Each key once.", pages.CREATE, lambda refusal, _: str(refusal)
    ),
    errors.MetadataTooMany: Row(
        "metadata has an upper number of pairs.",
        lambda refusal, _: f"At most {refusal.allowed} pairs.",
        pages.CREATE,
        lambda refusal, _: f"There are {refusal.asked} pairs.",
    ),
    errors.MetadataKeyTooLong: Row(
        "A key of metadata has an upper length.",
        lambda refusal, _: f"Keys of at most {refusal.allowed} characters.",
        pages.CREATE,
        lambda refusal, _: f"A key has {refusal.asked} characters.",
    ),
    errors.MetadataValueTooLong: Row(
        "A value of metadata has an upper length.",
        lambda refusal, _: f"Values of at most {refusal.allowed} characters.",
        pages.CREATE,
        lambda refusal, _: f"The value has {refusal.asked} characters.",
    ),
    errors.UrlInvalid: Row(
        "A URL is https, or has an app's own scheme; the lenient profile takes http to a local host, too.",
        lambda refusal, _: f"{refusal.parameter} such as https://example.com/redirect or myapp://redirect.",
        pages.URLS,
        lambda refusal, here: f"The profile is {here.state.settings.profile}, and the URL is of another form.",
    ),
    errors.ScopeInvalid: Row(
        "profile.scope is words from a list, with blanks between them.",
        lambda refusal, _: f"Any of {', '.join(refusal.allowed)}.",
        pages.PROFILE_SHARING,
        lambda refusal, _: f"{refusal.asked} is none of them; case counts.",
    ),
    errors.ScopeIllegal: Row(
        "Some scopes are granted to a sales unit by agreement only.",
        lambda refusal, here: (
            f"This call, after {_patch(here, 'ninAllowed', 'true')}; at Vipps, after an agreement."
            if refusal.asked == "nin"
            else f"Any of {', '.join(word for word in SCOPES if word != 'nin')}; this one is not given any more."
        ),
        pages.PROFILE_SHARING,
        lambda refusal, _: f"Sales unit {refusal.msn} may not ask for {refusal.asked}.",
    ),
    errors.ParameterRequired: Row(
        "What a user flow cannot do without must be there.",
        lambda refusal, _: f"The same request with {refusal.parameter}.",
        pages.CREATE,
        lambda refusal, _: f"There is no {refusal.parameter}.",
    ),
    errors.ExpiryTooSoon: Row(
        "expiresAt lies more than 10 minutes ahead.",
        lambda refusal, _: f"expiresAt after {instant(refusal.earliest)}; or none, for the usual 10 minutes.",
        pages.LONG_LIVING,
        _expiry_asked,
    ),
    errors.ExpiryTooLate: Row(
        "expiresAt lies less than 60 days ahead, or than the sales unit's own maximum.",
        lambda refusal, _: f"expiresAt before {instant(refusal.latest)}.",
        pages.LONG_LIVING,
        _expiry_asked,
    ),
    errors.LongLivingNotAllowed: Row(
        "Long-living payments (expiresAt) are for sales units that may create them.",
        _setting("longLivingAllowed", "true"),
        pages.LONG_LIVING,
        "The setting longLivingAllowed is false.",
    ),
    errors.ReceiptRequired: Row(
        "A payment with expiresAt needs a receipt; the lenient profile lets it through with a note.",
        "The same request with receipt, or without expiresAt.",
        pages.LONG_LIVING,
        "expiresAt without receipt, in the strict profile.",
    ),
    errors.PushMessageNotAllowed: Row(
        "The user flow PUSH_MESSAGE is for sales units that may use it.",
        _setting("pushMessageAllowed", "true"),
        pages.CREATE,
        "The setting pushMessageAllowed is false.",
    ),
    errors.CustomerNotFound: Row(
        "A push goes to somebody with the app, who may pay businesses and is old enough.",
        "The phone number of a customer, such as 4791234567.",
        pages.MINIMUM_AGE,
        _customer_met,
    ),
    errors.PaymentCannotBeCreated: Row(
        "The sales unit must be set up for what is asked.",
        "A payment with paymentMethod.type WALLET, without shipping and cardPassthrough.",
        pages.CARDS,
        lambda refusal, _: f"What is missing: {refusal.because}",
    ),
    errors.MethodInvalid: Row(
        "Each payment method has what goes with it: CARD only WEB_REDIRECT, without receipt, expiresAt and shipping; "
        "cardPassthrough only CARD_PASSTHROUGH.",
        "The same request with paymentMethod.type WALLET, without cardPassthrough.",
        pages.CARDS,
        lambda refusal, _: f"What does not go together: {refusal.because}",
    ),
    errors.ExpressNotAllowed: Row(
        "Express payments (shipping) are for sales units that may create them.",
        _setting("expressAllowed", "true"),
        pages.EXPRESS,
        "The setting expressAllowed is false.",
    ),
    errors.BankAccountNotVerified: Row(
        "A sales unit is paid out to a bank account, which must be verified before it takes payments.",
        _setting("bankAccountVerified", "true"),
        pages.ERRORS,
        "The setting bankAccountVerified is false.",
    ),
    errors.ReferenceTaken: Row(
        "A reference belongs to one payment of the sales unit for good, also after it has ended.",
        "A new reference; or, to repeat a create that got no answer, its very body with its first Idempotency-Key.",
        pages.CREATE,
        _taken_met,
    ),
    errors.UnknownReference: Row(
        "A payment is found by its reference, and by the sales unit that created it only.",
        _unknown_accepted,
        pages.GET_PAYMENT,
        _unknown_met,
    ),
    # --- Idempotency keys
    errors.CreateKeyReused: _key_row(CreatePayment, "sales unit"),
    errors.CaptureKeyReused: _key_row(Capture, "payment"),
    errors.RefundKeyReused: _key_row(Refund, "payment"),
    # --- Capture
    errors.CaptureBeforeApproval: Row(
        "Only what the customer approved can be captured.", _when_approved("Capture"), pages.CAPTURE
    ),
    errors.CaptureOfEndedPayment: Row(
        "A payment that ended without approval stays ended.", _NEW_PAYMENT, pages.CAPTURE
    ),
    errors.CaptureOfCancelledPayment: Row(
        "What was cancelled is released to the customer, and cannot be captured.", _NEW_PAYMENT, pages.CAPTURE
    ),
    errors.CaptureTooHigh: Row(
        "Captures together are at most what was approved, less what was cancelled.", _left("capture"), pages.CAPTURE
    ),
    errors.AlreadyCaptured: Row("What was approved can be captured once.", _captured_accepted, pages.CAPTURE),
    errors.PartialCaptureNotAllowed: Row(
        "Some sales units must capture the full amount.",
        lambda refusal, here: (
            f"Capture {minor(refusal.allowed)}; or any part, after {_patch(here, 'partialCaptureAllowed', 'true')}."
        ),
        pages.CAPTURE,
    ),
    errors.CapturePeriodExpired: Row(
        "What was approved is reserved for a limited time, then it goes back to the customer.",
        _NEW_PAYMENT,
        pages.CAPTURE,
        _deadline_met,
    ),
    errors.FundsUnavailable: Row(
        "A capture can fail for lack of funds when the reservation is no longer guaranteed.",
        _trouble_accepted,
        pages.CAPTURE,
        _trouble_met,
    ),
    errors.CaptureFailed: Row(
        "A capture can fail for a reason that passes.",
        _trouble_accepted,
        pages.CAPTURE,
        _trouble_met,
    ),
    errors.PaymentLocked: Row(
        "A payment takes one change at a time.",
        _trouble_accepted,
        pages.ERRORS,
        _trouble_met,
    ),
    errors.ModificationAmountInvalid: Row(
        "A capture or refund is of more than 0, in the currency of the payment.",
        _modification_accepted,
        pages.OPERATIONS,
    ),
    # --- Cancel
    errors.CancelOfCapturedPayment: Row(
        "What was captured is not cancelled but refunded.", _refund_instead, pages.CANCEL
    ),
    errors.CancelOfEndedPayment: Row(
        "A payment is cancelled once, and not after it has ended.",
        "No cancel: nothing of it is reserved any more.",
        pages.CANCEL,
    ),
    errors.CancelOfAuthorizedPayment: Row(
        "With cancelTransactionOnly a payment is cancelled only as long as nobody approved it.",
        "Cancel without cancelTransactionOnly, to release all that is not captured; or capture.",
        pages.CANCEL,
    ),
    errors.CancelPeriodExpired: Row(
        "After the deadline to capture, nothing is left to cancel.", _NEW_PAYMENT, pages.CANCEL, _deadline_met
    ),
    errors.CancelOfProcessingPayment: Row(
        "A payment that the customer has just approved is not cancelled before its outcome is known.",
        "Cancel once GET payment says AUTHORIZED.",
        pages.CANCEL,
    ),
    # --- Refund
    errors.RefundBeforeApproval: Row(
        "Only what was captured can be refunded.", _when_approved("Refund what was captured,"), pages.REFUND
    ),
    errors.RefundOfEndedPayment: Row(
        "A payment that ended without approval was never paid, and has nothing to refund.",
        _NEW_PAYMENT,
        pages.REFUND,
    ),
    errors.RefundTooHigh: Row("Refunds together are at most what was captured.", _left("refund"), pages.REFUND),
    errors.AlreadyRefunded: Row(
        "What was captured can be refunded once.", "Nothing: all of it has been given back.", pages.REFUND
    ),
    errors.RefundPeriodExpired: Row(
        "Refunds are possible for 365 days from the approval; the special amount 1.24 is always too late.",
        "Nothing through this API: pay the customer back another way.",
        pages.REFUND,
        _deadline_met,
    ),
    errors.RefundNotConfigured: Row(
        "The sales unit must be set up for refunds; the special amount 1.23 never is.",
        lambda _, here: f"An amount other than 1.23, after {_patch(here, 'refundConfigured', 'true')}.",
        pages.REFUND,
    ),
    # --- Approval
    errors.ApproveFailed: Row(
        "Force approve is for a payment that waits for its customer, by its customer or its own link.",
        "A payment that is CREATED, with a customer's phoneNumber or the token of its own redirectUrl.",
        pages.TEST_ENVIRONMENT,
    ),
    errors.AlreadyApproved: Row("A payment is approved once.", _approved_accepted, pages.TEST_ENVIRONMENT),
    errors.ApproveNotAllowed: Row(
        "Force approve is for the test environment.",
        lambda _, here: f"This call, after {_patch(here, 'forceApproveAllowed', 'true')}; in production, nothing.",
        pages.TEST_ENVIRONMENT,
        "The setting forceApproveAllowed is false.",
    ),
    errors.ApproveNotSupported: Row(
        "Force approve knows no Express: nobody would have chosen how the goods are shipped.",
        _by_hand_accepted,
        pages.TEST_ENVIRONMENT,
    ),
    errors.IdentificationRequired: _approver_row("Who approves by force has approved a payment in the app before."),
    errors.PaymentSourceInvalid: _approver_row("Who approves by force has a payment source that works."),
    errors.NoCards: _approver_row("Who approves by force has a card."),
    errors.PaymentLimitExceeded: _approver_row("What a customer can pay in a while has an upper limit."),
    errors.CardExpiredAtApproval: _approver_row(
        "Who approves by force has a card that has not expired; for one that has, Vipps's test environment says 500."
    ),
    errors.NotOnScreen: Row(
        "A customer can do what the phone shows, in the order in which it shows it.",
        lambda refusal, here: (
            f"What GET /sandbox/units/{here.state.msn}/customers/{refusal.phone_number} lists as actions."
        ),
        pages.SANDBOX_CUSTOMER,
        lambda refusal, _: f"On the phone: {refusal.shows}",
    ),
    # --- Order Management and user information
    errors.OrderUnknown: Row(
        "An order is there once it has a category or a receipt.",
        lambda refusal, _: f"PUT a category or POST a receipt for {refusal.order_id} first.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: (
            f"Sales unit {here.state.msn} has neither for {refusal.payment_type} {refusal.order_id}."
        ),
    ),
    errors.OrderUrlInvalid: Row(
        "The link is an absolute https URL; the lenient profile takes http to a local host, too.",
        "A link such as https://example.com/orderdetails/1, at most 2048 characters.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"The profile is {here.state.settings.profile}, and the URL is of another form.",
    ),
    errors.CategoryUnknown: Row(
        "A category is found by the id that it got, until it is deleted.",
        "An id that POST /order-management/v3/categories answered, or that GET lists for the order.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"{len(here.state.category_keys)} ids were given here, none of them for this one now.",
    ),
    errors.ReceiptTaken: Row(
        "An order gets one receipt, with its payment or by itself, and it cannot be changed.",
        "Nothing more: the first receipt stays.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, _: f"{refusal.payment_type} {refusal.order_id} has its receipt.",
    ),
    errors.ImageUnknown: Row(
        "An image is uploaded before a category refers to it.",
        lambda refusal, here: (
            f"POST /order-management/v1/images with imageId {refusal.image_id} first; "
            f"or any imageId, after {_patch(here, 'imageMustExist', 'false')}."
        ),
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"{len(here.state.images)} images were uploaded, and not {refusal.image_id}.",
    ),
    errors.ImageTaken: Row(
        "An image cannot be replaced.",
        "The same image under a new imageId; the one that is there can be used.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"Uploaded at {instant(here.state.images[refusal.image_id].at)}.",
    ),
    errors.ImageInvalid: Row(
        "An image is PNG or JPEG in base64, at least 167 pixels high, and at most 2 MB.",
        "Such a picture, as plain base64 in src.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, _: str(refusal),
    ),
    errors.UnknownSub: Row(
        "A sub belongs to one customer of one sales unit, who consented and approved.",
        "The sub that GET payment shows once a payment with profile.scope is AUTHORIZED.",
        pages.USERINFO,
        lambda refusal, here: f"{len(here.state.subs)} customers have shared anything with {here.state.msn}.",
    ),
    errors.UserInfoWindowOver: Row(
        "What a customer shares can be fetched for seven days after the approval.",
        "The call within the time that the setting userinfoWindow says; the next approval begins it anew.",
        pages.USERINFO,
        _readable_met,
    ),
}
