"""Faults as calls meet them: the network and the servers in between, misbehaving on request.

Source of the bodies: defaults of Azure API Management, and each API's own problems.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from pydantic_core import from_json

from sandbox.api.gateway.operations import Answer, Operation, json_answer
from sandbox.api.gateway.problems import GatewayRefusal, RateLimitExceeded, Unauthorized
from sandbox.api.gateway.request_log import Exchange, RequestLog
from sandbox.domain.commands import Answers, Awaited, DropsConnection, Effect, Garbles, Holds, Trickles, Waits
from sandbox.domain.errors import InternalError, PaymentLocked
from sandbox.domain.facts import Fact, FaultRemoved
from sandbox.domain.faults import Circumstance, is_awaited_fact
from sandbox.world import SalesUnit

__all__ = [
    "DROP",
    "FAULT_STATUSES",
    "ConnectionDropped",
    "Patience",
    "circumstance",
    "drop",
    "effect_told",
    "faked",
    "garbled",
    "trickle",
]

FAULT_STATUSES: Final = (401, 423, 429, 500, 502, 503)
DROP: Final = "sandbox.drop"  # the ASGI extension by which a server lets go of a connection
_PIECES: Final = 10
_RETRY_AFTER: Final = timedelta(seconds=30)
_MESSAGES: Final = {500: "Internal server error", 502: "Bad gateway", 503: "Service unavailable"}


class ConnectionDropped(ConnectionResetError):
    """The connection is gone, on request; raised where no server is there to break it."""


def circumstance(unit: SalesUnit, operation: Operation, params: Mapping[str, str], body: bytes) -> Circumstance:
    """Return a call as faults look at it."""
    reference = params.get("reference") or params.get("order_id")
    phone_number = None
    if reference is None and body:
        content = _content(body)
        reference = _text(content.get("reference") or content.get("orderId"))
        customer = content.get("customer")
        phone_number = _text(customer.get("phoneNumber")) if isinstance(customer, dict) else None
    payment = unit.state.payments.get(reference or "")
    if payment is not None:
        phone_number = payment.customer
    return Circumstance(operation=operation.id, reference=reference, phone_number=phone_number)


def effect_told(effect: Effect) -> str:
    """Return what a fault does, for notes."""
    match effect:
        case Answers(status=status):
            return f"it was answered {status} and not processed"
        case Waits(seconds=seconds):
            return f"it waited {seconds:g} seconds"
        case DropsConnection(processed=processed):
            return f"the connection was dropped {'after' if processed else 'before'} it was processed"
        case Garbles():
            return "its answer was garbled"
        case Trickles(takes=seconds):
            return f"its answer took {seconds:g} seconds"
        case Holds(is_first=is_first):
            return f"it was processed {'before' if is_first else 'after'} what it waited for"


def faked(status: int, operation: Operation, path: str, call: Circumstance) -> Answer | GatewayRefusal:
    """Return the answer of a status, in the shape in which that API's callers get it."""
    if status == 401:
        return Unauthorized("The fault says that the access token has expired.")
    if status == 429:
        return RateLimitExceeded(0, _RETRY_AFTER)
    if operation.api.name == "ePayment" and status == 423:
        return operation.api.refuse(path, PaymentLocked(call.reference or ""))
    if operation.api.name == "ePayment" and status == 500:
        return operation.api.refuse(path, InternalError())
    message = _MESSAGES.get(status, "Locked")
    return json_answer({"statusCode": status, "message": message, "activityId": str(uuid4())}, status)


def garbled(answer: Answer) -> Answer:
    """Return an answer whose body breaks off in the middle and goes on as something else; its length is right."""
    half = answer.body[: len(answer.body) // 2]
    return answer._replace(body=half + b"\xff<html><title>502</title>")


def drop(scope: MutableMapping[str, Any]) -> None:
    """Break the connection that a call came over.

    Raises:
        ConnectionDropped: no server is there to break it, as where the app is called in process.
    """
    extension = scope.get("extensions", {}).get(DROP)
    if extension is None:
        raise ConnectionDropped("dropped by a fault")
    extension["abort"]()


async def trickle(send: Callable[[MutableMapping[str, Any]], Awaitable[None]], body: bytes, seconds: float) -> None:
    """Send a body in pieces that take so long together."""
    size = max(1, -(-len(body) // _PIECES))
    for place in range(0, max(len(body), 1), size):
        await asyncio.sleep(seconds / _PIECES)
        more = place + size < len(body)
        await send({"type": "http.response.body", "body": body[place : place + size], "more_body": more})


class Patience:
    """Waits for what a held call waits for: begun before the call is processed, so that nothing is missed."""

    def __init__(
        self, unit: SalesUnit, request_log: RequestLog, awaited: Awaited, reference: str | None, *, fault_id: str
    ) -> None:
        self._unit = unit
        self._request_log = request_log
        self._awaited = awaited
        self._reference = reference
        self._fault_id = fault_id
        self._come = asyncio.Event()
        self._seen = len(unit.journal)

    async def ends(self, seconds: float) -> bool:
        """Wait; tell whether it came in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._come.wait()
        except TimeoutError:
            return False

    @contextmanager
    def watching(self) -> Iterator["Patience"]:
        self._request_log.watchers.append(self._on_call)
        self._unit.watchers.append(self._on_facts)
        try:
            yield self
        finally:
            self._request_log.watchers.remove(self._on_call)
            self._unit.watchers.remove(self._on_facts)

    def _on_call(self, exchange: Exchange) -> None:
        wanted = self._awaited.reference or self._reference
        if self._awaited.operation is None:
            return
        if exchange.msn != self._unit.msn or exchange.operation != self._awaited.operation:
            return
        if wanted is None or wanted in exchange.path.split("/") or _reference_of(exchange) == wanted:
            self._come.set()

    def _on_facts(self) -> None:
        facts: list[Fact] = list(self._unit.journal.read(self._seen))
        self._seen += len(facts)
        if any(self._lets_go(fact) for fact in facts):
            self._come.set()

    def _lets_go(self, fact: Fact) -> bool:
        if isinstance(fact, FaultRemoved) and fact.fault_id == self._fault_id:
            return True
        return self._awaited.operation is None and is_awaited_fact(self._awaited, self._reference, fact)


def _reference_of(exchange: Exchange) -> str | None:
    return _text(_content(exchange.request_body).get("reference"))


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = from_json(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) else None
