"""The list's second part: webhooks.

Source: Vipps MobilePay's ePayment checklist; Webhooks guide.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from sandbox.checklist.findings import broken, by_attempt, by_call, by_fact, first, not_seen, number_of, shown
from sandbox.checklist.model import Entry, Evidence, Finding
from sandbox.checklist.story import READS, Call, Story
from sandbox.domain import facts
from sandbox.domain.event_log import EVENT_NAMES
from sandbox.domain.event_names import EventName, event_type
from sandbox.domain.facts import PaymentFact, WebhookAttempted

__all__ = ["ENTRIES", "OUTCOMES"]

OUTCOMES: Final = (EventName.AUTHORIZED, EventName.ABORTED, EventName.EXPIRED, EventName.TERMINATED)
_UNHEARD_FOR: Final = timedelta(minutes=10)  # far longer than anybody waits who polls
_LONG_LIVING_UNHEARD_FOR: Final = timedelta(days=2)  # these may be asked for once a day
_TIMED_OUT: Final = 9.5  # seconds; the courier waits ten
_NOBODY_THERE: Final = 4  # tries of one delivery


# --- Registrations --------------------------------------------------------------------------------------


def _registered(story: Story) -> Finding:
    registrations = story.of_kind(facts.WebhookRegistered)
    told = {event for known in registrations for event in known.events}
    unheard = list(_unheard(story, told))
    if unheard:
        return broken(
            "A payment came to its end and the app could not know: no webhook was registered for it, and nobody has "
            "asked since. Register for authorized, aborted, expired and terminated, and ask for the payment as well.",
            [by_fact(story, fact, f"It became {EVENT_NAMES[type(fact)]}, unheard.") for fact in unheard],
            is_omission=True,
        )
    missing = [name for name in OUTCOMES if event_type(name) not in told]
    evidence = [Evidence(what=f"{known.url} is told of {', '.join(known.events)}.") for known in registrations]
    if missing:
        return not_seen(f"No webhook has been registered for {', '.join(missing)}.", evidence, missing)
    return shown("All four outcomes are covered.", evidence)


def _unheard(story: Story, told: set[str]) -> Iterator[PaymentFact]:
    """Give the outcomes that the app cannot know, though there was time to ask."""
    for payment in story.fully_known:
        patience = _LONG_LIVING_UNHEARD_FOR if payment.is_long_living else _UNHEARD_FOR
        for fact in payment.facts:
            name = EVENT_NAMES.get(type(fact))
            if name not in OUTCOMES or event_type(name) in told or story.was_learnt(payment, fact):
                continue
            if story.passed_by_itself_since(fact) >= patience:
                yield fact


# --- Deliveries -----------------------------------------------------------------------------------------


def _answered(story: Story) -> Finding:
    genuine = [attempt for attempt in story.of_kind(WebhookAttempted) if not attempt.wrong_signature]
    failed = [attempt for attempt in genuine if _was_answered_badly(attempt)]
    reached = {attempt.registration_id for attempt in genuine if attempt.status is not None}
    nowhere = [
        attempt
        for attempt in genuine
        if attempt.number >= _NOBODY_THERE and attempt.status is None and attempt.registration_id not in reached
    ]
    if failed or nowhere:
        return broken(
            "The app answered with an error, too late, or never. Answer 2xx first, then do the work.",
            _outcomes((*failed, *nowhere)),
            is_omission=not failed,
        )
    succeeded = [attempt for attempt in genuine if attempt.succeeded]
    if not succeeded:
        return not_seen("No webhook has been taken.", _outcomes(genuine))
    return shown(
        f"{number_of(len(succeeded), 'webhook')} answered with 2xx.",
        _outcomes(succeeded),
    )


def _outcomes(attempts: Sequence[WebhookAttempted]) -> list[Evidence]:
    """Return how each went; those that went alike, as the tries of one event do, are told once."""
    return list(dict.fromkeys(by_attempt(attempt, _outcome(attempt)) for attempt in attempts))


def _was_answered_badly(attempt: WebhookAttempted) -> bool:
    """Tell whether the app was there and answered badly: while it is started anew, nobody can be reached."""
    if attempt.status is None:
        return attempt.took >= _TIMED_OUT
    return not attempt.succeeded


def _outcome(attempt: WebhookAttempted) -> str:
    return f"it {attempt.error}." if attempt.status is None else f"it answered {attempt.status}."


# --- Signatures -----------------------------------------------------------------------------------------


def _signature_checked(story: Story) -> Finding:
    forged = [attempt for attempt in story.of_kind(WebhookAttempted) if attempt.wrong_signature]
    if not forged:
        return not_seen("The app has not been sent a webhook with a wrong signature.")
    fooled = [(attempt, call) for attempt in forged for call in _acted_upon(story, attempt)]
    if fooled:
        return broken(
            "The app acted on a webhook whose signature is wrong: anybody could send it that. Check the signature, "
            "and take a webhook only for a hint to ask for the payment.",
            [
                by_call(call, f"It was captured after {attempt.event} with a wrong signature, and nothing else.")
                for attempt, call in fooled
            ],
        )
    trusted = {
        attempt.registration_id
        for attempt in story.of_kind(WebhookAttempted)
        if attempt.succeeded and not attempt.wrong_signature
    }
    refused = [attempt for attempt in forged if attempt.status is not None and 400 <= attempt.status < 500]
    told_apart = [attempt for attempt in refused if attempt.registration_id in trusted]
    if told_apart:
        return shown(
            "It was refused, and genuine ones were taken.",
            [by_attempt(attempt, f"a wrong signature was answered {attempt.status}.") for attempt in told_apart],
        )
    return not_seen(
        "One was sent, and nothing followed; but it was not answered differently from a genuine one (401, say), so "
        "whether the signature was checked cannot be told."
        if not refused
        else "One was refused; but no genuine one has been taken yet.",
        [by_attempt(attempt, _outcome(attempt)) for attempt in forged],
    )


def _acted_upon(story: Story, forged: WebhookAttempted) -> Iterator[Call]:
    """Give the captures that nothing but a forged webhook can have led to: it was taken, and the app did not ask."""
    payment = story.state.payments[forged.reference]
    approved = first(payment, facts.PaymentAuthorized)
    if forged.event is not EventName.AUTHORIZED or not forged.succeeded or approved is None:
        return
    sent, until = _sent(story, forged), _genuine_since(story, forged)
    known = [call.place for call in story.about(forged.reference, *READS, "forceApprove") if call.succeeded]
    for call in story.about(forged.reference, "capturePayment"):
        asked = any(story.place_of(approved) - 1 <= place <= call.place for place in known)
        if call.succeeded and sent <= call.place < until and not asked:
            yield call


def _sent(story: Story, attempt: WebhookAttempted) -> int:
    """Return the place since which a webhook was on its way: its fact is of when it was answered."""
    end = story.place_of(attempt)
    asked = [
        story.place_of(fact)
        for fact in story.of_kind(facts.DeliveryAsked)
        if fact.delivery_id == attempt.delivery_id and fact.wrong_signature == attempt.wrong_signature
    ]
    return max((place for place in asked if place < end), default=0)


def _genuine_since(story: Story, forged: WebhookAttempted) -> int:
    """Return the place since which a genuine webhook about the payment may have told the app; 0 if from the start."""
    since = _sent(story, forged)
    genuine = [
        attempt
        for attempt in story.attempts(forged.reference)
        if not attempt.wrong_signature and attempt.event is EventName.AUTHORIZED
    ]
    if not genuine:
        return len(story.facts) + 1
    releases = [story.place_of(fact) for fact in story.of_kind(facts.WebhooksReleased)]
    begun = min(
        max((place for place in (*releases, _sent(story, one)) if place < story.place_of(one)), default=0)
        for one in genuine
    )
    return begun if begun > since else 0


# --- Duplicates -----------------------------------------------------------------------------------------


def _duplicates_survived(story: Story) -> Finding:
    taken: dict[tuple[str, EventName], list[WebhookAttempted]] = {}
    for attempt in story.of_kind(WebhookAttempted):
        if not attempt.wrong_signature and attempt.event in {EventName.CREATED, *OUTCOMES}:
            taken.setdefault((attempt.reference, attempt.event), []).append(attempt)
    again = [call for tries in taken.values() if len(tries) > 1 for call in _captured_again(story, tries)]
    if again:
        return broken(
            "After a webhook had come twice, the app captured twice. Deduplicate by reference and name, and use one "
            "Idempotency-Key for one capture.",
            [
                by_call(call, f"It was captured again, with another key, and answered {call.status}.")
                for call in again
            ],
        )
    twice = [tries for tries in taken.values() if len([one for one in tries if one.succeeded]) > 1]
    if not twice:
        return not_seen("No webhook has been taken twice.")
    return shown("Nothing was done twice.", [by_attempt(tries[-1], "it came again.") for tries in twice])


def _captured_again(story: Story, tries: Sequence[WebhookAttempted]) -> Iterator[Call]:
    """Give the captures that repeat an earlier one with another key because a webhook came again.

    They were made while the webhook was being answered, or they take more than there is: two equal parcels are
    captured with two keys as well, at other times.
    """
    payment = story.state.payments[tries[0].reference]
    begun = story.place_of(tries[0])
    handled = [(_begun(story, one, before), story.place_of(one)) for before, one in pairwise(tries)]
    earlier: list[Call] = []
    for call in story.about(payment.reference, "capturePayment"):
        like = [other for other in earlier if other.value == call.value]
        is_while = any(since <= call.place < until for since, until in handled)
        is_too_much = call.place >= begun and 2 * call.value > payment.authorized
        if like and all(other.key != call.key for other in like) and (is_while or is_too_much):
            yield call
        elif call.succeeded:
            earlier.append(call)


def _begun(story: Story, attempt: WebhookAttempted, before: WebhookAttempted) -> int:
    """Return the place since which a webhook that came again was on its way."""
    releases = [story.place_of(fact) for fact in story.of_kind(facts.WebhooksReleased)]
    places = (story.place_of(before), _sent(story, attempt), *releases)
    return max(place for place in places if place < story.place_of(attempt))


ENTRIES: Final = (
    Entry(
        id="W1",
        title="Webhooks are registered for every outcome",
        judge=_registered,
        shown_when="registrations cover authorized, aborted, expired and terminated",
        broken_when="a payment ended in a state that nobody was registered for, and nobody asked for it within ten "
        "minutes (two days for a long-living payment) in which the clock ran by itself",
        how_to_show="POST /webhooks/v1/webhooks with the events of all four outcomes.",
        scenarios=("scenarios/webhooks/paid.yaml", "scenarios/webhooks/expired.yaml"),
    ),
    Entry(
        id="W2",
        title="Webhooks are answered with 2xx within ten seconds",
        judge=_answered,
        shown_when="webhooks were answered with 2xx",
        broken_when="one was answered with anything else or not within ten seconds, or nobody was ever there",
        how_to_show="Register a webhook and create a payment.",
        scenarios=("scenarios/webhooks/paid.yaml",),
    ),
    Entry(
        id="W3",
        title="The signature of webhooks is checked",
        judge=_signature_checked,
        shown_when="a wrong signature was answered 4xx, while genuine webhooks are taken",
        broken_when="a webhook with a wrong signature was answered 2xx and led to a capture, when neither a genuine "
        "webhook nor a GET had told the app of the approval",
        how_to_show="POST /sandbox/units/{msn}/webhooks/hold, have a customer approve, then POST "
        '/sandbox/units/{msn}/webhooks/deliveries/{id}/redeliver {"wrongSignature": true}',
    ),
    Entry(
        id="W4",
        title="Webhooks that come twice, or in wrong order, do no harm",
        judge=_duplicates_survived,
        shown_when="a webhook was taken twice, and nothing was captured twice",
        broken_when="the same amount was captured with another key while a webhook that came again was answered, or "
        "after it beyond what was approved",
        how_to_show="POST /sandbox/units/{msn}/webhooks/hold, then POST /sandbox/units/{msn}/webhooks/release "
        '{"copies": 2, "order": "newest first"}',
        scenarios=("scenarios/webhooks/twice.yaml", "scenarios/webhooks/out-of-order.yaml"),
    ),
)
