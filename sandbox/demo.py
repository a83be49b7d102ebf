"""The demo: both invoice flows over real HTTP, told as a story.

The merchant is the reference client and knows nothing of the sandbox. The customer is played while the merchant
waits: when the client sends the browser to the landing page, and when it sleeps between two polls.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from sandbox.client import Amount, NotFound, Payment, VippsClient, VippsError
from sandbox.playback import Stage, StageRefused, StageUnit
from sandbox.server import running
from sandbox.settings import AccessMode, LogLevel, Settings

__all__ = ["run_demo"]

Say = Callable[[str], None]

_PHONE: Final = "4791234567"
_AMOUNT: Final = Amount(value=2000, currency="NOK")
_BEGIN: Final = datetime(2023, 9, 1, 8, tzinfo=UTC)
_DUE: Final = datetime(2023, 9, 15, tzinfo=UTC)
_FIRST, _NEXT = "acme-invoice-424242", "acme-invoice-424243"
_LONGEST_ANSWER: Final = 160  # characters that are told of it
_DETAILS: Final = f"https://example.com/orderdetails/{_NEXT}"


def run_demo(say: Say) -> bool:
    """Play both flows; return whether every check held."""
    settings = Settings(port=0, access=AccessMode.OPEN, log_level=LogLevel.WARNING)
    with running(settings) as url, Stage(url) as stage:
        say(f"A Vipps sandbox listens on {url}; the merchant uses it instead of https://apitest.vipps.no.")
        unit = stage.unit()
        unit.set_clock(_BEGIN)
        with VippsClient(unit.credentials, url) as narrator:
            story = _Story(unit, narrator, say)
            network = _Told(say, story.tell_payment)
            with VippsClient(unit.credentials, url, transport=network, sleep=story.while_merchant_waits) as vipps:
                try:
                    story.first_invoice(vipps)
                    story.next_invoice(vipps)
                except (VippsError, StageRefused) as error:
                    story.check(f"the story goes on: {error}", held=False)
        return story.end()


class _Told(httpx.BaseTransport):
    """The network, with each call told as it passes, and after it what has become of the payment."""

    def __init__(self, say: Say, tell_payment: Callable[[], None]) -> None:
        self._say = say
        self._tell_payment = tell_payment
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._network.handle_request(request)
        response.read()
        self._say(f"    → {request.method} {request.url.raw_path.decode()}")
        if request.content:
            self._say(f"      {request.content.decode()}")
        body = "a bearer token" if "accesstoken" in request.url.path else response.text
        self._say(f"    ← {response.status_code} {_shortened(body)}".rstrip())
        for note in response.headers.get_list("sandbox-note"):
            self._say(f"      note: {note}")
        self._tell_payment()
        return response

    def close(self) -> None:
        self._network.close()


class _Story:
    """Plays the customer, keeps the checks, and tells what becomes of the payment in hand."""

    def __init__(self, unit: StageUnit, narrator: VippsClient, say: Say) -> None:
        self._unit = unit
        self._narrator = narrator  # a client whose own calls are not told
        self._say = say
        self._checks: list[bool] = []
        self._next_scene: Callable[[], None] | None = None
        self._reference = _FIRST
        self._told_last = ""

    # --- Flow A -----------------------------------------------------------------------------------------

    def first_invoice(self, vipps: VippsClient) -> None:
        self._title("Flow A: a first invoice, with consent to share the phone number")
        paid = vipps.first_invoice(
            _FIRST,
            _AMOUNT,
            f"https://example.com/redirect?orderId={_FIRST}",
            present=self._pay_first_invoice,
            phone_number=_PHONE,
        )
        self.check("the payment is AUTHORIZED", paid.payment.state == "AUTHORIZED")
        self.check(f"the customer's phone number is known: {paid.phone_number}", paid.phone_number == _PHONE)
        self.check("nothing else was shared", paid.user.name is None and paid.user.email is None)
        self._capture(vipps, paid.payment)
        self._events(vipps, _FIRST, ["CREATED", "AUTHORIZED", "CAPTURED"])

    def _pay_first_invoice(self, redirect_url: str) -> None:
        self._tell(f"The customer's browser is sent to {redirect_url[:60]}… and the phone opens the app.")
        self._act("open", _FIRST)
        self._act("share", _FIRST)
        self._act("approve", _FIRST)

    # --- Flow B -----------------------------------------------------------------------------------------

    def next_invoice(self, vipps: VippsClient) -> None:
        self._reference = _NEXT
        self._title("Flow B: a later invoice goes to the phone, is put off, and is paid three days later")
        vipps.send_invoice(
            _NEXT,
            _AMOUNT,
            _PHONE,
            order_details_url=_DETAILS,
            expires_at=_DUE,
            description="Invoice 424243, due 15 Sep 2023",
            receipt=_receipt(),
        )
        self._next_scene = self._put_invoice_off
        payment = vipps.await_outcome(_NEXT, timeout=timedelta(minutes=1))
        self.check("the payment is AUTHORIZED", payment.state == "AUTHORIZED")
        self._capture(vipps, payment)
        vipps.refund(_NEXT, Amount(value=500, currency="NOK"))
        after = vipps.get_payment(_NEXT)
        self.check("5 kr of it are refunded", after.aggregate.refunded_amount.value == 500)
        self._events(vipps, _NEXT, ["CREATED", "AUTHORIZED", "CAPTURED", "REFUNDED"])

    def _put_invoice_off(self) -> None:
        phone = self._unit.customer(_PHONE)
        self._tell(f"The phone: “{phone['inbox']['pushes'][-1]['text']}”")
        request = self._act("open", _NEXT)
        self.check("See details leads to the invoice", request["orderDetailsUrl"] == _DETAILS)
        self.check("the phone shows when it is due", request["dueDate"] == "2023-09-15")
        self._act("pay-later", _NEXT)
        self._next_scene = self._pay_three_days_later

    def _pay_three_days_later(self) -> None:
        clock = self._unit.advance(by=timedelta(days=3))
        self._tell(f"Three days pass; it is {clock['now']}.")
        self.check("the invoice waited", self._request(_NEXT) is not None)
        self._act("open", _NEXT)
        self._act("approve", _NEXT)
        self._next_scene = None

    # --- Telling ----------------------------------------------------------------------------------------

    def while_merchant_waits(self, seconds: float) -> None:
        """Stand in for the client's sleep: nobody waits, the customer does something instead."""
        self._say(f"    … the merchant would wait {seconds:g} s before it asks again")
        if self._next_scene is not None:
            self._next_scene()

    def tell_payment(self) -> None:
        """Tell the state and the events of the payment in hand, if they have changed."""
        try:
            payment = self._narrator.get_payment(self._reference)
        except NotFound:
            return
        sums = payment.aggregate
        amounts = (
            ("captured", sums.captured_amount.value),
            ("cancelled", sums.cancelled_amount.value),
            ("refunded", sums.refunded_amount.value),
        )
        moved = "".join(f", {name} {value}" for name, value in amounts if value)
        events = " · ".join(event.name for event in self._narrator.get_events(self._reference))
        line = f"    = {self._reference} is {payment.state}{moved}; events: {events}"
        if line != self._told_last:
            self._say(line)
        self._told_last = line

    def end(self) -> bool:
        held = sum(self._checks)
        self._say(f"\n{held} of {len(self._checks)} checks held.")
        return held == len(self._checks)

    def _capture(self, vipps: VippsClient, payment: Payment) -> None:
        captured = vipps.capture(payment.reference, payment.aggregate.capturable)
        self.check("all of it is captured", captured.aggregate.captured_amount == payment.amount)

    def _events(self, vipps: VippsClient, reference: str, expected: list[str]) -> None:
        names = [event.name for event in vipps.get_events(reference)]
        self.check(f"its events are {' · '.join(names)}", names == expected)

    def _act(self, action: str, reference: str) -> dict[str, Any]:
        """Do something on the phone, and tell what it shows then."""
        self._tell(f"The customer: {action}")
        self._unit.act(_PHONE, action, reference)
        self.tell_payment()
        request = self._request(reference)
        if request is None:
            self._tell("The phone: nothing waits any more")
            return {}
        shown = [f"{request['merchant']} asks for {request['amountText']}"]
        shown += [f"“{request['description']}”"] if request["description"] else []
        shown += [f"due {request['dueDate']}"] if request["dueDate"] else []
        shown += [f"wants to know: {', '.join(request['asksFor'])}"] if request["asksFor"] else []
        self._tell(f"The phone: {', '.join(shown)}; buttons: {', '.join(request['actions'])}")
        return request

    def _request(self, reference: str) -> dict[str, Any] | None:
        pending = self._unit.customer(_PHONE)["inbox"]["pending"]
        return next((request for request in pending if request["reference"] == reference), None)

    def check(self, what: str, held: bool) -> None:
        self._checks.append(held)
        self._say(f"  {'✓' if held else '✗'} {what}")

    def _tell(self, line: str) -> None:
        self._say(f"  ☻ {line}")

    def _title(self, line: str) -> None:
        self._say(f"\n{line}\n")


def _shortened(body: str) -> str:
    return body if len(body) <= _LONGEST_ANSWER else f"{body[:_LONGEST_ANSWER]}…"


def _receipt() -> dict[str, Any]:
    line = {
        "name": "Accident insurance",
        "id": "12345",
        "totalAmount": 2000,
        "totalAmountExcludingTax": 1600,
        "totalTaxAmount": 400,
        "taxRate": 2500,
    }
    return {"orderLines": [line], "bottomLine": {"currency": "NOK", "receiptNumber": "0527013501"}}
