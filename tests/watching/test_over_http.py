"""Stories that the server watches, started and asked about over its own API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.acme_invoices.settings import Bug
from sandbox.server import running
from sandbox.settings import AccessMode, LogLevel, Settings
from tests.watching.acme import acme

LIBRARY = Path(__file__).parents[2] / "scenarios" / "application"
STORY = (LIBRARY / "first-invoice.yaml").read_bytes()
WAITS = b'{"scenario": "x", "steps": [{"merchant.create_payment": {"body": {}}}]}'


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    settings = Settings(port=0, log_level=LogLevel.WARNING, token="let-me-in")
    with running(settings) as url, httpx.Client(base_url=url, headers={"Authorization": "Bearer let-me-in"}) as http:
        yield http


def verdict(http: httpx.Client, unit: str, started: dict[str, Any]) -> dict[str, Any]:
    """Return how a story went, once it has ended."""
    seen = 0
    while True:
        told: dict[str, Any] = http.get(f"{unit}/scenarios/{started['id']}").json()
        if told["verdict"] != "playing":
            return told
        facts = http.get(f"{unit}/facts?after={seen}&wait=PT0.2S&limit=1000").json()["facts"]
        seen = facts[-1]["number"] if facts else seen


def test_an_application_is_watched(http: httpx.Client) -> None:
    unit = "/sandbox/units/810001"
    with acme(str(http.base_url), "810001") as app:
        answer = http.post(f"{unit}/scenarios", content=STORY, params={"app": app})
        assert (answer.status_code, answer.json()["verdict"]) == (201, "playing")
        told = verdict(http, unit, answer.json())
    assert (told["verdict"], told["trouble"], len(told["steps"])) == ("passed", None, 8)
    assert [story["outcome"] for story in told["scenarios"]] == ["passed"]
    assert http.get(f"{unit}/scenarios").json() == {"scenarios": [told]}


def test_a_bug_is_in_the_verdict(http: httpx.Client) -> None:
    unit = "/sandbox/units/810002"
    with acme(str(http.base_url), "810002", Bug.NO_CAPTURE) as app:
        started = http.post(f"{unit}/scenarios", content=STORY, params={"app": app, "patience": "PT2S"}).json()
        told = verdict(http, unit, started)
    assert told["verdict"] == "failed"
    assert told["scenarios"][0]["failure"]["came"].startswith("it never captured")


def test_one_story_at_a_time_is_played_in_a_sales_unit(http: httpx.Client) -> None:
    unit = "/sandbox/units/810003"
    first = http.post(f"{unit}/scenarios", content=WAITS, params={"patience": "PT1S"})
    second = http.post(f"{unit}/scenarios", content=WAITS)
    assert (first.status_code, second.status_code) == (201, 409)
    assert verdict(http, unit, first.json())["verdict"] == "failed"
    assert http.post(f"{unit}/scenarios", content=WAITS, params={"patience": "PT0.1S"}).status_code == 201


@pytest.mark.parametrize(
    ("text", "params", "status", "detail"),
    [
        (b"scenario: x\nsteps:\n  - merchant.captur:\n", {}, 400, "scenario.yaml:3:5: step 1: there is no step"),
        (b"\xff", {}, 400, "scenario.yaml:1:1: this is not UTF-8"),
        (b"scenario: x\ninclude: other.yaml\nsteps:\n  - time.freeze:\n", {}, 400, "scenario.yaml:2:10: include"),
        (b"scenario: x\ninclude: /etc/passwd\nsteps:\n  - time.freeze:\n", {}, 400, "scenario.yaml:2:10: include"),
        (WAITS, {"app": "nowhere"}, 400, "app: "),
        (WAITS, {"patience": "PT2H"}, 400, "patience: "),
    ],
)
def test_what_is_not_understood_is_told(
    http: httpx.Client, text: bytes, params: dict[str, str], status: int, detail: str
) -> None:
    answer = http.post("/sandbox/units/810004/scenarios", content=text, params=params)
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(detail)


def test_no_command_is_run(http: httpx.Client, tmp_path: Path) -> None:
    unit, made = "/sandbox/units/810005", tmp_path / "made"
    text = f"scenario: x\nsteps:\n  - merchant.trigger: {{command: [touch, {made}]}}\n"
    told = verdict(http, unit, http.post(f"{unit}/scenarios", content=text).json())
    assert told["scenarios"][0]["failure"]["came"] == "commands run only with --allow-commands"
    assert not made.exists()


def test_a_story_that_is_not_there_is_not_found(http: httpx.Client) -> None:
    http.post("/sandbox/units", json={"msn": "810006"})
    assert http.get("/sandbox/units/810006/scenarios").json() == {"scenarios": []}
    assert http.get("/sandbox/units/810006/scenarios/scenario-1").status_code == 404


def test_a_sandbox_with_declared_access_watches_nothing() -> None:
    settings = Settings(port=0, log_level=LogLevel.WARNING, access=AccessMode.DECLARED)
    with running(settings) as url:
        answer = httpx.post(f"{url}/sandbox/units/654321/scenarios", content=WAITS)
    assert (answer.status_code, answer.json()["title"]) == (409, "Needs open access")
