"""`POST /order-management/v2/{paymentType}/receipts/{orderId}`: an order's one receipt; and version 1."""

from typing import Any

import pytest

from sandbox.domain.identity import receipt_id
from tests.api.merchant import ORDER_LINE, RECEIPT, Merchant, changed, notes, order, told

_CATEGORY = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/"}
_DEPRECATED = "Version 1 is deprecated: version 2 has all of it."


async def _post(merchant: Merchant, order_id: str, body: Any = RECEIPT, payment_type: str = "ecom") -> Any:
    return await merchant.call("POST", f"/order-management/v2/{payment_type}/receipts/{order_id}", body)


def _taken(order_id: str) -> dict[str, Any]:
    return {
        "type": "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.8",
        "title": "Conflict",
        "detail": f"There is a receipt for ECOM {order_id} already; it cannot be changed.",
        "instance": "…",
    }


@pytest.mark.shows("post-receipt-v2", 201)
@pytest.mark.shows("get-order-v2", 200)
@pytest.mark.anyio
async def test_a_receipt_is_kept_for_an_order_and_shown_with_its_category(strict: Merchant) -> None:
    posted = await _post(strict, "acme-shop-1")
    assert (posted.status_code, posted.json(), notes(posted)) == (
        201,
        receipt_id(strict.msn, "ECOM", "acme-shop-1"),
        [],
    )
    assert (await strict.get_order("acme-shop-1")).json() == {"receipt": RECEIPT}
    await strict.put_category("acme-shop-1", _CATEGORY)
    assert (await strict.get_order("acme-shop-1")).json() == {"category": _CATEGORY, "receipt": RECEIPT}


@pytest.mark.shows("post-receipt-v2", 409, "receipt taken")
@pytest.mark.anyio
async def test_an_order_has_one_receipt_be_the_second_the_same(merchant: Merchant) -> None:
    await _post(merchant, "acme-shop-1")
    again = await _post(merchant, "acme-shop-1")
    assert (again.status_code, told(again)) == (409, _taken("acme-shop-1"))
    assert (await _post(merchant, "acme-shop-1", payment_type="recurring")).status_code == 201


@pytest.mark.shows("post-receipt-v2", 409, "receipt taken")
@pytest.mark.anyio
async def test_the_receipt_that_came_with_the_payment_is_its_one(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(receipt=RECEIPT))
    again = await _post(merchant, reference)
    assert (again.status_code, told(again)) == (409, _taken(reference))


@pytest.mark.anyio
async def test_the_receipt_that_came_before_the_payment_stays(merchant: Merchant) -> None:
    await _post(merchant, "acme-shop-1")
    other = changed(RECEIPT, ("bottomLine", "receiptNumber"), "other")
    await merchant.new_payment(order(reference="acme-shop-1", receipt=other))
    assert (await merchant.get_order("acme-shop-1")).json() == {"receipt": RECEIPT}


@pytest.mark.anyio
async def test_the_phone_shows_a_receipt_whichever_way_it_came(merchant: Merchant) -> None:
    await merchant.new_payment(order(reference="acme-shop-1", userFlow="PUSH_MESSAGE"))
    await merchant.customer().open("acme-shop-1")
    await _post(merchant, "acme-shop-1")
    details = await merchant.http.get(f"/phone/4791234567/requests/{merchant.msn}/acme-shop-1/details")
    assert "Accident insurance" in details.text


@pytest.mark.anyio
async def test_sums_are_not_checked_and_noted_where_they_differ_from_the_payments(merchant: Merchant) -> None:
    await merchant.new_payment(order(reference="acme-shop-1"))
    euro = changed(RECEIPT, ("bottomLine", "currency"), "EUR")
    assert notes(await _post(merchant, "acme-shop-1", euro)) == [
        "The receipt's lines sum to 150000, the payment is of 2000.",
        "The receipt is in EUR, the payment in NOK.",
    ]


@pytest.mark.shows("post-receipt-v2", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("place", "value", "name", "reason"),
    [
        (("orderLines",), [], "OrderLines", "The OrderLines field is not valid. List should have at least 1 item"),
        (
            ("orderLines", 0, "taxPercentage"),
            25,
            "OrderLines[0]",
            "The OrderLines field is not valid. Exactly one of",
        ),
        (
            ("orderLines", 0, "taxRate"),
            10_001,
            "OrderLines[0].TaxRate",
            "The field TaxRate must be between 0 and 10000.",
        ),
        (("orderLines", 0, "name"), None, "OrderLines[0].Name", "The Name field is required."),
        (
            ("orderLines", 0, "totalAmount"),
            2**63,
            "OrderLines[0].TotalAmount",
            "The field TotalAmount must be between -9223372036854775808 and 9223372036854775807.",
        ),
        (
            ("orderLines", 0, "unitInfo"),
            {"unitPrice": 1, "quantity": "2,5"},
            "OrderLines[0].UnitInfo.Quantity",
            "The field Quantity must match the regular expression",
        ),
        (
            ("bottomLine", "barcode"),
            {"format": "QR", "data": "x"},
            "BottomLine.Barcode.Format",
            "The value 'QR' is not",
        ),
    ],
)
async def test_a_receipt_of_the_wrong_form_is_told_by_its_place(
    merchant: Merchant, place: tuple[str | int, ...], value: Any, name: str, reason: str
) -> None:
    answer = await _post(merchant, "acme-shop-1", changed(RECEIPT, place, value))
    assert answer.status_code == 400
    (told_of,) = answer.json()["invalidParams"]
    assert told_of["name"] == name
    assert told_of["reason"].startswith(reason)
    assert (await merchant.get_order("acme-shop-1")).status_code == 404


@pytest.mark.anyio
async def test_both_ways_to_tell_the_tax_are_taken(merchant: Merchant) -> None:
    line = {name: value for name, value in ORDER_LINE.items() if name != "taxRate"} | {"taxPercentage": 25}
    assert (await _post(merchant, "acme-shop-1", {**RECEIPT, "orderLines": [line]})).status_code == 201
    assert (await merchant.get_order("acme-shop-1")).json()["receipt"]["orderLines"] == [line]


@pytest.mark.shows("put-order", 200)
@pytest.mark.shows("post-receipt", 200)
@pytest.mark.shows("get-order", 200)
@pytest.mark.shows("get-receipt", 200)
@pytest.mark.anyio
async def test_version_1_keeps_the_same_orders(merchant: Merchant) -> None:
    """Its transaction is an order of type ECOM."""
    put = await merchant.call("PUT", "/order-management/v1/orders/acme-shop-1", _CATEGORY)
    posted = await merchant.call("POST", "/order-management/v1/receipts/acme-shop-1", RECEIPT)
    for answer in (put, posted):
        assert (answer.status_code, answer.content, notes(answer)) == (200, b"", [_DEPRECATED])
    assert (await merchant.get_order("acme-shop-1")).json() == {"category": _CATEGORY, "receipt": RECEIPT}
    shown = await merchant.call("GET", "/order-management/v1/orders/acme-shop-1")
    assert shown.json() == _CATEGORY
    assert (await merchant.call("GET", "/order-management/v1/receipts/acme-shop-1")).json() == RECEIPT


@pytest.mark.anyio
async def test_version_1_shows_the_image_in_a_list(merchant: Merchant) -> None:
    await merchant.configure(imageMustExist=False)
    await merchant.put_category("acme-shop-1", _CATEGORY | {"imageId": "socks"})
    shown = await merchant.call("GET", "/order-management/v1/orders/acme-shop-1")
    assert shown.json() == _CATEGORY | {"imageIds": [{"id": "socks", "sortOrder": 1}]}


@pytest.mark.shows("get-order", 404, "no order")
@pytest.mark.shows("get-receipt", 404, "no order")
@pytest.mark.anyio
async def test_version_1_finds_nothing_where_nothing_is(merchant: Merchant) -> None:
    await merchant.put_category("only-category", _CATEGORY)
    await _post(merchant, "only-receipt")
    for path in ("orders/only-receipt", "receipts/only-category", "orders/neither", "receipts/neither"):
        assert (await merchant.call("GET", f"/order-management/v1/{path}")).status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("change", "status", "name"),
    [
        pytest.param(
            {"orderDetailsUrl": "http://example.com/"},
            400,
            "OrderDetailsUrl",
            marks=pytest.mark.shows("put-order", 400, "url"),
        ),
        pytest.param({"imageId": "none"}, 404, "ImageId", marks=pytest.mark.shows("put-order", 404, "no image")),
        pytest.param({"category": None}, 400, "Category", marks=pytest.mark.shows("put-order", 400, "fields")),
    ],
)
async def test_version_1_refuses_the_same_categories(
    merchant: Merchant, change: dict[str, Any], status: int, name: str
) -> None:
    answer = await merchant.call("PUT", "/order-management/v1/orders/acme-shop-1", _CATEGORY | change)
    assert (answer.status_code, [told_of["name"] for told_of in answer.json()["invalidParams"]]) == (status, [name])
    assert (await merchant.get_order("acme-shop-1")).status_code == 404


@pytest.mark.shows("post-receipt", 400, "fields")
@pytest.mark.shows("post-receipt", 409, "receipt taken")
@pytest.mark.anyio
async def test_version_1_takes_one_receipt_of_the_right_form(merchant: Merchant) -> None:
    path = "/order-management/v1/receipts/acme-shop-1"
    malformed = await merchant.call("POST", path, changed(RECEIPT, ("orderLines",), []))
    assert (malformed.status_code, malformed.json()["invalidParams"][0]["name"]) == (400, "OrderLines")
    assert (await merchant.call("POST", path, RECEIPT)).status_code == 200
    again = await merchant.call("POST", path, RECEIPT)
    assert (again.status_code, told(again)) == (409, _taken("acme-shop-1"))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("orders", marks=pytest.mark.shows("get-order", 400, "fields")),
        pytest.param("receipts", marks=pytest.mark.shows("get-receipt", 400, "fields")),
    ],
)
async def test_version_1_asks_for_the_same_order_ids(merchant: Merchant, path: str) -> None:
    answer = await merchant.call("GET", f"/order-management/v1/{path}/a%20b")
    reason = r"The field OrderId must match the regular expression '^[0-9A-Za-z-_\.]+$'."
    assert (answer.status_code, answer.json()["invalidParams"]) == (400, [{"name": "OrderId", "reason": reason}])
