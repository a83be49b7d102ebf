"""Webhooks in scenarios: the player's own receiver, what it expects, and what it says of a failure."""

from collections.abc import Callable

import httpx
import pytest

from sandbox.playback import Play
from sandbox.playback.receiver import Receiver

OPENING = """scenario: x
steps:
  - merchant.register_webhook:
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 49900}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}
"""


@pytest.mark.parametrize(
    ("steps", "expected", "came"),
    [
        (
            "  - customer.approve:\n  - expect.webhooks: [CREATED, ABORTED]\n",
            "webhooks: CREATED · ABORTED",
            "webhooks: CREATED · AUTHORIZED",
        ),
        (
            "  - expect.webhooks: [{name: CREATED, amount: {value: 1}}]\n",
            "webhooks.0.amount.value: 1",
            "webhooks.0.amount.value: 49900",
        ),
        (
            "  - expect.no_webhook: AUTHORIZED\n  - customer.approve:\n",
            "no webhook AUTHORIZED",
            "AUTHORIZED of acme-shop-0001 came",
        ),
        ("  - expect.no_webhook:\n  - merchant.cancel:\n", "no webhook at all", "TERMINATED of acme-shop-0001 came"),
        (
            "  - expect.webhooks: {webhook: wehbook, events: []}\n",
            "a registration 'wehbook'",
            "there is none; did you mean 'webhook'?",
        ),
        (
            "  - merchant.delete_webhook:\n  - merchant.delete_webhook:\n",
            "success",
            "DELETE /webhooks/v1/webhooks/",
        ),
    ],
)
def test_what_did_not_come_as_expected_is_told(
    played: Callable[[str], Play], steps: str, expected: str, came: str
) -> None:
    result = played(OPENING + steps)
    assert result.failure is not None
    assert result.failure.expected == expected
    assert result.failure.came.startswith(came)


def test_a_promise_is_blamed_when_it_is_broken_later(played: Callable[[str], Play]) -> None:
    result = played(f"{OPENING}  - expect.never: AUTHORIZED\n  - customer.approve:\n")
    assert result.failure is not None
    assert result.failure.at.text == "  - expect.never: AUTHORIZED"
    assert result.failure.diff == ("  CREATED", "+ AUTHORIZED")


def test_without_a_receiver_there_is_nothing_to_expect(played: Callable[[str], Play]) -> None:
    for step in ("expect.webhooks: []", "expect.no_webhook:", "network.receiver_down:"):
        result = played(f"scenario: x\nsteps:\n  - {step}\n")
        assert result.failure is not None
        assert result.failure.came == "there is none: use merchant.register_webhook first"


def test_what_failed_to_arrive_is_the_nearest_miss(played: Callable[[str], Play]) -> None:
    steps = "  - expect.webhooks: [CREATED]\n  - network.receiver_down: 500\n  - customer.approve:\n"
    result = played(f"{OPENING}{steps}  - expect.webhooks: [CREATED, AUTHORIZED]\n")
    assert result.failure is not None
    assert result.failure.diff == ("  CREATED", "- AUTHORIZED")
    assert result.failure.nearest == "1 more came, and the receiver answered with a failure"


def test_a_wrong_signature_is_found_out() -> None:
    """Told by hand: whoever knows only the URL can send anything."""
    receiver = Receiver()
    try:
        receiver.expect_signed_with("hook", "secret")
        headers = {"Authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=x"}
        assert httpx.post(f"{receiver.url}/webhooks/hook", content=b"{}", headers=headers).status_code == 401
        assert httpx.post(f"{receiver.url}/webhooks/other", content=b"\xff").status_code == 401
        first, second = receiver.webhooks()
    finally:
        receiver.close()
    assert (first.is_signed, first.is_taken, first.name, first.reference) == (False, False, "None", None)
    assert (second.is_signed, second.is_taken, second.name, second.reference) == (False, False, "?", None)


def test_webhooks_are_arrows_of_the_diagram(played: Callable[[str], Play]) -> None:
    result = played(f"{OPENING}  - expect.webhooks: [CREATED]\n")
    assert result.failure is None
    texts = [message.text for done in result.performed for message in done.messages]
    assert "webhook CREATED → 200" in texts
