"""Idempotency keys: the same answer again, and nothing done twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.api.merchant import ADA, RECEIPT, Merchant, WallClock, notes, order, problem, schema_problem, told


@pytest.mark.shows("createPayment", 201)
@pytest.mark.anyio
async def test_a_repeated_create_gets_the_very_same_answer_whatever_happened_since(
    merchant: Merchant, wall: WallClock
) -> None:
    body = order(expiresAt="2023-09-15T00:00:00Z", paymentMethod={"type": "wallet"})
    first = await merchant.create(body, key="a-key")
    await merchant.force_approve(body["reference"], {"customer": {"phoneNumber": ADA}})
    await merchant.capture(body["reference"], 2000)
    wall.wait(timedelta(minutes=30))
    again = await merchant.create(body, key="a-key")
    assert (again.status_code, again.content, notes(again)) == (201, first.content, notes(first))


@pytest.mark.shows("capturePayment", 200)
@pytest.mark.anyio
async def test_a_repeated_capture_gets_the_sums_of_its_own_time(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    first = await merchant.capture(reference, 500, key="a-key")
    await merchant.capture(reference, 700, key="another-key")
    await merchant.refund(reference, 100)
    await merchant.cancel(reference)
    before = await merchant.facts()
    again = await merchant.capture(reference, 500, key="a-key")
    assert (again.status_code, again.content) == (200, first.content)
    assert await merchant.facts() == before


@pytest.mark.shows("refundPayment", 200)
@pytest.mark.anyio
async def test_a_repeated_refund_gets_the_sums_of_its_own_time(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 2000)
    first = await merchant.refund(reference, 500, key="a-key")
    await merchant.refund(reference, 700, key="another-key")
    again = await merchant.refund(reference, 500, key="a-key")
    assert (again.status_code, again.content) == (200, first.content)


@pytest.mark.anyio
async def test_two_hundred_creates_at_once_with_one_key_make_one_payment(merchant: Merchant) -> None:
    body = order(userFlow="PUSH_MESSAGE")
    answers = await asyncio.gather(*(merchant.create(body, key="a-key") for _ in range(200)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert [fact["fact"] for fact in await merchant.facts()] == ["UnitProvisioned", "PaymentCreated", "PushSent"]


@pytest.mark.shows("capturePayment", 400, "6090")
@pytest.mark.anyio
async def test_of_many_captures_at_once_no_more_succeed_than_the_amount_allows(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    answers = await asyncio.gather(*(merchant.capture(reference, 600) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [400] * 17
    assert (await merchant.get(reference)).json()["aggregate"]["capturedAmount"]["value"] == 1800


@pytest.mark.anyio
async def test_bodies_that_mean_the_same_are_the_same(merchant: Merchant) -> None:
    """Neither the order of names, nor blanks, nor what lenience mends makes another body."""
    body = order(metadata={"a": "1", "b": "2"})
    await merchant.create(body, key="a-key")
    turned: dict[str, Any] = dict(reversed(body.items()))
    turned["customer"] = {"phoneNumber": int(ADA)}
    turned["metadata"] = {"b": 2, "a": "1"}
    assert (await merchant.create(turned, key="a-key")).status_code == 201
    assert await merchant.stored() == 2


@pytest.mark.shows("createPayment", 409, "4020")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "change", [{"amount": {"currency": "NOK", "value": 2001}}, {"reference": "acme-other-1"}, {"receipt": RECEIPT}]
)
async def test_a_create_key_does_not_come_with_another_body(merchant: Merchant, change: dict[str, Any]) -> None:
    body = order()
    await merchant.create(body, key="a-key")
    answer = await merchant.create(body | change, key="a-key")
    assert (answer.status_code, told(answer)) == (
        409,
        problem(409, "4020", "Idempotency error", "Idempotency-Key a-key already exists.", "/v1/payments"),
    )


@pytest.mark.anyio
async def test_one_key_may_serve_each_operation_of_a_payment(merchant: Merchant) -> None:
    """Production clients use the reference, or `1`, as the key of every operation."""
    body = order()
    reference = body["reference"]
    await merchant.create(body, key=reference)
    await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    assert (await merchant.capture(reference, 1000, key=reference)).status_code == 200
    assert (await merchant.refund(reference, 1000, key=reference)).status_code == 200


@pytest.mark.anyio
async def test_a_capture_key_counts_for_its_payment_alone(merchant: Merchant) -> None:
    for _ in range(2):
        reference = await merchant.approved_payment()
        answer = await merchant.capture(reference, 1000, key="1")
        assert answer.json()["reference"] == reference


@pytest.mark.anyio
async def test_a_create_key_counts_for_its_sales_unit_alone(merchant: Merchant, strict: Merchant) -> None:
    body = order()
    for one in (merchant, strict):
        assert (await one.create(body, key="a-key")).status_code == 201


@pytest.mark.shows("capturePayment", 400, "6080")
@pytest.mark.anyio
async def test_a_refusal_stays_the_answer_to_its_key(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    first = await merchant.capture(reference, 2000, key="a-key")
    await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    again = await merchant.capture(reference, 2000, key="a-key")
    assert (again.status_code, told(again)) == (400, told(first))
    assert (await merchant.capture(reference, 2000, key="another-key")).status_code == 200


@pytest.mark.anyio
async def test_a_refusal_is_forgotten_where_the_sales_unit_says_so(merchant: Merchant) -> None:
    await merchant.configure(stickyRefusals=False)
    reference = await merchant.new_payment()
    assert (await merchant.capture(reference, 2000, key="a-key")).status_code == 400
    await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    assert (await merchant.capture(reference, 2000, key="a-key")).status_code == 200


@pytest.mark.anyio
async def test_a_malformed_body_does_not_spend_its_key(merchant: Merchant) -> None:
    assert (await merchant.create({}, key="a-key")).status_code == 400
    assert (await merchant.create(order(), key="a-key")).status_code == 201


@pytest.mark.anyio
@pytest.mark.parametrize("trouble", ["locked", "funds_unavailable", "try_again"])
async def test_a_capture_that_failed_for_now_is_retried_with_the_same_key(merchant: Merchant, trouble: str) -> None:
    reference = await merchant.approved_payment()
    await merchant.configure(captureTrouble=trouble)
    assert (await merchant.capture(reference, 2000, key="a-key")).status_code in {400, 423}
    await merchant.configure(captureTrouble=None)
    assert (await merchant.capture(reference, 2000, key="a-key")).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("", marks=pytest.mark.shows("createPayment", 400, "fields")),
        pytest.param("/acme-shop-1/capture", marks=pytest.mark.shows("capturePayment", 400, "fields")),
        pytest.param("/acme-shop-1/refund", marks=pytest.mark.shows("refundPayment", 400, "fields")),
    ],
)
@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (None, "The Idempotency-Key field is required."),
        ("", "The Idempotency-Key field is required."),
        ("x" * 51, "The field Idempotency-Key must be a string with a maximum length of 50."),
    ],
)
async def test_a_key_is_required_and_has_at_most_fifty_characters(
    merchant: Merchant, path: str, key: str | None, reason: str
) -> None:
    """Whatever the body, and whether or not the payment exists."""
    answer = await merchant.call("POST", f"/epayment/v1/payments{path}", {}, headers={"Idempotency-Key": key})
    assert (answer.status_code, told(answer)) == (
        400,
        schema_problem(f"/v1/payments{path}", {"Idempotency-Key": reason}),
    )


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["x" * 50, "1", "nøkkel".encode("latin-1"), b"\xff"])
async def test_a_key_is_any_text(merchant: Merchant, key: str | bytes) -> None:
    body = order()
    for _ in range(2):
        created = await merchant.call("POST", "/epayment/v1/payments", body, headers={"Idempotency-Key": key})
        assert created.status_code == 201
    assert await merchant.stored() == 2
