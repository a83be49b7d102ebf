"""Customers through the sandbox's own API: who they are, what their phone shows, and what they do."""

from typing import Any

import pytest

from tests.api.merchant import ADA, RECEIPT, Merchant, order

_PAY = ["approve", "decline-card", "reject"]


async def _pushed(merchant: Merchant, **changes: Any) -> str:
    return await merchant.new_payment(order(userFlow="PUSH_MESSAGE", **changes))


@pytest.mark.anyio
async def test_a_phone_shows_who_has_it_and_what_waits(merchant: Merchant) -> None:
    reference = await _pushed(
        merchant,
        profile={"scope": "name email"},
        expiresAt="2023-09-14T23:30:00Z",
        paymentDescription="Invoice 424243",
        receipt=RECEIPT,
    )
    await merchant.put_category(
        reference, {"category": "GENERAL", "orderDetailsUrl": "https://example.com/orderdetails/1"}
    )
    assert await merchant.customer().phone() == {
        "phoneNumber": ADA,
        "person": {
            "name": "Ada Lovelace",
            "givenName": "Ada",
            "familyName": "Lovelace",
            "birthDate": "1968-07-16",
            "email": "user@example.com",
            "emailVerified": True,
            "address": "Suburbia 23\n2101 OSLO\nNO",
        },
        "persona": "manual",
        "inbox": {
            "pushes": [
                {
                    "reminder": False,
                    "reference": reference,
                    "at": "2023-08-25T08:00:00.123Z",
                    "text": "Acme Shop sent you a request for 20 kr.",
                }
            ],
            "pending": [
                {
                    "reference": reference,
                    "merchant": "Acme Shop",
                    "organisation": "Acme AS",
                    "msn": merchant.msn,
                    "amount": {"currency": "NOK", "value": 2000},
                    "amountText": "20 kr",
                    "description": "Invoice 424243",
                    "dueDate": "2023-09-15",  # in Norway, where it is past midnight by then
                    "expiresAt": "2023-09-14T23:30:00.000Z",
                    "orderDetailsUrl": "https://example.com/orderdetails/1",
                    "asksFor": ["name", "email"],
                    "postponed": False,
                    "declined": None,
                    "actions": ["open"],
                }
            ],
        },
        "screen": None,
    }


@pytest.mark.anyio
async def test_the_screens_of_a_payment_follow_each_other(merchant: Merchant) -> None:
    reference = await _pushed(merchant, profile={"scope": "name"}, expiresAt="2023-09-15T00:00:00Z")
    ada = merchant.customer()
    await ada.open(reference)
    assert (await ada.phone())["screen"] == {
        "shows": "consent",
        "reference": reference,
        "actions": ["share", "refuse"],
    }
    await ada.share(reference)
    assert (await ada.phone())["screen"] == {
        "shows": "payment",
        "reference": reference,
        "actions": [*_PAY, "pay-later"],
    }
    await ada.pay_later(reference)
    phone = await ada.phone()
    assert (phone["screen"], phone["inbox"]["pending"][0]["postponed"]) == (None, True)
    await ada.open(reference)
    await ada.decline_card(reference)
    assert (await ada.phone())["screen"]["shows"] == "payment"
    await ada.approve(reference)
    phone = await ada.phone()
    assert (phone["screen"], phone["inbox"]["pending"]) == (None, [])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("action", "scope", "state"),
    [("approve", None, "AUTHORIZED"), ("reject", None, "ABORTED"), ("refuse", "name", "ABORTED")],
)
async def test_a_customer_ends_a_payment(merchant: Merchant, action: str, scope: str | None, state: str) -> None:
    reference = await _pushed(merchant, profile=None if scope is None else {"scope": scope})
    await merchant.customer().open(reference)
    answer = await merchant.customer().act(action, reference)
    assert answer.json() == await merchant.customer().phone()
    assert (await merchant.get(reference)).json()["state"] == state


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("before", "action", "shows"),
    [
        ([], "approve", "the request is in the list; `open` it first."),
        ([], "share", "the request is in the list; `open` it first."),
        (["open"], "approve", "the consent screen; `share` or `refuse` first."),
        (["open"], "pay-later", "the consent screen; `share` or `refuse` first."),
        (["open", "share"], "share", "the payment screen, with approve, decline-card, reject."),
        (["open", "share"], "open", "the payment screen, with approve, decline-card, reject."),
        (["open", "share"], "pay-later", "the payment screen; only a payment with expiresAt can be put off."),
        (["open", "share", "approve"], "reject", "the payment is AUTHORIZED."),
        (["open", "refuse"], "open", "the payment is ABORTED."),
    ],
)
async def test_what_is_not_on_the_screen_is_refused_with_what_is(
    merchant: Merchant, before: list[str], action: str, shows: str
) -> None:
    reference = await _pushed(merchant, profile={"scope": "name"})
    ada = merchant.customer()
    for one in before:
        assert (await ada.act(one, reference)).status_code == 200
    facts = await merchant.facts()
    answer = await ada.act(action, reference)
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "type": "about:blank",
            "title": "Not on the screen now",
            "status": 409,
            "detail": f"{action} of {reference} is not on the screen of {ADA} now: {shows}",
        },
    )
    assert await merchant.facts() == facts


@pytest.mark.anyio
async def test_a_push_message_is_on_one_phone_only(merchant: Merchant) -> None:
    reference = await _pushed(merchant)
    answer = await merchant.customer("4793424725").act("open", reference)
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        f"open of {reference} is not on the screen of 4793424725 now: the request is on another phone.",
    )


@pytest.mark.anyio
async def test_a_link_may_be_opened_on_any_phone(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    emma = merchant.customer("4793424725")
    await emma.open(reference)
    await emma.approve(reference)
    assert (await merchant.get(reference)).json()["state"] == "AUTHORIZED"


@pytest.mark.anyio
@pytest.mark.parametrize("amount", [151, 182, 183, 184, 186, 187, 197, 202])
async def test_a_special_amount_is_declined_and_the_payment_stays(merchant: Merchant, amount: int) -> None:
    reference = await _pushed(merchant, amount={"currency": "NOK", "value": amount})
    ada = merchant.customer()
    await ada.open(reference)
    await ada.approve(reference)
    assert (await merchant.facts())[-1]["fact"] == "CardDeclined"
    assert (await merchant.get(reference)).json()["state"] == "CREATED"


@pytest.mark.anyio
async def test_a_phone_tells_why_a_card_was_declined_until_something_else_happens(merchant: Merchant) -> None:
    reference = await _pushed(merchant, amount={"currency": "NOK", "value": 151}, expiresAt="2023-09-15T00:00:00Z")
    ada = merchant.customer()
    await ada.open(reference)
    told = (await ada.act("approve", reference)).json()["inbox"]["pending"][0]["declined"]
    assert "insufficient funds" in told
    await ada.pay_later(reference)
    assert (await ada.phone())["inbox"]["pending"][0]["declined"] is None


@pytest.mark.anyio
async def test_the_outcome_of_201_is_known_an_hour_later(merchant: Merchant) -> None:
    reference = await _pushed(merchant, amount={"currency": "NOK", "value": 201})
    ada = merchant.customer()
    await ada.open(reference)
    await ada.approve(reference)
    answer = await ada.act("reject", reference)
    assert answer.json()["detail"].endswith("the payment is being processed.")
    assert [one["fact"] for one in await merchant.advance("PT1H")] == ["PaymentAuthorized"]


@pytest.mark.anyio
async def test_what_has_expired_cannot_be_opened(merchant: Merchant) -> None:
    reference = await _pushed(merchant)
    await merchant.advance("PT10M")
    answer = await merchant.customer().act("open", reference)
    assert (answer.status_code, answer.json()["detail"].endswith("the payment is EXPIRED.")) == (409, True)


@pytest.mark.anyio
async def test_an_unknown_action_is_told_what_there_is(merchant: Merchant) -> None:
    answer = await merchant.customer().act("pay", "a")
    assert (answer.status_code, answer.json()) == (
        404,
        {
            "type": "about:blank",
            "title": "Not found",
            "status": 404,
            "detail": "A customer can open, share, refuse, approve, reject, pay-later, decline-card; not 'pay'.",
        },
    )


@pytest.mark.anyio
async def test_an_unknown_reference_is_not_found(merchant: Merchant) -> None:
    answer = await merchant.customer().act("open", "acme-unknown")
    assert (answer.status_code, answer.json()) == (
        404,
        {
            "type": "about:blank",
            "title": "Not found",
            "status": 404,
            "detail": f"The reference acme-unknown does not exist for MSN {merchant.msn}",
        },
    )


@pytest.mark.anyio
@pytest.mark.parametrize("phone_number", ["4790000404", "4790000014"])
async def test_who_is_no_customer_has_a_phone_that_shows_nothing(merchant: Merchant, phone_number: str) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.customer(phone_number).act("open", reference)
    assert (answer.status_code, answer.json()["title"]) == (404, "Not found")
    assert (await merchant.customer(phone_number).phone())["inbox"] == {"pushes": [], "pending": []}


@pytest.mark.anyio
@pytest.mark.parametrize("phone_number", ["+4791234567", "91234567", "4" * 16, "abc", "%00", "%D9%A1" * 10])
@pytest.mark.parametrize("action", ["", "/open"])
async def test_what_is_no_phone_number_is_not_found(merchant: Merchant, phone_number: str, action: str) -> None:
    method = "POST" if action else "GET"
    answer = await merchant.control(method, f"/customers/{phone_number}{action}", {"reference": "a"})
    assert (answer.status_code, "is no phone number" in answer.json()["detail"]) == (404, True)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [{}, [], None, b"{", {"reference": 1}, {"reference": None}, {"reference": "a", "x": 1}]
)
async def test_an_act_is_about_a_reference(merchant: Merchant, body: Any) -> None:
    answer = await merchant.control("POST", f"/customers/{ADA}/open", body)
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "phone_number", ["4791111111", "4511111111", "358401111111", "46701111111", "999999999999999"]
)
async def test_everybody_is_somebody_and_always_the_same(
    merchant: Merchant, strict: Merchant, phone_number: str
) -> None:
    person = (await merchant.customer(phone_number).phone())["person"]
    assert person["name"] == f"{person['givenName']} {person['familyName']}"
    assert (await strict.customer(phone_number).phone())["person"] == person


@pytest.mark.anyio
async def test_a_magic_number_has_its_persona_whatever_the_units_is(merchant: Merchant) -> None:
    await merchant.configure(customer="declines")
    assert (await merchant.customer("4790000001").phone())["persona"] == "approves"
    assert (await merchant.customer().phone())["persona"] == "declines"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (2000, "NOK", "20 kr"),
        (150_050, "NOK", "1\u202f500,50 kr"),
        (1205, "EUR", "12,05 €"),
        (100, "DKK", "1 kr"),
    ],
)
async def test_amounts_are_written_as_the_app_writes_them(
    merchant: Merchant, value: int, currency: str, text: str
) -> None:
    await _pushed(merchant, amount={"currency": currency, "value": value})
    assert (await merchant.customer().phone())["inbox"]["pending"][0]["amountText"] == text
