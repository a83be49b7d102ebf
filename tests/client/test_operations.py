"""What each operation sends, and what it makes of the answer."""

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import httpx
import pytest

from sandbox.client import (
    PRODUCTION,
    Amount,
    AnswerNotUnderstood,
    Body,
    Category,
    CreatedPayment,
    Credentials,
    IdempotencyKeyRefused,
    NewPayment,
    OrderDetails,
    PaymentState,
    RefusedInProduction,
    SystemInfo,
    UserInfo,
    VippsClient,
)

NOK_20 = Amount(value=2000, currency="NOK")
CREATED = {"reference": "order-0001", "redirectUrl": "https://pay-mt.vipps.no/?token=abc"}


def test_create_sends_what_vipps_asks_for(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    answers += [httpx.Response(201, json=CREATED)]
    payment = NewPayment(
        reference="order-0001",
        amount=NOK_20,
        user_flow="PUSH_MESSAGE",
        return_url="https://example.com/thanks",
        phone_number="4791234567",
        payment_description="Invoice 1",
        expires_at=datetime(2023, 9, 15, 2, tzinfo=timezone(timedelta(hours=2))),
        scope="phoneNumber",
        receipt={"orderLines": []},
        metadata={"order": "1"},
    )
    created = vipps.create_payment(payment)
    (request,) = requests
    assert (request.method, str(request.url)) == ("POST", "https://apitest.vipps.no/epayment/v1/payments")
    assert {name: value for name, value in request.headers.items() if name not in {"host", "content-length"}} == {
        "accept": "application/json",
        "authorization": "Bearer token-1",
        "content-type": "application/json",
        "idempotency-key": "key-1",
        "merchant-serial-number": "123456",
        "ocp-apim-subscription-key": "a-subscription-key",
        "vipps-system-name": "vipps-reference-client",
        "vipps-system-version": "1",
    }
    assert json.loads(request.content) == {
        "amount": {"currency": "NOK", "value": 2000},
        "customer": {"phoneNumber": "4791234567"},
        "expiresAt": "2023-09-15T00:00:00Z",
        "metadata": {"order": "1"},
        "paymentDescription": "Invoice 1",
        "paymentMethod": {"type": "WALLET"},
        "profile": {"scope": "phoneNumber"},
        "receipt": {"orderLines": []},
        "reference": "order-0001",
        "returnUrl": "https://example.com/thanks",
        "userFlow": "PUSH_MESSAGE",
    }
    assert created == CreatedPayment(reference="order-0001", redirect_url="https://pay-mt.vipps.no/?token=abc")


def test_what_is_not_given_is_not_sent() -> None:
    assert NewPayment(reference="order-0001", amount=NOK_20).body() == {
        "amount": {"currency": "NOK", "value": 2000},
        "paymentMethod": {"type": "WALLET"},
        "reference": "order-0001",
        "userFlow": "WEB_REDIRECT",
    }


def test_an_expiry_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        NewPayment(reference="order-0001", amount=NOK_20, expires_at=datetime(2023, 9, 15))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b'{"reference": 17,\n  }', b'{"reference": 17,\n  }'),
        ('{ "name":"Bl\u00e5b\u00e6r" }', '{ "name":"Bl\u00e5b\u00e6r" }'.encode()),
        ({"z": 1, "a": {"phoneNumber": 4791234567}, "n": None}, b'{"z":1,"a":{"phoneNumber":4791234567},"n":null}'),
        ({"name": "Bl\u00e5b\u00e6r"}, '{"name":"Bl\u00e5b\u00e6r"}'.encode()),
    ],
)
def test_a_body_of_the_merchants_own_goes_out_as_it_stands(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    body: Body,
    sent: bytes,
) -> None:
    """Nothing is added, ordered or checked, so that Vipps is the judge of it."""
    answers += [httpx.Response(201, json=CREATED)]
    vipps.create_payment(body)
    assert requests[0].content == sent


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("capture", {"modificationAmount": {"currency": "NOK", "value": 2000}}),
        ("refund", {"modificationAmount": {"currency": "NOK", "value": 2000}}),
        ("cancel", {"cancelTransactionOnly": False}),
    ],
)
def test_a_modification_is_sent_with_a_key(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    payment_body: Callable[..., dict[str, Any]],
    operation: str,
    body: dict[str, Any],
) -> None:
    answers += [httpx.Response(200, json=payment_body("AUTHORIZED")) for _ in range(2)]
    if operation == "cancel":
        done = vipps.cancel("order-0001")
        vipps.cancel("order-0001", idempotency_key="my-key")
    else:
        modify = vipps.capture if operation == "capture" else vipps.refund
        done = modify("order-0001", NOK_20)
        modify("order-0001", NOK_20, idempotency_key="my-key")
    assert [request.headers["Idempotency-Key"] for request in requests] == ["key-1", "my-key"]
    assert (requests[0].method, requests[0].url.path) == ("POST", f"/epayment/v1/payments/order-0001/{operation}")
    assert json.loads(requests[0].content) == body
    assert done.aggregate.capturable == NOK_20
    assert done.aggregate.refundable == Amount(value=0, currency="NOK")


def test_a_cancel_can_spare_what_is_approved(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    payment_body: Callable[..., dict[str, Any]],
) -> None:
    answers += [httpx.Response(200, json=payment_body("TERMINATED"))]
    vipps.cancel("order-0001", cancel_transaction_only=True)
    assert requests[0].content == b'{"cancelTransactionOnly":true}'


def test_a_capture_takes_a_body_as_it_stands(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    payment_body: Callable[..., dict[str, Any]],
) -> None:
    answers += [httpx.Response(200, json=payment_body("AUTHORIZED"))]
    vipps.capture("order-0001", b'{"modificationAmount": {"value": 1}}')
    assert requests[0].content == b'{"modificationAmount": {"value": 1}}'


def test_a_payment_is_read_with_what_it_knows(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    payment_body: Callable[..., dict[str, Any]],
) -> None:
    """Unknown fields are passed over; a number in the metadata, as some samples show, becomes text."""
    body = payment_body(
        "AUTHORIZED",
        profile={"sub": "c06c4afe"},
        metadata={"orderid": 123},
        captureGuaranteedUntil="2026-09-01T09:53:44.812+02:00",
        tomorrowsField={"new": True},
    )
    answers += [httpx.Response(200, json=body)]
    payment = vipps.get_payment("order-0001")
    assert (requests[0].method, requests[0].url.path) == ("GET", "/epayment/v1/payments/order-0001")
    assert "Idempotency-Key" not in requests[0].headers
    assert payment.state is PaymentState.AUTHORIZED
    assert payment.sub == "c06c4afe"
    assert payment.metadata == {"orderid": "123"}
    assert str(payment.capture_guaranteed_until) == "2026-09-01 07:53:44.812000+00:00"


def test_events_are_read_in_order(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    event = {
        "reference": "order-0001",
        "pspReference": "1304787731",
        "amount": {"currency": "NOK", "value": 2000},
        "success": True,
    }
    body = [
        {**event, "name": "CREATED", "timestamp": "2023-09-01T12:00:00.1234567Z", "idempotencyKey": "key-1"},
        {**event, "name": "EXPIRED", "timestamp": "2023-09-01T12:10:00.000Z"},
    ]
    answers += [httpx.Response(200, json=body)]
    created, expired = vipps.get_events("order-0001")
    assert requests[0].url.path == "/epayment/v1/payments/order-0001/events"
    assert (created.name, created.idempotency_key) == ("CREATED", "key-1")
    assert created.timestamp == datetime(2023, 9, 1, 12, 0, 0, 123_456, tzinfo=UTC)
    assert (expired.name, expired.idempotency_key) == ("EXPIRED", None)


def test_a_category_is_put_and_its_id_returned(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    answers += [httpx.Response(200, json="16328cb8-d769-4c53-90ad-e19777823f0a")]
    link = Category(order_details_url="https://example.com/invoice")
    assert vipps.put_category("ecom", "order-0001", link) == "16328cb8-d769-4c53-90ad-e19777823f0a"
    (request,) = requests
    assert (request.method, request.url.path) == ("PUT", "/order-management/v2/ecom/categories/order-0001")
    assert json.loads(request.content) == {"category": "GENERAL", "orderDetailsUrl": "https://example.com/invoice"}


def test_an_order_is_read(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    body = {"category": {"category": "TICKET", "orderDetailsUrl": "https://example.com", "imageId": "socks"}}
    answers += [httpx.Response(200, json=body)]
    link = Category(category="TICKET", order_details_url="https://example.com", image_id="socks")
    assert vipps.get_order("ecom", "order-0001") == OrderDetails(category=link)
    assert requests[0].url.path == "/order-management/v2/ecom/order-0001"


def test_userinfo_is_asked_for_without_the_subscription_key(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    """The Userinfo API used to answer 401 to a call with the key."""
    body = {"sub": "c06c4afe", "sid": "f26d25af56909b55", "phone_number": "4791234567", "phone_number_verified": True}
    answers += [httpx.Response(200, json=body)]
    assert vipps.get_userinfo("c06c4afe") == UserInfo(
        sub="c06c4afe", sid="f26d25af56909b55", phone_number="4791234567"
    )
    (request,) = requests
    assert request.url.path == "/vipps-userinfo-api/userinfo/c06c4afe"
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.headers["Merchant-Serial-Number"] == "123456"
    assert "Ocp-Apim-Subscription-Key" not in request.headers


def test_userinfo_shows_no_national_id() -> None:
    assert "10121550047" not in repr(UserInfo(sub="c06c4afe", nin="10121550047"))


def test_a_reference_cannot_leave_its_place_in_the_path(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    payment_body: Callable[..., dict[str, Any]],
) -> None:
    answers += [httpx.Response(200, json=payment_body())]
    vipps.get_payment("a/b?c#d e")
    assert requests[0].url.raw_path == b"/epayment/v1/payments/a%2Fb%3Fc%23d%20e"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b'{"reference":"order-0001"}', b"[" * 9000])
def test_an_odd_success_is_not_understood(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], body: bytes
) -> None:
    answers += [httpx.Response(200, content=body)]
    with pytest.raises(AnswerNotUnderstood, match=r"GET /epayment/v1/payments/order-0001"):
        vipps.get_payment("order-0001")


@pytest.mark.parametrize("key", ["", " ", "k" * 51, "bl\u00e5", "a\nb"])
def test_a_bad_idempotency_key_is_never_sent(
    vipps: VippsClient, token_requests: list[httpx.Request], requests: list[httpx.Request], key: str
) -> None:
    with pytest.raises(IdempotencyKeyRefused, match="1 to 50 printable"):
        vipps.capture("order-0001", NOK_20, idempotency_key=key)
    assert (requests, token_requests) == ([], [])


def test_a_key_of_fifty_characters_is_sent(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    payment_body: Callable[..., dict[str, Any]],
) -> None:
    answers += [httpx.Response(200, json=payment_body("AUTHORIZED"))]
    vipps.capture("order-0001", NOK_20, idempotency_key="k" * 50)
    assert requests[0].headers["Idempotency-Key"] == "k" * 50


def test_keys_are_uuids_unless_told_otherwise(
    credentials: Credentials,
    wire: httpx.MockTransport,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
) -> None:
    answers += [httpx.Response(201, json=CREATED), httpx.Response(201, json=CREATED)]
    with VippsClient(credentials, transport=wire) as vipps:
        vipps.create_payment({})
        vipps.create_payment({})
    first, second = (UUID(request.headers["Idempotency-Key"]) for request in requests)
    assert (first.version, second.version) == (4, 4)
    assert first != second


def test_the_system_names_itself(
    credentials: Credentials,
    wire: httpx.MockTransport,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
) -> None:
    answers += [httpx.Response(201, json=CREATED)]
    system = SystemInfo(name="acme-shop", version="3.1", plugin_name="acme-vipps", plugin_version="7")
    with VippsClient(credentials, transport=wire, system=system) as vipps:
        vipps.create_payment({})
    told = {name: value for name, value in requests[0].headers.items() if name.startswith("vipps-system")}
    assert told == {
        "vipps-system-name": "acme-shop",
        "vipps-system-version": "3.1",
        "vipps-system-plugin-name": "acme-vipps",
        "vipps-system-plugin-version": "7",
    }


def test_a_long_system_name_is_refused() -> None:
    with pytest.raises(ValueError, match="Vipps-System-Plugin-Name may have 30 characters"):
        SystemInfo(plugin_name="x" * 31)


def test_force_approve_plays_the_customer(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    answers += [httpx.Response(200)]
    vipps.force_approve("order-0001", phone_number="4791234567", token="abc")
    (request,) = requests
    assert (request.method, request.url.path) == ("POST", "/epayment/v1/test/payments/order-0001/approve")
    assert json.loads(request.content) == {"customer": {"phoneNumber": "4791234567"}, "token": "abc"}


@pytest.mark.parametrize(
    "base_url",
    [
        PRODUCTION,
        "https://API.vipps.no/",
        "https://api.vipps.no.",
        "https://api.mobilepay.dk",
        "https://api.mobilepay.fi",
    ],
)
def test_force_approve_never_reaches_production(
    credentials: Credentials, wire: httpx.MockTransport, token_requests: list[httpx.Request], base_url: str
) -> None:
    with (
        VippsClient(credentials, base_url, transport=wire) as vipps,
        pytest.raises(RefusedInProduction, match="test environment only"),
    ):
        vipps.force_approve("order-0001", phone_number="4791234567")
    assert token_requests == []


@pytest.mark.parametrize("base_url", ["", "api.vipps.no", "ftp://api.vipps.no", "https://"])
def test_a_base_url_is_an_http_address(credentials: Credentials, base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        VippsClient(credentials, base_url)


def test_a_base_url_may_have_a_path_of_its_own(
    credentials: Credentials, wire: httpx.MockTransport, answers: deque[httpx.Response | Exception]
) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        return httpx.Response(200, json={"access_token": "t", "expires_in": 60})

    with VippsClient(credentials, "http://localhost:8080/vipps/", transport=httpx.MockTransport(answer)) as vipps:
        vipps.access_token()
    assert seen == ["/vipps/accesstoken/get"]


def test_a_receipt_is_sent_as_it_stands_and_a_picture_in_base64(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    answers += [httpx.Response(201, json="an-id"), httpx.Response(200, json={"imageId": "logo"})]
    assert vipps.add_receipt("ecom", "order-0001", {"orderLines": []}) == "an-id"
    assert vipps.upload_image("logo", b"picture") == "logo"
    assert [(request.method, request.url.path) for request in requests] == [
        ("POST", "/order-management/v2/ecom/receipts/order-0001"),
        ("POST", "/order-management/v1/images"),
    ]
    assert [json.loads(request.content) for request in requests] == [
        {"orderLines": []},
        {"imageId": "logo", "src": "cGljdHVyZQ==", "type": "base64"},
    ]


def test_any_call_can_be_made_with_headers_changed_or_taken_away(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], requests: list[httpx.Request]
) -> None:
    answers += [httpx.Response(200, json={})]
    changes = {"ocp-apim-subscription-key": None, "Authorization": "Bearer other", "X-More": "1"}
    assert vipps.call("PATCH", "/any/path?a=b", content=b"{}", extra_headers=changes).json() == {}
    (request,) = requests
    assert (request.method, request.url.raw_path, request.content) == ("PATCH", b"/any/path?a=b", b"{}")
    assert "Ocp-Apim-Subscription-Key" not in request.headers
    assert request.headers.get_list("Authorization") == ["Bearer other"]
    assert request.headers["X-More"] == "1"
