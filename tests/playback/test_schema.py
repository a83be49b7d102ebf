"""The JSON Schema of scenario files: the same as the language, and current in the repository."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from sandbox.cli import main
from sandbox.playback import scenario_schema
from sandbox.playback.language import STEPS
from sandbox.playback.yaml_text import read

ROOT = Path(__file__).parents[2]
FILE = ROOT / "scenarios" / "scenario.schema.json"
LIBRARY = sorted((ROOT / "scenarios").rglob("*.yaml"))
VALIDATOR = Draft202012Validator(scenario_schema())


def story(*steps: Any, **more: Any) -> dict[str, Any]:
    return {"scenario": "x", "steps": list(steps), **more}


def test_the_schema_in_the_repository_is_current() -> None:
    """Renew it with `vipps-sandbox schema > scenarios/scenario.schema.json`."""
    assert FILE.read_text() == CliRunner().invoke(main, ["schema"]).output


def test_the_schema_is_one_and_knows_every_step() -> None:
    schema = json.loads(FILE.read_text())
    Draft202012Validator.check_schema(schema)
    assert set(schema["$defs"]["Step"]["properties"]) == {*STEPS, "repeat"}
    assert all("description" in schema["$defs"]["Step"]["properties"][key] for key in STEPS)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library_fits_the_schema(path: Path) -> None:
    VALIDATOR.validate(read(path.read_text()).content)
    assert path.read_text().startswith(
        f"# yaml-language-server: $schema={'../' * (len(path.parts) - len(FILE.parts))}"
    )


@pytest.mark.parametrize(
    "fitting",
    [
        story({"customer.approve": None}),
        story({"customer.approve": "invoice"}),
        story({"customer.approve": {"phone": "${ada.phone}"}}),
        story({"time.advance": "P1D"}),
        story({"merchant.capture": {"amount": "${sum}"}}),
        story({"repeat": {"times": 2, "steps": [{"time.freeze": None}]}}),
        story({"expect.events": ["CREATED", {"name": "CAPTURED"}]}),
        story({"time.freeze": None}, include="_a.yaml", given={"people": {"ada": "4791234567"}}),
    ],
)
def test_what_the_language_allows_fits(fitting: dict[str, Any]) -> None:
    VALIDATOR.validate(fitting)


@pytest.mark.parametrize(
    "unfit",
    [
        story(),
        story({"customer.aprove": None}),
        story({"customer.approve": None, "time.freeze": None}),
        story({"customer.approve": {"phone": "4791"}}),
        story({"time.advance": None}),
        story({"time.advance": "1 day"}),
        story({"merchant.capture": {"amount": "100"}}),
        story({"expect.events": ["created"]}),
        story({"repeat": {"times": 2, "steps": [{"time.freez": None}]}}),
        story({"time.freeze": None}, stepz=[]),
    ],
)
def test_what_the_language_does_not_know_does_not_fit(unfit: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(unfit)
