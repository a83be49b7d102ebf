"""What an application does otherwise than the story has it, in words."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from sandbox.client import VippsClient
from sandbox.playback import Cast, Mine, Outcome, Play, Stage, load, play
from sandbox.playback.reports import told
from tests.watching.scripted import BODY, Does, scripted, speaks

PAYMENT = "/epayment/v1/payments/our-own-0001"
CREATED = ("POST", "/epayment/v1/payments", BODY, "create-1")
AMOUNT = {"modificationAmount": {"currency": "NOK", "value": 2000}}
STORY = """scenario: x
steps:
  - merchant.trigger: {http: {url: "${app.url}"}}
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, userFlow: WEB_REDIRECT}
"""
Watched = Callable[..., Play]


def captured(key: str, value: int = 2000) -> tuple[str, str, Any, str]:
    return "POST", f"{PAYMENT}/capture", {"modificationAmount": {"currency": "NOK", "value": value}}, key


@pytest.fixture
def watched(stage: Stage, tmp_path: Path) -> Iterator[Watched]:
    with ExitStack() as stack:

        def watched(steps: str, does: Does, *, status: int = 200, first: bool = False, **mine: Any) -> Play:
            """Play a story; with *first*, all that the application does is done before it goes on."""
            path = tmp_path / "story.yaml"
            path.write_text((STORY.replace("trigger: {", "trigger: {as: started, ") if first else STORY) + steps)
            unit = stage.unit()
            url = stack.enter_context(scripted(stage.base_url, unit, does, status))
            cast = Cast(Mine(unit.msn, url, patience=timedelta(seconds=mine.pop("patience", 0.2)), **mine))
            return play(load(path)[0], stage, cast=cast)

        yield watched


APPROVED = "  - customer.approve: order\n"


@pytest.mark.parametrize(
    ("steps", "calls", "expected", "came"),
    [
        (
            "  - merchant.get_payment: order\n",
            [CREATED, captured("c-1")],
            "the application asks how the payment is",
            f"it did what the story does not have: POST {PAYMENT}/capture → 400 6080",
        ),
        (
            "  - merchant.cancel: order\n  - merchant.capture: order\n",
            [CREATED, captured("c-1")],
            "the application cancels",
            f"it captured before it cancelled: POST {PAYMENT}/capture → 400 6080",
        ),
        (
            "  - merchant.cancel: order\n",
            [CREATED, ("POST", "/epayment/v1/payments", BODY, "create-2")],
            "the application cancels",
            (
                "it made the same call twice, with another Idempotency-Key: POST /epayment/v1/payments → 409 4150; "
                "first create-1, now create-2"
            ),
        ),
        (
            "  - merchant.get_payment: order\n",
            [CREATED, ("GET", f"{PAYMENT}/events", None, None)],
            f"the application asks how the payment is (GET {PAYMENT})",
            f"it never asked how the payment is: in 0.2 s it made these calls: GET {PAYMENT}/events → 200",
        ),
        (
            "",
            [("POST", "/epayment/v1/payments", {**BODY, "amount": {"currency": "NOK", "value": 20}}, "create-1")],
            "body.amount.value: 2000",
            "body.amount.value: 20",
        ),
        (
            '  - merchant.trigger: {as: again, http: {url: "${app.url}"}}\n',
            [CREATED, ("POST", f"{PAYMENT}/cancel", {}, "x-1")],
            "nothing more",
            "it did what the story does not have",
        ),
        (
            "  - merchant.capture: order\n",
            [CREATED, captured("c-1")],
            "success",
            f"POST {PAYMENT}/capture answered 400 (code 6080)",
        ),
        (
            "  - merchant.capture: {payment: order, expect: {no_answer: true}}\n",
            [CREATED, captured("c-1")],
            "no answer",
            f"POST {PAYMENT}/capture → 400 6080",
        ),
        (
            (
                "  - merchant.capture: {payment: order, idempotency_key: one, expect: {status: 400}}\n"
                "  - merchant.capture: {payment: order, idempotency_key: two, expect: {status: 400}}\n"
            ),
            [CREATED, captured("c-1"), captured("c-1")],
            "an Idempotency-Key of its own",
            "it is c-1, which was used for another call",
        ),
        (
            "  - merchant.call: {method: GET, path: '${order.metadata.path}', headers: {X-Shop: acme}}\n",
            [CREATED],
            "what is referred to",
            "order has no 'metadata'",
        ),
        (
            f"  - merchant.call: {{method: GET, path: '{PAYMENT}', headers: {{X-Shop: acme}}}}\n",
            [CREATED, ("GET", PAYMENT, None, None)],
            'headers.X-Shop: "acme"',
            "headers.X-Shop: null",
        ),
        (
            f"  - merchant.call: {{method: GET, path: '{PAYMENT}', headers: {{Merchant-Serial-Number: null}}}}\n",
            [CREATED, ("GET", PAYMENT, None, None)],
            "no header Merchant-Serial-Number",
            "Merchant-Serial-Number: ",
        ),
        (
            "  - merchant.register_webhook:\n",
            [CREATED],
            "the application registers a webhook (POST /webhooks/v1/webhooks)",
            "it never registered the webhook",
        ),
    ],
)
def test_what_goes_otherwise_is_told(
    watched: Watched, steps: str, calls: list[Any], expected: str, came: str
) -> None:
    result = watched(steps, speaks(*calls), first=True)
    assert result.failure is not None
    assert result.failure.expected.startswith(expected)
    assert result.failure.came.startswith(came)


SECOND = """  - merchant.create_payment:
      as: other
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-shop-0002,
             customer: {phoneNumber: "4791234567"}, userFlow: WEB_REDIRECT}
  - merchant.cancel: order
  - expect.payment: {payment: order, state: TERMINATED}
  - merchant.cancel: other
"""


def cancelled(reference: str) -> tuple[str, str, Any, str]:
    return "POST", f"/epayment/v1/payments/{reference}/cancel", {}, f"cancel-{reference}"


def test_two_payments_are_nothing_to_each_other(watched: Watched) -> None:
    """Where nobody else acts in between, an application may turn to them in either order."""
    other = ("POST", "/epayment/v1/payments", {**BODY, "reference": "our-own-0002"}, "create-2")
    cancels = [cancelled("our-own-0002"), cancelled("our-own-0001")]
    result = watched(SECOND, speaks(CREATED, other, *cancels), first=True)
    assert result.failure is None
    result = watched(
        SECOND.replace("  - expect", "  - time.advance: PT1S\n  - expect"),
        speaks(CREATED, other, *cancels),
        first=True,
    )
    assert result.failure is not None
    assert result.failure.came.startswith(
        "it cancelled what the story has later: POST /epayment/v1/payments/our-own-0002"
    )


def test_what_an_application_did_besides_may_be_why_a_customer_cannot(watched: Watched) -> None:
    result = watched(APPROVED, speaks(CREATED, cancelled("our-own-0001")), first=True)
    assert result.failure is not None
    assert result.failure.came.endswith("the payment is TERMINATED.")
    assert result.failure.nearest == (
        f"the application did what the story does not have by then: POST {PAYMENT}/cancel → 200"
    )


def test_an_application_has_references_and_keys_of_its_own(watched: Watched) -> None:
    """What the file writes out stands for what the application uses; a repeat with the same key is its own affair."""
    steps = (
        "  - merchant.capture: {payment: acme-shop-0001, idempotency_key: one, expect: {status: 400}}\n"
        "  - merchant.cancel: {payment: order, idempotency_key: two}\n"
        '  - expect.equal: {this: "${order.reference}", to: our-own-0001}\n'
        "  - expect.payment: {payment: acme-shop-0001, state: TERMINATED}\n"
    )
    calls = [CREATED, CREATED, captured("c-1"), captured("c-1"), ("POST", f"{PAYMENT}/cancel", {}, "x-1")]
    result = watched(steps, speaks(*calls), patience=5)
    assert result.passed, click.unstyle("\n".join(told(result)))


def test_a_connection_that_breaks_must_be_in_the_story(stage: Stage, watched: Watched) -> None:
    """The application goes on once the fault is armed, which its sales unit tells."""

    def does(vipps: VippsClient) -> None:
        speaks(CREATED)(vipps)
        newest = stage.ask("GET", "/sandbox/units")["units"][-1]["msn"]
        while not stage.ask("GET", f"/sandbox/units/{newest}/faults")["faults"]:
            pass
        speaks(("GET", PAYMENT, None, None))(vipps)

    result = watched("  - network.drop: get_payment\n  - merchant.get_payment: order\n", does, patience=5)
    assert result.failure is not None
    assert result.failure.came == f"GET {PAYMENT} → no answer: the connection broke"


def test_a_part_is_not_all_of_it(watched: Watched) -> None:
    def does(vipps: VippsClient) -> None:
        speaks(CREATED)(vipps)
        while vipps.get_payment("our-own-0001").state != "AUTHORIZED":
            pass
        speaks(captured("c-1", 500))(vipps)

    result = watched(f"{APPROVED}  - merchant.capture: order\n", does, patience=5)
    assert result.failure is not None
    assert (result.failure.expected, result.failure.came) == (
        "the application captures all of it: 2000",
        "500 by now",
    )


def test_a_trigger_that_is_not_taken_is_told_at_once(watched: Watched) -> None:
    result = watched("", speaks(), status=404, patience=20)
    assert result.failure is not None
    assert result.failure.expected == "the application is set off"
    assert " answered 404: " in result.failure.came
    assert result.took < 5


def test_the_answer_to_a_trigger_can_be_named(watched: Watched) -> None:
    steps = (
        '  - merchant.trigger: {as: started, http: {url: "${app.url}"}}\n'
        '  - expect.equal: {this: "${started.started}", to: "yes"}\n'
    )
    result = watched(steps, speaks(CREATED), patience=5)
    assert result.passed, click.unstyle("\n".join(told(result)))


def test_nothing_is_run_unless_that_is_allowed(watched: Watched, tmp_path: Path) -> None:
    made = tmp_path / "made"
    steps = f"  - merchant.trigger: {{command: [touch, {made}]}}\n  - merchant.get_payment: order\n"
    result = watched(steps, speaks(CREATED), first=True)
    assert result.failure is not None
    assert result.failure.came == "commands run only with --allow-commands"
    assert not made.exists()


@pytest.mark.parametrize(
    ("command", "came"),
    [("[sh, -c, 'exit 3']", "the command ended with 3"), ("[/nowhere/at-all]", "/nowhere/at-all: ")],
)
def test_a_command_that_fails_is_told(watched: Watched, command: str, came: str) -> None:
    steps = f"  - merchant.trigger: {{command: {command}}}\n  - merchant.cancel: order\n"
    result = watched(steps, speaks(CREATED), allows_commands=True, patience=5)
    assert result.failure is not None
    assert result.failure.came.startswith(came)


@pytest.mark.parametrize(
    ("step", "need"),
    [
        ("network.receiver_down:", "the player's own receiver"),
        ("merchant.register_webhook: {url: 'https://example.com'}", "the player's own merchant"),
        ("merchant.get_payment: {payment: order, expect: {headers: {a: b}}}", "the player's own merchant"),
    ],
)
def test_what_an_application_cannot_play_is_not_played(watched: Watched, step: str, need: str) -> None:
    result = watched(f"  - {step}\n", speaks())
    assert result.outcome is Outcome.REFUSED
    assert result.failure is not None
    assert result.failure.expected.startswith(need)


def test_the_sales_unit_is_left_as_it_was_found(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(
        "scenario: x\nsettings: {name: Bokhandelen}\nsteps:\n"
        "  - network.drop: capture\n  - network.hold_webhooks:\n  - merchant.cancel: nothing\n"
    )
    path.write_text(path.read_text().replace("  - merchant.cancel: nothing\n", ""))
    unit = stage.unit()
    before = unit.settings()
    result = play(load(path)[0], stage, cast=Cast(Mine(unit.msn)))
    assert result.failure is not None  # no call met the fault
    assert (unit.settings(), unit.faults()) == (before, [])
    assert not any(webhook["held"] for webhook in unit.webhooks())
