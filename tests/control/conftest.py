"""The sandbox and the merchants of `tests/api`, whose sales units are there already."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.api.conftest import anyio_backend, http, merchants, strict, wall
from tests.api.merchant import Merchant

__all__ = ["anyio_backend", "http", "merchant", "merchants", "strict", "wall"]


@pytest.fixture
async def merchant(http: httpx.AsyncClient, merchants: Callable[[], Awaitable[Merchant]]) -> Merchant:
    merchant = await merchants()
    made = await http.post("/sandbox/units", json={"msn": merchant.msn})
    assert made.status_code == 201
    return merchant
