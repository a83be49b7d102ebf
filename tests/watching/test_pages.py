"""The dashboard's pages about scenarios, as they are without scripts; tests/pages has them in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.server import running
from sandbox.settings import AccessMode, LogLevel, Settings

HOME = "/sandbox/dashboard/654321"
LIBRARY = Path(__file__).parents[2] / "scenarios"


@contextmanager
def serving(scenarios: Path | None = LIBRARY, **changes: object) -> Iterator[httpx.Client]:
    settings = Settings.model_validate(
        {"port": 0, "log_level": LogLevel.WARNING, "scenarios": scenarios, "units": (), **changes}
    )
    with running(settings) as url, httpx.Client(base_url=url) as http:
        yield http


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with serving() as http:
        yield http


def played(http: httpx.Client, **form: str) -> str:
    """Play as a form does; return the page, once all is told."""
    begun = http.post(f"{HOME}/scenarios", data=form)
    assert begun.status_code == 303, begun.text
    place = begun.headers["location"]
    http.get(f"/sandbox/units/654321/scenarios/{place.rpartition('/')[2]}/stream")
    return http.get(place).text


def test_what_there_is_to_play_is_said_where_there_is_nothing(tmp_path: Path) -> None:
    with serving(None) as http:
        assert "No folder of scenarios was given" in http.get(f"{HOME}/scenarios").text
    with serving(tmp_path / "gone") as http:
        assert f"There is no folder <code>{tmp_path / 'gone'}</code>" in http.get(f"{HOME}/scenarios").text
    with serving(tmp_path) as http:
        shown = http.get(f"{HOME}/scenarios").text
        assert "There is no <code>*.yaml</code> in it" in shown
        (tmp_path / "one.yaml").write_text("scenario: One\nsteps:\n  - time.freeze:\n")
        shown = http.get(f"{HOME}/scenarios").text
        assert "1 file in" in shown
        assert ">One</a>" in shown


def test_declared_access_shows_the_scenarios_and_says_what_playing_needs() -> None:
    with serving(access=AccessMode.DECLARED) as http:
        shown = http.get(f"{HOME}/scenarios").text
        assert "start it with <code>--access open</code>" in shown
        assert ">Play<" not in shown
        assert 'id="play"' not in http.get(f"{HOME}/scenarios/file?name=first-invoice.yaml").text
        refused = http.post(f"{HOME}/scenarios", data={"file": "first-invoice.yaml"})
        assert (refused.status_code, "a player needs --access open" in refused.text) == (409, True)


def test_a_play_leaves_the_list_of_sales_units_as_it_was(http: httpx.Client) -> None:
    before = http.get("/sandbox/dashboard").text
    played(http, file="first-invoice.yaml")
    assert http.get("/sandbox/dashboard").text == before
    plays = http.get("/sandbox/dashboard?show=plays").text
    assert "A first invoice is paid, and the customer shares the phone number</span>" in plays


def test_a_token_keeps_strangers_out() -> None:
    with serving(token="let-me-in") as http:
        assert http.get(f"{HOME}/scenarios").status_code == 401
        assert http.post(f"{HOME}/scenarios", data={"file": "first-invoice.yaml"}).status_code == 401
        http.headers["Authorization"] = "Bearer let-me-in"
        assert "Passed" in played(http, file="first-invoice.yaml")


@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("GET", "/scenarios/file", {}, 404),
        ("GET", "/scenarios/file?name=../pyproject.toml", {}, 404),
        ("GET", "/scenarios/scenario-99999", {}, 404),
        ("GET", "/scenarios/%00", {}, 404),
        ("POST", "/scenarios", {}, 400),
        ("POST", "/scenarios", {"file": "nowhere.yaml"}, 404),
        ("POST", "/scenarios", {"file": "first-invoice.yaml", "merchant": "nobody"}, 400),
        ("POST", "/scenarios", {"file": "first-invoice.yaml", "merchant": "mine", "app": "nowhere"}, 400),
        ("POST", "/scenarios", {"file": "x" * 20_000}, 413),
    ],
)
def test_what_cannot_be_is_refused_with_a_page(
    http: httpx.Client, method: str, path: str, form: dict[str, str], status: int
) -> None:
    answer = http.request(method, f"{HOME}{path}", data=form)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert http.get("/sandbox/dashboard/999999/scenarios").status_code == 404


def test_of_a_long_story_a_part_is_shown(http: httpx.Client) -> None:
    shown = played(http, file="time/a-hundred-customers.yaml")
    assert "246 of 246 steps" in shown
    assert shown.count('<li class="step ') == 200
    assert "46 steps before" in shown


def test_what_is_done_on_the_way_of_a_call_counts_as_steps_too(http: httpx.Client) -> None:
    shown = played(http, file="races/captured-twice-at-once.yaml")
    assert "12 of 12 steps" in shown
    assert shown.count('<li class="step done') == 12


def test_a_step_that_fails_on_the_way_of_a_call_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "_opening.yaml").write_text((LIBRARY / "races" / "_opening.yaml").read_text())
    (tmp_path / "race.yaml").write_text(
        "scenario: x\ninclude: _opening.yaml\nsteps:\n"
        "  - merchant.cancel: {before_it_arrives: [customer.approve: , expect.payment: {captured: 1}]}\n"
    )
    with serving(tmp_path) as http:
        shown = played(http, file="race.yaml")
    assert '<li class="step failed" id="step-1-5">' in shown
    assert '<p class="went-where foreign">race.yaml:4: step 1.2</p>' in shown
    assert "4 of 6 steps" in shown


def test_of_many_stories_those_that_failed_are_told(tmp_path: Path) -> None:
    cases = ",".join(f"{{case: {number}, to: {number % 50}}}" for number in range(120))
    (tmp_path / "many.yaml").write_text(
        f'scenario: Case ${{case}}\neach: [{cases}]\nsteps:\n  - expect.equal: {{this: "${{case}}", to: "${{to}}"}}\n'
    )
    with serving(tmp_path) as http:
        shown = played(http, file="many.yaml")
    assert "50 of 120 stories passed" in shown
    assert shown.count('<details class="story') == 100
    assert "20 more stories are not shown" in shown
    assert shown.count('class="step failed"') == 20


def test_what_happened_is_shown_as_a_scenario(http: httpx.Client) -> None:
    assert http.get("/sandbox/dashboard/999999/recording").status_code == 404
    assert "scenario: " in http.get(f"{HOME}/recording").text
