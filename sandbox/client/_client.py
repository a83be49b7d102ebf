"""The two clients: drivers of the same steps, one blocking and one asynchronous.

Each operation is a function of steps (in `_payments`, `_orders`, `_userinfo`, `_polling` and `flows`), put on
both classes below: arguments and results are the same, and the asynchronous one is awaited.
"""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import wraps
from types import TracebackType
from typing import Concatenate, Final, ParamSpec, Self, TypeVar
from uuid import uuid4

import httpx

from sandbox.client import _orders, _payments, _polling, _session, _userinfo, flows
from sandbox.client._credentials import Credentials, SystemInfo
from sandbox.client._errors import TransportFailed, asked
from sandbox.client._retry import RetryPolicy
from sandbox.client._session import TEST_ENVIRONMENT, Session, trusted
from sandbox.client._steps import HandOver, Send, Step, Steps, Wait

__all__ = ["AsyncVippsClient", "VippsClient"]

P = ParamSpec("P")
T = TypeVar("T")

ANSWER_WITHIN: Final = timedelta(seconds=30)


def _new_key() -> str:
    return str(uuid4())


def _now() -> datetime:
    return datetime.now(UTC)


def _blocking(
    steps: Callable[Concatenate[Session, P], Steps[T]],
) -> Callable[Concatenate["VippsClient", P], T]:
    """Return *steps* as a method of the blocking client."""

    @wraps(steps)
    def method(client: "VippsClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return client._run(steps(client._session, *args, **kwargs))  # noqa: SLF001 - a method of it

    return method


def _awaitable(
    steps: Callable[Concatenate[Session, P], Steps[T]],
) -> Callable[Concatenate["AsyncVippsClient", P], Awaitable[T]]:
    """Return *steps* as a method of the asynchronous client."""

    @wraps(steps)
    async def method(client: "AsyncVippsClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await client._run(steps(client._session, *args, **kwargs))  # noqa: SLF001 - a method of it

    return method


class VippsClient:
    """A merchant's client, blocking.

    Args:
        base_url: Where Vipps is: the test environment by default.
        system: The merchant's system, told to Vipps in every call.
        retry: How passing trouble is met.
        timeout: How long one attempt may take.
        transport: What carries the requests, instead of the network.
        sleep: Waits so many seconds.
        now: Tells the time, aware; tokens and polling go by it.
        new_key: Makes an idempotency key for a call that is given none.
    """

    def __init__(
        self,
        credentials: Credentials,
        base_url: str = TEST_ENVIRONMENT,
        *,
        system: SystemInfo = SystemInfo(),  # noqa: B008 - frozen
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        timeout: timedelta = ANSWER_WITHIN,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], datetime] = _now,
        new_key: Callable[[], str] = _new_key,
    ) -> None:
        self._session = Session(credentials, base_url, system, retry, now, new_key)
        self._http = httpx.Client(transport=transport, timeout=timeout.total_seconds(), verify=trusted(base_url))
        self._sleep = sleep

    access_token = _blocking(_session.access_token)
    call = _blocking(_session.call)
    create_payment = _blocking(_payments.create_payment)
    get_payment = _blocking(_payments.get_payment)
    get_events = _blocking(_payments.get_events)
    capture = _blocking(_payments.capture)
    cancel = _blocking(_payments.cancel)
    refund = _blocking(_payments.refund)
    force_approve = _blocking(_payments.force_approve)
    await_outcome = _blocking(_polling.await_outcome)
    put_category = _blocking(_orders.put_category)
    get_order = _blocking(_orders.get_order)
    add_receipt = _blocking(_orders.add_receipt)
    upload_image = _blocking(_orders.upload_image)
    get_userinfo = _blocking(_userinfo.get_userinfo)
    first_invoice = _blocking(flows.first_invoice)
    first_invoice_verbatim = _blocking(flows.first_invoice_verbatim)
    resume_first_invoice = _blocking(flows.resume_first_invoice)
    send_invoice = _blocking(flows.send_invoice)
    send_invoice_verbatim = _blocking(flows.send_invoice_verbatim)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return _repr(self, self._session)

    def _run(self, steps: Steps[T]) -> T:
        outcome: object = None
        with closing(steps):
            while True:
                try:
                    step = steps.send(outcome)
                except StopIteration as end:
                    result: T = end.value
                    return result
                outcome = self._perform(step)

    def _perform(self, step: Step) -> object:
        match step:
            case Send(request):
                try:
                    return self._http.send(request)
                except httpx.RequestError as error:
                    return _transport_failed(request, error)
            case Wait(duration):
                self._sleep(duration.total_seconds())
            case HandOver(function, value):
                answer = function(value)
                if inspect.iscoroutine(answer):
                    answer.close()
                    raise TypeError(f"{function!r} is asynchronous: AsyncVippsClient awaits it, VippsClient cannot")
        return None


class AsyncVippsClient:
    """A merchant's client, asynchronous; the arguments are those of `VippsClient`."""

    def __init__(
        self,
        credentials: Credentials,
        base_url: str = TEST_ENVIRONMENT,
        *,
        system: SystemInfo = SystemInfo(),  # noqa: B008 - frozen
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        timeout: timedelta = ANSWER_WITHIN,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], datetime] = _now,
        new_key: Callable[[], str] = _new_key,
    ) -> None:
        self._session = Session(credentials, base_url, system, retry, now, new_key)
        self._http = httpx.AsyncClient(transport=transport, timeout=timeout.total_seconds(), verify=trusted(base_url))
        self._sleep = sleep

    access_token = _awaitable(_session.access_token)
    call = _awaitable(_session.call)
    create_payment = _awaitable(_payments.create_payment)
    get_payment = _awaitable(_payments.get_payment)
    get_events = _awaitable(_payments.get_events)
    capture = _awaitable(_payments.capture)
    cancel = _awaitable(_payments.cancel)
    refund = _awaitable(_payments.refund)
    force_approve = _awaitable(_payments.force_approve)
    await_outcome = _awaitable(_polling.await_outcome)
    put_category = _awaitable(_orders.put_category)
    get_order = _awaitable(_orders.get_order)
    add_receipt = _awaitable(_orders.add_receipt)
    upload_image = _awaitable(_orders.upload_image)
    get_userinfo = _awaitable(_userinfo.get_userinfo)
    first_invoice = _awaitable(flows.first_invoice)
    first_invoice_verbatim = _awaitable(flows.first_invoice_verbatim)
    resume_first_invoice = _awaitable(flows.resume_first_invoice)
    send_invoice = _awaitable(flows.send_invoice)
    send_invoice_verbatim = _awaitable(flows.send_invoice_verbatim)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return _repr(self, self._session)

    async def _run(self, steps: Steps[T]) -> T:
        outcome: object = None
        with closing(steps):
            while True:
                try:
                    step = steps.send(outcome)
                except StopIteration as end:
                    result: T = end.value
                    return result
                outcome = await self._perform(step)

    async def _perform(self, step: Step) -> object:
        match step:
            case Send(request):
                try:
                    return await self._http.send(request)
                except httpx.RequestError as error:
                    return _transport_failed(request, error)
            case Wait(duration):
                await self._sleep(duration.total_seconds())
            case HandOver(function, value):
                answer = function(value)
                if inspect.isawaitable(answer):
                    await answer
        return None


def _transport_failed(request: httpx.Request, error: httpx.RequestError) -> TransportFailed:
    reason = f"{type(error).__name__} {error}".strip()
    failed = TransportFailed(asked(request), reason, request.headers.get("Idempotency-Key"))
    failed.__cause__ = error
    return failed


def _repr(client: object, session: Session) -> str:
    unit = session.credentials.merchant_serial_number
    return f"{type(client).__name__}(base_url={session.base_url!r}, merchant_serial_number={unit!r})"
