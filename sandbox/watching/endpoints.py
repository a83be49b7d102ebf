"""Stories as the sandbox's own API starts them, and tells how they go."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.units import UNIT, Units, json_response
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.watching.watches import Watches

__all__ = ["endpoints"]

_TAG: Final = "Scenarios"


class WatchAsked(BaseModel):
    """Where the application listens, and how long each step and the whole story may take, in real time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] | None = None
    patience: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))] = timedelta(seconds=10)
    limit: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))] = timedelta(minutes=5)


class WatchedStepView(TypedDict):
    step: str
    key: str
    told: str


class WatchView(TypedDict):
    """How a story goes: *verdict* is playing, passed or failed; *steps* are those of the one that is played."""

    id: str
    verdict: str
    titles: list[str]
    steps: list[WatchedStepView]
    scenarios: list[dict[str, Any]]
    trouble: str | None


class WatchesView(TypedDict):
    scenarios: list[WatchView]


class _Scenarios:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units, token: str | None, *, is_open: bool) -> None:
        self._units = units
        self._token = token
        self._is_open = is_open

    @cached_property
    def _watches(self) -> "Watches":
        from sandbox.watching.watches import Watches  # noqa: PLC0415 - players are imported when there is a play

        return Watches()

    async def watch_scenario(self, request: Request) -> Response:
        """Watch an application play the merchant in a story, which is YAML or JSON; answers at once."""
        from sandbox.playback import Mine, ScenarioInvalid  # noqa: PLC0415 - see above
        from sandbox.watching.watches import StillPlaying, understood_scenarios  # noqa: PLC0415 - see above

        asked = understood(WatchAsked, request.query_params)
        if not self._is_open:
            raise Problem(409, "Needs open access", "To look at payments, a player needs --access open.")
        text = await request.body()
        try:
            scenarios = await run_in_threadpool(understood_scenarios, text)
        except ScenarioInvalid as invalid:
            raise Problem(400, "Not understood", str(invalid)) from invalid
        unit = self._units.of(request)
        mine = Mine(unit.msn, asked.app, asked.patience)
        try:
            watch = self._watches.start(mine, scenarios, url=_own_url(request), token=self._token, limit=asked.limit)
        except StillPlaying as playing:
            raise Problem(
                409, "Still playing", f"{playing} is played in this sales unit; it ends first."
            ) from playing
        return json_response(watch.view(), 201)

    async def list_scenarios(self, request: Request) -> Response:
        """List the stories that are watched in a sales unit, or have been."""
        watches = self._watches.of(self._units.of(request).msn)
        return json_response({"scenarios": [watch.view() for watch in watches]})

    async def show_scenario(self, request: Request) -> Response:
        """Show how a story goes, or went."""
        asked = request.path_params["scenario"]
        for watch in self._watches.of(self._units.of(request).msn):
            if watch.id == asked:
                return json_response(watch.view())
        raise Problem(404, "Not found", f"No story {asked!r} is watched here.")


def endpoints(world: World, token: str | None, *, is_open: bool) -> tuple[Endpoint, ...]:
    """Return the endpoints.

    Args:
        token: What opens the sandbox's own API, if it is closed.
        is_open: Whether anybody is let in, and so players as well.
    """
    told = _Scenarios(Units(world, provisions=is_open), token, is_open=is_open)
    path = f"{UNIT}/scenarios"
    return (
        Endpoint(
            method="POST",
            path=path,
            does=told.watch_scenario,
            tag=_TAG,
            query=WatchAsked,
            text="application/yaml",
            answers={201: WatchView},
            refuses=(409,),
        ),
        Endpoint(method="GET", path=path, does=told.list_scenarios, tag=_TAG, answers={200: WatchesView}),
        Endpoint(
            method="GET",
            path=f"{path}/{{scenario}}",
            does=told.show_scenario,
            tag=_TAG,
            answers={200: WatchView},
        ),
    )


def _own_url(request: Request) -> str:
    """Return where this server is reached from within: the socket that the request came to."""
    host, port = request.scope.get("server") or ("", None)
    if port is None:
        raise Problem(409, "Not over TCP", "A player reaches the sandbox over TCP only.")
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
