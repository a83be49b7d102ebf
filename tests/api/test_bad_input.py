"""Whatever is sent: an answer in the API's own shape, never a 500, and nothing stored of what was refused."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

import httpx
import pytest

from sandbox.api.gateway.wire import MAXIMUM_BODY
from tests.api.merchant import ADA, INVOICE, Merchant, changed, order, told

Place = tuple[str | int, ...]

_CATEGORY: Final[Mapping[str, Any]] = {
    "category": "GENERAL",
    "orderDetailsUrl": "https://example.com/orderdetails/1",
    "imageId": "socks-orange-123",
}
_CAPTURE: Final[Mapping[str, Any]] = {"modificationAmount": {"currency": "NOK", "value": 1}}
_VALUES: Final[list[Any]] = [None, 7, -1, 2.5, "text", "", [], [None], {}, {"a": 1}, True, False]


def _places(body: Any, place: Place = ()) -> Iterator[Place]:
    """Give every place in *body*, containers and leaves alike."""
    for name in body if isinstance(body, Mapping) else range(len(body)):
        yield (*place, name)
        if isinstance(body[name], Mapping | list):
            yield from _places(body[name], (*place, name))


def _shape(answer: httpx.Response) -> None:
    """Check that a refusal has the shape of the API that was asked."""
    body = told(answer)
    assert 400 <= answer.status_code < 500, answer.text
    if answer.request.url.path.startswith("/epayment"):
        assert body.keys() == {"type", "title", "detail", "instance", "status", "extraDetails", "traceId"}
        assert (body["status"], body["traceId"]) == (answer.status_code, "…")
        assert all(detail.keys() == {"name", "reason"} and detail["reason"] for detail in body["extraDetails"])
    elif answer.request.url.path.startswith("/webhooks"):
        assert body.keys() == {"type", "title", "status", "detail", "instance", "traceId", "extraDetails"}
    elif answer.request.url.path.startswith("/sandbox"):
        assert body.keys() == {"type", "title", "status", "detail"}
    else:
        assert body.keys() == {"type", "title", "detail", "instance", "invalidParams"}
        assert all(detail.keys() == {"name", "reason"} and detail["reason"] for detail in body["invalidParams"])


async def _check(merchant: Merchant, method: str, path: str, body: Any) -> httpx.Response:
    """Make a call; whatever comes of it, a refusal stores nothing and a success something."""
    before = await merchant.stored()
    answer = await merchant.call(method, path, body, key=merchant.new_key())
    if answer.status_code in {200, 201}:
        assert await merchant.stored() > before
    else:
        _shape(answer)
        assert await merchant.stored() == before
    return answer


def _same_kind(one: Any, other: Any) -> bool:
    """Tell whether two values are of one JSON type."""
    number = (int, float)
    if isinstance(one, bool) or isinstance(other, bool):
        return isinstance(one, bool) and isinstance(other, bool)
    if isinstance(one, number) and isinstance(other, number):
        return isinstance(other, int)
    return isinstance(one, Mapping) == isinstance(other, Mapping) and type(one) is type(other)


def _at(body: Any, place: Place) -> Any:
    for part in place:
        body = body[part]
    return body


@pytest.mark.anyio
@pytest.mark.parametrize("profile", ["lenient", "strict"])
@pytest.mark.parametrize("place", list(_places(INVOICE)), ids=lambda place: ".".join(map(str, place)))
async def test_any_field_of_a_create_may_be_of_any_type(merchant: Merchant, place: Place, profile: str) -> None:
    await merchant.configure(profile=profile, rateLimits=False)
    for number, value in enumerate(_VALUES):
        body = changed(changed(INVOICE, ("reference",), f"acme-shop-{number}"), place, value)
        answer = await _check(merchant, "POST", "/epayment/v1/payments", body)
        if profile == "strict" and value is not None and not _same_kind(_at(INVOICE, place), value):
            assert answer.status_code == 400, (value, answer.text)


@pytest.mark.anyio
@pytest.mark.parametrize("profile", ["lenient", "strict"])
@pytest.mark.parametrize("place", list(_places(_CATEGORY)), ids=lambda place: ".".join(map(str, place)))
async def test_any_field_of_a_category_may_be_of_any_type(merchant: Merchant, place: Place, profile: str) -> None:
    await merchant.configure(profile=profile, rateLimits=False)
    for value in _VALUES:
        await _check(merchant, "PUT", "/order-management/v2/ecom/categories/a", changed(_CATEGORY, place, value))


@pytest.mark.anyio
@pytest.mark.parametrize("profile", ["lenient", "strict"])
@pytest.mark.parametrize("place", list(_places(_CAPTURE)), ids=lambda place: ".".join(map(str, place)))
async def test_any_field_of_a_capture_may_be_of_any_type(merchant: Merchant, place: Place, profile: str) -> None:
    await merchant.configure(profile=profile, rateLimits=False)
    reference = await merchant.approved_payment()
    for value in _VALUES:
        await _check(merchant, "POST", f"/epayment/v1/payments/{reference}/capture", changed(_CAPTURE, place, value))


_VALID: Final = json.dumps(order(reference="acme-shop-1", paymentDescription="MARK")).encode()


def _with(mark: bytes) -> bytes:
    return _VALID.replace(b"MARK", mark)


_NO_JSON: Final = {
    "nothing": b"",
    "blanks": b" \r\n\t",
    "cut off": _VALID[:-1],
    "trailing comma": _VALID[:-1] + b",}",
    "two values": _VALID + _VALID,
    "a byte order mark": b"\xef\xbb\xbf" + _VALID,
    "UTF-16": _VALID.decode().encode("utf-16"),
    "invalid UTF-8": _with(b"\xff\xfe\xfd"),
    "overlong UTF-8": _with(b"\xc0\xafabc"),
    "a surrogate in UTF-8": _with(b"\xed\xa0\x80abc"),
    "a bare control character": _with(b"a\x00bc"),
    "a bare line break": _with(b"a\nbc"),
    "a leading surrogate alone": _with(b"\\ud83dabc"),
    "a trailing surrogate alone": _with(b"\\udcb8abc"),
    "an unknown escape": _with(b"\\xabc"),
    "single quotes": _VALID.replace(b'"', b"'"),
    "a comment": b"/* hello */" + _VALID,
    "ten thousand brackets": b"[" * 10_000 + b"]" * 10_000,
    "ten thousand objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "deep inside a field": _VALID[:-1] + b',"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "a number of five thousand digits": _VALID[:-1] + b',"x":1' + b"0" * 5_000 + b"}",
    "a form": b"amount=2000&currency=NOK",
}


@pytest.mark.anyio
@pytest.mark.parametrize("profile", ["lenient", "strict"])
@pytest.mark.parametrize("body", _NO_JSON.values(), ids=_NO_JSON)
async def test_what_is_no_json_is_refused(merchant: Merchant, body: bytes, profile: str) -> None:
    await merchant.configure(profile=profile, rateLimits=False)
    reference = await merchant.approved_payment()
    for method, path in (
        ("POST", "/epayment/v1/payments"),
        ("POST", f"/epayment/v1/payments/{reference}/capture"),
        ("POST", f"/epayment/v1/payments/{reference}/refund"),
        ("POST", f"/epayment/v1/test/payments/{reference}/approve"),
        ("PUT", "/order-management/v2/ecom/categories/a"),
        ("POST", f"/order-management/v2/ecom/receipts/{reference}"),
        ("POST", "/order-management/v1/images"),
        ("POST", "/webhooks/v1/webhooks"),
        ("POST", f"/sandbox/units/{merchant.msn}/clock/advance"),
        ("PATCH", f"/sandbox/units/{merchant.msn}/settings"),
        ("POST", f"/sandbox/units/{merchant.msn}/restore"),
        ("PUT", f"/sandbox/units/{merchant.msn}/customers/{ADA}"),
    ):
        answer = await _check(merchant, method, path, body)
        assert answer.status_code == 400


_ODD: Final = {
    "an escaped NUL": (_with(b"a\\u0000bc"), 201),
    "a pair of surrogates": (_with(b"abc\\ud83d\\udcb8"), 201),
    "a direction mark": (_with("abc\u202e".encode()), 201),
    "an unknown field of four hundred digits": (_VALID[:-1] + b',"x":1' + b"0" * 400 + b"}", 201),
    "an unknown infinity": (_VALID[:-1] + b',"x":1e999}', 201),
    "an unknown field a hundred deep": (_VALID[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}", 201),
    "an amount of four hundred digits": (_VALID.replace(b"2000", b"1" + b"0" * 400), 400),
    "a phone number of four hundred digits": (_VALID.replace(b'"4791234567"', b"1" + b"0" * 400), 400),
    "an infinite amount": (_VALID.replace(b"2000", b"1e999"), 400),
    "an amount of minus zero": (_VALID.replace(b"2000", b"-0"), 400),
    "an amount with an exponent": (_VALID.replace(b"2000", b"2e3"), 201),
    "an amount that is no number": (_VALID.replace(b"2000", b"NaN"), 400),
    "an amount with a leading zero": (_VALID.replace(b"2000", b"02000"), 400),
    "a duplicate object": (_VALID[:-1] + b',"amount":{}}', 400),
}


@pytest.mark.anyio
@pytest.mark.parametrize(("body", "status"), _ODD.values(), ids=_ODD)
async def test_what_is_odd_json_is_taken_or_refused(merchant: Merchant, body: bytes, status: int) -> None:
    answer = await _check(merchant, "POST", "/epayment/v1/payments", body)
    assert answer.status_code == status
    if status == 201:
        assert (await merchant.get("acme-shop-1")).status_code == 200
        assert (await merchant.customer().phone())["phoneNumber"]


async def _chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    for place in range(0, len(body), size):
        yield body[place : place + size]


async def _send_in_chunks(merchant: Merchant, body: bytes, size: int) -> httpx.Response:
    headers = {**merchant.headers, "Idempotency-Key": merchant.new_key()}
    return await merchant.http.post("/epayment/v1/payments", content=_chunks(body, size), headers=headers)


@pytest.mark.anyio
@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_a_body_may_come_in_chunks(merchant: Merchant, size: int) -> None:
    assert (await _send_in_chunks(merchant, _VALID, size)).status_code == 201


@pytest.mark.anyio
async def test_a_body_may_have_a_mebibyte(merchant: Merchant) -> None:
    body = b" " * (MAXIMUM_BODY - len(_VALID)) + _VALID
    assert (await merchant.create(body)).status_code == 201
    assert (await _send_in_chunks(merchant, body.replace(b"acme-shop-1", b"acme-shop-2"), 65_536)).status_code == 201


@pytest.mark.shows("gateway", 413, "too large")
@pytest.mark.anyio
@pytest.mark.parametrize("size", [MAXIMUM_BODY + 1, 20 * MAXIMUM_BODY])
@pytest.mark.parametrize("chunk", [None, 65_536])
async def test_a_larger_body_is_refused_and_not_kept(merchant: Merchant, size: int, chunk: int | None) -> None:
    """Not in the request log either, where a few of them would push out all else."""
    body = _VALID + b" " * (size - len(_VALID))
    answer = await (merchant.create(body) if chunk is None else _send_in_chunks(merchant, body, chunk))
    assert (answer.status_code, answer.json()) == (
        413,
        {"statusCode": 413, "message": "Request body is larger than 1048576 bytes"},
    )
    stray = (await merchant.http.get("/sandbox/requests?after=1")).json()["requests"][0]
    assert (stray["status"], stray["requestBody"]) == (413, "")
    assert (await merchant.get("acme-shop-1")).status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": None},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=\xff".encode("latin-1")},
        {"Vipps-System-Name": "blåbær".encode()},
        {"Vipps-System-Name": "x" * 10_000},
        {"Host": "\xff".encode("latin-1")},
        {"X-Request-Id": b"\xde\xad\xbe\xef"},
        {"Accept": "text/html"},
    ],
)
async def test_headers_that_mean_nothing_here_may_be_anything(
    merchant: Merchant, headers: dict[str, str | bytes | None]
) -> None:
    answer = await merchant.call("POST", "/epayment/v1/payments", order(), key="a-key", headers=headers)
    assert answer.status_code == 201
    assert (await merchant.last_request())["status"] == 201


@pytest.mark.anyio
async def test_of_a_header_sent_twice_the_last_counts(merchant: Merchant) -> None:
    headers = [*merchant.headers.items(), ("Merchant-Serial-Number", "777777")]
    answer = await merchant.http.get("/epayment/v1/payments/a", headers=headers)
    assert told(answer)["detail"] == "The reference a does not exist for MSN 777777"
