"""Facts, payments and requests of a sales unit, newest last and in pages."""

import asyncio
from typing import Any

import httpx
import pytest

from sandbox.control.views import fact_view
from sandbox.domain.facts import ImageUploaded
from tests.api.merchant import ADA, START, Merchant, order


async def _numbers(merchant: Merchant, path: str, names: tuple[str, str]) -> list[Any]:
    answer = await merchant.control("GET", path)
    assert answer.status_code == 200
    return [one[names[1]] for one in answer.json()[names[0]]]


@pytest.mark.anyio
async def test_a_fact_is_shown_with_all_that_it_carries(merchant: Merchant) -> None:
    body = order(reference="acme-shop-1", userFlow="PUSH_MESSAGE", metadata={"snake_case": "stays"})
    await merchant.create(body, key="a-key")
    created, pushed = (await merchant.facts())[1:]
    assert created == {
        "number": 2,
        "fact": "PaymentCreated",
        "at": "2023-08-25T08:00:00.123456Z",
        "reference": "acme-shop-1",
        "confirmWithin": None,
        "deadline": "2023-08-25T08:10:00.123456Z",
        "command": {
            "idempotencyKey": "a-key",
            "reference": "acme-shop-1",
            "amount": {"currency": "NOK", "value": 2000},
            "userFlow": "PUSH_MESSAGE",
            "paymentMethod": "WALLET",
            "phoneNumber": ADA,
            "personalQrOfNobody": None,
            "customerTokenOfNobody": None,
            "scope": [],
            "returnUrl": "https://example.com/redirect?orderId=1512202",
            "expiresAt": None,
            "paymentDescription": None,
            "customerInteraction": "CUSTOMER_NOT_PRESENT",
            "receipt": None,
            "receiptUrl": None,
            "metadata": [["snake_case", "stays"]],
            "minimumUserAge": None,
            "customerBorn": None,
            "blocksCommercialCards": False,
            "shipping": None,
            "cardPassthrough": None,
            "qrFormat": None,
            "qrSize": None,
        },
    }
    assert pushed == {
        "number": 3,
        "fact": "PushSent",
        "at": "2023-08-25T08:00:00.123456Z",
        "reference": "acme-shop-1",
        "phoneNumber": ADA,
    }


@pytest.mark.anyio
async def test_a_remembered_refusal_tells_what_was_refused(merchant: Merchant) -> None:
    await merchant.create(order(returnUrl="x"), key="a-key")
    fact = (await merchant.facts())[-1]
    assert (fact["fact"], fact["refusal"], fact["key"][-1]) == (
        "KeyedOperationRefused",
        {"error": "UrlInvalid", "detail": "The parameter returnUrl is invalid."},
        "a-key",
    )


def test_a_fact_tells_how_large_a_picture_is_instead_of_showing_it() -> None:
    """Its bytes are no text that JSON could hold."""
    fact = ImageUploaded(at=START, image_id="a", media_type="image/png", width=1, height=2, content=b"\xff\x00")
    assert fact_view(7, fact) == {
        "number": 7,
        "fact": "ImageUploaded",
        "at": "2023-08-25T08:00:00.123456Z",
        "imageId": "a",
        "mediaType": "image/png",
        "width": 1,
        "height": 2,
        "content": "2 bytes",
    }


@pytest.mark.anyio
async def test_a_payment_is_shown_in_short(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 500)
    assert (await merchant.control("GET", "/payments")).json() == {
        "payments": [
            {
                "reference": reference,
                "state": "AUTHORIZED",
                "amount": {"currency": "NOK", "value": 2000},
                "authorized": 2000,
                "captured": 500,
                "cancelled": 0,
                "refunded": 0,
                "userFlow": "WEB_REDIRECT",
                "phoneNumber": ADA,
                "createdAt": "2023-08-25T08:00:00.123Z",
                "deadline": "2023-08-25T08:10:00.123Z",
                "postponed": False,
            }
        ]
    }


@pytest.mark.anyio
async def test_facts_come_in_pages(merchant: Merchant) -> None:
    for _ in range(4):
        await merchant.new_payment()
    names = ("facts", "number")
    assert await _numbers(merchant, "/facts", names) == [1, 2, 3, 4, 5]
    assert await _numbers(merchant, "/facts?limit=2", names) == [1, 2]
    assert await _numbers(merchant, "/facts?after=2&limit=2", names) == [3, 4]
    assert await _numbers(merchant, "/facts?after=4", names) == [5]
    assert await _numbers(merchant, "/facts?after=5", names) == []
    assert await _numbers(merchant, "/facts?after=9007199254740992", names) == []


@pytest.mark.anyio
async def test_payments_come_in_pages(merchant: Merchant) -> None:
    references = [await merchant.new_payment() for _ in range(4)]
    names = ("payments", "reference")
    assert await _numbers(merchant, "/payments", names) == references
    assert await _numbers(merchant, "/payments?after=1&limit=2", names) == references[1:3]
    assert await _numbers(merchant, "/payments?after=9007199254740992", names) == []


@pytest.mark.anyio
async def test_requests_come_in_pages(merchant: Merchant) -> None:
    """Their numbers are those of the whole sandbox: the first was for the token."""
    for _ in range(4):
        await merchant.get("a")
    names = ("requests", "number")
    assert await _numbers(merchant, "/requests", names) == [2, 3, 4, 5]
    assert await _numbers(merchant, "/requests?after=2&limit=2", names) == [3, 4]
    assert await _numbers(merchant, "/requests?after=9007199254740992", names) == []


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/facts", "/payments", "/requests"])
@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", "after=9007199254740993", "limit=0", "limit=1001", "limit=", "page=2", "after=1e3"],
)
async def test_a_page_that_makes_no_sense_is_refused(merchant: Merchant, path: str, query: str) -> None:
    answer = await merchant.control("GET", f"{path}?{query}")
    assert (answer.status_code, answer.json()["title"]) == (400, "Not understood")


@pytest.mark.anyio
async def test_stray_requests_come_in_pages_too(http: httpx.AsyncClient) -> None:
    for _ in range(3):
        await http.get("/nowhere")
    strays = (await http.get("/sandbox/requests?after=1&limit=1")).json()["requests"]
    assert [stray["number"] for stray in strays] == [2]


@pytest.mark.anyio
async def test_looking_at_a_list_lets_what_is_due_happen_first(merchant: Merchant) -> None:
    await merchant.new_payment(order(userFlow="PUSH_MESSAGE", customer={"phoneNumber": "4790000001"}))
    assert [fact["fact"] for fact in await merchant.facts()][-1] == "PaymentAuthorized"
    assert (await merchant.control("GET", "/payments")).json()["payments"][0]["state"] == "AUTHORIZED"


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "name"), [("/facts", "facts"), ("/requests", "requests")])
async def test_who_waits_is_answered_when_there_is_something(merchant: Merchant, path: str, name: str) -> None:
    """The answer comes with the call that is waited for, not after the time that it may take."""
    await merchant.create(order(reference="acme-shop-1"))
    last = (await merchant.control("GET", f"{path}?limit=1000")).json()[name][-1]["number"]
    asked = asyncio.create_task(merchant.control("GET", f"{path}?after={last}&wait=PT30S"))
    sandbox: Any = getattr(merchant.http._transport, "app", None)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(sandbox.streams) == 1
    await merchant.create(order(reference="acme-shop-2"))
    assert (await asked).json()[name][0]["number"] == last + 1


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/facts", "/requests"])
async def test_nobody_waits_for_longer_than_they_said(merchant: Merchant, path: str) -> None:
    answer = await merchant.control("GET", f"{path}?after=9000&wait=PT0.01S")
    assert (answer.status_code, list(answer.json().values())) == (200, [[]])
    assert (await merchant.control("GET", f"{path}?wait=PT31S")).status_code == 400
