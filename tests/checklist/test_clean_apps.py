"""A clean app is never accused, at no moment of its day, whatever the customer, the clock and the network do."""

from datetime import timedelta

import pytest

from sandbox.api.webhooks.courier import _NoAnswer
from sandbox.checklist import Verdict
from sandbox.server import Sandbox
from tests.api.merchant import ADA, INVOICE, Merchant, WallClock, order
from tests.checklist.shop import Shop, items_of, made_for_a_test, verdicts_of

pytestmark = pytest.mark.anyio


async def is_clean(shop: Shop) -> None:
    broken = {
        name: item["says"] for name, item in (await items_of(shop.merchant)).items() if item["verdict"] == "broken"
    }
    assert broken == {}


async def test_a_sales_unit_without_calls_has_nothing_shown_and_nothing_broken(merchant: Merchant) -> None:
    assert await verdicts_of(merchant, "broken") == set()
    assert await verdicts_of(merchant, "shown") == set()
    assert await verdicts_of(merchant, "to check yourself") == {"R3", "S1"}


async def test_a_whole_day_of_a_clean_app(shop: Shop, wall: WallClock) -> None:  # noqa: PLR0915 - it is one day
    """Flows A and B, captures and refunds in parts, cancels, all outcomes, retries and duplicates."""
    merchant = shop.merchant
    await is_clean(shop)
    await shop.register()

    first = await merchant.new_payment(order(reference="acme-first-0001"))  # flow A
    for _ in range(4):
        wall.wait(timedelta(seconds=2))
        await merchant.get(first)
    await is_clean(shop)
    await merchant.force_approve(first, {"customer": {"phoneNumber": ADA}})
    await is_clean(shop)
    await shop.release()
    await is_clean(shop)
    await merchant.get(first, "/events")
    await merchant.refund(first, 500)
    await merchant.refund(first, 1500)

    second = await merchant.new_payment(order(reference="acme-parts-0001"))
    shop.on_approved = shop.merchant.get  # type: ignore[assignment] # it sends the goods later
    await merchant.force_approve(second, {"customer": {"phoneNumber": ADA}})
    await shop.release()
    await is_clean(shop)
    await merchant.capture(second, 500, key="parcel-1")
    await merchant.capture(second, 500, key="parcel-2")
    await is_clean(shop)
    await merchant.cancel(second)
    await merchant.refund(second, 1000)
    await is_clean(shop)

    rejected = await shop.sells()
    await shop.customer("open", "reject", reference=rejected)
    await is_clean(shop)
    called_off = await shop.sells()
    await merchant.cancel(called_off)
    await merchant.cancel(called_off)
    await shop.release()
    await is_clean(shop)

    shop.on_approved = shop.asks_and_captures
    invoice = await merchant.new_payment({**INVOICE, "userFlow": "PUSH_MESSAGE", "profile": None, "receipt": None})
    await shop.customer("open", "pay-later", reference=invoice)  # flow B
    await merchant.advance("P3D")
    await is_clean(shop)
    await merchant.log_in()
    await shop.hold()
    await shop.customer("open", "approve", reference=invoice)
    await shop.redeliver("AUTHORIZED", wrongSignature=True)
    await is_clean(shop)
    await shop.release(copies=2, order="newest first")
    await is_clean(shop)
    assert (await merchant.get(invoice)).json()["aggregate"]["capturedAmount"]["value"] == 2000

    nobody = await shop.sells()
    await merchant.advance("PT10M")
    await is_clean(shop)
    assert (await merchant.get(nobody)).json()["state"] == "EXPIRED"

    await shop.fault("createPayment", {"answer": 503})
    body = order()
    assert (await merchant.create(body, key="again")).status_code == 503
    wall.wait(timedelta(seconds=2))
    assert (await merchant.create(body, key="again")).status_code == 201
    await merchant.cancel(body["reference"])
    await merchant.advance("P30D")
    await merchant.log_in()
    await is_clean(shop)
    shown = await verdicts_of(merchant, Verdict.SHOWN)
    assert shown == {
        *("E1", "E2", "E3", "E4", "E5", "E6", "W1", "W2", "W3", "W4"),
        *("Q1", "Q2", "Q3", "Q4", "Q5", "Q7", "Q8", "R1", "R2", "C1"),
    }


async def test_an_app_that_only_polls_is_clean(shop: Shop, wall: WallClock) -> None:
    """It needs no webhooks; what happened a moment ago it has not asked for yet."""
    for action in ("approve", "reject"):
        reference = await shop.sells()
        await shop.merchant.get(reference)
        await shop.customer("open", action, reference=reference)
        await is_clean(shop)
        wall.wait(timedelta(seconds=5))
        await shop.asks_and_captures(reference)
    wall.wait(timedelta(days=1))
    await is_clean(shop)


async def test_a_clock_that_jumps_gives_nobody_time_to_ask(shop: Shop) -> None:
    await shop.sells()
    await shop.merchant.advance("P30D")
    await is_clean(shop)


async def test_goods_that_are_sent_days_later_are_captured_in_time(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.asks_and_captures(reference)
    second = await shop.is_paid()
    await shop.merchant.get(second)
    await shop.merchant.advance("P3D")
    await is_clean(shop)


async def test_reads_while_the_clock_stands_still_are_no_hurry(shop: Shop) -> None:
    await shop.merchant.control("PUT", "/clock", {"frozen": True})
    reference = await shop.sells()
    for _ in range(20):
        await shop.merchant.get(reference)
    await is_clean(shop)
    assert "cannot be told" in (await items_of(shop.merchant))["Q2"]["says"]


async def test_a_test_whose_sleep_does_nothing_tells_nothing_of_the_pace(shop: Shop, sandbox: Sandbox) -> None:
    """Ten minutes of polling by the book, had the app slept."""
    made_for_a_test(sandbox, shop)
    reference = await shop.sells()
    for _ in range(300):
        shop.wall.wait(timedelta(milliseconds=1))
        await shop.merchant.get(reference)
    await is_clean(shop)
    item = (await items_of(shop.merchant))["Q2"]
    assert item["verdict"] == "not seen yet"
    assert "sleep" in item["says"]
    assert item["evidence"][0]["what"] == "299 of 299 intervals were below a second."


async def test_a_move_between_two_reads_is_no_interval(shop: Shop) -> None:
    reference = await shop.sells(expiresAt="2023-09-20T00:00:00Z")
    for _ in range(10):
        await shop.merchant.get(reference)
        await shop.merchant.advance("PT1S")
    await is_clean(shop)


async def test_a_payment_that_the_app_approved_itself_needs_no_get(shop: Shop) -> None:
    reference = await shop.merchant.approved_payment()
    await shop.merchant.capture(reference, 2000)
    await is_clean(shop)


async def test_whoever_asked_what_came_of_a_lost_capture_may_make_another(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.merchant.get(reference)
    await shop.fault("capturePayment", {"answer": 500})
    await shop.merchant.capture(reference, 2000, key="one")
    await shop.merchant.get(reference)
    await shop.merchant.capture(reference, 2000, key="two")
    await is_clean(shop)


async def test_a_new_token_after_the_old_one_is_what_is_asked_for(shop: Shop) -> None:
    """By the sales unit's clock, that was moved between any two calls."""
    reference = await shop.sells(expiresAt="2023-09-20T00:00:00Z")
    for _ in range(8):
        await shop.merchant.advance("P1D")
        shop.wall.wait(timedelta(seconds=1))
        await shop.merchant.log_in()
        await shop.merchant.get(reference)
    await is_clean(shop)


async def test_calls_that_begin_at_once_may_each_ask_for_a_token(shop: Shop) -> None:
    """There was none in use yet that they could have kept."""
    tokens = []
    for _ in range(6):
        shop.wall.wait(timedelta(seconds=1))
        tokens.append((await shop.merchant.ask_for_token()).json()["access_token"])
    for token in tokens:
        shop.merchant.token = token
        await shop.sells()
    await is_clean(shop)


async def test_while_the_app_is_started_anew_nobody_can_be_reached(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.register()
    await shop.is_paid()
    await shop.release()
    monkeypatch.setattr(shop, "hook", _nobody_there)
    await shop.is_paid()
    for _ in range(5):
        await shop.release()
    assert (await items_of(shop.merchant))["W2"]["verdict"] == "shown"


async def test_curl_in_somebodys_hand_is_not_the_app(shop: Shop) -> None:
    headers = {"User-Agent": "acme/1.0"}
    for name in (
        "Vipps-System-Name",
        "Vipps-System-Version",
        "Vipps-System-Plugin-Name",
        "Vipps-System-Plugin-Version",
    ):
        headers[name] = "1"
    path = f"/epayment/v1/payments/{await shop.sells()}"
    await shop.merchant.call("GET", path, headers=headers)
    await shop.merchant.call("GET", path, headers={"User-Agent": "curl/8.0"})
    assert (await items_of(shop.merchant))["Q6"]["verdict"] == "shown"


async def test_what_try_it_plays_is_nobodys_doing(merchant: Merchant) -> None:
    await merchant.new_payment()
    before = await items_of(merchant)
    assert (await merchant.http.post(f"/sandbox/dashboard/{merchant.msn}/try")).status_code == 303
    after = await items_of(merchant)
    assert (await merchant.control("GET", "/payments")).json()["payments"][-1]["reference"] != ""
    changed = {name for name in after if after[name]["verdict"] != before[name]["verdict"]}
    assert changed == set()


async def test_calls_that_are_forgotten_are_held_against_nobody(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request log is bounded, and the list says so."""
    reference = await shop.is_paid()
    await shop.merchant.get(reference)
    monkeypatch.setattr(sandbox.request_log, "_most", 2)
    await shop.merchant.capture(reference, 500, key="parcel")
    await shop.merchant.get(reference, "/events")
    told = (await shop.merchant.control("GET", "/checklist")).json()
    assert "has forgotten 2 older calls" in told["note"]
    await is_clean(shop)


async def test_calls_from_before_a_snapshot_are_held_against_nobody(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.asks_and_captures(reference)
    snapshot = (await shop.merchant.control("POST", "/snapshot")).json()
    restored = await shop.merchant.control("POST", "/restore", snapshot)
    assert restored.status_code == 200
    told = (await shop.merchant.control("GET", "/checklist")).json()
    assert "restored from a snapshot" in told["note"]
    await is_clean(shop)


async def test_a_reset_unit_begins_with_an_empty_list(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await shop.is_paid()
    await shop.captures_blindly(reference)
    monkeypatch.setattr(sandbox.request_log, "_most", 1)
    await shop.merchant.get(reference)
    await shop.merchant.control("POST", "/reset")
    told = (await shop.merchant.control("GET", "/checklist")).json()
    assert told["note"] is None
    assert {item["verdict"] for item in told["items"]} == {"not seen yet", "to check yourself"}


async def _nobody_there(headers: object, body: bytes) -> int:
    raise _NoAnswer("could not be reached: connection refused")
