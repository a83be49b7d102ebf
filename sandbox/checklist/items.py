"""Fill in the checklist: each line of the list is decided from what the app did, and says what shows it.

An item is broken only where the app did something that production, or a customer, would suffer from; what it has not
done yet is not seen yet.
"""

from typing import Final

from sandbox.api.gateway import Exchange, RequestLog
from sandbox.checklist import asking, care, headers, operations, trouble, webhooks
from sandbox.checklist.model import Entry, Item, Verdict
from sandbox.checklist.story import Story
from sandbox.world import SalesUnit

__all__ = ["ENTRIES", "PLAYERS_MARK", "checklist", "story_of"]

PLAYERS_MARK: Final = "sandbox-player"  # a header, in lower case

ENTRIES: Final = (
    *operations.ENTRIES,
    *webhooks.ENTRIES,
    *asking.ENTRIES,
    *trouble.ENTRIES,
    *headers.ENTRIES,
    *care.ENTRIES,
)


def story_of(unit: SalesUnit, request_log: RequestLog) -> Story:
    """Return all that is known of what an app did in a sales unit by now."""
    unit.settle()
    return Story.of(
        unit.state,
        unit.journal.read(),
        (exchange for exchange in request_log.of(unit.msn) if not _is_a_look_of_a_player(exchange)),
        now=unit.now(),
        forgotten=request_log.forgotten_of(unit.msn),
        is_of_test=unit.purpose is not None,
    )


def _is_a_look_of_a_player(exchange: Exchange) -> bool:
    """Tell whether a player of scenarios looked how things are: no app did."""
    return any(name.lower() == PLAYERS_MARK for name, _ in exchange.request_headers)


def checklist(story: Story) -> list[Item]:
    """Return all items, in the order of Vipps's own list."""
    return [_item(entry, story) for entry in ENTRIES]


def _item(entry: Entry, story: Story) -> Item:
    finding = entry.judge(story)
    is_open = finding.verdict is Verdict.NOT_SEEN
    return Item(
        id=entry.id,
        title=entry.title,
        verdict=finding.verdict,
        says=finding.says,
        evidence=finding.evidence,
        missing=finding.missing,
        is_omission=finding.is_omission,
        is_recommended=entry.is_recommended,
        how_to_show=entry.how_to_show.replace("{msn}", story.state.msn) if is_open else None,
        scenarios=entry.scenarios if is_open else (),
    )
