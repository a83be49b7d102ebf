"""Sandboxes as tests of merchants have them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sandbox.client import Amount
from sandbox.testing import Unit, VippsSandbox, in_process, in_thread

PHONE = "4791234567"
KR_20 = Amount(value=2000, currency="NOK")
Invoice = Callable[..., str]


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
