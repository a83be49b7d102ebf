"""Capture, refund and cancel: what they answer, and what GET shows afterwards."""

from typing import Any

import pytest

from sandbox.domain.identity import event_psp_reference, sub
from tests.api.merchant import ADA, Merchant, aggregate, order, payment_view, problem, schema_problem, told

_CARD = {"type": "WALLET", "cardBin": "540185"}
_GUARANTEED = "2023-09-24T08:00:00.123+00:00"  # thirty days after the approval


def _modified(merchant: Merchant, reference: str, sums: dict[str, Any], state: str = "AUTHORIZED") -> dict[str, Any]:
    return {
        "amount": {"currency": "NOK", "value": 2000},
        "state": state,
        "aggregate": sums,
        "pspReference": event_psp_reference(merchant.msn, reference, 0),
        "reference": reference,
    }


@pytest.mark.shows("getPayment", 200)
@pytest.mark.anyio
async def test_an_approved_payment_is_shown_with_its_card(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    assert (await merchant.get(reference)).json() == payment_view(
        merchant,
        reference,
        "AUTHORIZED",
        aggregate=aggregate(authorized=2000),
        paymentMethod=_CARD,
        captureGuaranteedUntil=_GUARANTEED,
    )


@pytest.mark.anyio
async def test_an_approved_payment_with_a_scope_shows_who_shared(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(profile={"scope": "name"}))
    assert (await merchant.get(reference)).json()["profile"] == {}
    await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    assert (await merchant.get(reference)).json() == payment_view(
        merchant,
        reference,
        "AUTHORIZED",
        aggregate=aggregate(authorized=2000),
        paymentMethod=_CARD,
        profile={"sub": sub(merchant.msn, ADA)},
        userDetails={"email": "", "firstName": "Ada", "lastName": "Lovelace", "mobileNumber": ""},
        captureGuaranteedUntil=_GUARANTEED,
    )


@pytest.mark.anyio
async def test_what_was_shared_is_shown_for_seven_days(merchant: Merchant) -> None:
    scope = {"scope": "name address email phoneNumber birthDate"}
    reference = await merchant.approved_payment(order(profile=scope))
    details = (await merchant.get(reference)).json()["userDetails"]
    home = {"addressLine1": "Suburbia 23", "city": "OSLO", "country": "NO", "postCode": "2101"}
    assert details.pop("addresses")[0] == home
    assert details == {
        "email": "user@example.com",
        "firstName": "Ada",
        "lastName": "Lovelace",
        "mobileNumber": ADA,
        "dateOfBirth": "1968-07-16",
    }
    await merchant.advance("P7D")
    await merchant.log_in()
    expired = (await merchant.get(reference)).json()["userDetails"]
    assert set(expired.pop("addresses")[0].values()) | set(expired.values()) == {"[Expired]"}


@pytest.mark.shows("capturePayment", 200)
@pytest.mark.shows("refundPayment", 200)
@pytest.mark.anyio
async def test_captures_and_refunds_add_up(merchant: Merchant) -> None:
    """The amount in the answer is the payment's, and the sums are those after the operation."""
    reference = await merchant.approved_payment()
    steps = [
        (merchant.capture, 500, aggregate(2000, captured=500)),
        (merchant.refund, 200, aggregate(2000, captured=500, refunded=200)),
        (merchant.capture, 1500, aggregate(2000, captured=2000, refunded=200)),
        (merchant.refund, 1800, aggregate(2000, captured=2000, refunded=2000)),
    ]
    for modify, value, sums in steps:
        answer = await modify(reference, value)
        assert (answer.status_code, answer.json()) == (200, _modified(merchant, reference, sums))
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (await merchant.get(reference)).json()["aggregate"] == steps[-1][2]


@pytest.mark.shows("cancelPayment", 200)
@pytest.mark.anyio
async def test_cancelling_before_approval_terminates_with_the_whole_amount_cancelled(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    answer = await merchant.cancel(reference)
    sums = aggregate(cancelled=2000)
    assert (answer.status_code, answer.json()) == (200, _modified(merchant, reference, sums, "TERMINATED"))
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference, "TERMINATED", aggregate=sums)


@pytest.mark.shows("cancelPayment", 200)
@pytest.mark.anyio
async def test_cancelling_after_approval_releases_all(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    answer = await merchant.cancel(reference)
    assert (answer.status_code, answer.json()) == (
        200,
        _modified(merchant, reference, aggregate(2000, cancelled=2000)),
    )


@pytest.mark.shows("cancelPayment", 200)
@pytest.mark.anyio
async def test_cancelling_after_a_capture_releases_the_rest(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 250)
    await merchant.refund(reference, 250)
    answer = await merchant.cancel(reference)
    sums = aggregate(2000, captured=250, cancelled=1750, refunded=250)
    assert (answer.status_code, answer.json()) == (200, _modified(merchant, reference, sums))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"false", b" false\n", b'{"cancelTransactionOnly":false}', b'{"cancelTransactionOnly":true}'],
)
async def test_cancel_takes_a_body_or_none(strict: Merchant, body: bytes) -> None:
    reference = await strict.new_payment()
    assert (await strict.cancel(reference, body)).json()["state"] == "TERMINATED"


@pytest.mark.shows("cancelPayment", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"[]", b"null", b"true", b"0", b'""', b"{", b'{"cancelTransactionOnly":"true"}'])
async def test_cancel_refuses_what_is_no_object(merchant: Merchant, body: bytes) -> None:
    """PHP's `json_encode([])` is a type error on the real server."""
    reference = await merchant.new_payment()
    answer = await merchant.cancel(reference, body)
    assert (answer.status_code, told(answer)["title"]) == (400, "Bad Request")
    assert (await merchant.get(reference)).json()["state"] == "CREATED"


@pytest.mark.shows("cancelPayment", 400, "6060")
@pytest.mark.anyio
async def test_cancel_transaction_only_leaves_an_approved_payment_alone(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    before = (await merchant.get(reference)).json()
    answer = await merchant.cancel(reference, {"cancelTransactionOnly": True})
    assert (answer.status_code, told(answer)) == (
        400,
        problem(
            400,
            "6060",
            "Cannot cancel authorized payment",
            f"{reference} is authorized, and cancelTransactionOnly asks to cancel it only while it is not. "
            "Nothing has been cancelled.",
            f"/v1/payments/{reference}/cancel",
        ),
    )
    assert (await merchant.get(reference)).json() == before


@pytest.mark.anyio
async def test_an_idempotency_key_on_cancel_is_ignored(merchant: Merchant) -> None:
    """A production plugin sends the key `1` with every cancel of every order."""
    for _ in range(2):
        reference = await merchant.new_payment()
        path = f"/epayment/v1/payments/{reference}/cancel"
        assert (await merchant.call("POST", path, {}, key="1")).status_code == 200
    assert (await merchant.call("POST", path, {}, key="1")).json()["title"] == "Payment cannot be cancelled"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("capture", marks=pytest.mark.shows("capturePayment", 400, "fields")),
        pytest.param("refund", marks=pytest.mark.shows("refundPayment", 400, "fields")),
    ],
)
@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({}, {"modificationAmount": "The ModificationAmount field is required."}),
        (
            {"modificationAmount": {}},
            {
                "modificationAmount.currency": "The Currency field is required.",
                "modificationAmount.value": "The Value field is required.",
            },
        ),
        (
            {"modificationAmount": {"currency": "NOK", "value": -1}},
            {"modificationAmount.value": "The field Value must be between 0 and 65000000."},
        ),
    ],
)
async def test_a_modification_needs_an_amount(
    merchant: Merchant, operation: str, body: Any, reasons: dict[str, str]
) -> None:
    reference = await merchant.approved_payment()
    answer = await merchant.call("POST", f"/epayment/v1/payments/{reference}/{operation}", body, key="a-key")
    assert (answer.status_code, told(answer)) == (
        400,
        schema_problem(f"/v1/payments/{reference}/{operation}", reasons),
    )


@pytest.mark.shows("capturePayment", 400, "4040")
@pytest.mark.anyio
@pytest.mark.parametrize("value", ["100", 10.5, None, [], True])
async def test_a_modification_takes_whole_numbers_only(strict: Merchant, value: Any) -> None:
    reference = await strict.approved_payment()
    answer = await strict.capture(reference, value)
    assert (answer.status_code, told(answer)) == (
        400,
        problem(
            400,
            "4040",
            "Invalid amount",
            "modificationAmount.value must be a whole number of minor units.",
            f"/v1/payments/{reference}/capture",
        ),
    )


@pytest.mark.shows("refundPayment", 400, "4040")
@pytest.mark.anyio
@pytest.mark.parametrize("amount", [{"currency": "NOK", "value": 0}, {"currency": "EUR", "value": 100}])
async def test_a_refund_is_of_something_in_the_payments_currency(merchant: Merchant, amount: dict[str, Any]) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 2000)
    path = f"/v1/payments/{reference}/refund"
    answer = await merchant.call("POST", f"/epayment{path}", {"modificationAmount": amount}, key="a-key")
    assert (answer.status_code, told(answer)) == (
        400,
        problem(
            400,
            "4040",
            "Invalid amount",
            f"{amount['value'] / 100:.2f} {amount['currency']} is not an amount to capture or refund of {reference}: "
            "it must be more than 0, in NOK.",
            path,
        ),
    )


@pytest.mark.shows("refundPayment", 423, "6160")
@pytest.mark.anyio
async def test_a_refund_of_a_locked_payment_is_retried_with_the_same_key(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 2000)
    await merchant.configure(captureTrouble="locked")
    locked = await merchant.refund(reference, 500, key="a-key")
    assert (locked.status_code, told(locked)) == (
        423,
        problem(
            423,
            "6160",
            "Order processing",
            "Order locked and is already processing",
            f"/v1/payments/{reference}/refund",
        ),
    )
    await merchant.configure(captureTrouble=None)
    assert (await merchant.refund(reference, 500, key="a-key")).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("", id="payment", marks=pytest.mark.shows("getPayment", 404, "5090")),
        pytest.param("/events", id="events", marks=pytest.mark.shows("getPaymentEventLog", 404, "5090")),
    ],
)
async def test_an_unknown_reference_is_not_found(merchant: Merchant, rest: str) -> None:
    answer = await merchant.get("acme-shop-unknown", rest)
    assert (answer.status_code, told(answer), answer.headers["Content-Type"]) == (
        404,
        problem(
            404,
            "5090",
            "Reference not found",
            f"The reference acme-shop-unknown does not exist for MSN {merchant.msn}",
            f"/v1/payments/acme-shop-unknown{rest}",
        ),
        "application/problem+json",
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("capture", marks=pytest.mark.shows("capturePayment", 404, "5090")),
        pytest.param("refund", marks=pytest.mark.shows("refundPayment", 404, "5090")),
        pytest.param("cancel", marks=pytest.mark.shows("cancelPayment", 404, "5090")),
    ],
)
async def test_what_is_not_there_is_not_changed(merchant: Merchant, operation: str) -> None:
    path = f"/v1/payments/acme-shop-unknown/{operation}"
    body = {} if operation == "cancel" else {"modificationAmount": {"currency": "NOK", "value": 100}}
    answer = await merchant.call("POST", f"/epayment{path}", body, key="a-key")
    assert (answer.status_code, told(answer)) == (
        404,
        problem(
            404,
            "5090",
            "Reference not found",
            f"The reference acme-shop-unknown does not exist for MSN {merchant.msn}",
            path,
        ),
    )


@pytest.mark.anyio
async def test_a_reference_counts_in_its_case(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    assert (await merchant.get(reference.upper())).status_code == 404


@pytest.mark.anyio
async def test_what_a_customer_does_not_do_yet_leaves_no_trace(merchant: Merchant) -> None:
    """Opening, putting off and a declined card are invisible to the merchant."""
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE", expiresAt="2023-09-15T00:00:00Z"))
    shown, events = (await merchant.get(reference)).json(), (await merchant.get(reference, "/events")).json()
    ada = merchant.customer()
    await ada.open(reference)
    await ada.decline_card(reference)
    await ada.pay_later(reference)
    assert ((await merchant.get(reference)).json(), (await merchant.get(reference, "/events")).json()) == (
        shown,
        events,
    )


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["reject", "refuse"])
async def test_a_customer_who_says_no_aborts_the_payment(merchant: Merchant, how: str) -> None:
    reference = await merchant.new_payment(order(profile={"scope": "name"} if how == "refuse" else None))
    ada = merchant.customer()
    await ada.open(reference)
    await (ada.refuse if how == "refuse" else ada.reject)(reference)
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference, "ABORTED")
