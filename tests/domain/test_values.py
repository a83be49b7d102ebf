"""A value is what a frozen dataclass is, but for what the type checker alone refuses."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from pathlib import Path

import pytest

import sandbox
from sandbox.domain.values import value

ROOMS = Path(sandbox.__file__).parent


@value
class Place:
    street: str
    number: int = 1
    tags: tuple[str, ...] = field(default_factory=tuple)


@value
class Shop(Place):
    """Where something is sold."""

    key: str = field(default="", repr=False, compare=False)


@value(kw_only=False)
class Pair:
    left: int
    right: int = 0


@value
class Nothing:
    pass


@value
class Masked:
    secret: str

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    street: str
    number: int = 1
    tags: tuple[str, ...] = ()


def test_values_are_equal_if_their_class_and_all_their_fields_are() -> None:
    assert Place(street="a") == Place(street="a", number=1, tags=())
    assert Place(street="a") != Place(street="b")
    assert Place(street="a") != Shop(street="a")
    others: list[object] = [Generated(street="a"), Nothing(), "a", None]
    assert all(other != Place(street="a") for other in others)
    assert Shop(street="a", key="one") == Shop(street="a", key="another")
    assert Nothing() == Nothing()


def test_equal_values_are_one_in_a_set() -> None:
    places = {Place(street="a"), Place(street="a"), Place(street="b"), Nothing(), Nothing()}
    assert len(places) == 3
    assert len({Shop(street="a", key="one"), Shop(street="a", key="another")}) == 1


def test_a_value_is_shown_as_it_is_written() -> None:
    generated = repr(Generated(street="a", tags=("x",)))
    assert repr(Place(street="a", tags=("x",))) == generated.replace("Generated", "Place")
    assert repr(Shop(street="a", key="secret")) == "Shop(street='a', number=1, tags=())"
    assert (repr(Nothing()), repr(Masked(secret="x"))) == ("Nothing()", "***")


def test_fields_are_given_by_name_unless_said_otherwise() -> None:
    assert (Pair(1, 2), Pair(1)) == (Pair(left=1, right=2), Pair(left=1, right=0))
    with pytest.raises(TypeError, match="positional"):
        Place("a")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="street"):
        Place()  # type: ignore[call-arg]


def test_a_value_has_no_more_than_its_fields() -> None:
    shop = Shop(street="a")
    with pytest.raises(AttributeError):
        shop.strete = "b"  # type: ignore[attr-defined]
    assert not hasattr(shop, "__dict__")
    assert [one.name for one in fields(shop)] == ["street", "number", "tags", "key"]


def test_the_type_checker_alone_refuses_to_change_one() -> None:
    """A comment that were not needed would be an error, so mypy does refuse this."""
    place = Place(street="a")
    place.street = "b"  # type: ignore[misc]
    assert place == Place(street="b")
    with pytest.raises(FrozenInstanceError):
        Generated(street="a").street = "b"  # type: ignore[misc]


def test_values_are_replaced_matched_and_copied() -> None:
    assert replace(Place(street="a", number=2), street="b") == Place(street="b", number=2)
    match Pair(1, 2):
        case Pair(left, right):
            assert (left, right) == (1, 2)
    shop = Shop(street="a", tags=("x",))
    assert copy.copy(shop) == copy.deepcopy(shop) == pickle.loads(pickle.dumps(shop)) == shop


def test_a_docstring_is_kept_and_none_is_made_of_a_signature() -> None:
    """To find out a signature takes as long as all the rest."""
    assert (Shop.__doc__, Place.__doc__) == ("Where something is sold.", "Place")


@pytest.mark.parametrize("room", ["api", "domain", "journal", "world"])
def test_what_every_start_imports_has_no_other_values(room: str) -> None:
    modules = list((ROOMS / room).rglob("*.py"))
    assert modules
    assert [str(path) for path in modules if "@dataclass(frozen" in path.read_text(encoding="utf-8")] == []
