"""Long lists in pages, newest first: each page goes on from a place that stays where it is while the list grows."""

from collections.abc import Callable, Iterable, Reversible
from itertools import islice
from typing import Protocol, TypeVar

__all__ = ["newest_first"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Listed(Reversible[T_co], Protocol[T_co]):
    """What can be told from its end, such as a list or the values of a dict."""

    def __len__(self) -> int: ...


def newest_first(
    things: Listed[T],
    before: int | None,
    is_sought: Callable[[T], bool],
    *,
    most: int,
    most_looked_at: int | None = None,
) -> tuple[list[T], int | None]:
    """Return a page of what is sought, and before which place the next goes on; None where nothing more is sought.

    Args:
        things: All of them, oldest first; their places are counted from 1.
        before: Where the page begins; None for the newest.
        most: How many of them a page has.
        most_looked_at: How many are looked through for one page, found much or little; None for all.
    """
    count = len(things)
    newest = count if before is None else min(max(before - 1, 0), count)
    backwards: Iterable[T] = islice(reversed(things), count - newest, None)
    found: list[T] = []
    for looked, thing in enumerate(backwards):
        if looked == most_looked_at:
            return found, newest - looked + 1
        if not is_sought(thing):
            continue
        if len(found) == most:
            return found, newest - looked + 1
        found.append(thing)
    return found, None
