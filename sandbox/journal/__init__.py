"""Where a sales unit's facts are kept: append-only, in order, never changed.

A journal is as small an interface as it can be, so that a durable one fits behind it: what is appended in one call
is kept as a whole or not at all.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from sandbox.domain.facts import Fact

__all__ = ["Journal", "MemoryJournal"]


class Journal(Protocol):
    """Facts in the order in which they happened, counted from 1."""

    def append(self, facts: Sequence[Fact]) -> None:
        """Keep *facts*, after all earlier ones."""

    def read(self, after: int = 0) -> Iterator[Fact]:
        """Give the facts numbered *after* + 1 and up, oldest first."""

    def __len__(self) -> int: ...


class MemoryJournal:
    """A journal that lives as long as the process."""

    def __init__(self) -> None:
        self._facts: list[Fact] = []

    def append(self, facts: Sequence[Fact]) -> None:
        self._facts.extend(facts)

    def read(self, after: int = 0) -> Iterator[Fact]:
        for place in range(after, len(self._facts)):
            yield self._facts[place]

    def __len__(self) -> int:
        return len(self._facts)
