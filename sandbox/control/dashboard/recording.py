"""What happened in a sales unit, as a scenario to copy or to keep."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.answers import answer_with, routes_of
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.pages import Bar
from sandbox.control.dashboard.places import UNIT
from sandbox.control.problems import Problem

__all__ = ["routes"]


def routes(desk: Desk) -> list[Route]:
    return routes_of({f"{UNIT}/recording": _Recording(desk).recording})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPage:
    """recording.html"""

    bar: Bar
    text: str
    download_url: str
    file_name: str


class _Recording:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def recording(self, request: Request) -> Response:
        from sandbox.control.recording import RecordingIncomplete, recording  # noqa: PLC0415 - seldom asked for

        unit = self._desk.unit_of(request)
        try:
            text = recording(unit, self._desk.log.of(unit.msn))
        except RecordingIncomplete as incomplete:
            raise Problem(409, "Not all of it is known any more", str(incomplete)) from incomplete
        page = RecordingPage(
            bar=self._desk.bar(request, unit, "recording"),
            text=text,
            download_url=f"/sandbox/units/{quote(unit.msn, safe='')}/recording",
            file_name=f"recorded-{unit.msn}.yaml",
        )
        return answer_with(request, "recording.html", page)
