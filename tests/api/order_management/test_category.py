"""`PUT /order-management/v2/{paymentType}/categories/{orderId}`: the link button of an order."""

from typing import Any

import pytest

from sandbox.domain.identity import category_id
from tests.api.merchant import Merchant, notes, order, told

_CATEGORY = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/orderdetails/acme-shop-1"}
_NO_PREFIX = "The path lacks /order-management: production serves this API below it only."


def _rejected(*reasons: tuple[str, str]) -> dict[str, Any]:
    return {
        "type": "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.1",
        "title": "One or more validation errors occurred.",
        "detail": "BadRequest",
        "instance": "…",
        "invalidParams": [{"name": name, "reason": reason} for name, reason in reasons],
    }


@pytest.mark.shows("put-category-v2", 200)
@pytest.mark.shows("get-order-v2", 200)
@pytest.mark.anyio
@pytest.mark.parametrize("category", ["GENERAL", "RECEIPT", "ORDER_CONFIRMATION", "DELIVERY", "TICKET", "BOOKING"])
async def test_a_category_is_answered_with_its_id_as_a_bare_string(strict: Merchant, category: str) -> None:
    put = await strict.put_category("acme-shop-1", _CATEGORY | {"category": category})
    assert (put.status_code, put.json(), notes(put)) == (200, category_id(strict.msn, "ECOM", "acme-shop-1"), [])
    assert put.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (await strict.get_order("acme-shop-1")).json() == {"category": _CATEGORY | {"category": category}}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/order-management/v2/ecom/categories/acme-shop-1", []),
        ("/order-management/v2/ECOM/categories/acme-shop-1", []),
        ("/order-management/v2/eCom/categories/acme-shop-1", []),
        ("/v2/ecom/categories/acme-shop-1", [_NO_PREFIX]),
        ("/v2/Ecom/categories/acme-shop-1", [_NO_PREFIX]),
    ],
)
async def test_the_path_has_its_prefix_or_not_and_its_payment_type_in_any_case(
    merchant: Merchant, path: str, expected: list[str]
) -> None:
    put = await merchant.call("PUT", path, _CATEGORY)
    assert (put.status_code, notes(put)) == (200, expected)
    for prefix in ("", "/order-management"):
        shown = await merchant.call("GET", f"{prefix}/v2/ecom/acme-shop-1")
        assert shown.json() == {"category": _CATEGORY}


@pytest.mark.anyio
async def test_the_same_order_id_may_be_once_of_either_payment_type(merchant: Merchant) -> None:
    recurring = _CATEGORY | {"category": "BOOKING"}
    first = await merchant.put_category("acme-shop-1", _CATEGORY, "ecom")
    second = await merchant.put_category("acme-shop-1", recurring, "Recurring")
    assert first.json() != second.json()
    assert (await merchant.get_order("acme-shop-1", "ecom")).json() == {"category": _CATEGORY}
    assert (await merchant.get_order("acme-shop-1", "RECURRING")).json() == {"category": recurring}


@pytest.mark.shows("put-category-v2", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize("payment_type", ["checkout", "ecom2", "%00", "\u0131"])
async def test_there_is_no_other_payment_type(merchant: Merchant, payment_type: str) -> None:
    put = await merchant.put_category("acme-shop-1", _CATEGORY, payment_type)
    shown = payment_type.replace("%00", "\x00")
    assert (put.status_code, told(put)) == (400, _rejected(("PaymentType", f"The value '{shown}' is not valid.")))


@pytest.mark.anyio
@pytest.mark.parametrize("order_id", ["1", "a_b.c-D", "x" * 1000])
async def test_an_order_id_is_wider_than_a_reference(merchant: Merchant, order_id: str) -> None:
    assert (await merchant.put_category(order_id, _CATEGORY)).status_code == 200


@pytest.mark.shows("put-category-v2", 400, "fields")
@pytest.mark.shows("get-order-v2", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(("order_id"), ["a%20b", "%C3%A6", "a%00", "a%0A", "a:b"])
async def test_an_order_id_of_other_characters_is_refused(merchant: Merchant, order_id: str) -> None:
    reason = r"The field OrderId must match the regular expression '^[0-9A-Za-z-_\.]+$'."
    for answer in (await merchant.put_category(order_id, _CATEGORY), await merchant.get_order(order_id)):
        assert (answer.status_code, told(answer)) == (400, _rejected(("OrderId", reason)))


@pytest.mark.anyio
async def test_a_category_may_come_before_its_payment_and_change_after_it(merchant: Merchant) -> None:
    await merchant.put_category("acme-shop-1", _CATEGORY)
    await merchant.new_payment(order(reference="acme-shop-1", userFlow="PUSH_MESSAGE"))
    phone = await merchant.customer().phone()
    assert phone["inbox"]["pending"][0]["orderDetailsUrl"] == _CATEGORY["orderDetailsUrl"]
    later = {"category": "DELIVERY", "orderDetailsUrl": "https://example.com/track"}
    await merchant.put_category("acme-shop-1", later)
    phone = await merchant.customer().phone()
    assert phone["inbox"]["pending"][0]["orderDetailsUrl"] == "https://example.com/track"


@pytest.mark.anyio
async def test_a_category_may_come_after_its_payment_has_ended(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    await merchant.cancel(reference)
    assert (await merchant.put_category(reference, _CATEGORY)).status_code == 200


@pytest.mark.shows("put-category-v2", 200)
@pytest.mark.anyio
async def test_a_second_category_replaces_the_whole_first(merchant: Merchant) -> None:
    """Leaving the image out removes it; the id stays."""
    await merchant.configure(imageMustExist=False)
    first = await merchant.put_category("acme-shop-1", _CATEGORY | {"imageId": "socks-orange-123"})
    assert (await merchant.get_order("acme-shop-1")).json()["category"]["imageId"] == "socks-orange-123"
    other = {"category": "TICKET", "orderDetailsUrl": "https://example.com/ticket"}
    second = await merchant.put_category("acme-shop-1", other)
    assert second.json() == first.json()
    assert (await merchant.get_order("acme-shop-1")).json() == {"category": other}


@pytest.mark.anyio
async def test_another_sales_units_order_is_another_one(merchant: Merchant, strict: Merchant) -> None:
    await merchant.put_category("acme-shop-1", _CATEGORY)
    assert (await strict.get_order("acme-shop-1")).status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize("image_id", ["x" * 128, "a_b.c-1"])
async def test_an_image_id_comes_back(strict: Merchant, image_id: str) -> None:
    await strict.configure(imageMustExist=False)
    await strict.put_category("acme-shop-1", _CATEGORY | {"imageId": image_id})
    assert (await strict.get_order("acme-shop-1")).json() == {"category": _CATEGORY | {"imageId": image_id}}


@pytest.mark.anyio
async def test_an_image_id_of_null_is_none(strict: Merchant) -> None:
    await strict.put_category("acme-shop-1", _CATEGORY | {"imageId": None})
    assert (await strict.get_order("acme-shop-1")).json() == {"category": _CATEGORY}


@pytest.mark.shows("put-category-v2", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("change", "name", "reason"),
    [
        (
            {"imageId": ""},
            "ImageId",
            "The field ImageId must be a string with a minimum length of 1 and a maximum length of 128.",
        ),
        (
            {"imageId": "x" * 129},
            "ImageId",
            "The field ImageId must be a string with a minimum length of 1 and a maximum length of 128.",
        ),
        (
            {"imageId": "a b"},
            "ImageId",
            r"The field ImageId must match the regular expression '^[0-9A-Za-z-_\.]+$'.",
        ),
        ({"category": "INVOICE"}, "Category", "The value 'INVOICE' is not valid for Category."),
        ({"category": None}, "Category", "The Category field is required."),
        ({"orderDetailsUrl": None}, "OrderDetailsUrl", "The OrderDetailsUrl field is required."),
        (
            {"orderDetailsUrl": ""},
            "OrderDetailsUrl",
            "The field OrderDetailsUrl must be a string with a minimum length of 1.",
        ),
    ],
)
async def test_a_field_of_the_wrong_form_is_named_in_pascal_case(
    merchant: Merchant, change: dict[str, Any], name: str, reason: str
) -> None:
    put = await merchant.put_category("acme-shop-1", _CATEGORY | change)
    assert (put.status_code, told(put)) == (400, _rejected((name, reason)))
    assert put.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (await merchant.get_order("acme-shop-1")).status_code == 404


@pytest.mark.shows("put-category-v2", 400, "url")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "myapp://order",
        "//example.com",
        "example.com/order",
        "javascript:alert(1)",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com/\nx",
        "https://example.com/" + "x" * 2048,
    ],
)
async def test_a_link_is_an_https_url(merchant: Merchant, url: str) -> None:
    put = await merchant.put_category("acme-shop-1", _CATEGORY | {"orderDetailsUrl": url})
    reason = "The field OrderDetailsUrl must be an absolute https URL of at most 2048 characters."
    assert (put.status_code, told(put)) == (400, _rejected(("OrderDetailsUrl", reason)))


@pytest.mark.anyio
async def test_a_link_to_this_machine_may_be_http_with_a_note(merchant: Merchant) -> None:
    local = _CATEGORY | {"orderDetailsUrl": "http://localhost:3000/order/1"}
    put = await merchant.put_category("acme-shop-1", local)
    assert (put.status_code, notes(put)) == (
        200,
        ["The category's link is http to a local host: production takes https only."],
    )


@pytest.mark.anyio
async def test_a_link_to_this_machine_is_refused_by_the_strict_profile(strict: Merchant) -> None:
    local = _CATEGORY | {"orderDetailsUrl": "http://localhost:3000/order/1"}
    assert (await strict.put_category("acme-shop-1", local)).status_code == 400


@pytest.mark.anyio
async def test_unknown_fields_are_ignored_here_even_by_the_strict_profile(strict: Merchant) -> None:
    put = await strict.put_category("acme-shop-1", _CATEGORY | {"colour": {"deep": [1]}})
    assert (put.status_code, notes(put)) == (200, [])
    assert (await strict.get_order("acme-shop-1")).json() == {"category": _CATEGORY}


@pytest.mark.anyio
async def test_a_category_in_lower_case_has_its_note(merchant: Merchant) -> None:
    put = await merchant.put_category("acme-shop-1", _CATEGORY | {"category": "general"})
    assert (put.status_code, notes(put)) == (
        200,
        ["category is 'general'; the specification says 'GENERAL': production may answer 400."],
    )


@pytest.mark.anyio
async def test_a_category_in_lower_case_is_refused_by_the_strict_profile(strict: Merchant) -> None:
    put = await strict.put_category("acme-shop-1", _CATEGORY | {"category": "general"})
    assert (put.status_code, told(put)) == (
        400,
        _rejected(("Category", "The value 'general' is not valid for Category.")),
    )


@pytest.mark.anyio
async def test_a_missing_serial_number_has_its_note(merchant: Merchant) -> None:
    """This API requires it, unlike the others."""
    path = "/order-management/v2/ecom/categories/acme-shop-1"
    put = await merchant.call("PUT", path, _CATEGORY, headers={"Merchant-Serial-Number": None})
    assert (put.status_code, notes(put)) == (
        200,
        ["The header Merchant-Serial-Number is missing: this API of production may answer 400."],
    )


@pytest.mark.anyio
async def test_a_missing_serial_number_is_refused_by_the_strict_profile(merchant: Merchant) -> None:
    without = {"Merchant-Serial-Number": None}
    await merchant.configure(profile="strict")
    answer = await merchant.call("GET", "/order-management/v2/ecom/acme-shop-1", headers=without)
    reason = "The Merchant-Serial-Number field is required."
    assert (answer.status_code, told(answer)) == (400, _rejected(("Merchant-Serial-Number", reason)))


@pytest.mark.shows("get-order-v2", 404, "no order")
@pytest.mark.anyio
async def test_an_order_that_nobody_told_of_is_not_found(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    for order_id in ("acme-unknown", reference):
        answer = await merchant.get_order(order_id)
        assert (answer.status_code, told(answer)) == (
            404,
            {
                "type": "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.4",
                "title": "Not Found",
                "detail": f"There is neither a category nor a receipt for ECOM {order_id}.",
                "instance": "…",
            },
        )


@pytest.mark.anyio
async def test_a_receipt_of_a_payment_belongs_to_its_ecom_order_alone(merchant: Merchant) -> None:
    receipt = {
        "orderLines": [
            {
                "name": "socks",
                "id": "line_item_1",
                "totalAmount": 1000,
                "totalAmountExcludingTax": 800,
                "totalTaxAmount": 200,
                "taxPercentage": 25,
            }
        ],
        "bottomLine": {"currency": "NOK"},
    }
    reference = await merchant.new_payment(order(receipt=receipt))
    await merchant.put_category(reference, _CATEGORY)
    assert (await merchant.get_order(reference)).json() == {"category": _CATEGORY, "receipt": receipt}
    assert (await merchant.get_order(reference, "recurring")).status_code == 404
