"""Races with an application as the merchant: its calls are held on their way, whenever it makes them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import click
import pytest

from sandbox.client import VippsClient
from sandbox.playback import Cast, Mine, Play, Stage, load, play
from sandbox.playback.actors.holds import Hold
from sandbox.playback.reports import told
from tests.watching.scripted import BODY, Does, scripted, speaks

Watched = Callable[..., Play]
CREATE: tuple[str, str, Any, str] = ("POST", "/epayment/v1/payments", BODY, "create")
CAPTURE = ("POST", "/epayment/v1/payments/our-own-0001/capture", {"modificationAmount": BODY["amount"]}, "capture")
CANCEL = ("POST", "/epayment/v1/payments/our-own-0001/cancel", {"cancelTransactionOnly": True}, "cancel")
STORY = """scenario: x
steps:
  - merchant.trigger: {http: {url: "${app.url}/"}}
  - merchant.create_payment:
      as: order
      body: {reference: acme-0001, customer: {phoneNumber: "4791234567"}}
"""


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(720_001)


@pytest.fixture
def watched(stage: Stage, numbers: Iterator[int], tmp_path: Path) -> Iterator[Watched]:
    with ExitStack() as stack:

        def watched(steps: str, does: Does, *, patience: float = 5) -> Play:
            msn = str(next(numbers))
            url = stack.enter_context(scripted(stage.base_url, stage.existing(msn), does))
            path = tmp_path / "story.yaml"
            path.write_text(STORY + steps)
            return play(load(path)[0], stage, cast=Cast(Mine(msn, url, timedelta(seconds=patience))))

        yield watched


def at_once(*calls: tuple[str, str, Any, str]) -> Does:
    """Return what makes the first call, and then all others at the same time."""

    def does(vipps: VippsClient) -> None:
        speaks(calls[0])(vipps)
        threads = [Thread(target=speaks(call), args=(vipps,)) for call in calls[1:]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return does


@pytest.mark.parametrize(
    ("steps", "does"),
    [
        pytest.param(
            "  - merchant.cancel: {before_it_arrives: [customer.approve: order], expect: {code: '6060'}}\n"
            "  - expect.payment: {state: AUTHORIZED}\n",
            speaks(CREATE, CANCEL),
            id="it cancels too late",
        ),
        pytest.param(
            "  - merchant.cancel: {before_its_answer: [customer.approve: {payment: order, refused: true}]}\n",
            speaks(CREATE, CANCEL),
            id="it cancels in time",
        ),
        pytest.param(
            "      before_its_answer: [customer.approve: order]\n"
            "  - merchant.capture: {payment: order, idempotency_key: once}\n"
            "  - expect.payment: {payment: order, captured: 2000}\n",
            speaks(CREATE, CAPTURE),
            id="the customer is faster than the answer",
        ),
        pytest.param(
            "      before_its_answer: [customer.approve: order]\n"
            "  - merchant.capture: {idempotency_key: once, before_its_answer: [\n"
            "      merchant.capture: {idempotency_key: once}]}\n  - expect.payment: {captured: 2000}\n",
            at_once(CREATE, CAPTURE, CAPTURE),
            id="it captures twice at once",
        ),
    ],
)
def test_the_file_says_who_wins(watched: Watched, steps: str, does: Does) -> None:
    """The application does not wait for its steps: what it does is held from when it can be meant."""
    result = watched(steps, does)
    assert result.passed, click.unstyle("\n".join(told(result)))


def test_what_overtakes_a_held_call_is_not_too_early(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A webhook may set the application off before its create is answered, and so before it is in the log."""
    approved, captured = Event(), Event()

    def does(vipps: VippsClient) -> None:
        creating = Thread(target=speaks(CREATE), args=(vipps,))
        creating.start()
        approved.wait(5)
        speaks(CAPTURE)(vipps)
        captured.set()
        creating.join()

    def let_go(hold: Hold, *raised: Any) -> None:
        approved.set()
        captured.wait(5)
        lets_go(hold, *raised)

    lets_go = Hold.__exit__
    monkeypatch.setattr(Hold, "__exit__", let_go)
    steps = "      before_its_answer: [customer.approve: order]\n  - merchant.capture: {payment: order}\n"
    result = watched(steps, does)
    assert result.passed, click.unstyle("\n".join(told(result)))


@pytest.mark.parametrize(
    ("does", "came"),
    [
        (
            speaks(CREATE),
            "it never cancelled: in 2 s it called nothing more after POST /epayment/v1/payments → 201",
        ),
        (speaks(CREATE, CAPTURE), "it did what the story does not have: POST /epayment/v1/payments/our-own-0001/cap"),
    ],
)
def test_a_call_that_never_comes_is_told(watched: Watched, does: Does, came: str) -> None:
    result = watched("  - merchant.cancel: {before_it_arrives: [customer.approve: order]}\n", does, patience=2)
    assert result.failure is not None
    assert result.failure.at.name == "step 3"
    assert result.failure.came.startswith(came)
