"""Payments by card, without the app, and cards that are passed through to payment service providers."""

from typing import Any, Final

import pytest

from tests.api.merchant import Merchant, aggregate, notes, order, payment_view, told

_CARD: Final = {"type": "CARD"}
_PASSED: Final = {"type": "CARD_PASSTHROUGH"}
_PASSTHROUGH: Final = {
    "pspReference": "psp-1",
    "cardCallbackUrl": "https://example.com/card",
    "allowedCardTypes": ["VISA_DEBIT", "MC_CREDIT"],
}


def _codes(answer: Any) -> tuple[int, list[str]]:
    return answer.status_code, [detail["reason"] for detail in told(answer)["extraDetails"]]


@pytest.mark.anyio
async def test_a_payment_by_card_is_created_and_said_to_be_rare(merchant: Merchant) -> None:
    created = await merchant.create(order(reference="acme-shop-1", paymentMethod=_CARD))
    assert (created.status_code, notes(created)) == (
        201,
        ["CARD is not available in the real test environment, and in production by agreement only."],
    )
    assert (await merchant.get("acme-shop-1")).json() == payment_view(
        merchant, "acme-shop-1", paymentMethod=_CARD, redirectUrl=created.json()["redirectUrl"]
    )


@pytest.mark.anyio
async def test_a_card_is_shown_by_its_first_six_digits(merchant: Merchant) -> None:
    """Nobody's phone and nobody's profile is in it."""
    reference = await merchant.new_payment(order(paymentMethod=_CARD, profile={"scope": "name"}))
    for step in ({"action": "enter", "number": "4111 1111 1111 1111"}, {"action": "confirm"}):
        assert (await merchant.control("POST", f"/payments/{reference}/card", step)).status_code == 200
    assert (await merchant.get(reference)).json() == payment_view(
        merchant,
        reference,
        "AUTHORIZED",
        aggregate=aggregate(2000),
        paymentMethod={"type": "CARD", "cardBin": "411111"},
        captureGuaranteedUntil="2023-09-24T08:00:00.123+00:00",
    )


@pytest.mark.anyio
async def test_a_payment_at_the_bank_cannot_be_cancelled(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(paymentMethod=_CARD))
    await merchant.control("POST", f"/payments/{reference}/card", {"action": "enter", "number": "4111111111111111"})
    assert _codes(await merchant.cancel(reference)) == (409, ["6250"])
    await merchant.control("POST", f"/payments/{reference}/card", {"action": "deny"})
    assert (await merchant.cancel(reference)).json()["state"] == "TERMINATED"


@pytest.mark.anyio
async def test_a_card_that_is_passed_through_is_for_providers_and_approved_as_with_wallet(merchant: Merchant) -> None:
    body = order(paymentMethod=_PASSED, cardPassthrough=_PASSTHROUGH)
    assert _codes(await merchant.create(body)) == (422, ["5070"])
    await merchant.configure(cardPassthroughAllowed=True)
    created = await merchant.create(body)
    assert (created.status_code, notes(created)) == (
        201,
        ["The sandbox posts no card to cardCallbackUrl; the customer approves as with WALLET."],
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"paymentMethod": _PASSED}, (400, ["4140"])),
        ({"cardPassthrough": _PASSTHROUGH}, (400, ["4160"])),
        ({"paymentMethod": _CARD, "cardPassthrough": _PASSTHROUGH}, (400, ["4160"])),
    ],
)
async def test_a_card_is_passed_through_with_all_that_it_needs_or_not_at_all(
    merchant: Merchant, changes: dict[str, Any], expected: tuple[int, list[str]]
) -> None:
    await merchant.configure(cardPassthroughAllowed=True)
    assert _codes(await merchant.create(order(**changes))) == expected


@pytest.mark.anyio
@pytest.mark.parametrize(
    "change",
    [
        {"pspReference": None},
        {"pspReference": "x" * 65},
        {"cardCallbackUrl": "http://example.com/card"},
        {"cardCallbackUrl": None},
        {"allowedCardTypes": None},
        {"allowedCardTypes": ["AMEX"]},
    ],
)
async def test_what_is_passed_through_has_its_form(merchant: Merchant, change: dict[str, Any]) -> None:
    await merchant.configure(cardPassthroughAllowed=True)
    passed = {name: value for name, value in {**_PASSTHROUGH, **change}.items() if value is not None}
    answer = await merchant.create(order(paymentMethod=_PASSED, cardPassthrough=passed))
    assert (answer.status_code, told(answer)["title"]) == (400, "Bad Request")
