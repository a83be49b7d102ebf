"""One list of several sales units: what breaks an item, what shows it, and what is met part by part."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.checklist.merging import Gathered, excusing
from tests.checklist.test_reports import item

SHOWN = item("C1", "shown", says="Nothing is left.")
IDLE = item("C1", "broken", says="Never captured.", isOmission=True, evidence=[{"what": "idle"}])
BLIND = item("C1", "broken", says="Captured blindly.", evidence=[{"what": "blind"}])
OPEN = item("C1", "not seen yet", howToShow="Capture.", scenarios=["story.yaml"])


def open_for(*missing: str, evidence: list[dict[str, str]]) -> dict[str, Any]:
    return item("C1", "not seen yet", missing=list(missing), evidence=evidence, howToShow="Do both.")


def merged(*units: Mapping[str, Any]) -> Any:
    gathered = Gathered()
    for unit in units:
        gathered.take([unit])
    (one,) = gathered.items()
    return one


@pytest.mark.parametrize(
    ("units", "verdict"),
    [
        ([OPEN, SHOWN], "shown"),
        ([SHOWN, OPEN], "shown"),
        ([SHOWN, BLIND, SHOWN], "broken"),
        ([IDLE, OPEN], "broken"),
        ([SHOWN, IDLE], "shown"),
        ([IDLE, SHOWN], "shown"),
        ([IDLE, BLIND, SHOWN], "broken"),
        ([OPEN, OPEN], "not seen yet"),
    ],
)
def test_an_act_breaks_whatever_else_was_shown_but_an_omission_does_not(
    units: list[dict[str, Any]], verdict: str
) -> None:
    """What one test leaves undone, another may show that the app does."""
    assert merged(*units)["verdict"] == verdict


def test_what_breaks_an_item_is_told_once_with_all_evidence_up_to_five() -> None:
    again = BLIND | {"evidence": [{"what": f"again {number}"} for number in range(9)]}
    one = merged(OPEN, BLIND, BLIND, BLIND | {"says": "Captured too early."}, again)
    assert one["says"] == "Captured blindly. Captured too early."
    assert [evidence["what"] for evidence in one["evidence"]] == ["blind", "blind", "blind", "again 0", "again 1"]
    assert (one["howToShow"], one["scenarios"]) == (None, [])


def test_parts_may_be_met_by_different_sales_units() -> None:
    whole, part = [{"what": "whole"}], [{"what": "part"}]
    first, second = open_for("a part", evidence=whole), open_for("a whole", evidence=part)
    neither = open_for("a whole", "a part", evidence=[])
    half = merged(neither, first)
    assert (half["verdict"], half["missing"], half["says"]) == ("not seen yet", ["a part"], "Not met: a part.")
    met = merged(neither, first, second)
    assert (met["verdict"], met["missing"], met["evidence"]) == ("shown", [], [*whole, *part])
    assert met["howToShow"] is None


def test_what_was_broken_on_purpose_is_open() -> None:
    for excused in (excusing([BLIND], ["C1"]), excusing([IDLE], ["C1"])):
        (one,) = excused
        assert merged(one)["verdict"] == "not seen yet"
        assert merged(one)["evidence"] == []
        assert merged(one, SHOWN)["verdict"] == "shown"
    assert excusing([BLIND], ["Q1"]) == [BLIND]


def test_only_what_is_new_is_returned() -> None:
    gathered = Gathered()
    assert gathered.take([OPEN]) == [OPEN]
    assert gathered.take([OPEN]) == []
    assert gathered.take([SHOWN]) == [SHOWN]
    assert gathered.take([SHOWN, OPEN]) == []
    assert gathered.take([BLIND]) == [BLIND]
