"""The folder of scenarios that the server was given: which there are, and the stories that they tell.

Read when asked, for files may change while the server runs. Nothing outside the folder is read: a link out of it is
not there.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final

from sandbox.control import judging
from sandbox.playback import LoadedScenario, ScenarioInvalid, load
from sandbox.playback.cast import what_needs_our_merchant
from sandbox.playback.loading import LoadedStep

__all__ = ["Entry", "Library", "scenarios_of", "title_of"]

_MOST_FILES: Final = 1_000
_LONGEST_SHOWN: Final = 1_000_000  # characters of a file
_MOST_STEPS: Final = 10_000  # of all stories of a file
_FILE: Final = "scenario.yaml"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: what it tells, or what is wrong with it, with its line and column."""

    name: str  # below the folder, with slashes
    scenarios: Sequence[LoadedScenario]
    mistake: str | None = None

    @property
    def title(self) -> str:
        return title_of(self.name, self.scenarios)

    @property
    def about(self) -> str | None:
        """When it matters."""
        return self.scenarios[0].about if self.scenarios else None

    @property
    def suits_an_application(self) -> bool:
        """Whether somebody's own application can be the merchant in all its stories."""
        return self.mistake is None and all(what_needs_our_merchant(scenario) is None for scenario in self.scenarios)


def title_of(name: str, scenarios: Sequence[LoadedScenario]) -> str:
    """Return what a file is called: by its story, if it tells but one, else by its own name."""
    return scenarios[0].title if len(scenarios) == 1 else PurePath(name).stem.replace("-", " ").capitalize()


_State = tuple[int, int, int]  # when a file was changed, how large it is, and which it is


class Library:
    """The files of a folder, those in its folders included; None for no folder.

    What begins with `_` is only included by others, and what begins with a dot is nobody's.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock = Lock()
        self._seen: dict[Path, _State] | None = None
        self._entries: Sequence[Entry] = ()

    def entries(self) -> Sequence[Entry]:
        """Return all files by their names; they are read again if any has changed."""
        if self.folder is None:
            return ()
        with self._lock:
            root = _real(self.folder)
            seen = dict(_files(root))
            if seen != self._seen:
                names = sorted(path for path in seen if not path.name.startswith("_"))
                self._entries = [_entry(root, path) for path in names]
                self._seen = seen
            return self._entries

    def find(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries() if entry.name == name), None)

    def text(self, name: str) -> str | None:
        """Return a file as it stands; None if there is none, or it is no text."""
        entry = self.find(name)
        if entry is None or self.folder is None:
            return None
        try:
            with (_real(self.folder) / name).open(encoding="utf-8") as file:
                return file.read(_LONGEST_SHOWN)
        except (OSError, ValueError):
            return None


def scenarios_of(text: bytes) -> list[LoadedScenario]:
    """Return the stories that a text tells, as YAML or JSON; it can include no other file.

    Raises:
        ScenarioInvalid: it is not understood; the sentence says the line and the column.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        path.write_bytes(text)
        return _loaded(Path(folder), path)


def _files(root: Path) -> Iterator[tuple[Path, _State]]:
    """Give the YAML files below a folder, and what tells whether one has changed."""
    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or not name.endswith((".yaml", ".yml")):
                continue
            path = Path(folder) / name
            try:
                is_inside = _real(path).is_relative_to(root) and path.is_file()
                status = path.stat()
            except OSError:  # such as of a link that leads nowhere, or to itself
                continue
            if is_inside:
                count += 1
                if count > _MOST_FILES:
                    return
                yield path, (status.st_mtime_ns, status.st_size, status.st_ino)


def _real(path: Path) -> Path:
    """Return where a path leads; a link to itself leads nowhere else."""
    return Path(os.path.realpath(path))


def _entry(root: Path, path: Path) -> Entry:
    name = path.relative_to(root).as_posix()
    try:
        return Entry(name, _loaded(root, path))
    except ScenarioInvalid as invalid:
        return Entry(name, (), str(invalid))


def _loaded(root: Path, path: Path) -> list[LoadedScenario]:
    """Return the stories of a file, with its place below *root* for its path; mistakes are told so too."""
    try:
        scenarios = load(path, judging)
    except ScenarioInvalid as invalid:
        raise ScenarioInvalid(str(invalid).replace(f"{root}{os.sep}", "")) from invalid
    if sum(scenario.count for scenario in scenarios) > _MOST_STEPS:
        raise ScenarioInvalid(f"{path.relative_to(root)}: its stories have more than {_MOST_STEPS:,} steps together")
    return [_placed(scenario, root) for scenario in scenarios]


def _placed(scenario: LoadedScenario, root: Path) -> LoadedScenario:
    return replace(
        scenario,
        path=scenario.path.relative_to(root),
        passages={
            name: replace(passage, path=passage.path.relative_to(root)) for name, passage in scenario.passages.items()
        },
        steps=_steps_placed(scenario.steps, root),
    )


def _steps_placed(steps: Sequence[LoadedStep], root: Path) -> list[LoadedStep]:
    return [
        replace(step, path=step.path.relative_to(root), meanwhile=_steps_placed(step.meanwhile, root))
        for step in steps
    ]
