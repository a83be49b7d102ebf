"""Races: what happens while a call of the merchant is on its way, in the order that the file names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.playback import Play, ScenarioInvalid, Stage, load
from sandbox.playback.diagram import Note, diagram

OPENING = """scenario: x
given: {clock: 2023-09-01T08:00:00Z}
steps:
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}
"""
CREATES = "{body: {amount: {currency: NOK, value: 100}, paymentMethod: {type: WALLET}, reference: second-0001,\n"
CREATES += '      customer: {phoneNumber: "4791234567"}, userFlow: PUSH_MESSAGE}, as: second'


@pytest.mark.parametrize(
    "steps",
    [
        "  - merchant.capture: {amount: 2000, before_it_arrives: [customer.approve: ], expect: {status: 200}}\n",
        '  - merchant.capture: {amount: 2000, before_its_answer: [customer.approve: ], expect: {code: "6080"}}\n',
        "  - merchant.cancel: {before_it_arrives: [customer.reject: ], expect: {status: 400}}\n",
        '  - merchant.get_payment: {before_its_answer: [merchant.cancel: ], expect: {body: {state: "CREATED"}}}\n',
        '  - merchant.get_payment: {before_it_arrives: [merchant.cancel: ], expect: {body: {state: "TERMINATED"}}}\n',
        (
            f"  - merchant.create_payment: {CREATES}, before_its_answer: [customer.approve: second]}}\n"
            "  - expect.payment: {payment: second, state: AUTHORIZED}\n"
        ),
        # one within another, about other payments; the outer one is the one spoken of at the end
        (
            f"  - merchant.capture:\n      payment: order\n      amount: 2000\n      before_it_arrives:\n"
            f"        - merchant.create_payment: {CREATES}, before_its_answer: [customer.approve: order]}}\n"
            "  - expect.payment: {state: AUTHORIZED, captured: 2000}\n"
        ),
        # what goes wrong is cleared, and the call is held nevertheless
        (
            "  - network.answer: {call: refund, status: 503}\n"
            "  - merchant.capture: {amount: 2000, before_it_arrives: [network.clear: , customer.approve: ]}\n"
        ),
        (
            "  - merchant.put_category: {order: a, body: {category: GENERAL, orderDetailsUrl: 'https://example.com'},\n"
            "      before_it_arrives: [merchant.get_order: {order: a, expect: {status: 404}}]}\n"
        ),
    ],
)
def test_the_file_says_who_wins(played: Callable[[str], Play], steps: str) -> None:
    result = played(OPENING + steps)
    assert result.passed, result.failure
    assert len(result.performed) == result.scenario.count


def test_what_is_done_meanwhile_is_told_first_and_has_a_number_of_its_own(played: Callable[[str], Play]) -> None:
    result = played(
        OPENING + "  - merchant.capture: {amount: 100, before_it_arrives: [customer.open: , customer.approve: ]}\n"
    )
    told = [(done.step.name, done.step.step.key) for done in result.performed[1:]]
    assert told == [("step 2.1", "customer.open"), ("step 2.2", "customer.approve"), ("step 2", "merchant.capture")]
    notes = [row.text for row in diagram(result).rows if isinstance(row, Note)]
    assert "capture is on its way" in notes


@pytest.mark.parametrize(
    ("steps", "at", "expected", "came"),
    [
        (
            "  - merchant.capture: {amount: 100, before_it_arrives: [expect.payment: {state: ABORTED}]}\n",
            "step 2.1",
            'state: "ABORTED"',
            'state: "CREATED"',
        ),
        (
            "  - merchant.capture: {amount: 100, before_it_arrives: [customer.open: ]}\n",
            "step 2",
            "success",
            "POST /epayment/v1/payments/acme-shop-0001/capture answered 400 (code 6080)",
        ),
        (
            (
                "  - network.drop: {call: capture, when: before}\n"
                "  - merchant.capture: {amount: 100, before_it_arrives: [customer.open: ]}\n"
            ),
            "step 3",
            "an answer",
            "",
        ),
        (
            (
                "  - network.answer: {call: capture, status: 503}\n"
                "  - merchant.capture: {amount: 1, before_it_arrives: [customer.open: ], expect: {status: 503}}\n"
            ),
            "step 3",
            "a call that is held on its way",
            "it was over before: refused with 503",
        ),
    ],
)
def test_what_goes_otherwise_is_blamed_where_it_stands(
    played: Callable[[str], Play], steps: str, at: str, expected: str, came: str
) -> None:
    failure = played(OPENING + steps).failure
    assert failure is not None
    assert (failure.at.name, failure.expected) == (at, expected)
    assert failure.came.startswith(came)


def test_a_race_that_fails_leaves_nothing_on_its_way(stage: Stage, played: Callable[[str], Play]) -> None:
    result = played(OPENING + "  - merchant.cancel: {before_it_arrives: [expect.payment: {state: ABORTED}]}\n")
    unit = stage.existing(result.msn)
    assert unit.faults() == []
    facts = unit.facts(0)
    while "PaymentTerminated" not in {fact["fact"] for fact in facts}:
        more = unit.facts(facts[-1]["number"], wait=10)
        assert more, "the call was never let go"
        facts += more


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        (
            "  - merchant.capture: {before_it_arrives: [], before_its_answer: [customer.open: ]}\n",
            ":8:43: step 2 merchant.capture: before_it_arrives: is empty",
        ),
        (
            "  - merchant.capture: {before_it_arrives: [time.freeze: ], before_its_answer: [time.freeze: ]}\n",
            ":8:23: step 2 merchant.capture: say either `before_it_arrives` or `before_its_answer`",
        ),
        (
            "  - merchant.capture: {before_its_anser: [time.freeze: ]}\n",
            ":8:24: step 2 merchant.capture: before_its_anser: unknown; did you mean 'before_its_answer'?",
        ),
        (
            "  - merchant.capture: {before_it_arrives: [customer.aprove: ]}\n",
            ":8:44: step 2.1: there is no step 'customer.aprove'; did you mean 'customer.approve'?",
        ),
        (
            "  - customer.approve: {before_it_arrives: [time.freeze: ]}\n",
            ":8:24: step 2 customer.approve: before_it_arrives: unknown",
        ),
        (
            f"  - merchant.create_payment: {CREATES}, before_it_arrives: [customer.approve: second]}}\n",
            ":9:121: step 2.1 customer.approve: payment: there is no payment 'second'",
        ),
        (
            f"  - merchant.create_payment: {CREATES}, before_its_answer: [merchant.get_order: '${{second.a}}']}}",
            ":9:123: step 2.1 merchant.get_order: nothing is called 'second' yet",
        ),
    ],
)
def test_a_mistake_within_is_told_where_it_stands(tmp_path: Path, steps: str, complaint: str) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(OPENING + steps)
    with pytest.raises(ScenarioInvalid) as caught:
        load(path)
    assert str(caught.value).removeprefix(str(path)).startswith(complaint)
