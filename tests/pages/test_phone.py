"""The simulated phone: the list, the consent screen, the payment screen, and how it ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import UnitSettings
from sandbox.server import Sandbox
from tests.pages.browser import Browser
from tests.pages.shop import ADA, EMMA, REFERENCE, RETURN_URL, Shop

pytestmark = pytest.mark.anyio

MINE = f"/phone/{ADA}/requests/123456/{REFERENCE}"
IN_LIST = f"request-123456-{REFERENCE}"
INSURANCE = {
    "orderLines": [
        {
            "name": "Accident insurance",
            "id": "1",
            "totalAmount": 150_000,
            "totalAmountExcludingTax": 120_000,
            "totalTaxAmount": 30_000,
            "taxRate": 2500,
            "unitInfo": {"unitPrice": 75_000, "quantity": "2", "quantityUnit": "PCS"},
        },
        {
            "name": "Bottle deposit",
            "id": "2",
            "totalAmount": 1050,
            "totalAmountExcludingTax": 840,
            "totalTaxAmount": 210,
            "taxRate": 2500,
            "isReturn": True,
        },
    ],
    "bottomLine": {"currency": "NOK"},
}


async def open_invoice(shop: Shop, browser: Browser, **changes: Any) -> None:
    await shop.send_invoice(**changes)
    await browser.open(MINE)
    await browser.click("open")


# --- The list -------------------------------------------------------------------------------------------


async def test_phone_without_requests_says_so(browser: Browser) -> None:
    await browser.open(f"/phone/{ADA}")
    assert browser.text == "Friday 1 September 14:00 No notifications Open the app"
    await browser.click("open-app")
    assert browser.text.startswith(
        "Payments Ada Lovelace, +47 912 34 567 Refresh Ada Lovelace's phone "
        "Waiting for you No requests are waiting. Activity Nothing has been paid yet."
    )


async def test_request_and_push_are_listed(shop: Shop, browser: Browser) -> None:
    await shop.send_invoice(paymentDescription="Invoice 424243")
    await browser.open(f"/phone/{ADA}")
    assert browser.text == (
        "Friday 1 September 14:00 Vipps 14:00 Acme Shop sent you a request for 20,00 kr. Open the app"
    )
    await browser.click("open-app")
    assert "A Acme Shop 20,00 kr Invoice 424243 Due 15.09.2023 New Activity" in browser.text
    assert shop.happened == ["PaymentCreated", "PushSent"]


async def test_requests_of_all_sales_units_are_listed(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    for number, name in enumerate(("Acme Shop", "Bakery", "Chandler")):
        shop = await Shop(sandbox, client, f"20000{number}", UnitSettings(name=name)).sign_in()
        await shop.send_invoice()
    await browser.open(f"/phone/{ADA}/payments")
    listed = [element for element in browser.by_id if element.startswith("request-")]
    assert listed == [f"request-20000{number}-{REFERENCE}" for number in range(3)]
    assert "Chandler" in browser[f"request-200002-{REFERENCE}"].text
    await browser.open(f"/phone/{ADA}")
    assert browser.text.index("Chandler sent you") < browser.text.index("Acme Shop sent you")  # newest first


async def test_newest_push_comes_first(sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser) -> None:
    """By each sales unit's own clock."""
    for msn, name, ahead in (("200000", "Acme Shop", 1), ("200001", "Bakery", 0)):
        shop = await Shop(sandbox, client, msn, UnitSettings(name=name)).sign_in()
        await shop.unit.advance(timedelta(hours=ahead))
        await shop.sign_in()
        await shop.send_invoice()
    await browser.open(f"/phone/{ADA}")
    assert browser.text.index("Acme Shop sent you") < browser.text.index("Bakery sent you")


async def test_request_that_needs_the_landing_page_first_is_not_listed(shop: Shop, browser: Browser) -> None:
    await shop.create()
    for page in ("", "/payments"):
        await browser.open(f"/phone/{ADA}{page}")
        assert IN_LIST not in browser.by_id


async def test_marks_tell_what_became_of_a_request(shop: Shop, browser: Browser) -> None:
    await shop.send_invoice()
    marks = []

    async def note_mark() -> None:
        await browser.open(f"/phone/{ADA}/payments")
        marks.append(" ".join(e.text for e in browser.elements if e.attributes.get("class", "").startswith("badge")))

    await note_mark()
    await browser.post(f"{MINE}/open")
    await note_mark()
    await browser.post(f"{MINE}/pay-later")
    await note_mark()
    assert marks == ["New", "Open", "Postponed"]


async def test_expired_request_is_gone_from_the_list(shop: Shop, browser: Browser) -> None:
    await shop.send_invoice()
    await shop.unit.advance(timedelta(days=15))
    for page in ("", "/payments"):
        await browser.open(f"/phone/{ADA}{page}")
        assert IN_LIST not in browser.by_id
    await browser.open(MINE)
    assert browser.heading == "Time is up"


# --- One request ----------------------------------------------------------------------------------------


async def test_request_is_opened_by_a_button(shop: Shop, browser: Browser) -> None:
    """Looking at the page changes nothing; the button does."""
    await shop.send_invoice()
    await browser.open(MINE)
    assert browser.buttons == {"open": "Open"}
    assert shop.happened == ["PaymentCreated", "PushSent"]
    await browser.click("open")
    assert shop.happened == ["PaymentCreated", "PushSent", "PaymentOpened"]
    assert browser.heading == "Pay to"


async def test_consent_screen_shows_what_will_be_shared(shop: Shop, browser: Browser) -> None:
    """Each scope with the customer's own value, and nothing that is not asked for."""
    await open_invoice(shop, browser, profile={"scope": "name phoneNumber email address birthDate"})
    assert browser.heading == "Information you share"
    assert "Acme AS needs some information" in browser.text
    labels = [element.text for element in browser.elements if element.tag == "dt"]
    values = [element.text for element in browser.elements if element.tag == "dd"]
    assert dict(zip(labels, values, strict=True)) == {
        "Name": "Ada Lovelace",
        "Phone number": "+47 912 34 567",
        "Email": "user@example.com",
        "Address": "Suburbia 23\n2101 OSLO\nNO",
        "Birth date": "16.07.1968",
    }
    assert browser.buttons == {"share": "Share information", "refuse": "Cancel"}


async def test_identity_number_is_shown_where_it_may_be_asked_for(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    shop = await Shop(sandbox, client, "123456", UnitSettings(nin_allowed=True)).sign_in()
    await open_invoice(shop, browser, profile={"scope": "nin"})
    assert "National identity number" in browser["shared"].text


async def test_sharing_leads_to_the_payment_screen(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser, profile={"scope": "name"})
    await browser.click("share")
    assert browser.heading == "Pay to"
    assert shop.happened[-1] == "ConsentGiven"


async def test_refusing_to_share_ends_the_payment(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser, profile={"scope": "name"})
    await browser.click("refuse")
    assert browser.heading == "Cancelled"
    assert shop.payment.state is PaymentState.ABORTED


async def test_payment_screen_of_an_invoice(shop: Shop, browser: Browser) -> None:
    amount = {"currency": "NOK", "value": 150_050}
    await open_invoice(shop, browser, amount=amount, paymentDescription="Invoice 424243", receipt=INSURANCE)
    assert browser.text == (
        "Not now Pay to Reject A Acme Shop #123456 · Acme AS Due 15.09.2023 1 500,50 kr Invoice 424243 "
        f"Order ID: {REFERENCE} Show details Fee Paying costs you nothing. VISA Daily card VISA •••• 2412 Edit Pay "
        "One tap stands for fingerprint or face"
    )
    assert browser.buttons == {"pay-later": "Not now", "reject": "Reject", "approve": "Pay"}


async def test_payment_screen_of_a_payment_that_cannot_wait(shop: Shop, browser: Browser) -> None:
    """Only a payment with expiresAt can be put off; without description, order and receipt nothing is made up."""
    await open_invoice(shop, browser, expiresAt=None)
    assert browser.buttons == {"reject": "Cancel", "approve": "Pay"}
    assert not {"due", "description", "see-details", "declined"} & browser.by_id.keys()


async def test_due_date_is_that_of_the_customers_country(shop: Shop, browser: Browser) -> None:
    """22:30 UTC is the next day in Norway."""
    await open_invoice(shop, browser, expiresAt="2023-09-14T22:30:00Z")
    assert browser["due"].text == "Due 15.09.2023"


async def test_paying_a_pushed_payment_is_confirmed_without_a_link(shop: Shop, browser: Browser) -> None:
    """PUSH_MESSAGE: the customer is not sent to returnUrl."""
    await open_invoice(shop, browser)
    await browser.click("approve")
    assert browser.heading == "Paid"
    assert "return" not in browser.by_id
    assert shop.payment.state is PaymentState.AUTHORIZED


@pytest.mark.parametrize(("action", "heading"), [("approve", "Paid"), ("reject", "Cancelled")])
async def test_a_payment_that_came_by_link_ends_with_a_way_back(
    shop: Shop, browser: Browser, action: str, heading: str
) -> None:
    await browser.open(await shop.create())
    await browser.click("next", phone_number=ADA)
    await browser.open(MINE)
    await browser.click("open")
    await browser.click(action)
    assert browser.heading == heading
    assert browser["return"].text == "Back to Acme Shop"
    assert browser["return"].attributes["href"] == RETURN_URL


async def test_payment_without_return_url_ends_without_a_way_back(shop: Shop, browser: Browser) -> None:
    await shop.create(userFlow="NATIVE_REDIRECT", returnUrl=None)
    await browser.open(MINE)
    await browser.click("open")
    await browser.click("approve")
    assert browser.heading == "Paid"
    assert "return" not in browser.by_id


async def test_payment_by_link_on_nobodys_phone_can_be_opened_by_anybody(shop: Shop, browser: Browser) -> None:
    """As when the link is followed on a phone: the app opens at once. Then the request is on that phone alone."""
    await shop.create()
    await browser.open(f"/phone/{EMMA}/requests/123456/{REFERENCE}")
    await browser.click("open")
    assert shop.payment.phone_number == EMMA
    assert browser.heading == "Pay to"
    await browser.open(MINE)
    assert browser.page.status_code == 404
    assert browser.heading == "Not on this phone"


async def test_postponed_request_stays_in_the_list_and_can_be_paid(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    await browser.click("pay-later")
    assert browser.page.url.path == f"/phone/{ADA}/payments"
    assert shop.payment.state is PaymentState.CREATED
    await shop.unit.advance(timedelta(days=1))
    await browser.click(IN_LIST)
    await browser.click("approve")
    assert browser.heading == "Paid"


async def test_declined_card_may_be_tried_again(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    for button in ("edit-card", "card-blocked", "approve"):
        await browser.click(button)
    assert browser["declined"].text.startswith("The payment did not go through: the card was declined.")
    assert shop.payment.state is PaymentState.CREATED
    for button in ("edit-card", "card-travel", "approve"):
        await browser.click(button)
    assert browser.heading == "Paid"


async def test_special_amount_is_declined_with_its_reason(shop: Shop, browser: Browser) -> None:
    """1.51 is Vipps's test amount for insufficient funds."""
    await open_invoice(shop, browser, amount={"currency": "NOK", "value": 151})
    await browser.click("approve")
    assert "insufficient funds" in browser["declined"].text


async def test_declined_card_is_forgotten_once_something_else_happened(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    for button in ("edit-card", "card-blocked", "approve", "pay-later", IN_LIST):
        await browser.click(button)
    assert "declined" not in browser.by_id


async def test_unknown_outcome_is_shown_as_in_progress(shop: Shop, browser: Browser) -> None:
    """2.01: for an hour nobody knows."""
    await open_invoice(shop, browser, amount={"currency": "NOK", "value": 201})
    await browser.click("approve")
    assert browser.heading == "In progress"
    assert browser.buttons == {}
    await browser.click("inbox")
    assert "In progress" in browser.text
    await shop.unit.advance(timedelta(hours=1))
    await browser.open(MINE)
    assert browser.heading == "Paid"


# --- Details --------------------------------------------------------------------------------------------


async def test_details_show_receipt_and_link(shop: Shop, browser: Browser) -> None:
    await shop.put_category("https://example.com/orderdetails/1?a=1&b=2", "DELIVERY")
    await open_invoice(shop, browser, receipt=INSURANCE)
    await browser.click("see-details")
    assert browser.text == (
        "Close Details A Acme Shop #123456 · Acme AS Track your order "
        f"Order ID {REFERENCE} Issue date 01.09.2023 Due date 15.09.2023 "
        "Accident insurance 2 pcs × 750,00 kr 1 500,00 kr Bottle deposit −10,50 kr "  # noqa: RUF001 - as it is shown
        "Total 1 489,50 kr With 25 % VAT 297,90 kr"
    )
    await browser.click("order-details")
    assert browser["order-url"].text == "https://example.com/orderdetails/1?a=1&b=2"
    assert browser["open-outside"].attributes["rel"] == "noopener noreferrer nofollow"
    frame = browser["order-frame"].attributes
    assert frame["src"] == "https://example.com/orderdetails/1?a=1&b=2"
    assert frame["sandbox"] == "allow-scripts allow-forms"
    assert "frame-src http: https:;" in browser.page.headers["content-security-policy"]
    await browser.click("close")
    await browser.click("close")
    assert browser.heading == "Pay to"


async def test_details_of_a_category_alone_have_no_receipt(shop: Shop, browser: Browser) -> None:
    await shop.put_category("https://example.com/orderdetails/1")
    await open_invoice(shop, browser)
    await browser.click("see-details")
    assert "receipt" not in browser.by_id
    assert " ".join(browser["order-details"].text.split()) == "Show more info"


async def test_details_of_a_receipt_alone_have_no_link(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser, receipt=INSURANCE)
    await browser.click("see-details")
    assert "receipt" in browser.by_id
    assert "order-details" not in browser.by_id


# --- What is not on the screen --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "shows"),
    [
        ("approve", "the request is in the list"),
        ("share", "the request is in the list"),
    ],
)
async def test_request_that_is_not_open_cannot_be_answered(
    shop: Shop, browser: Browser, action: str, shows: str
) -> None:
    await shop.send_invoice()
    await browser.post(f"{MINE}/{action}")
    assert browser.page.status_code == 409
    assert browser.heading == "Not on the screen now"
    assert shows in browser["problem"].text
    await browser.click("onwards")
    assert browser.heading == "Payments"


async def test_second_tap_on_pay_is_a_page_with_words(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    await browser.click("approve")
    await browser.post(f"{MINE}/approve")
    assert browser.page.status_code == 409
    assert "the payment is AUTHORIZED" in browser.text
    assert shop.happened.count("PaymentAuthorized") == 1


async def test_payment_that_cannot_wait_cannot_be_put_off(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser, expiresAt=None)
    await browser.post(f"{MINE}/pay-later")
    assert browser.page.status_code == 409
    assert "only a payment with expiresAt can be put off" in browser.text


async def test_pushed_request_is_on_one_phone_only(shop: Shop, browser: Browser) -> None:
    await shop.send_invoice()
    for page in ("", "/details"):
        await browser.open(f"/phone/{EMMA}/requests/123456/{REFERENCE}{page}")
        assert browser.page.status_code == 404
        assert browser.heading == "Not on this phone"
    await browser.post(f"/phone/{EMMA}/requests/123456/{REFERENCE}/open")
    assert browser.page.status_code == 409
    assert "on another phone" in browser.text


async def test_number_that_is_no_customer_cannot_open(shop: Shop, browser: Browser) -> None:
    await shop.create()
    await browser.open(f"/phone/4790000404/requests/123456/{REFERENCE}")
    await browser.click("open")
    assert browser.page.status_code == 404
    assert browser.heading == "Nobody has this phone"


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/phone", "There is no such page"),
        ("/phone/", "There is no such page"),
        ("/phone/12", "That is no phone number"),
        ("/phone/+4791234567", "That is no phone number"),
        ("/phone/%3Cscript%3E", "That is no phone number"),
        ("/phone/" + "9" * 5000, "That is no phone number"),
        (f"/phone/{ADA}/", "There is no such page"),
        (f"/phone/{ADA}/else", "There is no such page"),
        (f"/phone/{ADA}/requests/999999/{REFERENCE}", "There is no such sales unit"),
        (f"/phone/{ADA}/requests/%F0%9F%92%A9/{REFERENCE}", "There is no such sales unit"),
        (f"/phone/{ADA}/requests/123456/never-created", "There is no such payment"),
        (f"/phone/{ADA}/requests/123456/never-created/details", "There is no such payment"),
        (f"/phone/12/requests/123456/{REFERENCE}", "That is no phone number"),
    ],
)
async def test_what_is_not_there_is_a_page_with_words(shop: Shop, browser: Browser, path: str, heading: str) -> None:
    await browser.open(path)
    assert browser.page.status_code == 404
    assert browser.heading == heading


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        (f"/phone/{ADA}/requests/999999/{REFERENCE}/open", "There is no such sales unit"),
        (f"/phone/{ADA}/requests/123456/never-created/open", "There is no such payment"),
        (f"/phone/12/requests/123456/{REFERENCE}/open", "That is no phone number"),
        (f"{MINE}/steal", "There is no such button"),
        (f"{MINE}/OPEN", "There is no such button"),
        (MINE, "There is no such page"),
        (f"/phone/{ADA}", "There is no such page"),
    ],
)
async def test_what_cannot_be_done_is_a_page_with_words(
    shop: Shop, browser: Browser, path: str, heading: str
) -> None:
    await shop.send_invoice()
    await browser.post(path)
    assert browser.page.status_code == 404
    assert browser.heading == heading


async def test_address_of_a_button_is_no_page(shop: Shop, browser: Browser) -> None:
    await shop.send_invoice()
    await browser.open(f"{MINE}/open")
    assert browser.page.status_code == 405
    assert shop.happened == ["PaymentCreated", "PushSent"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_form_of_a_foreign_site_is_refused(shop: Shop, browser: Browser, origin: str) -> None:
    await shop.send_invoice()
    browser.headers["Origin"] = origin
    await browser.post(f"{MINE}/open")
    assert browser.page.status_code == 403
    assert shop.happened == ["PaymentCreated", "PushSent"]


async def test_every_screen_is_marked_and_safe(shop: Shop, browser: Browser) -> None:
    """Each says that it is simulated, fits a phone, and is neither framed nor kept."""
    await shop.put_category("https://example.com/orderdetails/1")
    await shop.send_invoice(profile={"scope": "name"}, receipt=INSURANCE)
    headings = []
    await browser.open(f"/phone/{ADA}")
    for step in (
        IN_LIST,
        "share",
        "see-details",
        "order-details",
        "close",
        "close",
        "edit-card",
        "close",
        "approve",
        None,
    ):
        headings.append(browser.heading)
        assert browser["simulated"].text == "Simulated \N{EN DASH} not affiliated with Vipps MobilePay"
        (viewport,) = (e for e in browser.elements if e.attributes.get("name") == "viewport")
        assert viewport.attributes["content"] == "width=device-width, initial-scale=1"
        assert not {e.tag for e in browser.elements} & {"object", "embed", "base", "style"}
        assert browser.page.headers["x-frame-options"] == "SAMEORIGIN"  # the dashboard shows phones
        assert browser.page.headers["cache-control"] == "no-store"
        assert browser.page.headers["content-security-policy"].startswith("default-src 'none'")
        if step is not None:
            await browser.click(step)
    assert headings == [
        "14:00",
        "Information you share",
        "Pay to",
        "Details",
        "Show more info",
        "Details",
        "Pay to",
        "Choose a card",
        "Pay to",
        "Paid",
    ]


async def test_renamed_merchant_is_shown_by_its_new_name(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    shop.unit.configure(replace(shop.unit.state.settings, name="New Shop", organisation="New AS"))
    await browser.open(MINE)
    assert "New Shop #123456 · New AS" in browser.text
