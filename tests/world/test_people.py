"""Everybody has a name, and it is the same one everywhere."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from sandbox.world import SalesUnit
from sandbox.world.people import Address, Person, local_date, person
from tests.domain.shop import ADA

NUMBERS = ["4712345678", "4512345678", "358451234567", "46701234567", "4912345678", "999999999999999"]


def test_ada_is_who_the_documentation_says() -> None:
    assert person(ADA) == Person(
        phone_number=ADA,
        given_name="Ada",
        family_name="Lovelace",
        birth_date=date(1968, 7, 16),
        email="user@example.com",
        address=Address(street_address="Suburbia 23", postal_code="2101", region="OSLO", country="NO"),
        other_addresses=(
            Address(
                street_address="Robert Levins gate 5",
                postal_code="0154",
                region="OSLO",
                country="NO",
                address_type="work",
            ),
            Address(
                street_address="Summer House Lane 14",
                postal_code="1452",
                region="OSLO",
                country="NO",
                address_type="other",
            ),
        ),
    )
    assert person(ADA).address.formatted == "Suburbia 23\n2101 OSLO\nNO"


@pytest.mark.parametrize(
    ("number", "name", "country", "verified"),
    [
        ("4791234567", "Ada Lovelace", "NO", True),
        ("4793424725", "Emma Dahl", "NO", True),
        ("4748571123", "Test User", "NO", False),
        ("4790000014", "Mio Ung", "NO", True),
        ("4540000001", "Freja Nielsen", "DK", True),
        ("358401234567", "Aino Virtanen", "FI", True),
    ],
)
def test_a_few_people_are_fixed(number: str, name: str, country: str, verified: bool) -> None:
    who = person(number)
    assert (who.phone_number, who.name, who.address.country, who.email_verified) == (number, name, country, verified)


def test_people_are_the_same_in_another_process() -> None:
    """Whatever that process did before, and however it hashes."""
    program = (
        "import json, random, sys; from sandbox.world.people import person; random.seed(7); person('4799999999');"
        "print(json.dumps([repr(person(number)) for number in reversed(sys.argv[1:])]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, *NUMBERS],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ | {"PYTHONHASHSEED": "7", "LANG": "C", "TZ": "Pacific/Auckland"},
    )
    assert json.loads(answer.stdout) == [repr(person(number)) for number in reversed(NUMBERS)]


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("4712345678", "NO"),
        ("4512345678", "DK"),
        ("358451234567", "FI"),
        ("46701234567", "SE"),
        ("4912345678", "NO"),  # Germany is not among the markets
    ],
)
def test_people_live_where_their_number_is_from(number: str, country: str) -> None:
    assert person(number).address.country == country


def test_different_numbers_are_different_people() -> None:
    people = [person(str(number)) for number in range(4712345000, 4712345100)]
    assert len({(who.name, who.birth_date, who.address) for who in people}) == 100
    assert len({who.email for who in people}) == 100


@pytest.mark.parametrize("number", [*NUMBERS, ADA])
def test_a_national_identity_number_is_nobodys(number: str) -> None:
    """80 is added to the month, a range kept for test persons."""
    who = person(number)
    born = who.birth_date
    assert who.nin.isdigit()
    assert len(who.nin) == 11
    assert (int(who.nin[:2]), int(who.nin[2:4]), int(who.nin[4:6])) == (born.day, born.month + 80, born.year % 100)


def test_adas_national_identity_number_is_made_of_her_birth_date_and_her_phone_number() -> None:
    assert person(ADA).nin == "16876834567"


def test_everybody_made_up_is_an_adult_whenever_it_is() -> None:
    """Not counted from today, or people would grow younger."""
    born = [person(str(number)).birth_date for number in range(4712345000, 4712345100)]
    assert all(date(1940, 1, 1) <= day < date(2006, 1, 1) for day in born)


def test_a_birth_date_is_a_persons_own_and_a_number_that_is_none_has_none(unit: SalesUnit) -> None:
    assert unit.birth_date(ADA) == date(1968, 7, 16)
    assert [unit.birth_date(text) for text in ("", "12", "+4791234567")] == [None] * 3


@pytest.mark.parametrize(
    ("number", "instant", "there"),
    [
        ("4791234567", datetime(2023, 9, 15, 21, 59, tzinfo=UTC), date(2023, 9, 15)),
        ("4791234567", datetime(2023, 9, 15, 22, 0, tzinfo=UTC), date(2023, 9, 16)),
        ("4791234567", datetime(2023, 12, 15, 22, 0, tzinfo=UTC), date(2023, 12, 15)),
        ("4512345678", datetime(2023, 12, 15, 23, 0, tzinfo=UTC), date(2023, 12, 16)),
        ("46701234567", datetime(2023, 12, 15, 23, 0, tzinfo=UTC), date(2023, 12, 16)),
        ("358451234567", datetime(2023, 12, 15, 22, 0, tzinfo=UTC), date(2023, 12, 16)),
        ("4912345678", datetime(2023, 12, 15, 23, 0, tzinfo=UTC), date(2023, 12, 16)),
    ],
)
def test_a_date_is_the_customers_own(number: str, instant: datetime, there: date) -> None:
    """A due date at midnight in Oslo is the evening before in UTC."""
    assert local_date(number, instant) == there
