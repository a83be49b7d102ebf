"""The list's third part: how an integration behaves when it asks, when it waits and when something goes wrong.

Source: Vipps MobilePay's ePayment checklist, polling guidelines, and its pages on headers and idempotency.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from sandbox.checklist.findings import broken, by_call, by_fact, first, not_seen, number_of, shown, shown_or_not
from sandbox.checklist.model import Entry, Evidence, Finding
from sandbox.checklist.story import READS, Call, Story
from sandbox.checklist.webhooks import OUTCOMES
from sandbox.domain import facts
from sandbox.domain.commands import Garbles
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import EventName
from sandbox.domain.payments import Payment

__all__ = ["ENTRIES"]

_CHANGES: Final = ("createPayment", "capturePayment", "refundPayment")
_WITH_MSN: Final = frozenset({*_CHANGES, *READS, "cancelPayment", "registerWebhook", "getWebhooks", "deleteWebhook"})
_SYSTEM_HEADERS: Final = (
    "vipps-system-name",
    "vipps-system-version",
    "vipps-system-plugin-name",
    "vipps-system-plugin-version",
)
_LONGEST_KEY: Final = 50  # characters
_KEY_REUSED: Final = frozenset(
    {("createPayment", "4020"), ("capturePayment", "4010"), ("refundPayment", "4150")}  # operation, code
)
_TRY_AGAIN: Final = frozenset({"6160", "6280"})  # codes that ask for it
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
_HAMMERED: Final = 4  # times the same, refused
_ENOUGH_CALLS: Final = 3
_NEEDLESS_TOKENS: Final = 4
_LOG_IN: Final = "fetchAuthorizationTokenUsingPost"
_SURELY_FRESH: Final = timedelta(minutes=30)  # half a token's life in the test environment


# --- Asking ---------------------------------------------------------------------------------------------


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
            (trusted if _was_told_before(story, payment, until) else unasked).append(found)
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


def _was_told_before(story: Story, payment: Payment, place: int) -> bool:
    """Tell whether a webhook of the approval may have led the app to what it did, rather than a test's own call."""
    return any(
        attempt.succeeded and attempt.event is EventName.AUTHORIZED and story.place_of(attempt) <= place
        for attempt in story.attempts(payment.reference)
    )


def _polling_pace(story: Story) -> Finding:
    hurried: list[Evidence] = []
    perhaps: list[Evidence] = []
    paced: list[Evidence] = []
    by_hand = 0
    for payment in story.payments:
        waiting, ended = _reads_of(story, payment)
        gaps = [story.between(earlier, later) for earlier, later in pairwise(waiting)]
        quick = [gap for gap in gaps if gap is not None and gap < _HURRIED]
        restless = [
            gap
            for earlier, later in pairwise(ended)
            if (gap := story.between(earlier, later)) is not None and gap < _RESTLESS
        ]
        limited = [
            call
            for call in story.about(payment.reference, *READS)
            if call.status == 429 and story.fault_of(call) is None
        ]
        if limited:
            hurried.append(by_call(limited[0], f"{len(limited)} reads were beyond the rate limit and answered 429."))
        elif len(quick) > (_HURRIED_FOR_SURE if story.is_of_test else _HURRIED_OFTEN):
            hurried.append(by_call(waiting[-1], f"{len(quick)} of {len(gaps)} intervals were below a second."))
        elif len(restless) >= _RESTLESS_OFTEN:
            hurried.append(by_call(ended[-1], f"It had ended, and was read {len(ended)} times more."))
        elif len(quick) > _HURRIED_OFTEN:
            perhaps.append(by_call(waiting[-1], f"{len(quick)} of {len(gaps)} intervals were below a second."))
        elif not quick and len([gap for gap in gaps if gap is not None]) >= _PACED_READS - 1:
            known = [gap for gap in gaps if gap is not None]
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


# --- When something goes wrong --------------------------------------------------------------------------


def _errors_handled(story: Story) -> Finding:
    retried: list[Evidence] = []
    doubled: list[Evidence] = []
    hammered: list[Evidence] = []
    for calls in _alike(story):
        for call, later in pairwise(calls):
            what = "no answer" if call.status == 0 else f"the answer {call.status}"
            if not _was_lost(story, call) and call.status != 429:
                continue
            if call.key == later.key and call.key is not None:
                retried.append(by_call(later, f"It was sent again with the same key after {what}."))
            elif call.status != 429 and call.key is not None and not _asked_between(story, call, later):
                doubled.append(by_call(later, f"It was sent again with another key after {what}."))
        refused = [
            call
            for call in calls
            if call.status in {400, 403, 422} and call.code not in _TRY_AGAIN and story.fault_of(call) is None
        ]
        if len(refused) >= _HAMMERED:
            hammered.append(
                by_call(
                    refused[-1], f"It was sent {len(refused)} times, and each time answered {refused[-1].status}."
                )
            )
    if doubled:
        return broken(
            "After an answer that was lost or failed, the app tried again with another Idempotency-Key, and did not "
            "ask what had come of the first try: what had been done already is done twice. Keep the key and the body "
            "until there is an answer.",
            doubled,
        )
    if hammered:
        return broken("What was refused was sent again unchanged, and again. Tell whoever runs the shop.", hammered)
    return shown_or_not(
        retried, "What failed was sent again with the same key.", "Nothing has failed and been sent again."
    )


def _alike(story: Story) -> Iterator[Sequence[Call]]:
    """Give the calls that asked for the same change, whatever their keys; oldest first."""
    found: dict[tuple[object, ...], list[Call]] = {}
    for call in story.calls:
        if call.operation in _CHANGES:
            found.setdefault(call.asked_for, []).append(call)
    return (calls for calls in found.values() if len(calls) > 1)


def _was_lost(story: Story, call: Call) -> bool:
    """Tell whether the app cannot know from the answer what came of a call."""
    return call.status == 0 or call.status >= 500 or isinstance(story.fault_of(call), Garbles)


def _asked_between(story: Story, call: Call, later: Call) -> bool:
    """Tell whether the app looked what had come of a call before it made another; 404 is an answer as well."""
    return any(
        call.exchange.number < read.exchange.number < later.exchange.number and 0 < read.status < 500
        for read in story.about(call.reference or "", *READS)
    )


def _keys_unique(story: Story) -> Finding:
    calls = [call for call in story.calls if call.operation in _CHANGES]
    wrong = [
        by_call(call, "The key had come before with other content.")
        for call in calls
        if call.status == 409 and (call.operation, call.code) in _KEY_REUSED and story.fault_of(call) is None
    ]
    wrong += [by_call(call, "There was no key.") for call in calls if not call.key]
    wrong += [by_call(call, "The key was too long.") for call in calls if len(call.key or "") > _LONGEST_KEY]
    if wrong:
        return broken(
            "A key came again with other content, was left out, or was too long. Make one for each operation, of at "
            f"most {_LONGEST_KEY} characters, and keep it for its retries.",
            wrong,
        )
    good = [by_call(call, "It had a key of its own.") for call in calls if call.succeeded]
    return shown_or_not(
        good, f"{number_of(len(good), 'operation')} with a key.", "Nothing was created, captured or refunded."
    )


# --- Headers and tokens ---------------------------------------------------------------------------------


def _system_headers(story: Story) -> Finding:
    calls = [call for call in story.calls if call.operation in _WITH_MSN]
    complete = [call for call in calls if all(call.header(name) for name in _SYSTEM_HEADERS)]
    if not complete:
        sent = [name for name in _SYSTEM_HEADERS if any(call.header(name) for call in calls)]
        return not_seen(f"Sent were only {', '.join(sent)}." if sent else "No call has had them.")
    agents = {call.header("user-agent") for call in complete}
    # A call by another program, such as curl in somebody's hand, says nothing about the app.
    lacking = [call for call in calls if call.header("user-agent") in agents and call not in complete]
    if lacking:
        return broken(
            "Some of the app's calls have them and others have not. Send them with every call.",
            [by_call(call, f"{call.operation} lacked some of them.") for call in lacking],
        )
    return shown(
        f"{number_of(len(complete), 'call')} with all four.", [by_call(complete[-1], "All four were there.")]
    )


def _msn_sent(story: Story) -> Finding:
    calls = [call for call in story.calls if call.operation in _WITH_MSN]
    lacking = [call for call in calls if not call.header("merchant-serial-number")]
    if lacking:
        return broken(
            "It was left out. A sales unit's own credentials tell which it is; a partner's do not.",
            [by_call(call, f"{call.operation} lacked it.") for call in lacking],
        )
    return shown_or_not(
        [by_call(call, "It was there.") for call in calls[-1:]],
        f"{number_of(len(calls), 'call')} with it.",
        "There was no call.",
    )


def _tokens_reused(story: Story) -> Finding:
    calls = [call for call in story.calls if call.header("authorization") and call.operation]
    known: set[str | None] = set()
    needless: list[Call] = []
    first_with: Call | None = None  # the first call with the newest token
    for call, before in zip(calls, [None, *calls], strict=False):
        if call.header("authorization") in known:
            continue
        known.add(call.header("authorization"))
        is_fresh = first_with is not None and abs(call.exchange.at - first_with.exchange.at) < _SURELY_FRESH
        if is_fresh and before is not None and before.status != 401:
            needless.append(call)
        first_with = call
    needless = needless[: _asked_later(story, calls)]
    counts = f"{number_of(len(calls), 'call')} with {number_of(len(known), 'token')}"
    if len(needless) >= _NEEDLESS_TOKENS and 2 * len(known) > len(calls):
        return broken(
            f"{counts}. A token lives an hour in test, a day in production: keep it, "
            "and ask for a new one when it expires or a call is answered 401.",
            [by_call(call, "It came with another token, though the one before was fresh.") for call in needless],
        )
    if len(calls) < _ENOUGH_CALLS or 2 * len(known) > len(calls):
        return not_seen(f"{counts}: too few to tell.")
    return shown(
        f"{counts}.",
        [by_call(calls[-1], "The last call.")],
    )


def _asked_later(story: Story, calls: Sequence[Call]) -> int | None:
    """Return how many tokens were asked for once there was one in use; None if no such call is known.

    An app that begins with several calls at once asks for a token with each: none of them was there to be kept.
    """
    asked = [call for call in story.calls if call.operation == _LOG_IN]
    if not asked:
        return None  # they named no sales unit, and are in no log
    return sum(call.exchange.number > calls[0].exchange.number for call in asked) if calls else 0


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
    Entry(
        id="Q4",
        title="Errors are handled: the same key for the same thing",
        judge=_errors_handled,
        shown_when="after a lost answer, a 5xx or a 429 the same call came again with the same key",
        broken_when="after a lost or failed answer it came again with another key and without a GET in between, or "
        "what was refused came four times unchanged",
        how_to_show='POST /sandbox/units/{msn}/faults {"match": {"operation": "capturePayment"}, '
        '"then": {"drop": "after"}}, then capture',
        scenarios=("scenarios/network/capture-answer-lost.yaml", "scenarios/network/server-trouble.yaml"),
    ),
    Entry(
        id="Q5",
        title="The Idempotency-Key is unique for each operation",
        judge=_keys_unique,
        shown_when="payments were created, captured or refunded, each with a key",
        broken_when="a key came again with other content, was missing, or had more than 50 characters",
        how_to_show="Create, capture and refund a payment.",
        scenarios=("scenarios/retries/capture-again.yaml",),
    ),
    Entry(
        id="Q6",
        title="The Vipps-System headers are sent (partners and platforms must)",
        judge=_system_headers,
        shown_when="every call had all four",
        broken_when="calls of one User-Agent have them sometimes",
        how_to_show="Send Vipps-System-Name, Vipps-System-Version, Vipps-System-Plugin-Name and "
        "Vipps-System-Plugin-Version with every call.",
        is_recommended=True,
    ),
    Entry(
        id="Q7",
        title="Merchant-Serial-Number is sent with every call",
        judge=_msn_sent,
        shown_when="every call had it",
        broken_when="a call of ePayment or Webhooks had not",
        how_to_show="Create a payment with the header Merchant-Serial-Number.",
        scenarios=("scenarios/first-invoice.yaml",),
    ),
    Entry(
        id="Q8",
        title="The access token is used until it expires",
        judge=_tokens_reused,
        shown_when="calls shared tokens",
        broken_when="most calls had a new token, at least four of them though the one before was fresh by the unit's "
        "clock and had not been refused; tokens that were asked for before one was in use do not count",
        how_to_show="Run a whole flow with one token.",
        scenarios=("scenarios/time/token-expires.yaml",),
    ),
)
