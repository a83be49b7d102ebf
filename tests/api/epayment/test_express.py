"""Express payments at the wire: what `shipping` may be, and what comes of the option that the customer chooses."""

from typing import Any, Final

import pytest

from tests.api.merchant import ADA, Merchant, aggregate, changed, notes, order, payment_view, problem, told

_MAILBOX: Final = {"id": "mailbox", "name": "Mailbox", "amount": {"currency": "NOK", "value": 4900}}
_HOME: Final = {
    "id": "home",
    "name": "To the door",
    "amount": {"currency": "NOK", "value": 9900},
    "isDefault": True,
    "priority": 1,
    "meta": "before noon",
    "estimatedDelivery": "2 days",
}
_FIXED: Final = {
    "fixedOptions": [
        {"type": "MAILBOX", "brand": "POSTEN", "options": [_MAILBOX], "priority": 2},
        {"type": "HOME_DELIVERY", "brand": "BRING", "options": [_HOME], "isDefault": True, "priority": 1},
    ]
}
_CALLBACK: Final = "https://shop.example.com/shipping"
_DYNAMIC: Final = {"dynamicOptions": {"callbackUrl": _CALLBACK, "callbackAuthorizationToken": "Bearer abc"}}


def _express(shipping: Any = _FIXED, **changes: Any) -> dict[str, Any]:
    scope = {"scope": "name address email phoneNumber"}
    return order(**({"profile": scope, "shipping": shipping} | changes))


def _refused(status: int, code: str, title: str, detail: str) -> tuple[int, Any]:
    return status, problem(status, code, title, detail, "/v1/payments")


@pytest.mark.shows("createPayment", 201)
@pytest.mark.anyio
@pytest.mark.parametrize("shipping", [_FIXED, _DYNAMIC, _FIXED | {"allowedCountries": ["NO", "DK"]}])
@pytest.mark.parametrize("user_flow", ["WEB_REDIRECT", "PUSH_MESSAGE", "QR", "NATIVE_REDIRECT"])
async def test_an_express_payment_is_created_in_every_flow(strict: Merchant, shipping: Any, user_flow: str) -> None:
    created = await strict.create(_express(shipping, userFlow=user_flow))
    assert (created.status_code, notes(created)) == (201, [])


@pytest.mark.anyio
@pytest.mark.parametrize("scope", ["phoneNumber name email address", "name  address email phoneNumber name"])
async def test_the_four_scopes_of_express_may_come_in_any_order(strict: Merchant, scope: str) -> None:
    assert (await strict.create(_express(profile={"scope": scope}))).status_code == 201


@pytest.mark.shows("createPayment", 422, "5070")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "profile", [None, {}, {"scope": "name address email"}, {"scope": "name address email phoneNumber birthDate"}]
)
async def test_express_asks_for_neither_fewer_scopes_nor_more(merchant: Merchant, profile: Any) -> None:
    answer = await merchant.create(_express(profile=profile))
    assert (answer.status_code, told(answer)) == _refused(
        422,
        "5070",
        "Payment cannot be created",
        "The payment cannot be created because of a missing precondition: "
        "with shipping, profile.scope must be exactly: name address email phoneNumber.",
    )


@pytest.mark.shows("createPayment", 403, "5020")
@pytest.mark.anyio
async def test_express_is_for_sales_units_that_may_use_it_and_may_be_tried_again(merchant: Merchant) -> None:
    await merchant.configure(expressAllowed=False)
    body = _express()
    answer = await merchant.create(body, key="a-key")
    assert (answer.status_code, told(answer)) == _refused(
        403,
        "5020",
        "Express payment not allowed",
        f"MSN {merchant.msn} is not allowed to create Express payments.",
    )
    why = (await merchant.last_request())["explanation"]
    assert (why["met"], '{"expressAllowed": true}' in why["accepted"]) == (
        "The setting expressAllowed is false.",
        True,
    )
    await merchant.configure(expressAllowed=True)
    assert (await merchant.create(body, key="a-key")).status_code == 201


@pytest.mark.shows("createPayment", 400, "4160")
@pytest.mark.anyio
async def test_express_does_not_go_with_a_card(merchant: Merchant) -> None:
    answer = await merchant.create(_express(paymentMethod={"type": "CARD"}))
    assert (answer.status_code, told(answer)["detail"]) == (
        400,
        "The payment method type is invalid: shipping goes with WALLET, not with CARD.",
    )


@pytest.mark.anyio
async def test_a_brand_has_one_group_of_a_type(merchant: Merchant) -> None:
    group = _FIXED["fixedOptions"][0]
    answer = await merchant.create(_express({"fixedOptions": [group, group]}))
    assert (answer.status_code, told(answer)["detail"]) == (
        422,
        (
            "The payment cannot be created because of a missing precondition: "
            "shipping has two groups of one brand and type."
        ),
    )


@pytest.mark.anyio
async def test_an_option_costs_what_the_payment_does(merchant: Merchant) -> None:
    shipping = changed(_FIXED, ("fixedOptions", 0, "options", 0, "amount", "currency"), "DKK")
    answer = await merchant.create(_express(shipping))
    assert (answer.status_code, told(answer)["extraDetails"][0]["reason"]) == (400, "5040")


@pytest.mark.shows("createPayment", 400, "4090")
@pytest.mark.anyio
async def test_a_callback_url_is_https_and_in_lenience_a_local_host(merchant: Merchant, strict: Merchant) -> None:
    for url in ("http://shop.example.com", "myapp://shipping", "shipping"):
        answer = await merchant.create(_express({"dynamicOptions": {"callbackUrl": url}}))
        assert (answer.status_code, told(answer)) == _refused(
            400, "4090", "Invalid URL", "The parameter shipping.dynamicOptions.callbackUrl is invalid."
        )
    local = {"dynamicOptions": {"callbackUrl": "http://localhost:3000/shipping"}}
    assert (await strict.create(_express(local))).status_code == 400
    created = await merchant.create(_express(local))
    assert (created.status_code, len(notes(created))) == (201, 1)


@pytest.mark.shows("createPayment", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("shipping", "name"),
    [
        ([], "shipping"),
        ({}, "shipping"),
        (_FIXED | _DYNAMIC, "shipping"),
        ({"fixedOptions": {}}, "shipping.fixedOptions"),
        ({"dynamicOptions": {}}, "shipping.dynamicOptions.callbackUrl"),
        ({"dynamicOptions": {"callbackUrl": "https://" + "x" * 2500}}, "shipping.dynamicOptions.callbackUrl"),
        (_FIXED | {"allowedCountries": ["Norway"]}, "shipping.allowedCountries[0]"),
        (changed(_FIXED, ("fixedOptions", 0, "brand"), "PIGEON"), "shipping.fixedOptions[0].brand"),
        (changed(_FIXED, ("fixedOptions", 0, "type"), "BALLOON"), "shipping.fixedOptions[0].type"),
        (
            changed(_FIXED, ("fixedOptions", 1, "options", 0, "amount", "value"), -1),
            "shipping.fixedOptions[1].options[0].amount.value",
        ),
        ({"fixedOptions": [{"type": "OTHER", "brand": "OTHER"}]}, "shipping.fixedOptions[0].options"),
    ],
)
async def test_what_is_wrong_with_shipping_is_named_and_nothing_is_stored(
    merchant: Merchant, shipping: Any, name: str
) -> None:
    answer = await merchant.create(_express(shipping))
    assert (answer.status_code, [one["name"] for one in told(answer)["extraDetails"]]) == (400, [name])
    assert await merchant.stored() == 1


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["id", "name", "amount"])
async def test_what_an_option_cannot_do_without_is_named(merchant: Merchant, name: str) -> None:
    option = {key: value for key, value in _MAILBOX.items() if key != name}
    group = {"type": "MAILBOX", "brand": "POSTEN", "options": [option]}
    answer = await merchant.create(_express({"fixedOptions": [group]}))
    assert (answer.status_code, told(answer)["extraDetails"][0]["name"]) == (
        400,
        f"shipping.fixedOptions[0].options[0].{name}",
    )


@pytest.mark.shows("getPayment", 200)
@pytest.mark.anyio
async def test_what_shipping_costs_is_approved_with_the_rest(merchant: Merchant) -> None:
    """The payment's amount stays what was asked; what is authorized includes the default option."""
    reference = await merchant.new_payment(_express())
    ada = merchant.customer()
    await ada.open(reference)
    await ada.share(reference)
    await ada.approve(reference)
    shown = (await merchant.get(reference)).json()
    home = {"addressLine1": "Suburbia 23", "city": "OSLO", "country": "NO", "postCode": "2101"}
    assert shown["shippingDetails"] == {
        "address": home,
        "shippingCost": 9900,
        "shippingOptionId": "home",
        "shippingOptionName": "To the door",
    }
    assert shown["aggregate"] == aggregate(authorized=11_900)
    assert shown["amount"]["value"] == 2000
    events = (await merchant.get(reference, "/events")).json()
    assert [(event["name"], event["amount"]["value"]) for event in events] == [
        ("CREATED", 2000),
        ("AUTHORIZED", 11_900),
    ]
    assert (await merchant.capture(reference, 11_900)).status_code == 200


@pytest.mark.anyio
async def test_shipping_is_shown_by_no_payment_before_it_is_chosen(merchant: Merchant) -> None:
    reference = await merchant.new_payment(_express())
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference)


@pytest.mark.shows("forceApprove", 400, "10060")
@pytest.mark.anyio
async def test_express_is_not_approved_by_force(merchant: Merchant) -> None:
    reference = await merchant.new_payment(_express())
    answer = await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    assert (answer.status_code, told(answer)["title"]) == (400, "Operation not supported")
    why = (await merchant.last_request())["explanation"]
    assert why["met"].startswith("CREATED, ")
    assert why["accepted"] == (
        f"No force: have the customer approve: POST /sandbox/units/{merchant.msn}/customers/{ADA}/{{action}} "
        f'with {{"reference": "{reference}"}}, open first.'
    )
