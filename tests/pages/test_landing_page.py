"""The landing page, from the phone number to the merchant's returnUrl."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.api.links import landing_page_url
from sandbox.domain.commands import CustomerAction
from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import Market, UnitSettings
from sandbox.server import Sandbox
from tests.pages.browser import Browser
from tests.pages.shop import ADA, EMMA, REFERENCE, RETURN_URL, Shop

pytestmark = pytest.mark.anyio

UNUSABLE = "This number cannot be used to pay here. Check it, or try another."


def token_of(redirect_url: str) -> str:
    return parse_qs(urlsplit(redirect_url).query)["token"][0]


async def to_waiting(shop: Shop, browser: Browser, **changes: Any) -> str:
    """Get to the waiting page; return its address."""
    redirect_url = await shop.create(**changes)
    await browser.open(redirect_url)
    await browser.click("next", phone_number=ADA)
    return str(browser.page.url)


async def act(browser: Browser, shop: Shop, *actions: CustomerAction, phone_number: str = ADA) -> None:
    for action in actions:
        await browser.post(f"/phone/{phone_number}/requests/{shop.unit.msn}/{REFERENCE}/{action}")


async def test_first_page_asks_for_the_phone_number(shop: Shop, browser: Browser) -> None:
    """The heading, who asks for how much, and the number that the merchant gave, to be changed or not."""
    await browser.open(await shop.create())
    assert browser.heading == "Pay"
    assert " ".join(browser["asked"].text.split()) == "20,00 kr to Acme Shop"
    assert browser["phone-number"].attributes["value"] == "+47 912 34 567"
    assert browser.buttons == {"next": "Next", "cancel": "Cancel", "open-app": "Open the app in this browser"}
    assert shop.happened == ["PaymentCreated"]


async def test_without_a_customer_the_number_is_left_to_type(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create(customer=None))
    assert browser["phone-number"].attributes["value"] == ""


@pytest.mark.parametrize(
    "typed",
    [
        "+47 912 34 567",
        "4791234567",
        "91234567",
        " 912 34 567 ",
        "+4791234567",
        "0047 91234567",
        "(+47) 912-34-567",
        "912\u00a034\u202f567",
    ],
)
async def test_a_number_is_taken_as_people_write_it(shop: Shop, browser: Browser, typed: str) -> None:
    await browser.open(await shop.create())
    await browser.click("next", phone_number=typed)
    assert browser.heading == "Complete in Vipps"
    assert shop.payment.phone_number == ADA


async def test_eight_digits_are_danish_where_kroner_are(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    shop = await Shop(sandbox, client, "200001", UnitSettings(market=Market.DK)).sign_in()
    browser = Browser(client)
    await browser.open(await shop.create(amount={"currency": "DKK", "value": 2000}, customer=None))
    await browser.click("next", phone_number="40000001")
    assert shop.payment.phone_number == "4540000001"


async def test_prefilled_number_can_be_sent_as_it_is(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create())
    await browser.click("next")
    assert shop.payment.phone_number == ADA


async def test_number_of_somebody_else_gets_the_request(shop: Shop, browser: Browser) -> None:
    """A parent may pay: the push goes to the number that was typed."""
    await browser.open(await shop.create())
    await browser.click("next", phone_number=EMMA)
    assert shop.payment.phone_number == EMMA


@pytest.mark.parametrize(
    "typed",
    [
        "4790000404",  # nobody
        "4790000014",  # too young
        "12",
        "",
        "nine one two",
        "९१२३४५६७",  # digits, but not of a phone number
        "1" * 16,
        "9" * 9000,
        '"><script>alert(1)</script>',
    ],
)
async def test_unusable_number_gets_one_neutral_sentence(shop: Shop, browser: Browser, typed: str) -> None:
    """The page never tells why; the payment stays CREATED and another number may be tried."""
    await browser.open(await shop.create())
    await browser.click("next", phone_number=typed)
    assert browser.page.status_code == 422
    assert browser["error"].text == UNUSABLE
    assert browser["phone-number"].attributes["value"] == typed
    assert shop.happened == ["PaymentCreated"]
    await browser.click("next", phone_number=ADA)
    assert shop.happened == ["PaymentCreated", "PushSent"]


async def test_waiting_page_tells_which_phone_and_looks_again(shop: Shop, browser: Browser) -> None:
    await to_waiting(shop, browser)
    assert browser.heading == "Complete in Vipps"
    assert "notification to +47 912 34 567. Open Vipps" in browser.text
    assert browser["phone"].attributes["href"] == f"/phone/{ADA}"
    assert [e.attributes["content"] for e in browser.elements if e.attributes.get("http-equiv") == "refresh"] == ["2"]
    assert list(browser.buttons) == ["cancel", "back"]


async def test_waiting_before_the_number_goes_back_to_it(shop: Shop, browser: Browser) -> None:
    token = token_of(await shop.create())
    await browser.open(f"/landing/waiting?token={token}")
    assert browser.heading == "Pay"


async def test_approved_payment_goes_to_return_url(shop: Shop, browser: Browser) -> None:
    waiting = await to_waiting(shop, browser)
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.APPROVE)
    await browser.open(waiting)
    assert (browser.page.status_code, browser.location) == (302, RETURN_URL.encode())


@pytest.mark.parametrize(
    "return_url",
    [
        "https://example.com/redirect?orderId=1512202&x=%C3%B8%2F+a~b!$'()*,;=#frag",
        "https://example.com",
        "https://EXAMPLE.com:443/a/../b//?",
        "https://example.com/%7euser?q=100%&r=%zz&empty=&&=",
        'https://example.com/"<b>{}|^`[]',
        "https://example.com/bestilling/blåbærgrøt?å=ø#æ",
        "http://localhost:3000/callback?state=a%20b",
        "http://127.0.0.1:8000/",
    ],
)
async def test_return_url_is_followed_byte_for_byte(shop: Shop, browser: Browser, return_url: str) -> None:
    """Nothing is quoted, unquoted, normalised or added: it is the merchant's."""
    waiting = await to_waiting(shop, browser, returnUrl=return_url)
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.APPROVE)
    await browser.open(waiting)
    assert browser.location == return_url.encode()


async def test_expired_payment_goes_to_return_url(shop: Shop, browser: Browser) -> None:
    waiting = await to_waiting(shop, browser)
    await shop.unit.advance(timedelta(minutes=11))
    await browser.open(waiting)
    assert (browser.page.status_code, browser.location) == (302, RETURN_URL.encode())


@pytest.mark.parametrize("action", [CustomerAction.REJECT, CustomerAction.REFUSE])
async def test_refusal_on_the_phone_goes_to_return_url(shop: Shop, browser: Browser, action: CustomerAction) -> None:
    asks = {"scope": "name"} if action is CustomerAction.REFUSE else None
    waiting = await to_waiting(shop, browser, profile=asks)
    await act(browser, shop, CustomerAction.OPEN, action)
    await browser.open(waiting)
    assert browser.location == RETURN_URL.encode()


async def test_payment_terminated_by_the_merchant_goes_to_return_url(shop: Shop, browser: Browser) -> None:
    waiting = await to_waiting(shop, browser)
    await shop.cancel()
    await browser.open(waiting)
    assert browser.location == RETURN_URL.encode()


@pytest.mark.parametrize("number_entered", [False, True])
async def test_cancel_aborts_and_goes_to_return_url(shop: Shop, browser: Browser, *, number_entered: bool) -> None:
    """On either page; what the customer does on the phone afterwards is too late."""
    await browser.open(await shop.create())
    if number_entered:
        await browser.click("next")
    await browser.click("cancel")
    assert (browser.page.status_code, browser.location) == (303, RETURN_URL.encode())
    assert shop.payment.state is PaymentState.ABORTED
    await act(browser, shop, CustomerAction.OPEN)
    assert browser.page.status_code == 409


async def test_cancel_of_an_approved_payment_changes_nothing(shop: Shop, browser: Browser) -> None:
    waiting = await to_waiting(shop, browser)
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.APPROVE)
    await browser.post("/landing/cancel", token=token_of(waiting))
    assert browser.location == RETURN_URL.encode()
    assert shop.payment.state is PaymentState.AUTHORIZED


async def test_processing_payment_is_waited_for(shop: Shop, browser: Browser) -> None:
    """Amount 2.01: approved, and for an hour nobody knows the outcome. Neither Cancel nor a number changes that."""
    waiting = await to_waiting(
        shop, browser, amount={"currency": "NOK", "value": 201}, expiresAt="2023-09-15T00:00:00Z"
    )
    token = token_of(waiting)
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.APPROVE)
    for again in (
        browser.open(f"/landing?token={token}"),
        browser.post("/landing/cancel", token=token),
        browser.post("/landing/number", token=token, phone_number=EMMA),
    ):
        await again
        assert browser.heading == "Complete in Vipps"
        assert shop.payment.phone_number == ADA
    await shop.unit.advance(timedelta(hours=1))
    await browser.open(waiting)
    assert browser.location == RETURN_URL.encode()


async def test_return_url_of_an_app_is_shown(shop: Shop, browser: Browser) -> None:
    """No browser on a desktop can follow it: a page tells what a phone would do."""
    waiting = await to_waiting(shop, browser, returnUrl="myapp://paid?order=1&x=y")
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.APPROVE)
    await browser.open(waiting)
    assert browser.page.status_code == 200
    assert browser.heading == "Paid"
    assert "would open myapp://paid?order=1&x=y" in browser.text
    assert browser["return"].attributes["href"] == "myapp://paid?order=1&x=y"


async def test_without_return_url_there_is_an_outcome_page(shop: Shop, browser: Browser) -> None:
    waiting = await to_waiting(shop, browser, userFlow="NATIVE_REDIRECT", returnUrl=None)
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.APPROVE)
    await browser.open(waiting)
    assert browser.heading == "Paid"
    assert "return" not in browser.by_id


async def end_aborted(shop: Shop, browser: Browser) -> None:
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.REJECT)


async def end_authorized(shop: Shop, browser: Browser) -> None:
    await act(browser, shop, CustomerAction.OPEN, CustomerAction.APPROVE)


async def end_released(shop: Shop, browser: Browser) -> None:
    await end_authorized(shop, browser)
    await shop.cancel()


async def end_expired(shop: Shop, browser: Browser) -> None:
    await shop.unit.advance(timedelta(minutes=10))


async def end_terminated(shop: Shop, browser: Browser) -> None:
    await shop.cancel()


@pytest.mark.parametrize(
    ("end", "heading"),
    [
        (end_aborted, "Cancelled"),
        (end_authorized, "Paid"),
        (end_released, "Released"),
        (end_expired, "Time is up"),
        (end_terminated, "Withdrawn"),
    ],
)
async def test_spent_link_tells_the_outcome(shop: Shop, browser: Browser, end: Any, heading: str) -> None:
    redirect_url = await shop.create()
    await end(shop, browser)
    await browser.open(redirect_url)
    assert browser.page.status_code == 200
    assert browser.heading == heading
    assert browser["return"].attributes["href"] == RETURN_URL
    assert browser.buttons == {}


async def test_number_for_a_spent_link_tells_the_outcome(shop: Shop, browser: Browser) -> None:
    """Somebody left the page open and comes back after the payment has ended."""
    await browser.open(await shop.create())
    await shop.unit.advance(timedelta(minutes=11))
    await browser.click("next")
    assert browser.page.status_code == 200
    assert browser.heading == "Time is up"


async def test_persona_that_answers_at_once_is_waited_for_only_once(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create())
    await browser.click("next", phone_number="4790000001")
    assert browser.location == RETURN_URL.encode()
    assert shop.payment.state is PaymentState.AUTHORIZED


async def test_consent_of_one_customer_is_not_that_of_the_next(shop: Shop, browser: Browser) -> None:
    """The link is opened again and another number typed: that customer is asked too."""
    redirect_url = await shop.create(profile={"scope": "name"})
    for phone_number in (ADA, EMMA):
        await browser.open(redirect_url)
        await browser.click("next", phone_number=phone_number)
        await act(browser, shop, CustomerAction.OPEN, phone_number=phone_number)
        assert browser.heading == "Information you share"
        await browser.click("share")
        assert browser.heading == "Pay to"


# --- Links that lead nowhere ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "?token=", "?token=abc", "?other=1", "?token=<script>", "?token=%FF%00", "?token=" + "e" * 20_000]
)
@pytest.mark.parametrize("path", ["/landing", "/landing/waiting"])
async def test_bad_token_is_a_page_with_words(browser: Browser, path: str, query: str) -> None:
    await browser.open(path + query)
    assert browser.page.status_code == 404
    assert browser.heading == "This link leads nowhere"


async def test_cut_token_is_a_page_with_words(shop: Shop, browser: Browser) -> None:
    await browser.open((await shop.create())[:-3])
    assert browser.page.status_code == 404


async def test_pushed_payment_has_no_landing_page(shop: Shop, browser: Browser) -> None:
    """Its creation gives no redirectUrl; one that is made up leads nowhere."""
    await shop.send_invoice()
    await browser.open(made_up := landing_page_url("", shop.unit.msn, REFERENCE))
    assert browser.page.status_code == 404
    await browser.post("/landing/cancel", token=token_of(made_up))
    assert browser.page.status_code == 404
    assert shop.payment.state is PaymentState.CREATED


@pytest.mark.parametrize("path", ["/landing/number", "/landing/cancel"])
async def test_form_without_token_is_a_page_with_words(browser: Browser, path: str) -> None:
    await browser.post(path)
    assert browser.page.status_code == 404
    assert browser.heading == "This link leads nowhere"


@pytest.mark.parametrize(("msn", "reference"), [("999999", REFERENCE), ("123456", "never-created")])
async def test_payment_that_is_gone_is_a_page_with_words(
    shop: Shop, browser: Browser, msn: str, reference: str
) -> None:
    """The link outlives a restart of the sandbox; its payment does not."""
    for url in (landing_page_url("", msn, reference), landing_page_url("", msn, reference).replace("?", "/waiting?")):
        await browser.open(url)
        assert browser.page.status_code == 410
        assert browser.heading == "This payment is gone"


async def test_no_sales_unit_comes_into_being_by_a_link(sandbox: Sandbox, browser: Browser) -> None:
    await browser.open(landing_page_url("", "999999", REFERENCE))
    assert sandbox.world.find("999999") is None


# --- Safety ---------------------------------------------------------------------------------------------


async def test_every_answer_is_safe_to_show(shop: Shop, browser: Browser) -> None:
    """Not in a frame, not in a cache, only our own scripts, and the merchant's site is not told our address."""
    expected = {
        "cache-control": "no-store",
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            "frame-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }

    def check() -> None:
        assert {name: browser.page.headers.get(name) for name in expected} == expected

    await browser.open(await shop.create())
    check()
    await browser.click("next", phone_number="1")
    check()
    await browser.click("next", phone_number=ADA)
    check()
    await browser.click("cancel")
    assert browser.page.status_code == 303
    check()
    await browser.open("/landing?token=none")
    check()


async def test_pages_load_nothing_but_our_own_files(shop: Shop, browser: Browser) -> None:
    await to_waiting(shop, browser)
    assert not {element.tag for element in browser.elements} & {"iframe", "object", "embed", "base", "style"}
    loaded = [
        element.attributes.get("src", element.attributes.get("href", ""))
        for element in browser.elements
        if element.tag in {"script", "link", "img"}
    ]
    assert loaded
    assert all(url.startswith("/sandbox/static/") for url in loaded)
    assert not [element for element in browser.elements if any(name.startswith("on") for name in element.attributes)]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://sandbox.test.evil.example", "http://sandbox.test:8080", "http://", ""],
)
async def test_form_of_a_foreign_site_is_refused(shop: Shop, browser: Browser, origin: str) -> None:
    """Another site must not click for the customer."""
    redirect_url = await shop.create()
    browser.headers["Origin"] = origin
    for button in ("next", "cancel"):
        await browser.open(redirect_url)
        await browser.click(button)
        assert browser.page.status_code == 403
        assert browser.heading == "From another site"
    assert shop.happened == ["PaymentCreated"]


@pytest.mark.parametrize("origin", ["http://sandbox.test", "https://sandbox.test", "HTTP://SANDBOX.TEST"])
async def test_form_of_the_page_itself_is_taken(shop: Shop, browser: Browser, origin: str) -> None:
    """The scheme may differ: something before the sandbox may speak TLS for it."""
    browser.headers["Origin"] = origin
    await browser.open(await shop.create())
    await browser.click("next")
    assert shop.happened == ["PaymentCreated", "PushSent"]


async def test_body_that_is_no_form_is_a_page_with_words(browser: Browser) -> None:
    browser.page = await browser.client.post("/landing/number", content=b"\xff\xfe\x00")
    assert browser.page.status_code == 404
    assert browser.heading == "This link leads nowhere"


@pytest.mark.parametrize("path", ["/landing/number", "/landing/cancel"])
async def test_address_of_a_form_is_no_page(browser: Browser, path: str) -> None:
    await browser.open(path)
    assert (browser.page.status_code, browser.page.headers["allow"]) == (405, "POST")
    assert browser.heading == "Nothing to show"


@pytest.mark.parametrize("path", ["/landing/", "/landing/else", "/landing/waiting/more"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_unknown_address_is_a_page_with_words(browser: Browser, path: str, method: str) -> None:
    browser.page = await browser.client.request(method, path)
    assert browser.page.status_code == 404
    assert browser.heading == "There is no such page"
