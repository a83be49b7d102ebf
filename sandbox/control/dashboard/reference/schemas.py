"""A JSON schema in words: of what type a value is, within which limits, and of which members it is made."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Member", "Schemas", "Shape"]

Node = Mapping[str, Any]

_PREFIX: Final = "#/components/schemas/"
_MANY: Final = 12  # values of an enumeration that are told one by one beside a member
_SPANS: Final = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "entries"),
    ("minimum", "maximum", ""),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value may be.

    Args:
        type: In a few words: "text", "list of text", "EPaymentProblem".
        limits: What else holds, a phrase each.
        members: Those of the object, or of the objects in the list.
        variants: Where it may be one of several objects, those.
    """

    type: str
    limits: tuple[str, ...] = ()
    about: str = ""
    members: "tuple[Member, ...]" = ()
    variants: "tuple[Shape, ...]" = ()


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    required: bool
    shape: Shape
    about: str = ""
    place: str = ""  # of a parameter: "path", "query", "header"


class Schemas:
    """The named schemas of a document, by which others are read.

    A schema within itself is named, and not gone into again.
    """

    def __init__(self, document: Node) -> None:
        self._named: Node = document["components"]["schemas"]

    def shape(self, schema: Node, within: tuple[str, ...] = ()) -> Shape:
        """Return what a schema allows; *within* are the names of those that it stands in."""
        name = schema.get("$ref", "").removeprefix(_PREFIX)
        if name:
            if name in within:
                return Shape(name, ("as above",))
            named = self.shape({**self._named[name], **_beside(schema)}, (*within, name))
            return named if not named.members else Shape(_plain(name), named.limits, named.about, named.members)
        alternatives = schema.get("anyOf")
        if alternatives is not None:
            return self._any_of(alternatives, schema, within)
        if schema.get("type") == "array":
            return self._list(schema, within)
        about = str(schema.get("description", ""))
        return Shape(_type(schema), tuple(_limits(schema)), about, self._members(schema, within))

    def _any_of(self, alternatives: Sequence[Node], schema: Node, within: tuple[str, ...]) -> Shape:
        shapes = [self.shape(one, within) for one in alternatives if one.get("type") != "null"]
        nothing = ["or null"] if len(shapes) < len(alternatives) else []
        limits = [*nothing, *_default(schema)]
        if len(shapes) == 1:
            only = shapes[0]
            return Shape(only.type, (*only.limits, *limits), only.about, only.members, only.variants)
        types = " or ".join(dict.fromkeys(shape.type for shape in shapes))
        inner = [limit for shape in shapes for limit in shape.limits if not shape.members]
        return Shape(types, (*dict.fromkeys(inner), *limits), "", (), tuple(one for one in shapes if one.members))

    def _list(self, schema: Node, within: tuple[str, ...]) -> Shape:
        items = self.shape(schema.get("items", {}), within)
        limits = (*(f"each {limit}" for limit in items.limits), *_limits(schema))
        return Shape(f"list of {items.type}", limits, items.about, items.members, items.variants)

    def _members(self, schema: Node, within: tuple[str, ...]) -> tuple[Member, ...]:
        required = schema.get("required", ())
        members = [
            Member(name, name in required, self.shape(inner, within))
            for name, inner in schema.get("properties", {}).items()
        ]
        rest = schema.get("additionalProperties")
        if isinstance(rest, dict) and rest:
            members.append(Member("…", required=False, shape=self.shape(rest, within)))
        return tuple(members)


def _beside(reference: Node) -> Node:
    return {key: value for key, value in reference.items() if key != "$ref"}


def _plain(name: str) -> str:
    """Return a name without the module that tells it from another of the same name."""
    return name.rsplit("__", 1)[-1].partition("-")[0]


def _type(schema: Node) -> str:
    if "const" in schema:
        return "always"
    known = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    formats = {"date-time": "instant", "duration": "duration", "uuid": "UUID", "uri": "URL", "date": "date"}
    kind = schema.get("type", "anything")
    return formats.get(schema.get("format", ""), known.get(kind, str(kind)))


def _limits(schema: Node) -> Iterator[str]:
    if "const" in schema:
        yield _json(schema["const"])
    if "enum" in schema:
        values = schema["enum"]
        rest = f" and {len(values) - _MANY} more" if len(values) > _MANY + 1 else ""
        yield "one of " + ", ".join(map(_json, values[:_MANY] if rest else values)) + rest
    for least, most, what in _SPANS:
        yield from _span(schema.get(least), schema.get(most), what)
    if "pattern" in schema:
        yield f"like {schema['pattern']}"
    yield from _default(schema)


def _span(least: Any, most: Any, what: str) -> Iterator[str]:
    if least is not None and most is not None:
        words = f"{least}" if least == most else f"{least} to {most}"
    elif least is not None:
        words = f"at least {least}"
    elif most is not None:
        words = f"at most {most}"
    else:
        return
    yield f"{words} {what}".rstrip()


def _default(schema: Node) -> Iterator[str]:
    if schema.get("default") is not None:
        yield f"default {_json(schema['default'])}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
