"""What the README and the manual show works: each page is followed from top to bottom, on a server of its own.

Of a page, `sh` blocks are run as one shell script, `python` blocks as one program, and `yaml` blocks are played.
`console` blocks show what a person sees and are not run, but the commands in them exist.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import pytest

from sandbox.cli import main
from sandbox.domain.commands import CustomerAction
from sandbox.domain.customers import MAGIC_NUMBERS, Persona
from sandbox.playback import Stage, load, play_all
from sandbox.playback.language import STEPS
from sandbox.playback.reports import told
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN_URL = "http://localhost:8080"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def named(page: Path, language: str) -> dict[str, str]:
    """Return the page's files of a language, each named by the last code span of the line before it."""
    found = re.findall(rf"^([^\n]*)\n\n```{language}\n(.*?)^```$", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    spans = ((re.findall(r"`([\w-]+\.\w+)`", before), program) for before, program in found)
    return {names[-1]: program for names, program in spans if names}


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


@pytest.fixture
def url() -> Iterator[str]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url:
        yield url


@pytest.mark.parametrize("page", pages_with("sh"), ids=lambda page: page.stem)
def test_shell_examples_work(page: Path, url: str, tmp_path: Path) -> None:
    """They may write where they are run, which is beside the project's folders."""
    if shutil.which("curl") is None:
        pytest.skip("curl is missing")
    for folder in ("examples", "scenarios"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    script = "\n".join(blocks(page, "sh")).replace(SHOWN_URL, url)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f'curl() {{ command curl --fail-with-body "$@"; }}\n{script}'],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# The page on pytest shows files of tests; they have a test of their own.
@pytest.mark.parametrize(
    "page", [page for page in pages_with("python") if page.stem != "pytest"], ids=lambda page: page.stem
)
def test_python_examples_work(page: Path, url: str) -> None:
    program = "\n".join(blocks(page, "python")).replace(SHOWN_URL, url)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", pages_with("yaml"), ids=lambda page: page.stem)
def test_scenario_examples_play(page: Path, url: str, tmp_path: Path) -> None:
    for number, story in enumerate(blocks(page, "yaml")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(story)
        with Stage(url) as stage:
            for result in play_all(load(path), stage):
                assert result.passed, "\n".join(told(result))


def commands_shown(page: Path, name: str) -> list[list[str]]:
    """Return the words after a command's name, each time that a console or a span of code has it with any."""
    consoles = "".join(blocks(page, "console")).replace("\\\n", " ")
    shown = [*consoles.splitlines(), *re.findall(r"`([^`\n]+)`", page.read_text())]
    found = (re.search(rf"(?:^|[ =]){name} ((?:--)?[a-z].*)", line) for line in shown)
    return [shlex.split(match[1], comments=True) for match in found if match is not None]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_that_are_shown_and_not_run_exist_with_their_options(page: Path) -> None:
    group = click.Context(main)
    for words in commands_shown(page, "vipps-sandbox"):
        command = main if words[0].startswith("-") else main.get_command(group, words[0])
        assert command is not None, words
        command.make_parser(click.Context(command)).parse_args(words if command is main else words[1:])
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {words[0] for words in commands_shown(page, "make")} <= set(targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists() if target else True, f"{page.name} links to {target}"


def test_the_manual_knows_every_action_persona_and_magic_number() -> None:
    page = (ROOT / "docs" / "control-api.md").read_text()
    for name in CustomerAction:
        assert f"`{name}`" in page, name
    personas = (ROOT / "docs" / "personas.md").read_text()
    for number, persona in MAGIC_NUMBERS.items():
        assert f"| {number} | `{persona}` |" in personas
    assert {*MAGIC_NUMBERS.values(), Persona.MANUAL} == set(Persona)


def test_the_manual_shows_what_the_request_log_tells_of_a_refusal(url: str) -> None:
    """Word for word, but for the time at which it happens."""
    page = ROOT / "docs" / "control-api.md"
    shown = next(json.loads(block) for block in blocks(page, "json") if "summary" in block)
    with httpx.Client(base_url=url) as http:
        keys = {"client_id": "any", "client_secret": "any", "Ocp-Apim-Subscription-Key": "any"}
        token = http.post("/accesstoken/get", headers=keys).json()["access_token"]
        http.headers.update(keys | {"Authorization": f"Bearer {token}", "Merchant-Serial-Number": "654321"})
        http.headers["Idempotency-Key"] = "1"
        http.put("/sandbox/units/654321/clock", json={"now": "2023-09-01T08:00:00Z", "frozen": True})
        amount = {"currency": "NOK", "value": 2000}
        order = {"paymentMethod": {"type": "WALLET"}, "reference": "acme-invoice-0001", "userFlow": "QR"}
        payment = "/epayment/v1/payments/acme-invoice-0001"
        http.post("/epayment/v1/payments", json=order | {"amount": amount})
        phone = "/sandbox/units/654321/customers/4791234567"
        for action in ("open", "approve"):
            http.post(f"{phone}/{action}", json={"reference": "acme-invoice-0001"})
        http.post(f"{payment}/capture", json={"modificationAmount": amount | {"value": 2001}})
        told = http.get("/sandbox/units/654321/requests").json()["requests"][-1]["explanation"]
    assert told == shown


def test_the_manual_knows_every_step() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text()
    for key in STEPS:
        assert f"`{key}`" in page or f"`.{key.split('.')[1]}`" in page, key
