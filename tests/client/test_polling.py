"""A payment is asked after at Vipps's pace, and an unknown outcome is never taken for a failure."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.client import Credentials, NotFound, OutcomeNotKnown, Pace, RetryPolicy, ServerTrouble, VippsClient

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def payment(payment_body: Callable[..., dict[str, Any]]) -> Callable[[str], httpx.Response]:
    return lambda state: httpx.Response(200, json=payment_body(state))


@pytest.mark.parametrize("state", ["AUTHORIZED", "ABORTED", "EXPIRED", "TERMINATED"])
def test_the_first_question_comes_after_5_seconds_and_the_others_every_2(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    waits: list[float],
    payment: Callable[[str], httpx.Response],
    state: str,
) -> None:
    """Source: ePayment contract, "Polling guidance"."""
    answers += [payment("CREATED"), payment("CREATED"), payment(state)]
    assert vipps.await_outcome("order-0001").state == state
    assert waits == [5.0, 2.0, 2.0]


def test_asking_goes_on_beyond_the_payments_ten_minutes(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    waits: list[float],
    payment: Callable[[str], httpx.Response],
) -> None:
    answers += [payment("CREATED") for _ in range(400)]
    with pytest.raises(OutcomeNotKnown, match="was CREATED when last seen") as caught:
        vipps.await_outcome("order-0001")
    assert sum(waits) == 630
    assert caught.value.reference == "order-0001"
    assert caught.value.latest is not None


def test_the_caller_may_be_more_patient(
    vipps: VippsClient,
    answers: deque[httpx.Response | Exception],
    waits: list[float],
    payment: Callable[[str], httpx.Response],
) -> None:
    """A long-living payment is asked after for days, and not every 2 seconds."""
    answers += [payment("CREATED") for _ in range(5)]
    hourly = Pace(first_after=timedelta(minutes=1), every=timedelta(hours=1))
    with pytest.raises(OutcomeNotKnown):
        vipps.await_outcome("order-0001", until=NOON + timedelta(hours=3), pace=hourly)
    assert waits == [60.0, 3600.0, 3600.0, 3540.0]


def test_patience_already_over_still_asks_once(
    vipps: VippsClient, answers: deque[httpx.Response | Exception], payment: Callable[[str], httpx.Response]
) -> None:
    answers += [payment("AUTHORIZED")]
    assert vipps.await_outcome("order-0001", until=NOON - timedelta(days=1)).state == "AUTHORIZED"


def test_patience_ends_even_if_the_clock_stands_still(
    credentials: Credentials,
    wire: httpx.MockTransport,
    answers: deque[httpx.Response | Exception],
    requests: list[httpx.Request],
    payment: Callable[[str], httpx.Response],
) -> None:
    """A sleep that does not sleep, as in a test, must not ask for ever."""
    answers += [payment("CREATED") for _ in range(400)]
    with (
        VippsClient(credentials, transport=wire, sleep=lambda _: None, now=lambda: NOON) as vipps,
        pytest.raises(OutcomeNotKnown),
    ):
        vipps.await_outcome("order-0001", timeout=timedelta(seconds=60))
    assert len(requests) == 29  # after 5 s, then every 2 s, then at 60 s


def test_time_spent_on_asking_counts(
    credentials: Credentials,
    waits: list[float],
    now: Callable[[], datetime],
    payment: Callable[[str], httpx.Response],
) -> None:
    """A slow Vipps does not make the caller wait longer than they said."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/accesstoken/get":
            return httpx.Response(200, json={"access_token": "t", "expires_in": "3600"})
        waits.append(20)
        return payment("CREATED")

    with (
        VippsClient(credentials, transport=httpx.MockTransport(answer), sleep=waits.append, now=now) as vipps,
        pytest.raises(OutcomeNotKnown),
    ):
        vipps.await_outcome("order-0001", timeout=timedelta(seconds=30))
    assert waits == [5.0, 20, 2.0, 20]


def test_passing_trouble_does_not_end_the_asking(
    credentials: Credentials,
    wire: httpx.MockTransport,
    answers: deque[httpx.Response | Exception],
    waits: list[float],
    now: Callable[[], datetime],
    payment: Callable[[str], httpx.Response],
) -> None:
    """The customer pays whether or not we can see it."""
    answers += [httpx.Response(503), httpx.ConnectError("refused"), httpx.Response(429), payment("AUTHORIZED")]
    once = RetryPolicy(attempts=1)
    with VippsClient(credentials, transport=wire, retry=once, sleep=waits.append, now=now) as vipps:
        assert vipps.await_outcome("order-0001").state == "AUTHORIZED"


def test_an_outcome_hidden_by_trouble_tells_the_trouble(
    vipps: VippsClient, answers: deque[httpx.Response | Exception]
) -> None:
    answers += [httpx.Response(503) for _ in range(40)]
    with pytest.raises(OutcomeNotKnown, match="was never seen") as caught:
        vipps.await_outcome("order-0001", timeout=timedelta(seconds=10))
    assert isinstance(caught.value.__cause__, ServerTrouble)


def test_an_unknown_reference_ends_the_asking(vipps: VippsClient, answers: deque[httpx.Response | Exception]) -> None:
    answers += [httpx.Response(404)]
    with pytest.raises(NotFound):
        vipps.await_outcome("order-0001")
