"""How plays are told: on a terminal, and in files."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring
from zlib import crc32

import click
import pytest
from click.testing import CliRunner

from sandbox.cli import main
from sandbox.playback import Play, Stage, load, play, play_all
from sandbox.playback.reports import Progress, told
from sandbox.playback.written_reports import as_html, as_json, as_junit
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

ROOT = Path(__file__).parents[2]
GOOD = """
scenario: An invoice is put off & paid <b>later</b>
about: It "matters" </script><script>alert(1)</script>
clock: 2023-09-01T08:00:00Z
steps:
  - merchant.create_payment:
      as: invoice
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-invoice-0001,
             customer: {phoneNumber: "4791234567"}, userFlow: PUSH_MESSAGE, expiresAt: "2023-09-15T00:00:00Z"}
  - customer.pay_later:
  - time.advance: P1D
"""
BAD = f"{GOOD.replace('An invoice', 'An unpaid invoice')}  - expect.events: [CREATED, AUTHORIZED]\n"


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Play]]:
    folder = tmp_path_factory.mktemp("stories")
    (folder / "good.yaml").write_text(GOOD)
    (folder / "bad.yaml").write_text(BAD)
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield play_all([load(folder / name)[0] for name in ("good.yaml", "bad.yaml")], stage, at_once=2)


def test_a_failure_is_told_with_all_that_is_needed_to_mend_it(plays: list[Play]) -> None:
    lines = [click.unstyle(line) for line in told(plays[1])]
    assert [line[:29].rstrip() for line in lines[1:4]] == [
        "    merchant.create_payment",
        "    customer.pay_later",
        "    time.advance",
    ]
    assert lines[4:] == [
        f"  {plays[1].scenario.path}:12: step 4",
        "      12 │   - expect.events: [CREATED, AUTHORIZED]",
        "    expected  events: CREATED · AUTHORIZED",
        "    came      events: CREATED",
        "        CREATED",
        "      - AUTHORIZED",
    ]


def test_a_long_story_is_told_from_near_its_end(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text(
        "scenario: x\nsteps:\n  - repeat: {times: 40, steps: [time.freeze: ]}\n  - expect.events: [CREATED]\n"
    )
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        lines = [click.unstyle(line) for line in told(play(load(path)[0], stage))]
    assert lines[1] == "    … 10 steps before"
    assert len(lines) == 36


def test_json_tells_every_step_and_what_came(plays: list[Play]) -> None:
    content = json.loads(as_json(plays))
    assert {name: content[name] for name in ("passed", "failed", "refused")} == {
        "passed": 1,
        "failed": 1,
        "refused": 0,
    }
    good, bad = content["scenarios"]
    assert [step["key"] for step in good["steps"]] == [
        "merchant.create_payment",
        "customer.pay_later",
        "time.advance",
    ]
    assert (good["outcome"], good["failure"], good["steps"][1]["line"]) == ("passed", None, 10)
    assert bad["failure"] == {
        "at": "step 4",
        "file": str(plays[1].scenario.path),
        "line": 12,
        "text": "  - expect.events: [CREATED, AUTHORIZED]",
        "expected": "events: CREATED · AUTHORIZED",
        "came": "events: CREATED",
        "diff": ["  CREATED", "- AUTHORIZED"],
        "nearest": None,
    }


def test_junit_tells_a_case_for_each_scenario(plays: list[Play]) -> None:
    (suite,) = fromstring(as_junit(plays))
    assert {name: suite.attrib[name] for name in ("tests", "failures", "skipped")} == {
        "tests": "2",
        "failures": "1",
        "skipped": "0",
    }
    good, bad = suite
    assert good.attrib["name"] == plays[0].scenario.title
    assert list(good) == []
    (failure,) = bad
    assert failure.attrib["message"] == "expected events: CREATED · AUTHORIZED, came events: CREATED"
    assert "expect.events: [CREATED, AUTHORIZED]" in (failure.text or "")


def test_html_is_one_page_that_loads_nothing_and_escapes_everything(plays: list[Play]) -> None:
    page = as_html(plays)
    assert "<script" not in page
    assert "<b>later" not in page
    assert "An invoice is put off &amp; paid &lt;b&gt;later&lt;/b&gt;" in page
    assert "src=" not in page
    assert "href=" not in page
    assert "@import" not in page
    assert page.count("<svg") == 2
    assert page.count(" open>") == 1  # the one that failed
    assert "prefers-color-scheme: dark" in page
    for shown in ("POST /epayment/v1/payments → 201", ">push<", ">pay later<", "◷ 2 September 2023", "✗ step 4"):
        assert shown in page, shown


def test_a_long_call_keeps_what_it_does_and_its_outcome(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    text = GOOD.replace("acme-invoice-0001", "acme-invoice-of-an-unusually-long-name-0001")
    path.write_text(f'{text}  - merchant.capture: {{amount: 1, expect: {{code: "6080"}}}}\n')
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        assert ">POST /epayment/v1/payments/acm…/capture → 400 6080<" in as_html([play(load(path)[0], stage)])


def test_a_story_has_the_same_id_in_every_report(plays: list[Play]) -> None:
    ids = re.findall(r'id="(s[0-9a-f]{8})"', as_html(plays))
    story = plays[0].scenario
    assert ids[0] == f"s{crc32(f'{story.path}: {story.title}'.encode()):08x}"


def test_secrets_are_in_no_report(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_text("scenario: x\nsteps:\n  - merchant.get_token: {as: t}\n  - merchant.register_webhook: {as: w}\n")
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        result = play(load(path)[0], stage)
    written = as_html([result]) + as_json([result]) + "\n".join(told(result))
    assert "&#34;secret&#34;: &#34;***&#34;" in written
    assert "&#34;access_token&#34;: &#34;***&#34;" in written
    assert not re.search(r"secret[^*]{1,20}[A-Za-z0-9+/]{40}|eyJ", written)


def test_html_of_a_long_story_leaves_the_middle_out(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text("scenario: x\nsteps:\n  - repeat: {times: 200, steps: [time.freeze: ]}\n")
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        assert "80 rows in the middle are not drawn" in as_html([play(load(path)[0], stage)])


def test_the_command_writes_all_reports(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    wanted = [tmp_path / name for name in ("junit.xml", "report.html", "report.json")]
    options = [f"--{path.suffix[1:].replace('xml', 'junit')}={path}" for path in wanted]
    result = CliRunner().invoke(main, ["play", str(tmp_path / "good.yaml"), "-j", "4", "-v", *options])
    assert result.exit_code == 0, result.output
    assert "customer.pay_later" in result.output
    assert all(path.stat().st_size > 300 for path in wanted)


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    result = CliRunner().invoke(main, ["play", str(tmp_path / "good.yaml"), "--html", str(tmp_path / "no" / "where")])
    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.output


def test_the_mistakes_of_all_files_are_told_at_once_and_nothing_is_played(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("scenario: x\n")
    (tmp_path / "b.yaml").write_text(GOOD)
    (tmp_path / "c.yaml").write_text("scenario: x\nsteps:\n  - time.freze:\n")
    result = CliRunner().invoke(main, ["play", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        f"{tmp_path}/a.yaml:1:1: steps: Field required",
        f"{tmp_path}/c.yaml:3:5: step 1: there is no step 'time.freze'; did you mean 'time.freeze'?",
    ]


def test_progress_is_shown_on_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    for on_terminal in (False, True):
        progress = Progress(2, on_terminal=on_terminal)
        for _ in range(2):
            with progress.aside():
                click.echo("line")
    captured = capsys.readouterr()
    assert captured.out == "line\n" * 4
    empty = f"\r{' ' * 50}\r"
    assert captured.err == f"{empty}{'█' * 15}{'░' * 15} 1/2{empty}"
