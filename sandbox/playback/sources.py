"""Scenario files as they are read: what they hold, what they include, and where to point when something is wrong.

What a file includes lies in its own folder or below.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NoReturn

from pydantic import ValidationError

from sandbox.playback.complaints import complaint
from sandbox.playback.language import Scenario
from sandbox.playback.nearest import did_you_mean
from sandbox.playback.yaml_text import Document, Place, YamlRefused, read

__all__ = ["Passage", "ScenarioInvalid", "Source", "scenario_files", "source_at"]

_LARGEST: Final = 1_000_000  # bytes of a file
_DEEPEST_INCLUDE: Final = 10
_MOST_INCLUDED: Final = 100  # files, counting what is included again


class ScenarioInvalid(Exception):
    """A scenario file that is not understood; its text begins with `file:line:column:`."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a file that can be blamed."""

    path: Path
    name: str  # a key such as `given.clock`, or `step 3`
    line: int
    text: str  # as it stands in the file, from the beginning of its line


def scenario_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files that are meant: of a folder all *.yaml below it but those that are only included (`_…`)."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = sorted((*path.rglob("*.yaml"), *path.rglob("*.yml")))
            files += (file for file in below if not file.name.startswith("_") and file.is_file())
        else:
            files.append(path)
    return list(dict.fromkeys(files))


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is understood as far as it can be without its steps."""

    path: Path
    document: Document
    scenario: Scenario
    included: Sequence["Source"] = field(default=())

    def blame(self, place: Place, said: str, *, at_key: bool = False) -> NoReturn:
        _blame(self.path, self.document, place, said, at_key=at_key)

    def passage(self, place: Place, name: str) -> Passage:
        return Passage(self.path, name, self.document.key_mark(place).line, self.document.passage(place))

    def in_order(self) -> Iterator["Source"]:
        """Give what this file includes, and then itself."""
        for included in self.included:
            yield from included.in_order()
        yield self


def _blame(path: Path, document: Document, place: Place, said: str, *, at_key: bool = False) -> NoReturn:
    mark = document.key_mark(place) if at_key else document.mark(place)
    raise ScenarioInvalid(f"{path}:{mark.line}:{mark.column}: {said}")


def source_at(path: Path) -> Source:
    """Read a file and all that it includes.

    Raises:
        ScenarioInvalid: one of them cannot be read, or is not understood.
    """
    return _source(path, (), [])


def _source(path: Path, includers: tuple[Path, ...], included: list[Path]) -> Source:
    try:
        document = read(_text(path))
    except YamlRefused as refused:
        raise ScenarioInvalid(f"{path}:{refused.line}:{refused.column}: {refused.complaint}") from refused
    if not isinstance(document.content, dict):
        _blame(path, document, (), "a scenario is a mapping with `scenario` and `steps`")
    try:
        scenario = Scenario.model_validate(document.content)
    except ValidationError as error:
        place, said, at_key = complaint(Scenario, error)
        _blame(path, document, place, said, at_key=at_key)
    source = Source(path, document, scenario)
    if not scenario.include:
        return source
    return replace(source, included=list(_included(source, (*includers, path.resolve()), included)))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:  # such as a null character in its name
        raise ScenarioInvalid(f"{path}: cannot be read: {error}") from error
    if len(content) > _LARGEST:
        raise ScenarioInvalid(f"{path}:1:1: the file is larger than {_LARGEST:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise ScenarioInvalid(f"{path}:{line}:{column}: this is not UTF-8: save the file as UTF-8") from error


def _included(source: Source, includers: tuple[Path, ...], included: list[Path]) -> Iterator[Source]:
    folder = source.path.parent.resolve()
    for index, name in enumerate(source.scenario.include):
        is_only_one = isinstance(source.document.content["include"], str)
        place: Place = ("include",) if is_only_one else ("include", index)
        try:
            path = (folder / name).resolve()
        except (OSError, ValueError, RuntimeError):  # such as a null character, or a link to itself
            source.blame(place, f"include: {name!r} is no file name")
        if not path.is_relative_to(folder):
            source.blame(place, f"include: {name!r} is outside the folder of this file")
        if not path.is_file():
            near = did_you_mean(name, (file.name for file in folder.glob("*.y*ml")))
            source.blame(place, f"include: there is no file {name!r} beside this one{near}")
        if path in includers or len(includers) > _DEEPEST_INCLUDE:
            source.blame(place, f"include: {name!r} includes this file in turn")
        included.append(path)
        if len(included) > _MOST_INCLUDED:
            source.blame(place, f"include: more than {_MOST_INCLUDED} files are included, counting each time")
        yield _source(source.path.parent / name, includers, included)
