"""The list's first part: the operations that an integration uses, of ePayment and of Order Management.

Source: Vipps MobilePay's ePayment and Order Management checklists.
"""

from collections.abc import Callable
from typing import Final

from sandbox.checklist.findings import both, by_call, by_fact, in_words, number_of, shown_or_not
from sandbox.checklist.model import Entry, Evidence, Finding
from sandbox.checklist.story import Story
from sandbox.domain import facts

__all__ = ["ENTRIES"]


def _called(*operations: str) -> Callable[[Story], Finding]:
    """Return the judge of what one successful call shows."""

    def judge(story: Story) -> Finding:
        calls = story.made(*operations)
        evidence = [by_call(call, f"{call.operation} was answered {call.status}.") for call in calls]
        return shown_or_not(evidence, f"{number_of(len(calls), 'call')} with success.", "Not called with success.")

    return judge


def _cancel(story: Story) -> Finding:
    before = [
        by_fact(story, fact, "It was cancelled before approval.") for fact in story.of_kind(facts.PaymentTerminated)
    ]
    after = [
        by_fact(story, fact, "What was reserved was released.")
        for payment in story.payments
        for fact in payment.facts
        if isinstance(fact, facts.PaymentCancelled) and fact is not story.lapse_of(payment)
    ]
    return both(("a cancel before approval", before), ("a cancel after approval", after))


def _capture(story: Story) -> Finding:
    full: list[Evidence] = []
    part: list[Evidence] = []
    for payment in story.payments:
        for fact in payment.facts:
            if isinstance(fact, facts.PaymentCaptured):
                is_full = payment.authorized == fact.amount.value
                (full if is_full else part).append(by_fact(story, fact, f"{in_words(fact.amount)} were captured."))
    return both(("a full capture", full), ("a partial capture", part))


def _refund(story: Story) -> Finding:
    full: list[Evidence] = []
    part: list[Evidence] = []
    for payment in story.payments:
        captured = 0
        for fact in payment.facts:
            if isinstance(fact, facts.PaymentCaptured):
                captured += fact.amount.value
            elif isinstance(fact, facts.PaymentRefunded):
                is_full = captured == fact.amount.value
                (full if is_full else part).append(by_fact(story, fact, f"{in_words(fact.amount)} were refunded."))
    return both(("a full refund", full), ("a partial refund", part))


def _receipt(story: Story) -> Finding:
    posted = [by_call(call, "A receipt was attached.") for call in story.made("post-receipt-v2")]
    created = [
        by_fact(story, payment.created, "It was created with a receipt.")
        for payment in story.payments
        if payment.created.command.receipt is not None
    ]
    return shown_or_not([*posted, *created], "Receipts were attached.", "No receipt was attached.")


ENTRIES: Final = (
    Entry(
        id="E1",
        title="Create payment",
        judge=_called("createPayment"),
        shown_when="a create was answered 201",
        broken_when=None,
        how_to_show="Create a payment.",
        scenarios=("scenarios/first-invoice.yaml",),
    ),
    Entry(
        id="E2",
        title="Get payment",
        judge=_called("getPayment"),
        shown_when="a payment was read",
        broken_when=None,
        how_to_show="GET /epayment/v1/payments/{reference}",
        scenarios=("scenarios/first-invoice.yaml",),
    ),
    Entry(
        id="E3",
        title="Get the event log",
        judge=_called("getPaymentEventLog"),
        shown_when="a payment's events were read",
        broken_when=None,
        how_to_show="GET /epayment/v1/payments/{reference}/events",
        scenarios=("scenarios/first-invoice.yaml",),
    ),
    Entry(
        id="E4",
        title="Cancel, before and after approval",
        judge=_cancel,
        shown_when="one payment was cancelled before its approval, and a reservation was released after",
        broken_when=None,
        how_to_show="Cancel one payment that waits, and another that is approved.",
        scenarios=("scenarios/webhooks/called-off.yaml", "scenarios/variants/reservation-cancelled.yaml"),
    ),
    Entry(
        id="E5",
        title="Capture, full and partial",
        judge=_capture,
        shown_when="one capture took all that was approved, another took a part",
        broken_when=None,
        how_to_show="Capture one payment at once, and another in parts.",
        scenarios=("scenarios/first-invoice.yaml", "scenarios/money/captured-in-parts.yaml"),
    ),
    Entry(
        id="E6",
        title="Refund, full and partial",
        judge=_refund,
        shown_when="one refund gave back all that was captured, another a part",
        broken_when=None,
        how_to_show="Refund one captured payment at once, and another in part.",
        scenarios=("scenarios/variants/credit-note.yaml",),
    ),
    Entry(
        id="O1",
        title="Upload an image",
        judge=_called("post-image"),
        shown_when="an image was uploaded",
        broken_when=None,
        how_to_show="POST /order-management/v1/images",
        scenarios=("scenarios/orders/with-picture.yaml",),
        is_recommended=True,
    ),
    Entry(
        id="O2",
        title="Attach a category",
        judge=_called("put-category-v2", "post-category-v3"),
        shown_when="an order was given a category",
        broken_when=None,
        how_to_show="PUT /order-management/v2/ecom/categories/{reference}",
        scenarios=("scenarios/orders/category-before-payment.yaml",),
        is_recommended=True,
    ),
    Entry(
        id="O3",
        title="Attach a receipt",
        judge=_receipt,
        shown_when="an order was given a receipt, or a payment was created with one",
        broken_when=None,
        how_to_show="POST /order-management/v2/ecom/receipts/{reference}",
        scenarios=("scenarios/orders/receipt-once.yaml",),
        is_recommended=True,
    ),
    Entry(
        id="O4",
        title="Get an order",
        judge=_called("get-order-v2"),
        shown_when="an order was read",
        broken_when=None,
        how_to_show="GET /order-management/v2/ecom/{reference}",
        scenarios=("scenarios/orders/with-picture.yaml",),
        is_recommended=True,
    ),
)
