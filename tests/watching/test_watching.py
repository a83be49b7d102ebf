"""Scenarios that are played with somebody's own application as the merchant."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path

import click
import pytest

from examples.acme_invoices.settings import Bug
from sandbox.playback import Cast, Mine, Play, Stage, load, play
from sandbox.playback.reports import told
from tests.watching.acme import acme

LIBRARY = Path(__file__).parents[2] / "scenarios" / "application"
STORIES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))
Watched = Callable[..., Play]


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(700_001)


@pytest.fixture
def watched(stage: Stage, numbers: Iterator[int]) -> Iterator[Watched]:
    """Play a story against the application, each in a sales unit of its own."""
    with ExitStack() as stack:

        def watched(path: Path, *bugs: Bug, patience: float = 10) -> Play:
            msn = str(next(numbers))
            url = stack.enter_context(acme(stage.base_url, msn, *bugs))
            return play(load(path)[0], stage, cast=Cast(Mine(msn, url, timedelta(seconds=patience))))

        yield watched


@pytest.mark.parametrize("story", STORIES)
def test_the_application_plays_the_merchant(watched: Watched, story: str) -> None:
    result = watched(LIBRARY / f"{story}.yaml")
    assert result.passed, click.unstyle("\n".join(told(result)))


@pytest.mark.parametrize(
    ("bug", "story", "step", "words"),
    [
        (
            Bug.NO_CAPTURE,
            "first-invoice",
            "step 7",
            "it never captured: in 2 s it called nothing more after GET /vipps-userinfo-api/",
        ),
        (
            Bug.NEW_KEY_ON_RETRY,
            "capture-answer-lost",
            "step 7",
            "it retried with another Idempotency-Key: POST /epayment/v1/payments/acme-invoice-",
        ),
        (
            Bug.TRUST_RETURN_URL,
            "webhook-is-late",
            "step 7",
            "it trusted the return URL without asking the API: the customer came back to http://127.0.0.1:",
        ),
    ],
)
def test_each_classic_bug_is_called_by_its_name(
    watched: Watched, bug: Bug, story: str, step: str, words: str
) -> None:
    result = watched(LIBRARY / f"{story}.yaml", bug, patience=2)
    assert result.failure is not None
    assert (result.failure.at.name, result.failure.came[: len(words)]) == (step, words)
