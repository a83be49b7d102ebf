"""Chromium, a merchant and the merchant's own web site, over real sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.client import Credentials, VippsClient

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["ADA", "EMMA", "MSN", "Merchant", "MerchantSite", "Windows", "sees"]

ADA = "4791234567"
EMMA = "4793424725"
MSN = "123456"


class MerchantSite(ThreadingHTTPServer):
    """The merchant's own web site; it remembers what it was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MerchantPage)
        self.asked: list[str] = []
        self.referrers: set[str | None] = set()
        self.page = "<!doctype html><title>Acme</title><h1>Thanks for your order!</h1>"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @classmethod
    @contextmanager
    def open(cls) -> "Iterator[MerchantSite]":
        with cls() as site:
            thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
            thread.start()
            yield site
            site.shutdown()
            thread.join()


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


class Merchant:
    """A merchant of the sandbox at *url*, and whoever may turn its clock."""

    def __init__(self, url: str, vipps: VippsClient, site: MerchantSite) -> None:
        self.url = url
        self.vipps = vipps
        self.site = site

    @classmethod
    @contextmanager
    def at(cls, url: str, site: MerchantSite) -> "Iterator[Merchant]":
        with VippsClient(Credentials("an-id", "a-secret", "a-key", MSN), url) as vipps:
            yield cls(url, vipps, site)

    def create(self, **changes: Any) -> str:
        """Create the payment of a first invoice, with *changes* (None leaves a field out); return its redirectUrl."""
        body = {
            "amount": {"currency": "NOK", "value": 200_000},
            "customer": {"phoneNumber": ADA},
            "paymentMethod": {"type": "WALLET"},
            "profile": {"scope": "phoneNumber"},
            "reference": "acme-shop-123-order123abc",
            "returnUrl": f"{self.site.url}/redirect?orderId=1512202",
            "userFlow": "WEB_REDIRECT",
            **changes,
        }
        created = self.vipps.create_payment({name: value for name, value in body.items() if value is not None})
        return str(created.redirect_url or "")

    def send_invoice(self, **changes: Any) -> str:
        """Push the payment of a later invoice to the phone; return its reference."""
        invoice = {
            "userFlow": "PUSH_MESSAGE",
            "expiresAt": (datetime.now(UTC) + timedelta(days=14)).isoformat(timespec="seconds"),
            "paymentDescription": "Invoice 424243",
            "reference": "acme-invoice-424243",
            "profile": None,
        } | changes
        self.create(**invoice)
        return str(invoice["reference"])

    def configure(self, **settings: Any) -> None:
        self._control("PATCH", "settings", settings)

    def advance(self, by: str) -> None:
        self._control("POST", "clock/advance", {"by": by})

    def does(self, action: str, reference: str, phone_number: str = ADA) -> None:
        self._control("POST", f"customers/{phone_number}/{action}", {"reference": reference})

    def state(self, reference: str) -> str:
        return self.vipps.get_payment(reference).state.value

    def phone(self, phone_number: str = ADA) -> str:
        return f"{self.url}/phone/{phone_number}"

    def request(self, reference: str, phone_number: str = ADA) -> str:
        return f"{self.phone(phone_number)}/requests/{MSN}/{reference}"

    def _control(self, method: str, path: str, body: dict[str, Any]) -> None:
        httpx.request(method, f"{self.url}/sandbox/units/{MSN}/{path}", json=body).raise_for_status()


# The pages' own scripts look once a second; tests need not wait that long.
_QUICK = "const wait = setTimeout; window.setTimeout = (then, after) => wait(then, after / 10);"


class Windows:
    """Windows of one Chromium; each has its own cookies and English chosen, and all that goes wrong is noted."""

    def __init__(self, chromium: "Browser", url: str) -> None:
        self._chromium = chromium
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.elsewhere: list[str] = []

    def open(self, url: str, **options: Any) -> "Page":
        """Open a window.

        Args:
            url: Where.
            **options: Of Playwright's `new_context`.
        """
        context = self._chromium.new_context(reduced_motion=options.pop("reduced_motion", "reduce"), **options)
        context.set_default_timeout(10_000)
        context.add_init_script(_QUICK)
        context.add_cookies([{"name": "language", "value": "en", "url": self._url}])
        context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", lambda request: self._note(request.url))
        self._contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _note(self, url: str) -> None:
        if not url.startswith((f"{self._url}/", "data:")):
            self.elsewhere.append(url)


def sees(page: "Page", element: str, text: str) -> None:
    """Wait until the page has arrived that shows *text*; kinds of blanks are alike."""
    from playwright.sync_api import expect  # noqa: PLC0415 - of the extra `dev`, and not everywhere

    expect(page.locator(element)).to_have_text(text)
