"""Express: goods and their shipping are paid together, and the merchant is told where to."""

from typing import Any, Final

import pytest

from sandbox.domain.identity import sub
from tests.api.merchant import ADA, Merchant, aggregate, order, payment_view, schema_problem, told


def _option(name: str, value: int, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name.title(), "amount": {"currency": "NOK", "value": value}, **more}


_FIXED: Final = {
    "fixedOptions": [
        {"type": "HOME_DELIVERY", "brand": "BRING", "options": [_option("door", 9900)], "priority": 2},
        {
            "type": "MAILBOX",
            "brand": "POSTEN",
            "options": [_option("mailbox", 4900, isDefault=True, estimatedDelivery="tomorrow")],
            "isDefault": True,
            "priority": 1,
        },
    ],
    "allowedCountries": ["NO"],
}
_DYNAMIC: Final = {"dynamicOptions": {"callbackUrl": "https://example.com/shipping"}}


def _express(shipping: Any = _FIXED, **changes: Any) -> dict[str, Any]:
    return order(profile={"scope": "name address email phoneNumber"}, shipping=shipping, **changes)


async def _on_screen(merchant: Merchant) -> str:
    """Create an Express payment and have Ada open it; return its reference."""
    reference = await merchant.new_payment(_express())
    ada = merchant.customer()
    await ada.open(reference)
    await ada.share(reference)
    return reference


async def _approve(merchant: Merchant, reference: str, option: str) -> int:
    body = {"reference": reference, "shippingOptionId": option}
    return (await merchant.control("POST", f"/customers/{ADA}/approve", body)).status_code


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("asked", "name", "cost"), [("door", "Door", 9900), ("mailbox", "Mailbox", 4900), (None, "Mailbox", 4900)]
)
async def test_what_the_customer_chose_is_authorized_with_the_goods(
    merchant: Merchant, asked: str | None, name: str, cost: int
) -> None:
    """The amount stays that of the goods; without a choice, the default counts."""
    reference = await _on_screen(merchant)
    if asked is None:
        await merchant.customer().approve(reference)
    else:
        assert await _approve(merchant, reference, asked) == 200
    address = {"addressLine1": "Suburbia 23", "city": "OSLO", "country": "NO", "postCode": "2101"}
    shown = (await merchant.get(reference)).json()
    details = shown.pop("userDetails")
    assert shown == payment_view(
        merchant,
        reference,
        "AUTHORIZED",
        aggregate=aggregate(2000 + cost),
        paymentMethod={"type": "WALLET", "cardBin": "540185"},
        profile={"sub": sub(merchant.msn, ADA)},
        shippingDetails={
            "address": address,
            "shippingCost": cost,
            "shippingOptionId": name.lower(),
            "shippingOptionName": name,
        },
        captureGuaranteedUntil="2023-09-24T08:00:00.123+00:00",
    )
    assert (details["firstName"], details["mobileNumber"], details["addresses"][0]) == ("Ada", ADA, address)


@pytest.mark.anyio
async def test_the_event_log_tells_what_was_authorized_and_all_of_it_can_be_captured(merchant: Merchant) -> None:
    reference = await _on_screen(merchant)
    await _approve(merchant, reference, "mailbox")
    events = (await merchant.get(reference, "/events")).json()
    assert [(event["name"], event["amount"]["value"]) for event in events] == [
        ("CREATED", 2000),
        ("AUTHORIZED", 6900),
    ]
    assert (await merchant.capture(reference, 6900)).json()["aggregate"] == aggregate(6900, 6900)


@pytest.mark.anyio
async def test_an_option_that_is_not_offered_cannot_be_chosen(merchant: Merchant) -> None:
    reference = await _on_screen(merchant)
    assert 400 <= await _approve(merchant, reference, "drone") < 500
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference)


@pytest.mark.anyio
async def test_nothing_is_shown_of_shipping_before_the_approval(merchant: Merchant) -> None:
    reference = await merchant.new_payment(_express())
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference)


@pytest.mark.anyio
@pytest.mark.parametrize("shipping", [{}, {"allowedCountries": ["NO"]}, {**_FIXED, **_DYNAMIC}])
async def test_there_are_fixed_options_or_somewhere_to_ask_for_them(strict: Merchant, shipping: Any) -> None:
    answer = await strict.create(_express(shipping))
    assert (answer.status_code, told(answer)) == (
        400,
        schema_problem(
            "/v1/payments",
            {
                "shipping": (
                    "The Shipping field is not valid. Exactly one of fixedOptions and dynamicOptions must be set."
                )
            },
        ),
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    "change",
    [
        {"type": "BY_FOOT"},
        {"brand": "ACME"},
        {"options": None},
        {"options": [{"id": "a", "name": "A"}]},
        {"options": [_option("a", -1)]},
        {"options": [_option("a", 1.5)]},
        {"priority": "first"},
    ],
)
async def test_a_group_that_is_none_is_refused(merchant: Merchant, change: dict[str, Any]) -> None:
    group = {name: value for name, value in (_FIXED["fixedOptions"][0] | change).items() if value is not None}
    answer = await merchant.create(_express({"fixedOptions": [group]}))
    assert (answer.status_code, told(answer)["title"]) == (400, "Bad Request")


@pytest.mark.anyio
@pytest.mark.parametrize("countries", [["NOR"], ["no"], [""], "NO"])
async def test_countries_have_two_letters(merchant: Merchant, countries: Any) -> None:
    assert (await merchant.create(_express({**_FIXED, "allowedCountries": countries}))).status_code == 400


@pytest.mark.anyio
async def test_what_is_specified_of_express_is_taken_by_the_strict_profile(strict: Merchant) -> None:
    for shipping in (_FIXED, _DYNAMIC):
        assert (await strict.create(_express(shipping))).status_code == 201
