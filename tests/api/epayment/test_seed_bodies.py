"""The bodies of Vipps's own invoice guide of 2023, byte for byte."""

from typing import Final

import pytest

from sandbox.api.links import landing_page_url
from sandbox.domain.identity import category_id
from tests.api.merchant import HOST, Merchant, notes, schema_problem, told

_INITIAL: Final = b"""{
  "amount": {
    "currency": "NOK",
    "value": 2000
  },
  "customer": {
    "phoneNumber": 4791234567
  },
  "paymentMethod": {
    "type": "wallet"
  },
  "profile": {
    "scope": "phoneNumber"
  },
  "reference": "acme-shop-123-order123abc",
  "returnUrl": "https://example.com/redirect?orderId=1512202",
  "userFlow": "WEB_REDIRECT"
}"""
_SUBSEQUENT: Final = b"""{
  "amount": {
    "currency": "NOK",
    "value": 2000
  },
  "customer": {
    "phoneNumber": 4791234567
  },
  "paymentMethod": {
    "type": "wallet"
  },
  "reference": "acme-shop-123-order123abc",
  "returnUrl": "https://example.com/redirect?orderId=1512202",
  "userFlow": "PUSH_MESSAGE",
  "expiresAt": "2023-09-15T00:00:00Z"
}"""
_CATEGORY: Final = b"""{
  "category": "GENERAL",
  "orderDetailsUrl": "https://example.com/orderdetails/acme-shop-123-order123abc"
}"""
_ORDER: Final = "acme-shop-123-order123abc"
_NUMBER: Final = "customer.phoneNumber is a number; the specification says string: production may answer 400."
_LOWER_CASE: Final = "paymentMethod.type is 'wallet'; the specification says 'WALLET': production may answer 400."


@pytest.mark.anyio
async def test_the_initial_invoice_is_taken_with_notes(merchant: Merchant) -> None:
    created = await merchant.create(_INITIAL)
    assert (created.status_code, created.json(), notes(created)) == (
        201,
        {"reference": _ORDER, "redirectUrl": landing_page_url(HOST, merchant.msn, _ORDER)},
        [_LOWER_CASE, _NUMBER],
    )


@pytest.mark.anyio
async def test_the_subsequent_invoice_is_taken_with_notes_once_its_category_is_there(merchant: Merchant) -> None:
    """Its expiresAt is of 2023, and so is the sales unit's clock."""
    put = await merchant.call("PUT", f"/v2/ecom/categories/{_ORDER}", _CATEGORY)
    assert (put.status_code, put.json(), notes(put)) == (
        200,
        category_id(merchant.msn, "ECOM", _ORDER),
        ["The path lacks /order-management: production serves this API below it only."],
    )
    created = await merchant.create(_SUBSEQUENT)
    assert (created.status_code, created.json(), notes(created)) == (
        201,
        {"reference": _ORDER},
        [
            _LOWER_CASE,
            _NUMBER,
            "expiresAt without receipt (the category does not replace it): today's production answers 400/6130.",
        ],
    )


@pytest.mark.anyio
async def test_the_subsequent_invoice_is_taken_without_its_category_too(merchant: Merchant) -> None:
    created = await merchant.create(_SUBSEQUENT)
    assert (created.status_code, notes(created)[-1]) == (
        201,
        "expiresAt without receipt (nor is there a category): today's production answers 400/6130.",
    )


@pytest.mark.shows("createPayment", 400, "6120")
@pytest.mark.anyio
async def test_the_subsequent_invoice_is_too_late_on_a_clock_of_today(merchant: Merchant) -> None:
    await merchant.control("PUT", "/clock", {"now": "2026-01-01T00:00:00Z"})
    answer = await merchant.create(_SUBSEQUENT)
    assert (answer.status_code, told(answer)["title"]) == (400, "Expiration date is too soon")


@pytest.mark.shows("createPayment", 409, "4150")
@pytest.mark.anyio
async def test_both_invoices_as_printed_are_one_reference(merchant: Merchant) -> None:
    await merchant.create(_INITIAL)
    answer = await merchant.create(_SUBSEQUENT)
    assert (answer.status_code, told(answer)["detail"]) == (409, f"Reference {_ORDER} already exists.")


@pytest.mark.anyio
@pytest.mark.parametrize("body", [_INITIAL, _SUBSEQUENT])
async def test_the_strict_profile_refuses_either_invoice(strict: Merchant, body: bytes) -> None:
    answer = await strict.create(body)
    assert (answer.status_code, told(answer), notes(answer)) == (
        400,
        schema_problem(
            "/v1/payments",
            {
                "paymentMethod.type": "The value 'wallet' is not valid for Type.",
                "customer.phoneNumber": "The PhoneNumber field is not valid. Input should be a valid string.",
            },
        ),
        [],
    )
    assert await strict.stored() == 2


@pytest.mark.anyio
async def test_the_strict_profile_takes_the_category(strict: Merchant) -> None:
    put = await strict.call("PUT", f"/order-management/v2/ecom/categories/{_ORDER}", _CATEGORY)
    assert (put.status_code, notes(put)) == (200, [])


@pytest.mark.anyio
async def test_the_initial_invoice_is_told_to_its_end(merchant: Merchant) -> None:
    """Ada opens the link, shares her number and pays; the merchant reads the number and captures."""
    await merchant.create(_INITIAL)
    ada = merchant.customer()
    await ada.open(_ORDER)
    await ada.share(_ORDER)
    await ada.approve(_ORDER)
    sub = (await merchant.get(_ORDER)).json()["profile"]["sub"]
    assert (await merchant.userinfo(sub)).json()["phone_number"] == "4791234567"
    assert (await merchant.capture(_ORDER, 2000)).json()["aggregate"]["capturedAmount"]["value"] == 2000


@pytest.mark.anyio
async def test_the_subsequent_invoice_is_put_off_and_paid_a_day_later(merchant: Merchant) -> None:
    await merchant.call("PUT", f"/v2/ecom/categories/{_ORDER}", _CATEGORY)
    await merchant.create(_SUBSEQUENT)
    ada = merchant.customer()
    await ada.open(_ORDER)
    await ada.pay_later(_ORDER)
    assert (await merchant.get(_ORDER)).json()["state"] == "CREATED"
    await merchant.advance("P1D")
    await ada.open(_ORDER)
    await ada.approve(_ORDER)
    await merchant.log_in()
    assert (await merchant.get(_ORDER)).json()["state"] == "AUTHORIZED"
