"""The list's third part: whether an integration asks what has become of a payment, how often, and to which end.

Source: Vipps MobilePay's ePayment checklist and polling guidelines.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from sandbox.checklist.findings import broken, by_call, by_fact, first, not_seen, number_of, shown, shown_or_not
from sandbox.checklist.model import Entry, Evidence, Finding
from sandbox.checklist.story import READS, Call, Story
from sandbox.checklist.webhooks import OUTCOMES
from sandbox.domain import facts
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import EventName
from sandbox.domain.payments import Payment

__all__ = ["ENTRIES"]

_ENDS: Final = (
    facts.PaymentAuthorized,
    facts.PaymentAborted,
    facts.PaymentExpired,
    facts.PaymentTerminated,
)
_HURRIED: Final = timedelta(seconds=1)
_HURRIED_OFTEN: Final = 5
_HURRIED_FOR_SURE: Final = 600  # more than any `sleep` explains that does nothing: ten minutes, asked every second
_RESTLESS: Final = timedelta(seconds=10)
_RESTLESS_OFTEN: Final = 30
_PACED_READS: Final = 3


def _polls_too(story: Story) -> Finding:
    asked: list[Evidence] = []
    trusted: list[Evidence] = []
    unasked: list[Evidence] = []
    for payment in story.fully_known:
        approved = first(payment, facts.PaymentAuthorized)
        captures = story.about(payment.reference, "capturePayment")
        if approved is None:
            trusted += [
                by_call(call, "A capture was tried of what nobody had approved.")
                for call in captures
                if call.code is not None and story.fault_of(call) is None
            ][:1]
            continue
        capture = first(payment, facts.PaymentCaptured)
        if capture is None or not captures:
            continue
        since, until = story.place_of(approved), story.place_of(capture)
        reads = [call for call in story.asked_after(payment, approved) if call.place < until]
        forced = [call for call in story.about(payment.reference, "forceApprove") if call.place < since]
        if reads:
            asked.append(by_call(reads[0], "It was asked for after its approval and before its capture."))
        elif not any(call.succeeded for call in forced):
            found = by_fact(story, capture, "It was captured without a GET since its approval.")
            # A webhook of the approval may have led the app to it; else a test alone may have, which knows by itself.
            (trusted if story.was_told(payment, EventName.AUTHORIZED, before=until) else unasked).append(found)
    if trusted or unasked:
        return broken(
            "The app captured without asking the API what has become of the payment. That a customer comes to the "
            "returnUrl, or that a webhook comes, proves nothing: GET the payment first.",
            [*trusted, *unasked],
            is_omission=not trusted,
        )
    return shown_or_not(
        asked,
        f"{number_of(len(asked), 'payment')} read between approval and capture.",
        "No payment was read between its approval and its first capture.",
    )


def _polling_pace(story: Story) -> Finding:
    hurried: list[Evidence] = []
    perhaps: list[Evidence] = []
    paced: list[Evidence] = []
    by_hand = 0
    for payment in story.payments:
        waiting, ended = _reads_of(story, payment)
        gaps = [story.between(earlier, later) for earlier, later in pairwise(waiting)]
        known = [gap for gap in gaps if gap is not None]
        hurry = _hurry(story, payment, waiting, ended)
        if hurry is not None:
            hurried.append(hurry)
        elif _closer_than(_HURRIED, story, waiting) > _HURRIED_OFTEN:
            perhaps.append(_in_haste(story, waiting))
        elif len(known) >= _PACED_READS - 1 and min(known) >= _HURRIED:
            paced.append(
                by_call(waiting[-1], f"{len(waiting)} reads, {min(known).total_seconds():g} s apart or more.")
            )
        by_hand += None in gaps
    if hurried:
        return broken(
            "The app polls too fast, or for ever: wait five seconds, then ask every two seconds until the payment "
            "has come to its end. Production answers 429 beyond 120 reads of one payment a minute.",
            hurried,
        )
    if perhaps and not paced:
        return not_seen(
            "A payment was polled without a pause. In a test that replaces the app's sleep by nothing that says "
            "nothing of its pace; have such a test move the sales unit's clock instead.",
            perhaps,
        )
    otherwise = "No payment was polled while it waited."
    if by_hand:
        otherwise = "The clock stood still or was moved between the reads, so that their pace cannot be told."
    return shown_or_not(paced, "Payments were polled at a quiet pace.", otherwise)


def _hurry(story: Story, payment: Payment, waiting: Sequence[Call], ended: Sequence[Call]) -> Evidence | None:
    """Return what shows that a payment was read too often; None if it was not."""
    limited = [
        call for call in story.about(payment.reference, *READS) if call.status == 429 and story.fault_of(call) is None
    ]
    if limited:
        return by_call(limited[0], f"{len(limited)} reads were beyond the rate limit and answered 429.")
    if _closer_than(_HURRIED, story, waiting) > (_HURRIED_FOR_SURE if story.is_of_test else _HURRIED_OFTEN):
        return _in_haste(story, waiting)
    if _closer_than(_RESTLESS, story, ended) >= _RESTLESS_OFTEN:
        return by_call(ended[-1], f"It had ended, and was read {len(ended)} times more.")
    return None


def _in_haste(story: Story, reads: Sequence[Call]) -> Evidence:
    quick = _closer_than(_HURRIED, story, reads)
    return by_call(reads[-1], f"{quick} of {len(reads) - 1} intervals were below a second.")


def _closer_than(least: timedelta, story: Story, calls: Sequence[Call]) -> int:
    """Return how many calls came sooner than *least* after the one before, by a clock that ran."""
    gaps = (story.between(earlier, later) for earlier, later in pairwise(calls))
    return sum(gap is not None and gap < least for gap in gaps)


def _reads_of(story: Story, payment: Payment) -> tuple[list[Call], list[Call]]:
    """Return the reads of a payment while nobody had answered it, and after it had come to nothing."""
    end = next((fact for fact in payment.facts if isinstance(fact, _ENDS)), None)
    until = len(story.facts) + 1 if end is None else story.place_of(end)
    reads = [call for call in story.about(payment.reference, "getPayment") if call.succeeded]
    waiting = [call for call in reads if call.place < until]
    is_approved = isinstance(end, facts.PaymentAuthorized)
    return waiting, [] if is_approved else reads[len(waiting) :]


def _every_outcome(story: Story) -> Finding:
    met: dict[EventName, Evidence] = {}
    for payment in story.payments:
        for fact in payment.facts:
            name = EVENT_NAMES.get(type(fact))
            if name in OUTCOMES and name not in met and story.was_learnt(payment, fact):
                met[name] = by_fact(story, fact, f"It became {name}, and the app learnt of it.")
    missing = [name for name in OUTCOMES if name not in met]
    if missing:
        return not_seen(f"Not met, or not followed up: {', '.join(missing)}.", met.values(), missing)
    return shown("All four have been met and followed up.", met.values())


ENTRIES: Final = (
    Entry(
        id="Q1",
        title="The payment is asked for before goods are given",
        judge=_polls_too,
        shown_when="a payment was read after its approval and before its first capture",
        broken_when="one was captured without that, or a capture was tried of what nobody had approved; a payment "
        "that the app approved itself by the test API is not held against it",
        how_to_show="GET the payment when the customer comes back or a webhook comes, then capture.",
        scenarios=("scenarios/first-invoice.yaml",),
    ),
    Entry(
        id="Q2",
        title="Polling is unhurried: after five seconds, then every two",
        judge=_polling_pace,
        shown_when="a payment that waited was read three times, a second or more apart by a clock that ran",
        broken_when="more than five intervals were below a second (in a test's sales unit, where `sleep` may do "
        "nothing, more than 600), reads were answered 429, or a payment that had come to nothing was read for ever",
        how_to_show="Poll a payment that nobody answers, by a clock that runs and is not moved.",
        scenarios=("scenarios/first-invoice/not-answered.yaml",),
    ),
    Entry(
        id="Q3",
        title="Every outcome is handled",
        judge=_every_outcome,
        shown_when="AUTHORIZED, ABORTED, EXPIRED and TERMINATED have been met, and followed by a GET, a webhook that "
        "was taken, or the app's own act",
        broken_when=None,
        how_to_show="Let a customer approve one payment and reject another, let one expire, and cancel one.",
        scenarios=(
            "scenarios/first-invoice.yaml",
            "scenarios/first-invoice/rejected.yaml",
            "scenarios/first-invoice/not-answered.yaml",
            "scenarios/webhooks/called-off.yaml",
        ),
    ),
)
