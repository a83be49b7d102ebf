"""Whom a payment is for: the three ways to say it, ages, and customers who answer by themselves."""

from typing import Any

import pytest

from tests.api.merchant import ADA, Merchant, notes, order, told


@pytest.mark.anyio
@pytest.mark.parametrize(
    "customer",
    [
        {"phoneNumber": ADA},
        {"personalQr": f"https://qr.vipps.no/28/2/01/031/{ADA}?v=1"},
        {"personalQr": f"https://qr.vipps.no/p/{ADA}"},
        {"customerToken": f"checked-in-{ADA}"},
    ],
)
async def test_each_way_to_name_the_customer_reaches_the_phone(strict: Merchant, customer: dict[str, Any]) -> None:
    reference = await strict.new_payment(order(customer=customer, userFlow="PUSH_MESSAGE"))
    pending = (await strict.customer().phone())["inbox"]["pending"]
    assert [request["reference"] for request in pending] == [reference]


@pytest.mark.anyio
async def test_only_one_way_may_be_used(merchant: Merchant) -> None:
    body = order(customer={"phoneNumber": ADA, "customerToken": f"checked-in-{ADA}"})
    answer = await merchant.create(body)
    assert (answer.status_code, told(answer)["extraDetails"]) == (
        400,
        [
            {
                "name": "customer",
                "reason": (
                    "The Customer field is not valid. "
                    "Only one of phoneNumber, personalQr and customerToken may be set."
                ),
            }
        ],
    )


@pytest.mark.shows("createPayment", 404, "7010")
@pytest.mark.anyio
async def test_a_push_to_somebody_below_the_asked_age_finds_no_customer(merchant: Merchant) -> None:
    """Ada was born on 16 July 1968 and it is August 2023; the answer does not tell that it is her age."""
    for age, status in ((55, 201), (56, 404)):
        answer = await merchant.create(order(userFlow="PUSH_MESSAGE", minimumUserAge=age))
        assert answer.status_code == status
    assert told(answer)["extraDetails"] == [{"name": "ErrorCode", "reason": "7010"}]


@pytest.mark.anyio
async def test_somebody_below_the_asked_age_cannot_pay_by_link_either(merchant: Merchant) -> None:
    """The request is not delivered, and the payment stays as it is."""
    reference = await merchant.new_payment(order(minimumUserAge=56))
    assert (await merchant.customer().act("open", reference)).status_code == 404
    magic = await merchant.new_payment(order(minimumUserAge=100, customer={"phoneNumber": "4790000001"}))
    for one in (reference, magic):
        assert (await merchant.get(one)).json()["state"] == "CREATED"


@pytest.mark.anyio
@pytest.mark.parametrize("age", [-1, 101, "18", 18.5])
async def test_an_age_is_a_number_of_years(merchant: Merchant, age: Any) -> None:
    assert (await merchant.create(order(minimumUserAge=age))).status_code == 400


@pytest.mark.anyio
async def test_what_is_specified_is_taken_by_the_strict_profile(strict: Merchant) -> None:
    body = order(
        minimumUserAge=18,
        industryData={
            "airlineData": {
                "agencyInvoiceNumber": "123456",
                "airlineCode": "074",
                "airlineDesignatorCode": "KL",
                "passengerName": "LOVELACE / ADA",
                "ticketNumber": "1",
            }
        },
        qrFormat={"format": "IMAGE/PNG", "size": 100},
        merchantLegalLinks={"termsOfSaleUrl": "https://example.com/terms"},
    )
    created = await strict.create(body)
    assert (created.status_code, notes(created)) == (201, [])


@pytest.mark.shows("createPayment", 400, "5010")
@pytest.mark.anyio
async def test_blocked_sources_are_for_denmark_and_finland(strict: Merchant) -> None:
    blocked = {"type": "WALLET", "blockedSources": ["COMMERCIAL_CARDS"]}
    danish = order(paymentMethod=blocked, amount={"currency": "DKK", "value": 100})
    assert (await strict.create(danish)).status_code == 201
    assert (await strict.create(order(paymentMethod=blocked))).status_code == 400


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("phone_number", "state"),
    [("4790000001", "AUTHORIZED"), ("4790000002", "ABORTED"), ("4790000004", "CREATED"), ("4790000007", "CREATED")],
)
@pytest.mark.parametrize("user_flow", ["WEB_REDIRECT", "NATIVE_REDIRECT", "PUSH_MESSAGE"])
async def test_a_magic_number_answers_a_link_and_a_push_alike(
    merchant: Merchant, user_flow: str, phone_number: str, state: str
) -> None:
    reference = await merchant.new_payment(
        order(customer={"phoneNumber": phone_number}, userFlow=user_flow, profile={"scope": "name"})
    )
    assert (await merchant.get(reference)).json()["state"] == state


@pytest.mark.anyio
async def test_what_nobody_captured_in_time_goes_back_to_the_customer(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 500)
    assert await merchant.advance("P180D") == [
        {"at": "2024-02-21T08:00:00.123Z", "fact": "PaymentCancelled", "reference": reference}
    ]
    await merchant.log_in()
    events = (await merchant.get(reference, "/events")).json()
    assert (events[-1]["name"], events[-1]["amount"]["value"], "idempotencyKey" in events[-1]) == (
        "CANCELLED",
        1500,
        False,
    )
    assert (await merchant.get(reference)).json()["aggregate"]["cancelledAmount"]["value"] == 1500


@pytest.mark.anyio
async def test_what_is_all_captured_is_left_alone_at_the_deadline(merchant: Merchant) -> None:
    await merchant.capture(await merchant.approved_payment(), 2000)
    assert await merchant.advance("P365D") == []


@pytest.mark.anyio
@pytest.mark.parametrize(("market", "currency", "days"), [("NO", "NOK", 180), ("DK", "DKK", 14), ("FI", "EUR", 14)])
async def test_each_market_has_its_own_time_to_capture(
    merchant: Merchant, market: str, currency: str, days: int
) -> None:
    await merchant.configure(market=market)
    await merchant.approved_payment(order(amount={"currency": currency, "value": 2000}))
    assert await merchant.advance(f"P{days - 1}D") == []
    assert [fact["fact"] for fact in await merchant.advance("P1D")] == ["PaymentCancelled"]


@pytest.mark.anyio
async def test_a_reservation_keeps_the_deadline_of_its_approval(merchant: Merchant) -> None:
    """A window that is changed later is for later approvals."""
    reference = await merchant.approved_payment()
    await merchant.configure(captureWindow="P1D")
    assert await merchant.advance("P2D") == []
    await merchant.log_in()
    assert (await merchant.capture(reference, 2000)).status_code == 200


@pytest.mark.anyio
async def test_what_is_on_nobodys_phone_is_said_to_be_opened_by_its_link(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    refused = await merchant.customer().act("approve", reference)
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        (
            f"approve of {reference} is not on the screen of {ADA} now: "
            "the request is on nobody's phone; `open` it first, as who follows its link does."
        ),
    )
