"""The people page: who is at the other end of the phones, and how they answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar, ChoiceField
from sandbox.control.dashboard.places import UNIT
from sandbox.control.dashboard.views import EVERYBODY, waiting_on
from sandbox.control.dashboard.words import PERSONA_WORDS, phone_words
from sandbox.domain.customers import MAGIC_NUMBERS, Persona
from sandbox.domain.state import UnitState
from sandbox.world import SalesUnit

__all__ = ["routes"]

_PEOPLE_SHOWN: Final = 100


def routes(desk: Desk) -> list[Route]:
    people = _People(desk)
    return routes_of({f"{UNIT}/people": people.people})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    id: str
    name: str
    number: str
    persona: str
    is_magic: bool
    url: str
    waiting: int
    pushes: int
    shared: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """people.html"""

    bar: Bar
    people: Sequence[PersonLine]
    magic: Sequence[PersonLine]
    customer: ChoiceField


class _People:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def people(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        state = unit.up_to_date()
        met = islice(reversed(state.pushes), _PEOPLE_SHOWN)
        numbers = [number for number in dict.fromkeys([*met, *EVERYBODY]) if number not in MAGIC_NUMBERS]
        page = PeoplePage(
            bar=self._desk.bar(request, unit, "people"),
            people=people_of(unit, state, numbers),
            magic=people_of(unit, state, MAGIC_NUMBERS),
            customer=persona_choice(state.settings.customer),
        )
        return answer_with(request, "people.html", page)


def people_of(unit: SalesUnit, state: UnitState, numbers: Iterable[str]) -> list[PersonLine]:
    return [
        PersonLine(
            id=f"person-{number}",
            name=unit.person(number).name,
            number=phone_words(number),
            persona=PERSONA_WORDS[state.persona(number)],
            is_magic=number in MAGIC_NUMBERS,
            url=f"/phone/{number}",
            waiting=waiting_on(state, number),
            pushes=len(state.pushes.get(number, ())),
            shared=", ".join(sorted(state.consents.get(number, ()))),
        )
        for number in numbers
    ]


def persona_choice(settings_customer: Persona) -> ChoiceField:
    return ChoiceField(
        "customer",
        "Everybody else",
        "How a customer answers when nobody plays them. Magic numbers keep their own persona.",
        [(persona.value, PERSONA_WORDS[persona], persona is settings_customer) for persona in Persona],
    )
