"""The story of a sales unit: calls with what they brought, and what came by itself, newest first."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.control.dashboard.timeline import Look, Moment, Place, Show, moments_after, page_of
from sandbox.server import Sandbox
from tests.api.merchant import Merchant, WallClock, order

APPROVES = "4790000001"


def told(moments: Any) -> list[str]:
    """Return moments as short texts: `createPayment > PaymentCreated`."""
    return [_told(moment) for moment in moments]


def _told(moment: Moment) -> str:
    names = " ".join(type(fact).__name__ for _, fact in moment.facts)
    if moment.exchange is None:
        return names
    return f"{moment.exchange.operation} > {names}" if names else str(moment.exchange.operation)


@pytest.fixture
def sandbox(http: httpx.AsyncClient) -> Sandbox:
    transport = http._transport
    assert isinstance(transport, httpx.ASGITransport)
    sandbox = transport.app
    assert isinstance(sandbox, Sandbox)
    return sandbox


def page(
    sandbox: Sandbox, merchant: Merchant, look: Look | None = None, before: Place | None = None, most: int = 50
) -> Any:
    unit = sandbox.world.provision(merchant.msn)
    return page_of(unit, sandbox.request_log, look or Look(), before, most)


@pytest.mark.anyio
async def test_a_call_stands_with_what_it_brought(sandbox: Sandbox, merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await merchant.get(reference)
    await merchant.customer().open(reference)
    await merchant.customer().approve(reference)
    await merchant.capture(reference, 2000)
    part = page(sandbox, merchant)
    assert part.older is None
    assert told(part.moments) == [
        "capturePayment > PaymentCaptured",
        "PaymentAuthorized",
        "PaymentOpened",
        "getPayment",
        "createPayment > PaymentCreated PushSent",
        "UnitProvisioned",
    ]


@pytest.mark.anyio
async def test_what_was_due_before_a_call_is_not_of_its_doing(
    sandbox: Sandbox, merchant: Merchant, wall: WallClock
) -> None:
    reference = await merchant.new_payment()
    wall.now += timedelta(minutes=11)
    await merchant.get(reference)
    assert told(page(sandbox, merchant).moments)[:3] == [
        "getPayment",
        "PaymentExpired",
        "createPayment > PaymentCreated",
    ]


@pytest.mark.anyio
async def test_a_refusal_is_remembered_out_of_sight(sandbox: Sandbox, merchant: Merchant) -> None:
    """The call tells it; whoever asks for facts sees it."""
    await merchant.create(order(returnUrl="x"), key="a-key")
    assert told(page(sandbox, merchant).moments)[0] == "createPayment"
    assert told(page(sandbox, merchant, Look(Show.FACTS)).moments)[0] == "KeyedOperationRefused"


@pytest.mark.anyio
async def test_pages_follow_each_other_without_gap_or_repetition(sandbox: Sandbox, merchant: Merchant) -> None:
    for _ in range(7):
        reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
        await merchant.customer().open(reference)
        await merchant.get(reference)
    whole = told(page(sandbox, merchant, most=1000).moments)
    assert len(whole) == 22
    for most in (1, 2, 3, 5, 21, 22):
        found, before = [], None
        while True:
            part = page(sandbox, merchant, before=before, most=most)
            found += told(part.moments)
            before = part.older
            if before is None:
                break
        assert found == whole


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.REQUESTS, ["getPayment", "createPayment"]),
        (Show.FACTS, ["PaymentAuthorized", "PaymentOpened", "PaymentCreated PushSent", "UnitProvisioned"]),
        (Show.PHONE, ["PaymentAuthorized", "PaymentOpened", "PushSent"]),
        (Show.WEBHOOKS, []),
    ],
)
async def test_a_filter_shows_one_kind_of_lines(
    sandbox: Sandbox, merchant: Merchant, show: Show, expected: list[str]
) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE", customer={"phoneNumber": APPROVES}))
    await merchant.facts()  # lets the persona answer
    await merchant.get(reference)
    assert told(page(sandbox, merchant, Look(show)).moments) == expected


@pytest.mark.anyio
@pytest.mark.parametrize(
    "sought", ["CAPTURE", "acme-other", "400", "/capture", "7000", "left to capture", "captured"]
)
async def test_a_search_looks_into_words_paths_and_bodies(sandbox: Sandbox, merchant: Merchant, sought: str) -> None:
    await merchant.approved_payment(order(reference="acme-mine"))
    await merchant.approved_payment(order(reference="acme-other"))
    await merchant.capture("acme-other", 7000)
    await merchant.capture("acme-other", 500)
    found = page(sandbox, merchant, Look(search=sought)).moments
    assert found
    assert all("acme-mine" not in str(moment) for moment in found)


@pytest.mark.anyio
async def test_a_search_does_not_find_what_is_masked(sandbox: Sandbox, merchant: Merchant) -> None:
    await merchant.ask_for_token()
    assert not page(sandbox, merchant, Look(search=merchant.token[:40])).moments


@pytest.mark.anyio
async def test_one_payment_is_told_from_another_whose_reference_begins_alike(
    sandbox: Sandbox, merchant: Merchant
) -> None:
    await merchant.approved_payment(order(reference="acme-order-1"))
    await merchant.approved_payment(order(reference="acme-order-12"))
    await merchant.get("acme-order-12")
    link = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/acme-order-12"}
    await merchant.put_category("acme-order-1", link)
    refused = order(reference="acme-order-1", returnUrl="x")
    await merchant.create(refused)
    found = page(sandbox, merchant, Look(reference="acme-order-1")).moments
    assert told(found) == [
        "createPayment",
        "put-category-v2 > CategoryAttached",
        "forceApprove > PaymentAuthorized",
        "createPayment > PaymentCreated",
    ]


@pytest.mark.anyio
async def test_news_are_what_came_after_a_place(sandbox: Sandbox, merchant: Merchant) -> None:
    unit, log = sandbox.world.provision(merchant.msn), sandbox.request_log
    _, place, _ = moments_after(unit, log, Place(0, 0), 100)
    assert moments_after(unit, log, place, 100) == ([], place, True)
    reference = await merchant.new_payment()
    await merchant.customer().open(reference)
    await merchant.get(reference)
    news, after, is_all = moments_after(unit, log, place, 100)
    assert told(news) == ["createPayment > PaymentCreated", "PaymentOpened", "getPayment"]
    assert is_all
    assert moments_after(unit, log, after, 100) == ([], after, True)
    newest, _, is_all = moments_after(unit, log, place, 2)
    assert (told(newest), is_all) == (["PaymentOpened", "getPayment"], False)


@pytest.mark.parametrize("text", ["", "1", "1.2.3", "a.b", "-1.2", "1.²", "1." + "9" * 16, "1. 2"])
def test_a_place_that_is_none_is_not_read(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_is_read_back() -> None:
    assert Place.read(str(Place(12, 34))) == Place(12, 34)
