"""What only a real browser shows of the quirks, and of the way through the app without a pointer."""

from typing import TYPE_CHECKING

import pytest

from tests.pages.chromium import MSN, Merchant, Windows, sees

if TYPE_CHECKING:
    from playwright.sync_api import Page

REFERENCE = "acme-shop-123-order123abc"
FOCUSED = "document.activeElement.id"


def tab_to(page: "Page", element_id: str) -> None:
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == element_id:
            return
    pytest.fail(f"{element_id} cannot be reached")


def press(page: "Page", element_id: str) -> None:
    """Reach it by Tab, see that the focus shows, and press Enter."""
    tab_to(page, element_id)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", element_id
    page.keyboard.press("Enter")


def escape(page: "Page") -> None:
    page.wait_for_load_state()  # and the page's own scripts with it
    page.keyboard.press("Escape")


def has_focus(page: "Page", element_id: str) -> None:
    page.wait_for_function(f"{FOCUSED} === '{element_id}'")


# --- By keyboard ----------------------------------------------------------------------------------------


def test_sheets_close_by_escape_and_give_the_focus_back(windows: Windows, merchant: Merchant) -> None:
    reference = merchant.send_invoice()
    category = {"category": "GENERAL", "orderDetailsUrl": f"{merchant.site.url}/orderdetails/1"}
    merchant.vipps.put_category("ecom", reference, category)
    page = windows.open(merchant.phone())
    press(page, f"request-{MSN}-{reference}")
    sees(page, "h1", "Pay to")
    press(page, "see-details")
    sees(page, "h1", "Details")
    press(page, "order-details")
    sees(page, "h1", "Show more info")
    escape(page)
    sees(page, "h1", "Details")
    has_focus(page, "order-details")
    escape(page)
    sees(page, "h1", "Pay to")
    has_focus(page, "see-details")
    press(page, "edit-card")
    sees(page, "h1", "Choose a card")
    press(page, "card-travel")
    sees(page, "h1", "Pay to")
    has_focus(page, "edit-card")
    press(page, "approve")
    sees(page, "#outcome", "Paid")


def test_choice_behind_cancel_closes_by_escape(windows: Windows, merchant: Merchant) -> None:
    merchant.configure(appSkin="seed")
    reference = merchant.send_invoice()
    page = windows.open(merchant.phone())
    press(page, f"request-{MSN}-{reference}")
    sees(page, "h1", "Pay to")
    press(page, "cancel")
    page.locator("#pay-later").wait_for(state="visible")
    escape(page)
    page.locator("#pay-later").wait_for(state="hidden")
    has_focus(page, "cancel")
    page.keyboard.press("Enter")
    press(page, "pay-later")
    sees(page, f"#request-{MSN}-{reference} .badge", "Postponed")


def test_what_is_open_stays_open_when_something_new_appears(windows: Windows, merchant: Merchant) -> None:
    merchant.configure(appSkin="seed")
    reference = merchant.send_invoice()
    page = windows.open(merchant.phone())
    page.click(f"#request-{MSN}-{reference}")
    page.click("#cancel")
    merchant.does("decline-card", reference)
    page.locator("#declined").wait_for()
    assert page.locator("#pay-later").is_visible()


def test_landing_page_by_keyboard(windows: Windows, merchant: Merchant) -> None:
    page = windows.open(merchant.create(customer=None))
    tab_to(page, "phone-number")
    page.keyboard.type("4791")
    page.keyboard.press("Enter")
    page.locator("#error").wait_for()
    has_focus(page, "phone-number")
    page.keyboard.press("Control+A")
    page.keyboard.type("91234567")
    page.keyboard.press("Enter")
    sees(page, "h1", "Complete in Vipps")
    press(page, "cancel")
    page.wait_for_url(f"{merchant.site.url}/**")
    assert merchant.state(REFERENCE) == "ABORTED"


# --- The quirks -----------------------------------------------------------------------------------------


def test_app_in_front_shows_a_new_request_once_it_is_refreshed(windows: Windows, merchant: Merchant) -> None:
    merchant.configure(appInForeground=True)
    page = windows.open(f"{merchant.phone()}/payments")
    reference = merchant.send_invoice()
    for _ in range(2):
        with page.expect_response("**/pulse"):
            pass
    assert page.locator(f"#request-{MSN}-{reference}").count() == 0
    page.click("#refresh")
    page.locator(f"#request-{MSN}-{reference}").wait_for()


def test_other_browser_has_no_session_with_the_merchant(windows: Windows, merchant: Merchant) -> None:
    """Cookies of the window around it stay away; what the shop sets in there stays in there."""
    merchant.configure(appReturnsTo="other_browser")
    merchant.site.page = "<h1 id=who></h1><script>who.textContent = document.cookie || 'nobody'</script>"
    merchant.create(profile=None)
    page = windows.open(merchant.site.url)
    page.evaluate("document.cookie = 'session=ada'")
    page.reload()
    assert "session=ada" in page.locator("h1").inner_text()
    for action in ("open", "approve"):
        merchant.does(action, REFERENCE)
    page.goto(merchant.request(REFERENCE))
    page.click("#return")
    shop = page.frame_locator("#return-frame").locator("h1")
    shop.wait_for()
    assert shop.inner_text() == "nobody"
    assert merchant.site.asked[-1] == "/redirect?orderId=1512202"


def test_landing_page_can_be_framed_on_request(windows: Windows, merchant: Merchant) -> None:
    """And be used there, up to the merchant's own page."""
    merchant.configure(landingFramable=True)
    redirect_url = merchant.create()
    merchant.site.page = f'<iframe id="frame" src="{redirect_url}"></iframe>'
    page = windows.open(merchant.site.url)
    frame = page.frame_locator("#frame")
    frame.locator("#next").click()
    frame.locator("#phone").wait_for()
    merchant.site.page = "<h1>Thanks for your order!</h1>"
    frame.locator("#cancel").click()
    frame.get_by_text("Thanks for your order!").wait_for()
    assert merchant.state(REFERENCE) == "ABORTED"
    assert windows.errors == []
