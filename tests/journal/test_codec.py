"""Facts as JSON: every kind of fact can be written down and read back, and nothing else is read."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.domain import errors, facts
from sandbox.domain.commands import ArmFault, Trickles, Waits
from sandbox.domain.errors import Refusal
from sandbox.domain.facts import Fact, FaultArmed, ImageUploaded, PaymentExpired
from sandbox.journal.codec import FactUnreadable, fact_from, fact_written
from tests.domain.shop import NOON

# Without a zone, which hypothesis puts in.
_FIRST: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - see above
_LAST: Final = datetime(3999, 12, 31)  # noqa: DTZ001 - see above
_PLAIN: Final[Mapping[Any, st.SearchStrategy[Any]]] = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=8),
    NoneType: st.none(),
    date: st.dates(),
    datetime: st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)),
    timedelta: st.timedeltas(timedelta(0), timedelta(days=36_525)),
}


def below(kind: type[Any]) -> set[str]:
    """Return the names of all that a class has below it, at any depth, itself included."""
    return {kind.__name__}.union(*(below(one) for one in kind.__subclasses__()))


KINDS: Final[list[type[Fact]]] = [getattr(facts, name) for name in sorted(below(Fact) - {"Fact", "PaymentFact"})]
REFUSALS: Final[list[type[Refusal]]] = [
    refusal
    for name in sorted(below(Refusal) & set(errors.__all__))
    if below(refusal := getattr(errors, name)) == {name}  # nothing is refused with what has others below it
]


def made(hint: Any) -> st.SearchStrategy[Any]:
    """Return what makes anything of a type."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is Refusal:
        return st.one_of(*map(made, REFUSALS))
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return st.one_of(*map(made, inner))
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple and inner[1:] == (...,):
        return st.lists(made(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(made, inner))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    assert isinstance(hint, type), f"nothing makes a {hint}"
    assert is_dataclass(hint), f"nothing makes a {hint}"
    hints = get_type_hints(hint)
    return st.builds(hint, **{field.name: made(hints[field.name]) for field in fields(hint)})


def read_back(fact: Fact) -> Fact:
    return fact_from(json.loads(json.dumps(fact_written(fact))))


def test_no_kind_of_fact_and_no_refusal_is_left_out() -> None:
    """What is read is looked for among the public names."""
    assert below(Fact) == set(facts.__all__)
    assert {refusal.__name__ for refusal in REFUSALS} > {"CaptureTooHigh", "ReferenceTaken", "PaymentLocked"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_fact_is_read_back_as_it_was_written(kind: type[Fact]) -> None:
    @settings(
        max_examples=40, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(fact=made(kind))
    def check(fact: Fact) -> None:
        assert read_back(fact) == fact

    check()


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_every_refusal_that_a_key_may_remember_is_read_back(kind: type[Refusal]) -> None:
    @settings(
        max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(refusal=made(kind))
    def check(refusal: Refusal) -> None:
        fact = facts.KeyedOperationRefused(at=NOON, key=("Capture", "a", "1"), content="c", refusal=refusal)
        again = read_back(fact)
        assert again == fact
        assert isinstance(again, facts.KeyedOperationRefused)
        assert str(again.refusal) == str(refusal)

    check()


@pytest.mark.parametrize("effect", [Waits(seconds=1.5), Trickles(takes=1.5)])
def test_effects_of_one_shape_are_told_apart(effect: Waits | Trickles) -> None:
    fact = FaultArmed(at=NOON, fault_id="fault-1", command=ArmFault(effect=effect))
    assert read_back(fact) == fact


def test_a_fact_is_plain_json() -> None:
    image = ImageUploaded(at=NOON, image_id="a", media_type="image/png", width=1, height=2, content=b"\xff\x00")
    assert fact_written(image) == {
        "fact": "ImageUploaded",
        "at": NOON.isoformat().replace("+00:00", "Z"),
        "image_id": "a",
        "media_type": "image/png",
        "width": 1,
        "height": 2,
        "content": "_wA=",
    }


_EXPIRED: Final = fact_written(PaymentExpired(at=NOON, reference="acme-shop-0001"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, "there is no fact None"),
        ({"fact": "Fact1"}, "there is no fact 'Fact1'"),
        ({"fact": "dataclass"}, "there is no fact 'dataclass'"),
        ({"fact": ["PaymentExpired"]}, r"there is no fact \['PaymentExpired'\]"),
        ({"fact": "PaymentExpired"}, "PaymentExpired: at: Field required"),
        (_EXPIRED | {"reference": 7}, "PaymentExpired: reference: Input should be a valid string"),
        (_EXPIRED | {"at": "2023-09-01T08:00:00"}, "an instant without an offset"),
        (_EXPIRED | {"at": "9999-12-31T23:59:59Z"}, "out of all bounds"),
        (_EXPIRED | {"at": "yesterday"}, "PaymentExpired: at: "),
        ({"fact": "KeyedOperationRefused"}, "it has no refusal"),
        ({"fact": "KeyedOperationRefused", "refusal": {"error": "KeyError"}}, "0: Input should be a valid datetime"),
        (
            {"fact": "KeyedOperationRefused", "at": "2023-09-01T08:00:00Z", "key": ["", "", ""], "content": ""}
            | {"refusal": {"error": "ValueError"}},
            "there is no refusal 'ValueError'",
        ),
    ],
)
def test_what_is_no_fact_is_not_read(content: dict[str, Any], told: str) -> None:
    with pytest.raises(FactUnreadable, match=told):
        fact_from(content)
