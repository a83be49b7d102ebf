"""Decide what a customer does on the card form: a payment by card, without the app.

The card is typed in, then the bank asks for proof (3-D Secure). While it does, a merchant cannot cancel.
Source: ePayment guide, "Free-standing card payments"; the numbers that are declined are the sandbox's own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NoReturn

from sandbox.domain.approval import authorized_by_card
from sandbox.domain.commands import AnswerBank, EnterCard, PaymentMethodType
from sandbox.domain.errors import CardNumberInvalid, NotOnScreen
from sandbox.domain.facts import CardDeclined, CardEntered, PaymentFact
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.state import UnitState

__all__ = ["DECLINED_CARDS", "answer_bank", "card_steps", "enter_card"]

DECLINED_CARDS: Final[Mapping[str, str]] = {
    "4000000000000002": "refused by the issuer",
    "4000000000009995": "insufficient funds",
    "4000000000000069": "the card has expired",
}
_SHORTEST, _LONGEST = 12, 19  # digits; ISO/IEC 7812


def card_steps(payment: Payment) -> tuple[str, ...]:
    """Return what can be done on the card form now: "enter", or "confirm" and "deny" what the bank asks."""
    if payment.created.command.payment_method is not PaymentMethodType.CARD:
        return ()
    if payment.state is not PaymentState.CREATED:
        return ()
    return ("enter",) if payment.card_number is None else ("confirm", "deny")


def enter_card(state: UnitState, command: EnterCard, at: datetime) -> list[PaymentFact]:
    """Decide what a card number leads to: the bank asks for proof, or declines the card.

    Raises:
        CardNumberInvalid: it is no card number.
        NotOnScreen: there is no card form, or it does not show that now.
    """
    payment = state.payment(command.reference)
    number = "".join(command.number.split())  # by whatever blanks
    if "enter" not in card_steps(payment):
        _refuse(payment, "entering a card")
    if not (number.isascii() and number.isdigit() and _SHORTEST <= len(number) <= _LONGEST and _checks(number)):
        raise CardNumberInvalid
    because = DECLINED_CARDS.get(number)
    if because is not None:
        return [CardDeclined(at=at, reference=payment.reference, phone_number=None, because=because)]
    kept = f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return [CardEntered(at=at, reference=payment.reference, number=kept)]


def answer_bank(state: UnitState, command: AnswerBank, at: datetime) -> list[PaymentFact]:
    """Decide what the proof that the bank asked for leads to.

    Raises:
        NotOnScreen: the bank asks for nothing now.
    """
    payment = state.payment(command.reference)
    if "confirm" not in card_steps(payment):
        _refuse(payment, "answering the bank")
    if not command.confirms:
        because = "3-D Secure failed"
        return [CardDeclined(at=at, reference=payment.reference, phone_number=None, because=because)]
    return [authorized_by_card(state, payment, at)]


def _checks(number: str) -> bool:
    """Tell whether the last digit is right, by Luhn's algorithm."""
    doubled = (divmod(2 * int(digit), 10) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(map(sum, doubled))) % 10 == 0


def _refuse(payment: Payment, action: str) -> NoReturn:
    if payment.created.command.payment_method is not PaymentMethodType.CARD:
        shows = f"the payment method is {payment.created.command.payment_method}, and has no card form."
    elif payment.state is not PaymentState.CREATED:
        shows = f"the payment is {payment.state}."
    elif payment.card_number is None:
        shows = "the card form; enter a card first."
    else:
        shows = "the bank's question; confirm or deny it."
    raise NotOnScreen(action, payment.reference, "the browser", shows)
