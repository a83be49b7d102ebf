"""The library of scenarios: all of it plays, and says when it matters."""

from pathlib import Path
from time import perf_counter

import click
import pytest

from sandbox.playback import LoadedScenario, Play, Stage, load, play_all, scenario_files
from sandbox.playback.language import STEPS
from sandbox.playback.reports import told
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

LIBRARY = Path(__file__).parents[2] / "scenarios"
FILES = scenario_files([LIBRARY])
SCENARIOS = [scenario for file in FILES for scenario in load(file)]
_AT_MOST = 10  # seconds, for all of it


@pytest.fixture(scope="module")
def plays() -> dict[tuple[Path, str], Play]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        begun = perf_counter()
        plays = play_all(SCENARIOS, stage, at_once=2)
        took = perf_counter() - begun
    assert took < _AT_MOST, f"the library took {took:.1f} s"
    return {(play.scenario.path, play.scenario.title): play for play in plays}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: f"{scenario.path.stem}: {scenario.title}")
def test_the_library_plays_green(plays: dict[tuple[Path, str], Play], scenario: LoadedScenario) -> None:
    result = plays[scenario.path, scenario.title]
    assert result.passed, click.unstyle("\n".join(told(result)))
    assert len(result.performed) == scenario.count


def test_the_library_is_large_enough_and_its_titles_tell_stories_apart() -> None:
    assert len(FILES) >= 40
    assert len({scenario.title for scenario in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_when_it_matters(path: Path) -> None:
    about = load(path)[0].about
    assert about is not None
    assert about.endswith(".")


def test_every_step_of_the_language_is_in_the_library() -> None:
    assert {step.step.key for scenario in SCENARIOS for step in scenario.every_step()} == set(STEPS)
