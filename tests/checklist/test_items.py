"""Each line of the list: what it says before anything happened, and what shows it."""

from pathlib import Path

import pytest

from sandbox.checklist import ENTRIES
from tests.api.merchant import RECEIPT, order
from tests.checklist.shop import ALL, Shop, item_of, items_of
from tests.contract.pictures import PICTURE

ROOT = Path(__file__).parents[2]


def test_every_scenario_that_is_named_is_there() -> None:
    missing = {path for entry in ENTRIES for path in entry.scenarios if not (ROOT / path).is_file()}
    assert missing == set()
    assert sum(bool(entry.scenarios) for entry in ENTRIES) > 20


def test_items_stand_in_the_order_of_vippss_list() -> None:
    ids = " ".join(entry.id for entry in ENTRIES)
    assert ids == "E1 E2 E3 E4 E5 E6 O1 O2 O3 O4 W1 W2 W3 W4 Q1 Q2 Q3 Q4 Q5 Q6 Q7 Q8 R1 R2 R3 C1 S1"


def test_every_item_that_can_be_broken_is_broken_by_a_classic_bug() -> None:
    bugs = (Path(__file__).parent / "test_classic_bugs.py").read_text()
    assert {
        entry.id for entry in ENTRIES if entry.broken_when and f'is_told(shop.merchant, "{entry.id}"' not in bugs
    } == {
        "W3",  # which is told together with another
    }


@pytest.mark.anyio
async def test_what_is_not_seen_yet_says_how_to_show_it(shop: Shop) -> None:
    for name, item in (await items_of(shop.merchant)).items():
        if item["verdict"] == "not seen yet":
            assert item["says"].endswith("."), name
            assert item["howToShow"], name
            assert "{msn}" not in item["howToShow"], name
            assert item["evidence"] == [], name
    assert f"/sandbox/units/{shop.merchant.msn}/webhooks" in (await item_of(shop.merchant, "W3"))["howToShow"]


@pytest.mark.anyio
async def test_operations_are_shown_by_the_call_that_succeeded(shop: Shop) -> None:
    merchant = shop.merchant
    reference = await shop.sells()
    number = (await merchant.last_request())["number"]
    item = await item_of(merchant, "E1")
    assert item["verdict"] == "shown"
    assert item["evidence"] == [
        {"reference": reference, "request": number, "what": "createPayment was answered 201."}
    ]
    for item_id in ("E2", "E3", "O1", "O2", "O3", "O4"):
        assert (await item_of(merchant, item_id))["verdict"] == "not seen yet"
    await merchant.get("acme-nobody")
    assert (await item_of(merchant, "E2"))["verdict"] == "not seen yet"
    await merchant.get(reference)
    await merchant.get(reference, "/events")
    await merchant.call(
        "POST", "/order-management/v1/images", {"imageId": "a-picture", "src": PICTURE, "type": "base64"}
    )
    category = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/o"}
    await merchant.put_category(reference, category)
    await merchant.call("POST", f"/order-management/v2/ecom/receipts/{reference}", RECEIPT)
    await merchant.get_order(reference)
    items = await items_of(merchant)
    for item_id in ("E2", "E3", "O1", "O2", "O3", "O4"):
        assert items[item_id]["verdict"] == "shown", items[item_id]
    assert items["O1"]["isRecommended"]


@pytest.mark.anyio
async def test_a_receipt_may_come_with_the_payment(shop: Shop) -> None:
    await shop.merchant.new_payment(order(receipt=RECEIPT))
    assert (await item_of(shop.merchant, "O3"))["verdict"] == "shown"


@pytest.mark.anyio
async def test_what_takes_two_kinds_says_which_is_missing(shop: Shop) -> None:
    merchant = shop.merchant
    await merchant.cancel(await shop.sells())
    assert (await item_of(merchant, "E4"))["says"] == "Not met: a cancel after approval."
    reference = await shop.is_paid()
    await merchant.get(reference)
    await merchant.capture(reference, 500)
    assert (await item_of(merchant, "E5"))["says"] == "Not met: a full capture."
    await merchant.refund(reference, 500)
    assert (await item_of(merchant, "E6"))["says"] == "Not met: a partial refund."
    await merchant.cancel(reference)
    item = await item_of(merchant, "E4")
    assert item["verdict"] == "shown"
    assert [one["what"] for one in item["evidence"]] == [
        "It was cancelled before approval.",
        "What was reserved was released.",
    ]
    assert all(one["request"] is not None for one in item["evidence"])


@pytest.mark.anyio
async def test_a_reservation_that_lapsed_is_no_cancel_of_the_app(shop: Shop) -> None:
    await shop.is_paid()
    await shop.merchant.advance("P200D")
    assert (await item_of(shop.merchant, "E4"))["says"] == (
        "Not met: a cancel before approval and a cancel after approval."
    )


@pytest.mark.anyio
async def test_webhooks_for_some_outcomes_say_which_are_missing(shop: Shop) -> None:
    await shop.register(ALL[:3])
    item = await item_of(shop.merchant, "W1")
    assert (item["verdict"], item["says"]) == ("not seen yet", "No webhook has been registered for TERMINATED.")
    await shop.register(ALL[3:])
    assert (await item_of(shop.merchant, "W1"))["verdict"] == "shown"


@pytest.mark.anyio
async def test_a_wrong_signature_that_is_answered_like_a_right_one_tells_nothing(shop: Shop) -> None:
    shop.checks_signatures = False
    await shop.register()
    await shop.is_paid()
    await shop.release()
    await shop.redeliver("AUTHORIZED", wrongSignature=True)
    item = await item_of(shop.merchant, "W3")
    assert item["verdict"] == "not seen yet"
    assert "cannot be told" in item["says"]


@pytest.mark.anyio
async def test_an_app_that_refuses_all_webhooks_has_not_shown_that_it_checks(shop: Shop) -> None:
    shop.answer = 401
    await shop.register()
    await shop.hold()
    await shop.is_paid()
    await shop.redeliver("AUTHORIZED", wrongSignature=True)
    item = await item_of(shop.merchant, "W3")
    assert (item["verdict"], item["says"]) == (
        "not seen yet",
        "One was refused; but no genuine one has been taken yet.",
    )


@pytest.mark.anyio
async def test_outcomes_that_nobody_followed_up_are_not_handled(shop: Shop) -> None:
    reference = await shop.sells()
    await shop.customer("open", "reject", reference=reference)
    assert "ABORTED" in (await item_of(shop.merchant, "Q3"))["says"]
    await shop.merchant.get(reference)
    item = await item_of(shop.merchant, "Q3")
    assert item["says"] == "Not met, or not followed up: AUTHORIZED, EXPIRED, TERMINATED."
    assert "scenarios/first-invoice/not-answered.yaml" in item["scenarios"]


@pytest.mark.anyio
async def test_system_headers_that_are_sent_with_every_call_are_shown(shop: Shop) -> None:
    await shop.call("POST", "/epayment/v1/payments", order(), key="one")
    assert (await item_of(shop.merchant, "Q6"))["verdict"] == "shown"


@pytest.mark.anyio
async def test_some_system_headers_are_named(shop: Shop) -> None:
    path = f"/epayment/v1/payments/{await shop.sells()}"
    await shop.merchant.call("GET", path, headers={"Vipps-System-Name": "acme"})
    assert (await item_of(shop.merchant, "Q6"))["says"] == "Sent were only vipps-system-name."


@pytest.mark.anyio
async def test_a_payment_that_is_given_up_early_is_told_and_not_held_against_the_app(shop: Shop) -> None:
    await shop.merchant.cancel(await shop.sells())
    item = await item_of(shop.merchant, "R2")
    assert item["verdict"] == "not seen yet"
    assert item["evidence"][0]["what"] == "It was cancelled within ten minutes, before anybody looked."


@pytest.mark.anyio
async def test_bodies_that_nobody_understands_are_no_trouble(shop: Shop) -> None:
    for body in (b"[1]", b"{", b'{"reference": {"a": 1}}', b'{"reference": ["x"], "modificationAmount": 3}', b"\xff"):
        await shop.merchant.call("POST", "/epayment/v1/payments", body, key="k")
        await shop.merchant.call("POST", "/epayment/v1/payments/acme-x/capture", body, key="k")
        await shop.merchant.call("POST", "/epayment/v1/payments/", body, key="k")
    assert len(await items_of(shop.merchant)) == len(ENTRIES)
