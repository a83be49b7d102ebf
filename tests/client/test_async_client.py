"""The asynchronous client drives the same steps."""

import inspect
from collections import deque
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.client import AsyncVippsClient, TransportFailed, Unauthorized, VippsClient

pytestmark = pytest.mark.anyio


async def test_trouble_is_met_with_the_same_request_again(
    async_vipps: AsyncVippsClient,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    waits: list[float],
) -> None:
    answers += [
        httpx.Response(500),
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.ReadError("dropped"),
        httpx.Response(201, json={"reference": "order-0001"}),
    ]
    async with async_vipps as vipps:
        assert (await vipps.create_payment({"reference": "order-0001"})).reference == "order-0001"
    assert {(request.headers["Idempotency-Key"], request.content) for request in requests} == {
        ("key-1", b'{"reference":"order-0001"}')
    }
    assert waits == [0.5, 7.0, 2.0]


async def test_a_refused_token_is_replaced_once(
    async_vipps: AsyncVippsClient,
    answers: deque[httpx.Response | Exception],
    token_requests: list[httpx.Request],
) -> None:
    answers += [httpx.Response(401), httpx.Response(401)]
    async with async_vipps as vipps:
        with pytest.raises(Unauthorized):
            await vipps.get_payment("order-0001")
    assert len(token_requests) == 2


async def test_no_answer_is_an_error_of_its_own(
    async_vipps: AsyncVippsClient, answers: deque[httpx.Response | Exception]
) -> None:
    answers += [httpx.ConnectTimeout("silence") for _ in range(4)]
    async with async_vipps as vipps:
        with pytest.raises(TransportFailed, match="ConnectTimeout silence"):
            await vipps.cancel("order-0001")


async def test_polling_keeps_the_pace(
    async_vipps: AsyncVippsClient,
    answers: deque[httpx.Response | Exception],
    waits: list[float],
    payment_body: Callable[..., dict[str, Any]],
) -> None:
    answers += [httpx.Response(200, json=payment_body(state)) for state in ("CREATED", "CREATED", "EXPIRED")]
    async with async_vipps as vipps:
        assert (await vipps.await_outcome("order-0001")).state == "EXPIRED"
    assert waits == [5.0, 2.0, 2.0]


def test_its_repr_masks_what_is_secret(async_vipps: AsyncVippsClient) -> None:
    assert repr(async_vipps) == (
        "AsyncVippsClient(base_url='https://apitest.vipps.no', merchant_serial_number='123456')"
    )


def test_both_clients_do_the_same() -> None:
    """Every operation stands on both, with the same arguments and the docstring of its steps."""

    def operations(client: type) -> dict[str, str]:
        public = {name: value for name, value in vars(client).items() if not name.startswith("_")}
        return {name: str(inspect.signature(value)) for name, value in public.items() if "close" not in name}

    assert operations(VippsClient) == operations(AsyncVippsClient)
    assert len(operations(VippsClient)) == 20
    assert all(getattr(VippsClient, name).__doc__ for name in operations(VippsClient))
