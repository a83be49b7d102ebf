"""A wire with scripted answers, and a time that only the client's own waits move.

`answers` is what Vipps will say, in order (an exception is a dropped connection); `requests` is what it was asked,
apart from the access tokens, which are always given and recorded in `token_requests`.
"""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from sandbox.client import AsyncVippsClient, Credentials, VippsClient

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def credentials() -> Credentials:
    return Credentials("an-id", "a-secret", "a-subscription-key", "123456")


@pytest.fixture
def answers() -> deque[httpx.Response | Exception]:
    return deque()


@pytest.fixture
def requests() -> list[httpx.Request]:
    return []


@pytest.fixture
def token_requests() -> list[httpx.Request]:
    return []


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the client has waited; a test appends its own to let time pass."""
    return []


@pytest.fixture
def now(waits: list[float]) -> Callable[[], datetime]:
    return lambda: NOON + timedelta(seconds=sum(waits))


@pytest.fixture
def new_key() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"key-{next(numbers)}"


@pytest.fixture
def wire(
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    token_requests: list[httpx.Request],
) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/accesstoken/get":
            token_requests.append(request)
            return httpx.Response(200, json={"access_token": f"token-{len(token_requests)}", "expires_in": "3600"})
        requests.append(request)
        scripted = answers.popleft()
        if isinstance(scripted, Exception):
            raise scripted
        return scripted

    return httpx.MockTransport(answer)


@pytest.fixture
def vipps(
    credentials: Credentials,
    wire: httpx.MockTransport,
    waits: list[float],
    now: Callable[[], datetime],
    new_key: Callable[[], str],
) -> Iterator[VippsClient]:
    with VippsClient(credentials, transport=wire, sleep=waits.append, now=now, new_key=new_key) as client:
        yield client


@pytest.fixture
def async_vipps(
    credentials: Credentials,
    wire: httpx.MockTransport,
    waits: list[float],
    now: Callable[[], datetime],
    new_key: Callable[[], str],
) -> AsyncVippsClient:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return AsyncVippsClient(credentials, transport=wire, sleep=sleep, now=now, new_key=new_key)


@pytest.fixture
def payment_body() -> Callable[..., dict[str, Any]]:
    """Makes the JSON of a payment of 20 kr, as Vipps answers it."""

    def make(state: str = "CREATED", **more: Any) -> dict[str, Any]:
        approved = 2000 if state == "AUTHORIZED" else 0
        aggregate = {
            "authorizedAmount": {"currency": "NOK", "value": approved},
            "cancelledAmount": {"currency": "NOK", "value": 0},
            "capturedAmount": {"currency": "NOK", "value": 0},
            "refundedAmount": {"currency": "NOK", "value": 0},
        }
        return {
            "aggregate": aggregate,
            "amount": {"currency": "NOK", "value": 2000},
            "state": state,
            "paymentMethod": {"type": "WALLET"},
            "profile": {},
            "pspReference": "37c34d8c-2649-448e-864b-060d5d93e4c4",
            "reference": "order-0001",
            **more,
        }

    return make
