"""Where facts are kept: in order, for good."""

import pytest

from sandbox.domain.facts import Fact
from sandbox.journal import MemoryJournal
from tests.domain.shop import NOON, Shop

FACTS = [*Shop().journal, *(Shop().attach_category(order_id=f"order-{number}")[0] for number in range(4))]


@pytest.fixture
def journal() -> MemoryJournal:
    journal = MemoryJournal()
    journal.append(FACTS[:2])
    journal.append([])
    journal.append(FACTS[2:])
    return journal


def test_a_new_journal_is_empty() -> None:
    journal = MemoryJournal()
    assert (len(journal), list(journal.read()), list(journal.read(7))) == (0, [], [])


@pytest.mark.parametrize("after", range(7))
def test_facts_are_read_in_the_order_in_which_they_happened(journal: MemoryJournal, after: int) -> None:
    """From the first, or after the number of one that is known."""
    assert list(journal.read(after)) == FACTS[after:]
    assert len(journal) == 5


def test_a_reader_meets_what_is_appended_meanwhile_next_time(journal: MemoryJournal) -> None:
    """A page that is being read is as long as the journal was when the reading began."""
    reading = journal.read(3)
    seen: list[Fact] = [next(reading)]
    journal.append([Fact(at=NOON)])
    seen += reading
    assert seen == FACTS[3:]
    assert list(journal.read(5)) == [Fact(at=NOON)]


def test_what_is_appended_is_kept_though_the_list_it_came_in_changes(journal: MemoryJournal) -> None:
    facts = list(FACTS)
    journal.append(facts)
    facts.clear()
    assert len(journal) == 10
