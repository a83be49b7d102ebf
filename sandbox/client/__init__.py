"""A small typed client of Vipps MobilePay: payments, order links, user info and invoices.

    with VippsClient(Credentials("client-id", "client-secret", "subscription-key", "123456")) as vipps:
        vipps.send_invoice(
            "invoice-2023-0042",
            Amount(value=2000, currency="NOK"),
            phone_number="4791234567",
            order_details_url="https://example.com/invoices/2023-0042",
            expires_at=datetime(2023, 9, 15, tzinfo=UTC),
        )

`AsyncVippsClient` has the same methods, to be awaited. Errors are drawn in `_errors`.
"""

from sandbox.client._client import AsyncVippsClient, VippsClient
from sandbox.client._credentials import Credentials, SystemInfo
from sandbox.client._errors import (
    AnswerNotUnderstood,
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    IdempotencyKeyRefused,
    InvoiceNotPaid,
    Locked,
    NotAVippsUser,
    NotFound,
    OutcomeNotKnown,
    PhoneNumberNotShared,
    RateLimited,
    RefusedInProduction,
    ServerTrouble,
    TransportFailed,
    Unauthorized,
    Unprocessable,
    VippsError,
)
from sandbox.client._models import (
    Address,
    Aggregate,
    Amount,
    Category,
    CreatedPayment,
    Modification,
    OrderDetails,
    Payment,
    PaymentEvent,
    PaymentMethod,
    PaymentState,
    Profile,
    UserInfo,
)
from sandbox.client._polling import Pace
from sandbox.client._problems import FieldProblem
from sandbox.client._requests import Body, NewPayment
from sandbox.client._retry import RetryPolicy
from sandbox.client._session import PRODUCTION, TEST_ENVIRONMENT, AccessToken
from sandbox.client.flows import FirstInvoicePaid, SentInvoice

__all__ = [
    "PRODUCTION",
    "TEST_ENVIRONMENT",
    "AccessToken",
    "Address",
    "Aggregate",
    "Amount",
    "AnswerNotUnderstood",
    "ApiError",
    "AsyncVippsClient",
    "BadRequest",
    "Body",
    "Category",
    "Conflict",
    "CreatedPayment",
    "Credentials",
    "FieldProblem",
    "FirstInvoicePaid",
    "Forbidden",
    "IdempotencyKeyRefused",
    "InvoiceNotPaid",
    "Locked",
    "Modification",
    "NewPayment",
    "NotAVippsUser",
    "NotFound",
    "OrderDetails",
    "OutcomeNotKnown",
    "Pace",
    "Payment",
    "PaymentEvent",
    "PaymentMethod",
    "PaymentState",
    "PhoneNumberNotShared",
    "Profile",
    "RateLimited",
    "RefusedInProduction",
    "RetryPolicy",
    "SentInvoice",
    "ServerTrouble",
    "SystemInfo",
    "TransportFailed",
    "Unauthorized",
    "Unprocessable",
    "UserInfo",
    "VippsClient",
    "VippsError",
]
