"""The list's third part, when something goes wrong: what an integration does after an answer that fails or is lost.

Source: Vipps MobilePay's ePayment checklist, and its page on idempotency.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from sandbox.checklist.findings import broken, by_call, number_of, shown_or_not
from sandbox.checklist.model import Entry, Evidence, Finding
from sandbox.checklist.story import CHANGES, READS, Call, Story
from sandbox.domain.commands import Garbles

__all__ = ["ENTRIES"]

_LONGEST_KEY: Final = 50  # characters
_KEY_REUSED: Final = frozenset(
    {("createPayment", "4020"), ("capturePayment", "4010"), ("refundPayment", "4150")}  # operation, code
)
_TRY_AGAIN: Final = frozenset({"6160", "6280"})  # codes that ask for it
_HAMMERED: Final = 4  # times the same, refused


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
        if call.operation in CHANGES:
            found.setdefault(call.asked_for, []).append(call)
    return (calls for calls in found.values() if len(calls) > 1)


def _was_lost(story: Story, call: Call) -> bool:
    """Tell whether the app cannot know from the answer what came of a call."""
    return call.is_in_doubt or isinstance(story.fault_of(call), Garbles)


def _asked_between(story: Story, call: Call, later: Call) -> bool:
    """Tell whether the app looked what had come of a call before it made another; 404 is an answer as well."""
    return any(
        call.exchange.number < read.exchange.number < later.exchange.number and 0 < read.status < 500
        for read in story.about(call.reference or "", *READS)
    )


def _keys_unique(story: Story) -> Finding:
    calls = [call for call in story.calls if call.operation in CHANGES]
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


ENTRIES: Final = (
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
)
