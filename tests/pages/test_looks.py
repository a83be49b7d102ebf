"""How the pages look: nothing sticks out at any width, whatever a merchant writes, and everybody can use them."""

from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.pages.axe import LIGHT_AND_DARK, needs_axe, violations
from tests.pages.chromium import MSN, Merchant, Windows, sees

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST = "acme-shop-123-order123abc"
INVOICE = "acme-invoice-424243"
HOSTILE = '<b>bold</b> "><img src=x onerror=alert(1)> \u202etluser\u202c ' + "x" * 60
# In one frame a change of style begins; in the next it has come.
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
MEASURE = """() => ({
    over: document.documentElement.scrollWidth - innerWidth,
    inside: Math.max(0, ...Array.from(document.querySelectorAll('main *'),
        (one) => one.closest('.unseen, bdi, svg') ? 0 : one.getBoundingClientRect().right - innerWidth)),
    ran: typeof window.ran,
})"""


def receipt(name: str) -> dict[str, Any]:
    line = {
        "name": name,
        "id": "1",
        "totalAmount": 150_000,
        "totalAmountExcludingTax": 120_000,
        "totalTaxAmount": 30_000,
        "taxRate": 2500,
        "discount": 10_000,
        "unitInfo": {"unitPrice": 80_000, "quantity": "2", "quantityUnit": "PCS"},
    }
    shipping = line | {"id": "2", "isShipping": True, "taxRate": 1500, "unitInfo": None, "discount": None}
    return {"orderLines": [line, shipping], "bottomLine": {"currency": "NOK", "receiptNumber": "0527013501"}}


def walk(page: "Page", merchant: Merchant, look: Any) -> None:
    """Go through all screens of landing page and phone, and have a *look* at each."""
    redirect_url = merchant.create(customer=None)
    page.goto(redirect_url)
    look("number")
    page.fill("#phone-number", "12")
    page.click("#next")
    page.locator("#error").wait_for()
    look("number refused")
    page.goto(redirect_url.replace("/landing?", "/landing/qr?"))
    look("code")
    page.goto(redirect_url)
    page.fill("#phone-number", "91234567")
    page.click("#next")
    page.locator("#phone").wait_for()
    look("waiting")
    page.goto("about:blank")  # it would go on by itself
    merchant.vipps.cancel(FIRST)
    page.goto(redirect_url)
    look("landing page's end")
    page.goto(merchant.create(paymentMethod={"type": "CARD"}, profile=None, customer=None, reference="by-card-1"))
    look("card form")
    page.fill("#card-number", "4111111111111111")
    page.click("#pay-by-card")
    page.locator("#confirm").wait_for()
    look("bank")
    walk_phone(page, merchant, look)


def walk_phone(page: "Page", merchant: Merchant, look: Any) -> None:
    request = merchant.request(INVOICE)
    page.goto(merchant.phone())
    look("lock screen")
    page.goto(request)
    look("request")
    page.click("#open")
    look("consent")
    page.click("#terms")
    look("terms")
    page.click("#share")
    look("payment")
    page.click("#costs")
    look("what it costs")
    for below in ("details", "order", "cards"):
        page.goto(f"{request}/{below}")
        look(below)
    merchant.does("decline-card", INVOICE)
    page.goto(request)
    look("declined")
    merchant.configure(appSkin="seed")
    page.goto(request)
    page.click("#cancel")
    look("choice")
    merchant.does("approve", INVOICE)
    page.goto(request)
    look("receipt")
    page.goto(f"{merchant.phone()}/payments")
    look("list")
    page.goto(merchant.request(FIRST))
    look("ended")
    merchant.configure(appReturnsTo="other_browser")
    page.goto(f"{merchant.request(FIRST)}/return")
    look("the phone's browser")
    page.goto(f"{merchant.phone()}/else")
    look("problem")


def set_out(merchant: Merchant, words: str) -> None:
    category = {"category": "GENERAL", "orderDetailsUrl": f"{merchant.site.url}/orderdetails/1"}
    merchant.vipps.put_category("ecom", INVOICE, category)
    merchant.send_invoice(
        reference=INVOICE,
        paymentDescription=words[:100],
        receipt=receipt(words),
        profile={"scope": "name phoneNumber address email birthDate"},
    )


def test_hostile_words_neither_run_nor_stick_out(windows: Windows, merchant: Merchant) -> None:
    merchant.configure(name=HOSTILE * 20, organisation=HOSTILE * 20)
    set_out(merchant, HOSTILE * 20)
    merchant.site.page = "<script>try { top.ran = 1 } catch {} try { parent.ran = 1 } catch {}</script>"
    page = windows.open(merchant.phone())
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))

    def look(screen: str) -> None:
        for width in (320, 1200):
            page.set_viewport_size({"width": width, "height": 700})
            page.evaluate(SETTLED)
            found = page.evaluate(MEASURE)
            assert found["over"] <= 0, (screen, width)
            assert found["inside"] <= 1, (screen, width)
            assert found["ran"] == "undefined", screen
        assert page.locator("b, img[src=x]").count() == 0, screen

    walk(page, merchant, look)


@needs_axe
def test_nothing_serious_is_in_anybodys_way(windows: Windows, merchant: Merchant) -> None:
    """By all rules of axe-core; in the dark, those of contrast."""
    set_out(merchant, "Accident insurance")
    page = windows.open(merchant.phone(), viewport={"width": 1000, "height": 800})
    found: list[str] = []

    def look(screen: str) -> None:
        for scheme, rules in LIGHT_AND_DARK:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)
            found.extend(
                f"{screen}, {scheme}: {violation['help']}: {violation['nodes'][0]['html'][:99]}"
                for violation in violations(page, iframes=False, **rules)
                if violation["impact"] in {"serious", "critical"}
            )

    walk(page, merchant, look)
    assert found == []


def test_whole_way_by_keyboard(windows: Windows, merchant: Merchant) -> None:
    """Nothing needs a pointer: each step's strong action can be reached by Tab, and Enter does it."""
    reference = merchant.send_invoice()
    page = windows.open(merchant.phone())

    def press(element_id: str) -> None:
        for _ in range(15):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == element_id:
                page.keyboard.press("Enter")
                return
        pytest.fail(f"{element_id} cannot be reached")

    press(f"request-{MSN}-{reference}")
    page.locator("#approve").wait_for()
    press("approve")
    sees(page, "#outcome", "Paid")


@pytest.mark.parametrize(("reduced_motion", "animation"), [("no-preference", "arrive"), ("reduce", "none")])
def test_push_arrives_with_a_spring_unless_less_motion_is_asked_for(
    windows: Windows, merchant: Merchant, reduced_motion: Literal["reduce", "no-preference"], animation: str
) -> None:
    page = windows.open(merchant.phone(), reduced_motion=reduced_motion)
    reference = merchant.send_invoice()
    push = page.locator(f"#push-request-{MSN}-{reference}")
    push.wait_for()
    assert push.evaluate("(one) => getComputedStyle(one).animationName") == animation


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_highest_amount_keeps_to_one_line(windows: Windows, merchant: Merchant, width: int) -> None:
    """On every screen that shows it large; a break within a number is another number."""
    reference = merchant.send_invoice(amount={"currency": "NOK", "value": 65_000_000})
    page = windows.open(merchant.request(reference), viewport={"width": width, "height": 780})

    def is_in_one_line() -> bool:
        lines = "(one) => { const range = document.createRange(); range.selectNodeContents(one);"
        return bool(page.locator("#amount").evaluate(f"{lines} return range.getClientRects().length === 1; }}"))

    assert is_in_one_line()
    page.click("#open")
    sees(page, "h1", "Pay to")
    assert is_in_one_line()
    page.click("#approve")
    sees(page, "#outcome", "Paid")
    assert is_in_one_line()


def test_small_screens_are_filled_and_wide_ones_framed(windows: Windows, merchant: Merchant) -> None:
    page = windows.open(merchant.phone(), viewport={"width": 360, "height": 700})
    device = page.locator(".device")
    assert device.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 700}
    page.set_viewport_size({"width": 1440, "height": 900})
    box = device.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 780)
