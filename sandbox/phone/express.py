"""Express on the phone: how the goods get to the customer, chosen before paying.

Source: ePayment guide, "Express".
"""

from collections.abc import Sequence

from sandbox.domain.commands import CustomerAction, ShippingOption
from sandbox.domain.shipping import awaits_offer, chosen, offered_options
from sandbox.phone.answers import Sorry
from sandbox.phone.looking import Look
from sandbox.phone.pages.parts import Button, Link
from sandbox.phone.pages.requests import Shipping, ShippingChoice, ShippingPage, ShippingQuestionPage
from sandbox.phone.places import url_with

__all__ = ["is_asked", "question_page", "shipping_of", "shipping_page", "with_shipping"]


def is_asked(look: Look) -> bool:
    """Tell whether the shop has yet to say how it ships."""
    return awaits_offer(look.unit.state, look.payment, look.unit.now())


def question_page(look: Look, actions: Sequence[CustomerAction]) -> ShippingQuestionPage:
    words = look.words
    because = look.payment.shipping_refused
    text = words.asking_shop if because is None else words.not_shipped
    labels = {CustomerAction.OPEN: words.try_again, CustomerAction.REJECT: words.cancel}
    return ShippingQuestionPage(
        words=words,
        device=look.phone.device,
        merchant=look.merchant,
        amount_text=look.phone.money(look.payment.amount),
        text=text.format(merchant=look.merchant.name),
        is_refused=because is not None,
        buttons=tuple(
            Button(action.value, label, f"{look.url}/{action.value}")
            for action, label in labels.items()
            if action in actions
        ),
    )


def shipping_of(look: Look, option_id: str | None) -> Shipping | None:
    """Return how it will be shipped; None for what is not shipped."""
    option = _chosen(look, option_id)
    if option is None:
        return None
    return Shipping(
        option_id=option.id,
        name=option.name,
        price_text=look.phone.money(option.amount),
        address_text=look.unit.person(look.phone.number).address.formatted.replace("\n", ", "),
        choose_url=url_with(f"{look.url}/shipping", shipping=option.id),
    )


def with_shipping(look: Look, option_id: str | None) -> int:
    """Return what is to be paid, in minor units, with what shipping costs."""
    option = _chosen(look, option_id)
    return look.payment.amount.value + (0 if option is None else option.amount.value)


def shipping_page(look: Look, option_id: str | None) -> ShippingPage:
    """Return the choice between the options.

    Raises:
        Sorry: there are none.
    """
    current = _chosen(look, option_id)
    if current is None:
        raise Sorry(404, "There is no such page", "Nothing is shipped with this payment.", Link("Back", look.url))
    return ShippingPage(
        words=look.words,
        device=look.phone.device,
        request_url=url_with(look.url, shipping=current.id),
        choices=tuple(
            ShippingChoice(
                id=option.id,
                element_id=f"shipping-{place}",
                name=option.name,
                more=option.estimated_delivery or option.meta,
                price_text=look.phone.money(option.amount),
                url=url_with(look.url, shipping=option.id),
                chosen=option is current,
            )
            for place, option in enumerate(offered_options(look.payment), 1)
        ),
    )


def _chosen(look: Look, option_id: str | None) -> ShippingOption | None:
    """Return the option of that id; the default for one that the shop does not offer, or not any more."""
    known = {option.id for option in offered_options(look.payment)}
    return chosen(look.payment, option_id if option_id in known else None)
