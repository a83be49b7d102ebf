"""A sandbox in process, and merchants who call it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count

import httpx
import pytest

from tests.api.merchant import Merchant, WallClock, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def wall() -> WallClock:
    return WallClock()


@pytest.fixture
async def http(wall: WallClock) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(real_now=wall) as client:
        yield client


@pytest.fixture
def merchants(http: httpx.AsyncClient) -> Callable[[], Awaitable[Merchant]]:
    """Makes merchants, each with a sales unit of its own and an access token."""
    numbers = count(654_001)

    async def make() -> Merchant:
        merchant = Merchant(http, str(next(numbers)))
        await merchant.log_in()
        return merchant

    return make


@pytest.fixture
async def merchant(merchants: Callable[[], Awaitable[Merchant]]) -> Merchant:
    return await merchants()


@pytest.fixture
async def strict(merchants: Callable[[], Awaitable[Merchant]]) -> Merchant:
    """A merchant whose sales unit takes only what the specification allows."""
    merchant = await merchants()
    await merchant.configure(profile="strict", rateLimits=False)  # which have tests of their own
    return merchant
