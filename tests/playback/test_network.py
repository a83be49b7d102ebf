"""Scenarios in which the network misbehaves."""

from collections.abc import Callable

import pytest

from sandbox.playback import Play
from sandbox.playback.actors.network import OPERATIONS
from sandbox.playback.language.network import Operation
from sandbox.server import Sandbox
from sandbox.settings import Settings

OPENING = """scenario: x
steps:
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 49900}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}
"""


@pytest.mark.parametrize(
    ("steps", "line", "expected", "came"),
    [
        (
            "  - network.drop: capture\n  - customer.approve: order\n",
            7,
            "a call that it goes wrong with",
            "none came that matches {'operation': 'capturePayment'}",
        ),
        (
            "  - network.drop: {call: get_payment, when: before}\n  - merchant.get_payment: order\n",
            8,
            "an answer",
            "no answer to GET /epayment/v1/payments/acme-shop-0001: ",
        ),
        (
            "  - merchant.get_payment: {payment: order, expect: {no_answer: true}}\n",
            7,
            "no answer",
            '200: {"aggregate"',
        ),
        (
            "  - network.answer: {call: get_payment, status: 503}\n  - merchant.get_payment: order\n",
            8,
            "success",
            "GET ",
        ),
    ],
)
def test_what_goes_wrong_unexpectedly_is_told(
    played: Callable[[str], Play], steps: str, line: int, expected: str, came: str
) -> None:
    result = played(OPENING + steps)
    assert result.failure is not None
    assert (result.failure.at.line, result.failure.expected) == (line, expected)
    assert result.failure.came.startswith(came)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("merchant.get_token:", "an answer with expires_in"),
        ("merchant.register_webhook:", "an answer with id"),
        ("expect.payment: {state: CREATED}", "an answer to GET /epayment/v1/payments/acme-shop-0001"),
    ],
)
def test_an_answer_that_was_garbled_is_no_answer_to_go_on_with(
    played: Callable[[str], Play], step: str, expected: str
) -> None:
    result = played(f"{OPENING}  - network.garble:\n  - {step}\n")
    assert result.failure is not None
    assert (result.failure.at.line, result.failure.expected) == (8, expected)


def test_a_fault_of_another_payment_is_not_met(played: Callable[[str], Play]) -> None:
    result = played(
        f"{OPENING}  - network.drop: {{payment: order}}\n  - network.clear:\n  - merchant.get_payment: order\n"
    )
    assert result.failure is None


def test_a_story_ends_within_its_limit_and_says_where_it_was(played: Callable[[str], Play]) -> None:
    result = played(
        OPENING + "  - network.delay: {call: get_payment, by: PT5S}\n  - merchant.get_payment: order\nlimit: PT0.3S\n"
    )
    assert result.failure is not None
    assert result.took < 2
    assert (result.failure.at.name, result.failure.expected) == ("step 3", "the story ends within 0.3 s")
    assert result.failure.came == "after that time 2 of 3 steps were done, and this one was not"


def test_every_call_that_can_go_wrong_is_an_operation_of_the_sandbox() -> None:
    known = {operation.id for operation in Sandbox(Settings())._operations}
    assert set(OPERATIONS.values()) <= known
    assert set(OPERATIONS) == set(Operation.__args__)  # type: ignore[attr-defined]
