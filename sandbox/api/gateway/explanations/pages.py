"""Where Vipps documents its rules, and the sandbox its own.

Source: links in the published OpenAPI files and between the pages themselves.
"""

from typing import Final

from sandbox.api.gateway.explanations.model import Documented

__all__ = [
    "ACCESS_TOKEN",
    "API_KEYS",
    "CANCEL",
    "CAPTURE",
    "CARDS",
    "CREATE",
    "ERRORS",
    "EXPRESS",
    "GATEWAY_ERRORS",
    "GET_PAYMENT",
    "HEADERS",
    "IDEMPOTENCY",
    "LONG_LIVING",
    "MINIMUM_AGE",
    "OF_API",
    "OF_OPERATION",
    "OPERATIONS",
    "ORDER_MANAGEMENT",
    "PERSONAL_QR",
    "PROFILE_SHARING",
    "RATE_LIMITS",
    "REFUND",
    "SANDBOX_CUSTOMER",
    "SANDBOX_FAULTS",
    "SANDBOX_SETTINGS",
    "SANDBOX_WEBHOOKS",
    "TEST_ENVIRONMENT",
    "URLS",
    "USERINFO",
    "WEBHOOKS",
    "WEBHOOK_EVENTS",
]

_DOCS: Final = "https://developer.vippsmobilepay.com/docs"
_EPAYMENT: Final = f"{_DOCS}/APIs/epayment-api/api-guide"
_KNOWLEDGE: Final = f"{_DOCS}/knowledge-base"

ERRORS: Final = Documented("ePayment API guide: Errors, Domain errors", f"{_EPAYMENT}/errors/#domain-errors")
RATE_LIMITS: Final = Documented("ePayment API guide: Errors, Rate limiting", f"{_EPAYMENT}/errors/#rate-limiting")
OPERATIONS: Final = Documented("ePayment API guide: Payment operations", f"{_EPAYMENT}/operations/")
CREATE: Final = Documented("ePayment API guide: Create", f"{_EPAYMENT}/operations/create/")
GET_PAYMENT: Final = Documented("ePayment API guide: Get payment details", f"{_EPAYMENT}/operations/get_info/")
CAPTURE: Final = Documented("ePayment API guide: Capture", f"{_EPAYMENT}/operations/capture/")
CANCEL: Final = Documented("ePayment API guide: Cancel", f"{_EPAYMENT}/operations/cancel/")
REFUND: Final = Documented("ePayment API guide: Refund", f"{_EPAYMENT}/operations/refund/")
LONG_LIVING: Final = Documented(
    "ePayment API guide: Long-living payments", f"{_EPAYMENT}/features/long-living-payments/"
)
PROFILE_SHARING: Final = Documented("ePayment API guide: Profile sharing", f"{_EPAYMENT}/features/profile-sharing/")
PERSONAL_QR: Final = Documented("ePayment API guide: Personal QR", f"{_EPAYMENT}/features/personal-qr/")
MINIMUM_AGE: Final = Documented("ePayment API guide: Minimum user age", f"{_EPAYMENT}/features/minimum-user-age/")
CARDS: Final = Documented("ePayment API guide: Special features", f"{_EPAYMENT}/features/")
EXPRESS: Final = Documented("ePayment API guide: Express", f"{_EPAYMENT}/features/express/")
TEST_ENVIRONMENT: Final = Documented("Knowledge base: Test environment", f"{_KNOWLEDGE}/test-environment/")
GATEWAY_ERRORS: Final = Documented("Knowledge base: Troubleshoot errors", f"{_KNOWLEDGE}/errors/")
HEADERS: Final = Documented("Knowledge base: HTTP headers", f"{_KNOWLEDGE}/http-headers/")
IDEMPOTENCY: Final = Documented("Knowledge base: HTTP headers, Idempotency", f"{_KNOWLEDGE}/http-headers#idempotency")
API_KEYS: Final = Documented("Knowledge base: API keys", f"{_KNOWLEDGE}/api-keys/")
URLS: Final = Documented("Knowledge base: URL validation", f"{_KNOWLEDGE}/url-validation/")
ACCESS_TOKEN: Final = Documented("Access Token API guide", f"{_DOCS}/APIs/access-token-api/")
ORDER_MANAGEMENT: Final = Documented(
    "Order Management API guide", f"{_DOCS}/APIs/order-management-api/order-management-api-guide/"
)
USERINFO: Final = Documented("Userinfo API guide", f"{_DOCS}/APIs/userinfo-api/")
WEBHOOKS: Final = Documented("Webhooks API guide", f"{_DOCS}/APIs/webhooks-api/api-guide/")
WEBHOOK_EVENTS: Final = Documented("Webhooks API: Events", f"{_DOCS}/APIs/webhooks-api/events/")
SANDBOX_FAULTS: Final = Documented("Manual of the sandbox: faults.md")
SANDBOX_SETTINGS: Final = Documented("Manual of the sandbox: settings.md")
SANDBOX_CUSTOMER: Final = Documented("Manual of the sandbox: control-api.md, The customer")
SANDBOX_WEBHOOKS: Final = Documented("Manual of the sandbox: webhooks.md")

# Where the form of an API's calls is told.
OF_API: Final = {
    "ePayment": OPERATIONS,
    "Access Token": ACCESS_TOKEN,
    "Order Management": ORDER_MANAGEMENT,
    "UserInfo": USERINFO,
    "Webhooks": WEBHOOKS,
}
OF_OPERATION: Final = {
    "createPayment": CREATE,
    "getPayment": GET_PAYMENT,
    "capturePayment": CAPTURE,
    "cancelPayment": CANCEL,
    "refundPayment": REFUND,
    "forceApprove": TEST_ENVIRONMENT,
}
