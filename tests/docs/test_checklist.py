"""The manual tells of every item of the checklist how it is decided, in the words of the code."""

from pathlib import Path

from sandbox.checklist import ENTRIES

PAGE = (Path(__file__).parents[2] / "docs" / "checklist.md").read_text()


def test_the_table_is_that_of_the_code() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| Item")]
    assert rows == [
        f"| {entry.id} | {entry.title}{' (recommended)' if entry.is_recommended else ''} | {entry.shown_when} "
        f"| {entry.broken_when or 'never'} |"
        for entry in ENTRIES
    ]
