"""The transport that needs no socket: for apps in the test's own process, blocking and not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from threading import Thread

import httpx
import pytest

from sandbox.testing import Unit, Until, VippsSandbox, in_process
from tests.plugin.conftest import KR_20, PHONE, Invoice


@pytest.fixture
def http(unit: Unit) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=unit.base_url, transport=unit.transport(), timeout=5) as client:
        yield client


def token(unit: Unit) -> dict[str, str]:
    return {
        "client_id": unit.credentials.client_id,
        "client_secret": unit.credentials.client_secret,
        "Ocp-Apim-Subscription-Key": unit.credentials.subscription_key,
        "Merchant-Serial-Number": unit.msn,
    }


def test_any_httpx_client_reaches_the_sandbox(unit: Unit, http: httpx.Client) -> None:
    answer = http.post("/accesstoken/get", headers=token(unit))
    assert answer.status_code == 200
    assert answer.json()["access_token"]
    assert [call["operation"] for call in unit.requests()] == ["fetchAuthorizationTokenUsingPost"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_any_event_loop_will_do(unit: Unit, backend: str) -> None:
    if backend == "trio":
        pytest.importorskip("trio")
    import anyio  # noqa: PLC0415 - only here

    async def ask() -> int:
        async with httpx.AsyncClient(base_url=unit.base_url, transport=unit.async_transport()) as client:
            return (await client.post("/accesstoken/get", headers=token(unit))).status_code

    assert anyio.run(ask, backend=backend) == 200


@pytest.mark.anyio
async def test_many_calls_at_once(unit: Unit) -> None:
    async with httpx.AsyncClient(base_url=unit.base_url, transport=unit.async_transport()) as client:
        answers = await asyncio.gather(*(client.post("/accesstoken/get", headers=token(unit)) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(unit.requests()) == 100


def test_bodies_that_come_in_parts_are_read(http: httpx.Client, unit: Unit) -> None:
    def parts() -> Iterator[bytes]:
        yield b'{"name": '
        yield b'"Bokhandelen"}'

    assert (
        http.patch(f"/sandbox/units/{unit.msn}/settings", content=parts()).json()["settings"]["name"] == "Bokhandelen"
    )


@pytest.mark.anyio
async def test_bodies_that_come_in_parts_are_read_asynchronously(unit: Unit) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"name": '
        yield b'"Bokhandelen"}'

    async with httpx.AsyncClient(base_url=unit.base_url, transport=unit.async_transport()) as client:
        answer = await client.patch(f"/sandbox/units/{unit.msn}/settings", content=parts())
    assert answer.json()["settings"]["name"] == "Bokhandelen"


def test_a_query_and_odd_characters_arrive(http: httpx.Client, unit: Unit) -> None:
    assert http.get(f"/sandbox/units/{unit.msn}/facts?limit=1").json()["facts"][0]["number"] == 1
    assert "4791234567 " in http.get(f"/sandbox/units/{unit.msn}/customers/4791234567%20").json()["detail"]


@pytest.mark.parametrize("host", ["https://api.vipps.no", "https://example.com", "http://vipps-sandbox.test:81"])
def test_other_hosts_are_not_answered_for(unit: Unit, http: httpx.Client, host: str) -> None:
    """Least of all production: an app that calls it by mistake must be told so."""
    with pytest.raises(httpx.ConnectError, match=r"answers for http://vipps-sandbox\.test and https://apitest"):
        http.post(f"{host}/accesstoken/get", headers=token(unit))


def test_the_test_environment_is_answered_for(unit: Unit, http: httpx.Client) -> None:
    """An app whose base URL cannot be changed is given the transport, by `mounts` if it calls others as well."""
    assert http.post("https://apitest.vipps.no/accesstoken/get", headers=token(unit)).status_code == 200


def test_a_dropped_connection_is_one(unit: Unit, http: httpx.Client) -> None:
    unit.faults.drop()
    with pytest.raises(httpx.ReadError):
        http.post("/accesstoken/get", headers=token(unit))
    assert http.post("/accesstoken/get", headers=token(unit)).status_code == 200


def test_what_takes_longer_than_the_timeout_is_one_and_goes_on(unit: Unit, invoice: Invoice) -> None:
    """As over a socket: the call is processed though nobody waits for its answer."""
    reference = invoice()
    unit.customer(PHONE).approve()
    held = Until(customer="reject")
    unit.faults.hold(held, operation="capturePayment", patience=timedelta(seconds=20))
    with unit.client() as vipps:
        headers = {**token(unit), "Authorization": f"Bearer {vipps.access_token().value}", "Idempotency-Key": "1"}
    amount = {"modificationAmount": {"currency": "NOK", "value": 2000}}
    with (
        httpx.Client(base_url=unit.base_url, transport=unit.transport(), timeout=0.05) as hasty,
        pytest.raises(httpx.ReadTimeout),
    ):
        hasty.post(f"/epayment/v1/payments/{reference}/capture", headers=headers, json=amount)
    assert unit.payment(reference)["captured"] == 2000


def test_an_endless_answer_ends_with_the_patience(unit: Unit) -> None:
    with (
        httpx.Client(base_url=unit.base_url, transport=unit.transport(), timeout=0.05) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(f"/sandbox/units/{unit.msn}/facts/stream")


def test_after_the_end_nobody_answers() -> None:
    with in_process() as sandbox:
        unit = sandbox.unit()
        client = httpx.Client(base_url=unit.base_url, transport=unit.transport())
    with client, pytest.raises(httpx.ConnectError, match="has ended"):
        client.get("/sandbox/health")


def test_what_is_held_at_the_end_is_let_go() -> None:
    with in_process() as sandbox:
        unit = sandbox.unit()
        unit.faults.hold(Until(customer="reject"), operation="fetchAuthorizationTokenUsingPost")
        went: list[type[Exception]] = []

        def wait() -> None:
            try:
                httpx.Client(base_url=unit.base_url, transport=unit.transport(), timeout=None).post(
                    "/accesstoken/get", headers=token(unit)
                )
            except httpx.HTTPError as error:
                went.append(type(error))

        waiting = Thread(target=wait)
        waiting.start()
        while not unit.faults()[0]["fired"]:
            pass
    waiting.join(5)
    assert went == [httpx.ReadError]


def test_the_transport_meets_the_units_of_the_socket(listening: VippsSandbox) -> None:
    unit = listening.unit()
    over_socket = httpx.post(f"{unit.base_url}/accesstoken/get", headers=token(unit), trust_env=False)
    with unit.client() as vipps:
        vipps.access_token()
    assert over_socket.status_code == 200
    assert len(unit.requests()) == 2


def test_a_sandbox_that_does_not_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.server import Sandbox  # noqa: PLC0415 - only here

    async def fail(*_: object) -> None:
        raise ValueError("no world today")

    monkeypatch.setattr(Sandbox, "_live", fail)
    with pytest.raises(RuntimeError, match="did not start") as caught, in_process():
        pass
    assert str(caught.value.__cause__) == "no world today"


def test_the_reference_client_captures_through_it(unit: Unit, invoice: Invoice) -> None:
    reference = invoice()
    unit.customer(PHONE).approve()
    with unit.client() as vipps:
        assert vipps.capture(reference, KR_20).aggregate.captured_amount.value == 2000
