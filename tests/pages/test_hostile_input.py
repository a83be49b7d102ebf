"""Whatever a merchant or a stranger puts in, a page shows it as the text that it is."""

from typing import Any

import httpx
import pytest

from sandbox.domain.commands import AttachCategory, CategoryType, PaymentType
from sandbox.domain.facts import CategoryAttached, PaymentCreated
from sandbox.domain.sales_unit import UnitSettings
from sandbox.server import Sandbox
from tests.pages.browser import Browser
from tests.pages.shop import ADA, REFERENCE, Shop

pytestmark = pytest.mark.anyio

MARKUP = "</p><script>alert(1)</script>\"'><b onclick=x>&amp;{{ 7*7 }}"
MINE = f"/phone/{ADA}/requests/123456/{REFERENCE}"


@pytest.fixture
async def hostile_shop(sandbox: Sandbox, client: httpx.AsyncClient) -> Shop:
    return await Shop(sandbox, client, "123456", UnitSettings(name=MARKUP, organisation=MARKUP)).sign_in()


def check(browser: Browser, *shown: str) -> None:
    """The page is whole, has only our own elements, and shows *shown*."""
    assert browser["simulated"].attributes["role"] == "note"
    scripts = [element for element in browser.elements if element.tag == "script"]
    assert all(s.attributes["src"].startswith("/sandbox/static/") and not s.text for s in scripts)
    assert "b" not in {element.tag for element in browser.elements}
    assert not [e for e in browser.elements if any(name.startswith("on") or name == "style" for name in e.attributes)]
    for text in shown:
        assert " ".join(text.split()) in browser.text


def receipt(name: str) -> dict[str, Any]:
    line = {
        "name": name,
        "id": name,
        "totalAmount": 2000,
        "totalAmountExcludingTax": 1600,
        "totalTaxAmount": 400,
        "taxRate": 2500,
        "productUrl": "javascript:alert(1)",
    }
    return {"orderLines": [line], "bottomLine": {"currency": "NOK"}}


async def test_markup_is_text_on_every_screen(hostile_shop: Shop, browser: Browser) -> None:
    link = "https://example.com/?q=\"'<b>&amp;"
    await hostile_shop.put_category(link)
    await hostile_shop.send_invoice(
        paymentDescription=MARKUP, receipt=receipt(MARKUP), profile={"scope": "name address"}
    )
    await browser.open(f"/phone/{ADA}")
    check(browser, f"{MARKUP[:39]}… sent you a request")
    await browser.open(f"/phone/{ADA}/payments")
    check(browser, f"{MARKUP} 20,00 kr {MARKUP}")
    await browser.click(f"request-123456-{REFERENCE}")
    for button in (
        "share",
        "see-details",
        "close",
        "edit-card",
        "card-blocked",
        "approve",
        "edit-card",
        "card-daily",
    ):
        check(browser, *(() if "card-daily" in browser.by_id else (MARKUP, f"#123456 · {MARKUP}")))
        await browser.click(button)
    await browser.open(f"{MINE}/order")
    check(browser, link)
    assert browser["order-frame"].attributes["src"] == browser["open-outside"].attributes["href"] == link
    await browser.open(MINE)
    await browser.click("approve")
    check(browser, "Paid", MARKUP)


async def test_markup_is_text_on_the_landing_page(hostile_shop: Shop, browser: Browser) -> None:
    await browser.open(
        redirect_url := await hostile_shop.create(returnUrl="myapp://\"><script>alert('&amp;')</script>")
    )
    check(browser, f"20,00 kr to {MARKUP}")
    await browser.click("next", phone_number=MARKUP)
    check(browser, MARKUP)
    assert browser["phone-number"].attributes["value"] == MARKUP
    await browser.click("next", phone_number=ADA)
    check(browser, MARKUP)
    await browser.click("cancel")
    check(browser, "would open myapp://\"><script>alert('&amp;')</script>")
    await browser.open(redirect_url)
    check(browser, "Cancelled")


@pytest.mark.parametrize(
    "path",
    [
        "/landing?token=%3Cscript%3Ealert(1)%3C/script%3E",
        "/landing/%3Cscript%3E",
        "/phone/%3Cscript%3E",
        f"/phone/{ADA}/requests/%3Cscript%3E/{REFERENCE}",
        f"/phone/{ADA}/requests/123456/%3Cscript%3Ealert(1)",
        f"/phone/{ADA}/requests/123456/" + "x" * 5000,
        f"{MINE}?reference=%3Cscript%3E",
    ],
)
async def test_markup_in_an_address_is_text(shop: Shop, browser: Browser, path: str) -> None:
    await browser.open(path)
    check(browser)


async def test_markup_in_an_action_is_text(shop: Shop, browser: Browser) -> None:
    await browser.post(f"{MINE}/%3Cscript%3E")
    check(browser, "There is no such button")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JavaScript://example.com/%0aalert(1)", "data:text/html,x", "myapp://order/1"]
)
async def test_only_web_links_can_be_followed(shop: Shop, browser: Browser, url: str) -> None:
    """Order Management refuses these; were one kept all the same, the page would show it as text."""
    attach = AttachCategory(
        payment_type=PaymentType.ECOM, order_id=REFERENCE, category=CategoryType.GENERAL, order_details_url=url
    )
    shop.unit._record([CategoryAttached(at=shop.unit.now(), category_id="a", command=attach)])
    await shop.send_invoice()
    await browser.post(f"{MINE}/open")
    await browser.click("see-details")
    assert browser["order-details"].tag == "p"
    assert browser["order-details"].text == url
    assert not [e for e in browser.elements if e.tag == "iframe"]
    assert not [e for e in browser.elements if e.attributes.get("href", "/").startswith(url)]
    await browser.open(f"{MINE}/order")
    assert browser.page.status_code == 404


@pytest.mark.parametrize("url", ["javascript:alert(1)", "javascript://example.com/%0aalert(1)", "//evil.example"])
async def test_harmful_return_url_is_no_link(shop: Shop, browser: Browser, url: str) -> None:
    """The ePayment API refuses these; were one kept all the same, no page would send anybody there."""
    redirect_url = await shop.create()
    fact = shop.payment.created
    kept = PaymentCreated(
        at=fact.at,
        reference=fact.reference,
        command=type(fact.command)(
            idempotency_key=None,
            reference=REFERENCE,
            amount=fact.command.amount,
            user_flow=fact.command.user_flow,
            return_url=url,
        ),
        deadline=fact.deadline,
    )
    shop.unit._record([kept])
    await browser.open(redirect_url)
    await browser.click("cancel")
    assert browser.page.status_code == 200
    assert browser.heading == "Cancelled"
    assert url not in browser.page.text
    await browser.open(MINE)
    assert browser.heading == "Cancelled"
    assert url not in browser.page.text


async def test_long_words_stay_on_the_page(sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser) -> None:
    name = "x" * 50_000
    shop = await Shop(sandbox, client, "123456", UnitSettings(name=name)).sign_in()
    await shop.send_invoice(receipt=receipt("y" * 50_000), amount={"currency": "NOK", "value": 65_000_000})
    await browser.open(f"/phone/{ADA}")
    check(browser, f"{name[:39]}… sent you a request for 650 000,00 kr.")
    await browser.open(f"/phone/{ADA}/payments")
    check(browser, name, "650 000,00 kr")
    await browser.open(f"{MINE}/details")
    check(browser, name, "y" * 50_000)


async def test_half_a_surrogate_pair_does_not_break_a_page(
    sandbox: Sandbox, client: httpx.AsyncClient, browser: Browser
) -> None:
    """No text encoding knows it, and Python strings can hold it."""
    shop = await Shop(sandbox, client, "123456", UnitSettings(name="Acme \ud83d")).sign_in()
    await shop.send_invoice()
    await browser.open(f"/phone/{ADA}")
    check(browser, "Acme ? sent you a request for 20,00 kr.")
