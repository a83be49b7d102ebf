"""How what came is compared with what was expected, and what references stand for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.playback.patterns import differences, sequence_diff
from sandbox.playback.references import ReferenceWrong, paths_in, resolved

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)
NAMES = {"invoice": {"reference": "acme-1", "amount": {"value": 2000}, "lines": ["a", "b"], "none": None}}


def met(expected: Any, came: Any, *, exactly: bool = False) -> bool:
    return not list(differences(expected, came, "it", exactly=exactly))


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        ("a", "a"),
        (1, 1),
        (1, 1.0),
        (None, None),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([{"a": 1}], [{"a": 1, "b": 2}]),
        ({"a": "<absent>"}, {"b": 2}),
        ("<any>", 0),
        ("<any text>", ""),
        ("<any number>", 1.5),
        ("<any uuid>", "37c34d8c-2649-448e-864b-060d5d93e4c4"),
        ("<any time>", "2023-09-01T07:53:44.8121234Z"),
        ("<any url>", "https://example.com"),
        ("<between 1 and 5>", 5),
        ("<between 2023-09-01T00:00:00Z and 2023-09-02T00:00:00Z>", "2023-09-02T01:00:00+02:00"),
        ("<like acme-*>", "acme-"),
        ("<like *a*b*>", "xaxb"),
        ("<like a>", "a"),
        ("<b>", "<b>"),
    ],
)
def test_what_is_as_expected(expected: Any, came: Any) -> None:
    assert met(expected, came)


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        ("a", "b"),
        (1, "1"),
        (1, True),
        (True, 1),
        (0, None),
        (None, "x"),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, [1]),
        ([1], [1, 1]),
        ([1], "1"),
        ({"a": "<absent>"}, {"a": None}),
        ("<any>", None),
        ("<any text>", 1),
        ("<any number>", "1"),
        ("<any number>", True),
        ("<any uuid>", "37c34d8c2649448e864b060d5d93e4c4"),
        ("<any uuid>", "z7c34d8c-2649-448e-864b-060d5d93e4c4"),
        ("<any time>", "2023-09-01"),
        ("<any time>", "2023-09-01T07:53:44"),
        ("<any url>", "example.com"),
        ("<between 1 and 5>", 6),
        ("<between 1 and 5>", "3"),
        ("<like acme-*>", "acm"),
        ("<like ab*ba>", "aba"),
        ("<like *a*b*>", "ba"),
        ("<like a>", "ab"),
    ],
)
def test_what_is_not_as_expected(expected: Any, came: Any) -> None:
    assert not met(expected, came)


def test_exactly_means_that_there_is_nothing_else() -> None:
    assert met({"a": {"b": 1}}, {"a": {"b": 1}}, exactly=True)
    assert not met({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, exactly=True)


def test_all_that_differs_is_told_with_its_place_and_the_nearest_name() -> None:
    came = {"state": "CREATED", "amuont": 1, "lines": [{"n": 1}, {"n": 2}]}
    found = list(differences({"state": "PAID", "amount": 1, "lines": [{"n": 1}, {"n": 3}]}, came, "body"))
    assert [line for difference in found for line in difference.lines()] == [
        *("  body.state", '- "PAID"', '+ "CREATED"'),
        *("  body.amount", "- 1", "+ nothing; did you mean 'amuont'?"),
        *("  body.lines.1.n", "- 3", "+ 2"),
    ]


def test_lists_of_names_are_told_as_one_diff() -> None:
    assert sequence_diff(["CREATED", "AUTHORIZED", "CAPTURED"], ["CREATED", "EXPIRED", "CAPTURED"]) == [
        "  CREATED",
        "- AUTHORIZED",
        "+ EXPIRED",
        "  CAPTURED",
    ]


@pytest.mark.parametrize(
    ("value", "stands_for"),
    [
        ("${invoice.reference}", "acme-1"),
        ("${invoice.amount.value}", 2000),
        ("${invoice.amount}", {"value": 2000}),
        ("${invoice.lines.1}", "b"),
        ("sum ${ invoice.amount.value } of ${invoice.reference}", "sum 2000 of acme-1"),
        ({"${invoice.reference}": ["${invoice.lines.0}", 1]}, {"acme-1": ["a", 1]}),
        ("${now}", "2023-09-01T12:00:00.000Z"),
        ("${now + P14D}", "2023-09-15T12:00:00.000Z"),
        ("${now - PT10M}", "2023-09-01T11:50:00.000Z"),
        ("$invoice {x} $", "$invoice {x} $"),
        ("$${invoice.reference} ${invoice.reference}", "${invoice.reference} acme-1"),
        ({"$${a}": ["$${b}"]}, {"${a}": ["${b}"]}),
    ],
)
def test_a_reference_stands_for_what_was_named(value: Any, stands_for: Any) -> None:
    assert resolved(value, NAMES, NOON) == stands_for


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("${invioce.reference}", "nothing is called 'invioce'; did you mean 'invoice'?"),
        ("${invoice.refrence}", "invoice has no 'refrence'; did you mean 'reference'?"),
        ("${invoice.lines.2}", "invoice.lines has no entry 2; it has 2"),
        ("${invoice.lines.x}", "invoice.lines has no entry x; it has 2"),
        ("${invoice.reference.x}", "invoice.reference is \"acme-1\", which has no 'x'"),
        ("${invoice.none}", "invoice.none is null"),
        ("${now + 14 days}", "${now + 14 days} is no reference"),
        ("${now + PX}", "${now + PX}: PX is no duration such as P14D or PT10M"),
        ("${now + P99999999D}", "${now + P99999999D}: there is no such instant"),
        ("${}", "${} is no reference: write ${name}"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(value: Any, complaint: str) -> None:
    with pytest.raises(ReferenceWrong) as caught:
        resolved(value, NAMES, NOON)
    assert str(caught.value).startswith(complaint)


def test_names_are_found_however_deep() -> None:
    assert set(paths_in({"${a.b}": ["x ${c} y", {"d": "${now + P1D}"}]})) == {("a", "b"), ("c",), ("now",)}
