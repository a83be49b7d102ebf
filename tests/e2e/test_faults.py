"""Faults over a real socket: a merchant whose connection breaks, and who does the right thing, pays once."""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.client import (
    Amount,
    AnswerNotUnderstood,
    NewPayment,
    PaymentState,
    ServerTrouble,
    TransportFailed,
    VippsClient,
)
from sandbox.playback import Stage, StageUnit
from sandbox.server import running
from sandbox.settings import LogLevel, Settings

ADA = "4791234567"
REFERENCE = "acme-shop-0001"
TWENTY = Amount(value=2000, currency="NOK")
PAYMENT = NewPayment(reference=REFERENCE, amount=TWENTY, user_flow="PUSH_MESSAGE", phone_number=ADA)
BODY = {**PAYMENT.body()}
CAPTURE = {"modificationAmount": {"currency": "NOK", "value": 2000}}
PATH = "/epayment/v1/payments"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url, Stage(url) as stage:
        yield stage


@pytest.fixture
def unit(stage: Stage) -> StageUnit:
    return stage.unit()


@pytest.fixture
def merchant(stage: Stage, unit: StageUnit) -> Iterator[httpx.Client]:
    """A merchant with httpx alone, who has an access token."""
    keys = {"client_id": "any", "client_secret": "any", "Ocp-Apim-Subscription-Key": "any"}
    token = httpx.post(f"{stage.base_url}/accesstoken/get", headers=keys).json()["access_token"]
    headers = keys | {"Authorization": f"Bearer {token}", "Merchant-Serial-Number": unit.msn}
    with httpx.Client(base_url=stage.base_url, headers=headers) as merchant:
        yield merchant


@pytest.fixture
def vipps(stage: Stage, unit: StageUnit) -> Iterator[VippsClient]:
    with VippsClient(unit.credentials, stage.base_url, sleep=lambda _: None) as vipps:
        yield vipps


def arm(stage: Stage, unit: StageUnit, then: dict[str, Any], operation: str, times: int = 1) -> None:
    body = {"match": {"operation": operation}, "times": times, "then": then}
    stage.ask("POST", f"/sandbox/units/{unit.msn}/faults", body)


def happened(stage: Stage, unit: StageUnit) -> list[str]:
    """Return what happened to payments."""
    facts = stage.ask("GET", f"/sandbox/units/{unit.msn}/facts")["facts"]
    return [fact["fact"] for fact in facts if fact["fact"].startswith("Payment")]


def approve(unit: StageUnit) -> None:
    for action in ("open", "approve"):
        unit.act(ADA, action, REFERENCE)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_dropped_connection_and_the_same_key_again_make_one_payment_and_one_capture(
    stage: Stage, unit: StageUnit, merchant: httpx.Client, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The idempotency test: nobody can tell from a broken connection whether the call was carried out."""
    with caplog.at_level(logging.WARNING):
        for path, operation, body in (
            (PATH, "createPayment", BODY),
            (f"{PATH}/{REFERENCE}/capture", "capturePayment", CAPTURE),
        ):
            arm(stage, unit, {"drop": when}, operation)
            with pytest.raises(httpx.TransportError):
                merchant.post(path, json=body, headers={"Idempotency-Key": operation})
            again = merchant.post(path, json=body, headers={"Idempotency-Key": operation})
            assert again.status_code in {200, 201}, again.text
            if operation == "createPayment":
                approve(unit)
    assert happened(stage, unit) == ["PaymentCreated", "PaymentOpened", "PaymentAuthorized", "PaymentCaptured"]
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_another_key_is_another_capture(stage: Stage, unit: StageUnit, merchant: httpx.Client) -> None:
    """What the test above is worth: a merchant who makes a new key for each try pays back what was not asked."""
    merchant.post(PATH, json=BODY, headers={"Idempotency-Key": "1"})
    approve(unit)
    half = {"modificationAmount": {"currency": "NOK", "value": 1000}}
    arm(stage, unit, {"drop": "after"}, "capturePayment")
    with pytest.raises(httpx.TransportError):
        merchant.post(f"{PATH}/{REFERENCE}/capture", json=half, headers={"Idempotency-Key": "2"})
    merchant.post(f"{PATH}/{REFERENCE}/capture", json=half, headers={"Idempotency-Key": "3"})
    assert happened(stage, unit).count("PaymentCaptured") == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_reference_client_meets_a_dropped_connection_with_the_same_key(
    stage: Stage, unit: StageUnit, vipps: VippsClient, when: str
) -> None:
    arm(stage, unit, {"drop": when}, "createPayment", times=2)
    vipps.create_payment(PAYMENT)
    approve(unit)
    arm(stage, unit, {"drop": when}, "capturePayment", times=2)
    arm(stage, unit, {"answer": 503}, "capturePayment")
    captured = vipps.capture(REFERENCE, TWENTY)
    assert captured.aggregate.captured_amount == TWENTY
    assert happened(stage, unit) == ["PaymentCreated", "PaymentOpened", "PaymentAuthorized", "PaymentCaptured"]


def test_a_connection_that_always_drops_is_given_up(stage: Stage, unit: StageUnit, vipps: VippsClient) -> None:
    arm(stage, unit, {"drop": "before"}, "createPayment", times=4)
    with pytest.raises(TransportFailed):
        vipps.create_payment(PAYMENT)
    assert happened(stage, unit) == []


@pytest.mark.parametrize("status", [500, 502, 503])
def test_servers_in_trouble_are_given_up_too(stage: Stage, unit: StageUnit, vipps: VippsClient, status: int) -> None:
    arm(stage, unit, {"answer": status}, "createPayment", times=4)
    with pytest.raises(ServerTrouble):
        vipps.create_payment(PAYMENT)


def test_a_refused_token_is_renewed(stage: Stage, unit: StageUnit, vipps: VippsClient) -> None:
    arm(stage, unit, {"answer": 401}, "createPayment")
    assert vipps.create_payment(PAYMENT).reference == REFERENCE
    calls = stage.ask("GET", f"/sandbox/units/{unit.msn}/requests")["requests"]
    assert [call["operation"] for call in calls if call["status"] == 200] == ["fetchAuthorizationTokenUsingPost"] * 2


def test_garbage_is_no_json_and_the_payment_is_there(stage: Stage, unit: StageUnit, merchant: httpx.Client) -> None:
    arm(stage, unit, {"garbage": True}, "createPayment")
    answer = merchant.post(PATH, json=BODY, headers={"Idempotency-Key": "1"})
    assert answer.status_code == 201
    with pytest.raises(UnicodeDecodeError):
        answer.json()
    again = merchant.post(PATH, json=BODY, headers={"Idempotency-Key": "1"})
    assert (again.json()["reference"], happened(stage, unit)) == (REFERENCE, ["PaymentCreated"])


def test_the_reference_client_says_that_garbage_is_not_understood(
    stage: Stage, unit: StageUnit, vipps: VippsClient
) -> None:
    vipps.create_payment(PAYMENT)
    arm(stage, unit, {"garbage": True}, "getPayment")
    with pytest.raises(AnswerNotUnderstood):
        vipps.get_payment(REFERENCE)
    assert vipps.get_payment(REFERENCE).state is PaymentState.CREATED


@pytest.mark.parametrize("then", [{"slow": "PT60S"}, {"delay": "PT60S"}])
def test_who_waits_for_no_slow_answer_asks_again(
    stage: Stage, unit: StageUnit, merchant: httpx.Client, then: dict[str, str]
) -> None:
    arm(stage, unit, then, "createPayment")
    with pytest.raises(httpx.ReadTimeout):
        merchant.post(PATH, json=BODY, headers={"Idempotency-Key": "1"}, timeout=0.2)
    assert merchant.post(PATH, json=BODY, headers={"Idempotency-Key": "1"}).status_code == 201
    assert happened(stage, unit) == ["PaymentCreated"]


def test_the_reference_client_waits_for_a_slow_answer(stage: Stage, unit: StageUnit, vipps: VippsClient) -> None:
    vipps.create_payment(PAYMENT)
    arm(stage, unit, {"slow": "PT0.05S"}, "getPayment")
    assert vipps.get_payment(REFERENCE).amount == TWENTY
