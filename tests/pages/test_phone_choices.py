"""What is particular on a phone: its language, the app's first form, the history, Express, reminders, the pulse."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.domain.commands import (
    AttachCategory,
    CategoryType,
    PaymentType,
    ShippingBrand,
    ShippingGroup,
    ShippingOption,
    ShippingType,
)
from sandbox.domain.facts import CategoryAttached, ImageUploaded, ShippingOffered, ShippingRefused
from sandbox.domain.money import Amount, Currency
from sandbox.domain.sales_unit import AppSkin, UnitSettings
from sandbox.phone.words import LANGUAGES, words_of_phone
from sandbox.server import Sandbox
from tests.pages.browser import Browser
from tests.pages.shop import ADA, EMMA, REFERENCE, Shop

pytestmark = pytest.mark.anyio

MINE = f"/phone/{ADA}/requests/123456/{REFERENCE}"
IN_LIST = f"request-123456-{REFERENCE}"
FREJA = "4540000001"


async def open_invoice(shop: Shop, browser: Browser, **changes: Any) -> None:
    await shop.send_invoice(**changes)
    await browser.open(MINE)
    await browser.click("open")


# --- Language -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone_number", "nothing"),
    [
        (ADA, "Ingen varsler"),
        (FREJA, "Ingen beskeder"),
        ("358401234567", "Ei ilmoituksia"),
        ("46701234567", "No notifications"),
        ("49301234567", "No notifications"),
    ],
)
async def test_phone_speaks_the_language_of_its_country(
    client: httpx.AsyncClient, phone_number: str, nothing: str
) -> None:
    browser = Browser(client)
    await browser.open(f"/phone/{phone_number}")
    assert nothing in browser.text


async def test_language_is_each_phones_own_choice(client: httpx.AsyncClient) -> None:
    browser = Browser(client)
    await browser.open(f"/phone/{ADA}/payments")
    assert browser.heading == "Betalinger"
    await browser.click("language-en")
    assert browser.page.url.path == f"/phone/{ADA}/payments"
    assert browser.heading == "Payments"
    await browser.open(f"/phone/{EMMA}/payments")
    assert browser.heading == "Betalinger"


@pytest.mark.parametrize("here", ["https://evil.example/", "//evil.example", f"/phone/{EMMA}/payments", "/landing"])
async def test_choice_of_language_leads_nowhere_else(browser: Browser, here: str) -> None:
    await browser.open(f"/phone/{ADA}/payments")
    await browser.click("language-nb", here=here)
    assert browser.page.url.path == f"/phone/{ADA}"


async def test_whole_flow_in_norwegian(shop: Shop, client: httpx.AsyncClient) -> None:
    browser = Browser(client)
    await shop.send_invoice(profile={"scope": "phoneNumber"}, amount={"currency": "NOK", "value": 200_000})
    await browser.open(f"/phone/{ADA}")
    assert "Acme Shop ber om 2 000,00 kr." in browser.text
    await browser.click(IN_LIST)
    assert browser.buttons == {"refuse": "Avbryt", "share": "Del informasjon"}
    await browser.click("share")
    assert browser.buttons == {"pay-later": "Ikke nå", "reject": "Avvis", "approve": "Betal"}
    assert browser["due"].text == "Forfall 15.09.2023"
    for button in ("edit-card", "card-blocked", "approve"):
        await browser.click(button)
    assert browser["declined"].text.startswith("Betalingen ble ikke gjennomført: kortet ble avvist.")
    for button in ("edit-card", "card-daily", "approve"):
        await browser.click(button)
    assert browser.heading == "Betalt"
    assert browser["status"].text == "Reservert"


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
async def test_no_language_lacks_a_phrase(words: Any) -> None:
    """Each phrase is there, and is filled in from the same values as in English."""
    english = words_of_phone("1")
    for name in type(words).__dataclass_fields__:
        own, model = getattr(words, name), getattr(english, name)
        assert own or name == "declines"
        assert type(own) is type(model)
        if isinstance(model, str):
            assert {part.partition("}")[0] for part in own.split("{")[1:]} == {
                part.partition("}")[0] for part in model.split("{")[1:]
            }, name
        elif isinstance(model, dict) and name != "declines":
            assert own.keys() == model.keys(), name
        elif type(model) is tuple:
            assert len(own) == len(model), name


async def test_amounts_are_written_as_in_the_phones_country(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    """Another country's currency is told by its code."""
    shop = await Shop(sandbox, client, "123456", UnitSettings()).sign_in()
    amount = {"currency": "DKK", "value": 123_456}
    await shop.send_invoice(customer={"phoneNumber": FREJA}, amount=amount)
    await shop.send_invoice(reference="invoice-for-ada", amount=amount)
    await browser.open(f"/phone/{FREJA}")
    assert "MobilePay 14:00 Acme Shop sent you a request for 1.234,56 kr." in browser.text
    await browser.open(f"/phone/{ADA}")
    assert "a request for DKK 1 234,56." in browser.text


# --- The app's first form -------------------------------------------------------------------------------


async def test_first_form_has_other_words_and_one_cancel(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    """February 2023."""
    shop = await Shop(sandbox, client, "123456", UnitSettings(app_skin=AppSkin.SEED)).sign_in()
    await shop.put_category("https://example.com/orderdetails/1")
    await open_invoice(shop, browser, profile={"scope": "phoneNumber"})
    assert browser.heading == "Give access"
    assert "Give Acme AS access to your information." in browser.text
    assert browser.buttons == {"refuse": "Cancel", "share": "Give access"}
    await browser.click("share")
    assert browser["cancel"].tag == "summary"
    assert browser.buttons == {"pay-later": "I'll pay later", "reject": "Reject payment", "approve": "Pay"}
    assert browser["see-details"].text == "See details"


async def test_first_form_of_what_cannot_wait_has_no_choice(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    shop = await Shop(sandbox, client, "123456", UnitSettings(app_skin=AppSkin.SEED)).sign_in()
    await open_invoice(shop, browser, expiresAt=None)
    assert browser.buttons == {"reject": "Cancel", "approve": "Pay"}


# --- History --------------------------------------------------------------------------------------------


async def test_history_tells_what_became_of_a_payment(
    shop: Shop, client: httpx.AsyncClient, browser: Browser
) -> None:
    """Reserved until it is captured; what is refunded lessens what was paid. Newest first."""
    await open_invoice(shop, browser)
    await browser.click("approve")
    seen = []

    async def note(do: str | None = None, value: int = 0) -> None:
        if do is not None:
            await shop.modify(do, value)
        await browser.open(MINE)
        seen.append((browser["status"].text, " ".join(browser["amount"].text.split())))

    await note()
    await note("capture", 1500)
    await note("cancel")
    await note("refund", 500)
    await note("refund", 1000)
    assert seen == [
        ("Reserved", "20,00 kr"),
        ("Paid", "15,00 kr"),
        ("Paid", "15,00 kr"),
        ("Partly refunded", "10,00 kr"),
        ("Refunded", "0,00 kr"),
    ]
    kinds = [line.split("\n")[0] for line in (e.text for e in browser.elements if e.tag == "dt") if "\n" in line]
    assert kinds == ["Refunded", "Refunded", "Released", "Charged", "Reserved"]
    await browser.open(f"/phone/{ADA}/payments")
    assert "Refunded" in browser[f"payment-123456-{REFERENCE}"].text


async def test_released_payment_says_so(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    await browser.click("approve")
    await shop.cancel()
    await browser.open(MINE)
    assert (browser.heading, browser["status"].text) == ("Released", "Released")


async def test_what_was_not_paid_is_not_in_the_history(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    await browser.click("reject")
    await browser.open(f"/phone/{ADA}/payments")
    assert "Nothing has been paid yet." in browser.text


async def test_receipt_tells_all_of_a_payment(shop: Shop, browser: Browser) -> None:
    await shop.put_category("https://example.com/orderdetails/1", "TICKET")
    await open_invoice(shop, browser, paymentDescription="Invoice 424243")
    await browser.click("approve")
    assert browser["information"].pieces
    told = " ".join(" ".join(browser["information"].pieces).split())
    assert told.startswith(
        "Paid with VISA •••• 2412 Date 01.09.2023 14:00 Paid by Ada Lovelace +47 912 34 567 Fee 0,00 kr "
        f"Order ID {REFERENCE} Transaction ID "
    )
    assert "Show ticket" in browser["order-details"].text
    await browser.click("order-details")
    assert browser["order-url"].text == "https://example.com/orderdetails/1"


# --- Details --------------------------------------------------------------------------------------------


async def test_sums_of_a_receipt(shop: Shop, browser: Browser) -> None:
    """Shipping is one sum, a discount is struck out, tips are added, and each rate of tax has its row."""
    line = {"name": "Boots", "id": "1", "totalAmount": 80_000, "totalAmountExcludingTax": 64_000}
    line |= {"totalTaxAmount": 16_000, "taxRate": 2500, "discount": 20_000}
    sent = {"id": "2", "totalAmountExcludingTax": 4000, "totalTaxAmount": 600, "taxRate": 1500, "isShipping": True}
    receipt = {
        "orderLines": [
            line,
            sent | {"name": "Post", "totalAmount": 4600},
            sent | {"name": "Fee", "totalAmount": 400},
        ],
        "bottomLine": {
            "currency": "NOK",
            "tipAmount": 1000,
            "receiptNumber": "R-1",
            "paymentSources": {"cash": 5000},
        },
    }
    await open_invoice(shop, browser, receipt=receipt)
    await browser.click("see-details")
    told = " ".join(" ".join(browser["receipt"].pieces).split())
    assert told == (
        "Boots 800,00 kr Before discount: 1 000,00 kr Shipping 50,00 kr Tips 10,00 kr "
        "Discount −200,00 kr Total 860,00 kr With 25 % VAT 160,00 kr With 15 % VAT 12,00 kr "  # noqa: RUF001
        "Paid in cash 50,00 kr"
    )
    assert "Receipt number R-1" in browser.text


async def test_categorys_picture_is_shown_as_it_came(shop: Shop, browser: Browser) -> None:
    """Under headers that let it be a picture and nothing else."""
    at, picture = shop.unit.now(), b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"
    attach = AttachCategory(
        payment_type=PaymentType.ECOM,
        order_id=REFERENCE,
        category=CategoryType.DELIVERY,
        order_details_url="https://example.com/",
        image_id="boots",
    )
    shop.unit._record(
        [
            ImageUploaded(at=at, image_id="boots", media_type="image/png", width=200, height=200, content=picture),
            CategoryAttached(at=at, category_id="a", command=attach),
        ]
    )
    await open_invoice(shop, browser)
    await browser.click("see-details")
    answer = await browser.client.get(browser["order-picture"].attributes["src"])
    assert (answer.content, answer.headers["content-type"]) == (picture, "image/png")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_picture_and_page_that_are_not_there(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    for below in ("picture", "order", "shipping"):
        await browser.open(f"{MINE}/{below}")
        assert browser.page.status_code == 404


async def test_card_is_remembered_on_this_phone(shop: Shop, browser: Browser) -> None:
    await open_invoice(shop, browser)
    await browser.click("edit-card")
    await browser.click("card-travel")
    assert "Travel card" in browser["edit-card"].text
    await browser.post(f"{MINE}/card", card="<script>")
    assert "Daily card" in browser["edit-card"].text


# --- Express --------------------------------------------------------------------------------------------


def option(option_id: str, value: int, **more: Any) -> ShippingOption:
    return ShippingOption(id=option_id, name=option_id.title(), amount=Amount(Currency.NOK, value), **more)


GROUPS = (
    ShippingGroup(
        type=ShippingType.MAILBOX,
        brand=ShippingBrand.POSTEN,
        options=(option("mailbox", 4900, is_default=True), option("<b>courier", 9900, estimated_delivery="today")),
        is_default=True,
    ),
)
EXPRESS_OPTION = {"currency": "NOK", "value": 4900}
FIXED = {
    "fixedOptions": [
        {
            "type": "MAILBOX",
            "brand": "POSTEN",
            "isDefault": True,
            "options": [
                {"id": "mailbox", "name": "Mailbox", "amount": EXPRESS_OPTION, "isDefault": True},
                {"id": "courier", "name": "<b>Courier", "amount": {"currency": "NOK", "value": 9900}},
            ],
        }
    ]
}


async def express(shop: Shop, browser: Browser, shipping: dict[str, Any]) -> None:
    await shop.create(shipping=shipping, profile={"scope": "name address email phoneNumber"})
    await browser.open(MINE)
    await browser.click("open")
    await browser.click("share")


async def test_shipping_is_chosen_and_paid_for(shop: Shop, browser: Browser) -> None:
    """The amount goes with the choice; what the screen says is what is authorised."""
    await express(shop, browser, FIXED)
    assert "Mailbox · 49,00 kr" in " ".join(browser["shipping"].text.split())
    assert "Suburbia 23, 2101 OSLO, NO" in browser["shipping"].text
    assert browser["amount"].text == "69,00\u00a0kr"
    await browser.click("shipping")
    assert browser.heading == "Choose delivery"
    await browser.click("shipping-2")
    assert "<b>Courier · 99,00 kr" in " ".join(browser["shipping"].text.split())
    assert browser["amount"].text == "119,00\u00a0kr"
    await browser.click("approve")
    assert browser["amount"].text == "119,00\u00a0kr"
    assert "<b>Courier" in browser["information"].text
    assert shop.payment.authorized == 11_900


async def test_shipping_that_is_not_offered_is_the_usual_one(shop: Shop, browser: Browser) -> None:
    await express(shop, browser, FIXED)
    await browser.open(f"{MINE}?shipping=%3Cscript%3E")
    assert browser["amount"].text == "69,00\u00a0kr"
    await browser.post(f"{MINE}/approve", shipping_option="<script>")
    assert browser.page.status_code == 409
    assert browser.heading == "Not shipped like that"


async def test_shop_is_asked_how_it_ships(shop: Shop, browser: Browser) -> None:
    """Until it has answered, nothing can be paid; if it does not ship here, it may be asked again."""
    await express(shop, browser, {"dynamicOptions": {"callbackUrl": "https://example.com/shipping"}})
    assert "We are asking Acme Shop how it delivers" in browser["shipping-question"].text
    assert browser.buttons == {"reject": "Cancel"}
    at = shop.unit.now()
    refused = ShippingRefused(at=at, reference=REFERENCE, phone_number=ADA, because="nowhere")
    shop.unit._record([refused])
    await browser.open(MINE)
    assert "does not deliver" in browser["shipping-question"].text
    assert browser.buttons == {"open": "Try again", "reject": "Cancel"}
    await browser.click("open")
    shop.unit._record([ShippingOffered(at=at, reference=REFERENCE, phone_number=ADA, groups=GROUPS)])
    await browser.open(MINE)
    assert browser["amount"].text == "69,00\u00a0kr"


# --- Reminders, and the pulse ---------------------------------------------------------------------------


async def test_reminder_is_a_push_of_its_own(shop: Shop, browser: Browser) -> None:
    """Three days before it expires; also for what was put off."""
    await open_invoice(shop, browser)
    await browser.click("pay-later")
    await browser.open(f"/phone/{ADA}")
    assert "No notifications" in browser.text
    await shop.unit.advance(timedelta(days=11))
    await browser.open(f"/phone/{ADA}")
    assert "Reminder: Acme Shop is waiting for 20,00 kr, due 15.09.2023." in browser.text
    await browser.click(IN_LIST)
    assert browser.heading == "Pay to"
    await browser.open(f"/phone/{ADA}")
    assert "No notifications" in browser.text


async def test_pulse_changes_with_what_concerns_the_phone(
    sandbox: Sandbox, client: httpx.AsyncClient, shop: Shop, browser: Browser
) -> None:
    async def pulse() -> str:
        return (await client.get(f"/phone/{ADA}/pulse")).text

    nothing = await pulse()
    await shop.send_invoice(customer={"phoneNumber": EMMA}, reference="invoice-for-emma")
    assert await pulse() == nothing
    await shop.send_invoice()
    pushed = await pulse()
    assert pushed not in {nothing, ""}
    assert await pulse() == pushed
    await browser.open(MINE)
    (device,) = (e for e in browser.elements if "data-pulse" in e.attributes)
    assert device.attributes["data-pulse"] == pushed
    assert device.attributes["data-pulse-url"] == f"/phone/{ADA}/pulse"
    await shop.unit.advance(timedelta(days=15))
    assert await pulse() != pushed
