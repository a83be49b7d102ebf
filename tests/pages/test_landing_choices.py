"""What a visitor of the landing page may choose: the language, to be remembered, the app, the code, a card."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.domain.payments import PaymentState
from sandbox.domain.sales_unit import UnitSettings
from sandbox.server import Sandbox
from sandbox.settings import Settings
from tests.pages.browser import Browser
from tests.pages.shop import ADA, EMMA, REFERENCE, RETURN_URL, Shop

pytestmark = pytest.mark.anyio

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1"
MINE = f"/phone/{ADA}/requests/123456/{REFERENCE}"


# --- Language -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "heading", "asked"),
    [
        ("nb", "Betal", "20,00 kr til Acme Shop"),
        ("en", "Pay", "20,00 kr to Acme Shop"),
        ("da", "Betal", "20,00 kr til Acme Shop"),
        ("fi", "Maksa", "20,00 kr, saaja Acme Shop"),
    ],
)
async def test_language_is_chosen_and_kept(
    shop: Shop, client: httpx.AsyncClient, language: str, heading: str, asked: str
) -> None:
    browser = Browser(client)
    redirect_url = await shop.create()
    await browser.open(redirect_url)
    assert browser.heading == "Pay"
    await browser.click(f"language-{language}")
    assert browser.heading == heading
    assert " ".join(browser["asked"].text.split()) == asked
    assert next(e for e in browser.elements if e.tag == "html").attributes["lang"] == language
    await browser.open(redirect_url)
    assert browser.heading == heading
    assert browser[f"language-{language}"].attributes["aria-current"] == "true"


async def test_choice_of_language_leads_back_to_the_same_page(shop: Shop, client: httpx.AsyncClient) -> None:
    browser = Browser(client)
    await browser.open(await shop.create())
    await browser.click("next")
    await browser.click("language-nb")
    assert browser.heading == "Fullfør i Vipps"
    assert browser.page.url.path == "/landing/waiting"


@pytest.mark.parametrize("here", ["https://evil.example/", "//evil.example", "/landing/cancel", ""])
async def test_choice_of_language_leads_nowhere_else(shop: Shop, browser: Browser, here: str) -> None:
    await browser.open(await shop.create())
    await browser.click("language-nb", here=here)
    assert browser.page.url.path == "/landing"


async def test_language_that_there_is_not_is_none(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create())
    await browser.post("/landing/language", token=browser.page.url.params["token"], language="xx<script>")
    assert browser.heading == "Pay"


async def test_currency_tells_which_app_it_is(sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser) -> None:
    shop = await Shop(sandbox, client, "200001", UnitSettings()).sign_in()
    await browser.open(await shop.create(amount={"currency": "EUR", "value": 123_456}, customer=None))
    assert " ".join(browser["asked"].text.split()) == "1 234,56 € to Acme Shop"
    await browser.click("next", phone_number="358401234567")
    assert browser.heading == "Complete in MobilePay"


# --- The number -----------------------------------------------------------------------------------------


async def test_number_is_remembered_for_this_merchant_only(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    shops = [await Shop(sandbox, client, msn, UnitSettings()).sign_in() for msn in ("200001", "200002")]
    await browser.open(await shops[0].create(customer=None))
    await browser.click("next", phone_number=EMMA, remember="on")
    for shop, remembered in zip(shops, ("+47 934 24 725", ""), strict=True):
        await browser.open(await shop.create(customer=None, reference="another-order-1"))
        assert browser["phone-number"].attributes["value"] == remembered
        assert ("checked" in browser["remember"].attributes) == bool(remembered)


async def test_number_is_forgotten_when_the_box_is_empty(shop: Shop, browser: Browser) -> None:
    for ticked in ({"remember": "on"}, {}):
        await browser.open(await shop.create(customer=None, reference=f"an-order-{len(ticked)}"))
        await browser.click("next", phone_number=EMMA, **ticked)
    await browser.open(await shop.create(customer=None, reference="last-order"))
    assert browser["phone-number"].attributes["value"] == ""


async def test_number_that_the_merchant_gave_comes_before_the_remembered_one(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create(customer=None))
    await browser.click("next", phone_number=EMMA, remember="on")
    await browser.open(await shop.create(reference="another-order-1"))
    assert browser["phone-number"].attributes["value"] == "+47 912 34 567"


async def test_number_may_be_one_that_cannot_be_edited(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    """Whatever is sent, nobody but the customer whom the merchant named gets the request."""
    shop = await Shop(sandbox, client, "123456", UnitSettings(landing_number_editable=False)).sign_in()
    await browser.open(await shop.create())
    assert "readonly" in browser["phone-number"].attributes
    await browser.click("next", phone_number=EMMA)
    assert shop.payment.phone_number == ADA


async def test_number_that_nobody_gave_can_be_edited_all_the_same(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    shop = await Shop(sandbox, client, "123456", UnitSettings(landing_number_editable=False)).sign_in()
    await browser.open(await shop.create(customer=None))
    assert "readonly" not in browser["phone-number"].attributes
    await browser.click("next", phone_number=EMMA)
    assert shop.payment.phone_number == EMMA


# --- Into the app ---------------------------------------------------------------------------------------


async def test_app_opens_without_a_push(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create())
    await browser.click("open-app")
    assert browser.heading == "Pay to"
    assert shop.happened == ["PaymentCreated", "PaymentOpened"]
    await browser.click("approve")
    assert browser["return"].attributes["href"] == RETURN_URL


async def test_app_comes_first_on_a_phone(shop: Shop, browser: Browser) -> None:
    browser.headers["User-Agent"] = IPHONE
    await browser.open(await shop.create())
    assert browser.buttons == {"open-app": "Open Vipps", "next": "Next", "cancel": "Cancel"}


@pytest.mark.parametrize("typed", ["4790000404", "4790000014", "12", "", "9" * 9000])
async def test_app_does_not_open_for_everybody(shop: Shop, browser: Browser, typed: str) -> None:
    """In the same neutral words as a push."""
    await browser.open(await shop.create())
    await browser.click("open-app", phone_number=typed)
    assert browser.page.status_code == 422
    assert "cannot be used" in browser["error"].text
    assert shop.happened == ["PaymentCreated"]


async def test_app_that_is_open_already_shows_where_it_is(shop: Shop, browser: Browser) -> None:
    redirect_url = await shop.create()
    for _ in range(2):
        await browser.open(redirect_url)
        await browser.click("open-app")
        assert browser.heading == "Pay to"


# --- Time, and the code ---------------------------------------------------------------------------------


async def test_time_that_is_left_is_shown_and_told(shop: Shop, browser: Browser) -> None:
    redirect_url = await shop.create(expiresAt="2023-09-15T12:00:05Z")
    await browser.open(redirect_url)
    assert browser["time-left"].text == "14 d 0:00:05"
    await shop.unit.advance(timedelta(days=13, hours=22))
    await browser.open(redirect_url)
    assert browser["time-left"].text == "2:00:05"
    (main,) = (e for e in browser.elements if e.tag == "main")
    told = await browser.client.get(main.attributes["data-state-url"])
    assert told.json() == {"waits": True, "secondsLeft": 7205}
    assert told.headers["cache-control"] == "no-store"
    await shop.unit.advance(timedelta(days=1))
    told = await browser.client.get(main.attributes["data-state-url"])
    assert told.json() == {"waits": False, "secondsLeft": 0}
    await browser.open(main.attributes["data-ended-url"])
    assert browser.location == RETURN_URL.encode()


async def test_code_is_on_a_page_of_its_own(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create())
    await browser.click("pay-by-qr")
    assert browser.heading == "Scan to pay"
    picture = await browser.client.get(browser["qr"].attributes["src"])
    assert picture.headers["content-type"] == "image/svg+xml"
    assert [e.attributes["content"] for e in browser.elements if e.attributes.get("http-equiv") == "refresh"] == ["2"]
    await browser.click("by-number")
    assert browser.heading == "Pay"


async def test_code_of_a_payment_that_ended_leads_home(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create())
    code = browser["pay-by-qr"].attributes["href"]
    await shop.cancel()
    await browser.open(code)
    assert browser.location == RETURN_URL.encode()


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1:8080", True), ("localhost", True), ("[::1]", True), ("192.168.1.20", False)]
)
async def test_code_that_no_phone_could_follow_says_so(shop: Shop, browser: Browser, host: str, warned: bool) -> None:
    browser.headers["Host"] = host
    await browser.open((await shop.create()).replace("/landing?", "/landing/qr?"))
    assert ("warning" in browser.by_id) == warned


async def test_code_leads_to_public_url() -> None:
    sandbox = Sandbox(Settings(public_url="https://vipps.example.com"))
    transport = httpx.ASGITransport(sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        shop = await Shop(sandbox, client, "123456", UnitSettings()).sign_in()
        path = (await shop.create()).removeprefix("https://vipps.example.com")
        browser = Browser(client)
        await browser.open(path.replace("/landing?", "/landing/qr?"))
    assert "warning" not in browser.by_id


# --- A card ---------------------------------------------------------------------------------------------

BY_CARD: dict[str, Any] = {"paymentMethod": {"type": "CARD"}, "customer": None}


async def test_card_form_in_place_of_a_number(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create(**BY_CARD))
    assert browser.heading == "Pay by card"
    assert browser.buttons == {"pay-by-card": "Pay", "cancel": "Cancel"}
    await browser.click("pay-by-card", card_number="4111 1111 1111 1111")
    assert browser.heading == "Your bank asks"
    assert browser["question"].text == "Are you paying with the card •••• 1111?"
    await browser.click("confirm")
    assert browser.location == RETURN_URL.encode()
    assert shop.payment.state is PaymentState.AUTHORIZED


@pytest.mark.parametrize("typed", ["", "1", "4111 1111 1111 1112", "<script>", "9" * 9000])
async def test_what_is_no_card_number_stays_on_the_form_and_is_not_repeated(
    shop: Shop, browser: Browser, typed: str
) -> None:
    await browser.open(await shop.create(**BY_CARD))
    await browser.click("pay-by-card", card_number=typed)
    assert browser.page.status_code == 422
    assert browser["error"].text.startswith("That is not a card number.")
    assert "value" not in browser["card-number"].attributes
    assert shop.happened == ["PaymentCreated"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("4000 0000 0000 0002", "refused by the issuer"),
        ("4000 0000 0000 9995", "insufficient funds"),
    ],
)
async def test_declined_card_may_be_another(shop: Shop, browser: Browser, number: str, reason: str) -> None:
    await browser.open(await shop.create(**BY_CARD))
    await browser.click("pay-by-card", card_number=number)
    assert reason in browser["error"].text
    await browser.click("pay-by-card", card_number="4111111111111111")
    await browser.click("confirm")
    assert shop.payment.state is PaymentState.AUTHORIZED


async def test_denied_question_leads_back_to_the_form(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create(**BY_CARD))
    await browser.click("pay-by-card", card_number="4111111111111111")
    await browser.click("deny")
    assert browser.heading == "Pay by card"
    assert "3-D Secure failed" in browser["error"].text
    assert shop.payment.state is PaymentState.CREATED


async def test_answers_of_an_old_window_change_nothing(shop: Shop, browser: Browser) -> None:
    await browser.open(await shop.create(**BY_CARD))
    token = browser.page.url.params["token"]
    await browser.post("/landing/bank", token=token, answer="confirm")
    assert browser.heading == "Pay by card"
    await browser.post("/landing/card", token=token, card_number="4111111111111111")
    await browser.post("/landing/card", token=token, card_number="4111111111111111")
    assert browser.heading == "Your bank asks"
    assert shop.happened == ["PaymentCreated", "CardEntered"]


async def test_payment_by_card_is_on_no_phone(shop: Shop, browser: Browser) -> None:
    await shop.create(**BY_CARD)
    await browser.open(MINE)
    assert browser.page.status_code == 404
    assert "card form" in browser["problem"].text
