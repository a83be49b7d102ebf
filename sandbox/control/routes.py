"""The routes of the sandbox's own API."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import islice
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import to_json, to_jsonable_python
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import __version__
from sandbox.api.gateway import Operation, RequestLog
from sandbox.control import faults, lifecycle, models, shapes, views, webhooks
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.streams import Streams, event, watching
from sandbox.control.units import UNIT, Units, json_response, phone_number_of
from sandbox.domain import approval, card_form
from sandbox.domain.commands import AnswerBank, ConfigureCustomer, CustomerAction, EnterCard, ForgetConsent
from sandbox.domain.facts import Fact
from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit, World

__all__ = ["changed_settings", "described", "routes"]

_SETTINGS: Final = TypeAdapter(UnitSettings)
_FACTS_AT_ONCE: Final = 500


def routes(
    world: World,
    request_log: RequestLog,
    streams: Streams,
    operations: Sequence[Operation],
    *,
    provisions: bool,
    beside: Sequence[Endpoint] = (),
) -> list[Route]:
    """Return the routes.

    Args:
        operations: Those of Vipps's APIs, for the OpenAPI document.
        provisions: Whether a sales unit comes into being when it is first written to, as with open access.
        beside: Endpoints of other rooms.
    """
    control = _Control(world, request_log, streams, operations, provisions=provisions, beside=beside)
    return [
        *(endpoint.route() for endpoint in control.endpoints),
        Route(f"{UNIT}/", control.show_unit, methods=["GET"]),
    ]


def described(
    world: World,
    request_log: RequestLog,
    streams: Streams,
    operations: Sequence[Operation],
    beside: Sequence[Endpoint],
) -> dict[str, Any]:
    """Return the OpenAPI document that /sandbox/openapi.json serves."""
    return _Control(world, request_log, streams, operations, provisions=False, beside=beside).document


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
        Endpoint(method="GET", path=UNIT, does=control.show_unit, tag="Sales units", answers={200: shapes.UnitView}),
        Endpoint(
            method="PATCH",
            path=f"{UNIT}/settings",
            does=control.change_settings,
            tag="Sales units",
            takes=models.UnitChange,
            answers={200: shapes.UnitView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/clock",
            does=control.show_clock,
            tag="Time",
            answers={200: shapes.ClockView},
        ),
        Endpoint(
            method="PUT",
            path=f"{UNIT}/clock",
            does=control.set_clock,
            tag="Time",
            takes=models.SetClock,
            answers={200: shapes.ClockMovedView},
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/clock/advance",
            does=control.advance_clock,
            tag="Time",
            takes=models.Advance,
            answers={200: shapes.ClockMovedView},
        ),
        Endpoint(
            method="PUT",
            path="/sandbox/clock",
            does=control.set_clocks,
            tag="Time",
            takes=models.SetClock,
            answers={200: shapes.ClocksMovedView},
        ),
        Endpoint(
            method="POST",
            path="/sandbox/clock/advance",
            does=control.advance_clocks,
            tag="Time",
            takes=models.Advance,
            answers={200: shapes.ClocksMovedView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/customers/{{phone}}",
            does=control.show_customer,
            tag="Customers",
            answers={200: shapes.CustomerView},
        ),
        Endpoint(
            method="PUT",
            path=f"{UNIT}/customers/{{phone}}",
            does=control.configure_customer,
            tag="Customers",
            takes=models.CustomerChange,
            answers={200: shapes.CustomerView},
        ),
        Endpoint(
            method="DELETE",
            path=f"{UNIT}/customers/{{phone}}/consent",
            does=control.forget_consent,
            tag="Customers",
            answers={200: shapes.CustomerView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/payments/{{reference}}/card",
            does=control.show_card_form,
            tag="Customers",
            answers={200: shapes.CardView},
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/payments/{{reference}}/card",
            does=control.use_card_form,
            tag="Customers",
            takes=models.CardStep,
            answers={200: shapes.CardView},
            refuses=(409,),
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/customers/{{phone}}/{{action}}",
            does=control.act_as_customer,
            tag="Customers",
            takes=models.CustomerActOn,
            answers={200: shapes.CustomerView},
            refuses=(409,),
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/facts",
            does=control.list_facts,
            tag="Lists",
            query=models.Waiting,
            answers={200: shapes.FactsView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/facts/stream",
            does=control.stream_facts,
            tag="Lists",
            query=models.Following,
            answers={200: str},
            media_type="text/event-stream",
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/payments",
            does=control.list_payments,
            tag="Lists",
            query=models.Paging,
            answers={200: shapes.PaymentsView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/requests",
            does=control.list_requests,
            tag="Lists",
            query=models.Waiting,
            answers={200: shapes.RequestsView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/recording",
            does=control.record,
            tag="Lists",
            answers={200: dict[str, Any]},
            refuses=(409,),
            media_type="application/yaml",
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
        beside: Sequence[Endpoint],
    ) -> None:
        self._world = world
        self._request_log = request_log
        self._streams = streams
        self._operations = operations
        self._units = Units(world, provisions=provisions)
        self.endpoints = (
            *_table(self),
            *lifecycle.endpoints(self._units, request_log),
            *webhooks.endpoints(self._units),
            *faults.endpoints(self._units, frozenset(operation.id for operation in operations)),
            *beside,
        )

    @cached_property
    def document(self) -> dict[str, Any]:
        from sandbox.control.openapi import document  # noqa: PLC0415 - a start is felt in every CI run

        plain: dict[str, Any] = to_jsonable_python(document(self._operations, self.endpoints))
        return plain

    @cached_property
    def _document_json(self) -> bytes:
        return to_json(self.document)

    async def health(self, request: Request) -> Response:
        """Tell that the sandbox is up."""
        view: shapes.HealthView = {"status": "ok", "version": __version__}
        return json_response(view)

    async def describe(self, request: Request) -> Response:
        """Get this document."""
        return Response(self._document_json, media_type="application/json")

    async def list_units(self, request: Request) -> Response:
        """List the sales units."""
        return json_response({"units": [views.unit_view(unit) for unit in self._world]})

    async def make_unit(self, request: Request) -> Response:
        """Make a sales unit."""
        asked = understood(models.UnitNew, await request.body() or b"{}")
        msn = asked.msn or self._world.unused_msn()
        if self._world.find(msn) is not None:
            raise Problem(409, "Already there", f"Sales unit {msn} exists already.")
        unit = self._world.provision(msn, changed_settings(self._world.settings, asked.settings))
        return json_response(views.unit_view(unit), 201)

    async def show_unit(self, request: Request) -> Response:
        """Show a sales unit: settings, clock, counts."""
        return json_response(views.unit_view(self._units.of(request)))

    async def change_settings(self, request: Request) -> Response:
        """Change some of a sales unit's settings."""
        asked = understood(models.UnitChange, await request.body())
        unit = self._units.of(request)
        unit.configure(changed_settings(unit.state.settings, asked.root))
        return json_response(views.unit_view(unit))

    async def show_clock(self, request: Request) -> Response:
        """Show a sales unit's clock."""
        return json_response(views.clock_view(self._units.of(request)))

    async def set_clock(self, request: Request) -> Response:
        """Set, freeze or free the clock; what falls due on the way happens."""
        asked = understood(models.SetClock, await request.body())
        unit = self._units.of(request)
        happened = await unit.set_clock(asked.now, frozen=asked.frozen)
        return json_response(views.clock_moved_view(unit, happened))

    async def advance_clock(self, request: Request) -> Response:
        """Move the clock forward; what falls due on the way happens."""
        asked = understood(models.Advance, await request.body())
        unit = self._units.of(request)
        return json_response(views.clock_moved_view(unit, await _advanced(unit, asked)))

    async def set_clocks(self, request: Request) -> Response:
        """Set, freeze or free the clocks of all sales units, one after the other."""
        asked = understood(models.SetClock, await request.body())
        moved: dict[str, shapes.ClockMovedView] = {}
        for unit in list(self._world):
            moved[unit.msn] = views.clock_moved_view(unit, await unit.set_clock(asked.now, frozen=asked.frozen))
        return json_response({"clocks": moved})

    async def advance_clocks(self, request: Request) -> Response:
        """Move the clocks of all sales units forward, one after the other."""
        asked = understood(models.Advance, await request.body())
        units = list(self._world)
        for unit in units:
            _check_forward(unit, asked)
        moved = {unit.msn: views.clock_moved_view(unit, await _advanced(unit, asked)) for unit in units}
        return json_response({"clocks": moved})

    async def show_customer(self, request: Request) -> Response:
        """Show a customer, and what the phone shows now."""
        return json_response(views.customer_view(self._units.of(request), phone_number_of(request)))

    async def act_as_customer(self, request: Request) -> Response:
        """Do something on the phone, as its customer."""
        phone_number = phone_number_of(request)
        action = request.path_params["action"]
        if action not in list(CustomerAction):
            raise Problem(404, "Not found", f"A customer can {', '.join(CustomerAction)}; not {action!r}.")
        asked = understood(models.CustomerActOn, await request.body())
        unit = self._units.of(request)
        await unit.shipping_known(asked.reference)
        unit.customer_does(
            CustomerAction(action), asked.reference, phone_number, shipping_option_id=asked.shipping_option_id
        )
        await unit.shipping_known(asked.reference)
        return json_response(views.customer_view(unit, phone_number))

    async def configure_customer(self, request: Request) -> Response:
        """Say how a customer behaves, and who that is; replaces what was said before."""
        phone_number = phone_number_of(request)
        asked = understood(models.CustomerChange, await request.body())
        unit = self._units.of(request)
        unit.do(approval.configure_customer, ConfigureCustomer(customer=asked.to_domain(phone_number)))
        return json_response(views.customer_view(unit, phone_number))

    async def forget_consent(self, request: Request) -> Response:
        """Withdraw a customer's consent, as in the app's profile."""
        phone_number, unit = phone_number_of(request), self._units.of(request)
        unit.do(approval.forget_consent, ForgetConsent(phone_number=phone_number))
        return json_response(views.customer_view(unit, phone_number))

    async def show_card_form(self, request: Request) -> Response:
        """Show the card form of a payment by card."""
        unit = self._units.of(request)
        return json_response(views.card_view(unit.up_to_date().payment(request.path_params["reference"])))

    async def use_card_form(self, request: Request) -> Response:
        """Enter a card, or answer what the bank asks (3-D Secure)."""
        asked = understood(models.CardStep, await request.body())
        unit, reference = self._units.of(request), request.path_params["reference"]
        if asked.number is not None:
            unit.do(card_form.enter_card, EnterCard(reference=reference, number=asked.number))
        else:
            unit.do(card_form.answer_bank, AnswerBank(reference=reference, confirms=asked.action == "confirm"))
        return json_response(views.card_view(unit.state.payment(reference)))

    async def list_facts(self, request: Request) -> Response:
        """List what has happened in a sales unit; `wait` says how long to wait for something to happen."""
        unit, page = self._units.of(request), understood(models.Waiting, request.query_params)
        unit.settle()
        if page.wait:
            watch = partial(watching, unit.watchers)
            await self._streams.wait(watch, lambda: len(unit.journal) > page.after, page.wait.total_seconds())
        facts = islice(unit.journal.read(page.after), page.limit)
        return json_response(
            {"facts": [views.fact_view(number, fact) for number, fact in enumerate(facts, page.after + 1)]}
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
            there = self._world.find(unit.msn)
            if there is not None and there is not unit:  # it was reset or restored: its facts are counted anew
                unit, place = there, 0
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
        unit, page = self._units.of(request), _paging(request)
        payments = islice(unit.up_to_date().payments.values(), page.after, page.after + page.limit)
        return json_response({"payments": [views.payment_summary(payment) for payment in payments]})

    async def list_requests(self, request: Request) -> Response:
        """List the calls to Vipps's APIs about a sales unit; `wait` says how long to wait for one."""
        unit, page = self._units.of(request), understood(models.Waiting, request.query_params)

        def watch(ring: Callable[[], None]) -> AbstractContextManager[None]:
            return watching(self._request_log.watchers, lambda _: ring())

        def is_there() -> bool:
            newest = next(self._request_log.newest_of(unit.msn), None)
            return newest is not None and newest.number > page.after

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

    async def list_stray_requests(self, request: Request) -> Response:
        """List the calls that named no sales unit that is there."""
        return json_response({"requests": _page(self._request_log.of(None), _paging(request))})


async def _advanced(unit: SalesUnit, asked: models.Advance) -> list[Fact]:
    _check_forward(unit, asked)
    if asked.by is not None:
        return await unit.advance(asked.by)
    return await (unit.set_clock(asked.to) if isinstance(asked.to, datetime) else unit.advance_to_next_due())


def _check_forward(unit: SalesUnit, asked: models.Advance) -> None:
    if asked.by is not None and unit.now() + asked.by > models.LATEST:
        raise Problem(400, "Too far", f"The clock goes to {views.instant_view(models.LATEST)}.")
    if isinstance(asked.to, datetime) and asked.to < unit.now():
        raise Problem(400, "Not forward", f"The clock shows {views.instant_view(unit.now())}; PUT sets it back.")


def changed_settings(settings: UnitSettings, changes: dict[str, Any]) -> UnitSettings:
    """Return *settings* with *changes*, whose names are in camelCase; what is wrong is told by pydantic."""
    names = {to_camel(name): name for name in UnitSettings.__dataclass_fields__}
    unknown = [name for name in changes if name not in names]
    if unknown:
        raise Problem(400, "Not understood", f"There is no setting {unknown[0]!r}; there are {', '.join(names)}.")
    changed = to_json(asdict(settings) | {names[name]: _snake_case(value) for name, value in changes.items()})
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


def _snake_case(value: Any) -> Any:
    """Return *value* with the names of its members as the settings have them, all the way down."""
    if isinstance(value, dict):
        return {to_snake(name): _snake_case(member) for name, member in value.items()}
    return [_snake_case(member) for member in value] if isinstance(value, list) else value


def _paging(request: Request) -> models.Paging:
    return understood(models.Paging, request.query_params)


def _page(exchanges: Iterable[Any], page: models.Paging) -> list[shapes.ExchangeView]:
    chosen = (exchange for exchange in exchanges if exchange.number > page.after)
    return [views.exchange_view(exchange) for exchange in islice(chosen, page.limit)]
