"""What the page on pytest shows works: its files are written as they are named, and run as a merchant's suite."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.client import Amount, BadRequest
from sandbox.testing import Clock, Customer, Faults, Unit, Webhooks, in_process
from tests.docs.test_examples import ROOT, blocks

PAGE = ROOT / "docs" / "pytest.md"
STORY = 'scenario: Nothing waits\nsteps:\n  - customer.see_inbox: {phone: "4791234567", pending: 0}\n'


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """The page's files, each named by the last code span before it; a program that has no name is `program.py`."""
    for before, program in re.findall(
        r"^([^\n]*)\n\n```python\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE
    ):
        names = re.findall(r"`(\w+\.py)`", before)
        (tmp_path / (names[-1] if names else "program.py")).write_text(program)
    return tmp_path


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_suites_pass(suite: Path) -> None:
    files = {path.name for path in suite.glob("*.py")}
    assert files == {
        "shop.py",
        "test_shop.py",
        "test_transport.py",
        "test_async.py",
        "test_more.py",
        "test_refusals.py",
        "test_patience.py",
        "program.py",
    }
    assert len(files) == len(blocks(PAGE, "python"))
    (suite / "pytest.ini").write_text(blocks(PAGE, "ini")[0])
    (suite / "story.yaml").write_text(STORY)
    (suite / "conftest.py").write_text(
        "import pytest\n\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
    )
    plugin = ("-p", "sandbox.pytest_plugin", "-p", "anyio", "-p", "no:cacheprovider", "-W", "error")
    done = run(suite, "-m", "pytest", "-q", *plugin)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "14 passed" in done.stdout


def test_the_program_runs(suite: Path) -> None:
    done = run(suite, "-W", "error", "program.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sales unit" in done.stdout


def test_the_page_shows_a_timeline_as_it_is() -> None:
    """But for what it leaves out, and says so."""
    shown = next(block for block in blocks(PAGE, "console") if "Vipps sales unit" in block).splitlines()[1:]
    amount, phone, morning = Amount(value=49_900, currency="NOK"), "4791234567", datetime(2023, 9, 1, 8, tzinfo=UTC)
    with in_process() as sandbox:
        unit = sandbox.unit()
        unit.clock.set(morning, frozen=True)
        unit.customer(phone, person={"givenName": "Ada", "familyName": "Lovelace"})
        with unit.client() as vipps:
            link, due = "https://example.com/invoices/2023-0042", morning + timedelta(days=14)
            vipps.send_invoice("invoice-2023-0042", amount, phone, order_details_url=link, expires_at=due)
            with pytest.raises(BadRequest):
                vipps.capture("invoice-2023-0042", amount)
        told = iter(unit.timeline().replace("\N{NO-BREAK SPACE}", " ").splitlines())
    for line in shown:
        known = line.partition("…")[0].rstrip()
        assert known == "" or any(one.startswith(known) for one in told), line


def test_the_page_names_all_that_a_unit_has() -> None:
    page = PAGE.read_text()
    for kind in (Clock, Customer, Faults, Unit, Webhooks):
        for name in vars(kind):
            if not name.startswith("_") and name != "play_one":
                assert re.search(rf"\b{name}\b", page), f"{kind.__name__}.{name}"
