"""Payments by card at the wire: free-standing (CARD), and passed through to the shop's own provider."""

from typing import Any, Final

import pytest

from tests.api.merchant import (
    ADA,
    RECEIPT,
    Merchant,
    aggregate,
    changed,
    notes,
    order,
    payment_view,
    problem,
    told,
)

_PASSTHROUGH: Final = {
    "pspReference": "psp-1",
    "cardCallbackUrl": "https://psp.example.com/card",
    "allowedCardTypes": ["VISA_DEBIT", "VISA_CREDIT", "MC_CREDIT", "MC_DEBIT", "DANKORT"],
    "preferVisaPartOfVisaDankort": True,
    "publicEncryptionKeyId": "1",
}


def _by_card(**changes: Any) -> dict[str, Any]:
    return order(**({"paymentMethod": {"type": "CARD"}, "customer": None} | changes))


def _passed_through(**changes: Any) -> dict[str, Any]:
    method = {"paymentMethod": {"type": "CARD_PASSTHROUGH"}, "cardPassthrough": _PASSTHROUGH}
    return order(**(method | changes))


def _refused(status: int, code: str, title: str, detail: str) -> tuple[int, Any]:
    return status, problem(status, code, title, detail, "/v1/payments")


def _mixed_up(because: str) -> tuple[int, Any]:
    detail = f"The payment method type is invalid: {because}"
    return _refused(400, "4160", "Invalid payment method type", detail)


# --- CARD -----------------------------------------------------------------------------------------------


@pytest.mark.shows("createPayment", 201)
@pytest.mark.anyio
async def test_a_payment_by_card_is_created_with_a_link_and_says_what_production_has(merchant: Merchant) -> None:
    created = await merchant.create(_by_card())
    assert (created.status_code, created.json().keys()) == (201, {"reference", "redirectUrl"})
    assert notes(created) == [
        "CARD is not available in the real test environment, and in production by agreement only."
    ]
    reference = created.json()["reference"]
    shown = payment_view(merchant, reference, paymentMethod={"type": "CARD"})
    assert (await merchant.get(reference)).json() == shown


@pytest.mark.shows("createPayment", 422, "5070")
@pytest.mark.anyio
async def test_a_payment_by_card_is_for_sales_units_that_may_use_it(merchant: Merchant) -> None:
    await merchant.configure(cardAllowed=False)
    answer = await merchant.create(_by_card())
    assert (answer.status_code, told(answer)) == _refused(
        422,
        "5070",
        "Payment cannot be created",
        "The payment cannot be created because of a missing precondition: "
        "free-standing card payments are not available to this sales unit.",
    )


@pytest.mark.shows("createPayment", 400, "4160")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "because"),
    [
        (
            {"userFlow": "PUSH_MESSAGE", "customer": {"phoneNumber": ADA}},
            "CARD goes with the user flow WEB_REDIRECT, not with PUSH_MESSAGE.",
        ),
        ({"userFlow": "QR"}, "CARD goes with the user flow WEB_REDIRECT, not with QR."),
        ({"userFlow": "NATIVE_REDIRECT"}, "CARD goes with the user flow WEB_REDIRECT, not with NATIVE_REDIRECT."),
        ({"receipt": RECEIPT}, "receipt and expiresAt go with WALLET, not with CARD."),
        ({"expiresAt": "2023-09-15T00:00:00Z"}, "receipt and expiresAt go with WALLET, not with CARD."),
        ({"cardPassthrough": _PASSTHROUGH}, "cardPassthrough goes with CARD_PASSTHROUGH, not with CARD."),
    ],
)
async def test_what_belongs_to_the_app_does_not_go_with_a_card(
    merchant: Merchant, changes: dict[str, Any], because: str
) -> None:
    answer = await merchant.create(_by_card(**changes))
    assert (answer.status_code, told(answer)) == _mixed_up(because)
    why = (await merchant.last_request())["explanation"]
    assert why["met"] == f"What does not go together: {because}"
    assert await merchant.stored() == 1


@pytest.mark.anyio
async def test_a_payment_by_card_is_approved_captured_and_cancelled_like_any_other(merchant: Merchant) -> None:
    reference = await merchant.approved_payment(_by_card())
    assert (await merchant.capture(reference, 500)).status_code == 200
    cancelled = await merchant.cancel(reference)
    assert cancelled.json()["aggregate"] == aggregate(authorized=2000, captured=500, cancelled=1500)


@pytest.mark.anyio
async def test_a_payment_by_card_expires_like_any_other(merchant: Merchant) -> None:
    reference = await merchant.new_payment(_by_card())
    await merchant.advance("PT10M")
    assert (await merchant.get(reference)).json()["state"] == "EXPIRED"


# --- CARD_PASSTHROUGH -----------------------------------------------------------------------------------


@pytest.mark.shows("createPayment", 422, "5070")
@pytest.mark.anyio
async def test_a_card_is_passed_through_to_payment_service_providers_only(merchant: Merchant) -> None:
    answer = await merchant.create(_passed_through())
    assert (answer.status_code, told(answer)["detail"]) == (
        422,
        (
            "The payment cannot be created because of a missing precondition: "
            "CARD_PASSTHROUGH is for payment service providers."
        ),
    )


@pytest.mark.shows("createPayment", 201)
@pytest.mark.anyio
@pytest.mark.parametrize("currency", ["NOK", "SEK", "USD", "GBP", "DKK", "EUR"])
async def test_a_card_that_is_passed_through_pays_in_any_currency(merchant: Merchant, currency: str) -> None:
    await merchant.configure(cardPassthroughAllowed=True, market="NO", profile="strict", rateLimits=False)
    created = await merchant.create(_passed_through(amount={"currency": currency, "value": 100}))
    assert (created.status_code, notes(created)) == (
        201,
        ["The sandbox posts no card to cardCallbackUrl; the customer approves as with WALLET."],
    )


@pytest.mark.anyio
@pytest.mark.parametrize("currency", ["SEK", "USD", "GBP"])
async def test_all_other_payments_are_in_the_markets_currencies(merchant: Merchant, currency: str) -> None:
    answer = await merchant.create(order(amount={"currency": currency, "value": 2000}))
    assert (answer.status_code, told(answer)["title"]) == (400, "Invalid currency for merchant")


@pytest.mark.shows("createPayment", 400, "4140")
@pytest.mark.anyio
async def test_a_card_that_is_passed_through_needs_somewhere_to_go(merchant: Merchant) -> None:
    await merchant.configure(cardPassthroughAllowed=True)
    answer = await merchant.create(_passed_through(cardPassthrough=None))
    assert (answer.status_code, told(answer)) == _refused(
        400,
        "4140",
        "Missing required parameter",
        "The parameter cardPassthrough is required. The payment method CARD_PASSTHROUGH needs it.",
    )


@pytest.mark.shows("createPayment", 400, "4160")
@pytest.mark.anyio
async def test_a_wallet_passes_no_card_through(merchant: Merchant) -> None:
    answer = await merchant.create(order(cardPassthrough=_PASSTHROUGH))
    assert (answer.status_code, told(answer)) == _mixed_up(
        "cardPassthrough goes with CARD_PASSTHROUGH, not with WALLET."
    )


@pytest.mark.shows("createPayment", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("pspReference", "x" * 65),
        ("pspReference", None),
        ("cardCallbackUrl", "http://psp.example.com"),
        ("cardCallbackUrl", None),
        ("allowedCardTypes", "VISA_DEBIT"),
        ("allowedCardTypes", None),
        ("preferVisaPartOfVisaDankort", "perhaps"),
    ],
)
async def test_what_is_wrong_with_a_passthrough_is_named(merchant: Merchant, member: str, value: Any) -> None:
    await merchant.configure(cardPassthroughAllowed=True)
    answer = await merchant.create(changed(_passed_through(), ("cardPassthrough", member), value))
    assert (answer.status_code, told(answer)["extraDetails"][0]["name"]) == (400, f"cardPassthrough.{member}")


@pytest.mark.anyio
async def test_an_unknown_type_of_card_is_named(merchant: Merchant) -> None:
    await merchant.configure(cardPassthroughAllowed=True)
    body = changed(_passed_through(), ("cardPassthrough", "allowedCardTypes", 0), "AMEX")
    answer = await merchant.create(body)
    assert (answer.status_code, told(answer)["extraDetails"][0]["name"]) == (
        400,
        "cardPassthrough.allowedCardTypes[0]",
    )


# --- The bank account -----------------------------------------------------------------------------------


@pytest.mark.shows("createPayment", 403, "5060")
@pytest.mark.anyio
async def test_a_sales_unit_without_verified_bank_account_creates_no_payment_and_may_try_again(
    merchant: Merchant,
) -> None:
    await merchant.configure(bankAccountVerified=False)
    body = order()
    answer = await merchant.create(body, key="a-key")
    assert (answer.status_code, told(answer)) == _refused(
        403,
        "5060",
        "Merchant bank account not verified",
        f"The bank account of MSN {merchant.msn} is not verified.",
    )
    await merchant.configure(bankAccountVerified=True)
    assert (await merchant.create(body, key="a-key")).status_code == 201
