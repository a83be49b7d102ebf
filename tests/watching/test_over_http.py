"""Stories that the server plays or watches, started and asked about over its own API."""

import json
import shutil
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from examples.acme_invoices.settings import Bug
from sandbox.server import Sandbox, running
from sandbox.settings import AccessMode, LogLevel, Settings
from tests.watching.acme import acme

LIBRARY = Path(__file__).parents[2] / "scenarios" / "application"
STORY = (LIBRARY / "first-invoice.yaml").read_bytes()
SCENARIOS = LIBRARY.parent
OPENING = SCENARIOS / "money" / "_opening.yaml"
WAITS = b'{"scenario": "x", "steps": [{"merchant.create_payment": {"body": {}}}]}'


class Told(NamedTuple):
    """An event of a stream."""

    kind: str
    place: str
    content: dict[str, Any]


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    settings = Settings(port=0, log_level=LogLevel.WARNING, token="let-me-in", scenarios=SCENARIOS)
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


def stream(http: httpx.Client, unit: str, started: dict[str, Any], **headers: str) -> list[Told]:
    """Return all that a stream tells until it ends."""
    answer = http.get(f"{unit}/scenarios/{started['id']}/stream", headers=headers)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    told = []
    for block in answer.text.split("\n\n"):
        lines = dict(line.partition(": ")[::2] for line in block.splitlines())
        if "data" in lines:
            told.append(Told(lines["event"], lines["id"], json.loads(lines["data"])))
    return told


# --- An application is the merchant ---------------------------------------------------------------------


def test_an_application_is_watched(http: httpx.Client) -> None:
    unit = "/sandbox/units/810001"
    with acme(str(http.base_url), "810001") as app:
        answer = http.post(f"{unit}/scenarios", content=STORY, params={"app": app})
        assert (answer.status_code, answer.json()["verdict"]) == (201, "playing")
        told = verdict(http, unit, answer.json())
    assert (told["verdict"], told["trouble"], len(told["steps"])) == ("passed", None, 8)
    assert (told["merchant"], told["customer"], told["file"]) == ("mine", "played", None)
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
        (
            b"scenario: x\nsettings: {market: XX}\nsteps:\n  - time.freeze:\n",
            {},
            400,
            "scenario.yaml:2:20: settings: ",
        ),
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


# --- The sandbox is the merchant ------------------------------------------------------------------------


def test_a_file_of_the_folder_is_played_in_sales_units_of_its_own(http: httpx.Client) -> None:
    """Each story in one, whatever is done in the sales unit that it was started from; files may include others."""
    unit = "/sandbox/units/820001"
    asked = {"merchant": "sandbox", "file": "money/captured-in-parts.yaml"}
    answer = http.post(f"{unit}/scenarios", params=asked)
    assert (answer.status_code, answer.json()["merchant"], answer.json()["file"]) == (201, "sandbox", asked["file"])
    told = verdict(http, unit, answer.json())
    assert (told["verdict"], told["trouble"]) == ("passed", None)
    (story,) = told["scenarios"]
    assert {step["file"] for step in story["steps"]} == {"money/_opening.yaml", "money/captured-in-parts.yaml"}
    assert story["msn"] != "820001"
    assert len(http.get(f"/sandbox/units/{story['msn']}/payments").json()["payments"]) == 1
    assert http.get(f"{unit}/payments").json() == {"payments": []}


def test_what_is_sent_is_played_too_and_several_at_once(http: httpx.Client) -> None:
    unit, text = "/sandbox/units/820002", OPENING.read_bytes()

    def play(_: int) -> str:
        started = http.post(f"{unit}/scenarios", content=text, params={"merchant": "sandbox"})
        return str(verdict(http, unit, started.json())["verdict"])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(play, range(8))) == ["passed"] * 8
    ids = [story["id"] for story in http.get(f"{unit}/scenarios").json()["scenarios"]]
    assert len(set(ids)) == 8


def test_a_failure_is_told_as_on_the_command_line(http: httpx.Client) -> None:
    unit = "/sandbox/units/820003"
    text = OPENING.read_bytes() + b"  - expect.payment: {captured: 1}\n  - time.freeze:\n"
    started = http.post(f"{unit}/scenarios", content=text, params={"merchant": "sandbox"}).json()
    told = verdict(http, unit, started)
    assert told["verdict"] == "failed"
    failure = told["scenarios"][0]["failure"]
    assert (failure["file"], failure["expected"], failure["came"]) == ("scenario.yaml", "captured: 1", "captured: 0")
    assert "- 1" in [line.strip() for line in failure["diff"]]


def test_a_story_that_cannot_begin_fails(http: httpx.Client) -> None:
    unit, text = "/sandbox/units/820004", b"scenario: x\nclock: ${now - P30000D}\nsteps:\n  - time.freeze:\n"
    told = verdict(http, unit, http.post(f"{unit}/scenarios", content=text, params={"merchant": "sandbox"}).json())
    assert told["verdict"] == "failed"
    assert [told.kind for told in stream(http, unit, {"id": told["id"]})] == ["ended", "verdict"]


def test_a_story_may_not_take_longer_than_it_is_given(http: httpx.Client) -> None:
    unit, body = "/sandbox/units/820005", OPENING.read_bytes() + b"  - customer.approve: order\n"
    params = {"merchant": "sandbox", "customer": "human", "limit": "PT0.3S"}
    told = verdict(http, unit, http.post(f"{unit}/scenarios", content=body, params=params).json())
    assert told["scenarios"][0]["failure"]["came"].startswith(("after that time", "nobody did"))


# --- Somebody has the phone open ------------------------------------------------------------------------


def test_somebody_with_the_phone_open_is_waited_for(http: httpx.Client) -> None:
    unit = "/sandbox/units/830001"
    params = {"merchant": "sandbox", "customer": "human", "file": "next-invoice/paid-at-once.yaml"}
    started = http.post(f"{unit}/scenarios", params=params).json()
    asked = []
    with http.stream("GET", f"{unit}/scenarios/{started['id']}/stream") as answer:
        own = kind = ""
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            kind = value if name == "event" else kind
            content = json.loads(value) if name == "data" else {}
            own = content.get("msn") or own if kind == "story" else own
            if name == "data" and kind == "asked":
                told = http.get(f"{unit}/scenarios/{started['id']}").json()
                assert told["asked"] == content
                asked.append(content["what"])
                deed = {"open the request": "open", "pay": "approve"}[content["what"]]
                done = http.post(
                    f"/sandbox/units/{own}/customers/{content['phone']}/{deed}",
                    json={"reference": content["reference"]},
                )
                assert done.status_code == 200
    told = verdict(http, unit, started)
    assert (told["verdict"], told["customer"], told["asked"]) == ("passed", "human", None), told
    assert asked[-1] == "pay"


# --- The stream -----------------------------------------------------------------------------------------


def test_a_stream_tells_all_up_to_the_verdict_and_ends(http: httpx.Client) -> None:
    unit = "/sandbox/units/840001"
    text = b"scenario: A story ${n}\neach: [{n: 1}, {n: 2}]\nsteps:\n  - time.freeze:\n  - time.resume:\n"
    started = http.post(f"{unit}/scenarios", content=text, params={"merchant": "sandbox"}).json()
    told = stream(http, unit, started)
    assert [one.kind for one in told] == ["story", "step", "step", "ended"] * 2 + ["verdict"]
    assert [one.place for one in told] == [str(number) for number in range(1, 10)]
    assert {key: told[0].content[key] for key in ("story", "title", "steps")} == {
        "story": 1,
        "title": "A story 1",
        "steps": 2,
    }
    assert told[1].content["key"] == "time.freeze"
    assert (told[7].content["story"], told[7].content["outcome"]) == (2, "passed")
    assert told[8].content == {"verdict": "passed", "trouble": None}


def test_a_stream_goes_on_where_one_was(http: httpx.Client) -> None:
    """At the end there is nothing to come back for, which browsers are told by 204."""
    unit = "/sandbox/units/840002"
    text = b"scenario: x\nsteps:\n  - time.freeze:\n"
    started = http.post(f"{unit}/scenarios", content=text, params={"merchant": "sandbox"}).json()
    verdict(http, unit, started)
    path = f"{unit}/scenarios/{started['id']}/stream"
    assert [told.place for told in stream(http, unit, started, **{"Last-Event-ID": "2"})] == ["3", "4"]
    assert [line for line in http.get(path, params={"after": 3}).text.splitlines() if line.startswith("id")] == [
        "id: 4"
    ]
    assert http.get(path, headers={"Last-Event-ID": "4"}).status_code == 204
    assert http.get(path, headers={"Last-Event-ID": "x"}).status_code == 400
    assert http.get(f"{unit}/scenarios/scenario-0/stream").status_code == 404
    assert http.get(f"/sandbox/units/840003/scenarios/{started['id']}/stream").status_code == 404


# --- The folder -----------------------------------------------------------------------------------------


def test_the_files_of_the_folder_are_listed(http: httpx.Client) -> None:
    files = {one["file"]: one for one in http.get("/sandbox/scenarios").json()["scenarios"]}
    assert files["application/rejected.yaml"]["suitsMine"] is True
    assert (files["money/special-amounts.yaml"]["stories"], files["money/special-amounts.yaml"]["mistake"]) == (
        8,
        None,
    )
    assert "money/_opening.yaml" not in files


@pytest.mark.parametrize(
    ("file", "status"),
    [("../pyproject.toml", 404), ("/etc/passwd", 404), ("", 404), ("money", 404), ("x" * 1001, 400)],
)
def test_nothing_but_the_files_of_the_folder_is_played(http: httpx.Client, file: str, status: int) -> None:
    assert http.post("/sandbox/units/850001/scenarios", params={"file": file}).status_code == status


@pytest.mark.parametrize(("content", "params"), [(b"", {}), (WAITS, {"file": "first-invoice.yaml"})])
def test_either_a_text_or_a_file_is_played(http: httpx.Client, content: bytes, params: dict[str, str]) -> None:
    answer = http.post("/sandbox/units/850002/scenarios", content=content, params=params)
    assert (answer.status_code, answer.json()["title"]) == (400, "What is played?")


def test_a_file_that_is_not_understood_is_not_played(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("scenario: x\nsteps:\n  - nobody.does:\n")
    with running(Settings(port=0, log_level=LogLevel.WARNING, scenarios=tmp_path)) as url:
        answer = httpx.post(f"{url}/sandbox/units/654321/scenarios", params={"file": "odd.yaml"})
        shutil.rmtree(tmp_path)
        gone = httpx.get(f"{url}/sandbox/scenarios")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("odd.yaml:3:5: step 1: there is no step 'nobody.does'")
    assert gone.json() == {"scenarios": []}


def test_no_more_than_some_are_played_at_once() -> None:
    """They wait for somebody until the server ends, and then they end with it."""
    waits = OPENING.read_bytes() + b"  - customer.approve: order\n"
    params = {"merchant": "sandbox", "customer": "human"}
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, httpx.Client(base_url=url) as http:
        answers = [http.post("/sandbox/units/860001/scenarios", content=waits, params=params) for _ in range(33)]
    assert {answer.status_code for answer in answers[:32]} == {201}
    assert (answers[-1].status_code, answers[-1].json()["title"]) == (409, "Too many at once")


def test_the_oldest_plays_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the sales units that were made for them."""
    monkeypatch.setattr("sandbox.watching.runs._KEPT", 2)
    unit, story = "/sandbox/units/870001", b"scenario: x\nsteps:\n  - time.freeze:\n"
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, httpx.Client(base_url=url) as http:
        own = []
        for _ in range(3):
            begun = http.post(f"{unit}/scenarios", content=story, params={"merchant": "sandbox"}).json()
            own.append(verdict(http, unit, begun)["scenarios"][0]["msn"])
        kept = [run["id"] for run in http.get(f"{unit}/scenarios").json()["scenarios"]]
        there = [http.get(f"/sandbox/units/{msn}").status_code for msn in own]
    assert kept == ["scenario-2", "scenario-3"]
    assert there == [404, 200, 200]


@pytest.mark.anyio
async def test_where_no_player_can_come_in_nothing_is_played() -> None:
    """The app is called in process: there is no socket."""
    app = httpx.ASGITransport(Sandbox(Settings()))
    async with httpx.AsyncClient(transport=app, base_url="http://localhost") as http:
        refused = await http.post("/sandbox/units/870001/scenarios", content=STORY)
    assert (refused.status_code, refused.json()["title"]) == (409, "Not over TCP")


def test_a_sandbox_that_speaks_https_plays_too(tmp_path: Path) -> None:
    from sandbox.tls import identity  # noqa: PLC0415 - of the extra `tls`

    settings = Settings(port=0, log_level=LogLevel.WARNING, tls=True, scenarios=SCENARIOS)
    proof = identity(settings.names, folder=None, ca_file=tmp_path / "ca.pem")
    trust = ssl.create_default_context(cadata=proof.ca_pem)
    with running(settings, proof.context) as url, httpx.Client(base_url=url, verify=trust) as http:
        unit = "/sandbox/units/654321"
        params = {"merchant": "sandbox", "file": "first-invoice.yaml"}
        told = verdict(http, unit, http.post(f"{unit}/scenarios", params=params).json())
    assert (told["verdict"], told["trouble"]) == ("passed", None), told
