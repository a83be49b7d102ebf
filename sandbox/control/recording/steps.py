"""A step of a scenario, and how it is written: YAML as a person would write it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

__all__ = ["LookedUp", "Said", "duration_text", "instant_text", "lines_of", "yaml_of"]

_DURATION: Final = TypeAdapter(timedelta)
_LINE: Final = 110  # characters


@dataclass(frozen=True, slots=True)
class Said:
    """A step: its key, and its fields in order."""

    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    bare: Any = None  # instead of fields


class LookedUp(str):
    """A reference to something that was named, which a player is to look up."""

    __slots__ = ()


def lines_of(said: Said) -> Iterator[str]:
    """Give the lines of a step, as an entry of `steps`."""
    if said.bare is not None:
        yield f"  - {said.key}: {yaml_of(said.bare)}"
        return
    whole = f"  - {said.key}: {yaml_of(said.fields)}" if said.fields else f"  - {said.key}:"
    if list(said.fields) == ["payment"]:
        whole = f"  - {said.key}: {yaml_of(said.fields['payment'])}"
    if len(whole) <= _LINE:
        yield whole
        return
    yield f"  - {said.key}:"
    yield from _members(said.fields, "      ")


def _members(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Give the members of an object, each on one line if it fits there."""
    for name, member in value.items():
        line = f"{indent}{yaml_of(str(name))}: {yaml_of(member)}"
        if len(line) <= _LINE or not isinstance(member, dict | list) or not member:
            yield line
            continue
        yield f"{indent}{yaml_of(str(name))}:"
        if isinstance(member, dict):
            yield from _members(member, f"{indent}  ")
        else:
            yield from _entries(member, f"{indent}  ")


def _entries(value: Sequence[Any], indent: str) -> Iterator[str]:
    for entry in value:
        line = f"{indent}- {yaml_of(entry)}"
        if len(line) <= _LINE or not isinstance(entry, dict):
            yield line
        else:
            first, *others = _members(entry, f"{indent}  ")
            yield f"{indent}- {first.lstrip()}"
            yield from others


def yaml_of(value: Any) -> str:
    """Return a value on one line: JSON, but for what is plainly text, and for names."""
    match value:
        case dict():
            members = (f"{yaml_of(str(name))}: {yaml_of(member)}" for name, member in value.items())
            return f"{{{', '.join(members)}}}"
        case list():
            return f"[{', '.join(map(yaml_of, value))}]"
        case str() if _is_plain(value):
            return value
        case _:
            return json.dumps(_kept(value), ensure_ascii=True)


def _kept(value: Any) -> Any:
    """Return a value whose `${` is no reference to a player."""
    match value:
        case dict():
            return {_kept(name): _kept(member) for name, member in value.items()}
        case list():
            return [_kept(entry) for entry in value]
        case str() if not isinstance(value, LookedUp):
            return value.replace("${", "$${")
        case _:
            return value


def _is_plain(text: str) -> bool:
    """Tell whether YAML reads a text as it stands for nothing but that text."""
    if text.lower() in {"yes", "no", "on", "off", "true", "false", "null", "y", "n"} or text != text.strip():
        return False
    letters = text.replace(" ", "").replace("_", "").replace("-", "").replace(".", "")
    return bool(text) and text[0].isalpha() and letters.isascii() and letters.isalnum()


def instant_text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def duration_text(span: timedelta) -> str:
    """Return a span in ISO 8601."""
    text: str = _DURATION.dump_python(span, mode="json")
    return text
