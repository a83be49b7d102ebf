"""Scenarios whose customer is a person with the phone open."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import click
import pytest

from sandbox.playback import Asked, Cast, Person, Play, Stage, StageUnit, load, play
from sandbox.playback.reports import told

OPENING = """scenario: x
steps:
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}
"""
Played = Callable[..., tuple[Play, list[str]]]


@pytest.fixture
def played(stage: Stage, tmp_path: Path) -> Played:
    """Play steps with a person who does something else, or nothing, whenever something is asked for."""

    def played(steps: str, *deeds: str, patience: float = 5) -> tuple[Play, list[str]]:
        path = tmp_path / "story.yaml"
        path.write_text(OPENING + steps)
        left = iter(deeds)
        asked: list[str] = []

        def ask(what: Asked) -> None:
            asked.append(str(what))
            Thread(target=do, daemon=True).start()

        def do() -> None:
            newest = stage.ask("GET", "/sandbox/units")["units"][-1]["msn"]
            for deed in next(left, "").split():
                StageUnit(stage, newest).act("4791234567", deed, "acme-shop-0001")

        cast = Cast(customer=Person(ask, timedelta(seconds=patience)))
        return play(load(path)[0], stage, cast=cast), asked

    return played


def test_each_step_waits_for_the_person(played: Played) -> None:
    steps = (
        "  - customer.open: order\n  - customer.approve: order\n  - customer.reject: {refused: true}\n"
        '  - customer.see_inbox: {phone: "4791234567", pending: 0}\n  - merchant.capture: order\n'
    )
    result, asked = played(steps, "open", "approve")
    assert result.passed, click.unstyle("\n".join(told(result)))
    assert asked == [
        "open the request: acme-shop-0001, on the phone 4791234567",
        "pay: acme-shop-0001, on the phone 4791234567",
    ]


@pytest.mark.parametrize(
    ("deeds", "patience", "came"),
    [(["open reject"], 10, "acme-shop-0001 ended: PaymentAborted"), (["open"], 0.3, "nobody did in 0.3 s")],
)
def test_what_the_person_does_instead_is_told(played: Played, deeds: list[str], patience: float, came: str) -> None:
    result, _ = played('  - customer.approve: {phone: "4791234567"}\n', *deeds, patience=patience)
    assert result.failure is not None
    assert (result.failure.expected, result.failure.came) == ("somebody does it on the phone: pay", came)
