"""YAML as testers write it: plain data, and where in the file each part of it stands.

Only what JSON knows as well comes out. Where YAML would read a value otherwise than its writer meant it, such as
`NO` (false) or `10:30` (630), the file is refused, in words that say how to write it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final

import yaml

__all__ = ["Document", "Mark", "Place", "YamlRefused", "read"]

Place = tuple[str | int, ...]  # keys and indices, from the root

_MOST_VALUES: Final = 50_000  # that a file may hold, with what its aliases repeat
_DEEPEST: Final = 60
_JSON_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_HALF: Final = re.compile("[\ud800-\udfff]")
_TAG: Final = "tag:yaml.org,2002:"
_TAGS: Final = frozenset(f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a file: line and column count from 1, the indices from 0."""

    line: int
    column: int
    begin: int
    end: int


class YamlRefused(Exception):
    """What is no YAML, or is likely not what its writer means; *line* and *column* count from 1."""

    def __init__(self, line: int, column: int, complaint: str) -> None:
        super().__init__(line, column, complaint)
        self.line = line
        self.column = column
        self.complaint = complaint


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is understood as YAML."""

    text: str
    content: Any
    marks: Mapping[Place, Mark]  # of every value; a key's own is at its place with `"?"` behind it

    def mark(self, place: Sequence[str | int]) -> Mark:
        """Return where a value stands, or the innermost there is around it."""
        for length in range(len(place), -1, -1):
            mark = self.marks.get(tuple(place[:length]))
            if mark is not None:
                return mark
        return Mark(1, 1, 0, len(self.text))

    def key_mark(self, place: Sequence[str | int]) -> Mark:
        """Return where the key of a member stands; the value itself if it is no member."""
        return self.marks.get((*place, "?")) or self.mark(place)

    def passage(self, place: Sequence[str | int]) -> str:
        """Return a member or an entry as it stands in the file, in whole lines."""
        first, last = self.key_mark(place), self.mark(place)
        begin = self.text.rfind("\n", 0, first.begin) + 1
        end = len(self.text[: max(last.end, first.end)].rstrip())  # a block ends where the next one begins
        line_ends = self.text.find("\n", end)
        return self.text[begin : len(self.text) if line_ends < 0 else line_ends].rstrip()


def read(text: str) -> Document:
    """Understand YAML.

    Raises:
        YamlRefused: it is none, or holds what would be misread.
    """
    node = _parsed(text)
    if node is None:
        raise YamlRefused(1, 1, "the file is empty")
    reader = _Reader()
    return Document(text, reader.value(node, ()), reader.marks)


def _parsed(text: str) -> yaml.Node | None:
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise YamlRefused(line, column, f"the character U+{ord(text[error.position]):04X} is not allowed") from error
    try:
        node: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise YamlRefused(line, column, _in_words(error)) from error
    except RecursionError:
        raise YamlRefused(1, 1, f"this is nested deeper than {_DEEPEST} levels") from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlRefused(1, 1, f"not YAML: {error}") from error
    finally:
        loader.dispose()
    return node


def _in_words(error: yaml.MarkedYAMLError) -> str:
    said = str(error.problem or error.context)
    if "'\\t'" in said:
        return "YAML is indented by spaces: a tab cannot begin what stands here"
    if error.context is None or error.context_mark is None or error.problem is None:
        return said
    return f"{said}, {error.context} that begins in line {error.context_mark.line + 1}"


class _Reader:
    """Turns nodes into plain data, and notes where each stands."""

    def __init__(self) -> None:
        self.marks: dict[Place, Mark] = {}
        self._count = 0

    def value(self, node: yaml.Node, place: Place) -> Any:
        self._count += 1
        if self._count > _MOST_VALUES:
            raise _refused(node, f"there are more than {_MOST_VALUES:,} values, counting what aliases repeat")
        if len(place) > _DEEPEST:
            raise _refused(node, f"this is nested deeper than {_DEEPEST} levels, or holds itself")
        if node.tag not in _TAGS and node.tag != f"{_TAG}timestamp":
            shown = node.tag.replace(_TAG, "!!")
            raise _refused(node, f"could not determine a constructor for the tag {shown!r}: write it without")
        self.marks[place] = _mark(node)
        match node:
            case yaml.MappingNode():
                return dict(self._members(node, place))
            case yaml.SequenceNode():
                return [self.value(entry, (*place, index)) for index, entry in enumerate(node.value)]
            case yaml.ScalarNode():
                return _scalar(node)
            case _:
                raise TypeError(f"{node} is no node of YAML")

    def _members(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = _key(key_node)
            if key in seen:
                raise _refused(key_node, f"the key {key!r} comes twice")
            seen.add(key)
            self.marks[(*place, key, "?")] = _mark(key_node)
            yield key, self.value(value_node, (*place, key))


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _refused(node, "a key is one word, not a list or a mapping")
    if node.tag == f"{_TAG}merge":
        raise _refused(node, "`<<` merges mappings, which is not done here: write the members out, or use `include`")
    if node.tag not in {f"{_TAG}str", f"{_TAG}timestamp"} and node.style is None:
        raise _refused(node, f"the key {node.value} is not text: quote it")
    if _HALF.search(node.value):
        raise _refused(node, "half a character stands here: a surrogate such as \\ud800 without the other")
    return str(node.value)


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    text = str(node.value)
    match node.tag.removeprefix(_TAG):
        case "null":
            return None
        case "bool":
            if text not in {"true", "false"}:
                said = str(text.lower() in {"yes", "on", "true"}).lower()
                raise _refused(node, f'YAML reads {text} as {said}: write "{text}" in quotes, or {said}')
            return text == "true"
        case "int" | "float":
            if not _JSON_NUMBER.fullmatch(text):
                raise _refused(node, f'YAML reads {text} as a number of another kind: write "{text}" in quotes')
            number = int(text) if re.fullmatch(r"-?[0-9]{1,4000}", text) else float(text)
            if number in {inf, -inf}:
                raise _refused(node, "this number is too large")
            return number
        case _:
            if node.style is None and _JSON_NUMBER.fullmatch(text):
                raise _refused(node, f'YAML reads {text} as text: write "{text}" in quotes, or the number without e')
            if _HALF.search(text):
                raise _refused(node, "half a character stands here: a surrogate such as \\ud800 without the other")
            return text  # instants as well: a body is passed on as it stands


def _refused(node: yaml.Node, complaint: str) -> YamlRefused:
    return YamlRefused(node.start_mark.line + 1, node.start_mark.column + 1, complaint)


def _mark(node: yaml.Node) -> Mark:
    begin, end = node.start_mark, node.end_mark
    return Mark(begin.line + 1, begin.column + 1, begin.index, end.index)
