"""Sales units as the sandbox's own API makes, shows and configures them."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import models, shapes
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood, unknown
from sandbox.control.problems import Problem
from sandbox.control.units import UNIT, Units, json_response
from sandbox.control.views import SETTINGS, unit_view
from sandbox.domain.sales_unit import UnitSettings

__all__ = ["changed_settings", "endpoints"]

_SETTINGS: Final = TypeAdapter(UnitSettings)


class _SalesUnits:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def list_units(self, request: Request) -> Response:
        """List the sales units."""
        return json_response({"units": [unit_view(unit) for unit in self._units.world]})

    async def make_unit(self, request: Request) -> Response:
        """Make a sales unit."""
        asked = understood(models.UnitNew, await request.body() or b"{}")
        msn = asked.msn or self._units.world.unused_msn()
        if self._units.world.find(msn) is not None:
            raise Problem(409, "Already there", f"Sales unit {msn} exists already.")
        settings = changed_settings(self._units.world.settings, asked.settings)
        unit = self._units.world.provision(msn, settings, purpose=asked.purpose)
        return json_response(unit_view(unit), 201)

    async def show_unit(self, request: Request) -> Response:
        """Show a sales unit: settings, clock, counts."""
        return json_response(unit_view(self._units.of(request)))

    async def change_settings(self, request: Request) -> Response:
        """Change some of a sales unit's settings."""
        asked = understood(models.UnitChange, await request.body())
        unit = self._units.of(request)
        unit.configure(changed_settings(unit.state.settings, asked.root))
        return json_response(unit_view(unit))


def endpoints(units: Units) -> tuple[Endpoint, ...]:
    told = _SalesUnits(units)
    return (
        Endpoint(
            method="GET",
            path="/sandbox/units",
            does=told.list_units,
            tag="Sales units",
            answers={200: shapes.UnitsView},
        ),
        Endpoint(
            method="POST",
            path="/sandbox/units",
            does=told.make_unit,
            tag="Sales units",
            takes=models.UnitNew,
            may_lack_body=True,
            answers={201: shapes.UnitView},
            refuses=(409,),
        ),
        Endpoint(method="GET", path=UNIT, does=told.show_unit, tag="Sales units", answers={200: shapes.UnitView}),
        Endpoint(
            method="PATCH",
            path=f"{UNIT}/settings",
            does=told.change_settings,
            tag="Sales units",
            takes=models.UnitChange,
            answers={200: shapes.UnitView},
        ),
    )


def changed_settings(settings: UnitSettings, changes: dict[str, Any]) -> UnitSettings:
    """Return *settings* with *changes*, whose names are in camelCase; what is wrong is told by pydantic."""
    if not changes:
        return settings
    strange = [name for name in changes if name not in SETTINGS]
    if strange:
        raise unknown("setting", strange[0], tuple(SETTINGS))
    changed = to_json(asdict(settings) | {SETTINGS[name]: _snake_case(value) for name, value in changes.items()})
    try:
        made = _SETTINGS.validate_json(changed, strict=True)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise Problem(400, "Not understood", f"{to_camel(str(wrong['loc'][0]))}: {wrong['msg']}") from error
    for name in changes:
        value = getattr(made, SETTINGS[name])
        if isinstance(value, timedelta) and not timedelta(0) <= value <= models.LONGEST:
            raise Problem(400, "Not understood", f"{name} must be from 0 to {models.LONGEST.days} days.")
    return made


def _snake_case(value: Any) -> Any:
    """Return *value* with the names of its members as the settings have them, all the way down."""
    if isinstance(value, dict):
        return {to_snake(name): _snake_case(member) for name, member in value.items()}
    return [_snake_case(member) for member in value] if isinstance(value, list) else value
