"""Personas: customers who answer by themselves, chosen by number, customer, sales unit or server."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from sandbox.domain.customers import MAGIC_NUMBERS, Persona
from sandbox.settings import Settings
from tests.api.merchant import ADA, Merchant, WallClock, order, serving

_NUMBERS: Final = {persona: number for number, persona in MAGIC_NUMBERS.items()}
_EXPIRES: Final = "2023-09-15T00:00:00Z"

# What each does about a payment that asks for a name and can be put off: what happens at once, then what waits.
_DOES: Final[dict[Persona, tuple[list[str], list[str]]]] = {
    Persona.APPROVES: (["PaymentOpened", "ConsentGiven", "PaymentAuthorized"], []),
    Persona.DECLINES: (["PaymentOpened", "ConsentGiven", "PaymentAborted"], []),
    Persona.PAYS_LATER: (
        ["PaymentOpened", "ConsentGiven", "PaymentPostponed"],
        ["PaymentOpened", "PaymentAuthorized"],
    ),
    Persona.NEVER_ANSWERS: ([], ["PaymentExpired"]),
    Persona.REFUSES_CONSENT: (["PaymentOpened", "PaymentAborted"], []),
    Persona.CARD_DECLINED_ONCE: (["PaymentOpened", "ConsentGiven", "CardDeclined", "PaymentAuthorized"], []),
    Persona.CARD_DECLINED: (["PaymentOpened", "ConsentGiven", "CardDeclined"], ["PaymentExpired"]),
    Persona.SLOW: ([], ["PaymentOpened", "ConsentGiven", "PaymentAuthorized"]),
    Persona.MANUAL: ([], ["PaymentExpired"]),
}


def _order(flow: str, phone_number: str) -> dict[str, Any]:
    return order(
        userFlow=flow,
        customer={"phoneNumber": phone_number},
        profile={"scope": "name"},
        expiresAt=_EXPIRES,
        receipt=None,
    )


async def _life(merchant: Merchant, flow: str, phone_number: str) -> tuple[list[str], list[str]]:
    """Create a payment; return what its customer does at once, and what happens until it expires."""
    await merchant.configure(reminders=False)
    created = await merchant.create(_order(flow, phone_number))
    assert created.status_code == 201, created.text
    await merchant.control("GET", "/payments")  # whatever is due by now has happened when somebody looks
    known = {"PaymentCreated", "PushSent"}
    at_once = [one["fact"] for one in await merchant.facts() if "reference" in one and one["fact"] not in known]
    later = [one["fact"] for one in await merchant.advance("P21D")]
    return at_once, later


@pytest.mark.anyio
@pytest.mark.parametrize("flow", ["PUSH_MESSAGE", "WEB_REDIRECT"])
@pytest.mark.parametrize("persona", [persona for persona in _DOES if persona is not Persona.MANUAL])
async def test_a_magic_number_answers_on_push_and_on_landing_page_alike(
    merchant: Merchant, persona: Persona, flow: str
) -> None:
    assert await _life(merchant, flow, _NUMBERS[persona]) == _DOES[persona]


@pytest.mark.anyio
@pytest.mark.parametrize("persona", _DOES)
async def test_a_persona_is_chosen_for_one_customer(merchant: Merchant, persona: Persona) -> None:
    said = await merchant.control("PUT", f"/customers/{ADA}", {"persona": persona})
    assert (said.status_code, said.json()["persona"]) == (200, persona)
    assert await _life(merchant, "PUSH_MESSAGE", ADA) == _DOES[persona]


@pytest.mark.anyio
@pytest.mark.parametrize("persona", _DOES)
async def test_a_persona_is_chosen_for_a_sales_unit(merchant: Merchant, persona: Persona) -> None:
    await merchant.configure(customer=persona)
    assert await _life(merchant, "PUSH_MESSAGE", ADA) == _DOES[persona]


@pytest.mark.anyio
@pytest.mark.parametrize("persona", _DOES)
async def test_a_persona_is_chosen_for_the_whole_server(persona: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_CUSTOMER", persona)
    async with serving(Settings(), WallClock()) as http:
        for msn in ("111111", "222222"):
            merchant = Merchant(http, msn)
            await merchant.log_in()
            assert await _life(merchant, "PUSH_MESSAGE", ADA) == _DOES[persona]


@pytest.mark.anyio
@pytest.mark.parametrize("persona", [Persona.TOO_YOUNG, Persona.UNKNOWN])
async def test_who_is_no_customer_can_be_chosen_too(merchant: Merchant, persona: Persona) -> None:
    await merchant.control("PUT", f"/customers/{ADA}", {"persona": persona})
    by_number = await merchant.create(_order("PUSH_MESSAGE", _NUMBERS[persona]))
    by_choice = await merchant.create(_order("PUSH_MESSAGE", ADA))
    assert (by_number.status_code, by_choice.status_code) == (404, 404)


@pytest.mark.anyio
async def test_what_is_nearest_counts(merchant: Merchant) -> None:
    magic = _NUMBERS[Persona.DECLINES]
    await merchant.configure(customer="approves")
    assert (await merchant.customer(magic).phone())["persona"] == "declines"
    await merchant.control("PUT", f"/customers/{magic}", {"persona": "slow"})
    assert (await merchant.customer(magic).phone())["persona"] == "slow"
    await merchant.control("PUT", f"/customers/{magic}", {})
    assert (await merchant.customer(magic).phone())["persona"] == "declines"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("persona", "settings", "instants"),
    [
        ("approves", {"answersAfter": "PT3S"}, ["2023-08-25T08:00:03.123Z"]),
        ("slow", {"slowTakes": "PT1H"}, ["2023-08-25T09:00:00.123Z"]),
        ("slow", {"answersAfter": "PT3S"}, ["2023-08-25T08:05:00.123Z"]),
        ("pays_later", {"answersAfter": "PT3S", "laterIs": "P3D"}, ["2023-08-28T08:00:03.123Z"]),
    ],
)
async def test_personas_take_as_long_as_they_are_told(
    merchant: Merchant, persona: str, settings: dict[str, str], instants: list[str]
) -> None:
    await merchant.configure(customer=persona, **settings)
    await merchant.new_payment(_order("PUSH_MESSAGE", ADA))
    happened = await merchant.advance("P14D")
    assert [one["at"] for one in happened if one["fact"] == "PaymentAuthorized"] == instants


@pytest.mark.anyio
async def test_the_journal_cannot_tell_a_persona_from_a_human(merchant: Merchant, strict: Merchant) -> None:
    """The same facts with the same members, at the same instant."""
    human, persona = merchant, strict
    await human.configure(name="Shop")
    await persona.configure(name="Shop", profile="lenient", rateLimits=None)
    body = _order("PUSH_MESSAGE", ADA)
    await human.create(body, key="1")
    for action in ("open", "share", "approve"):
        assert (await human.customer().act(action, body["reference"])).status_code == 200
    await persona.configure(customer="approves")
    await persona.create(body, key="1")
    await persona.control("GET", "/payments")
    assert _about(body["reference"], await human.facts()) == _about(body["reference"], await persona.facts())


def _about(reference: str, facts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    told = [{name: member for name, member in fact.items() if name != "number"} for fact in facts]
    return [fact for fact in told if fact.get("reference") == reference]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [
        {"persona": "rich"},
        {"persona": 1},
        {"persona": "APPROVES"},
        {"approveTrouble": "none"},
        {"person": {"birthDate": "yesterday"}},
        {"person": {"givenName": ""}},
        {"person": {"country": "Norway"}},
        {"person": {"shoeSize": 43}},
        {"phoneNumber": ADA},
        [],
        None,
        b"{",
    ],
)
async def test_a_customer_is_not_made_of_nonsense(merchant: Merchant, body: Any) -> None:
    before = await merchant.customer().phone()
    answer = await merchant.control("PUT", f"/customers/{ADA}", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")
    assert await merchant.customer().phone() == before


@pytest.mark.anyio
async def test_a_person_is_whoever_a_tester_says(merchant: Merchant) -> None:
    person = {"givenName": "Augusta", "birthDate": "1990-01-31", "emailVerified": False, "country": "SE"}
    shown = (await merchant.control("PUT", f"/customers/{ADA}", {"person": person})).json()["person"]
    assert (shown["name"], shown["birthDate"], shown["emailVerified"]) == ("Augusta Lovelace", "1990-01-31", False)
    assert shown["address"].endswith("\nSE")
    assert (await merchant.control("PUT", f"/customers/{ADA}", {})).json()["person"]["name"] == "Ada Lovelace"


@pytest.mark.anyio
async def test_consent_is_asked_again_once_it_was_withdrawn(merchant: Merchant) -> None:
    ada = merchant.customer()
    first = await merchant.new_payment(_order("PUSH_MESSAGE", ADA))
    for action in ("open", "share", "approve"):
        await ada.act(action, first)
    second = await merchant.new_payment(_order("PUSH_MESSAGE", ADA))
    await ada.open(second)
    assert (await ada.phone())["screen"]["shows"] == "payment"
    withdrawn = await merchant.control("DELETE", f"/customers/{ADA}/consent")
    assert (withdrawn.status_code, withdrawn.json()["screen"]["shows"]) == (200, "consent")


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "rest"), [("PUT", ""), ("DELETE", "/consent")])
async def test_nobody_has_what_is_no_phone_number(merchant: Merchant, method: str, rest: str) -> None:
    answer = await merchant.control(method, f"/customers/12{rest}", {})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
