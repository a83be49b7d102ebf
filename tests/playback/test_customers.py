"""What customers do in scenarios beside the phone: the card form, Express, and being somebody."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from sandbox.playback import Play, Stage, load, play
from sandbox.playback.reports import told

OPENING = "scenario: x\nsteps:\n"
BODY = """{amount: {currency: NOK, value: 2000}, paymentMethod: {type: %s}, reference: acme-shop-0001,
             returnUrl: "https://example.com", userFlow: WEB_REDIRECT%s}"""
CARD = f"  - merchant.create_payment: {{as: order, body: {BODY % ('CARD', '')}}}\n"
PHONE = ', customer: {phoneNumber: "4791234567"}'
WALLET = f"  - merchant.create_payment: {{as: order, body: {BODY % ('WALLET', PHONE)}}}\n"


@pytest.mark.parametrize(
    ("steps", "expected", "came"),
    [
        (f"{CARD}  - customer.enter_card: {{refused: true}}\n", "no enter on the card form", "enter was done"),
        (f"{CARD}  - customer.confirm_card:\n", "the sandbox does it", ""),
        (f"{WALLET}  - customer.enter_card:\n", "the sandbox does it", ""),
        (f"{WALLET}  - customer.approve: {{shipping: home}}\n", "the sandbox does it", ""),
        ('  - customer.is: {phone: "4791234567", person: {shoeSize: 42}}\n', "the sandbox does it", "There is no"),
    ],
)
def test_what_cannot_be_done_is_told(played: Callable[[str], Play], steps: str, expected: str, came: str) -> None:
    result = played(OPENING + steps)
    assert result.failure is not None
    assert result.failure.expected == expected
    assert result.failure.came.startswith(came)


def test_somebody_who_is_said_to_approve_does(played: Callable[[str], Play]) -> None:
    steps = f'  - customer.is: {{phone: "4791234567", persona: approves}}\n{WALLET}  - time.advance: PT1M\n'
    result = played(f"{OPENING}{steps}  - expect.payment: {{state: AUTHORIZED}}\n")
    assert result.passed, click.unstyle("\n".join(told(result)))


def test_a_webhook_that_is_given_is_blamed_where_it_stands(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text("scenario: x\ngiven:\n  webhooks: [AUTHORIZED]\nsteps:\n  - expect.webhooks: [AUTHORIZED]\n")
    loaded = load(path)[0]
    assert (loaded.steps[0].name, loaded.steps[0].line) == ("given.webhooks", 3)
    result = play(loaded, stage)
    assert result.failure is not None
    assert result.failure.came == "webhooks: none"
