"""Every shape in which Vipps has been seen to refuse."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.client import (
    ApiError,
    BadRequest,
    Conflict,
    FieldProblem,
    Forbidden,
    Locked,
    NotAVippsUser,
    NotFound,
    RateLimited,
    ServerTrouble,
    Unauthorized,
    Unprocessable,
)
from sandbox.client._errors import api_error
from sandbox.client._problems import Problem, read_problem

REQUEST = httpx.Request("POST", "https://apitest.vipps.no/epayment/v1/payments", headers={"Idempotency-Key": "key-1"})
TRACE = "00-813b63975adcaaeef2b0ec7c103c40e3-706492e906541d31-01"

DOMAIN = {
    "type": "https://httpstatuses.io/400",
    "title": "Cannot capture before reservation",
    "detail": "The amount is not reserved.",
    "instance": "/v1/payments/order-0001/capture",
    "status": 400,
    "extraDetails": [{"name": "ErrorCode", "reason": "6080"}],
    "traceId": TRACE,
}
SCHEMA = {
    "title": "Bad Request",
    "detail": "See extraDetails for further details",
    "status": 400,
    "extraDetails": [{"name": "reference", "reason": "The field Reference must match."}],
    "traceId": TRACE,
}
ORDER_MANAGEMENT = {
    "type": "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.1",
    "title": "One or more validation errors occurred.",
    "detail": "BadRequest",
    "instance": TRACE,
    "invalidParams": [{"name": "RedirectUrl", "reason": "The field RedirectUrl must match."}],
}
USERINFO = {
    "type": "https://example.com/validation-error",
    "title": "Your request parameters didn't validate.",
    "status": "400",
    "detail": "The request contains one or more errors",
    "instance": "123e4567-e89b-12d3-a456-426655440000",
    "extraInfo": {},
}
GATEWAY = {"statusCode": 401, "message": "Access denied due to missing subscription key."}
GATEWAY_TROUBLE = {"statusCode": 500, "message": "Internal server error", "activityId": "an-activity"}
SUBSCRIPTION = {"errorCode": "Unauthorized", "errorMessage": "Subscription not found", "contextId": "a-context"}
BEARER = {
    "responseInfo": {"responseCode": 401, "responseMessage": "Something went wrong"},
    "result": {"message": "Something went wrong, please try again later."},
}
OLDER_BEARER = {"ResponseInfo": {"ResponseCode": "1000", "ResponseMessage": "Something went wrong"}}
ERROR_INFO = {"errorInfo": {"errorCode": "35", "errorMessage": "Requested order not found"}}
TOKEN = {
    "error": "invalid_client",
    "error_description": "AADSTS7000215: Invalid client secret provided.",
    "error_codes": [7000215],
    "trace_id": "a-trace",
    "correlation_id": "a-correlation",
}
NESTED = {"error": {"code": "ServiceUnavailable", "message": "Try later"}}
MODEL_STATE = {"title": "Not valid", "traceId": TRACE, "errors": {"Amount": ["Required.", "Positive."], "Odd": "Yes"}}

SHAPES: list[tuple[Any, Problem]] = [
    (DOMAIN, Problem("6080", "Cannot capture before reservation", "The amount is not reserved.", TRACE)),
    (
        SCHEMA,
        Problem(
            None,
            "Bad Request",
            "See extraDetails for further details",
            TRACE,
            (FieldProblem("reference", "The field Reference must match."),),
        ),
    ),
    (
        ORDER_MANAGEMENT,
        Problem(
            None,
            "One or more validation errors occurred.",
            "BadRequest",
            TRACE,
            (FieldProblem("RedirectUrl", "The field RedirectUrl must match."),),
        ),
    ),
    (
        USERINFO,
        Problem(
            None,
            "Your request parameters didn't validate.",
            "The request contains one or more errors",
            "123e4567-e89b-12d3-a456-426655440000",
        ),
    ),
    ({"title": "Old", "instance": "/v1/payments"}, Problem(title="Old")),
    (GATEWAY, Problem(detail="Access denied due to missing subscription key.")),
    (GATEWAY_TROUBLE, Problem(detail="Internal server error", trace_id="an-activity")),
    (SUBSCRIPTION, Problem("Unauthorized", None, "Subscription not found", "a-context")),
    (BEARER, Problem("401", None, "Something went wrong, please try again later.")),
    (OLDER_BEARER, Problem("1000", None, "Something went wrong")),
    (ERROR_INFO, Problem("35", None, "Requested order not found")),
    (
        TOKEN,
        Problem("invalid_client", "invalid_client", "AADSTS7000215: Invalid client secret provided.", "a-trace"),
    ),
    (NESTED, Problem("ServiceUnavailable", None, "Try later")),
    (
        MODEL_STATE,
        Problem(
            None,
            "Not valid",
            None,
            TRACE,
            (FieldProblem("Amount", "Required."), FieldProblem("Amount", "Positive."), FieldProblem("Odd", "Yes")),
        ),
    ),
    ([{"errorCode": "99", "errorMessage": "Merchant not known"}], Problem("99", None, "Merchant not known")),
    (["Too much.", "Too late."], Problem(detail="Too much.; Too late.")),
    ("just words", Problem(detail="just words")),
    ([], Problem()),
    ({}, Problem()),
    (None, Problem()),
    (42, Problem()),
]


@pytest.mark.parametrize(("body", "expected"), SHAPES)
def test_a_known_shape_is_read(body: Any, expected: Problem) -> None:
    read = read_problem(json.dumps(body).encode())
    told = Problem(expected.code, expected.title, expected.detail, expected.trace_id, expected.fields, body)
    assert read == told


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"Bad Gateway\n", "Bad Gateway"),
        (b"<html>502</html>", "<html>502</html>"),
        (b"{not json", "{not json"),
        (b"\xff\xfe\xfa", "\ufffd\ufffd\ufffd"),
        (b"", None),
        (b"x" * 9000, "x" * 500),
    ],
)
def test_what_is_no_json_is_kept_as_text(content: bytes, detail: str | None) -> None:
    assert read_problem(content).detail == detail


def test_a_bottomless_body_is_kept_as_text() -> None:
    """The JSON parser gives up on nesting with a RecursionError, not a ValueError."""
    assert (read_problem(b"[" * 200_000).detail or "").startswith("[[[")


KEYS = st.sampled_from(
    ["extraDetails", "invalidParams", "errors", "error", "result", "responseInfo", "detail", "name", "reason", "code"]
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(ODD)
def test_no_odd_body_is_too_odd(body: Any) -> None:
    """Known names with values of unknown types must not break the reading."""
    assert read_problem(json.dumps(body).encode()).body == body


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (422, Unprocessable),
        (423, Locked),
        (429, RateLimited),
        (500, ServerTrouble),
        (502, ServerTrouble),
        (599, ServerTrouble),
        (302, ApiError),
        (402, ApiError),
        (418, ApiError),
    ],
)
def test_the_status_tells_the_error(status: int, error: type[ApiError]) -> None:
    assert type(api_error(REQUEST, httpx.Response(status))) is error


@pytest.mark.parametrize("status", [400, 404])
def test_code_7010_is_nobody_to_send_an_invoice_to(status: int) -> None:
    """Sources differ on the status of 7010, so the code decides."""
    body = {"title": "Customer not found", "extraDetails": [{"name": "ErrorCode", "reason": "7010"}]}
    assert type(api_error(REQUEST, httpx.Response(status, json=body))) is NotAVippsUser


@pytest.mark.parametrize(("status", "code"), [(400, "unauthorized_client"), (401, "invalid_client")])
def test_unknown_credentials_are_unauthorized(status: int, code: str) -> None:
    """The token server answers 400 for an unknown client id, and 401 for a wrong secret."""
    assert type(api_error(REQUEST, httpx.Response(status, json={"error": code}))) is Unauthorized


def test_an_error_tells_what_was_asked_and_what_was_said() -> None:
    error = api_error(REQUEST, httpx.Response(400, json=DOMAIN))
    assert (error.status, error.code, error.trace_id, error.idempotency_key) == (400, "6080", TRACE, "key-1")
    assert str(error) == (
        "POST /epayment/v1/payments answered 400 (code 6080): Cannot capture before reservation - "
        f"The amount is not reserved. [trace {TRACE}]"
    )


def test_an_error_without_words_tells_its_status() -> None:
    assert str(api_error(REQUEST, httpx.Response(599))).endswith("answered 599: no known status")
    assert str(api_error(REQUEST, httpx.Response(404))).endswith("answered 404: Not Found")
