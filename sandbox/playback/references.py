"""`${name.member}` in a scenario: what it refers to, and what stands there instead when the story is played.

A text that is nothing but a reference becomes what is referred to, be it a number or a whole body; within other
text it becomes text. `${now}` is the clock, and `${now + P14D}` an instant fourteen days ahead of it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from sandbox.playback.language.base import FURTHEST, Members
from sandbox.playback.nearest import did_you_mean, instead

__all__ = ["NOW", "ReferenceWrong", "check_members", "instant_text", "paths_in", "resolved", "substituted"]

NOW: Final = "now"
_REFERENCE: Final = re.compile(r"(?<!\$)\$\{([^{}]*)\}")
_KEPT: Final = "$${"  # is no reference, but the text `${`
_PATH: Final = re.compile(r"[^\s.+]+(\.[^\s.]+)*")
_NOW: Final = re.compile(r"now(?:\s*([+-])\s*(P\S+))?")
_DURATION: Final = TypeAdapter(timedelta)
_STAYS: Final = object()  # for a reference that cannot be looked up yet


class ReferenceWrong(Exception):
    """A reference that leads nowhere; its text says what there is."""


def paths_in(value: Any) -> Iterator[tuple[str, ...]]:
    """Give the path of every reference in a value, however deep: a name, and the members it leads through.

    Raises:
        ReferenceWrong: what stands between the braces is no reference.
    """
    for text in _texts(value):
        for match in _REFERENCE.finditer(text):
            path = _parsed(match[1])
            if path[0] == NOW:
                _ahead(match[1])
            yield tuple(path)
        if "${" in _REFERENCE.sub("", text).replace(_KEPT, ""):
            raise ReferenceWrong(f"`${{` has no `}}` here: write ${{name}}, or {_KEPT} where no reference is meant")


def check_members(path: Sequence[str], known: Members) -> None:
    """Make sure that a reference leads to something, as far as that is known before a story is played.

    Raises:
        ReferenceWrong: it does not.
    """
    at: Members | None = known
    for depth, name in enumerate(path):
        if at is None:
            return
        if name not in at:
            raise ReferenceWrong(f"{'.'.join(path[:depth])} has no {name!r}{instead(name, at) if at else ''}")
        at = at[name]


def resolved(value: Any, names: Mapping[str, Any], now: datetime) -> Any:
    """Return *value* with what its references stand for.

    Raises:
        ReferenceWrong: one of them leads nowhere.
    """

    def look_up(inside: str) -> Any:
        path = _parsed(inside)
        if path[0] == NOW:
            return _instant(inside, now)
        found = _member(path, names)
        if found is None:
            raise ReferenceWrong(f"{'.'.join(path)} is null")
        return found

    return _without_escapes(_replaced(value, look_up))


def substituted(value: Any, names: Mapping[str, Any]) -> Any:
    """Return *value* with what is known before a story is played; other references stay."""

    def look_up(inside: str) -> Any:
        path = _parsed(inside)
        return _member(path, names) if path[0] in names else _STAYS

    return _replaced(value, look_up)


def instant_text(instant: datetime) -> str:
    """Return an instant as Vipps's APIs take it."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, member in value.items():
                yield key
                yield from _texts(member)
        case list():
            for entry in value:
                yield from _texts(entry)


def _without_escapes(value: Any) -> Any:
    match value:
        case str():
            return value.replace(_KEPT, "${")
        case dict():
            return {_without_escapes(key): _without_escapes(member) for key, member in value.items()}
        case list():
            return [_without_escapes(entry) for entry in value]
        case _:
            return value


def _replaced(value: Any, look_up: Any) -> Any:
    match value:
        case str():
            return _replaced_text(value, look_up)
        case dict():
            return {str(_replaced_text(key, look_up)): _replaced(member, look_up) for key, member in value.items()}
        case list():
            return [_replaced(entry, look_up) for entry in value]
        case _:
            return value


def _replaced_text(text: str, look_up: Any) -> Any:
    whole = _REFERENCE.fullmatch(text)
    if whole is not None:
        found = look_up(whole[1])
        return text if found is _STAYS else found

    def as_text(match: re.Match[str]) -> str:
        found = look_up(match[1])
        if found is _STAYS:
            return match[0]
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)

    return _REFERENCE.sub(as_text, text)


def _parsed(inside: str) -> list[str]:
    inside = inside.strip()
    if _NOW.fullmatch(inside):
        return [NOW]
    if not _PATH.fullmatch(inside):
        raise ReferenceWrong(f"${{{inside}}} is no reference: write ${{name}}, ${{name.member}} or ${{now + P14D}}")
    return inside.split(".")


def _instant(inside: str, now: datetime) -> str:
    try:
        return instant_text(now + _ahead(inside))
    except OverflowError:
        raise ReferenceWrong(f"${{{inside}}}: there is no such instant") from None


def _ahead(inside: str) -> timedelta:
    match = _NOW.fullmatch(inside.strip())
    if match is None:
        raise ReferenceWrong(f"${{{inside}}}: say ${{now}}, ${{now + P14D}} or ${{now - PT10M}}")
    sign, text = match.groups()
    if text is None:
        return timedelta(0)
    try:
        by = _DURATION.validate_python(text)
    except ValidationError:
        raise ReferenceWrong(f"${{{inside}}}: {text} is no duration such as P14D or PT10M") from None
    if abs(by) > FURTHEST:
        raise ReferenceWrong(f"${{{inside}}}: there is no such instant")
    return by if sign == "+" else -by


def _member(path: Sequence[str], names: Mapping[str, Any]) -> Any:
    value: Any = names
    for depth, name in enumerate(path):
        before = ".".join(path[:depth])
        match value:
            case Mapping() if name in value:
                value = value[name]
            case list() if name.isascii() and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            case Mapping() if depth == 0:
                raise ReferenceWrong(f"nothing is called {name!r}{did_you_mean(name, value)}")
            case Mapping():
                raise ReferenceWrong(f"{before} has no {name!r}{instead(name, value) if value else ''}")
            case list():
                raise ReferenceWrong(f"{before} has no entry {name}; it has {len(value)}")
            case _:
                raise ReferenceWrong(f"{before} is {json.dumps(value)}, which has no {name!r}")
    return value
