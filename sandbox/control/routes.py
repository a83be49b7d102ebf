"""The routes of the sandbox's own API."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import cached_property, partial
from itertools import islice
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import __version__
from sandbox.api.gateway import Operation, RequestLog
from sandbox.control import models, shapes, views
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.streams import Streams, event, watching
from sandbox.domain.commands import CustomerAction
from sandbox.domain.customers import is_phone_number
from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit, World

__all__ = ["changed_settings", "routes"]

_UNIT: Final = "/sandbox/units/{msn}"
_SETTINGS: Final = TypeAdapter(UnitSettings)
_MSN_DIGITS: Final = range(4, 11)
_FACTS_AT_ONCE: Final = 500
_READING: Final = frozenset({"GET", "HEAD"})


def routes(
    world: World,
    request_log: RequestLog,
    streams: Streams,
    operations: Sequence[Operation],
    *,
    provisions: bool,
) -> list[Route]:
    """Return the routes.

    Args:
        operations: Those of Vipps's APIs, for the OpenAPI document.
        provisions: Whether a sales unit comes into being when it is first written to, as with open access.
    """
    control = _Control(world, request_log, streams, operations, provisions=provisions)
    return [
        *(endpoint.route() for endpoint in control.endpoints),
        Route(f"{_UNIT}/", control.show_unit, methods=["GET"]),
    ]


def _table(control: "_Control") -> tuple[Endpoint, ...]:
    """Return what there is: a route and a part of the OpenAPI document each."""
    return (
        Endpoint(
            method="GET",
            path="/sandbox/health",
            does=control.health,
            tag="Sandbox",
            answers={200: shapes.HealthView},
        ),
        Endpoint(
            method="GET",
            path="/sandbox/openapi.json",
            does=control.describe,
            tag="Sandbox",
            answers={200: dict[str, Any]},
        ),
        Endpoint(
            method="GET",
            path="/sandbox/requests",
            does=control.list_stray_requests,
            tag="Lists",
            query=models.Paging,
            answers={200: shapes.RequestsView},
        ),
        Endpoint(
            method="GET",
            path="/sandbox/units",
            does=control.list_units,
            tag="Sales units",
            answers={200: shapes.UnitsView},
        ),
        Endpoint(
            method="POST",
            path="/sandbox/units",
            does=control.make_unit,
            tag="Sales units",
            takes=models.UnitNew,
            may_lack_body=True,
            answers={201: shapes.UnitView},
            refuses=(409,),
        ),
        Endpoint(method="GET", path=_UNIT, does=control.show_unit, tag="Sales units", answers={200: shapes.UnitView}),
        Endpoint(
            method="PATCH",
            path=f"{_UNIT}/settings",
            does=control.change_settings,
            tag="Sales units",
            takes=models.UnitChange,
            answers={200: shapes.UnitView},
        ),
        Endpoint(
            method="GET",
            path=f"{_UNIT}/clock",
            does=control.show_clock,
            tag="Time",
            answers={200: shapes.ClockView},
        ),
        Endpoint(
            method="PUT",
            path=f"{_UNIT}/clock",
            does=control.set_clock,
            tag="Time",
            takes=models.SetClock,
            answers={200: shapes.ClockMovedView},
        ),
        Endpoint(
            method="POST",
            path=f"{_UNIT}/clock/advance",
            does=control.advance_clock,
            tag="Time",
            takes=models.Advance,
            answers={200: shapes.ClockMovedView},
        ),
        Endpoint(
            method="GET",
            path=f"{_UNIT}/customers/{{phone}}",
            does=control.show_customer,
            tag="Customers",
            answers={200: shapes.CustomerView},
        ),
        Endpoint(
            method="POST",
            path=f"{_UNIT}/customers/{{phone}}/{{action}}",
            does=control.act_as_customer,
            tag="Customers",
            takes=models.CustomerActOn,
            answers={200: shapes.CustomerView},
            refuses=(409,),
        ),
        Endpoint(
            method="GET",
            path=f"{_UNIT}/facts",
            does=control.list_facts,
            tag="Lists",
            query=models.Paging,
            answers={200: shapes.FactsView},
        ),
        Endpoint(
            method="GET",
            path=f"{_UNIT}/payments",
            does=control.list_payments,
            tag="Lists",
            query=models.Paging,
            answers={200: shapes.PaymentsView},
        ),
        Endpoint(
            method="GET",
            path=f"{_UNIT}/requests",
            does=control.list_requests,
            tag="Lists",
            query=models.Paging,
            answers={200: shapes.RequestsView},
        ),
    )


class _Control:
    """The endpoints, each a method that takes the request."""

    def __init__(
        self,
        world: World,
        request_log: RequestLog,
        streams: Streams,
        operations: Sequence[Operation],
        *,
        provisions: bool,
    ) -> None:
        self._world = world
        self._request_log = request_log
        self._streams = streams
        self._operations = operations
        self._provisions = provisions
        self.endpoints = _table(self)

    @cached_property
    def _document(self) -> bytes:
        from sandbox.control.openapi import document  # noqa: PLC0415 - a start is felt in every CI run

        return to_json(document(self._operations, self.endpoints))

    def _unit_of(self, request: Request) -> SalesUnit:
        """Return the sales unit that is spoken of; to write to a new one makes it, to read changes nothing."""
        msn = request.path_params["msn"]
        unit = self._world.find(msn)
        if unit is not None:
            return unit
        if not (msn.isascii() and msn.isdigit() and len(msn) in _MSN_DIGITS):
            raise Problem(404, "Not found", f"{msn!r} is no merchant serial number: those have 4 to 10 digits.")
        if not self._provisions:
            raise Problem(404, "Not found", f"No sales unit {msn} is declared.")
        if request.method in _READING:
            raise Problem(404, "Not found", f"There is no sales unit {msn} yet: its first call makes it.")
        return self._world.provision(msn)

    async def health(self, request: Request) -> Response:
        """Tell that the sandbox is up."""
        view: shapes.HealthView = {"status": "ok", "version": __version__}
        return _json(view)

    async def describe(self, request: Request) -> Response:
        """Get this document."""
        return Response(self._document, media_type="application/json")

    async def list_units(self, request: Request) -> Response:
        """List the sales units."""
        return _json({"units": [views.unit_view(unit) for unit in self._world]})

    async def make_unit(self, request: Request) -> Response:
        """Make a sales unit."""
        asked = understood(models.UnitNew, await request.body() or b"{}")
        msn = asked.msn or self._world.unused_msn()
        if self._world.find(msn) is not None:
            raise Problem(409, "Already there", f"Sales unit {msn} exists already.")
        unit = self._world.provision(msn, changed_settings(self._world.settings, asked.settings))
        return _json(views.unit_view(unit), 201)

    async def show_unit(self, request: Request) -> Response:
        """Show a sales unit: settings, clock, counts."""
        return _json(views.unit_view(self._unit_of(request)))

    async def change_settings(self, request: Request) -> Response:
        """Change some of a sales unit's settings."""
        asked = understood(models.UnitChange, await request.body())
        unit = self._unit_of(request)
        unit.configure(changed_settings(unit.state.settings, asked.root))
        return _json(views.unit_view(unit))

    async def show_clock(self, request: Request) -> Response:
        """Show a sales unit's clock."""
        return _json(views.clock_view(self._unit_of(request)))

    async def set_clock(self, request: Request) -> Response:
        """Set, freeze or free the clock; what falls due on the way happens."""
        asked = understood(models.SetClock, await request.body())
        unit = self._unit_of(request)
        happened = await unit.set_clock(asked.now, frozen=asked.frozen)
        return _json(views.clock_moved_view(unit, happened))

    async def advance_clock(self, request: Request) -> Response:
        """Move the clock forward; what falls due on the way happens."""
        asked = understood(models.Advance, await request.body())
        unit = self._unit_of(request)
        if asked.by is not None:
            if unit.now() + asked.by > models.LATEST:
                raise Problem(400, "Too far", f"The clock goes to {views.instant_view(models.LATEST)}.")
            happened = await unit.advance(asked.by)
        else:
            if asked.to is not None and asked.to < unit.now():
                raise Problem(
                    400, "Not forward", f"The clock shows {views.instant_view(unit.now())}; PUT sets it back."
                )
            happened = await unit.set_clock(asked.to)
        return _json(views.clock_moved_view(unit, happened))

    async def show_customer(self, request: Request) -> Response:
        """Show a customer, and what the phone shows now."""
        return _json(views.customer_view(self._unit_of(request), _phone_number(request)))

    async def act_as_customer(self, request: Request) -> Response:
        """Do something on the phone, as its customer."""
        phone_number = _phone_number(request)
        action = request.path_params["action"]
        if action not in list(CustomerAction):
            raise Problem(404, "Not found", f"A customer can {', '.join(CustomerAction)}; not {action!r}.")
        asked = understood(models.CustomerActOn, await request.body())
        unit = self._unit_of(request)
        unit.customer_does(CustomerAction(action), asked.reference, phone_number)
        return _json(views.customer_view(unit, phone_number))

    async def list_facts(self, request: Request) -> Response:
        """List what has happened in a sales unit."""
        unit, page = self._unit_of(request), _paging(request)
        unit.settle()
        facts = islice(unit.journal.read(page.after), page.limit)
        return _json({"facts": [views.fact_view(number, fact) for number, fact in enumerate(facts, page.after + 1)]})

    async def stream_facts(self, request: Request) -> Response:
        unit = self._unit_of(request)
        last = request.headers.get("last-event-id")
        asked = request.query_params if last is None else {"after": last}
        place = understood(models.Following, asked).after
        unit.settle()

        def news() -> Sequence[bytes]:
            nonlocal place
            facts = list(islice(unit.journal.read(place), _FACTS_AT_ONCE))
            told = [
                event(views.fact_view(number, fact), place=str(number))
                for number, fact in enumerate(facts, place + 1)
            ]
            place += len(facts)
            return told

        return self._streams.response(request, partial(watching, unit.watchers), news)

    async def list_payments(self, request: Request) -> Response:
        """List a sales unit's payments."""
        unit, page = self._unit_of(request), _paging(request)
        payments = islice(unit.up_to_date().payments.values(), page.after, page.after + page.limit)
        return _json({"payments": [views.payment_summary(payment) for payment in payments]})

    async def list_requests(self, request: Request) -> Response:
        """List the calls to Vipps's APIs about a sales unit."""
        unit, page = self._unit_of(request), _paging(request)
        return _json({"requests": _page(self._request_log.of(unit.msn), page)})

    async def list_stray_requests(self, request: Request) -> Response:
        """List the calls that named no sales unit that is there."""
        return _json({"requests": _page(self._request_log.of(None), _paging(request))})


def _json(content: Any, status: int = 200) -> Response:
    return Response(to_json(content), status, media_type="application/json")


def changed_settings(settings: UnitSettings, changes: dict[str, Any]) -> UnitSettings:
    """Return *settings* with *changes*, whose names are in camelCase; what is wrong is told by pydantic."""
    names = {to_camel(name): name for name in UnitSettings.__dataclass_fields__}
    unknown = [name for name in changes if name not in names]
    if unknown:
        raise Problem(400, "Not understood", f"There is no setting {unknown[0]!r}; there are {', '.join(names)}.")
    changed = to_json(asdict(settings) | {names[name]: value for name, value in changes.items()})
    try:
        made = _SETTINGS.validate_json(changed, strict=True)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise Problem(400, "Not understood", f"{to_camel(str(wrong['loc'][0]))}: {wrong['msg']}") from error
    for name in changes:
        value = getattr(made, names[name])
        if isinstance(value, timedelta) and not timedelta(0) <= value <= models.LONGEST:
            raise Problem(400, "Not understood", f"{name} must be from 0 to {models.LONGEST.days} days.")
    return made


def _phone_number(request: Request) -> str:
    phone_number: str = request.path_params["phone"]
    if not is_phone_number(phone_number):
        raise Problem(
            404, "Not found", f"{phone_number!r} is no phone number: 9 to 15 digits with country code, without plus."
        )
    return phone_number


def _paging(request: Request) -> models.Paging:
    return understood(models.Paging, request.query_params)


def _page(exchanges: Iterable[Any], page: models.Paging) -> list[shapes.ExchangeView]:
    chosen = (exchange for exchange in exchanges if exchange.number > page.after)
    return [views.exchange_view(exchange) for exchange in islice(chosen, page.limit)]
