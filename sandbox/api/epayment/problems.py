"""How the ePayment API says no: one row per refusal, and one shape for all.

Codes and titles are Vipps's; statuses marked *[J]* in the contract are judgement.
Source: ePayment guide, "Errors"; ePayment OpenAPI 1.8.1, `Problem`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic_core import to_json
from typing_extensions import TypedDict

from sandbox.api.gateway import Answer
from sandbox.api.gateway.operations import PROBLEM_JSON, trace_id
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.domain import errors
from sandbox.domain.errors import Refusal
from sandbox.domain.values import value

__all__ = ["PROBLEMS", "EPaymentProblem", "Problem", "refuse", "reject_input"]

_PREFIX: Final = "/epayment"


@value(kw_only=False)
class Problem:
    status: int
    code: str
    title: str

    @property
    def summary(self) -> str:
        return f"{self.code} {self.title}"


PROBLEMS: Final[Mapping[type[Refusal], Problem]] = {
    errors.CaptureKeyReused: Problem(409, "4010", "Capture idempotency conflict"),
    errors.CreateKeyReused: Problem(409, "4020", "Idempotency error"),
    errors.AmountInvalid: Problem(400, "4040", "Invalid amount"),
    errors.ModificationAmountInvalid: Problem(400, "4040", "Invalid amount"),
    errors.CustomerTokenInvalid: Problem(400, "4050", "Invalid CustomerToken"),
    errors.PersonalQrInvalid: Problem(400, "4060", "Invalid PersonalQr"),
    errors.PhoneNumberInvalid: Problem(400, "4070", "Invalid phone number"),
    errors.ScopeInvalid: Problem(400, "4080", "Invalid scope"),
    errors.UrlInvalid: Problem(400, "4090", "Invalid URL"),
    errors.MetadataTooMany: Problem(400, "4100", "Metadata capacity exceeded"),
    errors.MetadataKeyTwice: Problem(400, "4110", "Metadata duplicate keys not allowed"),
    errors.MetadataKeyTooLong: Problem(400, "4120", "Metadata key length exceeded"),
    errors.MetadataValueTooLong: Problem(400, "4130", "Metadata value length exceeded"),
    errors.ParameterRequired: Problem(400, "4140", "Missing required parameter"),
    errors.ReferenceTaken: Problem(409, "4150", "Idempotency error"),
    errors.RefundKeyReused: Problem(409, "4150", "Refund idempotency conflict"),
    errors.MethodInvalid: Problem(400, "4160", "Invalid payment method type"),
    errors.BlockedSourcesNotApplicable: Problem(400, "5010", "Blocking sources not applicable"),
    errors.ExpressNotAllowed: Problem(403, "5020", "Express payment not allowed"),
    errors.ScopeIllegal: Problem(403, "5030", "Illegal scope"),
    errors.CurrencyNotAllowed: Problem(400, "5040", "Invalid currency for merchant"),
    errors.LongLivingNotAllowed: Problem(403, "5050", "Long-living payment not allowed"),
    errors.BankAccountNotVerified: Problem(403, "5060", "Merchant bank account not verified"),
    errors.PaymentCannotBeCreated: Problem(422, "5070", "Payment cannot be created"),
    errors.PushMessageNotAllowed: Problem(403, "5080", "PUSH_MESSAGE not allowed"),
    errors.UnknownReference: Problem(404, "5090", "Reference not found"),
    errors.RefundNotConfigured: Problem(400, "5100", "Refund not possible"),
    errors.AmountTooSmall: Problem(400, "6010", "Amount too small"),
    errors.RefundBeforeApproval: Problem(400, "6020", "Attempted refund before reservation"),
    errors.CancelPeriodExpired: Problem(400, "6030", "Cancel period expired"),
    errors.CancelOfCapturedPayment: Problem(400, "6040", "Cannot cancel a captured payment"),
    errors.CancelOfAuthorizedPayment: Problem(400, "6060", "Cannot cancel authorized payment"),
    errors.CaptureOfCancelledPayment: Problem(400, "6070", "Cannot capture a cancelled payment"),
    errors.CaptureBeforeApproval: Problem(400, "6080", "Cannot capture before reservation"),
    errors.CaptureTooHigh: Problem(400, "6090", "Capture amount too high"),
    errors.CapturePeriodExpired: Problem(400, "6100", "Capture period expired"),
    errors.ExpiryTooLate: Problem(400, "6110", "Expiration date is too late"),
    errors.ExpiryTooSoon: Problem(400, "6120", "Expiration date is too soon"),
    errors.ReceiptRequired: Problem(400, "6130", "Long living payments require a receipt"),
    errors.PartialCaptureNotAllowed: Problem(400, "6140", "Must capture full amount"),
    errors.RefundTooHigh: Problem(400, "6150", "Not enough refundable"),
    errors.PaymentLocked: Problem(423, "6160", "Order processing"),
    errors.AlreadyCaptured: Problem(400, "6170", "Payment already captured"),
    errors.AlreadyRefunded: Problem(400, "6180", "Payment already refunded"),
    errors.CancelOfEndedPayment: Problem(400, "6190", "Payment cannot be cancelled"),
    errors.CaptureOfEndedPayment: Problem(400, "6200", "Payment cannot be captured"),
    errors.RefundOfEndedPayment: Problem(400, "6210", "Payment cannot be refunded"),
    errors.RefundPeriodExpired: Problem(400, "6220", "Refund period expired"),
    errors.AlreadyApproved: Problem(400, "6230", "Payment is already reserved"),
    errors.CancelOfProcessingPayment: Problem(409, "6250", "Cannot cancel processing payment"),
    errors.FundsUnavailable: Problem(400, "6260", "Funds unavailable"),
    errors.CaptureFailed: Problem(400, "6280", "Capture failed, please try again later"),
    errors.CustomerNotFound: Problem(404, "7010", "Customer not found"),
    errors.ApproveFailed: Problem(400, "10010", "Approve failed"),
    errors.ApproveNotAllowed: Problem(400, "10020", "Approve not allowed"),
    errors.IdentificationRequired: Problem(400, "10030", "Identification required"),
    errors.PaymentSourceInvalid: Problem(400, "10040", "Invalid payment source"),
    errors.NoCards: Problem(400, "10050", "No cards"),
    errors.ApproveNotSupported: Problem(400, "10060", "Operation not supported"),
    errors.PaymentLimitExceeded: Problem(400, "10070", "Payment limit exceeded"),
    errors.InternalError: Problem(500, "3010", "Internal error"),
    errors.CardExpiredAtApproval: Problem(500, "3010", "Internal error"),
}


class ExtraDetail(TypedDict):
    """A field and what is wrong with it, or `ErrorCode` and the code."""

    name: str
    reason: str


class EPaymentProblem(TypedDict):
    """How the ePayment API says no."""

    type: str
    title: str
    detail: str
    instance: str
    status: int
    extraDetails: list[ExtraDetail]
    traceId: str


def refuse(path: str, refusal: Refusal) -> Answer:
    problem = PROBLEMS[type(refusal)]
    status = problem.status
    if isinstance(refusal, errors.CustomerNotFound) and refusal.as_bad_request:
        status = 400
    return _answer(path, status, problem.title, str(refusal), [FieldError("ErrorCode", problem.code)])


def reject_input(path: str, invalid: InvalidInput) -> Answer:
    return _answer(path, 400, "Bad Request", "See extraDetails for further details", invalid.errors)


def _answer(path: str, status: int, title: str, detail: str, details: Sequence[FieldError]) -> Answer:
    content: EPaymentProblem = {
        "type": f"https://httpstatuses.io/{status}",
        "title": title,
        "detail": detail,
        "instance": path.removeprefix(_PREFIX),
        "status": status,
        "extraDetails": [{"name": error.name, "reason": error.reason} for error in details],
        "traceId": trace_id(),
    }
    return Answer(status, to_json(content), PROBLEM_JSON, (("Content-Language", "en"),))
