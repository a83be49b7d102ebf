"""Compare what came with what a scenario expects, and tell all that differs.

Of an object at least the expected members must be there, unless it is compared exactly; of a list all entries.
A text such as `<any uuid>` stands for all values of a kind.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Final
from uuid import UUID

from sandbox.playback.nearest import did_you_mean

__all__ = ["Difference", "PatternWrong", "check_patterns", "differences", "sequence_diff"]

_ABSENT: Final = "<absent>"
_UUID_LENGTH: Final = 36


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where what came is not what was expected; both as JSON, None for what is not there."""

    place: str
    expected: str | None
    came: str | None
    hint: str = ""

    def lines(self) -> Iterator[str]:
        """Give it as lines of a diff: what was expected begins with `-`, what came with `+`."""
        yield f"  {self.place}"
        yield f"- {'nothing' if self.expected is None else self.expected}"
        yield f"+ {'nothing' if self.came is None else self.came}{self.hint}"


class PatternWrong(Exception):
    """Something like `<any uid>` that is no pattern."""


# --- Patterns -------------------------------------------------------------------------------------------


def _is_uuid(value: Any) -> bool:
    if not isinstance(value, str) or len(value) != _UUID_LENGTH:
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        # Vipps writes up to seven decimals, Python reads six.
        instant = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value))
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_KINDS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "<any>": lambda value: value is not None,
    "<any text>": lambda value: isinstance(value, str),
    "<any number>": _is_number,
    "<any uuid>": _is_uuid,
    "<any time>": lambda value: _instant(value) is not None,
    "<any url>": lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
}
_BETWEEN: Final = re.compile(r"<between (\S+) and (\S+)>")
_LIKE: Final = re.compile(r"<like (.+)>", re.DOTALL)
_MEANT_AS_PATTERN: Final = re.compile(r"<(any|between|like|absent)\b[^<>]*>")


def check_patterns(expected: Any) -> None:
    """Make sure that what looks like a pattern is one.

    Raises:
        PatternWrong: it is none; tells those there are.
    """
    match expected:
        case dict():
            for member in expected.values():
                check_patterns(member)
        case list():
            for entry in expected:
                check_patterns(entry)
        case str() if _MEANT_AS_PATTERN.fullmatch(expected) and "${" not in expected:
            if expected not in _KINDS and expected != _ABSENT and not _LIKE.fullmatch(expected):
                bounds = _BETWEEN.fullmatch(expected)
                if bounds is None or _bounds(bounds) is None:
                    shown = ", ".join((*_KINDS, _ABSENT, "<between 1 and 5>", "<like acme-*>"))
                    near = did_you_mean(expected, _KINDS)
                    raise PatternWrong(f"{expected} is no pattern{near or f'; there are {shown}'}")


def _matches(expected: Any, came: Any) -> bool:
    """Tell whether a value that is no object and no list is what was expected."""
    if isinstance(expected, str):
        if expected in _KINDS:
            return _KINDS[expected](came)
        if (bounds := _BETWEEN.fullmatch(expected)) is not None and (span := _bounds(bounds)) is not None:
            number = came if _is_number(came) else _seconds(came)
            return number is not None and span[0] <= number <= span[1]
        if (like := _LIKE.fullmatch(expected)) is not None:
            return isinstance(came, str) and _is_like(like[1], came)
    if _is_number(expected) and _is_number(came):
        return bool(expected == came)
    return type(expected) is type(came) and bool(expected == came)


def _bounds(match: re.Match[str]) -> tuple[float, float] | None:
    found = [_seconds(text) if "T" in text else _number(text) for text in match.groups()]
    low, high = found
    return None if low is None or high is None else (low, high)


def _seconds(value: Any) -> float | None:
    instant = _instant(value)
    return None if instant is None else instant.timestamp()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_like(pattern: str, text: str) -> bool:
    """Tell whether a text is like a pattern in which each `*` stands for any text, or none."""
    first, *middle = pattern.split("*")
    if not middle:
        return pattern == text
    last = middle.pop()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


# --- Comparing ------------------------------------------------------------------------------------------


def differences(expected: Any, came: Any, place: str, *, exactly: bool = False) -> Iterator[Difference]:
    """Give every difference; none means that the expectation is met."""
    match expected:
        case dict():
            if isinstance(came, dict):
                yield from _members(expected, came, place, exactly=exactly)
                return
        case list():
            if isinstance(came, list):
                yield from _entries(expected, came, place, exactly=exactly)
                return
        case _ if _matches(expected, came):
            return
    yield Difference(place, _shown(expected), _shown(came))


def _members(
    expected: Mapping[str, Any], came: Mapping[str, Any], place: str, *, exactly: bool
) -> Iterator[Difference]:
    for name, member in expected.items():
        inner = f"{place}.{name}" if place else name
        if member == _ABSENT:
            if name in came:
                yield Difference(inner, None, _shown(came[name]))
        elif name not in came:
            others = ", ".join(came) or "no members"
            yield Difference(inner, _shown(member), None, did_you_mean(name, came) or f"; there are {others}")
        else:
            yield from differences(member, came[name], inner, exactly=exactly)
    if exactly:
        for name in came.keys() - expected.keys():
            yield Difference(f"{place}.{name}" if place else name, None, _shown(came[name]))


def _entries(expected: Sequence[Any], came: Sequence[Any], place: str, *, exactly: bool) -> Iterator[Difference]:
    if len(expected) != len(came):
        yield Difference(place, f"{len(expected)}: {_shown(expected)}", f"{len(came)}: {_shown(came)}")
        return
    for index, (entry, other) in enumerate(zip(expected, came, strict=True)):
        yield from differences(entry, other, f"{place}.{index}", exactly=exactly)


def sequence_diff(expected: Sequence[str], came: Sequence[str]) -> list[str]:
    """Return two lists of names as one diff: what both have, what is missing (`-`) and what is too many (`+`)."""
    lines: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, expected, came, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += (f"  {name}" for name in expected[a:b])
        else:
            lines += (f"- {name}" for name in expected[a:b])
            lines += (f"+ {name}" for name in came[c:d])
    return lines


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
