"""Everybody has a name: the person behind each phone number, the same on every machine.

A few people are fixed; all others are made up by Faker, seeded with their number, in their country's locale.
All of them are fictional. National identity numbers have 80 added to the month, a range kept for test persons, so
they can be nobody's.
"""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from sandbox.domain.customers import PersonChanges, calling_code
from sandbox.domain.values import value

__all__ = ["Address", "Person", "local_date", "local_time", "person"]


@value
class Address:
    """A postal address; *country* in ISO 3166 alpha-2, *region* the town."""

    street_address: str
    postal_code: str
    region: str
    country: str
    address_type: str = "home"  # or "work", "other"

    @property
    def formatted(self) -> str:
        if not self.street_address:
            return ""
        return f"{self.street_address}\n{self.postal_code} {self.region}\n{self.country}"


@value
class Person:
    """A customer, as registers and Vipps know one."""

    phone_number: str
    given_name: str
    family_name: str
    birth_date: date
    email: str  # empty for none
    address: Address  # with an empty street_address for none
    email_verified: bool = True
    other_addresses: tuple[Address, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def nin(self) -> str:
        """A national identity number in the Norwegian shape, synthetic: DDMMYY with 80 added to MM, and 5 digits."""
        born = self.birth_date
        return f"{born.day:02}{born.month + 80:02}{born.year % 100:02}{int(self.phone_number) % 100_000:05}"

    def changed(self, changes: PersonChanges) -> "Person":
        """Return this person with what a tester said to be otherwise."""
        said = {field.name: getattr(changes, field.name) for field in fields(changes)}
        said = {name: value for name, value in said.items() if value is not None}
        of_address = {name: said.pop(name) for name in tuple(said) if name in _ADDRESS_FIELDS}
        if of_address.get("street_address") == "":
            return replace(self, address=_NO_ADDRESS, other_addresses=(), **said)
        return replace(self, address=replace(self.address, **of_address), **said)


# Source: Login guide: who has no address is shown with one whose fields are empty.
_NO_ADDRESS: Final = Address(street_address="", postal_code="", region="", country="", address_type="")
_ADDRESS_FIELDS: Final = frozenset(field.name for field in fields(Address))

# Calling code → Faker's locale and the country of the addresses.
_LOCALES: Final = {"47": ("no_NO", "NO"), "45": ("da_DK", "DK"), "358": ("fi_FI", "FI"), "46": ("sv_SE", "SE")}
_TIME_ZONES: Final = {
    "47": "Europe/Oslo",
    "45": "Europe/Copenhagen",
    "358": "Europe/Helsinki",
    "46": "Europe/Stockholm",
}
_FIRST_BORN, _LAST_BORN = date(1940, 1, 1), date(2005, 12, 31)

_FIXED: Final = {
    who.phone_number: who
    for who in (
        Person(
            phone_number="4791234567",
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
        ),
        Person(
            phone_number="4793424725",
            given_name="Emma",
            family_name="Dahl",
            birth_date=date(1990, 3, 8),
            email="emma.dahl@example.com",
            address=Address(street_address="Fjordgata 8", postal_code="7010", region="TRONDHEIM", country="NO"),
        ),
        Person(
            phone_number="4748571123",
            given_name="Test",
            family_name="User",
            birth_date=date(1985, 1, 1),
            email="test.user@example.com",
            email_verified=False,
            address=Address(street_address="Testveien 1", postal_code="0001", region="OSLO", country="NO"),
        ),
        Person(
            phone_number="4790000014",  # a magic number: too young to pay businesses
            given_name="Mio",
            family_name="Ung",
            birth_date=date(2013, 5, 17),
            email="mio.ung@example.com",
            address=Address(street_address="Skoleveien 14", postal_code="0014", region="OSLO", country="NO"),
        ),
        Person(
            phone_number="4540000001",
            given_name="Freja",
            family_name="Nielsen",
            birth_date=date(1992, 5, 5),
            email="freja.nielsen@example.com",
            address=Address(
                street_address="Strandboulevarden 40", postal_code="2100", region="KØBENHAVN Ø", country="DK"
            ),
        ),
        Person(
            phone_number="358401234567",
            given_name="Aino",
            family_name="Virtanen",
            birth_date=date(1979, 9, 9),
            email="aino.virtanen@example.com",
            address=Address(street_address="Mannerheimintie 5", postal_code="00100", region="HELSINKI", country="FI"),
        ),
    )
}


@lru_cache(maxsize=4096)
def person(phone_number: str) -> Person:
    """Return who has a phone number."""
    return _FIXED.get(phone_number) or _made_up(phone_number)


def _made_up(phone_number: str) -> Person:
    from faker import Faker  # noqa: PLC0415 - costs a tenth of a second, and many a run needs nobody's name

    locale, country = _LOCALES.get(calling_code(phone_number), _LOCALES["47"])
    fake = Faker(locale, use_weighting=False)
    fake.seed_instance(int(phone_number))
    given, family = fake.first_name(), fake.last_name()
    return Person(
        phone_number=phone_number,
        given_name=given,
        family_name=family,
        # Not Faker's own dates: they count from today, or in the machine's time zone.
        birth_date=_FIRST_BORN + timedelta(days=fake.random_int(0, (_LAST_BORN - _FIRST_BORN).days)),
        email=f"{phone_number}@example.com",
        address=Address(
            street_address=fake.street_address(),
            postal_code=fake.postcode(),
            region=fake.city().upper(),
            country=country,
        ),
    )


def local_date(phone_number: str, instant: datetime) -> date:
    """Return the date of *instant* where the phone's number is from."""
    return local_time(phone_number, instant).date()


def local_time(phone_number: str, instant: datetime) -> datetime:
    """Return *instant* as clocks show it where the phone's number is from."""
    zone = _TIME_ZONES.get(calling_code(phone_number), _TIME_ZONES["47"])
    return instant.astimezone(ZoneInfo(zone))
