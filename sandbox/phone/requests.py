"""What the phone shows of one payment that waits: the request, consent, payment, and the choice of a card."""

from sandbox.domain.commands import CustomerAction
from sandbox.domain.inbox import PaymentRequest
from sandbox.domain.sales_unit import AppSkin
from sandbox.phone.answers import Sorry
from sandbox.phone.cards import CARDS, Card
from sandbox.phone.express import is_asked, question_page, shipping_of, with_shipping
from sandbox.phone.formats import day_text, phone_number_text
from sandbox.phone.history import ended_page, outcome_of
from sandbox.phone.looking import Look
from sandbox.phone.orders import details_link
from sandbox.phone.pages.parts import Button, Page, Row
from sandbox.phone.pages.requests import CardChoice, CardsPage, ConsentPage, PaymentPage, ProcessingPage, RequestPage
from sandbox.phone.words import Words
from sandbox.world.people import Person, local_date

__all__ = ["cards_page", "screen"]


def screen(look: Look, option_id: str | None = None) -> Page:
    """Return what the phone shows of a payment: how it ended, or the next step.

    Args:
        option_id: How to have it shipped, of the options that the shop offers; None for the default.

    Raises:
        Sorry: it is not for a phone.
    """
    outcome = outcome_of(look.payment, look.words)
    if outcome is not None:
        return ended_page(look, outcome)
    request = look.request
    if request.processing:
        return ProcessingPage(
            words=look.words,
            device=look.phone.device,
            url=look.url,
            merchant=look.merchant,
            amount_text=look.phone.money(request.amount),
        )
    if not request.actions:
        raise Sorry(
            404, "Not on this phone", "This payment is not made on a phone; it has a card form in the browser."
        )
    if is_asked(look) and CustomerAction.REJECT in request.actions:
        return question_page(look, request.actions)
    if CustomerAction.OPEN in request.actions:
        return _request_page(look, request)
    if CustomerAction.SHARE in request.actions:
        return _consent_page(look, request)
    return _payment_page(look, request, option_id)


def cards_page(look: Look) -> CardsPage:
    return CardsPage(
        words=look.words,
        device=look.phone.device,
        request_url=look.url,
        choose_url=f"{look.url}/card",
        cards=tuple(_card_choice(look, card) for card in CARDS),
    )


def _request_page(look: Look, request: PaymentRequest) -> Page:
    return RequestPage(
        words=look.words,
        device=look.phone.device,
        merchant=look.merchant,
        amount_text=look.phone.money(request.amount),
        due_text=_due_text(look, request),
        button=_button(look, CustomerAction.OPEN, look.words.open),
    )


def _consent_page(look: Look, request: PaymentRequest) -> Page:
    words, who = look.words, look.unit.person(look.phone.number)
    is_seed = look.skin is AppSkin.SEED
    lead = words.lead_give if is_seed else words.lead_share
    return ConsentPage(
        words=words,
        device=look.phone.device,
        heading=words.give_access if is_seed else words.information_you_share,
        merchant=look.merchant,
        lead=lead.format(organisation=request.organisation, app=look.phone.app),
        responsible=words.responsible.format(organisation=request.organisation),
        rows=tuple(_consent_row(words, scope, who) for scope in request.asks_for),
        share=_button(look, CustomerAction.SHARE, words.give_access if is_seed else words.share_information),
        refuse=_button(look, CustomerAction.REFUSE, words.cancel),
    )


def _consent_row(words: Words, scope: str, who: Person) -> Row:
    """Return what sharing *scope* tells about somebody."""
    value, icon = {
        "name": (who.name, "person"),
        "address": (who.address.formatted, "home"),
        "email": (who.email, "mail"),
        "phoneNumber": (phone_number_text(who.phone_number), "phone"),
        "birthDate": (day_text(who.birth_date), "calendar"),
        "nin": (who.nin, "card"),
    }[scope]
    return Row(words.scopes[scope], value, icon)


def _payment_page(look: Look, request: PaymentRequest, option_id: str | None) -> Page:
    words, card = look.words, look.phone.card
    pay = CustomerAction.DECLINE_CARD if card.declines else CustomerAction.APPROVE
    declined = request.declined
    left, right, choices = _ways_out(look, request)
    return PaymentPage(
        words=words,
        device=look.phone.device,
        merchant=look.merchant,
        amount_text=look.phone.money(request.amount.of(with_shipping(look, option_id))),
        description=request.description,
        due_text=_due_text(look, request),
        order_id_text=f"{words.order_id}: {request.reference}",
        details=details_link(look),
        declined_text=None
        if declined is None
        else words.declined.format(because=words.declines.get(declined, declined)),
        shipping=shipping_of(look, option_id),
        card=_card_choice(look, card),
        cards_url=f"{look.url}/cards",
        pay=Button("approve", words.pay, f"{look.url}/{pay}"),
        left=left,
        right=right,
        choices=choices,
    )


def _ways_out(look: Look, request: PaymentRequest) -> tuple[Button | None, Button | None, tuple[Button, ...]]:
    """Return the ways not to pay: at the top left, at the top right, and those behind a Cancel in their place.

    Only what can be put off has two. Source: landing page and app guides, "Long-living request screen".
    """
    words = look.words
    if CustomerAction.PAY_LATER not in request.actions:
        return None, _button(look, CustomerAction.REJECT, words.cancel), ()
    if look.skin is AppSkin.SEED:
        later = _button(look, CustomerAction.PAY_LATER, words.pay_later)
        return None, None, (later, _button(look, CustomerAction.REJECT, words.reject_payment))
    later = _button(look, CustomerAction.PAY_LATER, words.not_now)
    return later, _button(look, CustomerAction.REJECT, words.reject), ()


def _card_choice(look: Look, card: Card) -> CardChoice:
    return CardChoice(
        id=card.id,
        scheme=card.scheme,
        name=card.name(look.words),
        last_four=card.last_four,
        note=look.words.always_declined if card.declines else None,
        chosen=card is look.phone.card,
    )


def _button(look: Look, action: CustomerAction, text: str) -> Button:
    """Return the button of an action; its id is the action's name."""
    return Button(action.value, text, f"{look.url}/{action.value}")


def _due_text(look: Look, request: PaymentRequest) -> str | None:
    if request.due is None:
        return None
    return look.words.due.format(date=day_text(local_date(look.phone.number, request.due)))
