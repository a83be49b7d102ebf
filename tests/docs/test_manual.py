"""The tables of the manual are as the code has it: nothing is left out, and nothing is there that is not."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from sandbox.api.gateway.trouble import FAULT_STATUSES
from sandbox.control import models
from sandbox.control.views import duration_view
from sandbox.domain.customers import MAGIC_NUMBERS, Persona
from sandbox.domain.due_times import DueKind
from sandbox.domain.sales_unit import UnitSettings
from tests.contract.own_document import own_document

DOCS = Path(__file__).parents[2] / "docs"


def rows(page: str, head: str) -> list[list[str]]:
    """Return the cells of the table whose head begins so, without the marks of code."""
    lines = (DOCS / page).read_text().splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"| {head} |"))
    found = []
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip().strip("`") for cell in line.strip("|").split(" | ")])
    return found


def first_cells(page: str, head: str) -> list[str]:
    return [row[0].strip(" `|") for row in rows(page, head)]


def test_all_that_waits_is_told() -> None:
    assert set(first_cells("time.md", "in `due`")) == set(DueKind)


@pytest.mark.parametrize("page", ["time.md", "personas.md", "faults.md", "isolation.md"])
def test_every_setting_that_is_named_is_one(page: str) -> None:
    """Settings are named in brackets, or in a table of their own."""
    named = re.findall(r"\((`[a-zA-Z]+`(?:, `[a-zA-Z]+`)*)\)", (DOCS / page).read_text())
    settings = {to_camel(name) for name in UnitSettings.__dataclass_fields__}
    told = {name for group in named for name in re.findall("`([a-zA-Z]+)`", group)}
    assert told - {"person", "approveTrouble"} <= settings


def test_the_delays_of_personas_are_told_with_their_defaults() -> None:
    for name, default, _ in rows("personas.md", "setting"):
        field = next(one for one in UnitSettings.__dataclass_fields__ if to_camel(one) == name.strip("`"))
        assert default.strip("`") == duration_view(getattr(UnitSettings(), field))


def test_every_persona_has_a_number_but_the_one_that_is_played() -> None:
    told = {number: persona for number, persona, _ in rows("personas.md", "number")}
    assert told == {number: str(persona) for number, persona in MAGIC_NUMBERS.items()}
    assert set(told.values()) == set(Persona) - {Persona.MANUAL}


@pytest.mark.parametrize(
    ("head", "model"), [("in `match`", models.Match), ("in `then`", models.Then), ("in `hold`", models.Race)]
)
def test_all_that_a_fault_can_be_is_told(head: str, model: type[BaseModel]) -> None:
    assert first_cells("faults.md", head) == list(model.model_fields)


def test_every_status_that_a_fault_answers_is_told() -> None:
    told = [int(status) for status in first_cells("faults.md", "`answer` | is")]
    assert told == list(FAULT_STATUSES) == list(get_args(get_args(models.Then.model_fields["answer"].annotation)[0]))


def test_every_operation_that_can_be_matched_is_told() -> None:
    operations = {
        (operation["operationId"], operation["tags"][0])
        for path, item in own_document()["paths"].items()
        if not path.startswith("/sandbox")
        for operation in item.values()
    }
    assert {(row[0].strip(" `|"), row[1].strip(" |")) for row in rows("faults.md", "operation")} == operations


def test_the_pages_lead_to_every_call_about_their_matter() -> None:
    """By path as the OpenAPI document has it, without what is before the sales unit's own part."""
    text = "".join((DOCS / page).read_text() for page in ("time.md", "personas.md", "faults.md", "isolation.md"))
    for path, item in own_document()["paths"].items():
        if {"Time", "Faults"} & {tag for operation in item.values() for tag in operation["tags"]}:
            assert path.partition("{msn}")[2].partition("/{")[0] in text, path
    for last in ("/reset", "/snapshot", "/restore"):
        assert f"POST /sandbox/units/{{msn}}{last}" in text
