"""The routes of the sandbox's own API."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import __version__
from sandbox.api.gateway import RequestLog
from sandbox.control import models, views
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.webhook_check import WebhookCheck, check_webhook
from sandbox.domain.commands import CustomerAction
from sandbox.domain.customers import is_phone_number
from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit, World

__all__ = ["routes"]

_UNIT: Final = "/sandbox/units/{msn:str}"
_SETTINGS: Final = TypeAdapter(UnitSettings)
_MSN_DIGITS: Final = range(4, 11)
_READING: Final = frozenset({"GET", "HEAD"})


def routes(world: World, request_log: RequestLog, *, provisions: bool) -> list[Route]:
    """Return the routes.

    Args:
        provisions: Whether a sales unit comes into being when it is first written to, as with open access.
    """
    control = _Control(world, request_log, provisions=provisions)
    return [
        Route("/sandbox/health", control.health, methods=["GET"]),
        Route("/sandbox/requests", control.list_stray_requests, methods=["GET"]),
        Route("/sandbox/webhooks/verify", control.verify_webhook, methods=["POST"]),
        Route("/sandbox/units", control.list_units, methods=["GET"]),
        Route("/sandbox/units", control.make_unit, methods=["POST"]),
        Route(_UNIT, control.show_unit, methods=["GET"]),
        Route(f"{_UNIT}/", control.show_unit, methods=["GET"]),
        Route(f"{_UNIT}/settings", control.change_settings, methods=["PATCH"]),
        Route(f"{_UNIT}/clock", control.show_clock, methods=["GET"]),
        Route(f"{_UNIT}/clock", control.set_clock, methods=["PUT"]),
        Route(f"{_UNIT}/clock/advance", control.advance_clock, methods=["POST"]),
        Route(f"{_UNIT}/customers/{{phone}}", control.show_customer, methods=["GET"]),
        Route(f"{_UNIT}/customers/{{phone}}/{{action}}", control.act_as_customer, methods=["POST"]),
        Route(f"{_UNIT}/facts", control.list_facts, methods=["GET"]),
        Route(f"{_UNIT}/payments", control.list_payments, methods=["GET"]),
        Route(f"{_UNIT}/requests", control.list_requests, methods=["GET"]),
    ]


class _Control:
    """The endpoints, each a method that takes the request."""

    def __init__(self, world: World, request_log: RequestLog, *, provisions: bool) -> None:
        self._world = world
        self._request_log = request_log
        self._provisions = provisions

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
        return _json({"status": "ok", "version": __version__})

    async def verify_webhook(self, request: Request) -> Response:
        asked = understood(WebhookCheck, await request.body())
        return _json(check_webhook(asked, self._world.real_now(), self._world))

    async def list_units(self, request: Request) -> Response:
        return _json({"units": [views.unit_view(unit) for unit in self._world]})

    async def make_unit(self, request: Request) -> Response:
        asked = understood(models.UnitNew, await request.body() or b"{}")
        msn = asked.msn or self._world.unused_msn()
        if self._world.find(msn) is not None:
            raise Problem(409, "Already there", f"Sales unit {msn} exists already.")
        unit = self._world.provision(msn, _changed(self._world.settings, asked.settings))
        return _json(views.unit_view(unit), 201)

    async def show_unit(self, request: Request) -> Response:
        return _json(views.unit_view(self._unit_of(request)))

    async def change_settings(self, request: Request) -> Response:
        asked = understood(models.UnitChange, await request.body())
        unit = self._unit_of(request)
        unit.configure(_changed(unit.state.settings, asked.root))
        return _json(views.unit_view(unit))

    async def show_clock(self, request: Request) -> Response:
        return _json(views.clock_view(self._unit_of(request)))

    async def set_clock(self, request: Request) -> Response:
        asked = understood(models.SetClock, await request.body())
        unit = self._unit_of(request)
        happened = await unit.set_clock(asked.now, frozen=asked.frozen)
        return _json(views.clock_view(unit) | {"happened": views.happened_view(happened)})

    async def advance_clock(self, request: Request) -> Response:
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
        return _json(views.clock_view(unit) | {"happened": views.happened_view(happened)})

    async def show_customer(self, request: Request) -> Response:
        return _json(views.customer_view(self._unit_of(request), _phone_number(request)))

    async def act_as_customer(self, request: Request) -> Response:
        phone_number = _phone_number(request)
        action = request.path_params["action"]
        if action not in list(CustomerAction):
            raise Problem(404, "Not found", f"A customer can {', '.join(CustomerAction)}; not {action!r}.")
        asked = understood(models.CustomerActOn, await request.body())
        unit = self._unit_of(request)
        unit.customer_does(CustomerAction(action), asked.reference, phone_number)
        return _json(views.customer_view(unit, phone_number))

    async def list_facts(self, request: Request) -> Response:
        unit, page = self._unit_of(request), _paging(request)
        unit.settle()
        facts = islice(unit.journal.read(page.after), page.limit)
        return _json({"facts": [views.fact_view(number, fact) for number, fact in enumerate(facts, page.after + 1)]})

    async def list_payments(self, request: Request) -> Response:
        unit, page = self._unit_of(request), _paging(request)
        payments = islice(unit.up_to_date().payments.values(), page.after, page.after + page.limit)
        return _json({"payments": [views.payment_summary(payment) for payment in payments]})

    async def list_requests(self, request: Request) -> Response:
        unit, page = self._unit_of(request), _paging(request)
        return _json({"requests": _page(self._request_log.of(unit.msn), page)})

    async def list_stray_requests(self, request: Request) -> Response:
        return _json({"requests": _page(self._request_log.of(None), _paging(request))})


def _json(content: Any, status: int = 200) -> Response:
    return Response(to_json(content), status, media_type="application/json")


def _changed(settings: UnitSettings, changes: dict[str, Any]) -> UnitSettings:
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


def _page(exchanges: Iterable[Any], page: models.Paging) -> list[dict[str, Any]]:
    chosen = (exchange for exchange in exchanges if exchange.number > page.after)
    return [views.exchange_view(exchange) for exchange in islice(chosen, page.limit)]
