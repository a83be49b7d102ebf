"""The request log: within its bounds, apart for each sales unit, and without secrets."""

from typing import Any

import httpx
import pytest

from sandbox.api.gateway import Exchange, RequestLog
from sandbox.api.gateway.explanations import Explanation, FieldExplanation
from sandbox.api.gateway.masking import masked_body, masked_headers, masked_query
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
        log.add(exchange._replace(number=log.next_number()))


def test_the_oldest_requests_are_forgotten_beyond_a_number() -> None:
    log = RequestLog(most=3)
    _log(log, *[_EXCHANGE] * 5)
    assert (len(log), _numbers(log)) == (3, [3, 4, 5])


@pytest.mark.parametrize(
    "heavy",
    [
        _EXCHANGE._replace(request_body=b"x" * 10_000),
        _EXCHANGE._replace(response_body=b"x" * 10_000),
        _EXCHANGE._replace(path="/" + "x" * 10_000),
        _EXCHANGE._replace(query="x" * 10_000),
        _EXCHANGE._replace(request_headers=(("cookie", "x" * 10_000),)),
        _EXCHANGE._replace(explanation=Explanation("x" * 10_000)),
        _EXCHANGE._replace(explanation=Explanation("a", fields=(FieldExplanation("x", "y", "z" * 10_000),))),
    ],
)
def test_the_oldest_requests_are_forgotten_beyond_a_weight(heavy: Exchange) -> None:
    """Whatever it is that makes them heavy."""
    log = RequestLog(most_bytes=30_000)
    _log(log, *[heavy] * 5)
    assert _numbers(log) == [4, 5]


def test_one_request_heavier_than_the_whole_log_is_not_kept() -> None:
    log = RequestLog(most_bytes=30_000)
    _log(log, _EXCHANGE._replace(request_body=b"x" * 40_000))
    assert (len(log), _numbers(log)) == (0, [])


def test_each_sales_unit_has_its_own_requests_and_what_reached_none_is_apart() -> None:
    log = RequestLog(most=4)
    _log(log, *[_EXCHANGE._replace(msn=msn) for msn in ("1111", "2222", None, "1111", "2222")])
    assert [_numbers(log, msn) for msn in ("1111", "2222", None, "3333")] == [[4], [2, 5], [3], []]


def test_the_newest_come_first_where_somebody_reads_backwards() -> None:
    log = RequestLog()
    _log(log, _EXCHANGE, _EXCHANGE._replace(msn=None), _EXCHANGE)
    assert [exchange.number for exchange in log.newest_of("654321")] == [3, 1]
    assert [exchange.number for exchange in log.newest()] == [3, 2, 1]
    assert list(log.newest_of("111111")) == []
    assert (log.count_of("654321"), log.count_of(None), log.count_of("111111")) == (2, 1, 0)


def test_who_watches_is_told_of_each_request() -> None:
    log, told = RequestLog(), list[int]()
    log.watchers.append(lambda exchange: told.append(exchange.number))
    _log(log, _EXCHANGE, _EXCHANGE._replace(msn=None))
    assert told == [1, 2]


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
        "factsBefore": 1,
        "factsBrought": 1,
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
    shown = own.json()["requests"][0]
    assert {
        name: shown["requestHeaders"][name] for name in ("authorization", "ocp-apim-subscription-key", "cookie")
    } == {
        "authorization": f"Bearer …{merchant.token[-4:]}",
        "ocp-apim-subscription-key": "…-key",
        "cookie": "…",
    }


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Cookie", "session=TOPSECRET; a=b", "…"),
        ("Set-Cookie", "session=TOPSECRET; Path=/", "…"),
        ("Authorization", "Bearer a-token-of-some-length", "Bearer …ngth"),
        ("X-Vipps-Authorization", "Bearer a-token-of-some-length", "Bearer …ngth"),
        ("authorization", "a-token-of-some-length", "…ngth"),
        ("client_secret", "TOPSECRET with blanks in it", "…n it"),
        ("Ocp-Apim-Subscription-Key", "TOPSECRET b", "…"),
        ("Idempotency-Key", "a-key-of-some-length", "a-key-of-some-length"),
    ],
)
def test_only_an_authorisation_has_a_scheme_that_stays_readable(name: str, value: str, shown: str) -> None:
    assert masked_headers([(name, value)]) == {name: shown}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ""),
        ("a=b&access_token=THESECRET-1234&c", "a=b&access_token=…1234&c"),
        ("Subscription-Key=THESECRET&subscription_key=THESECRET", "Subscription-Key=…&subscription_key=…"),
        ("client%5Fsecret=THESECRET&+token=THESECRET", "client%5Fsecret=…&+token=…"),
        ("access_token=THE=SECRET", "access_token=…"),
        ("tokens=3&reference=a", "tokens=3&reference=a"),
    ],
)
def test_secrets_in_a_query_string_are_masked(query: str, shown: str) -> None:
    assert masked_query(query) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"access_token":"a-token-of-some-length"}', '{"access_token":"…ngth"}'),
        ('{ "access_token" :\n "THESECRET" , "a": 1}', '{ "access_token" :\n "…" , "a": 1}'),
        ('{"a": {"Client_Secret": "THESECRET"}, "b": "c"}', '{"a": {"Client_Secret": "…"}, "b": "c"}'),
        ('{"secret": "THE\\"SECRET", "b": "c"}', '{"secret": "…", "b": "c"}'),
        ('{"secret": 1234567, "b": ["c"]}', '{"secret": "…", "b": ["c"]}'),
        ('{"token": null}', '{"token": null}'),
        ('{"token": "THESECRET', '{"token": "…"'),
        ("client_id=a&client_secret=THESECRET", "client_id=a&client_secret=…"),
        (
            '{"redirectUrl":"http://sandbox.test/landing?token=eyJ&access=1"}',
            '{"redirectUrl":"http://sandbox.test/landing?token=eyJ&access=1"}',
        ),
        ("just a text", "just a text"),
    ],
)
def test_secrets_in_a_body_are_masked(body: str, shown: str) -> None:
    """In JSON of any spacing, also where it is broken, and in forms."""
    assert masked_body(body) == shown


@pytest.mark.anyio
async def test_secrets_that_were_sent_where_they_do_not_belong_are_masked_too(http: httpx.AsyncClient) -> None:
    sent: list[dict[str, Any]] = [
        {"data": {"client_id": "a", "client_secret": "THESECRET"}},
        {"json": {"client_id": "a", "client_secret": "THESECRET"}},
        {"params": {"access_token": "THESECRET", "subscription-key": "THESECRET"}},
    ]
    for way in sent:
        await http.post("/accesstoken/get", **way)
    strays = await http.get("/sandbox/requests")
    assert len(strays.json()["requests"]) == len(sent)
    assert "THESECRET" not in strays.text


@pytest.mark.anyio
async def test_a_short_secret_is_masked_whole(merchant: Merchant) -> None:
    await merchant.call("GET", "/epayment/v1/payments/a", headers={"Ocp-Apim-Subscription-Key": "twelve-chars"})
    assert (await merchant.last_request())["requestHeaders"]["ocp-apim-subscription-key"] == "…"


@pytest.mark.anyio
async def test_calls_that_reached_no_sales_unit_are_listed_apart(http: httpx.AsyncClient, merchant: Merchant) -> None:
    await merchant.call("GET", "/nowhere?a=b")
    await merchant.call("GET", "/epayment/v1/payments/a", headers={"Authorization": None})
    strays = (await http.get("/sandbox/requests")).json()["requests"]
    told = [stray["explanation"] and stray["explanation"]["summary"] for stray in strays]
    assert [(stray["operation"], stray["path"], stray["status"]) for stray in strays] == [
        ("fetchAuthorizationTokenUsingPost", "/accesstoken/get", 200),
        (None, "/nowhere", 404),
        ("getPayment", "/epayment/v1/payments/a", 401),
    ]
    assert told == [
        None,
        "No operation of this version of the sandbox has the path /nowhere.",
        "The header Authorization is missing.",
    ]
    assert (await merchant.control("GET", "/requests")).status_code == 404  # no sales unit has come of it


@pytest.mark.anyio
async def test_a_refusal_has_a_line_in_the_log(merchant: Merchant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await merchant.create(order())
    assert "call refused" not in caplog.messages
    await merchant.capture("none-such-1", 100)
    (line,) = (record for record in caplog.records if record.message == "call refused")
    about = vars(line)
    assert (about["status"], about["msn"], about["method"]) == (404, merchant.msn, "POST")
    assert about["path"] == "/epayment/v1/payments/none-such-1/capture"
    assert about["why"] == (await merchant.last_request())["explanation"]["summary"]
