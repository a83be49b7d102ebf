"""What a customer's phone shows."""

from datetime import timedelta
from typing import Any

from sandbox.domain.commands import CategoryType, CustomerAction
from sandbox.domain.inbox import PaymentRequest, pending_requests
from tests.domain.shop import ADA, DETAILS_URL, EMMA, MSN, NOON, RECEIPT, REFERENCE, Shop, nok

OPEN, SHARE, PAY_LATER = CustomerAction.OPEN, CustomerAction.SHARE, CustomerAction.PAY_LATER
APPROVE, DECLINE_CARD, REJECT = CustomerAction.APPROVE, CustomerAction.DECLINE_CARD, CustomerAction.REJECT
CONFIRM = (APPROVE, DECLINE_CARD, REJECT)


def shown(shop: Shop, phone: str = ADA) -> list[PaymentRequest]:
    return pending_requests(shop.state, phone, shop.now)


def request(**changes: Any) -> PaymentRequest:
    fields: dict[str, Any] = {
        "msn": MSN,
        "merchant": "Acme Shop",
        "organisation": "Acme AS",
        "reference": REFERENCE,
        "amount": nok(2000),
        "description": None,
        "due": None,
        "deadline": NOON + timedelta(minutes=10),
        "category": None,
        "order_details_url": None,
        "receipt": None,
        "asks_for": (),
        "actions": (OPEN,),
        "is_open": False,
        "postponed": False,
        "processing": False,
        "declined": None,
    }
    return PaymentRequest(**fields | changes)


def test_a_request_waits_on_its_phone_and_on_no_other() -> None:
    shop = Shop()
    shop.create_push()
    assert (shown(shop), shown(shop, EMMA)) == ([request()], [])


def test_a_request_by_link_waits_nowhere_until_somebody_follows_it() -> None:
    shop = Shop()
    shop.create()
    assert shown(shop) == []
    shop.act(OPEN)
    assert shown(shop) == [request(actions=CONFIRM, is_open=True)]


def test_an_invoice_is_shown_with_all_that_belongs_to_it() -> None:
    due = NOON + timedelta(days=14)
    shop = Shop(name="Acme Power", organisation="Acme Power AS")
    shop.attach_category()
    shop.create_push(scope=("name",), expires_at=due, payment_description="Invoice 7", receipt=RECEIPT)
    invoice: dict[str, Any] = {
        "merchant": "Acme Power",
        "organisation": "Acme Power AS",
        "description": "Invoice 7",
        "due": due,
        "deadline": due,
        "category": CategoryType.GENERAL,
        "order_details_url": DETAILS_URL,
        "receipt": RECEIPT,
    }
    assert shown(shop) == [request(**invoice, asks_for=("name",))]
    shop.act(OPEN, SHARE)
    assert shown(shop) == [request(**invoice, actions=(*CONFIRM, PAY_LATER), is_open=True)]
    shop.act(PAY_LATER)
    assert shown(shop) == [request(**invoice, postponed=True)]


def test_a_declined_card_is_shown_until_something_else_happens() -> None:
    shop = Shop()
    shop.create_push(amount=nok(151))
    shop.act(OPEN, APPROVE)
    opened: dict[str, Any] = {"amount": nok(151), "actions": CONFIRM, "is_open": True}
    assert shown(shop) == [request(**opened, declined="insufficient funds")]
    shop.act(DECLINE_CARD)
    assert shown(shop) == [request(**opened, declined="the card was declined")]
    shop.create_push(reference="order-0002")
    shop.act(OPEN, reference="order-0002")
    shop.act(OPEN)
    assert shown(shop)[0] == request(**opened)


def test_what_is_being_processed_is_shown_and_offers_nothing() -> None:
    shop = Shop()
    shop.create_push(amount=nok(201))
    shop.act(OPEN, APPROVE)
    assert shown(shop) == [request(amount=nok(201), actions=(), processing=True)]


def test_requests_wait_in_the_order_in_which_they_came() -> None:
    shop = Shop()
    for number in (3, 1, 2):
        shop.create_push(reference=f"order-000{number}")
    shop.act(OPEN)
    assert [(waiting.reference, waiting.is_open) for waiting in shown(shop)] == [
        ("order-0003", False),
        ("order-0001", True),
        ("order-0002", False),
    ]


def test_a_request_is_gone_once_it_is_decided() -> None:
    shop = Shop()
    shop.create_push()
    shop.act(OPEN, REJECT)
    assert shown(shop) == []


def test_looking_at_the_phone_changes_nothing() -> None:
    shop = Shop()
    shop.create_push()
    shown(shop, EMMA)
    shown(shop)
    assert shop.state == shop.replayed
