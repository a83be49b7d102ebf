"""A shop to try decisions on: a state, its journal and a time that only the test moves."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from sandbox.domain import approval, modifications
from sandbox.domain.commands import (
    AttachCategory,
    AttachReceipt,
    Cancel,
    Capture,
    CategoryType,
    CreatePayment,
    CustomerAct,
    CustomerAction,
    EnterNumber,
    ForceApprove,
    LeaveLandingPage,
    PaymentType,
    Refund,
    UploadImage,
    UserFlow,
)
from sandbox.domain.creation import create
from sandbox.domain.facts import Fact, UnitConfigured, UnitProvisioned
from sandbox.domain.money import Amount, Currency
from sandbox.domain.orders import attach_category, attach_receipt, upload_image
from sandbox.domain.payments import Payment
from sandbox.domain.receipts import BottomLine, OrderLine, Receipt
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.state import UnitState, replay

__all__ = [
    "ADA",
    "DETAILS_URL",
    "EMMA",
    "MSN",
    "NOON",
    "RECEIPT",
    "REFERENCE",
    "UNKNOWN",
    "Shop",
    "category_command",
    "create_command",
    "nok",
    "png",
]

NOON: Final = datetime(2023, 9, 1, 12, tzinfo=UTC)
MSN: Final = "123456"
REFERENCE: Final = "order-0001"
ADA: Final = "4791234567"
EMMA: Final = "4793424725"
UNKNOWN: Final = "4790000404"  # a magic number: nobody's
DETAILS_URL: Final = "https://example.com/orderdetails/1"
RECEIPT: Final = Receipt(
    order_lines=(
        OrderLine(name="Insurance", id="1", total_amount=2000, total_amount_excluding_tax=1600, total_tax_amount=400),
    ),
    bottom_line=BottomLine(currency=Currency.NOK),
)

C = TypeVar("C")


def nok(value: int) -> Amount:
    return Amount(Currency.NOK, value)


_CREATE: Final = CreatePayment(
    idempotency_key="key-1",
    reference=REFERENCE,
    amount=nok(2000),
    user_flow=UserFlow.WEB_REDIRECT,
    phone_number=ADA,
    return_url="https://example.com/redirect?orderId=1512202",
)


def create_command(**changes: Any) -> CreatePayment:
    """Return a payment of 20 kr on the web, with *changes*."""
    return replace(_CREATE, **changes)


def category_command(**changes: Any) -> AttachCategory:
    general = AttachCategory(
        payment_type=PaymentType.ECOM,
        order_id=REFERENCE,
        category=CategoryType.GENERAL,
        order_details_url=DETAILS_URL,
    )
    return replace(general, **changes)


def png(height: int = 167, size: int = 0) -> bytes:
    """Return the beginning of a picture of that many pixels, as large as *size* bytes."""
    header = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x0dIHDR" + (800).to_bytes(4) + height.to_bytes(4)
    return header.ljust(size, b"\x00")


class Shop:
    """A sales unit without a world around it: decisions are taken in, and nothing happens by itself."""

    def __init__(self, **settings: Any) -> None:
        self.state = UnitState()
        self.journal: list[Fact] = []
        self.now = NOON
        self.take_in(UnitProvisioned(at=NOON, msn=MSN, settings=UnitSettings(**settings)))

    @property
    def payment(self) -> Payment:
        """The payment that most tests are about."""
        return self.state.payment(REFERENCE)

    @property
    def replayed(self) -> UnitState:
        return replay(self.journal)

    def take_in(self, *facts: Fact) -> None:
        self.journal.extend(facts)
        for fact in facts:
            self.state.apply(fact)

    def configure(self, **changes: Any) -> None:
        self.take_in(UnitConfigured(at=self.now, settings=replace(self.state.settings, **changes)))

    def do(self, decide: Callable[[UnitState, C, datetime], Sequence[Fact]], command: C) -> list[Fact]:
        """Decide, take in what was decided and return it."""
        facts = decide(self.state, command, self.now)
        self.take_in(*facts)
        return list(facts)

    # --- The merchant -----------------------------------------------------------------------------------

    def create(self, **changes: Any) -> list[Fact]:
        return self.do(create, create_command(**changes))

    def create_push(self, **changes: Any) -> list[Fact]:
        return self.create(user_flow=UserFlow.PUSH_MESSAGE, **changes)

    def capture(self, amount: int | Amount, key: str | None = "key-1") -> list[Fact]:
        asked = nok(amount) if isinstance(amount, int) else amount
        return self.do(modifications.capture, Capture(idempotency_key=key, reference=REFERENCE, amount=asked))

    def refund(self, amount: int | Amount, key: str | None = "key-1") -> list[Fact]:
        asked = nok(amount) if isinstance(amount, int) else amount
        return self.do(modifications.refund, Refund(idempotency_key=key, reference=REFERENCE, amount=asked))

    def cancel(self, *, only: bool = False) -> list[Fact]:
        return self.do(modifications.cancel, Cancel(reference=REFERENCE, cancel_transaction_only=only))

    def force_approve(self, phone_number: str | None = None) -> list[Fact]:
        return self.do(approval.force_approve, ForceApprove(reference=REFERENCE, phone_number=phone_number))

    def attach_category(self, **changes: Any) -> list[Fact]:
        return self.do(attach_category, category_command(**changes))

    def attach_receipt(self, payment_type: PaymentType = PaymentType.ECOM, receipt: Receipt = RECEIPT) -> list[Fact]:
        command = AttachReceipt(payment_type=payment_type, order_id=REFERENCE, receipt=receipt)
        return self.do(attach_receipt, command)

    def upload_image(self, image_id: str = "logo", content: bytes | None = None) -> list[Fact]:
        return self.do(upload_image, UploadImage(image_id=image_id, content=png() if content is None else content))

    # --- The customer -----------------------------------------------------------------------------------

    def enter_number(self, phone_number: str) -> list[Fact]:
        return self.do(approval.enter_number, EnterNumber(reference=REFERENCE, phone_number=phone_number))

    def leave_landing_page(self) -> list[Fact]:
        return self.do(approval.leave_landing_page, LeaveLandingPage(reference=REFERENCE))

    def act(self, *actions: CustomerAction, phone: str = ADA, reference: str = REFERENCE) -> list[Fact]:
        """Do one thing after the other on a phone; return what the last brought."""
        facts: list[Fact] = []
        for action in actions:
            facts = self.do(approval.act, CustomerAct(action=action, reference=reference, phone_number=phone))
        return facts

    def on_screen(self, phone: str = ADA, reference: str = REFERENCE) -> tuple[CustomerAction, ...]:
        return approval.actions_on_screen(self.state, self.state.payment(reference), phone, self.now)

    # --- Time -------------------------------------------------------------------------------------------

    def wait(self, time: timedelta) -> None:
        self.now += time
