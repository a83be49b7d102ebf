"""The application: invoices are sent, customers come back, and Vipps tells what became of it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from examples.acme_invoices.settings import Bug, Settings
from examples.acme_invoices.signatures import is_from_vipps
from examples.acme_invoices.store import Invoice, Store
from examples.acme_invoices.vipps import Vipps, VippsTrouble

__all__ = ["acme_invoices"]

log = logging.getLogger(__name__)


def acme_invoices(settings: Settings) -> Starlette:
    """Return the application; it registers its webhook when it starts."""
    acme = _Acme(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await acme.start()
        yield
        await acme.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/invoices", acme.send, methods=["POST"]),
            Route("/invoices/{number}", acme.show, methods=["GET"]),
            Route("/invoices/{number}/thanks", acme.thank, methods=["GET"]),
            Route("/webhooks", acme.be_told, methods=["POST"]),
        ],
    )


class _Acme:
    """The endpoints, each a method that takes the request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = Store(settings.database)
        self._vipps = Vipps(settings)
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> None:
        self._store.webhook_secret = await self._vipps.register_webhook(f"{self._settings.own_url}/webhooks")

    async def close(self) -> None:
        await self._vipps.close()
        self._store.close()

    async def send(self, request: Request) -> Response:
        """Send an invoice: with `due`, to the customer's phone; without, the customer pays it in the browser."""
        try:
            asked = json.loads(await request.body())
            invoice = Invoice(str(asked["number"]), int(asked["amount"]), str(asked["phone"]), "open", str(uuid4()))
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": "say number, amount and phone"}, 400)
        if not self._store.add(invoice):
            return JSONResponse({"error": f"invoice {invoice.number} was sent before"}, 409)
        pay_at = None
        try:
            page = f"{self._settings.own_url}/invoices/{invoice.number}"
            if asked.get("due"):
                await self._vipps.send_next(invoice, page, str(asked["due"]))
            else:
                pay_at = await self._vipps.create_first(invoice, f"{page}/thanks")
        except VippsTrouble as trouble:
            self._store.mark(invoice.number, "failed")
            return JSONResponse({"error": str(trouble)}, 502)
        return JSONResponse({"reference": invoice.reference, "payAt": pay_at}, 201)

    async def show(self, request: Request) -> Response:
        invoice = self._store.find(request.path_params["number"])
        if invoice is None:
            return JSONResponse({"error": "no such invoice"}, 404)
        shown: dict[str, Any] = {"number": invoice.number, "state": invoice.state, "phone": invoice.phone}
        return JSONResponse(shown)

    async def thank(self, request: Request) -> Response:
        """Take back a customer, who may have paid or not: the return URL tells nothing."""
        number = request.path_params["number"]
        if Bug.TRUST_RETURN_URL in self._settings.bugs:
            self._store.mark(number, "paid")
        else:
            await self._settle(number)
        invoice = self._store.find(number)
        if invoice is None:
            return HTMLResponse("<p>There is no such invoice.</p>", 404)
        said = "Thank you, your goods are on their way." if invoice.state == "paid" else "This is not paid yet."
        return HTMLResponse(f"<h1>Invoice {escape(invoice.number)}</h1><p>{said}</p>")

    async def be_told(self, request: Request) -> Response:
        """Take a webhook; what it is about is looked at after it was answered."""
        body = await request.body()
        query = f"?{request.url.query}" if request.url.query else ""
        if not is_from_vipps(self._store.webhook_secret, request.url.path + query, request.headers, body):
            return Response(status_code=401)
        number = str(json.loads(body)["reference"]).removeprefix("acme-invoice-")
        return Response(background=BackgroundTask(self._settle, number))

    async def _settle(self, number: str) -> None:
        """Ask how the payment of an invoice is, and do what is to be done about it."""
        async with self._one_at_a_time:
            invoice = self._store.find(number)
            if invoice is None:
                return
            try:
                payment = await self._vipps.payment(invoice.reference)
                if payment["state"] == "AUTHORIZED" and invoice.state == "open":
                    await self._paid(invoice, payment)
                elif payment["state"] in {"ABORTED", "EXPIRED", "TERMINATED"}:
                    self._store.mark(number, "failed")
            except VippsTrouble as trouble:
                log.warning("an invoice could not be settled", extra={"number": number, "trouble": str(trouble)})

    async def _paid(self, invoice: Invoice, payment: dict[str, Any]) -> None:
        sub = (payment.get("profile") or {}).get("sub")
        if sub is not None:
            self._store.keep_phone(invoice.number, await self._vipps.phone_number(sub))
        if Bug.NO_CAPTURE not in self._settings.bugs:
            await self._vipps.capture(invoice)
        self._store.mark(invoice.number, "paid")
