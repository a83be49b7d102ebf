"""Express: what a customer can choose from, what is chosen already, and what is paid in the end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.domain import approval, shipping
from sandbox.domain.commands import (
    CustomerAct,
    CustomerAction,
    PaymentMethodType,
    Shipping,
    ShippingBrand,
    ShippingGroup,
    ShippingOption,
    ShippingType,
)
from sandbox.domain.customers import Persona
from sandbox.domain.due_times import Due, DueKind, due_after, fall_due, is_awaited
from sandbox.domain.errors import (
    CurrencyNotAllowed,
    ExpressNotAllowed,
    MethodInvalid,
    NotOnScreen,
    PaymentCannotBeCreated,
    ShippingOptionUnknown,
    UrlInvalid,
)
from sandbox.domain.facts import Fact, PaymentAuthorized, ShippingOffered, ShippingRefused
from sandbox.domain.money import Amount, Currency
from sandbox.domain.payments import PaymentState
from sandbox.domain.personas import next_act
from sandbox.domain.sales_unit import Profile
from tests.domain.shop import ADA, EMMA, MSN, NOON, REFERENCE, Shop, nok

OPEN, SHARE, APPROVE = CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.APPROVE
REJECT, DECLINE_CARD = CustomerAction.REJECT, CustomerAction.DECLINE_CARD
SCOPE = ("name", "address", "email", "phoneNumber")
CALLBACK = "https://example.com/shipping"
ASKED = Shipping(callback_url=CALLBACK, callback_authorization_token="a-token")


def option(name: str, value: int = 4900, *, is_default: bool = False, priority: int | None = None) -> ShippingOption:
    return ShippingOption(id=name, name=name.title(), amount=nok(value), is_default=is_default, priority=priority)


def group(
    *options: ShippingOption,
    brand: ShippingBrand = ShippingBrand.POSTEN,
    kind: ShippingType = ShippingType.HOME_DELIVERY,
    is_default: bool = False,
    priority: int | None = None,
) -> ShippingGroup:
    return ShippingGroup(type=kind, brand=brand, options=options, is_default=is_default, priority=priority)


MAILBOX, DOOR, DRONE = option("mailbox"), option("door", 9900), option("drone", 99_900)


def express(*groups: ShippingGroup, **settings: object) -> Shop:
    """Return a shop with an Express payment of 20 kr that has fixed options and is on Ada's screen."""
    shop = Shop(**settings)
    shop.create(shipping=Shipping(groups=groups), scope=SCOPE)
    shop.act(OPEN, SHARE)
    return shop


def asking(**settings: object) -> Shop:
    """Return a shop that has to say how it ships to Ada, who looks at the payment."""
    shop = Shop(**settings)
    shop.create(shipping=ASKED, scope=SCOPE)
    shop.act(OPEN, SHARE)
    return shop


def approve(shop: Shop, option_id: str | None = None, phone: str = ADA) -> list[Fact]:
    act = CustomerAct(action=APPROVE, reference=REFERENCE, phone_number=phone, shipping_option_id=option_id)
    return shop.do(approval.act, act)


def offer(shop: Shop, *groups: ShippingGroup, phone: str = ADA) -> list[Fact]:
    return shop.do(shipping.offered, (REFERENCE, phone, groups))


def refuse(shop: Shop, because: str = "no boat goes there", phone: str = ADA) -> list[Fact]:
    return shop.do(shipping.refused, (REFERENCE, phone, because))


def shown(shop: Shop) -> list[str]:
    return [one.id for one in shipping.offered_options(shop.payment)]


def chosen_already(shop: Shop) -> str | None:
    found = shipping.chosen(shop.payment, None)
    return None if found is None else found.id


# --- What there is to choose from -------------------------------------------------------------------------


def test_options_are_shown_by_priority_of_their_groups_and_then_their_own() -> None:
    """Lower numbers first; source: ePayment OpenAPI, `ShippingGroup`."""
    shop = express(
        group(option("c", priority=2), option("b", priority=1), brand=ShippingBrand.POSTNORD, priority=7),
        group(option("a", priority=9), brand=ShippingBrand.BRING, priority=-1),
    )
    assert shown(shop) == ["a", "b", "c"]


def test_what_has_no_priority_comes_last_in_the_order_of_the_merchant() -> None:
    shop = express(
        group(option("d"), option("c", priority=0), option("e")),
        group(option("f"), brand=ShippingBrand.BRING),
        group(option("a"), option("b"), brand=ShippingBrand.POSTNORD, priority=100),
    )
    assert shown(shop) == ["a", "b", "c", "d", "e", "f"]


def test_a_payment_without_shipping_offers_nothing() -> None:
    shop = Shop()
    shop.create()
    assert (shown(shop), chosen_already(shop)) == ([], None)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((group(MAILBOX, DOOR),), "mailbox"),
        ((group(MAILBOX, replace(DOOR, is_default=True)),), "door"),
        ((group(MAILBOX, replace(DOOR, priority=1)),), "door"),
        ((group(replace(MAILBOX, priority=1), replace(DOOR, is_default=True)),), "door"),
        ((group(MAILBOX), group(DOOR, brand=ShippingBrand.BRING, priority=1)), "door"),
        ((group(MAILBOX, priority=1), group(DOOR, brand=ShippingBrand.BRING, is_default=True)), "door"),
        # The default group counts before the default option of another.
        ((group(replace(MAILBOX, is_default=True)), group(DOOR, brand=ShippingBrand.BRING, is_default=True)), "door"),
        ((group(is_default=True), group(DOOR, brand=ShippingBrand.BRING)), "door"),
    ],
)
def test_an_option_is_chosen_already_when_the_screen_comes_up(
    groups: tuple[ShippingGroup, ...], expected: str | None
) -> None:
    """The default of the default group; without a default, the first that is shown."""
    assert chosen_already(express(*groups)) == expected


# --- What is paid ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "paid"), [(None, MAILBOX), ("mailbox", MAILBOX), ("door", DOOR)])
def test_shipping_is_paid_with_the_goods(asked: str | None, paid: ShippingOption) -> None:
    """What is authorized is the payment's amount and that of the chosen option. Source: ePayment guide "Express"."""
    shop = express(group(MAILBOX, DOOR))
    assert approve(shop, asked) == [
        PaymentAuthorized(
            at=NOON,
            reference=REFERENCE,
            phone_number=ADA,
            amount=nok(2000 + paid.amount.value),
            scope=SCOPE,
            capture_by=NOON + timedelta(days=180),
            shipping=paid,
        )
    ]
    payment = shop.payment
    assert (payment.shipping, payment.amount) == (paid, nok(2000))
    assert (payment.authorized, payment.capturable) == (2000 + paid.amount.value,) * 2
    assert shop.replayed == shop.state


def test_goods_and_shipping_are_captured_and_refunded_together() -> None:
    shop = express(group(MAILBOX))
    approve(shop)
    shop.capture(6900)
    shop.refund(6900)
    assert (shop.payment.captured, shop.payment.refunded, shop.payment.capturable) == (6900, 6900, 0)


def test_an_option_that_nobody_offers_is_refused_with_all_that_there_are() -> None:
    shop = express(group(MAILBOX, DOOR))
    with pytest.raises(ShippingOptionUnknown) as caught:
        approve(shop, "drone")
    assert caught.value == ShippingOptionUnknown(REFERENCE, "drone", ("mailbox", "door"))
    assert shop.payment.state is PaymentState.CREATED


def test_what_is_no_express_payment_has_no_options() -> None:
    shop = Shop()
    shop.create()
    shop.act(OPEN)
    with pytest.raises(ShippingOptionUnknown) as caught:
        approve(shop, "mailbox")
    assert str(caught.value) == f"{REFERENCE} has no shipping option 'mailbox'; it has none."


def test_shipping_is_paid_also_where_the_outcome_comes_later() -> None:
    """The special amount 201 is processed for an hour; how the goods are shipped was chosen before."""
    shop = Shop()
    shop.create(shipping=Shipping(groups=(group(MAILBOX),)), scope=SCOPE, amount=nok(201))
    shop.act(OPEN, SHARE)
    (processing,) = approve(shop)
    (due,) = due_after(shop.state, processing)
    shop.take_in(*fall_due(shop.state, due, due.at))
    assert (shop.payment.authorized, shop.payment.shipping) == (5101, MAILBOX)


# --- What may be created --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scope",
    [(), SCOPE[:3], SCOPE[1:], (*SCOPE, "birthDate"), ("name", "address", "email", "birthDate")],
)
def test_express_asks_for_exactly_four_things(scope: tuple[str, ...]) -> None:
    """Neither fewer nor more; in any order."""
    shop = Shop()
    with pytest.raises(PaymentCannotBeCreated) as caught:
        shop.create(shipping=ASKED, scope=scope)
    assert caught.value == PaymentCannotBeCreated(
        "with shipping, profile.scope must be exactly: name address email phoneNumber."
    )
    shop.create(shipping=ASKED, scope=SCOPE[::-1])
    assert shop.payment.scope == SCOPE[::-1]


def test_a_unit_may_have_to_do_without_express() -> None:
    """Which can be granted: the same Idempotency-Key may try again (5020)."""
    shop = Shop(express_allowed=False)
    with pytest.raises(ExpressNotAllowed) as caught:
        shop.create(shipping=ASKED, scope=SCOPE)
    assert (caught.value, caught.value.sticky) == (ExpressNotAllowed(MSN), False)
    shop.create()
    assert shop.payment.created.command.shipping is None


def test_a_card_form_knows_no_address_to_ship_to() -> None:
    with pytest.raises(MethodInvalid) as caught:
        Shop().create(shipping=ASKED, scope=SCOPE, payment_method=PaymentMethodType.CARD)
    assert caught.value == MethodInvalid("shipping goes with WALLET, not with CARD.")


def test_a_carrier_has_one_group_for_each_kind_of_delivery() -> None:
    twice = (group(MAILBOX, kind=ShippingType.MAILBOX), group(DOOR, kind=ShippingType.MAILBOX))
    with pytest.raises(PaymentCannotBeCreated) as caught:
        express(*twice)
    assert caught.value == PaymentCannotBeCreated("shipping has two groups of one brand and type.")
    shop = express(
        group(MAILBOX, kind=ShippingType.MAILBOX),
        group(DOOR, kind=ShippingType.HOME_DELIVERY),
        group(DRONE, kind=ShippingType.MAILBOX, brand=ShippingBrand.OTHER),
    )
    assert shown(shop) == ["mailbox", "door", "drone"]


def test_shipping_costs_what_the_goods_do_in_the_same_currency() -> None:
    with pytest.raises(CurrencyNotAllowed) as caught:
        express(group(MAILBOX, replace(DOOR, amount=Amount(Currency.EUR, 500))))
    assert caught.value == CurrencyNotAllowed(Currency.EUR, (Currency.NOK,))


@pytest.mark.parametrize("url", ["example.com/shipping", "http://example.com/shipping", "myapp://shipping", ""])
def test_a_merchant_is_asked_where_vipps_can_reach_it(url: str) -> None:
    with pytest.raises(UrlInvalid) as caught:
        Shop().create(shipping=replace(ASKED, callback_url=url), scope=SCOPE)
    assert caught.value == UrlInvalid("shipping.dynamicOptions.callbackUrl", url)


def test_a_merchant_on_this_machine_is_asked_in_the_lenient_profile_only() -> None:
    local = {"shipping": replace(ASKED, callback_url="http://localhost:8000/shipping"), "scope": SCOPE}
    Shop().create(**local)
    with pytest.raises(UrlInvalid):
        Shop(profile=Profile.STRICT).create(**local)


# --- A merchant who is asked ------------------------------------------------------------------------------


def test_the_merchant_is_asked_once_the_address_is_known() -> None:
    """Which is with the consent; until the answer nothing can be approved, for nobody knows what it costs."""
    shop = Shop()
    created = shop.create(shipping=ASKED, scope=SCOPE)
    opened = shop.act(OPEN)
    assert [due.kind for fact in (*created, *opened) for due in due_after(shop.state, fact)] == [DueKind.EXPIRY]
    (consented,) = shop.act(SHARE)
    assert list(due_after(shop.state, consented)) == [Due(NOON, DueKind.SHIPPING, REFERENCE, 3)]
    assert shop.on_screen() == (REJECT,)
    with pytest.raises(NotOnScreen) as caught:
        approve(shop)
    assert caught.value.shows == "the app asks the shop how it ships to this address, and waits."


def test_the_merchant_is_asked_at_once_for_who_consented_before() -> None:
    shop = asking()
    offer(shop, group(MAILBOX))
    approve(shop)
    again = {"reference": "order-0002", "idempotency_key": "key-2"}
    shop.create(shipping=ASKED, scope=SCOPE, **again)
    (opened,) = shop.act(OPEN, reference="order-0002")
    assert list(due_after(shop.state, opened)) == [Due(NOON, DueKind.SHIPPING, "order-0002", 2)]


def test_fixed_options_need_nobody_to_be_asked() -> None:
    shop = Shop()
    shop.create(shipping=Shipping(groups=(group(MAILBOX),)), scope=SCOPE)
    opened, consented = *shop.act(OPEN), *shop.act(SHARE)
    assert [*due_after(shop.state, opened), *due_after(shop.state, consented)] == []
    assert shop.on_screen() == (APPROVE, DECLINE_CARD, REJECT)


def test_what_the_merchant_offers_can_be_chosen() -> None:
    shop = asking()
    groups = (group(MAILBOX, DOOR),)
    assert offer(shop, *groups) == [ShippingOffered(at=NOON, reference=REFERENCE, phone_number=ADA, groups=groups)]
    assert (shown(shop), shop.on_screen()) == (["mailbox", "door"], (APPROVE, DECLINE_CARD, REJECT))
    approve(shop, "door")
    assert (shop.payment.authorized, shop.payment.shipping) == (11_900, DOOR)
    assert shop.replayed == shop.state


def test_a_second_answer_changes_nothing() -> None:
    shop = asking()
    offer(shop, group(MAILBOX))
    assert offer(shop, group(DOOR)) == refuse(shop) == []


@pytest.mark.parametrize("end", ["rejected", "cancelled", "on another phone"])
def test_an_answer_that_comes_too_late_changes_nothing(end: str) -> None:
    shop = asking()
    match end:
        case "rejected":
            shop.act(REJECT)
        case "cancelled":
            shop.cancel()
        case _:
            shop.enter_number(EMMA)
    before = shop.payment
    assert offer(shop, group(MAILBOX)) == refuse(shop) == []
    assert shop.payment == before


def test_an_offer_is_for_one_address_and_not_for_another_customers() -> None:
    shop = asking()
    offer(shop, group(MAILBOX))
    shop.enter_number(EMMA)
    shop.act(OPEN, phone=EMMA)
    (consented,) = shop.act(SHARE, phone=EMMA)
    assert [due.kind for due in due_after(shop.state, consented)] == [DueKind.SHIPPING]
    assert shop.on_screen(EMMA) == (REJECT,)


def test_an_offer_stays_for_whoever_is_pushed_again() -> None:
    shop = asking()
    offer(shop, group(MAILBOX))
    shop.enter_number(ADA)
    assert shown(shop) == ["mailbox"]


def test_a_merchant_that_does_not_ship_there_is_asked_again_when_the_customer_tries_again() -> None:
    """The app says that delivery is impossible; who opens the payment once more may have moved."""
    shop = asking()
    assert refuse(shop) == [
        ShippingRefused(at=NOON, reference=REFERENCE, phone_number=ADA, because="no boat goes there")
    ]
    assert shop.on_screen() == (OPEN, REJECT)
    with pytest.raises(NotOnScreen) as caught:
        approve(shop)
    assert caught.value.shows == "the shop does not ship to this address: no boat goes there"
    (opened,) = shop.act(OPEN)
    assert [due.kind for due in due_after(shop.state, opened)] == [DueKind.SHIPPING]
    assert shop.on_screen() == (REJECT,)
    offer(shop, group(MAILBOX))
    approve(shop)
    assert shop.payment.state is PaymentState.AUTHORIZED
    assert shop.replayed == shop.state


def test_that_a_shop_does_not_ship_to_one_customer_says_nothing_of_another() -> None:
    """Emma, who answers by herself, opens what Ada could not have sent to her."""
    shop = asking()
    refuse(shop)
    shop.enter_number(EMMA)
    assert shop.payment.shipping_refused is None
    assert next_act(Persona.APPROVES, shop.payment, shop.on_screen(EMMA)) == CustomerAct(
        action=OPEN, reference=REFERENCE, phone_number=EMMA
    )


def test_a_persona_waits_for_the_offer_and_then_approves() -> None:
    shop = asking(customer=Persona.APPROVES)
    assert next_act(Persona.APPROVES, shop.payment, shop.on_screen()) is None
    (offered,) = offer(shop, group(MAILBOX))
    (due,) = due_after(shop.state, offered)
    assert due == Due(NOON, DueKind.PERSONA, REFERENCE, 4)
    assert is_awaited(shop.state, due)
    command = next_act(Persona.APPROVES, shop.payment, shop.on_screen())
    assert command is not None
    assert command.action is APPROVE


@pytest.mark.parametrize("persona", [Persona.MANUAL, Persona.NEVER_ANSWERS])
def test_who_does_not_answer_does_not_answer_an_offer(persona: Persona) -> None:
    shop = asking(customer=persona)
    (offered,) = offer(shop, group(MAILBOX))
    assert list(due_after(shop.state, offered)) == []


def test_a_persona_gives_up_where_the_shop_does_not_ship() -> None:
    """Or it would ask for ever."""
    shop = asking(customer=Persona.APPROVES)
    (refused,) = refuse(shop)
    assert list(due_after(shop.state, refused)) == []
    assert next_act(Persona.APPROVES, shop.payment, shop.on_screen()) is None


def test_a_merchant_is_asked_no_more_once_somebody_has_done_anything_since() -> None:
    shop = Shop()
    shop.create(shipping=ASKED, scope=SCOPE)
    shop.act(OPEN)
    (consented,) = shop.act(SHARE)
    (due,) = due_after(shop.state, consented)
    assert is_awaited(shop.state, due)
    shop.act(REJECT)
    assert not is_awaited(shop.state, due)
