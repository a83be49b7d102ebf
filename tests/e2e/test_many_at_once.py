"""Many callers at once, on a real server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from sandbox.playback import Stage, StageUnit
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

KEYS = {"Ocp-Apim-Subscription-Key": "any", "client_id": "any", "client_secret": "any"}
BODY = {
    "amount": {"currency": "NOK", "value": 2000},
    "customer": {"phoneNumber": "4791234567"},
    "paymentMethod": {"type": "WALLET"},
    "reference": "acme-shop-0001",
    "returnUrl": "https://example.com/",
    "userFlow": "WEB_REDIRECT",
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield stage


def headers(stage: Stage, unit: StageUnit) -> dict[str, str]:
    token = httpx.post(f"{stage.base_url}/accesstoken/get", headers=KEYS).json()["access_token"]
    return KEYS | {"Authorization": f"Bearer {token}", "Merchant-Serial-Number": unit.msn, "Idempotency-Key": "1"}


def test_two_hundred_creates_with_one_key_make_one_payment_and_equal_answers(stage: Stage) -> None:
    unit = stage.unit()
    # With more than it keeps alive, httpcore may close one that it has just given to another thread.
    limits = httpx.Limits(max_keepalive_connections=32)
    with (
        httpx.Client(base_url=stage.base_url, headers=headers(stage, unit), limits=limits) as merchant,
        ThreadPoolExecutor(32) as threads,
    ):
        answers = list(threads.map(lambda _: merchant.post("/epayment/v1/payments", json=BODY), range(200)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert len(stage.ask("GET", f"/sandbox/units/{unit.msn}/payments")["payments"]) == 1
