"""The list's last part: references, time-outs, reserved money and secrets.

Source: Vipps MobilePay's ePayment checklist and its pages on references, redirects and captures.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import unquote

from sandbox.api.gateway.masking import masked_query
from sandbox.checklist.findings import (
    broken,
    by_call,
    by_fact,
    first,
    in_words,
    not_seen,
    number_of,
    shown,
    shown_or_not,
    to_check,
)
from sandbox.checklist.model import Entry, Evidence, Finding
from sandbox.checklist.story import Call, Story
from sandbox.domain import facts
from sandbox.domain.event_names import EventName
from sandbox.domain.payments import Payment, PaymentState

__all__ = ["ENTRIES"]

_SHORT: Final = 12  # digits
_SHORTEST_SECRET: Final = 8  # characters
_TIME_OUT: Final = timedelta(minutes=10)
_IDLE: Final = timedelta(days=1)


def _references_useful(story: Story) -> Finding:
    taken = [call for call in story.calls if call.code == "4150" and _is_reuse(story, call)]
    if taken:
        return broken(
            "A reference was used again: it is unique for ever, also that of a payment that came to nothing.",
            [by_call(call, "The reference existed already.") for call in taken],
        )
    references = [payment.reference for payment in story.payments]
    bare = [reference for reference in references if reference.isdecimal() and len(reference) <= _SHORT]
    if bare:
        return broken(
            "A reference is a bare number. With a prefix that tells the shop and the order it helps whoever looks.",
            [Evidence(reference=reference, what="A bare number.") for reference in bare],
        )
    named = [by_fact(story, payment.created, "It is no bare number.") for payment in story.payments]
    return shown_or_not(named, f"{number_of(len(named), 'payment')} with one of its own.", "No payment was created.")


def _is_reuse(story: Story, call: Call) -> bool:
    """Tell whether a create named a reference of another order; the retry of a create that was lost does not."""
    if call.operation != "createPayment" or story.fault_of(call) is not None:
        return False
    earlier = [
        other
        for other in story.about(call.reference or "", "createPayment")
        if other.exchange.number < call.exchange.number and other.asked_for == call.asked_for
    ]
    return not any(other.is_in_doubt or story.fault_of(other) for other in earlier)


def _waits_for_timeout(story: Story) -> Finding:
    waited, early = [], []
    for payment in story.payments:
        expired, ended = first(payment, facts.PaymentExpired), first(payment, facts.PaymentTerminated)
        if expired is not None and story.was_learnt(payment, expired):
            waited.append(by_fact(story, expired, "Nobody answered; the app waited, and learnt of it."))
        opened = first(payment, facts.PaymentOpened)
        if ended is not None and opened is None and ended.at - payment.created.at < _TIME_OUT:
            early.append(by_fact(story, ended, "It was cancelled within ten minutes, before anybody looked."))
    if waited:
        return shown("Payments that nobody answered were waited for.", waited)
    says = "No payment that nobody answered was waited for."
    if early:
        says = "Payments were cancelled early; that is right only if the customer asked for it."
    return not_seen(says, early)


def _returns_anywhere(story: Story) -> Finding:
    return to_check("Open the returnUrl in a browser that has no session of the shop: customers come back in any.")


def _captures_or_cancels(story: Story) -> Finding:
    approved = [payment for payment in story.payments if payment.state is PaymentState.AUTHORIZED]
    lost = [
        by_fact(story, lapse, f"The deadline passed, and {in_words(lapse.amount)} that were reserved are gone.")
        for payment in approved
        if (lapse := story.lapse_of(payment)) is not None and _was_known_before(story, payment, lapse)
    ]
    open_ = [payment for payment in approved if payment.capturable]
    has_ended_any = bool(story.made("capturePayment")) or any(payment.captured for payment in approved)
    idle = [payment for payment in open_ if not has_ended_any and _is_idle(story, payment)]
    if lost or idle:
        return broken(
            "Money was reserved and neither captured nor cancelled: the shop is never paid, and the customer's money "
            "is locked until the capture deadline. Capture when the goods are sent, and cancel the rest.",
            [*lost, *(_reserved(payment) for payment in idle)],
            is_omission=True,
        )
    if open_:
        return not_seen(
            f"Money is still reserved, neither captured nor cancelled, for {len(open_)} of {len(approved)} payments.",
            [_reserved(payment) for payment in open_],
        )
    done = [payment for payment in approved if story.lapse_of(payment) is None]
    return shown_or_not(
        [Evidence(reference=payment.reference, what="Captured or released.") for payment in done],
        "Nothing that was reserved is left.",
        "No payment has been approved.",
    )


def _reserved(payment: Payment) -> Evidence:
    until = "" if payment.capture_by is None else f", until {payment.capture_by:%Y-%m-%d %H:%M} UTC"
    return Evidence(
        reference=payment.reference,
        what=f"{in_words(payment.amount_of(payment.capturable))} are still reserved{until}.",
    )


def _was_known_before(story: Story, payment: Payment, lapse: facts.PaymentCancelled) -> bool:
    """Tell whether the app knew of the approval while there was still something to capture."""
    approved = first(payment, facts.PaymentAuthorized)
    if approved is None:
        return False
    until = story.place_of(lapse)
    brought = story.call_of(approved)
    return (
        story.was_told(payment, EventName.AUTHORIZED, before=until)
        or (brought is not None and brought.succeeded)
        or any(call.place < until for call in story.asked_after(payment, approved))
    )


def _is_idle(story: Story, payment: Payment) -> bool:
    """Tell whether the app knows of an approval that is a day old: a sign, if it never captured anything."""
    approved = first(payment, facts.PaymentAuthorized)
    return approved is not None and story.was_learnt(payment, approved) and story.now - approved.at >= _IDLE


def _keys_kept_secret(story: Story) -> Finding:
    leaks = [call for call in story.calls if _leaks(call)]
    if leaks:
        return broken(
            "A key or token was sent in the URL, where logs keep it. Send it in its header only.",
            [by_call(call, "A secret was in its URL.") for call in leaks],
        )
    return to_check(
        "None was seen in a URL. Look into the app's own logs as well, and keep test and production apart."
    )


def _leaks(call: Call) -> bool:
    query = call.exchange.query
    if query and masked_query(query) != query:
        return True  # it goes by the name of a secret
    url = unquote(f"{call.exchange.path}?{query}")
    secrets = [call.header("ocp-apim-subscription-key"), call.header("client_secret")]
    secrets.append((call.header("authorization") or "").partition(" ")[2])
    return any(len(secret) >= _SHORTEST_SECRET and secret in url for secret in secrets if secret)


ENTRIES: Final = (
    Entry(
        id="R1",
        title="References are useful and unique",
        judge=_references_useful,
        shown_when="payments were created, each with a reference of its own that is no bare number",
        broken_when="a create named a reference that another order had (4150), or one of at most twelve digits and "
        "nothing else",
        how_to_show="Create a payment.",
        scenarios=("scenarios/first-invoice.yaml",),
        is_recommended=True,
    ),
    Entry(
        id="R2",
        title="The whole time-out is waited before an order is given up",
        judge=_waits_for_timeout,
        shown_when="a payment expired, and the app learnt of it",
        broken_when=None,
        how_to_show='Let a payment expire: POST /sandbox/units/{msn}/clock/advance {"by": "PT10M"}',
        scenarios=("scenarios/first-invoice/not-answered.yaml",),
        is_recommended=True,
    ),
    Entry(
        id="R3",
        title="returnUrl works without a session",
        judge=_returns_anywhere,
        shown_when="no log can tell",
        broken_when=None,
        how_to_show="Open the returnUrl in a fresh browser.",
    ),
    Entry(
        id="C1",
        title="What is reserved is captured or cancelled",
        judge=_captures_or_cancels,
        shown_when="payments were approved, and nothing of them is still reserved",
        broken_when="a reservation that the app knew of lapsed at its deadline, or the app knows of one for a "
        "day and never captured anything in this sales unit",
        how_to_show="Capture each approved payment, and cancel what is left. To see whether it is ever done: POST "
        '/sandbox/units/{msn}/clock/advance {"by": "P1D"}',
        scenarios=("scenarios/money/partly-captured.yaml", "scenarios/variants/reservation-cancelled.yaml"),
    ),
    Entry(
        id="S1",
        title="Keys are kept out of URLs",
        judge=_keys_kept_secret,
        shown_when="no log can tell",
        broken_when="a key, secret or token was in the path or query of a call",
        how_to_show="Look into the app's own logs.",
    ),
)
