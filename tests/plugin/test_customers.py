"""Customers, as a test plays them."""

import pytest

from sandbox.testing import Refused, Unit
from tests.plugin.conftest import KR_20, PHONE, Invoice


def test_approving_opens_shares_what_is_asked_and_pays(unit: Unit) -> None:
    with unit.client() as vipps:
        paid = vipps.first_invoice(
            "acme-invoice-1",
            KR_20,
            "https://example.com/thanks",
            present=lambda url: unit.customer(PHONE).approve(),
        )
    assert paid.phone_number == PHONE
    assert [fact["fact"] for fact in unit.facts() if fact["fact"] in {"ConsentGiven", "PaymentAuthorized"}] == [
        "ConsentGiven",
        "PaymentAuthorized",
    ]


@pytest.mark.parametrize(
    ("action", "state"),
    [("approve", "AUTHORIZED"), ("reject", "ABORTED"), ("pay_later", "CREATED"), ("decline_card", "CREATED")],
)
def test_a_customer_answers_the_only_request(unit: Unit, invoice: Invoice, action: str, state: str) -> None:
    reference = invoice()
    getattr(unit.customer(PHONE), action)()
    payment = unit.payment(reference)
    assert (payment["state"], payment["postponed"]) == (state, action == "pay_later")


@pytest.mark.parametrize(("action", "state"), [("share", "CREATED"), ("refuse", "ABORTED")])
def test_a_customer_is_asked_to_share(unit: Unit, action: str, state: str) -> None:
    with unit.client() as vipps:
        vipps.create_payment(
            {
                "amount": {"currency": "NOK", "value": 2000},
                "paymentMethod": {"type": "WALLET"},
                "customer": {"phoneNumber": PHONE},
                "profile": {"scope": "name"},
                "reference": "acme-shop-1",
                "userFlow": "PUSH_MESSAGE",
            }
        )
    ada = unit.customer(PHONE)
    opened = ada.open()["screen"]
    assert opened is not None
    assert opened["shows"] == "consent"
    shown = getattr(ada, action)()["screen"]
    assert unit.payment("acme-shop-1")["state"] == state
    assert (shown or {}).get("shows") == ("payment" if action == "share" else None)


def test_which_payment_is_meant_must_be_said_if_several_wait(unit: Unit, invoice: Invoice) -> None:
    for reference in ("acme-invoice-1", "acme-invoice-2"):
        invoice(reference)
    ada = unit.customer(PHONE)
    with pytest.raises(LookupError, match="say which: acme-invoice-1, acme-invoice-2 wait for 4791234567"):
        ada.approve()
    ada.approve("acme-invoice-2")
    ada.approve()
    assert {payment["state"] for payment in unit.payments()} == {"AUTHORIZED"}
    with pytest.raises(LookupError, match="no payment waits for 4791234567"):
        ada.approve()


def test_what_is_not_on_the_screen_cannot_be_done(unit: Unit, invoice: Invoice) -> None:
    invoice()
    with pytest.raises(Refused, match="share") as caught:
        unit.customer(PHONE).share()
    assert caught.value.status == 409


def test_others_requests_are_not_meant(unit: Unit, invoice: Invoice) -> None:
    invoice(phone="4793424725")
    with pytest.raises(LookupError, match="no payment waits"):
        unit.customer(PHONE).approve()


def test_a_customer_is_given_a_persona_and_a_person(unit: Unit, invoice: Invoice) -> None:
    kari = unit.customer("4791111111", persona="approves", person={"givenName": "Kari"})
    reference = invoice(phone=kari.phone_number)
    assert unit.payment(reference)["state"] == "AUTHORIZED"
    assert kari.screen()["person"]["givenName"] == "Kari"
    assert unit.customer("4791111111").screen()["persona"] == "approves"


def test_an_unknown_persona_is_refused_with_those_there_are(unit: Unit) -> None:
    with pytest.raises(Refused, match="approves"):
        unit.customer(PHONE, persona="generous")


def test_a_phone_number_is_no_path(unit: Unit) -> None:
    with pytest.raises(ValueError, match="is no phone number: 9 to 15 digits"):
        unit.customer("../clock")


def test_a_consent_is_forgotten(unit: Unit) -> None:
    def asks(reference: str) -> bool:
        with unit.client() as vipps:
            vipps.create_payment(
                {
                    "amount": {"currency": "NOK", "value": 2000},
                    "paymentMethod": {"type": "WALLET"},
                    "customer": {"phoneNumber": PHONE},
                    "profile": {"scope": "name"},
                    "reference": reference,
                    "userFlow": "PUSH_MESSAGE",
                }
            )
        screen = unit.customer(PHONE).open()["screen"]
        unit.customer(PHONE).approve()
        return screen is not None and screen["shows"] == "consent"

    assert (asks("acme-shop-1"), asks("acme-shop-2")) == (True, False)
    unit.customer(PHONE).forget_consent()
    assert asks("acme-shop-3")
