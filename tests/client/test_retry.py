"""Passing trouble is met with the same request again, and with patience."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.client import (
    Amount,
    ApiError,
    BadRequest,
    Credentials,
    NewPayment,
    RateLimited,
    RetryPolicy,
    ServerTrouble,
    TransportFailed,
    VippsClient,
)
from sandbox.client._retry import retry_after

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)
PAYMENT = NewPayment(reference="order-0001", amount=Amount(value=2000, currency="NOK"), return_url="https://shop.no/")
CREATED = {"reference": "order-0001"}


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(500),
        httpx.Response(502),
        httpx.Response(429),
        httpx.Response(423),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("silence"),
        httpx.RemoteProtocolError("dropped"),
    ],
)
def test_a_create_is_repeated_with_the_same_key_and_body(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    waits: list[float],
    trouble: httpx.Response | Exception,
) -> None:
    """Another key would create a second payment, another body a conflict."""
    answers += [trouble, httpx.Response(201, json=CREATED)]
    assert vipps.create_payment(PAYMENT).reference == "order-0001"
    first, second = requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "key-1"
    assert first.content == second.content
    assert waits == [0.5]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refusal_is_not_repeated(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    waits: list[float],
    status: int,
) -> None:
    answers += [httpx.Response(status)]
    with pytest.raises(ApiError):
        vipps.create_payment(PAYMENT)
    assert len(requests) == 1
    assert waits == []


def test_a_read_is_repeated_too(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], payment_body: Callable[..., dict[str, Any]]
) -> None:
    answers += [httpx.Response(503), httpx.ReadError("dropped"), httpx.Response(200, json=payment_body())]
    assert vipps.get_payment("order-0001").state == "CREATED"


def test_the_waits_grow_and_the_attempts_end(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request], waits: list[float]
) -> None:
    answers += [httpx.Response(500) for _ in range(4)]
    with pytest.raises(ServerTrouble) as caught:
        vipps.create_payment(PAYMENT)
    assert len(requests) == 4
    assert waits == [0.5, 1.0, 2.0]
    assert caught.value.idempotency_key == "key-1"


def test_an_unanswered_call_tells_its_key(vipps: VippsClient, answers: deque[httpx.Response | Exception]) -> None:
    """It may have been carried out, so only the same key can repeat it safely."""
    answers += [httpx.ConnectError("refused") for _ in range(4)]
    with pytest.raises(
        TransportFailed, match=r"no answer to POST /epayment/v1/payments: ConnectError refused"
    ) as caught:
        vipps.create_payment(PAYMENT)
    assert caught.value.idempotency_key == "key-1"
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


def test_retry_after_is_honoured(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], waits: list[float]
) -> None:
    answers += [
        httpx.Response(429, headers={"Retry-After": "42"}),
        httpx.Response(503, headers={"Retry-After": "Fri, 01 Sep 2023 12:00:52 GMT"}),
        httpx.Response(201, json=CREATED),
    ]
    vipps.create_payment(PAYMENT)
    assert waits == [42.0, 10.0]


def test_a_policy_of_one_attempt_never_repeats(
    credentials: Credentials, wire: httpx.MockTransport, answers: deque[httpx.Response | Exception]
) -> None:
    answers += [httpx.Response(429)]
    with (
        VippsClient(credentials, transport=wire, retry=RetryPolicy(attempts=1)) as vipps,
        pytest.raises(RateLimited),
    ):
        vipps.create_payment(PAYMENT)


def test_a_policy_without_attempts_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RetryPolicy(attempts=0)


@pytest.mark.parametrize(
    ("asked_for", "wait"),
    [
        ("42", timedelta(seconds=42)),
        (" 0 ", timedelta(0)),
        ("Fri, 01 Sep 2023 12:01:00 GMT", timedelta(minutes=1)),
        ("Fri, 01 Sep 2023 14:01:00 +0200", timedelta(minutes=1)),
        ("Fri, 01 Sep 2023 12:01:00 -0000", timedelta(minutes=1)),
        ("Fri, 01 Sep 2023 11:59:00 GMT", timedelta(minutes=-1)),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("\u00b2", None),
        ("9" * 40, None),
        ("Fri, 01 Sep 99999 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(asked_for: str, wait: timedelta | None) -> None:
    """Seconds or an HTTP date (RFC 9110); anything else is as if it were not there."""
    response = httpx.Response(429, headers={b"Retry-After": asked_for.encode()})
    assert retry_after(response, NOON) == wait


def test_no_wait_is_longer_than_the_longest() -> None:
    policy = RetryPolicy(longest_wait=timedelta(seconds=60))
    assert policy.wait_after(1, timedelta(hours=1)) == timedelta(seconds=60)
    assert policy.wait_after(9_999) == timedelta(seconds=60)


def test_a_server_that_asks_for_less_waits_as_planned() -> None:
    """A Retry-After of 0, or in the past, must not make a storm."""
    assert RetryPolicy().wait_after(2, timedelta(minutes=-1)) == timedelta(seconds=1)


def test_jitter_is_the_merchants_choice() -> None:
    policy = RetryPolicy(jitter=lambda wait: wait / 2)
    assert policy.wait_after(1) == timedelta(milliseconds=250)


def test_a_refusal_after_trouble_is_the_answer(
    vipps: VippsClient, answers: deque[httpx.Response | Exception]
) -> None:
    answers += [httpx.Response(500), httpx.Response(400)]
    with pytest.raises(BadRequest):
        vipps.create_payment(PAYMENT)
