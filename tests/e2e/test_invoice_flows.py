"""Both invoice flows, as the document that they come from prints them, over a real socket.

The merchant is the reference client, which knows nothing of the sandbox; bodies go out byte for byte.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sandbox.client import Amount, AsyncVippsClient, InvoiceNotPaid, PaymentState, VippsClient
from sandbox.playback import Stage, StageUnit
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

PHONE = "4791234567"
REFERENCE = "acme-shop-123-order123abc"

FIRST_INVOICE = b"""{
   "amount":{
      "currency":"NOK",
      "value":2000
   },
   "customer":{
      "phoneNumber":4791234567
   },
   "paymentMethod":{
      "type":"wallet"
   },
   "profile":{
      "scope":"phoneNumber"
   },
   "reference":"acme-shop-123-order123abc",
   "returnUrl":"https://example.com/redirect?orderId=1512202",
   "userFlow":"WEB_REDIRECT"
}"""

CATEGORY = b"""{
"category": "GENERAL",
"orderDetailsUrl": "https://example.com/orderdetails/acme-shop-123-order123abc"
}"""

NEXT_INVOICE = b"""{
   "amount":{
      "currency":"NOK",
      "value":2000
   },
   "customer":{
      "phoneNumber":4791234567
   },
   "paymentMethod":{
      "type":"wallet"
   },
   "reference":"acme-shop-123-order123abc",
   "returnUrl":"https://example.com/redirect?orderId=1512202",
   "userFlow":"PUSH_MESSAGE",
   "expiresAt":"2023-09-15T00:00:00Z"
}"""


class Network(httpx.HTTPTransport):
    """The real network, which remembers what went out and which notes came back."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []
        self.notes: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(request.read())
        response = super().handle_request(request)
        self.notes += response.headers.get_list("sandbox-note")
        return response


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield stage


@pytest.fixture
def unit(stage: Stage) -> StageUnit:
    """A sales unit of the test's own, in August 2023: the printed `expiresAt` is still to come."""
    unit = stage.unit()
    unit.set_clock(datetime(2023, 8, 25, 8, tzinfo=UTC))
    return unit


def test_first_invoice_wins_the_phone_number(stage: Stage, unit: StageUnit) -> None:
    def customer(redirect_url: str) -> None:
        assert redirect_url.startswith(f"{stage.base_url}/landing?token=")
        for action in ("open", "share", "approve"):
            unit.act(PHONE, action, REFERENCE)

    network, waits = Network(), list[float]()
    with VippsClient(unit.credentials, stage.base_url, transport=network, sleep=waits.append) as vipps:
        paid = vipps.first_invoice_verbatim(FIRST_INVOICE, present=customer)
        vipps.capture(REFERENCE, paid.payment.aggregate.capturable)
        events = vipps.get_events(REFERENCE)

    assert paid.phone_number == PHONE
    assert paid.user.name is None  # was not asked for
    assert waits == [5.0]
    assert FIRST_INVOICE in network.bodies
    assert network.notes == [
        "paymentMethod.type is 'wallet'; the specification says 'WALLET': production may answer 400.",
        "customer.phoneNumber is a number; the specification says string: production may answer 400.",
    ]
    assert [event.name for event in events] == ["CREATED", "AUTHORIZED", "CAPTURED"]


def test_next_invoice_is_put_off_and_paid_three_days_later(stage: Stage, unit: StageUnit) -> None:
    def customer_lets_it_wait(_: float) -> None:
        if unit.customer(PHONE)["inbox"]["pending"][0]["postponed"]:
            assert unit.advance(by=timedelta(days=3))["happened"] == []
            unit.act(PHONE, "open", REFERENCE)
            unit.act(PHONE, "approve", REFERENCE)
        else:
            shown = unit.act(PHONE, "open", REFERENCE)["inbox"]["pending"][0]
            assert shown["orderDetailsUrl"] == "https://example.com/orderdetails/acme-shop-123-order123abc"
            assert shown["dueDate"] == "2023-09-15"
            unit.act(PHONE, "pay-later", REFERENCE)

    network = Network()
    with VippsClient(unit.credentials, stage.base_url, transport=network, sleep=customer_lets_it_wait) as vipps:
        sent = vipps.send_invoice_verbatim(NEXT_INVOICE, category=CATEGORY)
        payment = vipps.await_outcome(sent.reference)
        vipps.capture(REFERENCE, payment.aggregate.capturable)
        refunded = vipps.refund(REFERENCE, Amount(value=500, currency="NOK"))
        events = vipps.get_events(REFERENCE)

    assert payment.state is PaymentState.AUTHORIZED
    assert refunded.aggregate.refunded_amount == Amount(value=500, currency="NOK")
    assert {CATEGORY, NEXT_INVOICE} <= set(network.bodies)
    assert network.notes[-1] == (
        "expiresAt without receipt (the category does not replace it): today's production answers 400/6130."
    )
    assert [event.name for event in events] == ["CREATED", "AUTHORIZED", "CAPTURED", "REFUNDED"]


def test_refusing_to_share_ends_the_first_invoice(stage: Stage, unit: StageUnit) -> None:
    def customer(_: str) -> None:
        unit.act(PHONE, "open", REFERENCE)
        unit.act(PHONE, "refuse", REFERENCE)

    with (
        VippsClient(unit.credentials, stage.base_url, sleep=lambda _: None) as vipps,
        pytest.raises(InvoiceNotPaid) as caught,
    ):
        vipps.first_invoice_verbatim(FIRST_INVOICE, present=customer)
    assert caught.value.payment.state is PaymentState.ABORTED


def test_an_invoice_that_nobody_pays_expires_at_its_instant(stage: Stage, unit: StageUnit) -> None:
    with VippsClient(unit.credentials, stage.base_url, sleep=lambda _: None) as vipps:
        vipps.send_invoice_verbatim(NEXT_INVOICE, category=CATEGORY)
        happened = unit.advance(by=timedelta(days=30))["happened"]
        payment = vipps.get_payment(REFERENCE)
    assert happened == [
        {"at": "2023-09-12T00:00:00.000Z", "fact": "ReminderSent", "reference": REFERENCE},
        {"at": "2023-09-14T00:00:00.000Z", "fact": "ReminderSent", "reference": REFERENCE},
        {"at": "2023-09-15T00:00:00.000Z", "fact": "PaymentExpired", "reference": REFERENCE},
    ]
    assert payment.state is PaymentState.EXPIRED


@pytest.mark.anyio
async def test_the_asynchronous_client_plays_the_first_invoice_as_well(stage: Stage, unit: StageUnit) -> None:
    async def customer(_: str) -> None:
        for action in ("open", "share", "approve"):
            unit.act(PHONE, action, REFERENCE)

    async def sleep(_: float) -> None:
        return None

    async with AsyncVippsClient(unit.credentials, stage.base_url, sleep=sleep) as vipps:
        paid = await vipps.first_invoice_verbatim(FIRST_INVOICE, present=customer)
    assert paid.phone_number == PHONE


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
