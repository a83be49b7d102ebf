"""Each pain of the real test environment has its answer in the manual, and something that shows it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "test-environment.md"


def rows() -> dict[int, str]:
    found = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    return {int(number): shown_by for number, shown_by in found}


def test_every_pain_has_its_answer() -> None:
    """People reported 25."""
    assert list(rows()) == list(range(1, 26))


@pytest.mark.parametrize("number", sorted(rows()))
def test_what_shows_an_answer_is_played_or_run(number: int) -> None:
    """A scenario of the library is played by the tests, and a module of tests is run by them."""
    links = re.findall(r"\]\(\.\./([^)]+)\)", rows()[number])
    assert links
    for link in links:
        assert (ROOT / link).is_file()
        assert re.fullmatch(r"scenarios/.+\.yaml|tests/.+/test_\w+\.py", link)
