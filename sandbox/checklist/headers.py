"""The list's third part, of every call: the headers that it has, and the access token.

Source: Vipps MobilePay's ePayment checklist, and its page on headers.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sandbox.checklist.findings import broken, by_call, not_seen, number_of, shown, shown_or_not
from sandbox.checklist.model import Entry, Finding
from sandbox.checklist.story import CHANGES, READS, Call, Story

__all__ = ["ENTRIES"]

_WITH_MSN: Final = frozenset({*CHANGES, *READS, "cancelPayment", "registerWebhook", "getWebhooks", "deleteWebhook"})
_SYSTEM_HEADERS: Final = (
    "vipps-system-name",
    "vipps-system-version",
    "vipps-system-plugin-name",
    "vipps-system-plugin-version",
)
_ENOUGH_CALLS: Final = 3
_NEEDLESS_TOKENS: Final = 4
_LOG_IN: Final = "fetchAuthorizationTokenUsingPost"
_SURELY_FRESH: Final = timedelta(minutes=30)  # half a token's life in the test environment


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
