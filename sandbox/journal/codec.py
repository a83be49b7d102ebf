"""Facts as JSON, and back: what snapshots are written in.

A fact is an object with its kind under "fact" and its fields under their own names; bytes are base64, instants
RFC 3339, durations ISO 8601.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

from sandbox.domain import errors, facts
from sandbox.domain.errors import Refusal
from sandbox.domain.facts import Fact, KeyedOperationRefused

__all__ = ["FactUnreadable", "fact_from", "fact_written"]

_KIND: Final = "fact"
_ERROR: Final = "error"
_BYTES: Final = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_adapters: dict[Any, TypeAdapter[list[Any]]] = {}
_YEARS: Final = range(1970, 4000)  # of instants; clocks go to 3000, and what falls due then lies beyond
_LONGEST: Final = timedelta(days=366_000)
_Keyed = tuple[datetime, tuple[str, str, str], str]


class FactUnreadable(Exception):
    """What was to be read is no fact; the text says why."""


def fact_written(fact: Fact) -> dict[str, Any]:
    """Return a fact as JSON holds it."""
    kind = {_KIND: type(fact).__name__}
    if isinstance(fact, KeyedOperationRefused):
        at, key, content = _adapter(_Keyed).dump_python([(fact.at, fact.key, fact.content)], mode="json")[0]
        refusal = _adapter(type(fact.refusal)).dump_python([fact.refusal], mode="json")[0]
        told = {_ERROR: type(fact.refusal).__name__, **refusal}
        return {**kind, "at": at, "key": key, "content": content, "refusal": told}
    return {**kind, **_adapter(type(fact)).dump_python([fact], mode="json")[0]}


def fact_from(content: Mapping[str, Any]) -> Fact:
    """Return the fact that was written so.

    Raises:
        FactUnreadable: nothing like that is ever written.
    """
    members = dict(content)
    name = members.pop(_KIND, None)
    kind = _named(name, facts, Fact)
    try:
        fact: Fact = _keyed(members) if kind is KeyedOperationRefused else _validated(kind, members)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or "content"
        raise FactUnreadable(f"{name}: {place}: {first['msg']}") from error
    if not all(map(_is_reasonable, _leaves(fact))):
        raise FactUnreadable(f"{name}: it has an instant without an offset, or a time that is out of all bounds")
    return fact


def _leaves(value: object) -> Iterator[object]:
    """Give all plain values in *value*."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, tuple):
        for member in value:
            yield from _leaves(member)
    else:
        yield value


def _is_reasonable(value: object) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is not None and value.year in _YEARS
    return not isinstance(value, timedelta) or abs(value) <= _LONGEST


def _keyed(members: dict[str, Any]) -> KeyedOperationRefused:
    told = members.get("refusal")
    if not isinstance(told, dict):
        raise FactUnreadable("KeyedOperationRefused: it has no refusal")
    refusal = {name: value for name, value in told.items() if name != _ERROR}
    at, key, content = _validated(_Keyed, [members.get("at"), members.get("key"), members.get("content")])
    kind = _named(told.get(_ERROR), errors, Refusal)
    return KeyedOperationRefused(at=at, key=key, content=content, refusal=_validated(kind, refusal))


def _validated(kind: Any, content: Any) -> Any:
    # As JSON, for only there are bytes base64.
    return _adapter(kind).validate_json(to_json([content]))[0]


def _named(name: object, module: Any, base: type) -> Any:
    found = getattr(module, name, None) if isinstance(name, str) and name in module.__all__ else None
    if not (isinstance(found, type) and issubclass(found, base)):
        raise FactUnreadable(f"there is no {base.__name__.lower()} {name!r}")
    return found


def _adapter(kind: Any) -> TypeAdapter[list[Any]]:
    if kind not in _adapters:
        # A list, for the type itself takes no configuration.
        _adapters[kind] = TypeAdapter(list[kind], config=_BYTES)
    return _adapters[kind]
