"""Both invoice flows by clicking alone, in Chromium with JavaScript switched off, over real sockets."""

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from sandbox.client import Amount, Credentials, PaymentState, VippsClient
from sandbox.server import running
from sandbox.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra `dev`")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, as the Debian package `chromium` brings it")

ADA = "4791234567"
MSN = "123456"


class MerchantSite(ThreadingHTTPServer):
    """The merchant's own web site; it remembers what it was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MerchantPage)
        self.asked: list[str] = []
        self.referrers: set[str | None] = set()
        self.page = "<h1>Thanks for your order!</h1>"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _MerchantPage(BaseHTTPRequestHandler):
    server: MerchantSite

    def do_GET(self) -> None:
        if self.path != "/favicon.ico":
            self.server.asked.append(self.path)
            self.server.referrers.add(self.headers["Referer"])
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.server.page.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def url() -> Iterator[str]:
    with running(Settings(port=0)) as url:
        yield url


@pytest.fixture
def vipps(url: str) -> Iterator[VippsClient]:
    with VippsClient(Credentials("an-id", "a-secret", "a-key", MSN), url) as vipps:
        yield vipps


@pytest.fixture
def site() -> Iterator[MerchantSite]:
    with MerchantSite() as site:
        thread = threading.Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield site
        site.shutdown()
        thread.join()


def first_invoice(site: MerchantSite, path: str) -> dict[str, object]:
    return {
        "amount": {"currency": "NOK", "value": 2000},
        "customer": {"phoneNumber": ADA},
        "paymentMethod": {"type": "WALLET"},
        "profile": {"scope": "phoneNumber"},
        "reference": "acme-shop-123-order123abc",
        "returnUrl": site.url + path,
        "userFlow": "WEB_REDIRECT",
    }


def sees(page: "Page", element: str, text: str) -> None:
    """Wait until the page has arrived that shows *text*."""
    sync_api.expect(page.locator(element)).to_have_text(text)


def test_flow_a_is_a_matter_of_clicking(page: "Page", vipps: VippsClient, site: MerchantSite) -> None:
    """Landing page, number, consent, payment; then the landing page arrives at the merchant's by itself."""
    path = "/redirect?orderId=1512202&x=%C3%B8%2F+a~b!$()*,;="
    created = vipps.create_payment(first_invoice(site, path))
    page.goto(str(created.redirect_url))
    assert page.input_value("#phone-number") == "+47 912 34 567"
    page.click("#next")
    sees(page, "h1", "Complete in Vipps")

    with page.expect_popup() as opened:
        page.click("#phone")
    phone = opened.value
    phone.click(f"#request-{MSN}-{created.reference}")
    phone.click("#open")
    sees(phone, "dd", "+47 912 34 567")
    phone.click("#share")
    sees(phone, "#amount", "20 kr")
    phone.click("#approve")
    sees(phone, "#outcome", "Paid")

    page.wait_for_url(site.url + "/**")
    sees(page, "h1", "Thanks for your order!")
    assert site.asked == [path]
    assert site.referrers == {None}
    payment = vipps.get_payment(created.reference)
    assert payment.state is PaymentState.AUTHORIZED

    phone.click("#return")
    sees(phone, "h1", "Thanks for your order!")
    assert site.asked == [path, path]
    assert site.referrers == {None}


def test_flow_b_is_a_matter_of_clicking(page: "Page", url: str, vipps: VippsClient, site: MerchantSite) -> None:
    """A push; the details with the merchant's invoice; I'll pay later; and paid in the end."""
    reference = "acme-shop-123-order123abc"
    vipps.put_category("ecom", reference, {"category": "GENERAL", "orderDetailsUrl": f"{site.url}/orderdetails/1"})
    invoice = first_invoice(site, "/redirect") | {
        "userFlow": "PUSH_MESSAGE",
        "expiresAt": (datetime.now(UTC) + timedelta(days=14)).isoformat(timespec="seconds"),
        "paymentDescription": "Invoice 424243",
    }
    del invoice["profile"]
    vipps.create_payment(invoice)
    request = f"#request-{MSN}-{reference}"

    page.goto(f"{url}/phone/{ADA}")
    page.click(request)
    page.click("#open")
    sees(page, "#description", "Invoice 424243")
    page.click("#see-details")
    with page.expect_popup() as opened:
        page.click("#order-details")
    sees(opened.value, "h1", "Thanks for your order!")
    assert site.asked == ["/orderdetails/1"]
    assert site.referrers == {None}
    page.click("#close")
    page.click("#pay-later")
    sees(page, "#requests strong", "Postponed")
    assert vipps.get_payment(reference).state is PaymentState.CREATED

    page.click(request)
    page.click("#open")
    page.click("#approve")
    sees(page, "#outcome", "Paid")
    assert page.locator("#return").count() == 0
    assert vipps.get_payment(reference).aggregate.authorized_amount == Amount(value=2000, currency="NOK")


def test_cancel_arrives_at_return_url(page: "Page", vipps: VippsClient, site: MerchantSite) -> None:
    """Through the form's redirect; what is not ASCII arrives as a browser writes it."""
    created = vipps.create_payment(first_invoice(site, "/bestilling/blåbærgrøt?å=ø"))
    page.goto(str(created.redirect_url))
    page.click("#cancel")
    sees(page, "h1", "Thanks for your order!")
    assert site.asked == ["/bestilling/bl%C3%A5b%C3%A6rgr%C3%B8t?%C3%A5=%C3%B8"]
    assert vipps.get_payment(created.reference).state is PaymentState.ABORTED


def test_foreign_site_cannot_click(page: "Page", url: str, vipps: VippsClient, site: MerchantSite) -> None:
    """A form on another site's page, sent to the phone by a click, is refused."""
    reference = vipps.create_payment(first_invoice(site, "/") | {"userFlow": "PUSH_MESSAGE"}).reference
    action = f"{url}/phone/{ADA}/requests/{MSN}/{reference}/open"
    site.page = f'<form method="post" action="{action}"><button id="lure">Win a prize</button></form>'
    page.goto(site.url)
    page.click("#lure")
    sees(page, "h1", "From another site")


def test_page_is_as_wide_as_the_phone(page: "Page", url: str, vipps: VippsClient, site: MerchantSite) -> None:
    """However long a merchant's words are, nothing has to be scrolled sideways."""
    invoice = first_invoice(site, "/") | {"userFlow": "PUSH_MESSAGE", "paymentDescription": "x" * 100}
    reference = vipps.create_payment(invoice).reference
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}/phone/{ADA}/requests/{MSN}/{reference}")
    page.click("#open")
    page.click("#share")
    box = page.locator("#description").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
