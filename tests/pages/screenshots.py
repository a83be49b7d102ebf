"""Take the manual's pictures of the customer's pages and of the dashboard: `make screenshots`.

They show a made-up day on which the clock stands still, so that a new picture differs only where the pages do; but a
play has a sales unit of its own, and takes its time.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
from PIL import Image

from sandbox.client import Amount
from sandbox.server import running
from sandbox.settings import Settings
from tests.pages.chromium import MSN, Merchant, MerchantSite, Windows

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["IMAGES"]

IMAGES: Final = Path(__file__).parent.parent.parent / "docs" / "images"
_SCENARIOS: Final = Path(__file__).parent.parent.parent / "scenarios"
_TODAY: Final = "2023-09-01T08:00:00Z"
_DUE: Final = "2023-09-15T00:00:00Z"
_COLOURS: Final = 128  # in a picture: plenty for flat pages, and a third of the bytes
_AROUND: Final = 24  # pixels, for the frame of the phone and its shadow
_BACK: Final = "https://fjord-insurance.example/paid"
_INVOICE: Final = "fjord-insurance-424243"
_PAID: Final = "fjord-insurance-424242"
_RECEIPT: Final = {
    "orderLines": [
        {
            "name": name,
            "id": str(number),
            "totalAmount": 150_000,
            "totalAmountExcludingTax": 120_000,
            "totalTaxAmount": 30_000,
            "taxRate": 2500,
        }
        for number, name in enumerate(("Accident insurance", "Travel insurance"))
    ],
    "bottomLine": {"currency": "NOK", "receiptNumber": "0527013501"},
}


def main() -> int:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the extra `dev`

    IMAGES.mkdir(exist_ok=True)
    with (
        running(Settings(port=0, scenarios=_SCENARIOS)) as url,
        MerchantSite.open() as site,
        Merchant.at(url, site) as merchant,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        _set_out(merchant)
        with Windows(chromium).of(url) as windows:
            page = windows.open(merchant.phone(), viewport={"width": 1000, "height": 860}, color_scheme="light")
            _take_all(page, merchant)
        chromium.close()
    return 0


def _set_out(merchant: Merchant) -> None:
    base = f"{merchant.url}/sandbox/units"
    settings = {"name": "Fjord Insurance", "organisation": "Fjord Insurance AS"}
    httpx.post(base, json={"msn": MSN, "settings": settings}).raise_for_status()
    httpx.put(f"{base}/{MSN}/clock", json={"now": _TODAY, "frozen": True}).raise_for_status()
    category = {"category": "GENERAL", "orderDetailsUrl": f"{merchant.site.url}/invoice"}
    merchant.vipps.put_category("ecom", _INVOICE, category)
    amount = {"currency": "NOK", "value": 300_000}
    merchant.send_invoice(
        reference=_PAID, expiresAt=_DUE, amount=amount, paymentDescription="Invoice 424242", returnUrl=_BACK
    )
    for action in ("open", "approve"):
        merchant.does(action, _PAID)
    merchant.vipps.capture(_PAID, Amount(currency="NOK", value=300_000))
    merchant.send_invoice(
        reference=_INVOICE,
        expiresAt=_DUE,
        amount=amount,
        paymentDescription="Invoice 424243, due in two weeks",
        receipt=_RECEIPT,
        profile={"scope": "name phoneNumber address"},
    )


def _take_all(page: "Page", merchant: Merchant) -> None:
    request = merchant.request(_INVOICE)
    _take_phone(page, "phone-push")
    page.click(f"#request-{MSN}-{_INVOICE}")
    page.locator("#share").wait_for()
    _take_phone(page, "phone-consent")
    page.click("#share")
    page.locator("#approve").wait_for()
    _take_phone(page, "phone-payment")
    page.emulate_media(color_scheme="dark")
    _take_phone(page, "phone-payment-dark")
    page.emulate_media(color_scheme="light")
    page.click("#see-details")
    page.locator("#receipt").wait_for()
    _take_phone(page, "phone-details")
    page.goto(request)
    page.click("#pay-later")
    page.locator("#payments").wait_for()
    _take_phone(page, "phone-list")
    # No higher: further down stand the port and the real time, which are others each time.
    page.set_viewport_size({"width": 1440, "height": 590})
    page.goto(f"{merchant.url}/sandbox/dashboard/{MSN}")
    phone = page.frame_locator("#phone-frame")
    phone.get_by_text("Open the app").click()
    phone.locator("#payments").wait_for()
    _save(page.screenshot(), "dashboard")
    _take_pages(page, merchant)
    page.set_viewport_size({"width": 640, "height": 760})
    page.goto(merchant.create(profile=None, amount={"currency": "NOK", "value": 300_000}))
    _save(page.screenshot(), "landing-page")
    page.click("#next")
    page.locator("#phone").wait_for()
    _save(page.screenshot(), "landing-page-waiting")
    by_card = {"paymentMethod": {"type": "CARD"}, "customer": None, "reference": "fjord-insurance-by-card"}
    page.goto(merchant.create(profile=None, amount={"currency": "NOK", "value": 300_000}, **by_card))
    _save(page.screenshot(), "landing-page-card")


def _take_pages(page: "Page", merchant: Merchant) -> None:
    """Take those of the dashboard that have one column, in a window that is no wider than they are."""
    own = f"{merchant.url}/sandbox/dashboard/{MSN}"
    page.set_viewport_size({"width": 1120, "height": 620})
    page.goto(f"{own}/payments/{_PAID}")
    _save(page.screenshot(), "payment")
    page.set_viewport_size({"width": 1120, "height": 770})
    page.goto(f"{own}/scenarios/file?name=next-invoice.yaml")
    page.click("#play")
    page.locator("#story-1-sequence").wait_for()
    page.reload()  # without the word that says that it has ended
    _save(page.screenshot(), "scenario")


def _take_phone(page: "Page", name: str) -> None:
    box = page.locator(".device").bounding_box()
    if box is None:
        raise RuntimeError("no phone is to be seen")
    page.mouse.move(0, 0)
    picture = page.screenshot(
        clip={
            "x": box["x"] - _AROUND,
            "y": box["y"] - _AROUND,
            "width": box["width"] + 2 * _AROUND,
            "height": box["height"] + 2 * _AROUND,
        }
    )
    _save(picture, name)


def _save(picture: bytes, name: str) -> None:
    small = Image.open(BytesIO(picture)).convert("RGB").quantize(_COLOURS)
    small.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
