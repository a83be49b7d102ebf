"""A sales unit's beginning made again, by reset or restore, and its end; each page says first what is lost."""

from dataclasses import dataclass

from pydantic_core import to_json
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control import models
from sandbox.control.dashboard.answers import answer_with, routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar
from sandbox.control.dashboard.places import DASHBOARD, UNIT, unit_url
from sandbox.control.lifecycle import check_removable, remove, reset, restored, snapshot_of
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.domain.faults import never_fired

__all__ = ["routes"]


def routes(desk: Desk) -> list[Route]:
    own = _Beginnings(desk)
    return routes_of(
        {
            f"{UNIT}/reset": own.ask_before_reset,
            f"{UNIT}/restore": own.ask_before_restore,
            f"{UNIT}/remove": own.ask_before_remove,
        },
        {
            f"{UNIT}/reset": own.reset,
            f"{UNIT}/snapshot": own.snapshot,
            f"{UNIT}/restore": own.restore,
            f"{UNIT}/remove": own.remove,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginningPage:
    """reset.html, restore.html, remove.html"""

    bar: Bar
    lost: str  # "12 payments, 40 requests and 2 webhooks"
    faults_never_met: int


class _Beginnings:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask_before_reset(self, request: Request) -> Response:
        return answer_with(request, "reset.html", self._page(request))

    async def ask_before_restore(self, request: Request) -> Response:
        return answer_with(request, "restore.html", self._page(request))

    async def ask_before_remove(self, request: Request) -> Response:
        check_removable(self._desk.world, self._desk.unit_of(request))
        return answer_with(request, "remove.html", self._page(request))

    def _page(self, request: Request) -> BeginningPage:
        unit = self._desk.unit_of(request)
        state = unit.state
        counts = {
            "payment": len(state.payments),
            "request": self._desk.log.count_of(unit.msn),
            "webhook": len(state.webhooks.registrations),
        }
        told = [f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items()]
        return BeginningPage(
            bar=self._desk.bar(request, unit, "settings"),
            lost=f"{', '.join(told[:-1])} and {told[-1]}",
            faults_never_met=len(never_fired(state)),
        )

    async def reset(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        reset(self._desk.world, self._desk.log, unit)
        return see(unit_url(unit.msn))

    async def remove(self, request: Request) -> Response:
        remove(self._desk.world, self._desk.log, self._desk.unit_of(request))
        return see(DASHBOARD)

    async def snapshot(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        name = f"{unit.msn}-{unit.now():%Y-%m-%dT%H%M%S}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(to_json(snapshot_of(unit)), media_type="application/json", headers=headers)

    async def restore(self, request: Request) -> Response:
        unit = self._desk.unit_of(request)
        snapshot = understood(models.Restore, await _uploaded(request))
        restored(self._desk.world, self._desk.log, unit, snapshot)
        return see(unit_url(unit.msn))


async def _uploaded(request: Request) -> bytes:
    """Return the file that a form sends."""
    try:
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("snapshot")
            content = await file.read() if isinstance(file, UploadFile) else b""
    except (HTTPException, ValueError) as error:  # the parser's own, which not every starlette wraps
        raise Problem(400, "Not understood", "That is not what the form of this page sends.") from error
    if not content:
        raise Problem(400, "Which snapshot?", "Choose the file that the button Snapshot gave.")
    return content
