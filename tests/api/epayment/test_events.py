"""The event log of a payment."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.domain.identity import event_psp_reference
from tests.api.merchant import ADA, Merchant, WallClock, order, schema_problem, told


async def _events(merchant: Merchant, reference: str) -> list[dict[str, Any]]:
    answer = await merchant.get(reference, "/events")
    assert answer.status_code == 200
    events: list[dict[str, Any]] = answer.json()
    return events


def _event(
    merchant: Merchant, reference: str, place: int, name: str, value: int, timestamp: str, key: str | None
) -> dict[str, Any]:
    event = {
        "reference": reference,
        "pspReference": event_psp_reference(merchant.msn, reference, place),
        "name": name,
        "amount": {"currency": "NOK", "value": value},
        "timestamp": timestamp,
        "success": True,
    }
    return event if key is None else {**event, "idempotencyKey": key}


@pytest.mark.shows("getPaymentEventLog", 200)
@pytest.mark.anyio
async def test_all_that_a_merchant_is_told_of_a_paid_payment(merchant: Merchant, wall: WallClock) -> None:
    """Creations have seven decimals, all else has three; an approval carries the key of the create call."""
    reference = (await merchant.create(order(), key="create-key")).json()["reference"]
    wall.wait(timedelta(seconds=1.5))
    await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    wall.wait(timedelta(seconds=1))
    await merchant.capture(reference, 500, key="capture-key")
    wall.wait(timedelta(seconds=1))
    await merchant.cancel(reference)
    wall.wait(timedelta(seconds=1))
    await merchant.refund(reference, 400, key="refund-key")
    assert await _events(merchant, reference) == [
        _event(merchant, reference, 0, "CREATED", 2000, "2023-08-25T08:00:00.1234560Z", "create-key"),
        _event(merchant, reference, 1, "AUTHORIZED", 2000, "2023-08-25T08:00:01.623Z", "create-key"),
        _event(merchant, reference, 2, "CAPTURED", 500, "2023-08-25T08:00:02.623Z", "capture-key"),
        _event(merchant, reference, 3, "CANCELLED", 1500, "2023-08-25T08:00:03.623Z", None),
        _event(merchant, reference, 4, "REFUNDED", 400, "2023-08-25T08:00:04.623Z", "refund-key"),
    ]


@pytest.mark.anyio
async def test_decimals_are_there_even_when_they_are_zero(merchant: Merchant) -> None:
    await merchant.control("PUT", "/clock", {"now": "2023-09-01T08:00:00Z", "frozen": True})
    await merchant.log_in()
    reference = await merchant.approved_payment()
    assert [event["timestamp"] for event in await _events(merchant, reference)] == [
        "2023-09-01T08:00:00.0000000Z",
        "2023-09-01T08:00:00.000Z",
    ]


@pytest.mark.anyio
async def test_a_payment_that_nobody_answers_expires(merchant: Merchant) -> None:
    reference = (await merchant.create(order(), key="a-key")).json()["reference"]
    await merchant.advance("PT20M")
    assert await _events(merchant, reference) == [
        _event(merchant, reference, 0, "CREATED", 2000, "2023-08-25T08:00:00.1234560Z", "a-key"),
        _event(merchant, reference, 1, "EXPIRED", 2000, "2023-08-25T08:10:00.123Z", None),
    ]


@pytest.mark.anyio
async def test_a_payment_that_its_customer_rejects_is_aborted(merchant: Merchant) -> None:
    reference = (await merchant.create(order(), key="a-key")).json()["reference"]
    await merchant.customer().open(reference)
    await merchant.customer().reject(reference)
    assert await _events(merchant, reference) == [
        _event(merchant, reference, 0, "CREATED", 2000, "2023-08-25T08:00:00.1234560Z", "a-key"),
        _event(merchant, reference, 1, "ABORTED", 2000, "2023-08-25T08:00:00.123Z", None),
    ]


@pytest.mark.anyio
async def test_a_payment_that_its_merchant_cancels_first_is_terminated(merchant: Merchant) -> None:
    reference = (await merchant.create(order(), key="a-key")).json()["reference"]
    await merchant.cancel(reference)
    assert await _events(merchant, reference) == [
        _event(merchant, reference, 0, "CREATED", 2000, "2023-08-25T08:00:00.1234560Z", "a-key"),
        _event(merchant, reference, 1, "TERMINATED", 2000, "2023-08-25T08:00:00.123Z", None),
    ]


@pytest.mark.anyio
async def test_a_card_that_was_declined_before_another_paid_leaves_no_event(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    ada = merchant.customer()
    await ada.open(reference)
    await ada.decline_card(reference)
    await ada.approve(reference)
    assert [event["name"] for event in await _events(merchant, reference)] == ["CREATED", "AUTHORIZED"]


@pytest.mark.anyio
async def test_two_partial_captures_are_two_events(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 500)
    await merchant.capture(reference, 1500)
    captured = (await _events(merchant, reference))[2:]
    assert [(event["name"], event["amount"]["value"]) for event in captured] == [
        ("CAPTURED", 500),
        ("CAPTURED", 1500),
    ]


@pytest.mark.anyio
async def test_what_is_refused_is_no_event(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    before = await _events(merchant, reference)
    await merchant.capture(reference, 2001)
    await merchant.refund(reference, 1)
    assert await _events(merchant, reference) == before


@pytest.mark.shows("getPaymentEventLog", 400, "fields")
@pytest.mark.anyio
async def test_the_events_are_asked_with_a_serial_number_that_is_one(merchant: Merchant) -> None:
    answer = await merchant.call(
        "GET", "/epayment/v1/payments/a/events", headers={"Merchant-Serial-Number": "not a number"}
    )
    reason = "The field MerchantSerialNumber must match the regular expression '^[0-9]{4,10}$'."
    assert (answer.status_code, told(answer)) == (
        400,
        schema_problem("/v1/payments/a/events", {"Merchant-Serial-Number": reason}),
    )
