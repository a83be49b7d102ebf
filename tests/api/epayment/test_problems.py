"""Every row of the table of problems, reached by calls that a merchant can make."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import httpx
import pytest

from sandbox.api.epayment.problems import PROBLEMS
from sandbox.api.order_management.problems import PROBLEMS as ORDER_MANAGEMENT_PROBLEMS
from sandbox.api.userinfo.problems import PROBLEMS as USERINFO_PROBLEMS
from sandbox.api.webhooks.problems import PROBLEMS as WEBHOOK_PROBLEMS
from sandbox.domain import errors
from sandbox.domain.errors import Refusal
from tests.api.merchant import ADA, RECEIPT, Merchant, order, problem, told
from tests.contract.outcomes import OWN, rows_of

_Way = Callable[[Merchant], Awaitable[httpx.Response]]

_MAILBOX: Final = {"id": "mailbox", "name": "Mailbox", "amount": {"currency": "NOK", "value": 4900}}
_EXPRESS: Final[Mapping[str, object]] = {
    "profile": {"scope": "name address email phoneNumber"},
    "shipping": {"fixedOptions": [{"type": "MAILBOX", "brand": "POSTEN", "options": [_MAILBOX]}]},
}


def _creating(detail: str, **changes: object) -> tuple[_Way, str]:
    return lambda merchant: merchant.create(order(reference="acme-shop-1", **changes)), detail


def _creating_where(settings: Mapping[str, object], detail: str, **changes: object) -> tuple[_Way, str]:
    async def go(merchant: Merchant) -> httpx.Response:
        await merchant.configure(**settings)
        return await merchant.create(order(reference="acme-shop-1", **changes))

    return go, detail


async def _approved(merchant: Merchant) -> str:
    return await merchant.approved_payment(order(reference="acme-shop-1"))


async def _capture_key_reused(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 100, key="a-key")
    return await merchant.capture(reference, 101, key="a-key")


async def _create_key_reused(merchant: Merchant) -> httpx.Response:
    await merchant.create(order(), key="a-key")
    return await merchant.create(order(), key="a-key")


async def _refund_key_reused(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 2000)
    await merchant.refund(reference, 100, key="a-key")
    return await merchant.refund(reference, 101, key="a-key")


async def _capture_of_nothing(merchant: Merchant) -> httpx.Response:
    return await merchant.capture(await _approved(merchant), 0)


async def _reference_taken(merchant: Merchant) -> httpx.Response:
    await merchant.new_payment(order(reference="acme-shop-1"))
    return await merchant.create(order(reference="acme-shop-1"))


async def _refund_not_configured(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 2000)
    return await merchant.refund(reference, 123)


async def _refund_before_approval(merchant: Merchant) -> httpx.Response:
    return await merchant.refund(await merchant.new_payment(order(reference="acme-shop-1")), 100)


async def _half_a_year_later(merchant: Merchant) -> str:
    reference = await _approved(merchant)
    await merchant.control("PUT", "/clock", {"now": "2024-02-21T08:00:00.123457Z", "frozen": True})
    await merchant.log_in()
    return reference


async def _cancel_too_late(merchant: Merchant) -> httpx.Response:
    return await merchant.cancel(await _half_a_year_later(merchant))


async def _capture_too_late(merchant: Merchant) -> httpx.Response:
    return await merchant.capture(await _half_a_year_later(merchant), 2000)


async def _cancel_of_captured(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 2000)
    return await merchant.cancel(reference)


async def _cancel_of_authorized(merchant: Merchant) -> httpx.Response:
    return await merchant.cancel(await _approved(merchant), {"cancelTransactionOnly": True})


async def _capture_of_cancelled(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.cancel(reference)
    return await merchant.capture(reference, 2000)


async def _capture_before_approval(merchant: Merchant) -> httpx.Response:
    return await merchant.capture(await merchant.new_payment(order(reference="acme-shop-1")), 2000)


async def _capture_too_high(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 500)
    return await merchant.capture(reference, 1501)


async def _partial_capture(merchant: Merchant) -> httpx.Response:
    await merchant.configure(partialCaptureAllowed=False)
    return await merchant.capture(await _approved(merchant), 500)


async def _refund_too_high(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 500)
    return await merchant.refund(reference, 501)


def _captured_in_trouble(trouble: str) -> _Way:
    async def go(merchant: Merchant) -> httpx.Response:
        reference = await _approved(merchant)
        await merchant.configure(captureTrouble=trouble)
        return await merchant.capture(reference, 2000)

    return go


async def _already_captured(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 2000)
    return await merchant.capture(reference, 1)


async def _already_refunded(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 2000)
    await merchant.refund(reference, 2000)
    return await merchant.refund(reference, 1)


async def _cancelled_twice(merchant: Merchant) -> httpx.Response:
    reference = await merchant.new_payment(order(reference="acme-shop-1"))
    await merchant.cancel(reference)
    return await merchant.cancel(reference)


async def _capture_of_expired(merchant: Merchant) -> httpx.Response:
    reference = await merchant.new_payment(order(reference="acme-shop-1"))
    await merchant.advance("PT10M")
    return await merchant.capture(reference, 2000)


async def _refund_too_late(merchant: Merchant) -> httpx.Response:
    reference = await _approved(merchant)
    await merchant.capture(reference, 2000)
    await merchant.control("PUT", "/clock", {"now": "2024-08-24T08:00:00.123457Z", "frozen": True})
    await merchant.log_in()
    return await merchant.refund(reference, 2000)


async def _approved_twice(merchant: Merchant) -> httpx.Response:
    return await merchant.force_approve(await _approved(merchant), {"customer": {"phoneNumber": ADA}})


async def _cancel_of_processing(merchant: Merchant) -> httpx.Response:
    reference = await merchant.new_payment(order(reference="acme-shop-1", amount={"currency": "NOK", "value": 201}))
    await merchant.customer().open(reference)
    await merchant.customer().approve(reference)
    return await merchant.cancel(reference)


async def _approval_of_cancelled(merchant: Merchant) -> httpx.Response:
    reference = await merchant.new_payment(order(reference="acme-shop-1"))
    await merchant.cancel(reference)
    return await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})


async def _broken(merchant: Merchant) -> httpx.Response:
    """A tester asked for it; nothing else makes Vipps's own servers fail."""
    await merchant.control("POST", "/faults", {"match": {"operation": "createPayment"}, "then": {"answer": 500}})
    return await merchant.create(order())


async def _refund_of_expired(merchant: Merchant) -> httpx.Response:
    reference = await merchant.new_payment(order(reference="acme-shop-1"))
    await merchant.advance("PT10M")
    return await merchant.refund(reference, 2000)


def _approved_where(**settings: object) -> _Way:
    async def go(merchant: Merchant) -> httpx.Response:
        reference = await merchant.new_payment(order(reference="acme-shop-1"))
        await merchant.configure(**settings)
        return await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})

    return go


async def _approval_of_express(merchant: Merchant) -> httpx.Response:
    reference = await merchant.new_payment(order(reference="acme-shop-1", **_EXPRESS))
    return await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})


async def _metadata_key_twice(merchant: Merchant) -> httpx.Response:
    body = json.dumps(order(reference="acme-shop-1"))[:-1] + ', "metadata": {"a": "1", "b": "2", "a": "3"}}'
    return await merchant.create(body.encode())


_WAYS: Final[Mapping[type[Refusal], tuple[_Way, str]]] = {
    errors.CaptureKeyReused: (_capture_key_reused, "Idempotency-Key a-key already exists."),
    errors.CreateKeyReused: (_create_key_reused, "Idempotency-Key a-key already exists."),
    errors.AmountInvalid: _creating(
        "amount.value must be a whole number of minor units.", amount={"currency": "NOK", "value": 20.5}
    ),
    errors.ModificationAmountInvalid: (
        _capture_of_nothing,
        "0.00 NOK is not an amount to capture or refund of acme-shop-1: it must be more than 0, in NOK.",
    ),
    errors.CustomerTokenInvalid: _creating(
        "The parameter CustomerToken is invalid.", customer={"customerToken": "nobody"}
    ),
    errors.PersonalQrInvalid: _creating(
        "The parameter PersonalQr is invalid.", customer={"personalQr": "https://example.com/4791234567"}
    ),
    errors.BlockedSourcesNotApplicable: _creating(
        "Blocking sources is not applicable to this sales unit, or to this payment method.",
        paymentMethod={"type": "WALLET", "blockedSources": ["COMMERCIAL_CARDS"]},
    ),
    errors.MetadataKeyTwice: (_metadata_key_twice, "metadata has the key 'a' twice."),
    errors.PhoneNumberInvalid: _creating(
        "The phone number '91234567' is not an MSISDN: 9 to 15 digits with country code, without plus sign and "
        "blanks, such as 4791234567.",
        customer={"phoneNumber": "91234567"},
    ),
    errors.ScopeInvalid: _creating("The scope phone is invalid.", profile={"scope": "name phone"}),
    errors.UrlInvalid: _creating("The parameter returnUrl is invalid.", returnUrl="http://example.com"),
    errors.MetadataTooMany: _creating(
        "metadata has 6 pairs; 5 are allowed.", metadata={str(number): "x" for number in range(6)}
    ),
    errors.MetadataKeyTooLong: _creating(
        "A metadata key has 101 characters; 100 are allowed.", metadata={"k" * 101: "x"}
    ),
    errors.MetadataValueTooLong: _creating(
        "The metadata value of 'k' has 501 characters; 500 are allowed.", metadata={"k": "x" * 501}
    ),
    errors.ParameterRequired: _creating(
        "The parameter returnUrl is required. The user flow WEB_REDIRECT sends the customer back to it.",
        returnUrl=None,
    ),
    errors.ReferenceTaken: (_reference_taken, "Reference acme-shop-1 already exists."),
    errors.RefundKeyReused: (_refund_key_reused, "Idempotency-Key a-key already exists."),
    errors.ScopeIllegal: _creating(
        "The scope nin is illegal. MSN 654001 has no permission to ask for it.", profile={"scope": "nin"}
    ),
    errors.CurrencyNotAllowed: _creating_where(
        {"market": "DK"}, "The sales unit takes DKK, not NOK.", amount={"currency": "NOK", "value": 2000}
    ),
    errors.LongLivingNotAllowed: _creating_where(
        {"longLivingAllowed": False},
        "MSN 654001 is not allowed to create long-living payments.",
        expiresAt="2023-09-15T00:00:00Z",
    ),
    errors.PaymentCannotBeCreated: _creating_where(
        {"cardAllowed": False},
        "The payment cannot be created because of a missing precondition: free-standing card payments are not "
        "available to this sales unit.",
        paymentMethod={"type": "CARD"},
    ),
    errors.MethodInvalid: _creating(
        "The payment method type is invalid: CARD goes with the user flow WEB_REDIRECT, not with PUSH_MESSAGE.",
        paymentMethod={"type": "CARD"},
        userFlow="PUSH_MESSAGE",
    ),
    errors.ExpressNotAllowed: _creating_where(
        {"expressAllowed": False},
        "MSN 654001 is not allowed to create Express payments.",
        **_EXPRESS,
    ),
    errors.BankAccountNotVerified: _creating_where(
        {"bankAccountVerified": False}, "The bank account of MSN 654001 is not verified."
    ),
    errors.PushMessageNotAllowed: _creating_where(
        {"pushMessageAllowed": False},
        "MSN 654001 is not allowed to use the user flow PUSH_MESSAGE.",
        userFlow="PUSH_MESSAGE",
    ),
    errors.UnknownReference: (
        lambda merchant: merchant.get("acme-shop-1"),
        "The reference acme-shop-1 does not exist for MSN 654001",
    ),
    errors.RefundNotConfigured: (_refund_not_configured, "Cannot refund payment due to a configuration problem"),
    errors.AmountTooSmall: _creating(
        "The amount 0.99 NOK is below the minimum of 1.00 NOK.", amount={"currency": "NOK", "value": 99}
    ),
    errors.RefundBeforeApproval: (
        _refund_before_approval,
        "1.00 NOK cannot be refunded of acme-shop-1: nothing is reserved, it is CREATED.",
    ),
    errors.CancelPeriodExpired: (
        _cancel_too_late,
        "acme-shop-1 could be cancelled until 2024-02-21T08:00:00.123456Z.",
    ),
    errors.CancelOfCapturedPayment: (
        _cancel_of_captured,
        "All of acme-shop-1 has been captured (20.00 NOK); nothing is left to cancel.",
    ),
    errors.CancelOfAuthorizedPayment: (
        _cancel_of_authorized,
        (
            "acme-shop-1 is authorized, and cancelTransactionOnly asks to cancel it only while it is not. "
            "Nothing has been cancelled."
        ),
    ),
    errors.CaptureOfCancelledPayment: (
        _capture_of_cancelled,
        "20.00 NOK cannot be captured of acme-shop-1: 20.00 NOK have been cancelled.",
    ),
    errors.CaptureBeforeApproval: (
        _capture_before_approval,
        (
            "20.00 NOK cannot be captured of acme-shop-1: the amount is not reserved. "
            "The user must accept the payment before capture can be done."
        ),
    ),
    errors.CaptureTooHigh: (_capture_too_high, "15.01 NOK were asked of acme-shop-1; 15.00 NOK are left to capture."),
    errors.CapturePeriodExpired: (
        _capture_too_late,
        "acme-shop-1 could be captured until 2024-02-21T08:00:00.123456Z.",
    ),
    errors.ExpiryTooLate: _creating(
        "expiresAt 2024-01-01T00:00:00Z is too late: it must be before 2023-10-24T08:00:00.123456Z.",
        expiresAt="2024-01-01T00:00:00Z",
    ),
    errors.ExpiryTooSoon: _creating(
        "expiresAt 2023-01-01T00:00:00Z is too soon: it must be after 2023-08-25T08:10:00.123456Z.",
        expiresAt="2023-01-01T00:00:00Z",
    ),
    errors.ReceiptRequired: _creating_where(
        {"profile": "strict"},
        "Payment acme-shop-1 has expiresAt, and long-living payments need a receipt.",
        expiresAt="2023-09-15T00:00:00Z",
    ),
    errors.PartialCaptureNotAllowed: (
        _partial_capture,
        "The sales unit must capture the full amount of acme-shop-1: 20.00 NOK, not 5.00 NOK.",
    ),
    errors.InternalError: (_broken, "An internal error occurred."),
    errors.RefundOfEndedPayment: (
        _refund_of_expired,
        "Reference acme-shop-1 cannot be refunded. Invalid state: EXPIRED.",
    ),
    errors.RefundTooHigh: (_refund_too_high, "5.01 NOK were asked of acme-shop-1; 5.00 NOK are left to refund."),
    errors.PaymentLocked: (_captured_in_trouble("locked"), "Order locked and is already processing"),
    errors.AlreadyCaptured: (_already_captured, "All of acme-shop-1 has been captured: 20.00 NOK."),
    errors.AlreadyRefunded: (
        _already_refunded,
        "All that was captured of acme-shop-1 has been refunded: 20.00 NOK.",
    ),
    errors.CancelOfEndedPayment: (
        _cancelled_twice,
        "Reference acme-shop-1 cannot be cancelled. Invalid state: TERMINATED.",
    ),
    errors.CaptureOfEndedPayment: (
        _capture_of_expired,
        "Reference acme-shop-1 cannot be captured. Invalid state: EXPIRED.",
    ),
    errors.RefundPeriodExpired: (
        _refund_too_late,
        "acme-shop-1 could be refunded until 2024-08-24T08:00:00.123456Z.",
    ),
    errors.AlreadyApproved: (_approved_twice, "acme-shop-1 is already authorized."),
    errors.CancelOfProcessingPayment: (_cancel_of_processing, "acme-shop-1 is being processed; try again later."),
    errors.FundsUnavailable: (
        _captured_in_trouble("funds_unavailable"),
        "The funds for 20.00 NOK of acme-shop-1 are unavailable.",
    ),
    errors.CaptureFailed: (
        _captured_in_trouble("try_again"),
        "The capture of 20.00 NOK of acme-shop-1 failed; try again later.",
    ),
    errors.CustomerNotFound: _creating(
        "The customer was not found, or cannot pay businesses.",
        userFlow="PUSH_MESSAGE",
        customer={"phoneNumber": "4790000404"},
    ),
    errors.ApproveFailed: (
        _approval_of_cancelled,
        "The payment could not be approved. Reason: invalid state TERMINATED.",
    ),
    errors.ApproveNotAllowed: (
        _approved_where(forceApproveAllowed=False),
        "Force approve is not allowed for MSN 654001, as it is nowhere in production.",
    ),
    errors.ApproveNotSupported: (
        _approval_of_express,
        "acme-shop-1 is an Express payment; force approve does not support those.",
    ),
    errors.IdentificationRequired: (
        _approved_where(approveTrouble="identification_required"),
        "4791234567 must have approved a payment in the app once before force approve works.",
    ),
    errors.PaymentSourceInvalid: (
        _approved_where(approveTrouble="invalid_source"),
        "The payment source of 4791234567 is invalid.",
    ),
    errors.NoCards: (_approved_where(approveTrouble="no_cards"), "4791234567 has no cards."),
    errors.PaymentLimitExceeded: (
        _approved_where(approveTrouble="limit_exceeded"),
        "4791234567 has reached the limit of what may be paid.",
    ),
    errors.CardExpiredAtApproval: (
        _approved_where(approveTrouble="card_expired"),
        "The card of 4791234567 has expired.",
    ),
}


# Code and status of each title, from the published table of errors; statuses that it does not tell are judgement.
_PUBLISHED: Final = {
    ("4050", 400, "Invalid CustomerToken"),
    ("4060", 400, "Invalid PersonalQr"),
    ("4110", 400, "Metadata duplicate keys not allowed"),
    ("4160", 400, "Invalid payment method type"),
    ("5010", 400, "Blocking sources not applicable"),
    ("5020", 403, "Express payment not allowed"),
    ("5060", 403, "Merchant bank account not verified"),
    ("4010", 409, "Capture idempotency conflict"),
    ("4020", 409, "Idempotency error"),
    ("4040", 400, "Invalid amount"),
    ("4070", 400, "Invalid phone number"),
    ("4080", 400, "Invalid scope"),
    ("4090", 400, "Invalid URL"),
    ("4100", 400, "Metadata capacity exceeded"),
    ("4120", 400, "Metadata key length exceeded"),
    ("4130", 400, "Metadata value length exceeded"),
    ("4140", 400, "Missing required parameter"),
    ("4150", 409, "Idempotency error"),
    ("4150", 409, "Refund idempotency conflict"),
    ("5030", 403, "Illegal scope"),
    ("5040", 400, "Invalid currency for merchant"),
    ("5050", 403, "Long-living payment not allowed"),
    ("5070", 422, "Payment cannot be created"),
    ("5080", 403, "PUSH_MESSAGE not allowed"),
    ("5090", 404, "Reference not found"),
    ("5100", 400, "Refund not possible"),
    ("6010", 400, "Amount too small"),
    ("6020", 400, "Attempted refund before reservation"),
    ("6030", 400, "Cancel period expired"),
    ("6040", 400, "Cannot cancel a captured payment"),
    ("6060", 400, "Cannot cancel authorized payment"),
    ("6070", 400, "Cannot capture a cancelled payment"),
    ("6080", 400, "Cannot capture before reservation"),
    ("6090", 400, "Capture amount too high"),
    ("6100", 400, "Capture period expired"),
    ("6110", 400, "Expiration date is too late"),
    ("6120", 400, "Expiration date is too soon"),
    ("6130", 400, "Long living payments require a receipt"),
    ("6140", 400, "Must capture full amount"),
    ("6150", 400, "Not enough refundable"),
    ("6160", 423, "Order processing"),
    ("6170", 400, "Payment already captured"),
    ("6180", 400, "Payment already refunded"),
    ("6190", 400, "Payment cannot be cancelled"),
    ("6200", 400, "Payment cannot be captured"),
    ("6210", 400, "Payment cannot be refunded"),
    ("6220", 400, "Refund period expired"),
    ("6230", 400, "Payment is already reserved"),
    ("6250", 409, "Cannot cancel processing payment"),
    ("6260", 400, "Funds unavailable"),
    ("6280", 400, "Capture failed, please try again later"),
    ("7010", 404, "Customer not found"),
    ("10010", 400, "Approve failed"),
    ("10020", 400, "Approve not allowed"),
    ("10030", 400, "Identification required"),
    ("10040", 400, "Invalid payment source"),
    ("10050", 400, "No cards"),
    ("10060", 400, "Operation not supported"),
    ("10070", 400, "Payment limit exceeded"),
    ("3010", 500, "Internal error"),
}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "error",
    [
        # Its way calls the first operation in the table of outcomes that meets it.
        pytest.param(error, id=error.__name__, marks=[pytest.mark.shows(*row.key) for row in rows_of(error)[:1]])
        for error in PROBLEMS
    ],
)
async def test_a_refusal_is_answered_and_explained_as_the_table_says(
    merchant: Merchant, error: type[Refusal]
) -> None:
    go, detail = _WAYS[error]
    row = PROBLEMS[error]
    answer = await go(merchant)
    path = answer.request.url.path.removeprefix("/epayment")
    assert (answer.status_code, told(answer)) == (
        row.status,
        problem(row.status, row.code, row.title, detail, path),
    )
    assert (answer.headers["Content-Type"], answer.headers["Content-Language"]) == ("application/problem+json", "en")
    explanation = (await merchant.last_request())["explanation"]
    happens = "fault-1 answered 500; the call was not processed."
    assert explanation["summary"] == (happens if error is errors.InternalError else detail)
    assert all(explanation[name] for name in ("rule", "met", "accepted", "documented"))


def test_the_table_is_the_published_one() -> None:
    assert {(row.code, row.status, row.title) for row in PROBLEMS.values()} == _PUBLISHED


def _kinds(error: type[Refusal]) -> set[type[Refusal]]:
    below = error.__subclasses__()
    return {kind for one in below for kind in _kinds(one)} if below else {error}


def test_every_refusal_has_a_row_in_the_table_of_the_api_that_can_meet_it() -> None:
    """What only the phone, the card form and the sandbox's own API refuse is no business of Vipps's APIs."""
    rows = {*PROBLEMS, *ORDER_MANAGEMENT_PROBLEMS, *USERINFO_PROBLEMS, *WEBHOOK_PROBLEMS}
    assert _kinds(Refusal) - rows == OWN
    assert rows - _kinds(Refusal) == set()


@pytest.mark.anyio
async def test_a_receipt_is_accepted_with_its_expiry_by_the_strict_profile(strict: Merchant) -> None:
    body = order(expiresAt="2023-09-15T00:00:00Z", receipt=RECEIPT)
    assert (await strict.create(body)).status_code == 201
