"""Sandboxes as tests of merchants have them, and the runs of such tests."""

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import sandbox as sandbox_package
from sandbox.client import Amount
from sandbox.testing import Unit, VippsSandbox, in_process, in_thread

PHONE = "4791234567"
KR_20 = Amount(value=2000, currency="NOK")
Invoice = Callable[..., str]
Suite = Callable[..., pytest.RunResult]
PLUGIN = ("-p", "sandbox.pytest_plugin", "-p", "no:cacheprovider", "-W", "error")


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


@pytest.fixture(scope="session")
def _everything_imported(listening: VippsSandbox) -> None:
    """What pytester forgets and is imported again does not know the classes of what was not."""
    for module in pkgutil.walk_packages(sandbox_package.__path__, "sandbox."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


@pytest.fixture
def suite(_everything_imported: None, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Runs pytest with the plugin on what was written, in this process; warnings are errors there as well."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return lambda *args: pytester.runpytest_inprocess(*PLUGIN, *args)


@pytest.fixture
def suite_apart(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Runs as `suite` does, in a process of its own, which takes longer by its imports.

    No other plugin of this environment is loaded unasked: importing all of them takes longer than a run.
    """
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH")))))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return lambda *args: pytester.runpytest_subprocess(*PLUGIN, *args)


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
