"""What the gateway itself answers when it lets a call not through, in the shapes of Azure API Management.

Source: vendor's error knowledge base; bodies seen in public issue threads; see the ePayment API guide, "Errors".
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from typing_extensions import TypedDict

from sandbox.domain.values import value

__all__ = [
    "PROBLEM_JSON",
    "BearerMisspelt",
    "BodyTooLarge",
    "FieldError",
    "GatewayRefusal",
    "InvalidInput",
    "MerchantNotAllowed",
    "MsnNotAllowed",
    "MsnNotConnected",
    "RateLimitExceeded",
    "ResourceNotFound",
    "SubscriptionKeyInvalid",
    "SubscriptionKeyMissing",
    "SubscriptionKeyUnwanted",
    "SubscriptionNotFound",
    "TokenExpired",
    "TokenMissing",
    "TokenNotForUsers",
    "TokenOfAnother",
    "TokenUnknown",
    "Unauthorized",
    "trace_id",
]

PROBLEM_JSON: Final = "application/problem+json"


def trace_id() -> str:
    """Return a new W3C `traceparent`, which Vipps puts into every problem."""
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"


@value(kw_only=False)
class FieldError:
    """What is wrong with one field.

    *name* is in the wire's own spelling, *reason* in the words of the real server, *kind* pydantic's word for it,
    and *allowed* tells what the field may be, for the request log.
    """

    name: str
    reason: str
    kind: str = ""
    allowed: str = ""


class InvalidInput(Exception):
    """A call whose headers or body do not have the form that the specification asks for."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


class GatewayMessage(TypedDict):
    """How the gateway says no."""

    statusCode: int
    message: str


class GatewayRefusal(Exception):
    """The call does not reach its API; *body* says by its return type what the answer looks like."""

    status = 401
    headers: Mapping[str, str] = MappingProxyType({})
    content_type = "application/json"

    def __init__(self, message: str, because: str | None = None) -> None:
        super().__init__(message)
        self.because = because or message  # for the request log: what the answer may keep to itself

    def body(self) -> Mapping[str, object]:
        raise NotImplementedError


class _ToldByGateway(GatewayRefusal):
    def body(self) -> GatewayMessage:
        return {"statusCode": self.status, "message": str(self)}


class ResourceNotFound(_ToldByGateway):
    """No operation has that method and path; *differs* tells how they differ from the *nearest*, if any is near."""

    status = 404

    def __init__(self, because: str, *, nearest: str | None = None, differs: tuple[str, ...] = ()) -> None:
        super().__init__("Resource not found", because)
        self.nearest = nearest
        self.differs = differs


class BodyTooLarge(_ToldByGateway):
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"Request body is larger than {limit} bytes")
        self.limit = limit


class RateLimitExceeded(_ToldByGateway):
    status = 429

    def __init__(self, limit: int, wait: timedelta) -> None:
        seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(
            f"Rate limit is exceeded. Try again in {seconds} seconds.",
            f"This payment may have {limit} such calls a minute; the setting rateLimits switches that off.",
        )
        self.headers = {"Retry-After": str(seconds)}
        self.limit = limit
        self.seconds = seconds


class _SubscriptionKeyRefusal(_ToldByGateway):
    headers = MappingProxyType(
        {
            "WWW-Authenticate": 'AzureApiManagementKey realm="https://apitest.vipps.no",'
            'name="Ocp-Apim-Subscription-Key",type="header"'
        }
    )


class SubscriptionKeyMissing(_SubscriptionKeyRefusal):
    def __init__(self) -> None:
        super().__init__(
            "Access denied due to missing subscription key. "
            "Make sure to include subscription key when making requests to an API."
        )


class SubscriptionKeyInvalid(_SubscriptionKeyRefusal):
    def __init__(self) -> None:
        super().__init__(
            "Access denied due to invalid subscription key. "
            "Make sure to provide a valid key for an active subscription."
        )


class ResponseInfo(TypedDict):
    responseCode: int
    responseMessage: str


class ResponseResult(TypedDict):
    message: str


class TokenRefused(TypedDict):
    """How the gateway says that a bearer token does not do."""

    responseInfo: ResponseInfo
    result: ResponseResult


class Unauthorized(GatewayRefusal):
    """The bearer token is missing, malformed, expired or somebody else's; the answer never tells which."""

    def __init__(self, because: str) -> None:
        super().__init__("Something went wrong, please try again later.", because)

    def body(self) -> TokenRefused:
        return {
            "responseInfo": {"responseCode": self.status, "responseMessage": str(self)},
            "result": {"message": str(self)},
        }


class TokenMissing(Unauthorized):
    def __init__(self) -> None:
        super().__init__("The header Authorization is missing.")


class BearerMisspelt(Unauthorized):
    """The scheme is another than Bearer, or in another spelling than the strict profile takes."""


class TokenUnknown(Unauthorized):
    def __init__(self) -> None:
        super().__init__("The access token is not one that this sandbox issued.")


class TokenExpired(Unauthorized):
    """The token is *age* old on the clock of the sales unit, whose tokens live for *lifetime*."""

    def __init__(self, age: timedelta, lifetime: timedelta, msn: str) -> None:
        super().__init__(f"The access token has expired: it is {age} old on the clock of {msn}.")
        self.age = age
        self.lifetime = lifetime


class TokenOfAnother(Unauthorized):
    def __init__(self) -> None:
        super().__init__("The access token and the subscription key are not of the same merchant.")


class TokenNotForUsers(Unauthorized):
    def __init__(self) -> None:
        super().__init__("This endpoint takes the token of a user who logged in, not a merchant's access token.")


class SubscriptionKeyUnwanted(Unauthorized):
    def __init__(self) -> None:
        super().__init__("The header Ocp-Apim-Subscription-Key must not be sent to the UserInfo API.")


class SubscriptionRefused(TypedDict):
    errorCode: str
    errorMessage: str
    contextId: str


class SubscriptionNotFound(GatewayRefusal):
    def __init__(self) -> None:
        super().__init__("Subscription not found")

    def body(self) -> SubscriptionRefused:
        return {"errorCode": "Unauthorized", "errorMessage": str(self), "contextId": str(uuid4())}


class Forbidden(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    traceId: str


class _Forbidden(GatewayRefusal):
    """Source of the texts: vendor's error knowledge base; the shape around them is judgement."""

    status = 403
    content_type = PROBLEM_JSON

    def body(self) -> Forbidden:
        return {
            "type": "https://httpstatuses.io/403",
            "title": "Forbidden",
            "status": self.status,
            "detail": str(self),
            "traceId": trace_id(),
        }


class MsnNotAllowed(_Forbidden):
    """The sales unit is somebody else's; those of the credentials are *own*."""

    def __init__(self, msn: str, own: tuple[str, ...] = ()) -> None:
        super().__init__(f"Invalid MSN: {msn}. Check your API keys on portal.vipps.no and see the eCom FAQ for tips.")
        self.own = own


class MsnNotConnected(_Forbidden):
    """The sales unit is not the partner's; *msn* is the header Merchant-Serial-Number, if there was one.

    Those of the partner are *own*; none are known where the sandbox was asked to refuse.
    """

    def __init__(self, msn: str | None, own: tuple[str, ...] = ()) -> None:
        named = "" if msn is None else f"{msn}. "
        super().__init__(f"Invalid MSN: {named}This MSN is not valid for the provided supermerchant ID.")
        self.own = own


class MerchantNotAllowed(_Forbidden):
    def __init__(self) -> None:
        super().__init__("Merchant Not Allowed for Ecommerce Payment")
