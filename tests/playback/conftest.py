"""A sandbox to play in, and stories that a test writes out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.playback import Play, Stage, load, play
from sandbox.server import running
from sandbox.settings import LogLevel, Settings


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield stage


@pytest.fixture
def played(stage: Stage, tmp_path: Path) -> Callable[[str], Play]:
    """Play the text of a story."""

    def played(story: str) -> Play:
        path = tmp_path / "story.yaml"
        path.write_text(story)
        (loaded,) = load(path)
        return play(loaded, stage)

    return played
