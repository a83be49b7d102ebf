"""The dashboard in Chromium: live without reload, by keyboard, with ten thousand payments, at any width."""

import os
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.pages.axe import needs_axe, violations
from tests.pages.chromium import ADA, EMMA, MSN, Merchant, Windows, sees

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOME = f"/sandbox/dashboard/{MSN}"
PAGES = (
    "",
    "?payment=acme-invoice-424243",
    "/payments/acme-invoice-424243",
    "/people",
    f"/people/{ADA}",
    "/clock",
    "/webhooks",
    "/settings",
    "/checklist",
    "/connect",
    "/reset",
    "/restore",
    "/remove",
)


def open_at(windows: Windows, merchant: Merchant, rest: str = "", **options: Any) -> "Page":
    return windows.open(f"{merchant.url}{HOME}{rest}", **options)


def lines(page: "Page") -> list[str]:
    return page.locator("#moments .line-words").all_inner_texts()


def is_live(page: "Page") -> None:
    sees(page, "#live-words", "Live")


@pytest.fixture
def story(merchant: Merchant) -> Merchant:
    """An invoice that was put off, paid, captured in part, and captured too high."""
    reference = merchant.send_invoice()
    merchant.does("open", reference)
    merchant.does("pay-later", reference)
    merchant.advance("PT30M")
    merchant.does("open", reference)
    merchant.does("approve", reference)
    for value in (150_000, 100_000):
        merchant.http.post(
            f"/epayment/v1/payments/{reference}/capture",
            json={"modificationAmount": {"currency": "NOK", "value": value}},
            headers=keys(merchant) | {"Idempotency-Key": str(value)},
        )
    return merchant


def keys(merchant: Merchant) -> dict[str, str]:
    own = {"Ocp-Apim-Subscription-Key": "a-key", "Merchant-Serial-Number": MSN}
    credentials = {"client_id": "an-id", "client_secret": "a-secret"}
    token = merchant.http.post("/accesstoken/get", headers=own | credentials).json()["access_token"]
    return own | {"Authorization": f"Bearer {token}"}


def test_what_happens_appears_without_reload(windows: Windows, merchant: Merchant) -> None:
    """A call, the fact, the push and the payment; then what the customer does on the phone beside them."""
    merchant.vipps.get_events(merchant.send_invoice(reference="acme-first"))
    page = open_at(windows, merchant)
    is_live(page)
    page.evaluate("window.sameDocument = true")
    reference = merchant.send_invoice()
    sees(page, f"#payment-{reference} .payment-state", "Waiting")
    assert lines(page)[:3] == ["Create payment", lines(page)[1], "Push to +47\xa0912\xa034\xa0567"]
    assert "Payment of 2\u202f000,00\xa0NOK created" in lines(page)[1]
    sees(page, "#payments-count", "2")

    phone = page.frame_locator("#phone-frame")
    phone.locator(f"#push-{MSN}-{reference}, #request-{MSN}-{reference}").first.wait_for()
    merchant.does("open", reference)
    merchant.does("approve", reference)
    sees(page, f"#payment-{reference} .payment-state", "Authorised")
    page.get_by_text("Approved: 2 000,00 NOK reserved").wait_for()
    assert page.evaluate("window.sameDocument") is True
    assert page.locator("[id]").evaluate_all("all => all.length - new Set(all.map(one => one.id)).size") == 0
    assert windows.errors == []
    assert windows.elsewhere == []


def test_try_it_plays_on_the_spot(windows: Windows, merchant: Merchant) -> None:
    """On the first visit, with nothing there; the welcome gives way to what happens."""
    page = windows.open(f"{merchant.url}/")
    sees(page, ".welcome-title", "Nothing has happened yet")
    is_live(page)
    page.click("#try-it")
    sees(page, "#payment-try-it-0001 .payment-state", "Captured")
    assert page.locator("#welcome").count() == 0
    assert lines(page)[0] == "Capture"
    assert windows.errors == []


def test_a_filter_and_a_search_hold_for_what_comes(windows: Windows, merchant: Merchant) -> None:
    merchant.send_invoice(reference="acme-first")
    page = open_at(windows, merchant)
    page.click("#show-phone")
    is_live(page)
    assert set(lines(page)) == {"Push to +47\xa0912\xa034\xa0567"}
    merchant.does("open", "acme-first")
    sees(page, "#moments .line-words >> nth=0", "Opened on +47 912 34 567")
    page.fill("#search", "acme-second")
    page.press("#search", "Enter")
    page.wait_for_url("**q=acme-second**")
    is_live(page)
    assert lines(page) == []
    merchant.send_invoice(reference="acme-second")
    sees(page, "#moments .line-words >> nth=0", "Push to +47 912 34 567")
    merchant.does("pay-later", "acme-first")
    sees(page, "#payment-acme-first .payment-state", "Put off")
    assert len(lines(page)) == 1


def test_a_payment_narrows_the_story_and_has_a_page(windows: Windows, story: Merchant) -> None:
    story.send_invoice(reference="acme-other")
    page = open_at(windows, story)
    page.click("#payment-acme-invoice-424243-link")
    sees(page, "#strip .badge", "Partly captured")
    assert "acme-other" not in page.locator("#moments").inner_text()
    page.click("#strip-link")
    sees(page, "h1", "acme-invoice-424243")
    diagram = page.locator("svg.diagram.wide")
    assert diagram.is_visible()
    assert diagram.locator(".passed").all_inner_texts() == ["30 min later"] or "30 min later" in diagram.inner_html()
    widths = page.locator(".amount-bar rect").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert widths[0] == pytest.approx(3 * widths[1], rel=0.02)


def test_a_detail_opens_in_place_and_stays_open(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story)
    is_live(page)
    refused = page.locator(".line.refused [data-line]").first
    refused.click()
    sees(page, ".opened .badge >> nth=0", "400 Bad Request")
    assert "left to capture" in page.locator(".opened .alert-words").inner_text()
    assert '"modificationAmount"' in page.locator(".opened pre").first.inner_text()
    story.send_invoice(reference="acme-later")
    page.locator("#payment-acme-later").wait_for()
    assert page.locator(".opened").count() == 1
    refused.click()
    page.locator(".opened").wait_for(state="detached")


def test_a_call_is_copied_as_curl(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story, permissions=["clipboard-read", "clipboard-write"])
    page.locator(".line.refused [data-line]").first.click()
    page.locator("[id^=copy-curl]").click()
    sees(page, "#said", "Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl -X POST {story.url}/epayment/v1/payments/acme-invoice-424243/capture")
    assert "authorization: Bearer $TOKEN" in copied
    assert '"value":100000' in copied.replace(" ", "")


def test_a_row_is_copied_as_a_scenario_step(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story, permissions=["clipboard-read", "clipboard-write"])
    page.locator(".line.refused [data-line]").first.click()
    page.locator("[id^=copy-step]").click()
    sees(page, "#said", "Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    refused = 'expect: {status: 400, code: "6090"}'
    assert copied == f"  - merchant.capture: {{payment: acme-invoice-424243, amount: 100000, {refused}}}\n"
    page.goto(f"{story.url}{HOME}/payments/acme-invoice-424243")
    page.click("#copy-steps-payment")
    sees(page, "#said", "Copied")
    assert "  - customer.pay_later: invoice\n" in page.evaluate("navigator.clipboard.readText()")


def test_a_persona_is_chosen_beside_the_phone(windows: Windows, merchant: Merchant) -> None:
    """Also for whom the page did not know when it was opened."""
    merchant.send_invoice()
    page = open_at(windows, merchant)
    is_live(page)
    merchant.http.put(f"/sandbox/units/{MSN}/customers/4799999999", json={"person": {"givenName": "Nils"}})
    merchant.send_invoice(reference="acme-invoice-424244", customer={"phoneNumber": "4799999999"})
    page.locator("#phone-4799999999").wait_for(state="attached")
    page.click("#phones-open")
    page.click("#phone-4799999999")
    assert page.inner_text("#phone-name").startswith("Nils ")
    assert page.input_value("#set-persona") == ""
    page.select_option("#set-persona", "approves")
    page.click("#save-persona")
    sees(page, "#moments .line-words >> nth=0", "+47 999 99 999 was changed: pays at once")
    page.click("#phones-open")
    page.click(f"#phone-{ADA}")
    assert page.input_value("#set-persona") == ""
    page.click("#phones-open")
    page.click("#phone-4799999999")
    assert page.input_value("#set-persona") == "approves"
    page.click("#phone-person")
    sees(page, "#persona", "Pays at once")
    assert windows.errors == []


def test_a_sales_unit_is_kept_reset_and_restored_without_scripts(
    windows: Windows, story: Merchant, tmp_path: Path
) -> None:
    page = open_at(windows, story, "/settings", java_script_enabled=False)
    with page.expect_download() as download:
        page.click("#snapshot")
    kept = tmp_path / "kept.json"
    download.value.save_as(kept)
    page.click("#to-reset")
    sees(page, "#lost", "1 payment, 5 requests and 0 webhooks")
    page.click("#reset")
    page.locator("#payments-empty").wait_for()
    page.goto(f"{story.url}{HOME}/restore")
    page.set_input_files("#set-snapshot", kept)
    page.click("#restore")
    page.locator("#payment-acme-invoice-424243").wait_for()


def test_an_open_page_begins_anew_with_its_sales_unit(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story)
    is_live(page)
    story.http.post(f"/sandbox/units/{MSN}/reset")
    page.locator("#welcome").wait_for()
    is_live(page)


def test_the_keyboard_reaches_everything(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story)
    is_live(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == page.locator("[data-line]").first.get_attribute("id")
    page.keyboard.press("Enter")
    page.locator(".opened").wait_for()
    page.keyboard.press("Escape")
    page.locator(".opened").wait_for(state="detached")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("j?a")
    assert page.input_value("#search") == "j?a"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    before = page.inner_text("#clock-text")
    page.keyboard.press("a")
    page.get_by_text("Clock set to").first.wait_for()
    page.wait_for_function("before => document.getElementById('clock-text').textContent !== before", arg=before)
    assert windows.errors == []


def has_focus(page: "Page", id_: str) -> None:
    page.wait_for_function("id => document.activeElement.id === id", arg=id_)


def test_what_escape_closes_gives_the_focus_back(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story)
    is_live(page)
    page.focus("#units-open")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    has_focus(page, f"unit-{MSN}")
    page.keyboard.press("Escape")
    has_focus(page, "units-open")
    assert not page.locator("#all-units").is_visible()

    page.focus("#phones-open")
    page.keyboard.press("Enter")
    page.focus(f"#phone-{EMMA}")
    page.keyboard.press("Enter")
    has_focus(page, "phones-open")
    sees(page, "#phones-open", "+47 934 24 725")

    page.keyboard.press("Enter")
    page.locator("#all-people").wait_for()
    page.focus("#search")
    page.locator("#all-people").wait_for(state="hidden")

    line = page.locator("[data-line]").first
    line.press("Enter")
    page.locator(".opened").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.opened') !== null")
    page.keyboard.press("Escape")
    page.locator(".opened").wait_for(state="detached")
    has_focus(page, line.get_attribute("id") or "")


def test_a_button_keeps_the_focus_when_its_work_is_done(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story)
    is_live(page)
    page.focus("#advance-hour")
    page.keyboard.press("Enter")
    page.get_by_text("Clock set to").first.wait_for()
    has_focus(page, "advance-hour")


def test_a_detail_that_cannot_be_fetched_says_so(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story)
    is_live(page)
    page.route("**/*?part=1", lambda route: route.abort())
    line = page.locator("[data-line]").first
    line.click()
    sees(page, "#said", "The sandbox does not answer")
    assert line.get_attribute("aria-expanded") == "false"
    page.unroute_all()


def test_the_focus_is_never_under_the_bar(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story, "/people", viewport={"width": 1440, "height": 600})
    below = "document.activeElement.getBoundingClientRect().top - document.querySelector('.bar').offsetHeight"
    page.locator("main a").last.focus()
    while page.evaluate("document.activeElement.closest('main') !== null"):
        assert page.evaluate(below) >= 0, page.evaluate("document.activeElement.id")
        page.keyboard.press("Shift+Tab")


def test_a_second_click_does_nothing_twice(windows: Windows, story: Merchant) -> None:
    """But later, on a page that a download has left where it was, another does what it says."""
    page = open_at(windows, story, "/settings")
    sent = "new SubmitEvent('submit', {bubbles: true, cancelable: true})"
    passes = f"document.getElementById('snapshot').form.dispatchEvent({sent})"
    assert page.evaluate(f"[{passes}, {passes}]") == [True, False]
    page.wait_for_function(f"() => {passes}")


def test_the_clock_tells_why_it_does_not_move(windows: Windows, merchant: Merchant) -> None:
    page = windows.open(f"{merchant.url}/")
    is_live(page)
    page.click("#advance-next")
    sees(page, "#said", "Nothing waits for the clock in this sales unit.")


def test_without_scripts_everything_is_a_link_or_a_form(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story, java_script_enabled=False)
    assert page.locator("[data-needs-script]:visible").count() == 0
    page.click("#advance-day")
    assert "Clock set to" in lines(page)[0]
    page.click("#show-requests")
    assert lines(page)[-1] == "Create payment"
    page.locator(".line.refused [data-line]").first.click()
    sees(page, "h1", "Capture")
    page.click("#back")
    page.fill("#payments-search", "nothing like it")
    page.press("#payments-search", "Enter")
    sees(page, "#payments-empty", "No payment is like that.")


def test_narrow_screens_have_three_tabs(windows: Windows, story: Merchant) -> None:
    page = open_at(windows, story, viewport={"width": 390, "height": 844})
    is_live(page)
    columns = {name: page.locator(f"#{name}") for name in ("payments", "timeline", "phone")}
    for name in ("payments", "phone", "timeline"):
        page.click(f"#tab-{name}")
        assert {other for other, column in columns.items() if column.is_visible()} == {name}
        assert page.locator(f"#tab-{name}").get_attribute("aria-current") == "true"
        if name == "phone":
            box = page.locator("#phone-frame").bounding_box()
            assert box is not None
            assert box["height"] > 600


def test_nothing_has_to_be_scrolled_sideways(windows: Windows, story: Merchant) -> None:
    story.send_invoice(reference="x" * 64, paymentDescription="y" * 100)
    page = open_at(windows, story)
    inside = (f"{HOME}{rest}" for rest in (*PAGES, f"/payments/{'x' * 64}"))
    for path in (*inside, "/sandbox/dashboard", "/sandbox/dashboard/strays"):
        page.goto(story.url + path)
        for width in (320, 768, 1440, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_light_or_dark_is_kept(windows: Windows, merchant: Merchant) -> None:
    page = windows.open(f"{merchant.url}/", color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    ground = "getComputedStyle(document.body).backgroundColor"
    page.wait_for_function(f"light => {ground} !== light", arg=light)
    dark = page.evaluate(ground)
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_another_sales_unit_that_is_called_is_announced(windows: Windows, merchant: Merchant) -> None:
    """So that an app whose serial number is another than the page's is not missed."""
    page = windows.open(f"{merchant.url}/")
    is_live(page)
    merchant.send_invoice()
    sees(page, "#elsewhere-link", f"Sales unit {MSN} was just called: go there")
    page.click("#elsewhere-link")
    page.wait_for_url(f"**{HOME}")
    assert page.locator("#payment-acme-invoice-424243").is_visible()


def test_a_page_left_open_comes_back_to_what_it_missed(windows: Windows, merchant: Merchant) -> None:
    merchant.send_invoice(reference="acme-first")
    page = open_at(windows, merchant)
    is_live(page)
    page.context.set_offline(True)
    merchant.does("open", "acme-first")
    page.context.set_offline(False)
    page.get_by_text("Opened on").wait_for()


def test_what_merchants_write_runs_nowhere(windows: Windows, merchant: Merchant) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    page = open_at(windows, merchant) if merchant.send_invoice(paymentDescription=hostile) else None
    assert page is not None
    merchant.configure(name=hostile)
    is_live(page)
    merchant.send_invoice(reference="acme-second", paymentDescription=hostile)
    page.locator("#moments").get_by_text("acme-second").first.wait_for()  # no row comes between the clicks
    for place in range(3):
        page.locator("[data-line]").nth(place).click()
    page.locator(".opened").nth(2).wait_for()
    assert page.locator("main img, main script").count() == 0
    assert windows.errors == []


def test_ten_thousand_payments_are_no_burden(windows: Windows, merchant: Merchant) -> None:
    """They were all created by calls, so that the request log is full as well."""
    headers = keys(merchant) | {"Content-Type": "application/json"}
    connection = HTTPConnection(merchant.url.removeprefix("http://"))
    for number in range(10_000):
        reference = f"acme-order-{number:05}"
        body = (
            '{"amount":{"currency":"NOK","value":2000},"paymentMethod":{"type":"WALLET"},"userFlow":"PUSH_MESSAGE",'
            f'"customer":{{"phoneNumber":"{ADA}"}},"reference":"{reference}"}}'
        )
        connection.request("POST", "/epayment/v1/payments", body, headers | {"Idempotency-Key": reference})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201
    connection.close()
    page = open_at(windows, merchant)
    is_live(page)
    assert page.locator(".payment").count() == 50
    sees(page, "#payments-count", "10000")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd") < 1500
    merchant.does("open", "acme-order-09999")
    sees(page, "#moments .line-words >> nth=0", "Opened on +47 912 34 567")
    page.click("#payments-older")
    page.locator("#payment-acme-order-09949").wait_for()
    page.fill("#payments-search", "order-00007")
    page.press("#payments-search", "Enter")
    page.locator("#payment-acme-order-00007").wait_for()
    assert page.locator(".payment").count() == 1


@needs_axe
@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (390, "light"),
        pytest.param(
            *(1440, "dark"), marks=pytest.mark.skipif("CI" not in os.environ, reason="takes long; CI does it")
        ),
    ],
)
def test_axe_finds_nothing(windows: Windows, story: Merchant, scheme: str, width: int) -> None:
    page = open_at(windows, story, color_scheme=scheme, viewport={"width": width, "height": 900})
    outside = ["/", "/sandbox/dashboard", "/sandbox/dashboard/strays", "/sandbox/dashboard/999999"]
    outside += ["/sandbox/docs", "/sandbox/docs/createPayment"]
    for path in (*(HOME + rest for rest in PAGES), *outside):
        page.goto(story.url + path)
        for link in page.locator("[data-line], details.more > summary:visible").all()[:3]:
            link.click()
        told = [
            f"{one['id']}: {one['nodes'][0]['html']} {one['nodes'][0]['failureSummary']}"
            for one in violations(page, {"exclude": [["#phone-frame"]]})
        ]
        assert told == [], f"{path}: {told}"
