"""The people: who is at the other end of the phones, how they answer, and what they agreed to."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, Final

from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control import models
from sandbox.control.dashboard.answers import answer_with, routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar, ChoiceField, Row
from sandbox.control.dashboard.parameters import back_of
from sandbox.control.dashboard.places import UNIT, payment_url, person_url, phone_url
from sandbox.control.dashboard.views import EVERYBODY, persona_field, persona_said, waiting_on
from sandbox.control.dashboard.words import PERSONA_WORDS, phone_words
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.domain import approval
from sandbox.domain.commands import ConfigureCustomer, ForgetConsent
from sandbox.domain.customers import MAGIC_NUMBERS, ApproveTrouble, CustomerSettings, Persona, is_phone_number
from sandbox.domain.state import UnitState
from sandbox.ui import form_of
from sandbox.world import SalesUnit

__all__ = ["routes"]

_PEOPLE_SHOWN: Final = 100
_PERSON: Final = f"{UNIT}/people/{{number}}"
_TROUBLES: Final = {
    None: "Nothing: it works",
    ApproveTrouble.IDENTIFICATION_REQUIRED: "Never approved by hand before (10030)",
    ApproveTrouble.INVALID_SOURCE: "The payment source is invalid (10040)",
    ApproveTrouble.NO_CARDS: "There is no card (10050)",
    ApproveTrouble.LIMIT_EXCEEDED: "A limit is exceeded (10070)",
    ApproveTrouble.CARD_EXPIRED: "The card has expired (500)",
}
_LABELS: Final = {
    "given_name": "Given name",
    "family_name": "Family name",
    "birth_date": "Born on",
    "email": "E-mail",
    "street_address": "Street",
    "postal_code": "Postal code",
    "region": "Town",
    "country": "Country, such as NO",
}


def routes(desk: Desk) -> list[Route]:
    people = _People(desk)
    return routes_of(
        {f"{UNIT}/people": people.people, _PERSON: people.person},
        {
            f"{UNIT}/people": people.add,
            _PERSON: people.change,
            f"{_PERSON}/persona": people.choose_persona,
            f"{_PERSON}/forget": people.forget,
            f"{_PERSON}/consent": people.withdraw_consent,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    id: str
    name: str
    number: str
    persona: str
    is_own: bool  # whether the persona was chosen for this one
    url: str
    phone_url: str
    waiting: int
    pushes: int
    shared: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """people.html"""

    bar: Bar
    people: Sequence[PersonLine]
    magic: Sequence[PersonLine]
    customer: ChoiceField
    persona: ChoiceField  # of somebody who is added


@dataclass(frozen=True, slots=True)
class PersonField:
    """What can be said of a person: *said* is what was, *usual* what is so otherwise."""

    name: str
    label: str
    type: str
    said: str
    usual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """person.html"""

    bar: Bar
    line: PersonLine
    rows: Sequence[Row]
    persona: ChoiceField
    trouble: ChoiceField
    fields: Sequence[PersonField]
    is_changed: bool


class _People:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def people(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        state = unit.up_to_date()
        met = islice(reversed(state.pushes), _PEOPLE_SHOWN)
        told_of = islice(reversed(state.customers), _PEOPLE_SHOWN)
        numbers = [number for number in dict.fromkeys([*told_of, *met, *EVERYBODY]) if number not in MAGIC_NUMBERS]
        page = PeoplePage(
            bar=self._desk.bar(request, unit, "people"),
            people=_people_of(unit, state, numbers),
            magic=_people_of(unit, state, MAGIC_NUMBERS),
            customer=_persona_of_all(state.settings.customer),
            persona=persona_field(None),
        )
        return answer_with(request, "people.html", page)

    async def person(self, request: Request) -> Response:
        unit, number = self._desk.unit_of(request), _number_of(request)
        state = unit.up_to_date()
        said = _said_of(state, number)
        page = PersonPage(
            bar=self._desk.bar(request, unit, "people"),
            line=_line_of(unit, state, number),
            rows=_rows_of(unit, number),
            persona=persona_field(said.persona),
            trouble=ChoiceField(
                "approve_trouble",
                "Why force approve fails",
                "Only where your app approves in the customer's stead.",
                [
                    ("" if one is None else one.value, words, one is said.approve_trouble)
                    for one, words in _TROUBLES.items()
                ],
            ),
            fields=_fields_of(unit, said),
            is_changed=said != CustomerSettings(phone_number=number),
        )
        return answer_with(request, "person.html", page)

    async def add(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        number = _checked("".join(form.get("number", "").split()).removeprefix("+"))
        said = _said_of(unit.state, number)
        person = {**_given(asdict(said.person)), **_given(form, ("given_name", "family_name"))}
        persona = form.get("persona") or said.persona
        _configure(unit, number, {"persona": persona, "approve_trouble": said.approve_trouble}, person)
        return see(person_url(unit.msn, number))

    async def change(self, request: Request) -> Response:
        unit, number, form = self._desk.unit_of(request), _number_of(request), await form_of(request)
        said = {name: form.get(name) or None for name in ("persona", "approve_trouble")}
        kept = {"email_verified": _said_of(unit.state, number).person.email_verified}  # which no form has
        _configure(unit, number, said, {**_given(kept), **_given(form, _LABELS)})
        return see(person_url(unit.msn, number))

    async def choose_persona(self, request: Request) -> Response:
        unit, number, form = self._desk.unit_of(request), _number_of(request), await form_of(request)
        said = _said_of(unit.state, number)
        changed = understood(models.CustomerChange, {"persona": form.get("persona") or None}).persona
        unit.do(approval.configure_customer, ConfigureCustomer(customer=replace(said, persona=changed)))
        return see(back_of(form, person_url(unit.msn, number)))

    async def forget(self, request: Request) -> Response:
        unit, number = self._desk.unit_of(request), _number_of(request)
        _configure(unit, number, {}, {})
        return see(person_url(unit.msn, number))

    async def withdraw_consent(self, request: Request) -> Response:
        unit, number = self._desk.unit_of(request), _number_of(request)
        unit.do(approval.forget_consent, ForgetConsent(phone_number=number))
        return see(person_url(unit.msn, number))


def _number_of(request: Request) -> str:
    return _checked(request.path_params["number"])


def _checked(number: str) -> str:
    if not is_phone_number(number):
        raise Problem(
            400,
            "No such phone number",
            f"A phone number has 9 to 15 digits, with its country code, such as 4791234567; not {number[:40]!r}.",
        )
    return number


def _said_of(state: UnitState, number: str) -> CustomerSettings:
    return state.customers.get(number) or CustomerSettings(phone_number=number)


def _given(values: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return those values that say something."""
    return {name: values[name] for name in (names or values) if values.get(name) not in {None, ""}}


def _configure(unit: SalesUnit, number: str, said: dict[str, Any], person: dict[str, Any]) -> None:
    asked = {to_camel(name): value for name, value in said.items()}
    asked["person"] = {to_camel(name): value for name, value in person.items()}
    customer = understood(models.CustomerChange, asked).to_domain(number)
    unit.do(approval.configure_customer, ConfigureCustomer(customer=customer))


def _people_of(unit: SalesUnit, state: UnitState, numbers: Iterable[str]) -> list[PersonLine]:
    return [_line_of(unit, state, number) for number in numbers]


def _line_of(unit: SalesUnit, state: UnitState, number: str) -> PersonLine:
    return PersonLine(
        id=f"person-{number}",
        name=unit.person(number).name,
        number=phone_words(number),
        persona=PERSONA_WORDS[state.persona(number)],
        is_own=persona_said(state, number) is not None,
        url=person_url(unit.msn, number),
        phone_url=phone_url(number),
        waiting=waiting_on(state, number),
        pushes=len(state.pushes.get(number, ())),
        shared=", ".join(sorted(state.consents.get(number, ()))),
    )


def _rows_of(unit: SalesUnit, number: str) -> list[Row]:
    who = unit.person(number)
    rows = [
        Row("Born", f"{who.birth_date.day} {who.birth_date:%b %Y}"),
        Row("E-mail", f"{who.email}{'' if who.email_verified else ' (not verified)'}" if who.email else "none"),
        Row("Address", who.address.formatted.replace("\n", ", ") or "none"),
        Row("National identity number", who.nin),
    ]
    waiting = unit.state.pending.get(number, ())
    return [*rows, *(Row("Waits for an answer", one, payment_url(unit.msn, one)) for one in waiting)]


def _fields_of(unit: SalesUnit, said: CustomerSettings) -> list[PersonField]:
    who = unit.person(said.phone_number)
    usual = {
        **{name: str(getattr(who, name)) for name in ("given_name", "family_name", "birth_date", "email")},
        **{name: getattr(who.address, name) for name in ("street_address", "postal_code", "region", "country")},
    }
    types = {"birth_date": "date"}
    return [
        PersonField(name, label, types.get(name, "text"), str(_given(asdict(said.person)).get(name, "")), usual[name])
        for name, label in _LABELS.items()
    ]


def _persona_of_all(chosen: Persona) -> ChoiceField:
    """Return the choice of how all answer of whom nothing else is said."""
    return ChoiceField(
        "customer",
        "Everybody else",
        "How a customer answers when nobody plays them. Magic numbers keep their own persona.",
        [(persona.value, PERSONA_WORDS[persona], persona is chosen) for persona in Persona],
    )
