"""Faults as the sandbox's own API arms and lists them."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import models, shapes
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood, unknown
from sandbox.control.units import UNIT, Units, json_response
from sandbox.domain import faults
from sandbox.domain.commands import (
    Answers,
    Awaited,
    DropsConnection,
    Effect,
    Garbles,
    Holds,
    RemoveFault,
    Trickles,
    Waits,
)
from sandbox.domain.state import ArmedFault

__all__ = ["endpoints", "fault_view"]


class _Faults:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units, operations: Collection[str]) -> None:
        self._units = units
        self._operations = operations

    async def list_faults(self, request: Request) -> Response:
        """List what is to go wrong, and what has."""
        state = self._units.of(request).state
        return json_response({"faults": [fault_view(fault) for fault in state.faults.values()]})

    async def arm_fault(self, request: Request) -> Response:
        """Have something go wrong with the next calls that match."""
        asked = understood(models.FaultNew, await request.body())
        for name in (asked.match.operation, None if asked.then.hold is None else asked.then.hold.until.operation):
            if name is not None and name not in self._operations:
                raise unknown("operation", name, sorted(self._operations))
        unit = self._units.of(request)
        armed = unit.do(faults.arm, asked.to_domain())[0]
        return json_response(fault_view(unit.state.faults[armed.fault_id]), 201)

    async def remove_fault(self, request: Request) -> Response:
        """Let it go wrong no more."""
        unit = self._units.of(request)
        unit.do(faults.remove, RemoveFault(fault_id=request.path_params["fault"]))
        return Response(status_code=204)


def endpoints(units: Units, operations: Collection[str]) -> tuple[Endpoint, ...]:
    """Return the endpoints; *operations* are the ids that a fault can name."""
    told = _Faults(units, operations)
    return (
        Endpoint(
            method="GET",
            path=f"{UNIT}/faults",
            does=told.list_faults,
            tag="Faults",
            answers={200: shapes.FaultsView},
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/faults",
            does=told.arm_fault,
            tag="Faults",
            takes=models.FaultNew,
            answers={201: shapes.FaultView},
        ),
        Endpoint(
            method="DELETE",
            path=f"{UNIT}/faults/{{fault}}",
            does=told.remove_fault,
            tag="Faults",
            answers={204: None},
        ),
    )


def fault_view(fault: ArmedFault) -> shapes.FaultView:
    """Return a fault as it was armed, and how often it has happened."""
    armed = fault.armed
    return {
        "id": fault.id,
        "match": {
            "operation": armed.operation,
            "reference": armed.reference,
            "customer": armed.phone_number,
        },
        "times": "always" if armed.times is None else armed.times,
        "then": _effect_view(armed.effect),
        "fired": fault.fired,
        "spent": fault.is_spent,
    }


def _effect_view(effect: Effect) -> dict[str, Any]:
    match effect:
        case Answers(status=status):
            return {"answer": status}
        case Waits(seconds=seconds):
            return {"delay": _duration(seconds)}
        case DropsConnection(processed=processed):
            return {"drop": "after" if processed else "before"}
        case Garbles():
            return {"garbage": True}
        case Trickles(takes=seconds):
            return {"slow": _duration(seconds)}
        case Holds(until=until, is_first=is_first, patience=patience):
            first = "held" if is_first else "other"
            return {"hold": {"until": _awaited_view(until), "first": first, "patience": _duration(patience)}}


def _awaited_view(awaited: Awaited) -> dict[str, Any]:
    if (awaited.operation, awaited.customer, awaited.webhook) == (None, None, None):
        return {"removed": True}
    members = {
        "operation": awaited.operation,
        "customer": awaited.customer,
        "webhook": awaited.webhook,
        "reference": awaited.reference,
    }
    return {name: str(value) for name, value in members.items() if value is not None}


def _duration(seconds: float) -> str:
    return f"PT{timedelta(seconds=seconds).total_seconds():g}S"
