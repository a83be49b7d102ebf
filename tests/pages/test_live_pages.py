"""Customer's pages as people have them, with scripts: what is new appears by itself, over real sockets."""

import re
from collections.abc import Iterator

import pytest

from tests.pages.chromium import ADA, EMMA, MSN, Merchant, Windows, sees

FIRST = "acme-shop-123-order123abc"


@pytest.fixture(autouse=True)
def _nothing_goes_wrong(windows: Windows, merchant: Merchant) -> Iterator[None]:
    """No page complains in the console, and none asks anybody but the sandbox, until it goes to the merchant."""
    yield
    assert windows.errors == []
    assert [url for url in windows.elsewhere if not url.startswith(merchant.site.url)] == []


def test_flow_a_by_clicking(windows: Windows, merchant: Merchant) -> None:
    """The push appears on a phone that lies there, and the landing page goes on by itself."""
    phone = windows.open(merchant.phone())
    sees(phone, "#pushes", "No notifications")
    browser = windows.open(merchant.create())
    sees(browser, "#asked", "2 000,00 kr to Acme Shop")
    browser.click("#next")
    sees(browser, "h1", "Complete in Vipps")

    push = phone.locator(f"#request-{MSN}-{FIRST}")
    push.wait_for()
    assert "Acme Shop sent you a request for 2\u202f000,00\u00a0kr." in push.inner_text()
    assert "arrives" in (phone.locator(f"#push-request-{MSN}-{FIRST}").get_attribute("class") or "")
    push.click()
    sees(phone, "h1", "Information you share")
    phone.click("#share")
    phone.click("#approve")
    sees(phone, "#outcome", "Paid")
    browser.wait_for_url(f"{merchant.site.url}/redirect?orderId=1512202")
    assert merchant.site.asked == ["/redirect?orderId=1512202"]


def test_flow_b_by_clicking_in_the_later_form(windows: Windows, merchant: Merchant) -> None:
    """Not now, come back a day later, and pay; then the merchant captures, and the open page says so."""
    reference = merchant.send_invoice()
    phone = windows.open(merchant.phone())
    request = f"#request-{MSN}-{reference}"
    phone.click(request)
    sees(phone, "#due", phone.locator("#due").inner_text())
    phone.click("#pay-later")
    sees(phone, f"{request} .badge", "Postponed")
    merchant.advance("P1D")
    phone.click(request)
    phone.click("#approve")
    sees(phone, "#status", "Reserved")
    merchant.vipps.capture(reference, {"modificationAmount": {"currency": "NOK", "value": 200_000}})
    sees(phone, "#status", "Paid")


def test_flow_b_by_clicking_in_the_first_form(windows: Windows, merchant: Merchant) -> None:
    merchant.configure(appSkin="seed")
    reference = merchant.send_invoice()
    phone = windows.open(merchant.phone())
    request = f"#request-{MSN}-{reference}"
    phone.click(request)
    phone.click("#cancel")
    phone.click("#pay-later")
    phone.click(request)
    phone.click("#approve")
    sees(phone, "#outcome", "Paid")
    assert merchant.state(reference) == "AUTHORIZED"


def test_refused_consent_ends_it_on_both_screens(windows: Windows, merchant: Merchant) -> None:
    browser = windows.open(merchant.create())
    browser.click("#next")
    phone = windows.open(merchant.phone())
    phone.click(f"#request-{MSN}-{FIRST}")
    phone.click("#refuse")
    sees(phone, "#outcome", "Cancelled")
    browser.wait_for_url(f"{merchant.site.url}/**")
    assert merchant.state(FIRST) == "ABORTED"


def test_declined_card_and_another_one(windows: Windows, merchant: Merchant) -> None:
    reference = merchant.send_invoice()
    phone = windows.open(merchant.phone())
    phone.click(f"#request-{MSN}-{reference}")
    phone.click("#edit-card")
    phone.click("#card-blocked")
    phone.click("#approve")
    phone.locator("#declined").wait_for()
    phone.click("#edit-card")
    phone.click("#card-daily")
    phone.click("#approve")
    sees(phone, "#outcome", "Paid")


def test_time_runs_out_while_everybody_waits(windows: Windows, merchant: Merchant) -> None:
    """The clock is moved: the phone tells it, the browser goes home."""
    browser = windows.open(merchant.create(profile=None))
    browser.click("#next")
    phone = windows.open(merchant.phone())
    phone.click(f"#request-{MSN}-{FIRST}")
    sees(phone, "h1", "Pay to")
    merchant.advance("PT10M")
    sees(phone, "#outcome", "Time is up")
    browser.wait_for_url(f"{merchant.site.url}/**")


def test_countdown_follows_the_units_clock(windows: Windows, merchant: Merchant) -> None:
    browser = windows.open(merchant.create())
    merchant.advance("PT9M")
    browser.get_by_role("timer").filter(has_text=re.compile("^0:")).wait_for()


def test_two_phones_at_once(windows: Windows, merchant: Merchant) -> None:
    """Each shows its own; what happens on one changes nothing on the other."""
    ada, emma = windows.open(merchant.phone(ADA)), windows.open(merchant.phone(EMMA))
    for_ada = merchant.send_invoice(reference="invoice-for-ada")
    for_emma = merchant.send_invoice(reference="invoice-for-emma", customer={"phoneNumber": EMMA})
    ada.click(f"#request-{MSN}-{for_ada}")
    emma.click(f"#request-{MSN}-{for_emma}")
    ada.click("#approve")
    sees(ada, "#outcome", "Paid")
    sees(emma, "h1", "Pay to")
    emma.click("#reject")
    sees(emma, "#outcome", "Cancelled")
    assert (merchant.state(for_ada), merchant.state(for_emma)) == ("AUTHORIZED", "ABORTED")


def test_phones_own_browser_goes_straight_into_the_app(windows: Windows, merchant: Merchant) -> None:
    """No push; and at the end back to the shop."""
    user_agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1"
    phone = windows.open(merchant.create(profile=None), user_agent=user_agent, viewport={"width": 390, "height": 780})
    sees(phone, "#open-app", "Open Vipps")
    phone.click("#open-app")
    phone.click("#approve")
    phone.click("#return")
    sees(phone, "h1", "Thanks for your order!")
    assert merchant.site.asked == ["/redirect?orderId=1512202"]


def test_card_and_the_banks_question(windows: Windows, merchant: Merchant) -> None:
    browser = windows.open(merchant.create(paymentMethod={"type": "CARD"}, profile=None, customer=None))
    browser.fill("#card-number", "4000 0000 0000 0002")
    browser.click("#pay-by-card")
    browser.locator("#error").wait_for()
    browser.fill("#card-number", "4111 1111 1111 1111")
    browser.click("#pay-by-card")
    sees(browser, "#question", "Are you paying with the card •••• 1111?")
    browser.click("#confirm")
    browser.wait_for_url(f"{merchant.site.url}/**")
    assert merchant.state(FIRST) == "AUTHORIZED"


def test_theme_is_chosen_and_kept(windows: Windows, merchant: Merchant) -> None:
    phone = windows.open(merchant.phone(), color_scheme="light", viewport={"width": 1200, "height": 900})
    ground = "getComputedStyle(document.body).backgroundColor"
    light = phone.evaluate(ground)
    phone.click("[data-theme-switch]")
    dark = phone.evaluate(ground)
    assert dark != light
    phone.reload()
    assert phone.evaluate(ground) == dark


def test_idle_page_asks_little(windows: Windows, merchant: Merchant) -> None:
    """A word of some bytes a second, and nothing more while nothing happens; another unit's payments are nothing."""
    merchant.send_invoice()
    phone = windows.open(merchant.phone())
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url) if "/static/" not in request.url else None)
    with phone.expect_response("**/pulse") as first:
        pass
    assert len(first.value.body()) == 16
    merchant.send_invoice(reference="invoice-for-emma", customer={"phoneNumber": EMMA})
    with phone.expect_response("**/pulse"):
        pass
    phone.wait_for_timeout(50)
    assert {url for url in asked if not url.endswith("/pulse")} <= {merchant.phone()}
