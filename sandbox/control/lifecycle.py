"""A sales unit as a whole: its checklist, its beginning made again by reset, snapshot and restore, and its end."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox import __version__
from sandbox.api.gateway import RequestLog
from sandbox.checklist import checklist, story_of
from sandbox.checklist.reports import as_json
from sandbox.control import models, shapes
from sandbox.control.endpoints import Endpoint
from sandbox.control.faults import fault_view
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.units import UNIT, Units, json_response
from sandbox.control.views import instant_view, unit_view
from sandbox.domain.faults import never_fired
from sandbox.journal.codec import FactUnreadable, fact_from, fact_written
from sandbox.world import SalesUnit, World
from sandbox.world.world import NotReplayable

__all__ = ["check_removable", "endpoints", "remove", "reset", "restored", "snapshot_of"]


class _Lifecycle:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units, request_log: RequestLog) -> None:
        self._units = units
        self._request_log = request_log

    async def reset(self, request: Request) -> Response:
        """Make a sales unit anew, with its first settings; tells of faults that no call ever met."""
        unit = self._units.of(request)
        never_met = [fault_view(fault) for fault in never_fired(unit.state)]
        new = reset(self._units.world, self._request_log, unit)
        answer: shapes.ResetView = {"unit": unit_view(new), "faultsNeverMet": never_met}
        return json_response(answer)

    async def remove_unit(self, request: Request) -> Response:
        """Remove a sales unit with all that it holds; tells of faults that no call ever met."""
        unit = self._units.there(request)
        never_met = [fault_view(fault) for fault in never_fired(unit.state)]
        remove(self._units.world, self._request_log, unit)
        answer: shapes.RemovalView = {"faultsNeverMet": never_met}
        return json_response(answer)

    async def fill_in_checklist(self, request: Request) -> Response:
        """Fill in Vipps's go-live checklist from what the app did in a sales unit."""
        unit = self._units.of(request)
        story = story_of(unit, self._request_log)
        return json_response(
            {
                "msn": unit.msn,
                "at": instant_view(story.now),
                "note": story.note,
                "items": as_json(checklist(story)),
            }
        )

    async def snapshot(self, request: Request) -> Response:
        """Get all that has happened in a sales unit, to restore it from."""
        unit = self._units.of(request)
        return json_response(snapshot_of(unit))

    async def restore(self, request: Request) -> Response:
        """Make a sales unit what another, or it itself, was at a snapshot; its clock goes on from there."""
        asked = understood(models.Restore, await request.body())
        unit = self._units.of(request)
        return json_response(unit_view(restored(self._units.world, self._request_log, unit, asked)))


def reset(world: World, request_log: RequestLog, unit: SalesUnit) -> SalesUnit:
    """Make a sales unit anew, with its first settings; its calls are forgotten."""
    new = world.reset(unit.msn)
    request_log.forget(unit.msn)
    return new


def remove(world: World, request_log: RequestLog, unit: SalesUnit) -> None:
    """Have a sales unit and its calls be gone.

    Raises:
        Problem: it stays as long as the sandbox; nothing has changed.
    """
    check_removable(world, unit)
    world.remove(unit.msn)
    request_log.forget(unit.msn)


def check_removable(world: World, unit: SalesUnit) -> None:
    """Raise a Problem if a sales unit stays as long as the sandbox."""
    if world.stays(unit.msn):
        raise Problem(
            409,
            "It stays",
            f"The credentials of sales unit {unit.msn} are configured, so it stays as long as the sandbox; "
            f"POST /sandbox/units/{unit.msn}/reset makes it anew.",
        )


def snapshot_of(unit: SalesUnit) -> shapes.SnapshotView:
    """Return all that has happened in a sales unit."""
    unit.settle()
    return {
        "sandbox": __version__,
        "format": 1,
        "msn": unit.msn,
        "now": instant_view(unit.now(), finely=True),
        "frozen": unit.frozen,
        "facts": [fact_written(fact) for fact in unit.journal.read()],
    }


def restored(world: World, request_log: RequestLog, unit: SalesUnit, snapshot: models.Restore) -> SalesUnit:
    """Make a sales unit what was at a snapshot; its calls are forgotten.

    Raises:
        Problem: it is no snapshot; nothing has changed.
    """
    try:
        facts = [fact_from(fact) for fact in snapshot.facts]
        new = world.restore(unit.msn, facts, now=snapshot.now, frozen=snapshot.frozen)
    except (FactUnreadable, NotReplayable) as error:
        raise Problem(400, "Not a snapshot", f"These are not the facts of a sales unit: {error}.") from error
    request_log.forget(unit.msn)
    return new


def endpoints(units: Units, request_log: RequestLog) -> tuple[Endpoint, ...]:
    told = _Lifecycle(units, request_log)
    tag = "Sales units"
    return (
        Endpoint(
            method="GET",
            path=f"{UNIT}/checklist",
            does=told.fill_in_checklist,
            tag=tag,
            answers={200: shapes.ChecklistView},
        ),
        Endpoint(
            method="DELETE",
            path=UNIT,
            does=told.remove_unit,
            tag=tag,
            answers={200: shapes.RemovalView},
            refuses=(409,),
        ),
        Endpoint(method="POST", path=f"{UNIT}/reset", does=told.reset, tag=tag, answers={200: shapes.ResetView}),
        Endpoint(
            method="POST", path=f"{UNIT}/snapshot", does=told.snapshot, tag=tag, answers={200: shapes.SnapshotView}
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/restore",
            does=told.restore,
            tag=tag,
            takes=models.Restore,
            answers={200: shapes.UnitView},
        ),
    )
