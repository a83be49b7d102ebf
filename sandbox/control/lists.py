"""What happened and what is there, as the sandbox's own API lists it: facts, payments, calls, and a recording."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.gateway import Exchange, RequestLog
from sandbox.control import models, shapes
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.streams import Streams, event, watching
from sandbox.control.units import UNIT, Units, json_response
from sandbox.control.views import exchange_view, fact_view, payment_summary

__all__ = ["endpoints"]

_FACTS_AT_ONCE: Final = 500


class _Lists:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units, request_log: RequestLog, streams: Streams) -> None:
        self._units = units
        self._request_log = request_log
        self._streams = streams

    async def list_stray_requests(self, request: Request) -> Response:
        """List the calls that named no sales unit that is there."""
        return json_response({"requests": _page(self._request_log.of(None), _paging(request))})

    async def list_facts(self, request: Request) -> Response:
        """List what has happened in a sales unit; `wait` says how long to wait for something to happen."""
        unit, page = self._units.of(request), understood(models.Waiting, request.query_params)
        unit.settle()
        if page.wait:
            watch = partial(watching, unit.watchers)
            await self._streams.wait(
                watch,
                lambda: len(unit.journal) > page.after or self._units.world.is_gone(unit),
                page.wait.total_seconds(),
            )
        facts = islice(unit.journal.read(page.after), page.limit)
        return json_response(
            {"facts": [fact_view(number, fact) for number, fact in enumerate(facts, page.after + 1)]}
        )

    async def stream_facts(self, request: Request) -> Response:
        """Follow what happens in a sales unit, as server-sent events; Last-Event-ID goes on where one was."""
        unit = self._units.of(request)
        last = request.headers.get("last-event-id")
        asked = request.query_params if last is None else {"after": last}
        place = understood(models.Following, asked).after
        unit.settle()

        def news() -> Sequence[bytes]:
            nonlocal place, unit
            there = self._units.world.find(unit.msn)
            if there is not None and there is not unit:  # it was reset or restored: its facts are counted anew
                unit, place = there, 0
            facts = list(islice(unit.journal.read(place), _FACTS_AT_ONCE))
            told = [event(fact_view(number, fact), place=str(number)) for number, fact in enumerate(facts, place + 1)]
            place += len(facts)
            return told

        return self._streams.response(
            request, partial(watching, unit.watchers), news, is_over=lambda: self._units.world.is_gone(unit)
        )

    async def list_payments(self, request: Request) -> Response:
        """List a sales unit's payments."""
        unit, page = self._units.of(request), _paging(request)
        payments = islice(unit.up_to_date().payments.values(), page.after, page.after + page.limit)
        return json_response({"payments": [payment_summary(payment) for payment in payments]})

    async def list_requests(self, request: Request) -> Response:
        """List the calls to Vipps's APIs about a sales unit; `wait` says how long to wait for one."""
        unit, page = self._units.of(request), understood(models.Waiting, request.query_params)

        @contextmanager
        def watch(ring: Callable[[], None]) -> Iterator[None]:
            with watching(self._request_log.watchers, lambda _: ring()), watching(unit.watchers, ring):
                yield

        def is_there() -> bool:
            newest = next(self._request_log.newest_of(unit.msn), None)
            return (newest is not None and newest.number > page.after) or self._units.world.is_gone(unit)

        if page.wait:
            await self._streams.wait(watch, is_there, page.wait.total_seconds())
        return json_response({"requests": _page(self._request_log.of(unit.msn), page)})

    async def record(self, request: Request) -> Response:
        """Tell what happened in a sales unit as a scenario file that plays the same again."""
        from sandbox.control.recording import RecordingIncomplete, recording  # noqa: PLC0415 - seldom asked for

        unit = self._units.of(request)
        try:
            scenario = recording(unit, self._request_log.of(unit.msn))
        except RecordingIncomplete as incomplete:
            raise Problem(409, "Not all of it is known any more", str(incomplete)) from incomplete
        return Response(scenario, media_type="application/yaml")


def endpoints(units: Units, request_log: RequestLog, streams: Streams) -> tuple[Endpoint, ...]:
    told = _Lists(units, request_log, streams)
    return (
        Endpoint(
            method="GET",
            path="/sandbox/requests",
            does=told.list_stray_requests,
            tag="Lists",
            query=models.Paging,
            answers={200: shapes.RequestsView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/facts",
            does=told.list_facts,
            tag="Lists",
            query=models.Waiting,
            answers={200: shapes.FactsView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/facts/stream",
            does=told.stream_facts,
            tag="Lists",
            query=models.Following,
            answers={200: str},
            media_type="text/event-stream",
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/payments",
            does=told.list_payments,
            tag="Lists",
            query=models.Paging,
            answers={200: shapes.PaymentsView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/requests",
            does=told.list_requests,
            tag="Lists",
            query=models.Waiting,
            answers={200: shapes.RequestsView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/recording",
            does=told.record,
            tag="Lists",
            answers={200: dict[str, Any]},
            refuses=(409,),
            media_type="application/yaml",
        ),
    )


def _paging(request: Request) -> models.Paging:
    return understood(models.Paging, request.query_params)


def _page(exchanges: Iterable[Exchange], page: models.Paging) -> list[shapes.ExchangeView]:
    chosen = (exchange for exchange in exchanges if exchange.number > page.after)
    return [exchange_view(exchange) for exchange in islice(chosen, page.limit)]
