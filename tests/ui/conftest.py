"""A sandbox, and whoever asks it for what all of its pages share."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.server import Sandbox
from sandbox.settings import Settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Sandbox(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        yield http
