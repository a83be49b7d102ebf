"""Files and runs as the dashboard's pages about scenarios show them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from sandbox.api.links import landing_page_url
from sandbox.control.dashboard.places import unit_url
from sandbox.control.dashboard.scenarios import (
    FAILED,
    NOT_PLAYED,
    PASSED,
    PLAYING,
    FailureView,
    FileGroup,
    FileLine,
    PlayView,
    RunLine,
    StepLine,
    StoryView,
    YourTurn,
)
from sandbox.control.dashboard.views import took_words
from sandbox.control.dashboard.words import phone_words
from sandbox.phone.places import request_url
from sandbox.playback import Asked, Failure, LoadedScenario, Outcome, Play
from sandbox.playback.loading import LoadedStep
from sandbox.playback.written_reports import as_svg
from sandbox.watching.library import Entry, title_of
from sandbox.watching.runs import Run

__all__ = ["file_line", "groups_of", "play_view", "run_line", "run_title", "run_url", "scenarios_url"]

_STEPS_SHOWN: Final = 200  # of a story
_STORIES_TOLD: Final = 20  # with their steps; of more, only those that play or failed
_STORIES_SHOWN: Final = 100
_OUTCOMES: Final = {Outcome.PASSED: PASSED, Outcome.FAILED: FAILED, Outcome.REFUSED: NOT_PLAYED}
_VERDICTS: Final = {"playing": PLAYING, "passed": PASSED, "failed": FAILED}


def scenarios_url(msn: str) -> str:
    return unit_url(msn, "/scenarios")


def run_url(run: Run) -> str:
    return f"{scenarios_url(run.msn)}/{run.id}"


def run_title(run: Run) -> str:
    return title_of(run.file or f"{len(run.scenarios)} stories", run.scenarios)


# --- What can be played ---------------------------------------------------------------------------------


def file_line(msn: str, entry: Entry, number: int = 1) -> FileLine:
    return FileLine(
        id=f"file-{number}",
        name=entry.name,
        url=f"{scenarios_url(msn)}/file?{urlencode({'name': entry.name})}",
        title=entry.title,
        about=entry.about,
        stories=len(entry.scenarios),
        mistake=entry.mistake,
    )


def groups_of(msn: str, entries: Sequence[Entry], top: str) -> list[FileGroup]:
    """Return the files by their folders; those that lie in none come first, below *top*."""
    lines = [
        (entry.name.rpartition("/")[0], file_line(msn, entry, number)) for number, entry in enumerate(entries, 1)
    ]
    folders = groupby(sorted(lines, key=lambda line: line[0]), key=lambda line: line[0])
    return [
        FileGroup(f"folder-{number}", name or top, [line for _, line in found])
        for number, (name, found) in enumerate(folders, 1)
    ]


def run_line(run: Run) -> RunLine:
    return RunLine(run.id, run_url(run), run_title(run), _VERDICTS[run.verdict])


# --- How it goes ----------------------------------------------------------------------------------------


def play_view(run: Run, base_url: str) -> PlayView:
    """Return how a run goes, as far as it has come.

    Args:
        base_url: Where whoever looks finds the sandbox.
    """
    plays, verdict, asked = list(run.plays), run.verdict, run.asked  # its own thread goes on meanwhile
    stories = list(_stories(run, plays))
    return PlayView(
        verdict=_VERDICTS[verdict],
        words=_words(run, plays),
        is_one=len(run.scenarios) == 1,
        turn=_turn(asked, plays[-1].msn, base_url) if asked is not None and plays else None,
        trouble=run.trouble,
        stories=stories,
        left_out=len(run.scenarios) - len(stories),
    )


def _words(run: Run, plays: Sequence[Play]) -> str:
    took = sum(play.took for play in plays)
    if len(run.scenarios) == 1:
        done = _count(run.scenarios[0], plays[0] if plays else None)
        return f"{done} in {took_words(took)}" if run.done else done
    passed = sum(play.passed for play in plays[: run.done])
    return f"{passed} of {len(run.scenarios)} stories passed" + (f" in {took:.1f} s" if run.ended else "")


def _stories(run: Run, plays: Sequence[Play]) -> Iterator[StoryView]:
    is_short = len(run.scenarios) <= _STORIES_TOLD
    told = 0
    for number, scenario in enumerate(run.scenarios[:_STORIES_SHOWN], 1):
        play = plays[number - 1] if number <= len(plays) else None
        has_ended = number <= run.done
        matters = play is not None and not (has_ended and play.passed)
        with_steps = is_short or (matters and told < _STORIES_TOLD)
        told += with_steps
        yield _story(
            number, scenario, play, has_ended=has_ended, with_steps=with_steps, is_only=len(run.scenarios) == 1
        )


def _story(
    number: int, scenario: LoadedScenario, play: Play | None, *, has_ended: bool, with_steps: bool, is_only: bool
) -> StoryView:
    steps, done = list(scenario.every_step()), 0 if play is None else len(play.performed)
    failure = None if play is None else play.failure
    begin = max(0, min(done - _STEPS_SHOWN * 3 // 4, len(steps) - _STEPS_SHOWN)) if with_steps else 0
    end = begin + _STEPS_SHOWN if with_steps else 0
    lines = list(_lines(number, steps[begin:end], begin, play, has_ended=has_ended))
    verdict = None if play is None else _OUTCOMES[play.outcome] if has_ended else PLAYING
    return StoryView(
        id=f"story-{number}",
        title=scenario.title,
        verdict=verdict,
        count=_count(scenario, play),
        msn=play.msn if play is not None and play.msn else None,
        unit_url=unit_url(play.msn) if play is not None and play.msn else None,
        before=begin,
        steps=lines,
        after=max(0, len(steps) - end) if with_steps else 0,
        failed_at=next((line.id for line in lines if line.state == "failed"), None),
        failure=None if failure is None or play is None else _failure(failure, play.outcome),
        diagram=Markup(as_svg(play)) if play is not None and has_ended and with_steps else None,  # noqa: S704 - escaped
        is_open=is_only or (play is not None and not (has_ended and play.passed)),
    )


def _count(scenario: LoadedScenario, play: Play | None) -> str:
    return f"{0 if play is None else len(play.performed)} of {scenario.count} steps"


def _lines(
    number: int, steps: Sequence[LoadedStep], begin: int, play: Play | None, *, has_ended: bool
) -> Iterator[StepLine]:
    performed = [] if play is None else list(play.performed)
    failure = None if play is None else play.failure
    for index, step in enumerate(steps, begin):
        told = ""
        if failure is not None and failure.at is step:
            state, told = "failed", failure.came
        elif index < len(performed):
            state, told = "done", performed[index].told
        else:
            state = "now" if index == len(performed) and play is not None and not has_ended else "next"
        yield StepLine(f"step-{number}-{index + 1}", state, step.step.key, told, f"{step.path.name}:{step.line}")


def _failure(failure: Failure, outcome: Outcome) -> FailureView:
    at = failure.at
    return FailureView(
        where=f"{at.path}:{at.line}: {at.name}",
        lines=list(enumerate(at.text.splitlines(), at.line)),
        expects="needs" if outcome is Outcome.REFUSED else "expected",
        expected=failure.expected,
        came=failure.came,
        diff=[({"-": "good", "+": "bad"}.get(line[:1], ""), line) for line in failure.diff],
        nearest=failure.nearest,
    )


def _turn(asked: Asked, msn: str, base_url: str) -> YourTurn:
    words = f"{asked.what[:1].upper()}{asked.what[1:]}: {asked.reference}"
    if asked.on_landing_page or asked.phone is None:
        return YourTurn(words, landing_page_url(base_url, msn, asked.reference), "Open the landing page")
    return YourTurn(
        words, request_url(asked.phone, msn, asked.reference), f"Open the phone {phone_words(asked.phone)}"
    )
