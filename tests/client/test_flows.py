"""The two invoice flows, against a Vipps that knows just enough to be walked through them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.client import (
    Amount,
    AsyncVippsClient,
    Body,
    Credentials,
    FirstInvoicePaid,
    InvoiceNotPaid,
    NotAVippsUser,
    OutcomeNotKnown,
    PaymentState,
    PhoneNumberNotShared,
    SentInvoice,
    VippsClient,
)

NOK_20 = Amount(value=2000, currency="NOK")
SUB = "c06c4afe-d9e1-4c5d-939a-177d752a0944"
REFERENCE = "acme-shop-123-order123abc"
NOBODY = "4790000404"

# As the documentation prints them: the phone number a JSON number, the method in lower case.
FIRST_BODY = b"""{
  "amount":{"currency":"NOK", "value":2000},
  "customer":{"phoneNumber":4791234567},
  "paymentMethod":{"type":"wallet"},
  "profile":{"scope":"phoneNumber"},
  "reference":"acme-shop-123-order123abc",
  "returnUrl":"https://example.com/redirect?orderId=1512202",
  "userFlow":"WEB_REDIRECT"
}"""
NEXT_BODY = b"""{
  "amount":{"currency":"NOK", "value":2000},
  "customer":{"phoneNumber":4791234567},
  "paymentMethod":{"type":"wallet"},
  "reference":"acme-shop-123-order123abc",
  "returnUrl":"https://example.com/redirect?orderId=1512202",
  "userFlow":"PUSH_MESSAGE",
  "expiresAt":"2023-09-15T00:00:00Z"
}"""
CATEGORY_BODY = b"""{
  "category": "GENERAL",
  "orderDetailsUrl": "https://example.com/orderdetails/acme-shop-123-order123abc"
}"""


@dataclass
class SmallVipps:
    """One payment, one customer; `sub_after` is how often it must be read before it tells the sub."""

    state: str = "CREATED"
    sub_after: int = 0
    phone_number: str | None = "4791234567"
    captured: int = 0
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path}"
        self.bodies.append((call, request.content))
        match request.method, request.url.path.split("/")[1:]:
            case "POST", ["accesstoken", "get"]:
                return httpx.Response(200, json={"access_token": "t", "expires_in": "3600"})
            case "POST", ["epayment", "v1", "payments"]:
                return self.create(json.loads(request.content))
            case "GET", ["epayment", "v1", "payments", reference]:
                return httpx.Response(200, json=self.payment(reference))
            case "POST", ["epayment", "v1", "payments", reference, "capture"]:
                self.captured = json.loads(request.content)["modificationAmount"]["value"]
                return httpx.Response(200, json=self.payment(reference))
            case "GET", ["vipps-userinfo-api", "userinfo", sub]:
                phone = {} if self.phone_number is None else {"phone_number": self.phone_number}
                return httpx.Response(200, json={"sub": sub, **phone})
            case "PUT", ["order-management", "v2", "ecom", "categories", _]:
                return httpx.Response(200, json="a-category")
            case _:
                return httpx.Response(404, json={"statusCode": 404, "message": "Resource not found"})

    def create(self, body: dict[str, Any]) -> httpx.Response:
        if body.get("customer") == {"phoneNumber": NOBODY}:
            problem = {"title": "Customer not found", "extraDetails": [{"name": "ErrorCode", "reason": "7010"}]}
            return httpx.Response(404, json=problem)
        landing = (
            {"redirectUrl": "https://pay-mt.vipps.no/?token=abc"} if body.get("userFlow") == "WEB_REDIRECT" else {}
        )
        return httpx.Response(201, json={"reference": body["reference"], **landing})

    def payment(self, reference: str) -> dict[str, Any]:
        approved = self.state == "AUTHORIZED"
        profile = {}
        if approved:
            profile = {} if self.sub_after else {"sub": SUB}
            self.sub_after = max(self.sub_after - 1, 0)
        sums = {"authorizedAmount": 2000 if approved else 0, "capturedAmount": self.captured}
        amounts = {"cancelledAmount": 0, "refundedAmount": 0, **sums}
        return {
            "aggregate": {name: {"currency": "NOK", "value": value} for name, value in amounts.items()},
            "amount": {"currency": "NOK", "value": 2000},
            "state": self.state,
            "paymentMethod": {"type": "WALLET"},
            "profile": profile,
            "pspReference": "37c34d8c",
            "reference": reference,
        }

    @property
    def calls(self) -> list[str]:
        return [call for call, _ in self.bodies if call != "POST /accesstoken/get"]

    def sent(self, method: str) -> dict[str, Any]:
        """Return the last body of *method*, leaving out the access token's."""
        document: dict[str, Any] = json.loads(
            [body for call, body in self.bodies if call.startswith(method) and "accesstoken" not in call][-1]
        )
        return document


@pytest.fixture
def small() -> SmallVipps:
    return SmallVipps()


@pytest.fixture
def merchant(
    small: SmallVipps, credentials: Credentials, waits: list[float], now: Callable[[], datetime]
) -> Iterator[VippsClient]:
    with VippsClient(credentials, transport=httpx.MockTransport(small), sleep=waits.append, now=now) as client:
        yield client


@pytest.fixture
def async_merchant(
    small: SmallVipps, credentials: Credentials, waits: list[float], now: Callable[[], datetime]
) -> AsyncVippsClient:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return AsyncVippsClient(credentials, transport=httpx.MockTransport(small), sleep=sleep, now=now)


def first_invoice(merchant: VippsClient, present: Callable[[str], object]) -> FirstInvoicePaid:
    return merchant.first_invoice(REFERENCE, NOK_20, "https://example.com/thanks", present=present)


def ending(small: SmallVipps, state: str) -> Callable[[str], None]:
    """Return a customer who, once on the landing page, brings the payment to *state*."""

    def walk(url: str) -> None:
        assert url == "https://pay-mt.vipps.no/?token=abc"
        small.state = state

    return walk


def test_the_first_invoice_wins_the_phone_number(
    small: SmallVipps, merchant: VippsClient, waits: list[float]
) -> None:
    paid = merchant.first_invoice(
        REFERENCE,
        NOK_20,
        "https://example.com/thanks",
        present=ending(small, "AUTHORIZED"),
        phone_number="4799999999",
        description="Electricity in August",
    )
    assert (paid.phone_number, paid.user.sub, paid.payment.state) == ("4791234567", SUB, PaymentState.AUTHORIZED)
    assert small.calls == [
        "POST /epayment/v1/payments",
        f"GET /epayment/v1/payments/{REFERENCE}",
        f"GET /vipps-userinfo-api/userinfo/{SUB}",
    ]
    assert small.sent("POST") == {
        "amount": {"currency": "NOK", "value": 2000},
        "paymentMethod": {"type": "WALLET"},
        "customer": {"phoneNumber": "4799999999"},
        "profile": {"scope": "phoneNumber"},
        "reference": REFERENCE,
        "returnUrl": "https://example.com/thanks",
        "userFlow": "WEB_REDIRECT",
        "paymentDescription": "Electricity in August",
    }
    assert waits == [5.0]


@pytest.mark.parametrize("state", ["ABORTED", "EXPIRED", "TERMINATED"])
def test_a_first_invoice_that_is_not_paid_says_how_it_ended(
    small: SmallVipps, merchant: VippsClient, state: str
) -> None:
    with pytest.raises(InvoiceNotPaid, match=f"the payment is {state}") as caught:
        merchant.first_invoice_verbatim(FIRST_BODY, present=ending(small, state))
    assert caught.value.state is PaymentState(state)


def test_a_sub_that_comes_later_is_waited_for(small: SmallVipps, merchant: VippsClient, waits: list[float]) -> None:
    """It is written some moments after the approval."""
    small.sub_after = 2
    paid = merchant.first_invoice_verbatim(FIRST_BODY, present=ending(small, "AUTHORIZED"))
    assert paid.payment.sub == SUB
    assert waits == [5.0, 1.0, 1.0]


def test_a_sub_that_never_comes_is_no_unpaid_invoice(small: SmallVipps, merchant: VippsClient) -> None:
    small.sub_after = 1000
    with pytest.raises(PhoneNumberNotShared) as caught:
        merchant.first_invoice_verbatim(FIRST_BODY, present=ending(small, "AUTHORIZED"))
    assert caught.value.payment.state is PaymentState.AUTHORIZED
    assert len(small.calls) == 1 + 1 + 10


@pytest.mark.parametrize("told", [None, "", "[Expired]"])
def test_a_phone_number_that_is_not_told_is_not_invented(
    small: SmallVipps, merchant: VippsClient, told: str | None
) -> None:
    small.phone_number = told
    with pytest.raises(PhoneNumberNotShared, match="tells no phone number"):
        merchant.first_invoice_verbatim(FIRST_BODY, present=ending(small, "AUTHORIZED"))


def test_a_first_invoice_can_be_taken_up_again(small: SmallVipps, merchant: VippsClient) -> None:
    """After an unknown outcome, or a restart of the merchant's own system."""
    with pytest.raises(OutcomeNotKnown):
        merchant.first_invoice_verbatim(FIRST_BODY, present=lambda _: None, timeout=timedelta(seconds=30))
    small.state = "AUTHORIZED"
    assert merchant.resume_first_invoice(REFERENCE).phone_number == "4791234567"


def test_an_error_of_the_merchants_own_page_is_theirs(merchant: VippsClient) -> None:
    """Even one of httpx: it is no dropped connection to Vipps."""

    def present(_: str) -> None:
        raise httpx.ConnectError("the shop is closed")

    with pytest.raises(httpx.ConnectError, match="closed"):
        merchant.first_invoice_verbatim(FIRST_BODY, present=present)


def test_the_blocking_client_takes_no_asynchronous_page(merchant: VippsClient) -> None:
    async def present(_: str) -> None: ...

    with pytest.raises(TypeError, match="AsyncVippsClient"):
        merchant.first_invoice_verbatim(FIRST_BODY, present=present)


def test_an_invoice_has_its_link_before_the_push_goes_out(small: SmallVipps, merchant: VippsClient) -> None:
    sent = merchant.send_invoice(
        REFERENCE,
        NOK_20,
        "4791234567",
        order_details_url="https://example.com/invoice",
        expires_at=datetime(2023, 9, 15, tzinfo=UTC),
        receipt={"orderLines": [], "bottomLine": {"currency": "NOK"}},
    )
    assert sent == SentInvoice(REFERENCE, "a-category")
    assert small.calls == [
        f"PUT /order-management/v2/ecom/categories/{REFERENCE}",
        "POST /epayment/v1/payments",
    ]
    assert small.sent("PUT") == {"category": "GENERAL", "orderDetailsUrl": "https://example.com/invoice"}
    assert small.sent("POST") == {
        "amount": {"currency": "NOK", "value": 2000},
        "paymentMethod": {"type": "WALLET"},
        "customer": {"phoneNumber": "4791234567"},
        "reference": REFERENCE,
        "userFlow": "PUSH_MESSAGE",
        "expiresAt": "2023-09-15T00:00:00Z",
        "paymentDescription": f"Invoice {REFERENCE}",
        "receipt": {"orderLines": [], "bottomLine": {"currency": "NOK"}},
    }


def test_a_sent_invoice_is_awaited_and_captured(small: SmallVipps, merchant: VippsClient) -> None:
    sent = merchant.send_invoice_verbatim(NEXT_BODY, category=CATEGORY_BODY)
    small.state = "AUTHORIZED"
    payment = merchant.await_outcome(sent.reference, until=datetime(2023, 9, 15, tzinfo=UTC))
    captured = merchant.capture(sent.reference, payment.aggregate.capturable)
    assert captured.aggregate.captured_amount == NOK_20


def test_an_invoice_may_go_without_a_link(small: SmallVipps, merchant: VippsClient) -> None:
    """The real test environment has no Order Management API."""
    sent = merchant.send_invoice(
        REFERENCE,
        NOK_20,
        "4791234567",
        order_details_url=None,
        expires_at=datetime(2023, 9, 15, tzinfo=UTC),
    )
    assert sent == SentInvoice(REFERENCE, None)
    assert small.calls == ["POST /epayment/v1/payments"]


def test_an_invoice_to_nobody_says_so(merchant: VippsClient) -> None:
    """Code 7010: send a paper invoice instead."""
    with pytest.raises(NotAVippsUser):
        merchant.send_invoice(
            REFERENCE,
            NOK_20,
            NOBODY,
            order_details_url="https://example.com/invoice",
            expires_at=datetime(2023, 9, 15, tzinfo=UTC),
        )


def test_printed_bodies_go_out_byte_for_byte(small: SmallVipps, merchant: VippsClient) -> None:
    merchant.first_invoice_verbatim(FIRST_BODY, present=ending(small, "AUTHORIZED"))
    merchant.send_invoice_verbatim(NEXT_BODY, category=CATEGORY_BODY)
    changing = [body for call, body in small.bodies if not call.startswith("GET") and "accesstoken" not in call]
    assert changing == [FIRST_BODY, CATEGORY_BODY, NEXT_BODY]


@pytest.mark.parametrize(
    ("body", "order"),
    [({"reference": "order-0001"}, "order-0001"), ('{"reference": 2486791679658155992}', "2486791679658155992")],
)
def test_the_link_belongs_to_the_bodys_reference(
    small: SmallVipps, merchant: VippsClient, body: Body, order: str
) -> None:
    """Some printed samples have the reference as a number."""
    merchant.send_invoice_verbatim(body, category=CATEGORY_BODY)
    assert small.calls[0] == f"PUT /order-management/v2/ecom/categories/{order}"


def test_a_link_may_belong_to_another_order(small: SmallVipps, merchant: VippsClient) -> None:
    merchant.send_invoice_verbatim(NEXT_BODY, category=CATEGORY_BODY, order_id="order-0002")
    assert small.calls[0] == "PUT /order-management/v2/ecom/categories/order-0002"


@pytest.mark.parametrize("body", [b"[]", {"amount": {}}, '{"reference": null}', b"not json"])
def test_a_link_that_belongs_to_nothing_is_refused(small: SmallVipps, merchant: VippsClient, body: Body) -> None:
    with pytest.raises(ValueError, match=r"order_id|Expecting"):
        merchant.send_invoice_verbatim(body, category=CATEGORY_BODY)
    assert small.calls == []


@pytest.mark.anyio
async def test_both_flows_run_asynchronously(small: SmallVipps, async_merchant: AsyncVippsClient) -> None:
    async def walk(_: str) -> None:
        small.state = "AUTHORIZED"

    async with async_merchant as merchant:
        paid = await merchant.first_invoice(REFERENCE, NOK_20, "https://example.com/thanks", present=walk)
        sent = await merchant.send_invoice(
            "invoice-0002",
            NOK_20,
            paid.phone_number,
            order_details_url="https://example.com/invoice",
            expires_at=datetime(2023, 9, 15, tzinfo=UTC),
        )
        captured = await merchant.capture(sent.reference, NOK_20)
    assert (paid.phone_number, sent.category_id) == ("4791234567", "a-category")
    assert captured.aggregate.captured_amount == NOK_20


@pytest.mark.anyio
async def test_an_asynchronous_merchant_may_have_a_plain_page(
    small: SmallVipps, async_merchant: AsyncVippsClient, waits: list[float]
) -> None:
    async with async_merchant as merchant:
        await merchant.first_invoice_verbatim(FIRST_BODY, present=ending(small, "AUTHORIZED"))
    assert waits == [5.0]
