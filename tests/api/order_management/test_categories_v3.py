"""`/order-management/v3/categories`: several links for one order, each with an id of its own."""

from typing import Any
from uuid import uuid4

import pytest

from tests.api.merchant import Merchant, told

_V3 = "/order-management/v3/categories"
_FIRST = {"orderId": "acme-shop-1", "paymentType": "ECOM", "type": "RECEIPT", "url": "https://www.example.com"}
_SECOND = _FIRST | {"type": "DELIVERY", "url": "https://www.example.com/track"}


async def _add(merchant: Merchant, body: dict[str, Any]) -> str:
    added = await merchant.call("POST", _V3, body)
    assert added.status_code == 201, added.text
    category_id: str = added.json()["categoryId"]
    return category_id


async def _listed(merchant: Merchant, order_id: str = "acme-shop-1") -> Any:
    return (await merchant.call("GET", f"{_V3}?orderId={order_id}")).json()["categories"]


@pytest.mark.shows("post-category-v3", 201)
@pytest.mark.shows("get-categories-v3", 200)
@pytest.mark.shows("get-category-v3", 200)
@pytest.mark.anyio
async def test_categories_stand_beside_each_other_and_the_newest_is_shown(strict: Merchant) -> None:
    first, second = await _add(strict, _FIRST), await _add(strict, _SECOND)
    assert first != second
    assert await _listed(strict) == [{"categoryId": first} | _FIRST, {"categoryId": second} | _SECOND]
    assert (await strict.call("GET", f"{_V3}/{first}")).json() == {"categoryId": first} | _FIRST
    assert (await strict.get_order("acme-shop-1")).json() == {
        "category": {"category": "DELIVERY", "orderDetailsUrl": "https://www.example.com/track"}
    }


@pytest.mark.shows("delete-category-v3", 200)
@pytest.mark.shows("get-category-v3", 404, "no category")
@pytest.mark.shows("delete-category-v3", 404, "no category")
@pytest.mark.anyio
async def test_a_deleted_category_is_gone_and_the_one_before_is_shown_again(strict: Merchant) -> None:
    first, second = await _add(strict, _FIRST), await _add(strict, _SECOND)
    deleted = await strict.call("DELETE", f"{_V3}/{second}")
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert await _listed(strict) == [{"categoryId": first} | _FIRST]
    assert (await strict.get_order("acme-shop-1")).json()["category"]["category"] == "RECEIPT"
    for method in ("GET", "DELETE"):
        assert (await strict.call(method, f"{_V3}/{second}")).status_code == 404
    await strict.call("DELETE", f"{_V3}/{first}")
    assert (await strict.get_order("acme-shop-1")).status_code == 404
    assert await _add(strict, _SECOND) not in {first, second}  # an id is never given twice


@pytest.mark.anyio
async def test_version_2_replaces_all_that_version_3_added(strict: Merchant) -> None:
    await _add(strict, _FIRST)
    second = await _add(strict, _SECOND)
    put = await strict.put_category("acme-shop-1", {"category": "TICKET", "orderDetailsUrl": "https://example.com"})
    assert put.json() == second
    assert [category["type"] for category in await _listed(strict)] == ["TICKET"]


@pytest.mark.anyio
async def test_an_order_id_lists_both_payment_types(strict: Merchant) -> None:
    await _add(strict, _FIRST)
    await _add(strict, _FIRST | {"paymentType": "RECURRING"})
    assert [category["paymentType"] for category in await _listed(strict)] == ["ECOM", "RECURRING"]
    assert await _listed(strict, "another") == []


@pytest.mark.shows("get-category-v3", 404, "no category")
@pytest.mark.shows("delete-category-v3", 400, "fields")
@pytest.mark.anyio
async def test_an_unknown_category_is_not_found_and_a_malformed_id_told(merchant: Merchant) -> None:
    unknown = await merchant.call("GET", f"{_V3}/{uuid4()}")
    assert (unknown.status_code, unknown.json()["title"]) == (404, "Not Found")
    malformed = await merchant.call("DELETE", f"{_V3}/12")
    assert malformed.json()["invalidParams"] == [{"name": "CategoryId", "reason": "The value '12' is not valid."}]


@pytest.mark.shows("get-categories-v3", 400, "fields")
@pytest.mark.anyio
async def test_a_list_is_of_an_order(merchant: Merchant) -> None:
    for query in ("", "?orderId=", "?other=1"):
        answer = await merchant.call("GET", _V3 + query)
        assert told(answer)["invalidParams"] == [{"name": "OrderId", "reason": "The OrderId field is required."}]
    assert (await merchant.call("GET", f"{_V3}?orderId=a%20b")).status_code == 400


@pytest.mark.shows("post-category-v3", 400, "url")
@pytest.mark.anyio
async def test_the_link_is_refused_by_the_name_that_it_has_here(merchant: Merchant) -> None:
    answer = await merchant.call("POST", _V3, _FIRST | {"url": "http://example.com"})
    assert answer.json()["invalidParams"][0]["name"] == "Url"
    assert await _listed(merchant) == []


@pytest.mark.shows("post-category-v3", 400, "fields")
@pytest.mark.anyio
async def test_every_missing_field_is_named(merchant: Merchant) -> None:
    answer = await merchant.call("POST", _V3, {"orderId": "acme-shop-1"})
    assert (answer.status_code, answer.json()["invalidParams"]) == (
        400,
        [
            {"name": "PaymentType", "reason": "The PaymentType field is required."},
            {"name": "Type", "reason": "The Type field is required."},
            {"name": "Url", "reason": "The Url field is required."},
        ],
    )


@pytest.mark.shows("post-category-v3", 404, "no image")
@pytest.mark.anyio
async def test_an_image_must_be_there_before_it_is_referred_to(merchant: Merchant) -> None:
    answer = await merchant.call("POST", _V3, _FIRST | {"imageId": "none"})
    reason = "There is no image none; it must be uploaded before a category refers to it."
    assert (answer.status_code, answer.json()["invalidParams"]) == (404, [{"name": "ImageId", "reason": reason}])
    assert await _listed(merchant) == []


@pytest.mark.shows("get-category-v3", 400, "fields")
@pytest.mark.anyio
async def test_a_category_is_asked_by_a_uuid(merchant: Merchant) -> None:
    answer = await merchant.call("GET", f"{_V3}/12")
    assert (answer.status_code, answer.json()["invalidParams"]) == (
        400,
        [{"name": "CategoryId", "reason": "The value '12' is not valid."}],
    )


@pytest.mark.anyio
async def test_the_strict_profile_knows_no_path_without_prefix(strict: Merchant) -> None:
    answer = await strict.call("POST", "/v3/categories", _FIRST)
    assert (answer.status_code, answer.json()) == (404, {"statusCode": 404, "message": "Resource not found"})
    explanation = (await strict.last_request())["explanation"]
    assert "without it only the lenient profile finds it" in explanation["summary"]
    assert explanation["accepted"] == "POST /order-management/v3/categories"
