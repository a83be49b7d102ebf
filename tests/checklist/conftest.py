"""A sandbox in process, a merchant, and the merchant's shop, which webhooks reach without a socket.

Calls are not judged by the specification here: apps with bugs are what this is about.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from sandbox.api.webhooks import HttpCourier
from sandbox.server import Sandbox
from sandbox.settings import Settings
from tests.api.conftest import anyio_backend, merchants, wall
from tests.api.merchant import HOST, Merchant, WallClock
from tests.checklist.shop import Shop

__all__ = ["anyio_backend", "merchants", "wall"]


@pytest.fixture
def sandbox(wall: WallClock) -> Sandbox:
    return Sandbox(Settings(), real_now=wall)


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url=HOST) as client:
        yield client


@pytest.fixture
async def merchant(http: httpx.AsyncClient, merchants: Callable[[], Awaitable[Merchant]]) -> Merchant:
    merchant = await merchants()
    assert (await http.post("/sandbox/units", json={"msn": merchant.msn})).status_code == 201
    return merchant


@pytest.fixture
def shop(merchant: Merchant, wall: WallClock, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop(merchant, wall)

    async def post(
        courier: object, target: object, place: object, headers: tuple[tuple[str, str], ...], body: bytes, most: int
    ) -> tuple[int, bytes]:
        return await shop.hook(dict(headers), body), b""

    monkeypatch.setattr(HttpCourier, "_post", post)
    return shop
