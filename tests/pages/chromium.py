"""Chromium, a merchant and the merchant's own web site, over real sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal

import httpx

from sandbox.client import Credentials, VippsClient

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

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

    def __init__(self, url: str, vipps: VippsClient, site: MerchantSite, http: httpx.Client) -> None:
        self.url = url
        self.vipps = vipps
        self.site = site
        self.http = http

    @classmethod
    @contextmanager
    def at(cls, url: str, site: MerchantSite) -> "Iterator[Merchant]":
        with (
            VippsClient(Credentials("an-id", "a-secret", "a-key", MSN), url) as vipps,
            httpx.Client(base_url=url, verify=False) as http,  # over plain HTTP no store of certificates is read
        ):
            yield cls(url, vipps, site, http)

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
        self.http.request(method, f"/sandbox/units/{MSN}/{path}", json=body).raise_for_status()


# The pages' own scripts look once a second; tests need not wait that long.
_QUICK = "const wait = setTimeout; window.setTimeout = (then, after) => wait(then, after / 10);"


class Windows:
    """Windows of one Chromium; each has its own cookies and English chosen, and all that goes wrong is noted.

    A window is dear, for a process of its own begins with it; so it stays for a later test, which finds it empty.
    """

    def __init__(self, chromium: "Browser") -> None:
        self._chromium = chromium
        self._url = ""
        self._idle: list[tuple[dict[str, Any], Page]] = []
        self._open: list[tuple[dict[str, Any], Page]] = []
        self.errors: list[str] = []
        self.elsewhere: list[str] = []

    @contextmanager
    def of(self, url: str) -> "Iterator[Windows]":
        """For one test of the sandbox at *url*: nothing is open or noted from any other."""
        self._url = url
        self.errors.clear()
        self.elsewhere.clear()
        yield self
        while self._open:
            options, page = self._open.pop()
            for other in page.context.pages:
                other.goto("about:blank") if other is page else other.close()
            self._idle.append((options, page))

    def open(
        self,
        url: str,
        *,
        viewport: "ViewportSize | None" = None,
        color_scheme: Literal["light", "dark"] = "light",
        reduced_motion: Literal["reduce", "no-preference"] = "reduce",
        **options: Any,
    ) -> "Page":
        """Open a window.

        Args:
            url: Where.
            viewport: Its size, if it matters.
            color_scheme: What the customer's machine is set to.
            reduced_motion: As *color_scheme*.
            **options: More of Playwright's `new_context`.
        """
        page = next((page for others, page in self._idle if others == options), None)
        if page is None:
            page = self._new(options)
        else:
            self._idle.remove((options, page))
        self._open.append((options, page))
        page.context.set_offline(False)
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "language", "value": "en", "url": self._url}])
        page.set_viewport_size(viewport or {"width": 1280, "height": 720})
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        page.goto(url)
        return page

    def _new(self, options: dict[str, Any]) -> "Page":
        context = self._chromium.new_context(**options)
        context.set_default_timeout(10_000)
        context.add_init_script(_QUICK)
        context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", lambda request: self._note(request.url))
        return context.new_page()

    def _note(self, url: str) -> None:
        if not url.startswith((f"{self._url}/", "data:")):
            self.elsewhere.append(url)


def sees(page: "Page", element: str, text: str) -> None:
    """Wait until the page has arrived that shows *text*; kinds of blanks are alike."""
    from playwright.sync_api import expect  # noqa: PLC0415 - of the extra `dev`, and not everywhere

    expect(page.locator(element)).to_have_text(text)
