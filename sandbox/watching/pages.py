"""The dashboard's pages about scenarios: which there are, one of them, and how it goes while it is played."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.answers import answer_with, routes_of, see
from sandbox.control.dashboard.desk import Desk
from sandbox.control.dashboard.parameters import search_of
from sandbox.control.dashboard.places import UNIT
from sandbox.control.dashboard.scenarios import PlayPage, ScenarioPage, ScenariosPage
from sandbox.control.parsing import understood
from sandbox.ui import form_of
from sandbox.watching.theatre import PlayAsked, Theatre

if TYPE_CHECKING:
    from sandbox.watching.runs import Run

__all__ = ["pages"]

_RUNS_SHOWN: Final = 5
_PATIENCE: Final = "PT1M"  # of a step that waits for somebody's application, who set it off by hand
_LIMIT: Final = "PT15M"  # of a story that waits for somebody
_FIELDS: Final = frozenset({"file", "merchant", "customer", "app"})


def pages(theatre: Theatre, desk: Desk) -> list[Route]:
    """Return the routes of the pages."""
    own = _Pages(theatre, desk)
    path = f"{UNIT}/scenarios"
    return routes_of(
        {path: own.scenarios, f"{path}/file": own.scenario, f"{path}/{{scenario}}": own.play},
        {path: own.begin},
    )


class _Pages:
    """The endpoints, each a method that takes the request."""

    def __init__(self, theatre: Theatre, desk: Desk) -> None:
        self._theatre = theatre
        self._desk = desk

    async def scenarios(self, request: Request) -> Response:
        from sandbox.watching import views  # noqa: PLC0415 - players are imported when somebody looks for a play

        unit, search, folder = self._desk.unit_of(request), search_of(request, "find"), self._theatre.house.scenarios
        entries = await self._theatre.entries()
        sought = [
            entry
            for entry in entries
            if search.casefold() in f"{entry.name}\n{entry.title}\n{entry.about or ''}".casefold()
        ]
        page = ScenariosPage(
            bar=self._desk.bar(request, unit, "scenarios"),
            folder=None if folder is None else str(folder),
            is_there=folder is not None and await run_in_threadpool(folder.is_dir),
            can_play=self._theatre.house.is_open,
            count=len(entries),
            search=search,
            groups=views.groups_of(unit.msn, sought, folder.name if folder is not None else ""),
            runs=[views.run_line(run) for run in self._theatre.runs_of(unit.msn)[: -_RUNS_SHOWN - 1 : -1]],
        )
        return answer_with(request, "scenarios.html", page)

    async def scenario(self, request: Request) -> Response:
        from sandbox.watching import views  # noqa: PLC0415 - see above

        unit = self._desk.unit_of(request)
        entry = await self._theatre.entry(request.query_params.get("name", ""))
        page = ScenarioPage(
            bar=self._desk.bar(request, unit, "scenarios"),
            back_url=views.scenarios_url(unit.msn),
            file=views.file_line(unit.msn, entry),
            titles=[scenario.title for scenario in entry.scenarios] if len(entry.scenarios) > 1 else [],
            text=await self._theatre.text(entry.name),
            can_play=self._theatre.house.is_open and entry.mistake is None,
            suits_mine=entry.suits_an_application,
        )
        return answer_with(request, "scenario.html", page)

    async def begin(self, request: Request) -> Response:
        from sandbox.watching import views  # noqa: PLC0415 - see above

        unit = self._desk.unit_of(request)
        form = {name: value for name, value in (await form_of(request)).items() if name in _FIELDS and value}
        run = await self._theatre.begin(request, unit.msn, understood(PlayAsked, _asked(form)))
        return see(views.run_url(run))

    async def play(self, request: Request) -> Response:
        from sandbox.watching import views  # noqa: PLC0415 - see above

        unit = self._desk.unit_of(request)
        run = self._theatre.run_of(unit.msn, request.path_params["scenario"])
        told = len(run.told)  # before all else: what comes while the page is drawn is told again
        is_told = run.is_told
        view = views.play_view(run, self._desk.base_url(request))
        if "part" in request.query_params:
            return answer_with(request, "_play.html", view)
        stream_url = f"/sandbox/units/{quote(unit.msn, safe='')}/scenarios/{run.id}/stream?after={told}"
        page = PlayPage(
            bar=self._desk.bar(request, unit, "scenarios"),
            title=views.run_title(run),
            about=run.scenarios[0].about,
            cast=_cast_words(run),
            back_url=views.scenarios_url(unit.msn),
            again=None if run.file is None else _fields(run),
            stream_url=None if is_told else stream_url,
            play=view,
        )
        return answer_with(request, "play.html", page)


def _asked(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form asks for; the sandbox's own merchant plays unless it says otherwise."""
    asked: dict[str, Any] = {"merchant": "sandbox", **form}
    if asked["merchant"] == "mine":
        asked |= {"patience": _PATIENCE}
    if asked["merchant"] == "mine" or asked.get("customer") == "human":
        asked |= {"limit": _LIMIT}
    return asked


def _fields(run: "Run") -> Sequence[tuple[str, str]]:
    """Return the fields of a form that plays it again."""
    mine, human = run.cast.merchant, run.cast.customer
    fields = {
        "file": run.file,
        "merchant": "sandbox" if mine is None else "mine",
        "app": None if mine is None else mine.url,
        "customer": None if human is None else "human",
    }
    return [(name, value) for name, value in fields.items() if value is not None]


def _cast_words(run: "Run") -> str:
    mine, human = run.cast.merchant, run.cast.customer
    merchant = (
        "The sandbox is the merchant, in a sales unit of its own"
        if mine is None
        else f"Your application is the merchant, in sales unit {mine.msn}"
    )
    return f"{merchant}. The customer is {'played' if human is None else 'you, with the phone open'}."
