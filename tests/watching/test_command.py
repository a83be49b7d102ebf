"""`vipps-sandbox play --merchant mine`, as its user meets it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sandbox.cli import main
from sandbox.server import running
from sandbox.settings import HOME, LogLevel, Settings
from tests.watching.acme import acme

LIBRARY = Path(__file__).parents[2] / "scenarios" / "application"


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def url() -> Iterator[str]:
    with running(Settings(port=0, log_level=LogLevel.WARNING, token="let-me-in")) as url:
        yield url


def test_an_application_plays_the_library_in_its_own_sales_unit(url: str) -> None:
    """One after another, and again: nothing of one story stands in the way of the next."""
    with acme(url, HOME.msn) as app:
        options = ("--merchant", "mine", "--url", url, "--app", app, "--token", "let-me-in")
        for _ in range(2):
            code, output = command("play", str(LIBRARY), *options)
            assert code == 0, output
            assert output.endswith("6 passed, 0 failed\n")


def test_a_closed_sandbox_says_what_it_lacks(url: str) -> None:
    code, output = command("record", "--unit", HOME.msn, "--url", url)
    assert code == 2
    assert "token" in output
    code, output = command("record", "--unit", HOME.msn, "--url", url, "--token", "let-me-in")
    assert "steps" in output or "scenario" in output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--merchant", "mine"], "--merchant mine needs --url"),
        (["--merchant", "mine", "--url", "http://127.0.0.1:9", "-j", "2"], "plays one story at a time"),
        (["--unit", "654321"], "go with --merchant mine"),
        (["--app", "http://127.0.0.1:9"], "go with --merchant mine"),
        (["--allow-commands"], "go with --merchant mine"),
        (["--customer", "human"], "--customer human needs --url"),
    ],
)
def test_options_that_do_not_fit_are_told(options: list[str], complaint: str) -> None:
    code, output = command("play", str(LIBRARY), *options)
    assert code == 2
    assert complaint in output
