"""An app with a classic bug is told so by the item that names it, with what happened as evidence."""

from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.api.gateway.trouble import ConnectionDropped
from sandbox.api.webhooks import courier
from sandbox.api.webhooks.courier import _NoAnswer
from sandbox.server import Sandbox
from tests.api.merchant import ADA, Merchant, order
from tests.checklist.shop import ALL, Shop, item_of, made_for_a_test, verdicts_of

pytestmark = pytest.mark.anyio


async def is_told(merchant: Merchant, item_id: str, *evidence: str) -> dict[str, Any]:
    """See that an item is broken, and no other; and that its evidence says so."""
    item = await item_of(merchant, item_id)
    assert item["verdict"] == "broken", item
    assert await verdicts_of(merchant, "broken") == {item_id}
    said = " ".join(one["what"] for one in item["evidence"])
    for words in evidence:
        assert words in said
    assert item["howToShow"] is None
    return item


async def lost(call: Awaitable[httpx.Response]) -> None:
    """Make a call whose answer is lost."""
    with suppress(ConnectionDropped):
        await call


# --- Webhooks -------------------------------------------------------------------------------------------


async def test_an_outcome_that_nobody_could_know_of(shop: Shop) -> None:
    """W1: not registered for it, and not asked in ten minutes."""
    await shop.register(ALL[:1])
    reference = await shop.sells()
    await shop.customer("open", "reject", reference=reference)
    assert (await item_of(shop.merchant, "W1"))["verdict"] == "not seen yet"
    shop.wall.wait(timedelta(minutes=10))
    item = await is_told(shop.merchant, "W1", "It became ABORTED, unheard.")
    assert item["evidence"][0]["reference"] == reference


async def test_a_webhook_that_is_answered_with_an_error(shop: Shop) -> None:
    shop.answer = 500
    await shop.register()
    await shop.is_paid()
    await shop.release()
    await is_told(shop.merchant, "W2", "it answered 500.")


async def test_a_webhook_that_is_answered_too_late(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 1000, 10))

    async def late(*_: object) -> int:
        raise _NoAnswer("gave no answer within 10 seconds")

    monkeypatch.setattr(courier, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(shop, "hook", late)
    await shop.register()
    await shop.is_paid()
    await shop.release()
    await is_told(shop.merchant, "W2", "it gave no answer within 10 seconds.")


async def test_a_webhook_to_where_nobody_ever_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(*_: object) -> int:
        raise _NoAnswer("could not be reached: connection refused")

    monkeypatch.setattr(shop, "hook", nobody)
    await shop.register()
    await shop.is_paid()
    for _ in range(3):
        await shop.release()
    assert (await item_of(shop.merchant, "W2"))["verdict"] == "not seen yet"
    await shop.release()
    await is_told(shop.merchant, "W2", "it could not be reached")
    await shop.release()
    assert len((await item_of(shop.merchant, "W2"))["evidence"]) == 1  # however often it was tried


async def test_a_forged_webhook_that_is_acted_upon(shop: Shop) -> None:
    """W3; that it did not ask first is Q1, which is told as well."""
    shop.checks_signatures = False
    shop.on_approved = shop.captures_blindly
    await shop.register()
    await shop.hold()
    reference = await shop.is_paid()
    await shop.redeliver("AUTHORIZED", wrongSignature=True)
    item = await item_of(shop.merchant, "W3")
    assert item["verdict"] == "broken"
    assert item["evidence"][0]["reference"] == reference
    assert await verdicts_of(shop.merchant, "broken") == {"W3", "Q1"}


async def test_a_capture_that_a_genuine_webhook_may_have_led_to_is_no_proof_of_a_forged_one(shop: Shop) -> None:
    shop.on_approved = shop.captures_blindly
    await shop.register()
    await shop.is_paid()
    await shop.release()
    await shop.redeliver("AUTHORIZED", wrongSignature=True)
    shop.checks_signatures = False
    await shop.redeliver("AUTHORIZED", wrongSignature=True)
    assert await verdicts_of(shop.merchant, "broken") == {"Q1"}


async def test_a_second_capture_because_a_webhook_came_twice(shop: Shop) -> None:
    """W4: here all of it again, which is refused."""
    shop.on_approved = shop.captures_with_new_keys
    await shop.register()
    await shop.hold()
    await shop.is_paid()
    await shop.release(copies=2)
    await is_told(shop.merchant, "W4", "with another key")


async def test_a_second_part_that_is_captured_because_a_webhook_came_twice(shop: Shop) -> None:
    async def captures_a_part(reference: str) -> None:
        await shop.merchant.get(reference)
        await shop.merchant.capture(reference, 500)

    shop.on_approved = captures_a_part
    await shop.register()
    await shop.is_paid()
    await shop.release()
    await shop.redeliver("AUTHORIZED")
    await is_told(shop.merchant, "W4", "answered 200")


# --- Quality --------------------------------------------------------------------------------------------


async def test_trust_in_the_return_url(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.captures_blindly(reference)
    item = await is_told(shop.merchant, "Q1", "without a GET since its approval")
    assert item["evidence"][0] == {
        "reference": reference,
        "request": (await shop.merchant.last_request())["number"],
        "what": "It was captured without a GET since its approval.",
    }


@pytest.mark.parametrize("is_told_by_webhook", [True, False])
async def test_what_nobody_but_the_test_may_have_led_to_is_an_omission(shop: Shop, is_told_by_webhook: bool) -> None:
    """A test that only captures makes no GET; an app that was told by a webhook, and makes none, acted upon that."""
    shop.on_approved = _nothing
    await shop.register()
    await shop.hold()
    reference = await shop.is_paid()
    if is_told_by_webhook:
        await shop.release()
    await shop.captures_blindly(reference)
    item = await is_told(shop.merchant, "Q1", "without a GET since its approval")
    assert item["isOmission"] is not is_told_by_webhook


async def _nothing(reference: str) -> None:
    """Take a webhook, and do nothing."""


async def test_trust_in_the_return_url_when_the_customer_said_no(shop: Shop) -> None:
    reference = await shop.sells()
    await shop.customer("open", "reject", reference=reference)
    await shop.captures_blindly(reference)
    await is_told(shop.merchant, "Q1", "nobody had approved")


async def test_a_read_whose_answer_was_lost_tells_nothing(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.fault("getPayment", {"drop": "after"})
    await lost(shop.merchant.get(reference))
    await shop.captures_blindly(reference)
    await is_told(shop.merchant, "Q1")


async def test_polling_without_a_pause(shop: Shop) -> None:
    reference = await shop.sells()
    for _ in range(8):
        shop.wall.wait(timedelta(milliseconds=100))
        await shop.merchant.get(reference)
    await is_told(shop.merchant, "Q2", "7 of 7 intervals were below a second.")


async def test_polling_without_a_pause_in_a_test_more_often_than_anybody_who_pauses(
    shop: Shop, sandbox: Sandbox
) -> None:
    made_for_a_test(sandbox, shop)
    reference = await shop.sells()
    for _ in range(602):
        shop.wall.wait(timedelta(milliseconds=1))
        await shop.merchant.get(reference)
    await is_told(shop.merchant, "Q2", "601 of 601 intervals were below a second.")


async def test_polling_beyond_the_rate_limit(shop: Shop) -> None:
    await shop.merchant.configure(rateLimits=True)
    reference = await shop.is_paid()
    answers = [(await shop.merchant.get(reference)).status_code for _ in range(130)]
    assert answers.count(429) == 10
    await is_told(shop.merchant, "Q2", "10 reads were beyond the rate limit")


@pytest.mark.parametrize("hurried", [0, 20])
async def test_polling_for_ever(shop: Shop, sandbox: Sandbox, hurried: int) -> None:
    """In a test, too, whose sleep does nothing: the app is not to ask any more."""
    if hurried:
        made_for_a_test(sandbox, shop)
    reference = await shop.sells()
    for _ in range(hurried):
        await shop.merchant.get(reference)
    await shop.customer("open", "reject", reference=reference)
    for _ in range(31):
        shop.wall.wait(timedelta(seconds=2))
        await shop.merchant.get(reference)
    await is_told(shop.merchant, "Q2", "It had ended, and was read 31 times more.")


@pytest.mark.parametrize("then", [{"drop": "after"}, {"answer": 500}, {"garbage": True}])
async def test_a_new_key_after_a_lost_answer(shop: Shop, then: Any) -> None:
    reference = await shop.is_paid()
    await shop.merchant.get(reference)
    await shop.fault("capturePayment", then)
    await lost(shop.merchant.capture(reference, 500, key="one"))
    await shop.merchant.capture(reference, 500, key="two")
    await is_told(shop.merchant, "Q4", "with another key")


async def test_a_create_with_a_new_key_after_a_lost_answer(shop: Shop) -> None:
    """That the reference is taken then is no second order: R1 is silent."""
    body = order()
    await shop.fault("createPayment", {"drop": "after"})
    await lost(shop.merchant.create(body, key="one"))
    assert (await shop.merchant.create(body, key="two")).status_code == 409
    await is_told(shop.merchant, "Q4")


async def test_what_is_refused_is_sent_again_and_again(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.merchant.get(reference)
    for _ in range(4):
        await shop.merchant.capture(reference, 5000)
    await is_told(shop.merchant, "Q4", "It was sent 4 times, and each time answered 400.")


async def test_one_key_for_two_captures(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.merchant.get(reference)
    await shop.merchant.capture(reference, 500, key="same")
    await shop.merchant.capture(reference, 600, key="same")
    await is_told(shop.merchant, "Q5", "The key had come before with other content.")


async def test_one_key_for_two_refunds(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.asks_and_captures(reference)
    await shop.merchant.refund(reference, 500, key="same")
    await shop.merchant.refund(reference, 600, key="same")
    await is_told(shop.merchant, "Q5")


async def test_one_key_for_two_payments(shop: Shop) -> None:
    await shop.merchant.create(order(), key="same")
    await shop.merchant.create(order(), key="same")
    await is_told(shop.merchant, "Q5")


@pytest.mark.parametrize(("key", "words"), [("", "There was no key."), ("k" * 51, "The key was too long.")])
async def test_a_key_that_is_missing_or_too_long(shop: Shop, key: str, words: str) -> None:
    await shop.merchant.call("POST", "/epayment/v1/payments", order(), key=key)
    await is_told(shop.merchant, "Q5", words)


async def test_system_headers_that_are_sent_sometimes(shop: Shop) -> None:
    await shop.call("POST", "/epayment/v1/payments", order(), key="one")
    await shop.sells()
    await is_told(shop.merchant, "Q6", "createPayment lacked some of them.")


async def test_a_serial_number_that_is_left_out(shop: Shop) -> None:
    reference = await shop.sells()
    path = f"/epayment/v1/payments/{reference}"
    await shop.merchant.call("GET", path, headers={"Merchant-Serial-Number": None})
    await is_told(shop.merchant, "Q7", "getPayment lacked it.")


async def test_a_token_for_each_call(shop: Shop) -> None:
    reference = await shop.sells()
    for _ in range(5):
        shop.wall.wait(timedelta(seconds=2))
        await shop.merchant.log_in()
        await shop.merchant.get(reference)
    await is_told(shop.merchant, "Q8", "though the one before was fresh")


# --- Care -----------------------------------------------------------------------------------------------


async def test_a_reference_that_is_used_again(shop: Shop) -> None:
    body = order()
    await shop.merchant.create(body)
    await shop.merchant.create(body | {"amount": {"currency": "NOK", "value": 5000}})
    await is_told(shop.merchant, "R1", "The reference existed already.")


async def test_a_reference_that_is_a_bare_number(shop: Shop) -> None:
    await shop.sells(reference="00004711")
    await is_told(shop.merchant, "R1", "A bare number.")


async def test_what_is_reserved_and_forgotten(shop: Shop) -> None:
    """C1: it says at once what is still reserved, and after a day that nothing was ever captured."""
    reference = await shop.is_paid()
    await shop.merchant.get(reference)
    item = await item_of(shop.merchant, "C1")
    assert item["verdict"] == "not seen yet"
    assert item["evidence"][0]["what"].startswith("20.00 NOK are still reserved, until 2024-")
    await shop.merchant.advance("P1D")
    await is_told(shop.merchant, "C1", "20.00 NOK are still reserved")


async def test_a_rest_that_lapses(shop: Shop) -> None:
    reference = await shop.is_paid()
    await shop.merchant.get(reference)
    await shop.merchant.capture(reference, 500)
    await shop.merchant.advance("P200D")
    await is_told(shop.merchant, "C1", "15.00 NOK that were reserved are gone")


@pytest.mark.parametrize(
    "url",
    [
        "?access_token=short",
        "?code=a-subscription-key",
        "?code=a%2Dsubscription%2Dkey",
        "/a-subscription-key",
    ],
)
async def test_a_secret_in_a_url(shop: Shop, url: str) -> None:
    reference = await shop.sells()
    await shop.merchant.call("GET", f"/epayment/v1/payments/{reference}{url}")
    item = await is_told(shop.merchant, "S1", "A secret was in its URL.")
    assert "a-subscription-key" not in str(item["says"]) + str(item["evidence"][0]["what"])


async def test_a_force_approved_payment_is_forgotten_like_any_other(shop: Shop) -> None:
    reference = await shop.merchant.new_payment()
    await shop.merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    await shop.merchant.advance("P1D")
    await is_told(shop.merchant, "C1")
