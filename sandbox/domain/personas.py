"""What a persona does about a request when its time comes, as commands that a human could have given.

The journal cannot tell a persona from a human: both pass through `approval.act`.
"""

from sandbox.domain import facts
from sandbox.domain.commands import CustomerAct, CustomerAction
from sandbox.domain.customers import Persona
from sandbox.domain.facts import Fact
from sandbox.domain.payments import Payment

__all__ = ["ends_turn", "next_act"]


def next_act(persona: Persona, payment: Payment, on_screen: tuple[CustomerAction, ...]) -> CustomerAct | None:
    """Return what a customer of that kind does next, given what the phone offers; None for nothing."""
    if not persona.answers or not on_screen or payment.customer is None:
        return None
    action = _choice(persona, payment, on_screen)
    if action is None:
        return None
    return CustomerAct(action=action, reference=payment.reference, phone_number=payment.customer)


def ends_turn(fact: Fact) -> bool:
    """Tell whether the customer puts the phone away after *fact*."""
    return not isinstance(fact, facts.PaymentOpened | facts.ConsentGiven)


def _choice(persona: Persona, payment: Payment, on_screen: tuple[CustomerAction, ...]) -> CustomerAction | None:
    if CustomerAction.OPEN in on_screen and payment.shipping_refused is None:
        return CustomerAction.OPEN
    if CustomerAction.SHARE in on_screen:
        return CustomerAction.REFUSE if persona is Persona.REFUSES_CONSENT else CustomerAction.SHARE
    match persona:
        case _ if CustomerAction.APPROVE not in on_screen:  # the shop has not said yet how it ships
            return None
        case Persona.DECLINES:
            return CustomerAction.REJECT
        case Persona.CARD_DECLINED:
            return CustomerAction.DECLINE_CARD
        case Persona.CARD_DECLINED_ONCE if not _happened(payment, facts.CardDeclined):
            return CustomerAction.DECLINE_CARD
        case Persona.PAYS_LATER if CustomerAction.PAY_LATER in on_screen and not _happened(
            payment, facts.PaymentPostponed
        ):
            return CustomerAction.PAY_LATER
        case _:
            return CustomerAction.APPROVE


def _happened(payment: Payment, kind: type[facts.CardDeclined | facts.PaymentPostponed]) -> bool:
    """Tell whether it happened on the phone that has the request now."""
    return any(isinstance(fact, kind) and fact.phone_number == payment.phone_number for fact in payment.facts)
