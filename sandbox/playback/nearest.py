"""What a name that nobody knows was likely meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["did_you_mean", "instead"]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return how a sentence ends that finds no *name*: with the nearest that there is, or with nothing."""
    by_folded = {one.casefold(): one for one in known}
    nearest = get_close_matches(name.casefold(), by_folded, n=1)
    return f"; did you mean {by_folded[nearest[0]]!r}?" if nearest else ""


def instead(name: str, known: Iterable[str]) -> str:
    """Return the same, but with all that there are if none is near."""
    known = list(known)
    return did_you_mean(name, known) or f"; there are {', '.join(known)}"
