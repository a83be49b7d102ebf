"""What else the dashboard's buttons do: people, webhooks, the clock's due times, and a sales unit's beginnings."""

import json
from typing import Any

import httpx
import pytest

from sandbox.control.models import LATEST
from sandbox.domain.webhooks import ATTEMPTS_LAST
from tests.api.merchant import ADA, Merchant, order

EVERY_EVENT = [f"epayments.payment.{name}.v1" for name in ("created", "authorized", "aborted", "expired")]
SOMEBODY = "4799999999"


async def page(merchant: Merchant, rest: str, status: int = 200) -> str:
    answer = await merchant.http.get(f"/sandbox/dashboard/{merchant.msn}{rest}")
    assert answer.status_code == status, answer.text
    return " ".join(answer.text.split())


async def press(merchant: Merchant, rest: str, status: int = 303, /, **form: str) -> httpx.Response:
    answer = await merchant.http.post(f"/sandbox/dashboard/{merchant.msn}{rest}", data=form)
    assert answer.status_code == status, answer.text
    assert status == 303 or 'id="problem"' in answer.text
    return answer


async def customer(merchant: Merchant, number: str = ADA) -> dict[str, Any]:
    told: dict[str, Any] = (await merchant.control("GET", f"/customers/{number}")).json()
    return told


# --- People -------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_persona_is_chosen_for_one_customer_and_taken_back(merchant: Merchant) -> None:
    await merchant.control("PUT", f"/customers/{ADA}", {"person": {"givenName": "Augusta"}})
    back = f"/sandbox/dashboard/{merchant.msn}?show=phone"
    moved = await press(merchant, f"/people/{ADA}/persona", persona="approves", back=back)
    assert moved.headers["Location"] == back
    told = await customer(merchant)
    assert (told["persona"], told["person"]["name"]) == ("approves", "Augusta Lovelace")
    paid = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    assert (await merchant.get(paid)).json()["state"] == "AUTHORIZED"
    assert 'Pays at once <span class="badge info">chosen</span>' in await page(merchant, "/people")
    assert '<option value="approves" selected>' in await page(merchant, f"?phone={ADA}")
    await press(merchant, f"/people/{ADA}/persona", persona="")
    assert (await customer(merchant))["persona"] == "manual"
    await press(merchant, f"/people/{ADA}/persona", 400, persona="sleeps")


@pytest.mark.anyio
async def test_somebody_is_added_with_number_name_and_persona(merchant: Merchant) -> None:
    form = {"number": "+47 999 99 999", "given_name": "Nils", "family_name": "<b>Abel", "persona": "declines"}
    moved = await press(merchant, "/people", **form)
    assert moved.headers["Location"].endswith(f"/people/{SOMEBODY}")
    told = await customer(merchant, SOMEBODY)
    assert (told["person"]["name"], told["persona"]) == ("Nils <b>Abel", "declines")
    shown = await page(merchant, "/people")
    assert "Nils &lt;b&gt;Abel" in shown
    await press(merchant, "/people", number=SOMEBODY, family_name="Henrik")
    assert (await customer(merchant, SOMEBODY))["person"]["name"] == "Nils Henrik"
    assert (await customer(merchant, SOMEBODY))["persona"] == "declines"
    for wrong in ("", "123", "x" * 9, "4" * 16):
        await press(merchant, "/people", 400, number=wrong)
    assert "No such phone number" in await page(merchant, "/people/123", 400)


@pytest.mark.anyio
async def test_all_about_a_person_is_changed_and_taken_back(merchant: Merchant) -> None:
    usual = await customer(merchant)
    form = {
        "persona": "slow",
        "approve_trouble": "no_cards",
        "given_name": "Augusta",
        "birth_date": "1990-01-02",
        "email": "augusta@example.com",
        "street_address": "Gata 1",
        "postal_code": "0150",
        "region": "Oslo",
        "country": "NO",
    }
    await press(merchant, f"/people/{ADA}", **form)
    shown = await page(merchant, f"/people/{ADA}")
    for words in ("Augusta Lovelace", "2 Jan 1990", "augusta@example.com", "Gata 1, 0150 Oslo, NO"):
        assert words in shown
    for chosen in ('value="slow" selected', 'value="no_cards" selected', 'value="Augusta" placeholder="Augusta"'):
        assert chosen in shown
    for wrong in ({"birth_date": "yesterday"}, {"country": "Norway"}, {"approve_trouble": "none"}):
        await press(merchant, f"/people/{ADA}", 400, **wrong)
    await press(merchant, f"/people/{ADA}/forget")
    assert await customer(merchant) == usual
    assert "forget-person" not in await page(merchant, f"/people/{ADA}")


@pytest.mark.anyio
async def test_consent_is_withdrawn_on_a_persons_page(merchant: Merchant) -> None:
    await merchant.approved_payment(order(profile={"scope": "name email"}))
    assert "email, name" in await page(merchant, f"/people/{ADA}")
    await press(merchant, f"/people/{ADA}/consent")
    assert "withdraw-consent" not in await page(merchant, f"/people/{ADA}")
    await press(merchant, f"/people/{ADA}/consent")  # there is nothing any more: nothing happens
    assert sum(fact["fact"] == "ConsentForgotten" for fact in await merchant.facts()) == 1


@pytest.mark.anyio
async def test_a_persons_page_leads_to_what_waits(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    assert f'/payments/{reference}">{reference}</a>' in await page(merchant, f"/people/{ADA}")


# --- Webhooks -----------------------------------------------------------------------------------------------


async def register(merchant: Merchant, url: str = "http://127.0.0.1:1/hook") -> str:
    made = await merchant.call("POST", "/webhooks/v1/webhooks", {"url": url, "events": EVERY_EVENT})
    assert made.status_code == 201
    registered: str = made.json()["id"]
    return registered


async def deliveries(merchant: Merchant) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = (await merchant.control("GET", "/webhooks/deliveries")).json()["deliveries"]
    return told


@pytest.mark.anyio
async def test_webhooks_are_told_with_where_they_go_and_what_is_next(merchant: Merchant) -> None:
    shown = await page(merchant, "/webhooks")
    assert "Your app registers one with" in shown
    await merchant.configure(webhookTargets=[{"host": "shop.example", "url": "http://127.0.0.1:1"}])
    hook = await register(merchant, "https://shop.example/hook")
    await press(merchant, "/webhooks/hold", webhook=hook)
    reference = await merchant.new_payment()
    shown = await page(merchant, "/webhooks")
    assert "https://shop.example/hook" in shown
    assert 'really sent to <code class="foreign">http://127.0.0.1:1</code>' in shown
    assert "created, authorized, aborted, expired; since 25 Aug 2023" in shown
    assert "1 waiting" in shown
    assert "<strong>CREATED</strong>" in shown
    assert f'/payments/{reference}" id="payment-of-' in shown
    assert "to shop.example; happened 25 Aug 2023, 08:00:00; not tried yet; held until it is released" in shown
    assert "None is like that" in await page(merchant, "/webhooks?status=delivered")
    assert "Show what?" in await page(merchant, "/webhooks?status=lost", 400)


@pytest.mark.anyio
async def test_webhooks_are_held_released_sent_again_forged_and_dropped(merchant: Merchant) -> None:
    hook = await register(merchant)
    await press(merchant, "/webhooks/hold")
    assert "All are held" in await page(merchant, "/webhooks")
    await merchant.approved_payment()
    await press(merchant, "/webhooks/release", order="newest first", copies="2")
    tried = await deliveries(merchant)
    assert [(one["event"], len(one["attempts"])) for one in tried] == [("CREATED", 0), ("AUTHORIZED", 1)]
    shown = await page(merchant, "/webhooks?status=waiting")
    assert shown.index("AUTHORIZED") < shown.index("CREATED")
    assert "next try in 2 s" in shown
    assert "after AUTHORIZED" in shown
    first, second = (one["id"] for one in tried)
    await press(merchant, f"/webhooks/deliveries/{first}/redeliver")
    await press(merchant, f"/webhooks/deliveries/{first}/redeliver", signature="wrong")
    attempts = (await deliveries(merchant))[0]["attempts"]
    assert [attempt["wrongSignature"] for attempt in attempts] == [False, True]
    back = f"/sandbox/dashboard/{merchant.msn}/webhooks?status=waiting"
    dropped = await press(merchant, f"/webhooks/deliveries/{second}/drop", back=back)
    assert dropped.headers["Location"] == back
    assert [one["status"] for one in await deliveries(merchant)] == ["waiting", "dropped"]
    await press(merchant, "/webhooks/hold", webhook=hook)
    assert f'id="release-{hook}"' in await page(merchant, "/webhooks")
    await press(merchant, "/webhooks/release", webhook=hook)
    assert f'id="hold-{hook}"' in await page(merchant, "/webhooks")
    for wrong in ({"order": "by name"}, {"copies": "11"}, {"copies": "x"}):
        await press(merchant, "/webhooks/release", 400, **wrong)


@pytest.mark.anyio
async def test_a_webhook_in_the_timeline_can_be_sent_again_until_its_registration_ends(merchant: Merchant) -> None:
    hook = await register(merchant)
    await merchant.new_payment()
    await merchant.control("POST", "/webhooks/release")
    number = next(n for n, fact in enumerate(await merchant.facts(), 1) if fact["fact"] == "WebhookAttempted")
    again = f'/webhooks/deliveries/{(await deliveries(merchant))[0]["id"]}/redeliver"'
    assert again in await page(merchant, f"/facts/{number}")
    await merchant.call("DELETE", f"/webhooks/v1/webhooks/{hook}")
    assert again not in await page(merchant, f"/facts/{number}")
    shown = await page(merchant, "/webhooks")
    assert "Removed with its registration" in shown
    assert "again-" not in shown


@pytest.mark.anyio
async def test_many_deliveries_come_in_parts(merchant: Merchant) -> None:
    await press(merchant, "/webhooks/hold")
    await register(merchant)
    for number in range(60):
        await merchant.create(order(reference=f"acme-{number:04}", customer=None))
    shown = await page(merchant, "/webhooks")
    assert (shown.count('id="delivery-'), "acme-0010" in shown, "acme-0009" in shown) == (50, True, False)
    assert "before=11" in shown
    older = await page(merchant, "/webhooks?before=11")
    assert (older.count('id="delivery-'), "acme-0009" in older, "deliveries-newest" in older) == (10, True, True)
    assert older.count("deliveries-older") == 0


@pytest.mark.anyio
async def test_a_webhook_that_was_tried_for_a_week_is_told_so(merchant: Merchant) -> None:
    await register(merchant)
    await merchant.new_payment()
    await merchant.advance(f"P{ATTEMPTS_LAST.days}D")
    shown = await page(merchant, "/webhooks")
    assert "failing for 7 days" in shown
    assert "tries" in shown


# --- Time ---------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_clock_goes_to_each_due_time(merchant: Merchant) -> None:
    await merchant.new_payment()
    shown = await page(merchant, "/clock")
    assert 'id="to-due-1" class="button slim" name="to" value="2023-08-25T08:10:00.123456+00:00"' in shown
    await press(merchant, "/clock/advance", to="2023-08-25T08:10:00.123456+00:00")
    assert (await merchant.control("GET", "/payments")).json()["payments"][0]["state"] == "EXPIRED"
    await press(merchant, "/clock/advance", to="2020-01-01T00:00:00+00:00")  # that is past: the clock stays
    assert (await merchant.control("GET", "/clock")).json()["now"] == "2023-08-25T08:10:00.123Z"
    for wrong in ("soon", "3001-01-01T00:00:00"):
        await press(merchant, "/clock/advance", 400, to=wrong)


@pytest.mark.anyio
async def test_the_clock_has_an_end(merchant: Merchant) -> None:
    await merchant.control("PUT", "/clock", {"now": LATEST.isoformat()})
    await press(merchant, "/clock/advance", 400, by="PT1H")


# --- Beginnings ---------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_reset_asks_first(merchant: Merchant) -> None:
    await merchant.new_payment()
    await merchant.control("POST", "/faults", {"then": {"answer": 503}})
    shown = await page(merchant, "/reset")
    assert '<strong id="lost">1 payment, 1 request and 0 webhooks</strong>' in shown
    assert "1 armed fault was never met by a call" in shown
    assert "1 armed fault was never met by a call" in await page(merchant, "/restore")
    assert len((await merchant.control("GET", "/payments")).json()["payments"]) == 1
    await press(merchant, "/reset")
    assert (await merchant.control("GET", "/payments")).json()["payments"] == []


@pytest.mark.anyio
async def test_a_sales_unit_is_kept_in_a_file_and_made_again_from_it(merchant: Merchant) -> None:
    reference = await merchant.new_payment()
    kept = await merchant.http.post(f"/sandbox/dashboard/{merchant.msn}/snapshot")
    assert kept.headers["Content-Disposition"] == (f'attachment; filename="{merchant.msn}-2023-08-25T080000.json"')
    assert kept.json() == (await merchant.control("POST", "/snapshot")).json()
    await press(merchant, "/reset")
    assert "0 payments" in await page(merchant, "/restore")
    url = f"/sandbox/dashboard/{merchant.msn}/restore"
    restored = await merchant.http.post(url, files={"snapshot": ("kept.json", kept.content)})
    assert (restored.status_code, restored.headers["Location"]) == (303, f"/sandbox/dashboard/{merchant.msn}")
    assert (await merchant.control("GET", "/payments")).json()["payments"][0]["reference"] == reference


@pytest.mark.anyio
async def test_a_snapshot_may_be_larger_than_what_other_forms_send(merchant: Merchant) -> None:
    kept = (await merchant.control("POST", "/snapshot")).content
    url = f"/sandbox/dashboard/{merchant.msn}/restore"
    restored = await merchant.http.post(url, files={"snapshot": ("kept.json", kept + b" " * 2 * 1024 * 1024)})
    assert restored.status_code == 303


@pytest.mark.anyio
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", json.dumps({"sandbox": "1", "format": 1, "msn": "1", "facts": []}).encode()],
)
async def test_what_is_no_snapshot_changes_nothing(merchant: Merchant, content: bytes) -> None:
    await merchant.new_payment()
    url = f"/sandbox/dashboard/{merchant.msn}/restore"
    refused = await merchant.http.post(url, files={"snapshot": ("kept.json", content)})
    assert (refused.status_code, 'id="problem"' in refused.text) == (400, True)
    assert len((await merchant.control("GET", "/payments")).json()["payments"]) == 1


@pytest.mark.anyio
async def test_a_form_that_sends_no_file_is_refused(merchant: Merchant) -> None:
    url = f"/sandbox/dashboard/{merchant.msn}/restore"
    for headers in (
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "text/plain"},
        {},
    ):
        refused = await merchant.http.post(url, content=b"snapshot=x", headers=headers)
        assert (refused.status_code, 'id="problem"' in refused.text) == (400, True)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "rest", ["/people", f"/people/{ADA}/persona", "/webhooks/hold", "/reset", "/restore", "/snapshot"]
)
async def test_no_foreign_page_presses_a_button(merchant: Merchant, rest: str) -> None:
    url = f"/sandbox/dashboard/{merchant.msn}{rest}"
    answer = await merchant.http.post(url, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
