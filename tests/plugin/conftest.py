"""Sandboxes as tests of merchants have them, and the runs of such tests."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sandbox.client import Amount
from sandbox.testing import Unit, VippsSandbox, in_process, in_thread

PHONE = "4791234567"
KR_20 = Amount(value=2000, currency="NOK")
Invoice = Callable[..., str]
Suite = Callable[..., pytest.RunResult]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[VippsSandbox]:
    with in_process() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def listening() -> Iterator[VippsSandbox]:
    with in_thread() as sandbox:
        # Imports what is imported when it is needed: pytester forgets what is imported while it is used.
        sandbox.unit().timeline()
        httpx.get(f"{sandbox.base_url}/", trust_env=False)
        yield sandbox


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Runs pytest with the plugin on what was written; warnings are errors there as well.

    No other plugin of this environment is loaded unasked: importing all of them takes longer than a run.
    """
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH")))))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*args: str) -> pytest.RunResult:
        common = ("-p", "sandbox.pytest_plugin", "-p", "no:cacheprovider", "-W", "error")
        return pytester.runpytest_subprocess(*common, *args)

    return run


@pytest.fixture
def unit(sandbox: VippsSandbox) -> Unit:
    return sandbox.unit()


@pytest.fixture
def invoice(unit: Unit) -> Invoice:
    """Sends an invoice to a phone, due in fourteen days."""

    def send(reference: str = "acme-invoice-1", phone: str = PHONE) -> str:
        due = datetime.now(UTC) + timedelta(days=14)
        with unit.client() as vipps:
            vipps.send_invoice(reference, KR_20, phone, order_details_url="https://example.com/1", expires_at=due)
        return reference

    return send
