"""What Vipps's landing page and app are known to do oddly, each by a setting or a button."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import ReturnsTo
from tests.pages.browser import Browser
from tests.pages.shop import ADA, REFERENCE, RETURN_URL, Shop

pytestmark = pytest.mark.anyio

MINE = f"/phone/{ADA}/requests/123456/{REFERENCE}"
MINUTE = timedelta(minutes=1)


def configure(shop: Shop, **settings: Any) -> None:
    shop.unit.configure(replace(shop.unit.state.settings, **settings))


# --- Two steps of five minutes --------------------------------------------------------------------------


async def test_landing_page_counts_down_one_step_at_a_time(shop: Shop, browser: Browser) -> None:
    configure(shop, claim_timeout=5 * MINUTE)
    redirect_url = await shop.create()
    await shop.unit.set_clock(None, frozen=True)
    await browser.open(redirect_url)
    assert browser["time-left"].text == "5:00"
    await shop.unit.advance(4 * MINUTE)
    await browser.open(redirect_url)
    assert browser["time-left"].text == "1:00"
    await browser.click("next")
    assert browser["time-left"].text == "5:00"
    await shop.unit.advance(5 * MINUTE)
    await browser.open(redirect_url)
    assert browser.heading == "Time is up"
    assert shop.payment.state is PaymentState.EXPIRED


# --- Back -----------------------------------------------------------------------------------------------


async def test_going_back_ends_a_payment_whose_number_was_entered(shop: Shop, browser: Browser) -> None:
    """The browser stays where it was before, and is not sent to returnUrl."""
    await browser.open(await shop.create())
    await browser.click("next")
    assert browser["back"].text == "Press the browser's Back"
    await browser.click("back")
    assert browser.page.status_code == 200
    assert browser.heading == "Cancelled"
    assert browser["return"].attributes["href"] == RETURN_URL
    assert shop.happened == ["PaymentCreated", "PushSent", "PaymentAborted"]


async def test_going_back_changes_nothing_once_it_is_paid(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create())
    await browser.click("next")
    waiting = browser.page
    for button in ("open", "approve"):
        await browser.post(f"{MINE}/{button}")
    browser.page = waiting
    await browser.click("back")
    assert browser.heading == "Paid"
    assert shop.payment.state is PaymentState.AUTHORIZED


# --- The app in front -----------------------------------------------------------------------------------


async def test_app_in_front_shows_no_push_and_tells_of_nothing_new(
    shop: Shop, browser: Browser, client: httpx.AsyncClient
) -> None:
    """The request is in the list, but only for who refreshes it."""
    await shop.send_invoice(reference="an-earlier-invoice")
    configure(shop, app_in_foreground=True)
    before = (await client.get(f"/phone/{ADA}/pulse")).text
    await shop.send_invoice()
    assert (await client.get(f"/phone/{ADA}/pulse")).text == before
    await browser.open(f"/phone/{ADA}")
    assert "No notifications" in browser.text
    await browser.click("open-app")
    await browser.click("refresh")
    assert f"request-123456-{REFERENCE}" in browser.by_id


async def test_what_is_open_in_the_app_in_front_stays_live(shop: Shop, client: httpx.AsyncClient) -> None:
    configure(shop, app_in_foreground=True)
    await shop.send_invoice()
    await client.post(f"{MINE}/open")
    before = (await client.get(f"/phone/{ADA}/pulse")).text
    await shop.cancel()
    assert (await client.get(f"/phone/{ADA}/pulse")).text != before


# --- Another browser ------------------------------------------------------------------------------------


async def test_app_may_return_in_another_browser(shop: Shop, browser: Browser) -> None:
    """Byte for byte all the same."""
    configure(shop, app_returns_to=ReturnsTo.OTHER_BROWSER)
    await shop.create()
    for action in ("open", "approve"):
        await browser.post(f"{MINE}/{action}")
    await browser.click("return")
    assert browser.heading == "The phone's browser"
    frame = browser["return-frame"].attributes
    assert frame["src"] == browser["return-url"].text == browser["open-outside"].attributes["href"] == RETURN_URL
    assert "credentialless" in frame
    assert "allow-top-navigation" not in frame["sandbox"]
    await browser.click("close")
    assert browser.heading == "Paid"


async def test_link_into_an_app_stays_a_link(shop: Shop, browser: Browser) -> None:
    configure(shop, app_returns_to=ReturnsTo.OTHER_BROWSER)
    await shop.create(returnUrl="acmeshop://orders/1")
    for action in ("open", "reject"):
        await browser.post(f"{MINE}/{action}")
    assert browser["return"].attributes["href"] == "acmeshop://orders/1"
    await browser.open(f"{MINE}/return")
    assert browser.page.status_code == 404


@pytest.mark.parametrize("flow", ["PUSH_MESSAGE", "WEB_REDIRECT"])
async def test_app_leads_nowhere_before_the_end_and_after_a_push(shop: Shop, browser: Browser, flow: str) -> None:
    await shop.create(userFlow=flow)
    if flow == "PUSH_MESSAGE":
        for action in ("open", "approve"):
            await browser.post(f"{MINE}/{action}")
    await browser.open(f"{MINE}/return")
    assert (browser.page.status_code, browser.heading) == (404, "There is no such page")


# --- Framing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("framable", "ancestors", "options"), [(False, "'none'", "DENY"), (True, "*", None)])
async def test_landing_page_in_a_frame(
    shop: Shop, browser: Browser, framable: bool, ancestors: str, options: str | None
) -> None:
    """Whatever it shows; the phone beside it stays our own pages' business."""
    configure(shop, landing_framable=framable)
    redirect_url = await shop.create()
    await browser.open(redirect_url)
    pages = [browser.page]
    for step in ("next", "back"):
        await browser.click(step)
        pages.append(browser.page)
    for page in pages:
        assert page.headers["content-security-policy"].endswith(f"frame-ancestors {ancestors}")
        assert page.headers.get("x-frame-options") == options
    await browser.open(f"/phone/{ADA}")
    assert browser.page.headers["x-frame-options"] == "SAMEORIGIN"
