"""Stories as the sandbox's own API starts them, and tells how they go."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from sandbox.control import models
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.streams import Streams, event
from sandbox.control.units import UNIT, Units, json_response
from sandbox.watching.theatre import PlayAsked, Theatre, listening

__all__ = ["endpoints"]

_TAG: Final = "Scenarios"


class PlayedStepView(TypedDict):
    step: str
    key: str
    told: str


class PersonAskedView(TypedDict):
    """What somebody with the phone open is waited for."""

    what: str
    reference: str
    phone: str | None


class RunView(TypedDict):
    """How a story goes; *steps* are those of the one that is played, *scenarios* those that have ended."""

    id: str
    verdict: Literal["playing", "passed", "failed"]
    merchant: Literal["mine", "sandbox"]
    customer: Literal["played", "human"]
    file: str | None
    titles: list[str]
    steps: list[PlayedStepView]
    asked: PersonAskedView | None
    scenarios: list[dict[str, Any]]
    trouble: str | None


class RunsView(TypedDict):
    scenarios: list[RunView]


class FileView(TypedDict):
    """A file that can be played; *mistake* says where it is not understood, *suitsMine* that your app can play it."""

    file: str
    title: str
    about: str | None
    stories: int
    suitsMine: bool
    mistake: str | None


class FilesView(TypedDict):
    scenarios: list[FileView]


class _Scenarios:
    """The endpoints, each a method that takes the request."""

    def __init__(self, theatre: Theatre, streams: Streams) -> None:
        self._theatre = theatre
        self._streams = streams
        self._units = Units(theatre.world, provisions=theatre.house.is_open)

    async def list_scenario_files(self, request: Request) -> Response:
        """List the files in the server's folder of scenarios, as they are now."""
        files: list[FileView] = [
            {
                "file": entry.name,
                "title": entry.title,
                "about": entry.about,
                "stories": len(entry.scenarios),
                "suitsMine": entry.suits_an_application,
                "mistake": entry.mistake,
            }
            for entry in await self._theatre.entries()
        ]
        return json_response({"scenarios": files})

    async def play_scenario(self, request: Request) -> Response:
        """Play a story, which is sent as YAML or JSON or is a file of the server's folder; answers at once."""
        asked = understood(PlayAsked, request.query_params)
        text = await request.body()
        unit = self._units.of(request)
        run = await self._theatre.begin(request, unit.msn, asked, text)
        return json_response(run.view(), 201)

    async def list_scenarios(self, request: Request) -> Response:
        """List the stories that are played from a sales unit, or have been."""
        runs = self._theatre.runs_of(self._units.of(request).msn)
        return json_response({"scenarios": [run.view() for run in runs]})

    async def show_scenario(self, request: Request) -> Response:
        """Show how a story goes, or went."""
        run = self._theatre.run_of(self._units.of(request).msn, request.path_params["scenario"])
        return json_response(run.view())

    async def stream_scenario(self, request: Request) -> Response:
        """Follow how a story goes, as server-sent events up to the verdict; Last-Event-ID goes on where one was."""
        run = self._theatre.run_of(self._units.of(request).msn, request.path_params["scenario"])
        last = request.headers.get("last-event-id")
        place = understood(models.Following, request.query_params if last is None else {"after": last}).after

        def news() -> Sequence[bytes]:
            nonlocal place
            told = run.told[place:]
            begun, place = place, place + len(told)
            return [
                event(content, kind=kind, place=str(number)) for number, (kind, content) in enumerate(told, begun + 1)
            ]

        return self._streams.response(
            request, partial(listening, run), news, is_over=lambda: run.is_told and place >= len(run.told)
        )


def endpoints(theatre: Theatre, streams: Streams) -> tuple[Endpoint, ...]:
    told = _Scenarios(theatre, streams)
    path = f"{UNIT}/scenarios"
    return (
        Endpoint(
            method="GET",
            path="/sandbox/scenarios",
            does=told.list_scenario_files,
            tag=_TAG,
            answers={200: FilesView},
        ),
        Endpoint(
            method="POST",
            path=path,
            does=told.play_scenario,
            tag=_TAG,
            query=PlayAsked,
            text="application/yaml",
            may_lack_body=True,
            answers={201: RunView},
            refuses=(409,),
        ),
        Endpoint(method="GET", path=path, does=told.list_scenarios, tag=_TAG, answers={200: RunsView}),
        Endpoint(
            method="GET",
            path=f"{path}/{{scenario}}",
            does=told.show_scenario,
            tag=_TAG,
            answers={200: RunView},
        ),
        Endpoint(
            method="GET",
            path=f"{path}/{{scenario}}/stream",
            does=told.stream_scenario,
            tag=_TAG,
            query=models.Following,
            answers={200: str, 204: None},
            media_type="text/event-stream",
        ),
    )
