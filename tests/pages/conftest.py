"""A sandbox whose wall clock stands at noon, a shop in it, and a browser."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from sandbox.domain.sales_unit import UnitSettings
from sandbox.server import Sandbox
from sandbox.settings import Settings
from tests.pages.browser import Browser
from tests.pages.shop import Shop

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(Settings(), real_now=lambda: NOON)


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.fixture
async def shop(sandbox: Sandbox, client: httpx.AsyncClient) -> Shop:
    return await Shop(sandbox, client, "123456", UnitSettings()).sign_in()


@pytest.fixture
def browser(client: httpx.AsyncClient) -> Browser:
    return Browser(client)
