"""Which operation a path that means none was probably meant for, and what differs.

A path is laid beside that of every operation, with what stands before it cut off or filled in; whichever needs the
fewest changes is the nearest.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from sandbox.api.gateway.operations import Operation

__all__ = ["nearest_operation"]

_VERSION: Final = re.compile(r"v\d+", re.IGNORECASE)
_SEGMENTS_AT_MOST: Final = 12
_SIMILAR: Final = 0.75  # of two spellings
_FAR: Final = 0.7  # how much of a path that does not fit must still be the same
_Differences = tuple[str, ...]


def nearest_operation(
    operations: Sequence[Operation], method: str, path: str
) -> tuple[Operation | None, _Differences]:
    """Return the nearest operation, if any is near, and what differs from it, for a developer to read."""
    segments = path.strip("/").split("/")
    readings: list[tuple[list[str], _Differences]] = [(segments, ())]
    if "" in segments:
        readings.append(([segment for segment in segments if segment], ("a slash that is doubled",)))
    for theirs, already in readings:
        best: tuple[Operation, _Differences] | None = None
        for operation in operations:
            differs = _differences(operation.path, theirs)
            if differs is None:
                continue
            differs = (*already, *differs, *_slashes(operation.path, path), *_method(operation.method, method))
            if best is None or len(differs) < len(best[1]):
                best = operation, differs
        if best is not None:
            return best
    return _similar(operations, method, path)


def _similar(operations: Sequence[Operation], method: str, path: str) -> tuple[Operation | None, _Differences]:
    """Return the operation whose path reads most like the given one."""
    near = get_close_matches(path, [operation.path for operation in operations], n=1, cutoff=_FAR)
    if not near:
        return None, ()
    of_path = [operation for operation in operations if operation.path == near[0]]
    operation = next((one for one in of_path if one.method == method), of_path[0])
    return operation, ("it has other segments", *_method(operation.method, method))


def _method(wanted: str, given: str) -> _Differences:
    return () if wanted == given else (f"the method, {given} instead of {wanted}",)


def _slashes(wanted: str, given: str) -> _Differences:
    if given.endswith("/") and not wanted.endswith("/"):
        return ("the slash at its end",)
    return ("it lacks the slash at its end",) if wanted.endswith("/") and not given.endswith("/") else ()


def _differences(wanted: str, theirs: list[str]) -> _Differences | None:
    """Return what differs between an operation's path and the given segments; None if they are no match at all."""
    if len(theirs) > _SEGMENTS_AT_MOST:
        return None
    found = [
        (*before, *inside)
        for before, left, right in _aligned(wanted.strip("/").split("/"), theirs)
        if (inside := _inside(left, right)) is not None
    ]
    return min(found, key=len, default=None)


def _aligned(ours: list[str], theirs: list[str]) -> Iterator[tuple[_Differences, list[str], list[str]]]:
    """Give the ways in which two paths come to the same length: one cut at its beginning, or the other filled in."""
    more = len(theirs) - len(ours)
    if more == 0:
        yield (), ours, theirs
    elif more > 0:
        extra = "/".join(theirs[:more])
        yield (f"/{extra} before it, which is not part of it",), ours, theirs[more:]
    elif more == -1:
        for place, missing in reversed(list(enumerate(ours))):  # a parameter at the end is left out most easily
            what = f"the prefix /{missing}" if place == 0 else missing if missing.startswith("{") else f"/{missing}"
            yield (f"it lacks {what}",), ours[:place] + ours[place + 1 :], theirs


def _inside(ours: list[str], theirs: list[str]) -> _Differences | None:
    """Return what differs segment by segment; None if one does not fit, or nothing but a version is the same."""
    differs: list[str] = []
    known = 0
    for our, their in zip(ours, theirs, strict=True):
        if our.startswith("{"):
            if not their:
                differs.append(f"{our} is empty")
        elif our == their:
            known += _VERSION.fullmatch(our) is None
        elif our.lower() == their.lower():
            known += 1
            differs.append(f"upper and lower case, {their} instead of {our}")
        elif _VERSION.fullmatch(our) and _VERSION.fullmatch(their):
            differs.append(f"the version, {their} instead of {our}")
        elif SequenceMatcher(None, our, their.lower()).ratio() >= _SIMILAR:
            known += 1
            differs.append(f"the spelling, {their} instead of {our}")
        else:
            return None
    return tuple(differs) if known else None
