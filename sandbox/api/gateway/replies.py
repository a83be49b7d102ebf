"""What an operation may answer, for the OpenAPI document: its own answers, its API's refusals, and the gateway's."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final, NamedTuple, get_type_hints

from sandbox.api.gateway.operations import JSON, Operation
from sandbox.api.gateway.problems import (
    BodyTooLarge,
    GatewayRefusal,
    MerchantNotAllowed,
    MsnNotAllowed,
    RateLimitExceeded,
    ResourceNotFound,
    SubscriptionKeyInvalid,
    SubscriptionNotFound,
    Unauthorized,
)

__all__ = ["Reply", "replies"]


class Reply(NamedTuple):
    """One answer that may come; those with the same status and content type are alternatives."""

    status: int
    about: str
    content_type: str
    shape: Any  # a type that pydantic can describe; None stands for no body


# Kinds of refusal of the gateway, one for all that look alike.
_ABOUT: Final[dict[type[GatewayRefusal], str]] = {
    BodyTooLarge: "the body is too large",
    ResourceNotFound: "the path means no operation",
    SubscriptionKeyInvalid: "the subscription key is missing, or nobody's",
    Unauthorized: "the access token is missing, expired or somebody else's",
    SubscriptionNotFound: "the subscription is not found",
    MsnNotAllowed: "the sales unit is not one that these credentials open",
    MerchantNotAllowed: "the merchant may not use this API",
    RateLimitExceeded: "too many calls about this payment within a minute",
}


def replies(operation: Operation) -> Iterator[Reply]:
    """Give all that may come of a call to an operation, but bugs of the sandbox."""
    for status, shape in operation.answers.items():
        yield Reply(status, HTTPStatus(status).phrase, JSON, shape)
    api = operation.api
    if operation.needs_token:
        yield Reply(400, "something lacks the specified form", api.problem_content_type, api.problem)
    for refusal, row in api.problems.items():
        if issubclass(refusal, operation.refuses):
            yield Reply(row.status, row.summary, api.problem_content_type, api.problem)
    for kind in _of_gateway(operation):
        yield Reply(kind.status, _ABOUT[kind], kind.content_type, get_type_hints(kind.body)["return"])


def _of_gateway(operation: Operation) -> Iterator[type[GatewayRefusal]]:
    yield BodyTooLarge
    yield MsnNotAllowed
    if "{" in operation.path:
        yield ResourceNotFound
    yield SubscriptionKeyInvalid  # also where it is a setting whether the key is needed
    if operation.needs_token:
        yield Unauthorized
        yield SubscriptionNotFound
        yield MerchantNotAllowed
    if operation.rate_limit is not None:
        yield RateLimitExceeded
