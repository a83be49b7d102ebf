"""Scenario files: how they are understood, played and told."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from sandbox.playback import Play, Stage, load, play
from sandbox.playback.reports import told

ROOT = Path(__file__).parents[2]
FLOWS = [ROOT / "scenarios" / f"{flow}-invoice.yaml" for flow in ("first", "next")]

STEPS = "scenario: x\nsteps:\n"
PAYMENT = """
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 49900}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}
"""


Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "story.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def played(stage: Stage, path: Path) -> Play:
    return play(load(path)[0], stage)


def test_a_payment_is_named_by_its_reference_as_well(stage: Stage, write: Write) -> None:
    result = played(stage, write(f"scenario: x\nsteps:{PAYMENT}  - customer.reject: acme-shop-0001\n"))
    assert result.failure is None, "\n".join(told(result))


@pytest.mark.parametrize(
    ("steps", "failure"),
    [
        ("  - expect.payment: {payment: order, state: AUTHORIZED}", ('state: "AUTHORIZED"', 'state: "CREATED"')),
        ("  - expect.payment: {captured: 1}", ("captured: 1", "captured: 0")),
        ("  - expect.events: [CREATED, ABORTED]", ("events: CREATED · ABORTED", "events: CREATED")),
        (
            "  - customer.open:\n  - customer.pay_later:",
            (
                "the sandbox does it",
                (
                    "pay-later of acme-shop-0001 is not on the screen of 4791234567 now: "
                    "the payment screen; only a payment with expiresAt can be put off."
                ),
            ),
        ),
        (
            "  - customer.open:\n  - customer.see_details: {expect: {amountText: 1 kr}}",
            ('the request.amountText: "1 kr"', 'the request.amountText: "499 kr"'),
        ),
        (
            "  - customer.open:\n  - customer.see_details: {expect: {colour: red}}",
            ('the request.colour: "red"', "the request.colour: nothing; there are reference, merchant"),
        ),
        (
            "  - customer.see_details:",
            ("acme-shop-0001 on the phone 4791234567", "it is not there"),
        ),
        ("  - customer.see_inbox: {phone: '4791234567', pending: 2}", ("pending requests: 2", "pending requests: 0")),
        ("  - merchant.cancel: {expect: {code: '6040'}}", ("a refusal: code 6040", "success: 200 ")),
        (
            "  - merchant.cancel:\n  - merchant.cancel: {expect: {code: '6040'}}",
            ('code: "6040"', 'code: "6190"'),
        ),
        (
            "  - merchant.cancel:\n  - merchant.cancel:",
            ("success", "POST /epayment/v1/payments/acme-shop-0001/cancel"),
        ),
        (
            "  - merchant.get_order: {order: nothing-0001}",
            ("success", "GET /order-management/v2/ecom/nothing-0001 answered 404"),
        ),
        ("  - merchant.get_userinfo:", ("a payment with profile.sub", "acme-shop-0001 has none")),
    ],
)
def test_a_story_that_goes_otherwise_says_what_was_expected_and_what_came(
    stage: Stage, write: Write, steps: str, failure: tuple[str, str]
) -> None:
    result = played(stage, write(f"scenario: x\nsteps:{PAYMENT}{steps}\n"))
    assert result.failure is not None
    assert result.failure.expected == failure[0]
    assert result.failure.came.startswith(failure[1])
    assert result.failure.at.text.strip() == steps.splitlines()[-1].strip()


def test_a_failure_is_told_with_the_story_so_far_and_the_step_as_it_stands(stage: Stage, write: Write) -> None:
    path = write(f"scenario: nobody answers\nsteps:{PAYMENT}  - expect.payment: {{state: EXPIRED}}\n")
    lines = list(told(played(stage, path)))
    assert "nobody answers" in lines[0]
    assert "1 of 2 steps" in lines[0]
    assert "merchant.create_payment" in lines[1]
    assert f"{path}:7: step 2" in lines[2]
    assert [click.unstyle(line) for line in lines[3:]] == [
        "       7 │   - expect.payment: {state: EXPIRED}",
        '    expected  state: "EXPIRED"',
        '    came      state: "CREATED"',
        "        state",
        '      - "EXPIRED"',
        '      + "CREATED"',
        "    nearest   the payment: acme-shop-0001 is CREATED",
    ]


@pytest.mark.parametrize(
    ("beginning", "name", "came"),
    [
        ("settings:\n  profile: lax\n", "settings", "profile: "),
        ("settings: {market: XX}\n", "settings", "market: "),
        ('clock: "${now - P30000D}"\n', "clock", "now: Value error, the clock goes from the year 1970"),
    ],
)
def test_a_beginning_that_the_sandbox_refuses_is_blamed_on_its_own_line(
    stage: Stage, write: Write, beginning: str, name: str, came: str
) -> None:
    path = write(f"scenario: x\n\n{beginning}steps:{PAYMENT}")
    result = played(stage, path)
    assert result.failure is not None
    assert (result.failure.at.name, result.failure.at.line) == (name, 3)
    assert result.failure.at.text == beginning.rstrip()
    assert result.failure.expected == "the sandbox takes it"
    assert came in result.failure.came
    assert f"{path}:3: {name}" in "\n".join(told(result))


@pytest.mark.parametrize("action", ["share", "refuse", "approve", "reject", "pay_later", "decline_card"])
def test_whatever_a_customer_does_the_request_is_opened_first(stage: Stage, write: Write, action: str) -> None:
    profile = ", profile: {scope: name}" if action in {"share", "refuse"} else ""
    path = write(
        f"""
scenario: x
clock: 2023-09-01T08:00:00Z
steps:
  - merchant.create_payment:
      body: {{amount: {{currency: NOK, value: 2000}}, paymentMethod: {{type: WALLET}}, reference: acme-shop-0001,
             customer: {{phoneNumber: "4791234567"}}, userFlow: PUSH_MESSAGE{profile},
             expiresAt: "2023-09-15T00:00:00Z"}}
  - customer.{action}:
"""
    )
    result = played(stage, path)
    assert result.failure is None, "\n".join(told(result))


def test_every_kind_of_step_is_played(stage: Stage, write: Write) -> None:
    """One story with every step of the language that the two flows leave out."""
    path = write(
        f"""
scenario: all the rest
settings: {{profile: strict, name: Bokhandelen}}
steps:
  - time.set: 2023-09-01T08:00:00Z
  - time.freeze:
  - merchant.put_category: {{order: acme-shop-0001, body: {{category: RECEIPT, orderDetailsUrl: "https://example.com"}}}}
  - merchant.get_order: {{order: acme-shop-0001, expect: {{body: {{category: {{category: RECEIPT}}}}}}}}
{PAYMENT}
  - merchant.create_payment:
      body: {{reference: acme-shop-0001}}
      expect: {{status: 400}}
  - customer.open: order
  - customer.see_details: {{payment: order, expect: {{merchant: Bokhandelen, orderDetailsUrl: "https://example.com"}}}}
  - customer.decline_card:
  - customer.approve: order
  - merchant.get_payment: {{payment: order, expect: {{body: {{state: AUTHORIZED}}}}}}
  - merchant.capture: {{amount: 10000}}
  - merchant.capture: {{amount: 50000, expect: {{status: 400, code: "6090"}}}}
  - merchant.refund: {{amount: 4000, idempotency_key: once}}
  - merchant.refund: {{amount: 4000, idempotency_key: once}}
  - merchant.cancel: order
  - expect.payment: {{authorized: 49900, captured: 10000, cancelled: 39900, refunded: 4000}}
  - merchant.create_payment:
      as: second
      body: {{amount: {{currency: NOK, value: 100}}, paymentMethod: {{type: WALLET}}, reference: acme-shop-0002,
             returnUrl: "https://example.com", userFlow: WEB_REDIRECT, profile: {{scope: name}}}}
  - customer.open: {{payment: second, phone: "4793424725"}}
  - customer.refuse: {{phone: "4793424725"}}
  - expect.events: {{payment: second, events: [CREATED, ABORTED]}}
  - merchant.create_payment:
      as: third
      body: {{amount: {{currency: NOK, value: 100}}, paymentMethod: {{type: WALLET}}, reference: acme-shop-0003,
             customer: {{phoneNumber: "4791234567"}}, userFlow: PUSH_MESSAGE}}
  - customer.reject: third
  - expect.payment: {{state: ABORTED}}
  - time.resume:
  - time.advance: {{to: 2023-09-02T08:00:00Z}}
"""
    )
    result = played(stage, path)
    assert result.failure is None, "\n".join(told(result))


def test_scenarios_never_meet(stage: Stage) -> None:
    """Both flows use one reference, and each finds it unused, however often they are played."""
    plays = [played(stage, path) for path in (*FLOWS, *FLOWS)]
    assert len({result.msn for result in plays}) == len(plays)
    assert all(result.passed for result in plays)


def test_a_sandbox_that_is_not_there_fails_the_scenario(write: Write) -> None:
    with Stage("http://127.0.0.1:9") as nowhere:
        result = played(nowhere, write(f"scenario: x\nsteps:{PAYMENT}"))
    assert result.failure is not None
    assert result.failure.came.startswith("no sandbox answers at http://127.0.0.1:9")
    assert result.failure.at.name == "scenario"
