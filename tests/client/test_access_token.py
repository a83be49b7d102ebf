"""One access token serves many calls, until shortly before it expires or until it is refused."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from sandbox.client import AnswerNotUnderstood, Credentials, Unauthorized, VippsClient


@pytest.fixture
def payment(payment_body: Callable[..., dict[str, Any]]) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(200, json=payment_body())


def test_a_token_is_asked_for_with_the_keys_in_headers(
    vipps: VippsClient, token_requests: list[httpx.Request]
) -> None:
    token = vipps.access_token()
    (request,) = token_requests
    assert (request.method, str(request.url)) == ("POST", "https://apitest.vipps.no/accesstoken/get")
    assert request.content == b""
    told = ["client_id", "client_secret", "Ocp-Apim-Subscription-Key", "Merchant-Serial-Number", "Vipps-System-Name"]
    assert [request.headers[name] for name in told] == [
        "an-id",
        "a-secret",
        "a-subscription-key",
        "123456",
        "vipps-reference-client",
    ]
    assert token.value == "token-1"


def test_a_token_is_used_again(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    token_requests: list[httpx.Request],
    payment: Callable[[], httpx.Response],
) -> None:
    answers += [payment(), payment()]
    vipps.get_payment("order-0001")
    vipps.get_payment("order-0001")
    assert len(token_requests) == 1
    assert [request.headers["Authorization"] for request in requests] == ["Bearer token-1", "Bearer token-1"]


def test_a_token_is_renewed_a_minute_before_it_expires(vipps: VippsClient, waits: list[float]) -> None:
    assert vipps.access_token().value == "token-1"
    waits.append(3539)
    assert vipps.access_token().value == "token-1"
    waits.append(1)
    assert vipps.access_token().value == "token-2"


def test_a_short_token_is_used_for_nine_tenths_of_its_life(
    credentials: Credentials, waits: list[float], now: Callable[[], datetime]
) -> None:
    """A margin of a minute would make a token of 30 seconds useless."""
    given = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal given
        given += 1
        return httpx.Response(200, json={"access_token": f"token-{given}", "expires_in": 30})

    with VippsClient(credentials, transport=httpx.MockTransport(answer), now=now) as vipps:
        assert vipps.access_token().value == "token-1"
        waits.append(26)
        assert vipps.access_token().value == "token-1"
        waits.append(1)
        assert vipps.access_token().value == "token-2"


def test_a_refused_token_is_replaced_and_the_call_repeated_once(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    token_requests: list[httpx.Request],
) -> None:
    """Any 401 is worth one new token: the old one may have been revoked, whatever its age."""
    answers += [httpx.Response(401), httpx.Response(201, json={"reference": "order-0001"})]
    vipps.create_payment({"reference": "order-0001"})
    assert len(token_requests) == 2
    assert [request.headers["Authorization"] for request in requests] == ["Bearer token-1", "Bearer token-2"]
    assert {request.headers["Idempotency-Key"] for request in requests} == {"key-1"}


def test_a_second_401_is_the_answer(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    token_requests: list[httpx.Request],
) -> None:
    answers += [httpx.Response(401), httpx.Response(401, json={"message": "Access denied"})]
    with pytest.raises(Unauthorized, match="Access denied"):
        vipps.get_payment("order-0001")
    assert (len(requests), len(token_requests)) == (2, 2)


@pytest.mark.parametrize("status", [400, 401])
def test_refused_credentials_are_not_tried_again(credentials: Credentials, status: int) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, json={"error": "unauthorized_client", "error_description": "AADSTS700016"})

    with (
        VippsClient(credentials, transport=httpx.MockTransport(answer)) as vipps,
        pytest.raises(Unauthorized, match="AADSTS700016"),
    ):
        vipps.get_payment("order-0001")
    assert len(asked) == 1


def test_the_token_server_is_given_time_too(credentials: Credentials, waits: list[float]) -> None:
    answers = [httpx.Response(500), httpx.Response(200, json={"access_token": "late", "expires_in": "3600"})]
    wire = httpx.MockTransport(lambda _: answers.pop(0))
    with VippsClient(credentials, transport=wire, sleep=waits.append) as vipps:
        assert vipps.access_token().value == "late"
    assert waits == [0.5]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"token"', b'{"access_token":"t"}', b'{"access_token":"a-secret","expires_in":"soon"}', b"<html>"],
)
def test_an_odd_token_is_not_understood_and_not_told(credentials: Credentials, body: bytes) -> None:
    wire = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with VippsClient(credentials, transport=wire) as vipps, pytest.raises(AnswerNotUnderstood) as caught:
        vipps.access_token()
    assert "a-secret" not in str(caught.value)
    assert caught.value.__cause__ is None  # pydantic's own error shows what it was given
    assert caught.value.__suppress_context__


def test_secrets_are_in_no_repr(vipps: VippsClient, credentials: Credentials) -> None:
    token = vipps.access_token()
    shown = f"{credentials!r} {token!r} {vipps!r} {vipps._session!r}"
    assert not [secret for secret in ("a-secret", "a-subscription-key", "token-1") if secret in shown]
    assert repr(vipps) == "VippsClient(base_url='https://apitest.vipps.no', merchant_serial_number='123456')"
