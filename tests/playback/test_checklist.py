"""What a story expects of the go-live checklist."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.checklist import ENTRIES
from sandbox.checklist.items import PLAYERS_MARK
from sandbox.playback import Play, ScenarioInvalid, load
from sandbox.playback.language.base import CHECKLIST
from sandbox.playback.venue import OURS

OPENING = """scenario: x
steps:
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 2000}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, userFlow: PUSH_MESSAGE}
  - customer.approve:
"""


def test_the_language_knows_the_items_of_the_list() -> None:
    assert tuple(entry.id for entry in ENTRIES) == CHECKLIST
    assert {name.lower() for name in OURS} == {PLAYERS_MARK}


@pytest.mark.parametrize(
    "steps",
    [
        "  - expect.checklist: [E1]\n",
        "  - expect.checklist: {shown: [E1], not_seen: [E2, E5], broken: []}\n",
        "  - expect.payment: {state: AUTHORIZED}\n  - expect.checklist: {not_seen: [E2]}\n",
        "  - merchant.get_payment:\n  - expect.checklist: [E2]\n",
        "  - merchant.capture: {amount: 2000}\n  - expect.checklist: {broken: [Q1]}\n",
    ],
)
def test_what_the_list_says_is_met(played: Callable[[str], Play], steps: str) -> None:
    """What the player looks at for its own expectations counts for nothing."""
    result = played(OPENING + steps)
    assert result.passed, result.failure


@pytest.mark.parametrize(
    ("steps", "expected", "came", "diff"),
    [
        (
            "  - expect.checklist: [E2, E5]\n",
            "E2 (Get payment) is shown",
            "E2 is not seen yet: ",
            ["- E2: shown", "+ E2: not seen yet", "- E5: shown", "+ E5: not seen yet"],
        ),
        (
            "  - merchant.capture: {amount: 2000}\n  - expect.checklist: {broken: []}\n",
            "is not broken",
            "Q1 is broken: ",
            ["- Q1: not broken", "+ Q1: broken"],
        ),
        (
            "  - expect.checklist: {broken: [Q1]}\n",
            "is broken",
            "Q1 is not seen yet: ",
            ["- Q1: broken", "+ Q1: not seen yet"],
        ),
    ],
)
def test_what_the_list_says_otherwise_is_told(
    played: Callable[[str], Play], steps: str, expected: str, came: str, diff: list[str]
) -> None:
    failure = played(OPENING + steps).failure
    assert failure is not None
    assert failure.expected.endswith(expected)
    assert failure.came.startswith(came)
    assert list(failure.diff) == diff
    assert (failure.nearest is None) is ("is broken" in failure.came)


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ("{broken: [Q9]}", "broken.0: there is no item of the checklist 'Q9'; there are E1, E2"),
        ("", "say `shown`, `not_seen` or `broken`"),
        ("{shown: []}", "say `shown`, `not_seen` or `broken`"),
    ],
)
def test_what_makes_no_sense_is_told_before(tmp_path: Path, step: str, complaint: str) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(f"{OPENING}  - expect.checklist: {step}\n")
    with pytest.raises(ScenarioInvalid, match=r":8:\d+: step 3 expect.checklist: ") as caught:
        load(path)
    assert complaint in str(caught.value)
