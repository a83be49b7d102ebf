"""Faults on the dashboard: which can be armed with a click, and how those that are armed are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.gateway.trouble import FAULT_STATUSES
from sandbox.control.dashboard.answers import routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.places import UNIT, unit_url
from sandbox.control.dashboard.words import fault_words
from sandbox.control.problems import Problem
from sandbox.domain import faults
from sandbox.domain.commands import (
    Answers,
    ArmFault,
    DropsConnection,
    Effect,
    Garbles,
    RemoveFault,
    Trickles,
    Waits,
)
from sandbox.domain.state import ArmedFault, UnitState
from sandbox.ui import form_of

__all__ = ["EFFECTS", "OPERATIONS", "FaultLine", "fault_lines", "routes"]

EFFECTS: Final[Mapping[str, Effect]] = {
    **{f"answer-{status}": Answers(status=status) for status in FAULT_STATUSES},
    "wait": Waits(seconds=5),
    "drop-before": DropsConnection(processed=False),
    "drop-after": DropsConnection(processed=True),
    "garble": Garbles(),
    "trickle": Trickles(takes=10),
}
OPERATIONS: Final = (
    "createPayment",
    "getPayment",
    "getPaymentEventLog",
    "capturePayment",
    "cancelPayment",
    "refundPayment",
    "fetchAuthorizationTokenUsingPost",
    "getUserinfo",
    "put-category-v2",
    "post-receipt-v2",
)


def routes(desk: Desk) -> list[Route]:
    own = _Faults(desk)
    return routes_of(forms={f"{UNIT}/faults": own.arm_fault, f"{UNIT}/faults/{{fault_id}}/remove": own.remove_fault})


@dataclass(frozen=True, slots=True)
class FaultLine:
    id: str
    words: str
    count: str
    is_spent: bool


class _Faults:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def arm_fault(self, request: Request) -> Response:
        unit, form = self._desk.unit_of(request), await form_of(request)
        command = _armed_by(form)
        if command is None:
            raise Problem(400, "What goes wrong?", "There is no such fault, or no such call.")
        unit.do(faults.arm, command)
        return see(unit_url(unit.msn, "/settings"))

    async def remove_fault(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        unit.do(faults.remove, RemoveFault(fault_id=request.path_params["fault_id"]))
        return see(unit_url(unit.msn, "/settings"))


def _armed_by(form: Mapping[str, str]) -> ArmFault | None:
    """Return what a form asks to go wrong; None if it asks for nothing that there is."""
    effect, operation = EFFECTS.get(form.get("effect", "")), form.get("operation", "")
    if effect is None or (operation and operation not in OPERATIONS):
        return None
    return ArmFault(operation=operation or None, times=None if form.get("times") == "all" else 1, effect=effect)


def fault_lines(state: UnitState) -> list[FaultLine]:
    """Return the faults that may still happen, and those that have."""
    return [FaultLine(fault.id, _words(fault), _count(fault), fault.is_spent) for fault in state.faults.values()]


def _words(fault: ArmedFault) -> str:
    words = fault_words(fault.armed)
    return words[0].upper() + words[1:]


def _count(fault: ArmedFault) -> str:
    if not fault.fired:
        return "has not happened"
    return "happened once" if fault.fired == 1 else f"happened {fault.fired} times"
