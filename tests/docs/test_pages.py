"""The ids that the manual promises are those of the templates."""

import re
from pathlib import Path

from sandbox.control.dashboard.answers import TEMPLATES as DASHBOARD
from sandbox.phone.rendering import TEMPLATES

PAGE = Path(__file__).parent.parent.parent / "docs" / "pages.md"
MADE = ("card-", "shipping-", "language-", "request-", "payment-")  # with a value of the page in them
ACTIONS = {"open", "share", "refuse", "approve", "reject", "pay-later"}  # ids of buttons are names of actions


def test_every_id_in_the_manual_is_in_a_template() -> None:
    table = PAGE.read_text().partition("These ids stay as they are:")[2].partition("\n\nThe merchant's")[0]
    promised = {name for row in table.splitlines()[4:] for name in re.findall(r"`([^`]+)`", row)}
    written = "".join(path.read_text() for path in TEMPLATES.glob("*.html"))
    there = set(re.findall(r'\bid="([^"{]+)"', written)) | ACTIONS
    missing = {name for name in promised if name not in there and not name.startswith(MADE)}
    assert not missing
    assert len(promised) > 40


def test_every_id_of_the_pages_about_scenarios_is_in_a_template() -> None:
    table = PAGE.with_name("dashboard.md").read_text().partition("Of what plays scenarios")[2]
    promised = {
        name for row in table.splitlines() if row.startswith("|") for name in re.findall(r"`([a-z0-9-]+)`", row)
    }
    written = "".join(path.read_text() for path in DASHBOARD.glob("*.html"))
    there = set(re.findall(r'\bid="([^"{]+)"', written))
    made = ("play-file-", "open-file-", "story-", "step-")
    assert {name for name in promised - there if not name.startswith(made)} == set()
    assert len(promised) > 20


def test_pictures_in_the_manual_are_there() -> None:
    pictures = re.findall(r"\]\((images/[^)]+)\)", PAGE.read_text())
    assert pictures
    assert all((PAGE.parent / picture).is_file() for picture in pictures)
