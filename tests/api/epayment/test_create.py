"""`POST /epayment/v1/payments`: what comes back, and what is said of fields that do not have the specified form."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.api.links import landing_page_url
from tests.api.merchant import (
    ADA,
    HOST,
    INVOICE,
    ORDER_LINE,
    RECEIPT,
    Merchant,
    changed,
    notes,
    order,
    payment_view,
    schema_problem,
    told,
)

_REFERENCE = "acme-shop-123"


@pytest.mark.shows("createPayment", 201)
@pytest.mark.anyio
@pytest.mark.parametrize("user_flow", ["WEB_REDIRECT", "NATIVE_REDIRECT"])
async def test_a_payment_by_link_is_answered_with_its_reference_and_link(merchant: Merchant, user_flow: str) -> None:
    created = await merchant.create(order(reference=_REFERENCE, userFlow=user_flow))
    assert (created.status_code, created.json(), notes(created)) == (
        201,
        {"reference": _REFERENCE, "redirectUrl": landing_page_url(HOST, merchant.msn, _REFERENCE)},
        [],
    )
    assert created.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.shows("createPayment", 201)
@pytest.mark.anyio
async def test_a_payment_by_push_message_is_answered_with_its_reference_alone(merchant: Merchant) -> None:
    created = await merchant.create(order(reference=_REFERENCE, userFlow="PUSH_MESSAGE", returnUrl=None))
    assert (created.status_code, created.json()) == (201, {"reference": _REFERENCE})


@pytest.mark.anyio
@pytest.mark.parametrize("profile", ["lenient", "strict"])
async def test_a_body_with_every_field_is_taken_by_either_profile(merchant: Merchant, profile: str) -> None:
    await merchant.configure(profile=profile)
    created = await merchant.create(INVOICE)
    assert (created.status_code, notes(created)) == (201, [])


@pytest.mark.anyio
async def test_a_payment_needs_no_customer_where_a_link_leads_to_it(strict: Merchant) -> None:
    assert (await strict.create(order(customer=None))).status_code == 201
    assert (await strict.create(order(customer={}))).status_code == 201


@pytest.mark.shows("getPayment", 200)
@pytest.mark.anyio
async def test_a_new_payment_is_shown_with_its_link_and_nothing_authorized(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    shown = await merchant.get(reference)
    assert (shown.status_code, shown.json()) == (200, payment_view(merchant, reference))


@pytest.mark.anyio
async def test_a_payment_by_push_message_shows_no_link(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference, redirectUrl=None)


@pytest.mark.anyio
async def test_metadata_come_back_as_they_were_sent(merchant: Merchant) -> None:
    metadata = {"key with blank": "æøå 💸", "snake_case": "", "k" * 100: "v" * 500, "4": "4", "": "empty key"}
    reference = await merchant.new_payment(order(metadata=metadata))
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference, metadata=metadata)


@pytest.mark.anyio
async def test_empty_metadata_come_back_empty(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(metadata={}))
    assert (await merchant.get(reference)).json()["metadata"] == {}


@pytest.mark.anyio
async def test_a_receipt_is_shown_by_order_management_and_not_by_the_payment(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(receipt=RECEIPT))
    assert (await merchant.get_order(reference)).json() == {"receipt": RECEIPT}
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference)


@pytest.mark.anyio
async def test_a_receipt_comes_back_without_what_is_deprecated_and_with_what_it_means(merchant: Merchant) -> None:
    """A terminalId is a posId; totals are derived from the lines; a quantity is in pieces unless told otherwise."""
    line = {**ORDER_LINE, "taxRate": None, "taxPercentage": 25, "unitInfo": {"unitPrice": 400, "quantity": "2.5"}}
    del line["taxRate"]
    bottom_line = {
        "currency": "NOK",
        "terminalId": "pos_122",
        "giftCardAmount": 1,
        "totalAmount": 2,
        "totalTax": 3,
        "totalDiscount": 4,
        "shippingAmount": 5,
        "shippingInfo": {"amount": 1, "amountExcludingTax": 1, "taxAmount": 0, "taxPercentage": 0},
    }
    reference = await merchant.new_payment(order(receipt={"orderLines": [line], "bottomLine": bottom_line}))
    unit_info = {"unitPrice": 400, "quantity": "2.5", "quantityUnit": "PCS"}
    assert (await merchant.get_order(reference)).json() == {
        "receipt": {
            "orderLines": [{**line, "unitInfo": unit_info}],
            "bottomLine": {"currency": "NOK", "posId": "pos_122"},
        }
    }


@pytest.mark.anyio
async def test_every_field_of_a_receipt_comes_back(merchant: Merchant) -> None:
    await merchant.new_payment(INVOICE)
    assert (await merchant.get_order(INVOICE["reference"])).json() == {"receipt": INVOICE["receipt"]}


@pytest.mark.shows("createPayment", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("place", "value", "name", "reason"),
    [
        (
            ("reference",),
            "short",
            "reference",
            "The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'.",
        ),
        (
            ("reference",),
            "x" * 65,
            "reference",
            "The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'.",
        ),
        (
            ("reference",),
            "acme_shop_1",
            "reference",
            "The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'.",
        ),
        (
            ("reference",),
            "acme-shop-1\n",
            "reference",
            "The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'.",
        ),
        (
            ("paymentDescription",),
            "ab",
            "paymentDescription",
            "The field PaymentDescription must be a string with a minimum length of 3 and a maximum length of 100.",
        ),
        (
            ("paymentDescription",),
            "x" * 101,
            "paymentDescription",
            "The field PaymentDescription must be a string with a minimum length of 3 and a maximum length of 100.",
        ),
        (
            ("returnUrl",),
            "https://example.com/" + "x" * 2500,
            "returnUrl",
            "The field ReturnUrl must be a string with a maximum length of 2500.",
        ),
        (
            ("receiptUrl",),
            "https://example.com/" + "x" * 2500,
            "receiptUrl",
            "The field ReceiptUrl must be a string with a maximum length of 2500.",
        ),
        (("amount", "value"), -1, "amount.value", "The field Value must be between 0 and 65000000."),
        (("amount", "value"), 65_000_001, "amount.value", "The field Value must be between 0 and 65000000."),
        (("amount", "value"), 10**400, "amount.value", "The field Value must be between 0 and 65000000."),
        (("amount", "currency"), "XXX", "amount.currency", "The value 'XXX' is not valid for Currency."),
        (("userFlow",), "FOO", "userFlow", "The value 'FOO' is not valid for UserFlow."),
        (("paymentMethod", "type"), "CASH", "paymentMethod.type", "The value 'CASH' is not valid for Type."),
        (
            ("expiresAt",),
            "2023-09-15",
            "expiresAt",
            (
                "The field ExpiresAt must match the regular expression "
                r"'^((?:(\d{4}-\d{2}-\d{2})(T|t)(\d{2}:\d{2}:\d{2}(?:\.\d+)?))"
                r"(Z|z|([+-](?:2[0-3]|[01][0-9]):[0-5][0-9])))$'."
            ),
        ),
        (
            ("expiresAt",),
            "2023-02-30T00:00:00Z",
            "expiresAt",
            "The ExpiresAt field is not valid. It is not a date and time that exists.",
        ),
        (
            ("expiresAt",),
            "9999-12-31T23:59:59-23:00",
            "expiresAt",
            "The ExpiresAt field is not valid. It is not a date and time that exists.",
        ),
        (
            ("receipt", "orderLines", 0, "taxRate"),
            10_001,
            "receipt.orderLines[0].taxRate",
            "The field TaxRate must be between 0 and 10000.",
        ),
        (
            ("receipt", "orderLines", 0, "unitInfo", "quantity"),
            "12345678901",
            "receipt.orderLines[0].unitInfo.quantity",
            "The field Quantity must be a string with a maximum length of 10.",
        ),
        (
            ("receipt", "orderLines", 0, "unitInfo", "quantity"),
            "two",
            "receipt.orderLines[0].unitInfo.quantity",
            r"The field Quantity must match the regular expression '^\d+([\.]\d{1,8})?$'.",
        ),
        (
            ("receipt", "orderLines", 0, "taxPercentage"),
            25,
            "receipt.orderLines[0]",
            "The OrderLines field is not valid. Exactly one of taxRate and taxPercentage must be set.",
        ),
        (
            ("receipt", "orderLines"),
            [],
            "receipt.orderLines",
            "The OrderLines field is not valid. List should have at least 1 item after validation, not 0.",
        ),
    ],
)
async def test_a_field_of_the_wrong_form_is_told_in_the_words_of_the_real_server(
    merchant: Merchant, place: tuple[str | int, ...], value: Any, name: str, reason: str
) -> None:
    answer = await merchant.create(changed(INVOICE, place, value))
    assert (answer.status_code, told(answer)) == (400, schema_problem("/v1/payments", {name: reason}))
    assert (answer.headers["Content-Type"], answer.headers["Content-Language"]) == ("application/problem+json", "en")
    assert await merchant.stored() == 1


@pytest.mark.shows("createPayment", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize("missing", ["amount", "paymentMethod", "reference", "userFlow"])
async def test_a_missing_field_is_named(merchant: Merchant, missing: str) -> None:
    answer = await merchant.create(order(**{missing: None}))
    reason = f"The {missing[0].upper()}{missing[1:]} field is required."
    assert (answer.status_code, told(answer)) == (400, schema_problem("/v1/payments", {missing: reason}))


@pytest.mark.anyio
async def test_all_wrong_fields_are_named_at_once(merchant: Merchant) -> None:
    answer = await merchant.create({"amount": {"currency": "NOK"}, "userFlow": "FOO", "paymentMethod": {}})
    assert told(answer) == schema_problem(
        "/v1/payments",
        {
            "amount.value": "The Value field is required.",
            "paymentMethod.type": "The Type field is required.",
            "reference": "The Reference field is required.",
            "userFlow": "The value 'FOO' is not valid for UserFlow.",
        },
    )


@pytest.mark.anyio
async def test_no_more_than_twenty_wrong_fields_are_named(merchant: Merchant) -> None:
    receipt = {"orderLines": [{}] * 30, "bottomLine": {"currency": "NOK"}}
    answer = await merchant.create(order(receipt=receipt))
    assert len(told(answer)["extraDetails"]) == 20


@pytest.mark.anyio
async def test_a_body_of_nothing_but_errors_is_refused_quickly(merchant: Merchant) -> None:
    """Telling each of a million errors takes many seconds, and nobody reads them."""
    receipt = {"orderLines": [1] * 5_000, "bottomLine": {"currency": "NOK"}}
    answer = await merchant.create(order(receipt=receipt))
    assert told(answer) == schema_problem("/v1/payments", {"$": "The body has 5000 errors."})


@pytest.mark.shows("createPayment", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "The body is not valid JSON: EOF while parsing a value at line 1 column 0."),
        (b"{", "The body is not valid JSON: EOF while parsing an object at line 1 column 1."),
        (b'{"reference": "a",}', "The body is not valid JSON: trailing comma at line 1 column 19."),
        (b"[]", "The Body field is not valid. Input should be an object."),
        (b"null", "The Body field is not valid. Input should be an object."),
        (b'"text"', "The Body field is not valid. Input should be an object."),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(merchant: Merchant, body: bytes, reason: str) -> None:
    answer = await merchant.create(body)
    assert (answer.status_code, told(answer)) == (400, schema_problem("/v1/payments", {"$": reason}))


@pytest.mark.anyio
async def test_of_a_field_given_twice_the_last_counts(merchant: Merchant) -> None:
    body = (
        b'{"amount":{"currency":"NOK","value":1000,"value":2000},"paymentMethod":{"type":"WALLET"},'
        b'"reference":"first-one","reference":"acme-shop-1","userFlow":"WEB_REDIRECT",'
        b'"returnUrl":"https://example.com"}'
    )
    assert (await merchant.create(body)).json()["reference"] == "acme-shop-1"
    assert (await merchant.get("acme-shop-1")).json()["amount"]["value"] == 2000


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/redirect?reference=1#top",
        "myapp://thanks",
        "https://example.com:8443/æøå",
        "https://[::1]:8080/",
    ],
)
async def test_a_return_url_may_be_https_or_an_apps_own(strict: Merchant, url: str) -> None:
    assert (await strict.create(order(returnUrl=url))).status_code == 201


@pytest.mark.shows("createPayment", 400, "4090")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp:/example.com",
        "example.com",
        "javascript:alert(1)",
        "javascript://example.com/%0aalert(1)",
        "https://",
        "https://example.com/a b",
        "https://example.com/\r\nSet-Cookie: a=b",
        "https://user@example.com/",
        "https://example.com:port/",
        "https://example.com\\@evil.com/",
        "",
    ],
)
async def test_a_return_url_that_leads_nowhere_good_is_refused(merchant: Merchant, url: str) -> None:
    answer = await merchant.create(order(returnUrl=url))
    assert (answer.status_code, told(answer)["title"], told(answer)["detail"]) == (
        400,
        "Invalid URL",
        "The parameter returnUrl is invalid.",
    )


@pytest.mark.shows("createPayment", 400, "4070")
@pytest.mark.anyio
@pytest.mark.parametrize("phone_number", ["+4791234567", "91234567", "47 91234567", "0" * 16, "", "4791234567\n"])
async def test_a_phone_number_is_digits_with_country_code(merchant: Merchant, phone_number: str) -> None:
    answer = await merchant.create(order(customer={"phoneNumber": phone_number}))
    assert (answer.status_code, told(answer)["title"]) == (400, "Invalid phone number")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("amount", "status"),
    [
        ({"currency": "NOK", "value": 99}, 400),
        ({"currency": "NOK", "value": 100}, 201),
        ({"currency": "NOK", "value": 65_000_000}, 201),
        ({"currency": "DKK", "value": 0}, 400),
        ({"currency": "DKK", "value": 1}, 201),
        ({"currency": "EUR", "value": 1}, 201),
    ],
)
async def test_each_currency_has_its_least_amount(merchant: Merchant, amount: Mapping[str, Any], status: int) -> None:
    assert (await merchant.create(order(amount=amount))).status_code == status


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("expires_at", "status"),
    [
        ("2023-08-25T08:10:00.123456Z", 400),  # exactly ten minutes
        ("2023-08-25T08:10:00.123457Z", 201),
        ("2023-08-25t10:10:01+02:00", 201),
        ("2023-10-24T08:00:00.123455Z", 201),
        ("2023-10-24T08:00:00.123456Z", 400),  # exactly sixty days
        ("2023-09-15T00:00:00.123456789123Z", 201),
    ],
)
async def test_a_payment_lives_more_than_ten_minutes_and_less_than_sixty_days(
    merchant: Merchant, expires_at: str, status: int
) -> None:
    body = order(expiresAt=expires_at, receipt=RECEIPT)
    assert (await merchant.create(body)).status_code == status


@pytest.mark.anyio
async def test_a_payment_without_expiry_lives_for_ten_minutes(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.control("PUT", "/clock", {"now": "2023-08-25T08:10:00.123455Z", "frozen": True})
    assert (await merchant.get(reference)).status_code == 200
    await merchant.control("PUT", "/clock", {"now": "2023-08-25T08:10:00.123456Z", "frozen": True})
    assert (await merchant.get(reference)).json() == payment_view(merchant, reference, "EXPIRED")


@pytest.mark.anyio
async def test_ada_gets_a_push_message_at_once(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    phone = await merchant.customer(ADA).phone()
    assert phone["inbox"]["pushes"] == [
        {
            "reminder": False,
            "reference": reference,
            "at": "2023-08-25T08:00:00.123Z",
            "text": "Acme Shop sent you a request for 20 kr.",
        }
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("first", ["5", "[1]", '"ab"', "null", '{"a": "1"}'])
async def test_of_two_members_of_one_name_the_last_counts(merchant: Merchant, first: str) -> None:
    body = json.dumps(order(reference="acme-shop-1"))[:-1] + f', "metadata": {first}, "metadata": {{"a": "b"}}}}'
    assert (await merchant.create(body.encode())).status_code == 201
    assert (await merchant.get("acme-shop-1")).json()["metadata"] == {"a": "b"}


@pytest.mark.anyio
async def test_a_customer_who_is_nobody_stays_the_answer_to_the_key(merchant: Merchant) -> None:
    body = order(customer={"personalQr": "https://example.com"})
    refused = await merchant.create(body, key="k")
    assert refused.json()["extraDetails"][0]["reason"] == "4060"
    again = await merchant.create(body, key="k")
    assert again.json()["extraDetails"] == refused.json()["extraDetails"]
    mended = await merchant.create(order(reference=body["reference"]), key="k")
    assert mended.json()["extraDetails"][0]["reason"] == "4020"
