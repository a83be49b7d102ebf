"""Fill in the checklist: one function an item, each from what the app did to a verdict with its evidence.

An item is broken only where the app did something that production, or a customer, would suffer from; what it has not
done yet is not seen yet. Source: Vipps MobilePay's ePayment and Order Management checklists and polling guidelines.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import islice, pairwise
from typing import Final, TypeVar

from sandbox.checklist.model import Evidence, Item, Verdict
from sandbox.checklist.story import Call, Story
from sandbox.domain import facts
from sandbox.domain.commands import UserFlow
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import EventName, event_type
from sandbox.domain.facts import Fact, PaymentFact
from sandbox.domain.payments import Payment, PaymentState

__all__ = ["checklist"]

F = TypeVar("F", bound=Fact)

_EVIDENCE_AT_MOST: Final = 3
_SHORTEST_SECRET: Final = 8
_CHANGES: Final = ("createPayment", "capturePayment", "refundPayment")
_READS: Final = ("getPayment", "getPaymentEventLog")
_WITH_MSN: Final = frozenset({*_CHANGES, *_READS, "cancelPayment", "registerWebhook", "getWebhooks", "deleteWebhook"})
_OUTCOMES: Final = {
    PaymentState.AUTHORIZED: EventName.AUTHORIZED,
    PaymentState.ABORTED: EventName.ABORTED,
    PaymentState.EXPIRED: EventName.EXPIRED,
    PaymentState.TERMINATED: EventName.TERMINATED,
}
_SYSTEM_HEADERS: Final = (
    "vipps-system-name",
    "vipps-system-version",
    "vipps-system-plugin-name",
    "vipps-system-plugin-version",
)
_LEARNT: Final = 5  # calls after a webhook in which an app that trusts it would act
_HAMMERED: Final = 3
_TOO_MANY_TOKENS: Final = 3
_FORGOTTEN: Final = timedelta(days=7)
_PACE: Final = timedelta(seconds=1)
_TIME_OUT: Final = timedelta(minutes=10)


def checklist(story: Story) -> list[Item]:
    """Return all items, in the order of Vipps's own list."""
    return [make(story) for make in _ITEMS]


# --- The operations -------------------------------------------------------------------------------------


def _called(
    id_: str, title: str, scenario: str, *operations: str, is_recommended: bool = False
) -> Callable[[Story], Item]:
    """Return an item that one successful call shows."""

    def make(story: Story) -> Item:
        calls = story.made(*operations)
        return _shown_or_not(
            id_,
            title,
            [_by_call(call, f"{call.operation} was answered {call.status}.") for call in calls],
            scenario,
            is_recommended=is_recommended,
        )

    return make


def _cancel(story: Story) -> Item:
    cancels = {call.reference for call in story.made("cancelPayment")}
    before = [_by_fact(fact, "It was cancelled before approval.") for fact in _facts(story, facts.PaymentTerminated)]
    after = [
        _by_fact(fact, "What was reserved was released.")
        for fact in _facts(story, facts.PaymentCancelled)
        if fact.reference in cancels
    ]
    return _both(
        "E4", "Cancel, before and after approval", ("before approval", before), ("after approval", after), "cancel"
    )


def _capture(story: Story) -> Item:
    full: list[Evidence] = []
    part: list[Evidence] = []
    for fact in _facts(story, facts.PaymentCaptured):
        whole = story.state.payments[fact.reference].authorized == fact.amount.value
        (full if whole else part).append(_by_fact(fact, f"{fact.amount} were captured."))
    return _both("E5", "Capture, full and partial", ("a full capture", full), ("a partial capture", part), "capture")


def _refund(story: Story) -> Item:
    full: list[Evidence] = []
    part: list[Evidence] = []
    for fact in _facts(story, facts.PaymentRefunded):
        whole = story.state.payments[fact.reference].captured == fact.amount.value
        (full if whole else part).append(_by_fact(fact, f"{fact.amount} were refunded."))
    return _both("E6", "Refund, full and partial", ("a full refund", full), ("a partial refund", part), "refund")


# --- Webhooks -------------------------------------------------------------------------------------------


def _webhooks_registered(story: Story) -> Item:
    id_, title = "W1", "Webhooks are registered for every outcome"
    told = {event for known in _registrations(story) for event in known.events}
    unheard = [
        (payment, fact)
        for payment in story.state.payments.values()
        for fact in payment.facts
        if EVENT_NAMES.get(type(fact)) in _OUTCOMES.values()
        and event_type(EVENT_NAMES[type(fact)]) not in told
        and not story.was_followed_up(payment, fact)
        and not _was_cancelled_by_app(story, payment, fact)
    ]
    if unheard:
        return _broken(
            id_,
            title,
            "A payment ended and the app could not know: no webhook was registered for it, and nobody asked. "
            "Register for authorized, aborted, expired and terminated, and ask for the payment as well.",
            [_by_fact(fact, f"It became {payment.state}, unheard.") for payment, fact in unheard],
        )
    missing = [name for name in _OUTCOMES.values() if event_type(name) not in told]
    if missing:
        says = f"No webhook has been registered for {', '.join(missing)}."
        return _not_seen(id_, title, says, "POST /webhooks/v1/webhooks with the events of all four outcomes.")
    registered = [
        Evidence(what=f"{known.url} is told of {len(known.events)} types of events.")
        for known in _registrations(story)
    ]
    return _shown(id_, title, "All four outcomes are covered.", registered)


def _webhooks_answered(story: Story) -> Item:
    id_, title = "W2", "Webhooks are answered with 2xx within ten seconds"
    genuine = [attempt for attempt in story.attempts() if not attempt.wrong_signature]
    failed = [attempt for attempt in genuine if not attempt.succeeded]
    if failed:
        return _broken(
            id_,
            title,
            "The app answered with an error, too late, or not at all. Answer 2xx first, then do the work.",
            [_by_attempt(attempt, attempt.error or f"It answered {attempt.status}.") for attempt in failed],
        )
    if not genuine:
        return _not_seen(id_, title, "No webhook has been sent.", "Register a webhook and create a payment.")
    return _shown(id_, title, f"All {len(genuine)} were.", [_by_attempt(one, f"{one.status}.") for one in genuine])


def _signature_checked(story: Story) -> Item:
    id_, title = "W3", "The signature of webhooks is checked"
    forged = [attempt for attempt in story.attempts() if attempt.wrong_signature]
    if not forged:
        return _not_seen(
            id_,
            title,
            "The app has not been sent a webhook with a wrong signature.",
            'POST /sandbox/units/{msn}/webhooks/deliveries/{id}/redeliver {"wrongSignature": true}',
        )
    fooled = [attempt for attempt in forged if _acted_upon(story, attempt)]
    if fooled:
        return _broken(
            id_,
            title,
            "The app acted on a webhook whose signature is wrong: anybody could send it that. Check the signature, "
            "and take a webhook only for a hint to ask for the payment.",
            [_by_attempt(attempt, "It was followed by a change of the payment.") for attempt in fooled],
        )
    return _shown(id_, title, "A wrong one had no effect.", [_by_attempt(one, "Nothing followed.") for one in forged])


def _duplicates_survived(story: Story) -> Item:
    id_, title = "W4", "Webhooks that come twice, or in wrong order, do no harm"
    taken: dict[str, list[facts.WebhookAttempted]] = {}
    for attempt in story.attempts():
        if not attempt.wrong_signature:
            taken.setdefault(attempt.delivery_id, []).append(attempt)
    twice = [tries for tries in taken.values() if len([one for one in tries if one.succeeded]) > 1]
    harmed = [tries[-1] for tries in twice if _captured_again(story, tries)]
    if harmed:
        return _broken(
            id_,
            title,
            "After a webhook had come twice, the app captured twice. Deduplicate by reference and name, and use one "
            "Idempotency-Key for one capture.",
            [_by_attempt(attempt, "It was captured again.") for attempt in harmed],
        )
    if not twice:
        how = 'POST /sandbox/units/{msn}/webhooks/hold, then …/release {"copies": 2, "order": "newest first"}'
        return _not_seen(id_, title, "No webhook has been delivered twice.", how)
    return _shown(
        id_, title, "Nothing was done twice.", [_by_attempt(tries[-1], "It came again.") for tries in twice]
    )


# --- Quality --------------------------------------------------------------------------------------------


def _polls_too(story: Story) -> Item:
    id_, title = "Q1", "The payment is asked for before goods are given"
    asked, trusted = [], []
    for payment in story.state.payments.values():
        approved = _first(payment, facts.PaymentAuthorized)
        capture = _first(payment, facts.PaymentCaptured)
        if approved is None or capture is None:
            continue
        since, until = story.place_of(approved), story.place_of(capture)
        reads = [call for call in story.about(payment.reference, *_READS) if since <= call.place < until]
        if reads:
            asked.append(_by_call(reads[0], "It was asked for after approval and before capture."))
        elif story.about(payment.reference, "capturePayment"):
            trusted.append(_by_fact(capture, "It was captured without having been asked for since its approval."))
    if trusted:
        return _broken(
            id_,
            title,
            "The app captured without asking the API what has become of the payment. That a customer comes to the "
            "returnUrl, or a webhook comes, proves nothing: GET the payment first.",
            trusted,
        )
    return _shown_or_not(id_, title, asked, "GET the payment between its approval and the first capture.")


def _polling_pace(story: Story) -> Item:
    id_, title = "Q2", "Polling is unhurried: after five seconds, then every two"
    if any(isinstance(fact, facts.ClockSet) for fact in story.facts):
        says = "The clock was moved, so the pace cannot be told."
        return Item(id=id_, title=title, verdict=Verdict.TO_CHECK, says=says)
    fast, paced = [], []
    for reference in story.state.payments:
        reads = story.about(reference, "getPayment")
        gaps = [later.exchange.at - earlier.exchange.at for earlier, later in pairwise(reads)]
        hurried = sum(gap < _PACE for gap in gaps)
        if hurried > _LEARNT:
            fast.append(_by_call(reads[-1], f"{hurried} of {len(gaps)} intervals were below a second."))
        elif len(gaps) > 1:
            paced.append(_by_call(reads[-1], f"Asked for {len(reads)} times."))
    if fast:
        says = "The app polls faster than once a second; production limits reads of one payment to 120 a minute."
        return _broken(id_, title, says, fast)
    return _shown_or_not(id_, title, paced, "Poll a payment that nobody answers.")


def _every_outcome(story: Story) -> Item:
    id_, title = "Q3", "Every outcome is handled"
    met: dict[PaymentState, Evidence] = {}
    for payment in story.state.payments.values():
        for fact in payment.facts:
            outcome = next((state for state, name in _OUTCOMES.items() if EVENT_NAMES.get(type(fact)) is name), None)
            heard = outcome is not None and (
                story.was_followed_up(payment, fact) or _was_cancelled_by_app(story, payment, fact)
            )
            if outcome is not None and heard:
                met.setdefault(outcome, _by_fact(fact, f"It became {outcome}, and the app learnt of it."))
    missing = [state for state in _OUTCOMES if state not in met]
    if missing:
        says = f"Not met, or not followed up: {', '.join(missing)}."
        return _not_seen(
            id_, title, says, "vipps-sandbox play scenarios, with your app as the merchant", met.values()
        )
    return _shown(id_, title, "All four have been met and followed up.", list(met.values()))


def _errors_handled(story: Story) -> Item:
    id_, title = "Q4", "Errors are handled: the same key for the same thing"
    retried, doubled, hammered = [], [], []
    for place, call in enumerate(story.calls):
        if call.operation not in _CHANGES:
            continue
        later = [other for other in story.calls[place + 1 :] if other.is_same_as(call)]
        key = call.header("idempotency-key")
        if call.status in {0, 429} or call.status >= 500:
            if later and later[0].header("idempotency-key") == key:
                retried.append(
                    _by_call(later[0], f"It was retried with the same key after {call.status or 'no answer'}.")
                )
            elif later:
                doubled.append(
                    _by_call(later[0], f"It was retried with a new key after {call.status or 'no answer'}.")
                )
        elif call.status in {400, 403, 422}:
            again = [other for other in later if other.status == call.status]
            if len(again) >= _HAMMERED:
                hammered.append(
                    _by_call(again[-1], f"It was sent {len(again) + 1} times, each answered {call.status}.")
                )
    if doubled:
        return _broken(
            id_,
            title,
            "After an answer that was lost or failed, the app tried again with a new Idempotency-Key: what had been "
            "done already is done twice. Keep the key, and the body, until there is an answer.",
            doubled,
        )
    if hammered:
        return _broken(
            id_, title, "What was refused was sent again unchanged, and again. Look at the code first.", hammered
        )
    how = 'POST /sandbox/units/{msn}/faults {"match": {"operation": "capturePayment"}, "then": {"drop": "after"}}'
    return _shown_or_not(id_, title, retried, how)


def _keys_unique(story: Story) -> Item:
    id_, title = "Q5", "The Idempotency-Key is unique for each operation"
    calls = [call for call in story.calls if call.operation in _CHANGES]
    reused = [call for call in calls if call.status == 409 and call.code in {"4010", "4020"}]
    reused += [call for call in calls if call.operation == "refundPayment" and call.code == "4150"]
    missing = [call for call in calls if not call.header("idempotency-key")]
    if reused or missing:
        return _broken(
            id_,
            title,
            "A key came again with other content, or was left out. Make one for each operation, of at most 50 "
            "characters.",
            [_by_call(call, "The key was used before.") for call in reused]
            + [_by_call(call, "There was no key.") for call in missing],
        )
    good = [_by_call(call, "It had a key of its own.") for call in calls if call.succeeded]
    return _shown_or_not(id_, title, good, "Create, capture and refund a payment.")


def _system_headers(story: Story) -> Item:
    id_, title = "Q6", "The Vipps-System headers are sent (partners and platforms must)"
    calls = [call for call in story.calls if call.operation in _WITH_MSN]
    lacking = [call for call in calls if not all(call.header(name) for name in _SYSTEM_HEADERS)]
    if not calls or len(lacking) == len(calls):
        how = "Send Vipps-System-Name, -Version, Vipps-System-Plugin-Name and -Version with every call."
        return _not_seen(id_, title, "No call has had them all.", how)
    if lacking:
        says = "Some calls have them and others have not. Send them with every call."
        return _broken(id_, title, says, [_by_call(call, "Some were missing.") for call in lacking])
    return _shown(id_, title, "Every call had them.", [_by_call(calls[-1], "All four were there.")])


def _msn_sent(story: Story) -> Item:
    id_, title = "Q7", "Merchant-Serial-Number is sent with every call"
    calls = [call for call in story.calls if call.operation in _WITH_MSN]
    lacking = [call for call in calls if not call.header("merchant-serial-number")]
    if lacking:
        says = "It was left out. The credentials may tell the sales unit; a partner's do not."
        return _broken(id_, title, says, [_by_call(call, "It was missing.") for call in lacking])
    return _shown_or_not(id_, title, [_by_call(call, "It was there.") for call in calls], "Create a payment.")


def _tokens_reused(story: Story) -> Item:
    id_, title = "Q8", "The access token is used until it expires"
    calls = [call for call in story.calls if call.header("authorization")]
    tokens = {call.header("authorization") for call in calls}
    if len(tokens) >= _TOO_MANY_TOKENS and 2 * len(tokens) > len(calls):
        return _broken(
            id_,
            title,
            f"{len(calls)} calls came with {len(tokens)} tokens. A token lives an hour in test, a day in production: "
            "keep it, and ask for a new one when it expires or a call is answered 401.",
            [_by_call(calls[-1], "Another token again.")],
        )
    if len(calls) < _TOO_MANY_TOKENS:
        return _not_seen(id_, title, "Too few calls to tell.", "Run a whole flow.")
    return _shown(
        id_, title, f"{len(calls)} calls came with {len(tokens)} tokens.", [_by_call(calls[-1], "The last call.")]
    )


# --- Recommendations ------------------------------------------------------------------------------------


def _references_useful(story: Story) -> Item:
    id_, title = "R1", "References are useful and unique"
    taken = [call for call in story.calls if call.operation == "createPayment" and call.code == "4150"]
    if taken:
        says = "A reference was used again: it is unique for ever, also that of a payment that came to nothing."
        return _broken(id_, title, says, [_by_call(call, "The reference exists.") for call in taken])
    bare = [reference for reference in story.state.payments if reference.isdigit()]
    if bare:
        says = "A reference is a bare number. With a prefix that tells the shop and the order it helps whoever looks."
        return _broken(id_, title, says, [Evidence(reference=reference, what="A bare number.") for reference in bare])
    named = [Evidence(reference=reference, what="Readable.") for reference in story.state.payments]
    return _shown_or_not(id_, title, named, "Create a payment.", is_recommended=True)


def _waits_for_timeout(story: Story) -> Item:
    id_, title = "R2", "The whole time-out is waited before an order is given up"
    waited, early = [], []
    for payment in story.state.payments.values():
        expired, ended = _first(payment, facts.PaymentExpired), _first(payment, facts.PaymentTerminated)
        if expired is not None and story.was_followed_up(payment, expired):
            waited.append(_by_fact(expired, "The app waited, and learnt that nobody had answered."))
        if ended is not None and _is_unanswered(payment) and ended.at - payment.created.at < _TIME_OUT:
            early.append(_by_fact(ended, "It was cancelled within ten minutes, before anybody looked."))
    if waited:
        return _shown(id_, title, "Payments that nobody answered were waited for.", waited, is_recommended=True)
    says = "Payments were cancelled early; that is right only if the customer asked for it." if early else "Not met."
    return _not_seen(
        id_, title, says, "Let a payment expire: advance the clock by PT10M.", early, is_recommended=True
    )


def _returns_anywhere(story: Story) -> Item:
    says = "Open the returnUrl in a browser that has no session of the shop: customers come back in any."
    return Item(id="R3", title="returnUrl works without a session", verdict=Verdict.TO_CHECK, says=says)


def _captures_or_cancels(story: Story) -> Item:
    id_, title = "C1", "What is reserved is captured or cancelled"
    approved = [payment for payment in story.state.payments.values() if payment.state is PaymentState.AUTHORIZED]
    cancelled_by_app = {call.reference for call in story.made("cancelPayment")}
    lost = [
        payment
        for payment in approved
        if _first(payment, facts.PaymentCancelled) is not None and payment.reference not in cancelled_by_app
    ]
    newest = story.facts[-1].at if story.facts else None
    open_ = [payment for payment in approved if payment.capturable]
    old = [
        payment
        for payment in open_
        if payment.authorized_at is not None and newest is not None and newest - payment.authorized_at > _FORGOTTEN
    ]
    captured_ever = any(call.operation == "capturePayment" for call in story.calls)
    seen = [payment for payment in open_ if _was_seen_approved(story, payment)]
    forgotten = lost or old or ([] if captured_ever else seen)
    if forgotten:
        return _broken(
            id_,
            title,
            "Money was reserved and neither captured nor cancelled: the shop is never paid, and the customer's money "
            "is locked until the capture deadline. Capture when the goods are sent, and cancel the rest.",
            [
                Evidence(
                    reference=payment.reference,
                    what="The deadline passed, and the reservation is gone."
                    if payment in lost
                    else f"{payment.amount_of(payment.capturable)} are reserved still.",
                )
                for payment in forgotten
            ],
        )
    done = [payment for payment in approved if not payment.capturable]
    if not done or open_:
        says = f"{len(open_)} payments are reserved still." if open_ else "No payment has been approved."
        return _not_seen(id_, title, says, "Capture each approved payment, and cancel what is left.")
    return _shown(
        id_,
        title,
        "Nothing that was reserved is left.",
        [Evidence(reference=payment.reference, what="Captured or released.") for payment in done],
    )


def _keys_kept_secret(story: Story) -> Item:
    id_, title = "S1", "Keys are kept out of URLs"
    leaks = [call for call in story.calls if _leaks(call)]
    if leaks:
        says = "A key or token was sent in the URL, where logs keep it. Send it in its header only."
        return _broken(id_, title, says, [_by_call(call, "A secret was in the URL.") for call in leaks])
    says = "None was seen in a URL. Look into the app's own logs as well, and keep test and production apart."
    return Item(id=id_, title=title, verdict=Verdict.TO_CHECK, says=says)


# --- How items are made ---------------------------------------------------------------------------------


def _shown(id_: str, title: str, says: str, evidence: Iterable[Evidence], *, is_recommended: bool = False) -> Item:
    some = tuple(islice(evidence, _EVIDENCE_AT_MOST))
    return Item(id=id_, title=title, verdict=Verdict.SHOWN, says=says, evidence=some, is_recommended=is_recommended)


def _broken(id_: str, title: str, says: str, evidence: Iterable[Evidence]) -> Item:
    some = tuple(islice(evidence, _EVIDENCE_AT_MOST))
    return Item(id=id_, title=title, verdict=Verdict.BROKEN, says=says, evidence=some)


def _not_seen(
    id_: str,
    title: str,
    says: str,
    how_to_show: str,
    evidence: Iterable[Evidence] = (),
    *,
    is_recommended: bool = False,
) -> Item:
    return Item(
        id=id_,
        title=title,
        verdict=Verdict.NOT_SEEN,
        says=says,
        evidence=tuple(islice(evidence, _EVIDENCE_AT_MOST)),
        is_recommended=is_recommended,
        how_to_show=how_to_show,
    )


def _shown_or_not(
    id_: str, title: str, evidence: Sequence[Evidence], how_to_show: str, *, is_recommended: bool = False
) -> Item:
    if not evidence:
        return _not_seen(id_, title, "Not met.", how_to_show, is_recommended=is_recommended)
    return _shown(id_, title, evidence[0].what, evidence, is_recommended=is_recommended)


def _both(
    id_: str, title: str, one: tuple[str, list[Evidence]], other: tuple[str, list[Evidence]], verb: str
) -> Item:
    """Return an item that takes two kinds of evidence."""
    missing = [name for name, evidence in (one, other) if not evidence]
    evidence = [*one[1][:1], *other[1][:1]]
    if missing:
        says = f"Not met: {' and '.join(missing)}."
        return _not_seen(id_, title, says, f"Have the app {verb} {' and '.join(missing)}.", evidence)
    return _shown(id_, title, "Both have been met.", evidence)


def _by_call(call: Call, what: str) -> Evidence:
    return Evidence(reference=call.reference, request=call.exchange.number, what=what)


def _by_fact(fact: PaymentFact, what: str) -> Evidence:
    return Evidence(reference=fact.reference, what=what)


def _by_attempt(attempt: facts.WebhookAttempted, what: str) -> Evidence:
    return Evidence(reference=attempt.reference, what=f"{attempt.event} to {attempt.sent_to}: {what}")


# --- What the story tells -------------------------------------------------------------------------------


def _facts(story: Story, kind: type[F]) -> list[F]:
    return [fact for fact in story.facts if isinstance(fact, kind)]


def _first(payment: Payment, kind: type[F]) -> F | None:
    return next((fact for fact in payment.facts if isinstance(fact, kind)), None)


def _registrations(story: Story) -> list[facts.WebhookRegistered]:
    return _facts(story, facts.WebhookRegistered)


def _was_cancelled_by_app(story: Story, payment: Payment, fact: PaymentFact) -> bool:
    """Tell whether the app ended the payment itself, and knows it from the answer."""
    is_end = isinstance(fact, facts.PaymentTerminated)
    return is_end and any(call.succeeded for call in story.about(payment.reference, "cancelPayment"))


def _is_unanswered(payment: Payment) -> bool:
    command = payment.created.command
    return command.expires_at is None and payment.phone_number is None and command.user_flow is not UserFlow.QR


def _was_seen_approved(story: Story, payment: Payment) -> bool:
    approved = _first(payment, facts.PaymentAuthorized)
    return approved is not None and story.was_followed_up(payment, approved)


def _acted_upon(story: Story, forged: facts.WebhookAttempted) -> bool:
    """Tell whether the app changed the payment right after a forged webhook, and before a genuine one."""
    place = story.place_of(forged)
    genuine = [
        story.place_of(attempt)
        for attempt in story.attempts(forged.reference)
        if not attempt.wrong_signature and attempt.succeeded
    ]
    if any(number < place for number in genuine if story.facts[number - 1].event is forged.event):  # type: ignore[attr-defined] # an attempt
        return False  # it knew by then
    until = min((number for number in genuine if number > place), default=len(story.facts) + 1)
    changes = story.about(forged.reference, "capturePayment", "cancelPayment", "refundPayment")
    return any(place - 1 <= call.place < until and call.succeeded for call in changes)


def _captured_again(story: Story, tries: Sequence[facts.WebhookAttempted]) -> bool:
    """Tell whether the app captured anew, with another key, for a webhook that it had taken before."""
    first, last = story.place_of(tries[0]), story.place_of(tries[-1])
    captures = story.about(tries[0].reference, "capturePayment")
    earlier = {call.header("idempotency-key") for call in captures if call.place < last - 1}
    again = [call for call in captures if call.place >= last - 1]
    return first < last and bool(earlier) and any(call.header("idempotency-key") not in earlier for call in again)


def _leaks(call: Call) -> bool:
    url = f"{call.exchange.path}?{call.exchange.query}"
    secrets = [call.header("ocp-apim-subscription-key"), call.header("client_secret")]
    secrets.append((call.header("authorization") or "").partition(" ")[2])
    return any(len(secret) >= _SHORTEST_SECRET and secret in url for secret in secrets if secret)


_ITEMS: Final[tuple[Callable[[Story], Item], ...]] = (
    _called("E1", "Create payment", "Create a payment.", "createPayment"),
    _called("E2", "Get payment", "GET a payment.", "getPayment"),
    _called("E3", "Get the event log", "GET a payment's events.", "getPaymentEventLog"),
    _cancel,
    _capture,
    _refund,
    _called("O1", "Upload an image", "POST an image.", "post-image", is_recommended=True),
    _called(
        "O2",
        "Attach a category",
        "PUT a category for an order.",
        "put-category-v2",
        "post-category-v3",
        is_recommended=True,
    ),
    _called("O3", "Attach a receipt", "POST a receipt for an order.", "post-receipt-v2", is_recommended=True),
    _called("O4", "Get an order", "GET an order.", "get-order-v2", is_recommended=True),
    _webhooks_registered,
    _webhooks_answered,
    _signature_checked,
    _duplicates_survived,
    _polls_too,
    _polling_pace,
    _every_outcome,
    _errors_handled,
    _keys_unique,
    _system_headers,
    _msn_sent,
    _tokens_reused,
    _references_useful,
    _waits_for_timeout,
    _returns_anywhere,
    _captures_or_cancels,
    _keys_kept_secret,
)
