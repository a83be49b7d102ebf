"""Every outcome that Vipps documents for an operation: its status, its code, its meaning, and where it is told.

What the gateway answers before any API does has the operation `gateway`, whichever operation was called. Codes are
those of `codes.py`. Where a table of the sandbox's own says what an error class is answered with, the row is made
from it. To add an outcome: a line here, and the marker `shows` on a test that meets it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.api.epayment.problems import PROBLEMS as EPAYMENT_PROBLEMS
from sandbox.api.gateway import problems as gateway
from sandbox.api.gateway.access import ClientUnknown, SecretWrong
from sandbox.api.gateway.problems import GatewayRefusal
from sandbox.api.order_management.problems import PROBLEMS as ORDER_PROBLEMS
from sandbox.api.userinfo.problems import PROBLEMS as USERINFO_PROBLEMS
from sandbox.api.webhooks.problems import PROBLEMS as WEBHOOK_PROBLEMS
from sandbox.domain import errors
from tests.contract.codes import FIELDS, SHORT_CODES

__all__ = ["GATEWAY", "OUTCOMES", "OWN", "Key", "Outcome", "rows_of"]

Key = tuple[str, int, str]  # operation, status, code

GATEWAY: Final = "gateway"

# What only the sandbox's own API and pages refuse is no business of Vipps's APIs.
OWN: Final[frozenset[type[Exception]]] = frozenset(
    {
        errors.NotOnScreen,
        errors.CardNumberInvalid,
        errors.ShippingOptionUnknown,
        errors.DeliveryUnknown,
        errors.FaultUnknown,
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which an operation may answer."""

    operation: str
    status: int
    code: str
    meaning: str
    source: str
    errors: tuple[type[Exception], ...] = ()  # that bring it about
    not_shown: str | None = None  # why no test shows it

    @property
    def key(self) -> Key:
        return self.operation, self.status, self.code


# --- How rows are made ----------------------------------------------------------------------------------

_GUIDE: Final = "ePayment guide, “Errors”"
_STATUS_IS_TOLD: Final = frozenset({"4010", "4020", "4150", "5070", "5090", "6030", "6080", "6100", "6220"})
_EPAYMENT: Final = "ePayment OpenAPI 1.8.1"
_ORDERS: Final = "Order Management OpenAPI 2.1"
_USERINFO: Final = "Userinfo OpenAPI 2.0.3"
_WEBHOOKS: Final = "Webhooks OpenAPI 1"
_TOKEN: Final = "Access Token OpenAPI 2.0.0"
_GATEWAY: Final = "error knowledge base of Vipps's developer site"
_JUDGEMENT: Final = "judgement"

_MEANINGS: Final = {one.error: (one.code, one.meaning) for one in SHORT_CODES}
_STATUSES: Final[Mapping[type[Exception], int]] = {
    **{error: problem.status for error, problem in ORDER_PROBLEMS.items()},
    **{error: problem.status for error, problem in USERINFO_PROBLEMS.items()},
    **{error: problem.status for error, problem in WEBHOOK_PROBLEMS.items()},
}


def _succeeds(operation: str, status: int, source: str, meaning: str) -> Outcome:
    return Outcome(operation, status, "", meaning, source)


def _needs_form(operation: str, source: str) -> Outcome:
    return Outcome(operation, 400, FIELDS.code, FIELDS.meaning, source)


def _refuses(operation: str, *causes: type[errors.Refusal]) -> Outcome:
    """Return the row of what the ePayment API answers to *causes*, which is the same for all of them."""
    problem = EPAYMENT_PROBLEMS[causes[0]]
    return Outcome(operation, problem.status, problem.code, problem.title, _guide(problem.code), causes)


def _found_no_customer(operation: str) -> Outcome:
    """Return the row of what the setting customerNotFoundStatus makes of 7010."""
    return Outcome(operation, 400, "7010", "Customer not found", "old knowledge base; the setting is for it")


def _says_no(operation: str, cause: type[errors.Refusal], source: str) -> Outcome:
    """Return the row of what an API without codes of its own answers to *cause*."""
    return Outcome(operation, _STATUSES[cause], *_MEANINGS[cause], source, (cause,))


def _bars(cause: type[GatewayRefusal], source: str = _GATEWAY) -> Outcome:
    return Outcome(GATEWAY, cause.status, *_MEANINGS[cause], source, (cause,))


def _spares(operation: str, status: int, code: str, title: str, because: str) -> Outcome:
    """Return the row of a code of the ePayment API that the sandbox never answers with."""
    return Outcome(operation, status, code, title, _guide(code), not_shown=because)


def _guide(code: str) -> str:
    return _GUIDE if code in _STATUS_IS_TOLD else f"{_GUIDE}; status: judgement"


def _unshown(operation: str, status: int, code: str, meaning: str, source: str, because: str) -> Outcome:
    return Outcome(operation, status, code, meaning, source, not_shown=because)


# --- The table ------------------------------------------------------------------------------------------

_NO_PROVIDERS: Final = "The sandbox has no payment service providers."
_NO_FAULTS: Final = "The sandbox does not break on request."
_NEVER_CHECKED: Final = "Documented, but no cause is: the API does not look whether the order exists."

OUTCOMES: Final = (
    # Every API
    _bars(gateway.SubscriptionKeyMissing),
    _bars(gateway.SubscriptionKeyInvalid),
    _bars(gateway.SubscriptionNotFound),
    _bars(gateway.Unauthorized),
    _bars(gateway.MsnNotAllowed),
    _bars(gateway.MsnNotConnected),
    _bars(gateway.MerchantNotAllowed),
    _unshown(GATEWAY, 403, "psp", "a sales unit that is not the provider's", _GATEWAY, _NO_PROVIDERS),
    _bars(gateway.ResourceNotFound, "default of Azure API Management"),
    _bars(gateway.BodyTooLarge, "a limit of the sandbox's own"),
    _bars(gateway.RateLimitExceeded, "ePayment guide, “Rate limiting”"),
    Outcome(GATEWAY, 500, "bug", "something broke", "default of Azure API Management"),
    _unshown(GATEWAY, 502, "busy", "the gateway is busy", "Vipps's plugin for WooCommerce retries it", _NO_FAULTS),
    # Access Token
    _succeeds("fetchAuthorizationTokenUsingPost", 200, _TOKEN, "a token"),
    Outcome(
        "fetchAuthorizationTokenUsingPost",
        400,
        "AADSTS700016",
        "unknown client_id",
        "bodies in public issue threads",
        (ClientUnknown,),
    ),
    Outcome(
        "fetchAuthorizationTokenUsingPost", 400, "AADSTS900144", "client_id or client_secret is missing", _JUDGEMENT
    ),
    Outcome(
        "fetchAuthorizationTokenUsingPost",
        401,
        "AADSTS7000215",
        "wrong client_secret",
        "eCom documentation",
        (SecretWrong,),
    ),
    _unshown("fetchAuthorizationTokenUsingPost", 500, "", "server trouble", _TOKEN, _NO_FAULTS),
    _unshown(
        "fetchToken", 200, "", "a token for other APIs", _TOKEN, "It is for none of the APIs that the sandbox has."
    ),
    # Creating a payment
    _succeeds("createPayment", 201, _EPAYMENT, "created, or created before with the same key"),
    _needs_form("createPayment", _EPAYMENT),
    _refuses("createPayment", errors.CreateKeyReused),
    _refuses("createPayment", errors.AmountInvalid),
    _refuses("createPayment", errors.CustomerTokenInvalid),
    _refuses("createPayment", errors.PersonalQrInvalid),
    _refuses("createPayment", errors.PhoneNumberInvalid),
    _refuses("createPayment", errors.ScopeInvalid),
    _refuses("createPayment", errors.UrlInvalid),
    _refuses("createPayment", errors.MetadataTooMany),
    _refuses("createPayment", errors.MetadataKeyTwice),
    _refuses("createPayment", errors.MetadataKeyTooLong),
    _refuses("createPayment", errors.MetadataValueTooLong),
    _refuses("createPayment", errors.ParameterRequired),
    _refuses("createPayment", errors.ReferenceTaken),
    _refuses("createPayment", errors.MethodInvalid),
    _refuses("createPayment", errors.BlockedSourcesNotApplicable),
    _refuses("createPayment", errors.ExpressNotAllowed),
    _refuses("createPayment", errors.ScopeIllegal),
    _refuses("createPayment", errors.CurrencyNotAllowed),
    _refuses("createPayment", errors.LongLivingNotAllowed),
    _refuses("createPayment", errors.BankAccountNotVerified),
    _refuses("createPayment", errors.PaymentCannotBeCreated),
    _refuses("createPayment", errors.PushMessageNotAllowed),
    _refuses("createPayment", errors.AmountTooSmall),
    _refuses("createPayment", errors.ExpiryTooLate),
    _refuses("createPayment", errors.ExpiryTooSoon),
    _refuses("createPayment", errors.ReceiptRequired),
    _refuses("createPayment", errors.CustomerNotFound),
    _found_no_customer("createPayment"),
    _refuses("createPayment", errors.InternalError),
    # Looking at it
    _succeeds("getPayment", 200, _EPAYMENT, "the payment"),
    _needs_form("getPayment", _JUDGEMENT),
    _refuses("getPayment", errors.UnknownReference),
    _succeeds("getPaymentEventLog", 200, _EPAYMENT, "its events"),
    _needs_form("getPaymentEventLog", _JUDGEMENT),
    _refuses("getPaymentEventLog", errors.UnknownReference),
    # Changing it
    _succeeds("capturePayment", 200, _EPAYMENT, "captured, or captured before with the same key"),
    _needs_form("capturePayment", _EPAYMENT),
    _refuses("capturePayment", errors.CaptureKeyReused),
    _refuses("capturePayment", errors.ModificationAmountInvalid, errors.AmountInvalid),
    _refuses("capturePayment", errors.UnknownReference),
    _refuses("capturePayment", errors.CaptureOfCancelledPayment),
    _refuses("capturePayment", errors.CaptureBeforeApproval),
    _refuses("capturePayment", errors.CaptureTooHigh),
    _refuses("capturePayment", errors.CapturePeriodExpired),
    _refuses("capturePayment", errors.PartialCaptureNotAllowed),
    _refuses("capturePayment", errors.PaymentLocked),
    _refuses("capturePayment", errors.AlreadyCaptured),
    _refuses("capturePayment", errors.CaptureOfEndedPayment),
    _refuses("capturePayment", errors.FundsUnavailable),
    _refuses("capturePayment", errors.CaptureFailed),
    _succeeds("refundPayment", 200, _EPAYMENT, "refunded, or refunded before with the same key"),
    _needs_form("refundPayment", _EPAYMENT),
    _refuses("refundPayment", errors.ModificationAmountInvalid, errors.AmountInvalid),
    _refuses("refundPayment", errors.RefundKeyReused),
    _refuses("refundPayment", errors.UnknownReference),
    _refuses("refundPayment", errors.RefundNotConfigured),
    _refuses("refundPayment", errors.RefundBeforeApproval),
    _refuses("refundPayment", errors.RefundTooHigh),
    _refuses("refundPayment", errors.PaymentLocked),
    _refuses("refundPayment", errors.AlreadyRefunded),
    _refuses("refundPayment", errors.RefundOfEndedPayment),
    _refuses("refundPayment", errors.RefundPeriodExpired),
    _succeeds("cancelPayment", 200, _EPAYMENT, "terminated, or the rest of the reservation released"),
    _needs_form("cancelPayment", _EPAYMENT),
    _refuses("cancelPayment", errors.UnknownReference),
    _refuses("cancelPayment", errors.CancelPeriodExpired),
    _refuses("cancelPayment", errors.CancelOfCapturedPayment),
    _spares(
        "cancelPayment",
        400,
        "6050",
        "Cannot cancel a non-reserved payment",
        "6050 and 6190 are both told for a second cancel; the sandbox answers 6190.",
    ),
    _refuses("cancelPayment", errors.CancelOfAuthorizedPayment),
    _refuses("cancelPayment", errors.CancelOfEndedPayment),
    _refuses("cancelPayment", errors.CancelOfProcessingPayment),
    # Approving it by force
    _succeeds("forceApprove", 200, _EPAYMENT, "approved"),
    _needs_form("forceApprove", _EPAYMENT),
    _refuses("forceApprove", errors.CustomerTokenInvalid),
    _refuses("forceApprove", errors.PersonalQrInvalid),
    _refuses("forceApprove", errors.PhoneNumberInvalid),
    _refuses("forceApprove", errors.ParameterRequired),
    _refuses("forceApprove", errors.UnknownReference),
    _refuses("forceApprove", errors.AlreadyApproved),
    _refuses("forceApprove", errors.CustomerNotFound),
    _found_no_customer("forceApprove"),
    _refuses("forceApprove", errors.ApproveFailed),
    _refuses("forceApprove", errors.ApproveNotAllowed),
    _refuses("forceApprove", errors.IdentificationRequired),
    _refuses("forceApprove", errors.PaymentSourceInvalid),
    _refuses("forceApprove", errors.NoCards),
    _refuses("forceApprove", errors.ApproveNotSupported),
    _refuses("forceApprove", errors.PaymentLimitExceeded),
    Outcome(
        "forceApprove",
        500,
        "3010",
        "Internal error: the card has expired",
        "Vipps's agent toolkit; code: judgement",
        (errors.CardExpiredAtApproval,),
    ),
    # Order Management
    _succeeds("post-image", 200, _ORDERS, "uploaded"),
    _needs_form("post-image", "Vipps's plugin for WooCommerce expects it"),
    _says_no("post-image", errors.ImageInvalid, "Vipps's plugin for WooCommerce expects it"),
    _says_no("post-image", errors.ImageTaken, "Vipps's plugin for WooCommerce expects it"),
    _succeeds("put-category-v2", 200, _ORDERS, "set, or replaced"),
    _needs_form("put-category-v2", _ORDERS),
    _says_no("put-category-v2", errors.OrderUrlInvalid, _ORDERS),
    _says_no("put-category-v2", errors.ImageUnknown, f"{_ORDERS}; the cause: judgement"),
    _unshown(
        "put-category-v2", 409, "", "conflict", _ORDERS, "Documented, but no cause is: a category replaces another."
    ),
    _succeeds("post-receipt-v2", 201, _ORDERS, "kept"),
    _needs_form("post-receipt-v2", _ORDERS),
    _unshown("post-receipt-v2", 404, "", "not found", _ORDERS, _NEVER_CHECKED),
    _says_no("post-receipt-v2", errors.ReceiptTaken, _ORDERS),
    _succeeds("get-order-v2", 200, _ORDERS, "category and receipt"),
    _needs_form("get-order-v2", _JUDGEMENT),
    _says_no("get-order-v2", errors.OrderUnknown, _ORDERS),
    _succeeds("post-category-v3", 201, _ORDERS, "added"),
    _needs_form("post-category-v3", _ORDERS),
    _says_no("post-category-v3", errors.OrderUrlInvalid, _ORDERS),
    _says_no("post-category-v3", errors.ImageUnknown, _JUDGEMENT),
    _succeeds("get-categories-v3", 200, _ORDERS, "the categories of an order"),
    _needs_form("get-categories-v3", _ORDERS),
    _succeeds("get-category-v3", 200, _ORDERS, "the category"),
    _needs_form("get-category-v3", _ORDERS),
    _says_no("get-category-v3", errors.CategoryUnknown, _ORDERS),
    _succeeds("delete-category-v3", 200, _ORDERS, "deleted"),
    _needs_form("delete-category-v3", _JUDGEMENT),
    _says_no("delete-category-v3", errors.CategoryUnknown, _ORDERS),
    # Order Management, version 1
    _succeeds("put-order", 200, _ORDERS, "set, or replaced"),
    _needs_form("put-order", _JUDGEMENT),
    _says_no("put-order", errors.OrderUrlInvalid, _JUDGEMENT),
    _says_no("put-order", errors.ImageUnknown, _JUDGEMENT),
    _succeeds("get-order", 200, _ORDERS, "the category"),
    _needs_form("get-order", _JUDGEMENT),
    _says_no("get-order", errors.OrderUnknown, _ORDERS),
    _succeeds("post-receipt", 200, _ORDERS, "kept"),
    _needs_form("post-receipt", _ORDERS),
    _unshown("post-receipt", 404, "", "not found", _ORDERS, _NEVER_CHECKED),
    _says_no("post-receipt", errors.ReceiptTaken, _JUDGEMENT),
    _succeeds("get-receipt", 200, _ORDERS, "the receipt"),
    _needs_form("get-receipt", _JUDGEMENT),
    _says_no("get-receipt", errors.OrderUnknown, _JUDGEMENT),
    # UserInfo
    _succeeds("getUserinfo", 200, _USERINFO, "what the customer shared"),
    _needs_form("getUserinfo", f"{_USERINFO}; the cause: judgement"),
    _says_no("getUserinfo", errors.UserInfoWindowOver, f"{_USERINFO}; the cause: judgement"),
    _says_no("getUserinfo", errors.UnknownSub, f"{_USERINFO}; the cause: judgement"),
    _unshown("getUserinfo", 500, "", "server trouble", _USERINFO, _NO_FAULTS),
    _unshown(
        "userinfoAuthorizationCode",
        200,
        "",
        "what a user shared at login",
        _USERINFO,
        "The sandbox has no Login API.",
    ),
    Outcome(
        "userinfoAuthorizationCode",
        401,
        "login token",
        "a merchant's token, not a user's",
        f"{_USERINFO}; the cause: judgement",
    ),
    # Webhooks
    _succeeds("registerWebhook", 201, _WEBHOOKS, "registered, for a sales unit or for all of a partner's"),
    _needs_form("registerWebhook", _WEBHOOKS),
    _says_no("registerWebhook", errors.WebhookUrlInvalid, _WEBHOOKS),
    _says_no("registerWebhook", errors.WebhookEventsMissing, _WEBHOOKS),
    _says_no("registerWebhook", errors.WebhookEventUnknown, _WEBHOOKS),
    _says_no("registerWebhook", errors.TooManyRegistrations, f"{_WEBHOOKS}; the limit: Vipps's agent toolkit"),
    _succeeds(
        "getWebhooks",
        200,
        _WEBHOOKS,
        "the sales unit's webhooks, or those for all of a partner's, without their secrets",
    ),
    _unshown(
        "getWebhooks", 400, "", "bad request", _WEBHOOKS, "Documented, but no cause is: there is nothing to send."
    ),
    _succeeds("deleteWebhook", 204, _WEBHOOKS, "deleted, for all of a partner's sales units if it was for all"),
    _says_no("deleteWebhook", errors.RegistrationIdInvalid, _WEBHOOKS),
    _says_no("deleteWebhook", errors.RegistrationUnknown, _JUDGEMENT),
    Outcome(
        "deleteWebhook",
        400,
        "no webhook",
        "an unknown id, in the strict profile",
        f"{_WEBHOOKS}; the cause: judgement",
        (errors.RegistrationUnknown,),
    ),
)


def rows_of(error: type[Exception]) -> list[Outcome]:
    """Return the outcomes that an error class, or one above it, brings about, in the order of the table."""
    return [row for row in OUTCOMES if issubclass(error, row.errors)]
