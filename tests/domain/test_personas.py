"""What customers do when nobody plays them."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.domain.approval import act, actions_on_screen
from sandbox.domain.commands import CustomerAction
from sandbox.domain.customers import MAGIC_NUMBERS, Persona
from sandbox.domain.personas import ends_turn, next_act
from sandbox.domain.state import UnitState
from tests.domain.shop import ADA, EMMA, NOON, Shop, nok

OPEN, SHARE, REFUSE = CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.REFUSE
APPROVE, REJECT, PAY_LATER = CustomerAction.APPROVE, CustomerAction.REJECT, CustomerAction.PAY_LATER
DECLINE_CARD = CustomerAction.DECLINE_CARD
NOTHING: list[CustomerAction] = []


def turn(shop: Shop, persona: Persona) -> list[CustomerAction]:
    """Let the customer who has the request take one turn; return what was done."""
    done: list[CustomerAction] = []
    while True:
        phone = shop.payment.phone_number or ADA
        command = next_act(persona, shop.payment, actions_on_screen(shop.state, shop.payment, phone, shop.now))
        if command is None:
            return done
        done.append(command.action)
        if ends_turn(shop.do(act, command)[-1]):
            return done


@pytest.mark.parametrize(
    ("persona", "turns"),
    [
        (Persona.MANUAL, [NOTHING]),
        (Persona.NEVER_ANSWERS, [NOTHING]),
        (Persona.TOO_YOUNG, [NOTHING]),
        (Persona.UNKNOWN, [NOTHING]),
        (Persona.APPROVES, [[OPEN, SHARE, APPROVE], NOTHING]),
        (Persona.SLOW, [[OPEN, SHARE, APPROVE], NOTHING]),
        (Persona.DECLINES, [[OPEN, SHARE, REJECT], NOTHING]),
        (Persona.REFUSES_CONSENT, [[OPEN, REFUSE], NOTHING]),
        (Persona.PAYS_LATER, [[OPEN, SHARE, PAY_LATER], [OPEN, APPROVE], NOTHING]),
        (Persona.CARD_DECLINED_ONCE, [[OPEN, SHARE, DECLINE_CARD], [APPROVE], NOTHING]),
        (Persona.CARD_DECLINED, [[OPEN, SHARE, DECLINE_CARD], [DECLINE_CARD], [DECLINE_CARD]]),
    ],
)
def test_a_persona_answers_a_long_living_request_with_consent(
    persona: Persona, turns: list[list[CustomerAction]]
) -> None:
    shop = Shop()
    shop.create_push(scope=("name",), expires_at=NOON + timedelta(days=14))
    assert [turn(shop, persona) for _ in turns] == turns


@pytest.mark.parametrize(
    ("persona", "actions"),
    [
        (Persona.REFUSES_CONSENT, [OPEN, APPROVE]),  # pays where nothing is asked
        (Persona.PAYS_LATER, [OPEN, APPROVE]),  # where nothing can be put off
        (Persona.DECLINES, [OPEN, REJECT]),
    ],
)
def test_a_persona_answers_a_plain_request(persona: Persona, actions: list[CustomerAction]) -> None:
    shop = Shop()
    shop.create_push()
    assert turn(shop, persona) == actions


def test_what_one_customer_did_counts_for_that_one_only() -> None:
    """Ada put it off and her card was declined; Emma, whose number is typed then, does both herself."""
    shop = Shop()
    shop.create(expires_at=NOON + timedelta(days=14))
    shop.enter_number(ADA)
    shop.act(OPEN, DECLINE_CARD, PAY_LATER)
    shop.enter_number(EMMA)
    assert turn(shop, Persona.PAYS_LATER) == [OPEN, PAY_LATER]
    assert turn(shop, Persona.CARD_DECLINED_ONCE) == [OPEN, DECLINE_CARD]
    assert turn(shop, Persona.CARD_DECLINED_ONCE) == [APPROVE]


def test_nobody_does_anything_about_what_is_on_nobodys_phone() -> None:
    shop = Shop()
    shop.create(phone_number=None)
    assert next_act(Persona.APPROVES, shop.payment, (OPEN,)) is None


def test_a_link_is_followed_by_whom_it_was_made_for() -> None:
    shop = Shop()
    shop.create(scope=("name",))
    assert turn(shop, Persona.APPROVES) == [OPEN, SHARE, APPROVE]
    assert shop.payment.phone_number == ADA


@pytest.mark.parametrize("value", [151, 201])
def test_a_persona_does_not_insist(value: int) -> None:
    """Who approves what is then declined, or takes long, puts the phone away."""
    shop = Shop()
    shop.create_push(amount=nok(value))
    assert turn(shop, Persona.APPROVES) == [OPEN, APPROVE]


# --- Who is who -----------------------------------------------------------------------------------------


def test_magic_numbers_are_these() -> None:
    """Other languages' tests rely on them."""
    assert MAGIC_NUMBERS == {
        "4790000001": Persona.APPROVES,
        "4790000002": Persona.DECLINES,
        "4790000003": Persona.PAYS_LATER,
        "4790000004": Persona.NEVER_ANSWERS,
        "4790000005": Persona.REFUSES_CONSENT,
        "4790000006": Persona.CARD_DECLINED_ONCE,
        "4790000007": Persona.CARD_DECLINED,
        "4790000008": Persona.SLOW,
        "4790000014": Persona.TOO_YOUNG,
        "4790000404": Persona.UNKNOWN,
    }


@pytest.mark.parametrize("settings", [{}, {"customer": Persona.DECLINES}])
def test_a_magic_number_outdoes_the_unit_and_all_others_are_as_the_unit_says(settings: dict[str, Any]) -> None:
    state: UnitState = Shop(**settings).state
    assert state.persona("4790000001") is Persona.APPROVES
    assert state.persona(ADA) is settings.get("customer", Persona.MANUAL)


def test_two_personas_are_no_customers_and_two_more_never_answer() -> None:
    no_customers = {Persona.TOO_YOUNG, Persona.UNKNOWN}
    silent = {Persona.MANUAL, Persona.NEVER_ANSWERS}
    assert {persona for persona in Persona if not persona.is_customer} == no_customers
    assert {persona for persona in Persona if not persona.answers} == no_customers | silent
