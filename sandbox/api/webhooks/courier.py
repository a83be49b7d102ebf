"""The courier: sends webhooks over the network, and asks merchants how they ship.

Nothing is followed, retried or taken from the environment (proxies, say): one request, one answer, or the reason why
there is none. Sent is what was signed, byte for byte.
Source: Webhooks guide; ePayment guide "Express".
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError
from pydantic_core import to_json

from sandbox import __version__
from sandbox.api.epayment.models import ShippingGroups
from sandbox.api.webhooks.payload import payload
from sandbox.api.webhooks.signature import Place, authorization, content_hash, place_of, sign, signed_string
from sandbox.domain.commands import ShippingGroup
from sandbox.domain.facts import DeliveryAsked
from sandbox.domain.payments import Payment
from sandbox.domain.sales_unit import CallbackCase, UnitSettings, WebhookTarget
from sandbox.domain.webhook_book import Delivery
from sandbox.domain.webhooks import Attempt
from sandbox.world import SalesUnit
from sandbox.world.errands import ShippingFailed

if TYPE_CHECKING:
    import ssl

    import httpx

__all__ = ["HttpCourier"]

_KEPT_OPEN: Final = 4  # connections of one transport: to as many receivers
_BODY_KEPT: Final = 2_048  # bytes of it
_BODY_READ: Final = 256 * 1024  # bytes of an answer that is needed
_USER_AGENT: Final = f"Vipps MobilePay/1.0 Webhooks/1.0 vipps-sandbox/{__version__}"


class _NoAnswer(Exception):
    """The merchant could not be reached, or did not answer in time."""


class HttpCourier:
    """Calls merchants over HTTP/1.1, with connections that stay open.

    Args:
        patience: How many seconds it may take until there is an answer.
        body_patience: How many more its body may take, which counts for nothing.
    """

    def __init__(self, *, patience: float = 10.0, body_patience: float = 1.0) -> None:
        self._patience = patience
        self._body_patience = body_patience
        # By whether certificates are checked; each is lent to one call at a time, for a pool of connections looks at
        # all that it has for every call, and three times as long goes into that as into all else.
        self._idle: dict[bool, list[httpx.AsyncHTTPTransport]] = {}

    async def close(self) -> None:
        for transports in self._idle.values():
            for transport in transports:
                await transport.aclose()
        self._idle.clear()

    async def deliver(self, unit: SalesUnit, delivery: Delivery, asked: DeliveryAsked | None) -> Attempt:
        """Send an event to its registration; one that was sent before goes with the same body, and a new date."""
        registration = unit.state.webhooks.registrations[delivery.registration_id]
        place = place_of(registration.url)
        body = delivery.attempts[0].body if delivery.attempts else payload(unit, delivery)
        sent_at, hashed = unit.real_now(), content_hash(body)
        date = format_datetime(sent_at.replace(microsecond=0), usegmt=True)
        signed = signed_string(place.target, date, place.host, hashed)
        wrong = asked is not None and asked.wrong_signature
        signature = authorization(sign(f"not {registration.secret}" if wrong else registration.secret, signed))
        headers = (
            ("Host", place.host),
            ("Content-Type", "application/json; charset=utf-8"),
            ("User-Agent", _USER_AGENT),
            ("x-ms-date", date),
            ("x-ms-content-sha256", hashed),
            ("Authorization", signature),
            ("X-Vipps-Authorization", signature),
            ("Webhook-Id", registration.id),
        )
        target = _target(unit.state.settings, place)
        status, answer, error = None, b"", None
        begun = perf_counter()
        try:
            status, answer = await self._post(target, place, headers, body, _BODY_KEPT)
        except _NoAnswer as reason:
            error = str(reason)
        return Attempt(
            delivery_id=delivery.id,
            out_of_turn=asked is not None,
            wrong_signature=wrong,
            sent_at=sent_at,
            sent_to=registration.url if target is None else _mapped(target, place),
            headers=headers,
            body=body,
            signed=signed,
            status=status,
            answer=answer.decode(errors="replace"),
            error=error,
            took=perf_counter() - begun,
        )

    async def ask_shipping(self, unit: SalesUnit, payment: Payment, at: datetime) -> tuple[ShippingGroup, ...]:
        """Ask the merchant for its shipping options; see `sandbox.world.errands.Courier`."""
        asked = payment.created.command.shipping
        if asked is None or asked.callback_url is None or payment.phone_number is None:
            raise ShippingFailed("nobody is to be asked.")
        place = place_of(asked.callback_url)
        address = unit.person(payment.phone_number).address
        if asked.allowed_countries is not None and address.country not in asked.allowed_countries:
            raise ShippingFailed(f"the shop ships to {', '.join(asked.allowed_countries)}, not to {address.country}.")
        names = ("addressLine1", "city", "postCode", "country")
        if unit.state.settings.express_callback_case is CallbackCase.PASCAL:
            names = ("AddressLine1", "City", "PostCode", "Country")
        values = (address.street_address, address.region, address.postal_code, address.country)
        body = to_json({"reference": payment.reference, **dict(zip(names, values, strict=True))})
        headers = [
            ("Host", place.host),
            ("Content-Type", "application/json;charset=UTF-8"),
            ("User-Agent", f"vipps-sandbox/{__version__}"),
        ]
        if asked.callback_authorization_token is not None:
            headers.append(("Authorization", asked.callback_authorization_token))
        try:
            target = _target(unit.state.settings, place)
            status, answer = await self._post(target, place, tuple(headers), body, _BODY_READ)
        except _NoAnswer as reason:
            raise ShippingFailed(f"the shop was asked and {reason}.") from reason
        if status != 200:
            raise ShippingFailed(f"the shop answered {status}.")
        try:
            groups = ShippingGroups.model_validate_json(answer).groups
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "body"
            raise ShippingFailed(f"the shop's answer is not as specified: {where}: {first['msg']}.") from error
        if not any(group.options for group in groups):
            raise ShippingFailed("the shop's answer has no options.")
        currency = payment.amount.currency
        if any(option.amount.currency is not currency for group in groups for option in group.options):
            raise ShippingFailed(f"the shop's options are not in {currency}.")
        return tuple(group.to_domain() for group in groups)

    async def _post(
        self,
        target: WebhookTarget | None,
        place: Place,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        most: int,
    ) -> tuple[int, bytes]:
        """Post a body, and return the answer's status and so much of its body; raise _NoAnswer without one."""
        import httpx  # noqa: PLC0415 - a start is felt in every CI run, and many a run tells nobody anything

        try:
            url = httpx.URL(f"{place.scheme}://{place.host}{place.target}" if target is None else target.url)
            line = place.target if target is None else f"{url.path.rstrip('/')}{place.target}"
            request = httpx.Request(
                "POST",
                url,
                headers=[(name.encode(), value.encode()) for name, value in headers],
                content=body,
                extensions={"target": line.encode()},
            )
            # Reading the certificates that are trusted takes longer than hundreds of POSTs; most receivers need none.
            is_checked = url.scheme == "https" and (target is None or target.verify_tls)
            with self._lent(verify=is_checked) as transport:
                async with asyncio.timeout(self._patience):
                    response = await transport.handle_async_request(request)
                try:
                    return response.status_code, await _beginning(response, most, self._body_patience)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise _NoAnswer(f"gave no answer within {self._patience:g} seconds") from None
        except httpx.RemoteProtocolError as error:
            raise _NoAnswer(f"gave no answer in HTTP: {error}") from error
        except (httpx.ReadError, httpx.WriteError) as error:
            raise _NoAnswer("broke the connection before it had answered") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise _NoAnswer(f"could not be reached: {_reason(error)}") from error

    @contextmanager
    def _lent(self, *, verify: bool) -> "Iterator[httpx.AsyncHTTPTransport]":
        """Give a transport that nobody else uses meanwhile."""
        import httpx  # noqa: PLC0415 - see _post

        idle = self._idle.setdefault(verify, [])
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=_KEPT_OPEN)
        transport = idle.pop() if idle else httpx.AsyncHTTPTransport(verify=self._trust(verify), limits=limits)
        try:
            yield transport
        finally:
            idle.append(transport)

    @staticmethod
    @cache
    def _trust(verify: bool) -> "ssl.SSLContext":
        import httpx  # noqa: PLC0415 - see _post

        return httpx.create_ssl_context(verify=verify)


async def _beginning(response: "httpx.Response", most: int, patience: float) -> bytes:
    """Return the beginning of an answer's body; that it comes slowly, or breaks off, does not matter."""
    import httpx  # noqa: PLC0415 - see _post

    body = b""
    try:
        async with asyncio.timeout(patience):
            async for part in response.aiter_raw():
                body += part
                if len(body) >= most:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass
    return body[:most]


def _target(settings: UnitSettings, place: Place) -> WebhookTarget | None:
    """Return where a host really listens, if somebody said so."""
    return next((target for target in settings.webhook_targets if target.host == place.host), None)


def _mapped(target: WebhookTarget, place: Place) -> str:
    return f"{target.url.rstrip('/')}{place.target}"


def _reason(error: Exception) -> str:
    """Return why nobody could be reached; that of a refused connection is buried below what httpx says."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, BaseExceptionGroup):  # one for each of the host's addresses
            inner = inner.exceptions[0]
        if isinstance(inner, ConnectionRefusedError):
            return "connection refused, as where nobody listens"
        inner = inner.__cause__ or inner.__context__
    return str(error) or type(error).__name__
