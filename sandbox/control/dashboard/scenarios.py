"""What the dashboard's pages about scenarios show: one frozen dataclass per template, formatted and decided already.

How a story goes is known further up in the house; here is only how it looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from sandbox.control.dashboard.pages import Bar
from sandbox.control.dashboard.words import Told

__all__ = [
    "FAILED",
    "NOT_PLAYED",
    "PASSED",
    "PLAYING",
    "FailureView",
    "FileGroup",
    "FileLine",
    "PlayPage",
    "PlayView",
    "RunLine",
    "ScenarioPage",
    "ScenariosPage",
    "StepLine",
    "StoryView",
    "YourTurn",
]

PLAYING: Final = Told("play", "Playing", "info")
PASSED: Final = Told("authorized", "Passed", "good")
FAILED: Final = Told("aborted", "Failed", "bad")
NOT_PLAYED: Final = Told("terminated", "Not played", "waiting")


# --- What can be played ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file; *mistake* says where it is not understood."""

    id: str
    name: str
    url: str
    title: str
    about: str | None
    stories: int
    mistake: str | None


@dataclass(frozen=True, slots=True)
class FileGroup:
    """The files of a folder."""

    id: str
    name: str
    lines: Sequence[FileLine]


@dataclass(frozen=True, slots=True)
class RunLine:
    """What is played, or was."""

    id: str
    url: str
    title: str
    verdict: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenariosPage:
    """scenarios.html"""

    bar: Bar
    folder: str | None
    is_there: bool  # whether the folder is
    can_play: bool
    count: int  # of the files, whatever is sought
    search: str
    groups: Sequence[FileGroup]
    runs: Sequence[RunLine]  # the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioPage:
    """scenario.html"""

    bar: Bar
    back_url: str
    file: FileLine
    titles: Sequence[str]  # of its stories, if it tells several
    text: str
    can_play: bool
    suits_mine: bool  # whether one's own application can be the merchant


# --- How it goes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step; *state* is done, failed, now or next."""

    id: str
    state: str
    key: str
    told: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    """Where a story went otherwise, as the command line tells it."""

    where: str
    lines: Sequence[tuple[int, str]]  # of the file, by their numbers
    expects: str  # what stands before what was expected
    expected: str
    came: str
    diff: Sequence[tuple[str, str]]  # lines, each with its tone
    nearest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One story of a file; without *steps* where only its verdict is shown."""

    id: str
    title: str
    verdict: Told | None  # None for one that has not begun
    count: str
    msn: str | None
    unit_url: str | None
    before: int  # steps that are left out, before those that are shown and after them
    steps: Sequence[StepLine]
    after: int
    failed_at: str | None  # the id of the step, if it is shown
    failure: FailureView | None
    diagram: Markup | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class YourTurn:
    """What somebody with the phone open is waited for, and where to do it."""

    words: str
    url: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayView:
    """How it goes (_play.html)."""

    verdict: Told
    words: str
    is_one: bool  # whether there is but one story, of which all else on the page speaks
    turn: YourTurn | None
    trouble: str | None
    stories: Sequence[StoryView]
    left_out: int  # stories that are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayPage:
    """play.html"""

    bar: Bar
    title: str
    about: str | None
    cast: str
    back_url: str
    again: Sequence[tuple[str, str]] | None  # the fields that play it again; None for what was sent
    stream_url: str | None  # what is still to be told; None once all is
    play: PlayView
