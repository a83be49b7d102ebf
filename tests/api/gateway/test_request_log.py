"""The request log: within its bounds, apart for each sales unit, and without secrets."""

from dataclasses import replace

import httpx
import pytest

from sandbox.api.gateway import Exchange, RequestLog
from tests.api.merchant import START, Merchant, order

_EXCHANGE = Exchange(
    number=1,
    at=START,
    msn="654321",
    operation="getPayment",
    method="GET",
    path="/epayment/v1/payments/a",
    query="",
    request_headers=(("host", "sandbox.test"),),
    request_body=b"",
    status=404,
    response_body=b"{}",
    notes=(),
    explanation=None,
    took=0.001,
)


def _numbers(log: RequestLog, msn: str | None = "654321") -> list[int]:
    return [exchange.number for exchange in log.of(msn)]


def _log(log: RequestLog, *exchanges: Exchange) -> None:
    for exchange in exchanges:
        log.add(replace(exchange, number=log.next_number()))


def test_the_oldest_requests_are_forgotten_beyond_a_number() -> None:
    log = RequestLog(most=3)
    _log(log, *[_EXCHANGE] * 5)
    assert (len(log), _numbers(log)) == (3, [3, 4, 5])


@pytest.mark.parametrize(
    "heavy",
    [
        replace(_EXCHANGE, request_body=b"x" * 10_000),
        replace(_EXCHANGE, response_body=b"x" * 10_000),
        replace(_EXCHANGE, path="/" + "x" * 10_000),
        replace(_EXCHANGE, query="x" * 10_000),
        replace(_EXCHANGE, request_headers=(("cookie", "x" * 10_000),)),
    ],
)
def test_the_oldest_requests_are_forgotten_beyond_a_weight(heavy: Exchange) -> None:
    """Whatever it is that makes them heavy."""
    log = RequestLog(most_bytes=30_000)
    _log(log, *[heavy] * 5)
    assert _numbers(log) == [4, 5]


def test_one_request_heavier_than_the_whole_log_is_not_kept() -> None:
    log = RequestLog(most_bytes=30_000)
    _log(log, replace(_EXCHANGE, request_body=b"x" * 40_000))
    assert (len(log), _numbers(log)) == (0, [])


def test_each_sales_unit_has_its_own_requests_and_what_reached_none_is_apart() -> None:
    log = RequestLog(most=4)
    _log(log, *[replace(_EXCHANGE, msn=msn) for msn in ("1111", "2222", None, "1111", "2222")])
    assert [_numbers(log, msn) for msn in ("1111", "2222", None, "3333")] == [[4], [2, 5], [3], []]


@pytest.mark.anyio
async def test_an_exchange_is_shown_with_all_that_was_said(merchant: Merchant) -> None:
    body = order(reference="acme-shop-1", userFlow="web_redirect")
    created = await merchant.create(body, key="a-key")
    shown = await merchant.last_request()
    headers = shown.pop("requestHeaders")
    assert shown.pop("tookMs") >= 0
    assert shown == {
        "number": 2,
        "at": "2023-08-25T08:00:00.123Z",
        "operation": "createPayment",
        "method": "POST",
        "path": "/epayment/v1/payments",
        "query": "",
        "requestBody": created.request.content.decode(),
        "status": 201,
        "responseBody": created.text,
        "notes": ["userFlow is 'web_redirect'; the specification says 'WEB_REDIRECT': production may answer 400."],
        "explanation": None,
    }
    assert headers["merchant-serial-number"] == merchant.msn
    assert headers["idempotency-key"] == "a-key"


@pytest.mark.anyio
async def test_secrets_are_masked_wherever_requests_are_shown(http: httpx.AsyncClient, merchant: Merchant) -> None:
    await merchant.call("GET", "/epayment/v1/payments/a", headers={"Cookie": "a-cookie-of-some-length"})
    await merchant.call("GET", "/nowhere")
    strays = await http.get("/sandbox/requests")
    own = await merchant.control("GET", "/requests")
    for secret in (merchant.token, merchant.client_secret, merchant.subscription_key, "a-cookie-of-some-length"):
        assert secret not in strays.text + own.text
    (shown,) = own.json()["requests"]
    assert {
        name: shown["requestHeaders"][name] for name in ("authorization", "ocp-apim-subscription-key", "cookie")
    } == {
        "authorization": f"Bearer …{merchant.token[-4:]}",
        "ocp-apim-subscription-key": "…-key",
        "cookie": "…ngth",
    }


@pytest.mark.anyio
async def test_a_short_secret_is_masked_whole(merchant: Merchant) -> None:
    await merchant.call("GET", "/epayment/v1/payments/a", headers={"Ocp-Apim-Subscription-Key": "twelve-chars"})
    assert (await merchant.last_request())["requestHeaders"]["ocp-apim-subscription-key"] == "…"


@pytest.mark.anyio
async def test_calls_that_reached_no_sales_unit_are_listed_apart(http: httpx.AsyncClient, merchant: Merchant) -> None:
    await merchant.call("GET", "/nowhere?a=b")
    await merchant.call("GET", "/epayment/v1/payments/a", headers={"Authorization": None})
    strays = (await http.get("/sandbox/requests")).json()["requests"]
    assert [(stray["operation"], stray["path"], stray["status"], stray["explanation"]) for stray in strays] == [
        ("fetchAuthorizationTokenUsingPost", "/accesstoken/get", 200, None),
        (None, "/nowhere", 404, "Resource not found"),
        (
            "getPayment",
            "/epayment/v1/payments/a",
            401,
            "The header Authorization must begin with the word Bearer and a blank.",
        ),
    ]
    assert (await merchant.control("GET", "/requests")).json() == {"requests": []}
