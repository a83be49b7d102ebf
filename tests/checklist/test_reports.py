"""A filled-in list as text, as a summary, as JSON and as JUnit XML, by the functions and by the command."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from click.testing import CliRunner

from sandbox.checklist import reports
from sandbox.cli import main
from sandbox.client import Amount, Credentials, VippsClient
from sandbox.server import running
from sandbox.settings import Settings
from tests.docs.test_examples import ROOT, blocks

MSN = "123456"


def item(item_id: str, verdict: str, **more: Any) -> dict[str, Any]:
    return {
        "id": item_id,
        "title": f"What {item_id} asks",
        "verdict": verdict,
        "says": f"{item_id} says it.",
        "evidence": [],
        "missing": [],
        "isOmission": False,
        "isRecommended": False,
        "howToShow": None,
        "scenarios": [],
        **more,
    }


FILLED_IN = {
    "msn": MSN,
    "at": "2023-09-01T08:00:00Z",
    "note": "The request log has forgotten 3 older calls.",
    "items": [
        item("E1", "shown", evidence=[{"reference": "acme-1", "request": 7, "what": "It was created."}]),
        item("W4", "not seen yet", howToShow="Deliver twice.", scenarios=["scenarios/webhooks/twice.yaml"]),
        item("Q1", "broken", evidence=[{"reference": "acme-\x00<b>", "request": None, "what": "It was blind."}]),
        item("R3", "to check yourself", isRecommended=True),
    ],
}


def test_text_has_what_is_broken_first_and_everything() -> None:
    assert reports.as_text(FILLED_IN).split("\n") == [
        "Go-live checklist of sales unit 123456, 2023-09-01T08:00:00Z",
        "The request log has forgotten 3 older calls.",
        "",
        "Broken",
        "  ✗ Q1  What Q1 asks",
        "      Q1 says it.",
        "      - acme-\x00<b>: It was blind.",
        "",
        "Shown",
        "  ✓ E1  What E1 asks",
        "      E1 says it.",
        "      - acme-1, request 7: It was created.",
        "",
        "Not seen yet",
        "  · W4  What W4 asks",
        "      W4 says it.",
        "      To show it: Deliver twice.",
        "      Played by: scenarios/webhooks/twice.yaml",
        "",
        "To check yourself",
        "  ? R3  What R3 asks (recommended)",
        "      R3 says it.",
        "",
        "1 shown, 1 not seen yet, 1 broken, 1 to check yourself",
    ]


def test_a_summary_has_the_counts_and_what_is_broken() -> None:
    assert reports.as_summary(FILLED_IN).splitlines() == [
        "Go-live checklist of sales unit 123456: 1 shown, 1 not seen yet, 1 broken, 1 to check yourself",
        "  ✗ Q1  What Q1 asks",
        "      Q1 says it.",
        "      - acme-\x00<b>: It was blind.",
    ]


def test_junit_fails_what_is_broken_and_skips_what_is_open() -> None:
    suite = ET.fromstring(reports.as_junit(FILLED_IN))
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "skipped": "2",
    }
    outcomes = {case.get("name"): [child.tag for child in case] for case in suite}
    assert outcomes["Q1 What Q1 asks"] == ["failure"]
    assert outcomes["E1 What E1 asks"] == []
    assert suite[2][0].text == "acme-\ufffd<b>: It was blind."


# --- The command ----------------------------------------------------------------------------------------


@pytest.fixture
def url() -> Iterator[str]:
    with running(Settings(port=0)) as url:
        yield url


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ("checklist", *arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def sell(url: str, *, blindly: bool) -> None:
    with VippsClient(Credentials("an-id", "a-secret", "a-key", MSN), url) as vipps:
        vipps.create_payment(
            {
                "amount": {"currency": "NOK", "value": 2000},
                "customer": {"phoneNumber": "4791234567"},
                "paymentMethod": {"type": "WALLET"},
                "reference": "acme-shop-0001",
                "userFlow": "PUSH_MESSAGE",
            }
        )
        for action in ("open", "approve"):
            path = f"{url}/sandbox/units/{MSN}/customers/4791234567/{action}"
            httpx.post(path, json={"reference": "acme-shop-0001"}).raise_for_status()
        amount = vipps.get_payment("acme-shop-0001").amount if not blindly else Amount(currency="NOK", value=2000)
        vipps.capture("acme-shop-0001", amount)


def test_the_command_exits_with_0_when_nothing_is_broken(url: str) -> None:
    sell(url, blindly=False)
    code, output = command("--unit", MSN, "--url", url)
    assert code == 0
    assert "✓ E1  Create payment" in output
    assert "0 broken" in output


def test_the_command_exits_with_1_when_something_is_broken(url: str, tmp_path: Path) -> None:
    sell(url, blindly=True)
    file = tmp_path / "checklist.xml"
    assert command("--unit", MSN, "--url", url, "--format", "junit", "-o", str(file)) == (1, "")
    assert ET.parse(file).getroot().get("failures") == "1"
    code, output = command("--unit", MSN, "--url", url, "--format", "json")
    assert code == 1
    assert [one["id"] for one in reports.broken_in(json.loads(output))] == ["Q1"]


def test_the_manual_shows_what_the_command_tells(url: str) -> None:
    sell(url, blindly=True)
    _, output = command("--unit", MSN, "--url", url)
    (shown,) = blocks(ROOT / "docs" / "checklist.md", "console")
    assert shown.partition("\n")[2] in output


def test_the_command_opens_a_sandbox_with_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """And finds it where `record` and `health` do, at the port that the environment says."""
    with running(Settings(port=0, token="sesame")) as url:
        monkeypatch.setenv("SANDBOX_PORT", url.rpartition(":")[2])
        code, output = command("--unit", Settings().credentials[0].msn, "--token", "sesame")
        assert (code, "0 broken" in output) == (0, True)
        assert command("--unit", Settings().credentials[0].msn)[0] == 2


@pytest.mark.parametrize("arguments", [("--unit", "999999"), ("--unit", "../health"), ("--unit", "a b/c?d#e")])
def test_the_command_exits_with_2_without_such_a_unit(url: str, arguments: tuple[str, ...]) -> None:
    code, output = command(*arguments, "--url", url)
    assert code == 2
    assert output.startswith("Error: ")


@pytest.mark.parametrize("nowhere", ["http://127.0.0.1:1", "nonsense", "http://"])
def test_the_command_exits_with_2_without_a_sandbox(nowhere: str) -> None:
    code, output = command("--unit", MSN, "--url", nowhere)
    assert code == 2
    assert output.startswith("Error: ")
