"""The sandbox as one ASGI app.

Vipps's own paths go to the gateway; what is the sandbox's own goes to Starlette apps beside it, one for programs and
one for people. They never collide: the sandbox's own paths are few and fixed.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sandbox.api import access_token, epayment, order_management, userinfo, webhooks
from sandbox.api.foreign_sites import NoForeignWrites
from sandbox.api.gateway import Access, DeclaredAccess, Gateway, OpenAccess, RequestLog
from sandbox.api.gateway.wire import MARK, MAXIMUM_BODY
from sandbox.control.health import HEALTH
from sandbox.control.problems import Problem, problem_response, render_http_exception, render_refusal
from sandbox.control.streams import Streams
from sandbox.domain.errors import Refusal
from sandbox.settings import HOME, AccessMode, Settings
from sandbox.ui import OnlyKnownHosts, static_routes
from sandbox.world import World
from sandbox.world.world import wall_clock

if TYPE_CHECKING:
    from sandbox.control.endpoints import Endpoint
    from sandbox.watching import Theatre

__all__ = ["Sandbox"]

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_SNAPSHOT: Final = 256 * 1024 * 1024  # bytes
# The first segments of the paths that are the sandbox's own.
_CONTROL: Final = frozenset({"", "sandbox", "favicon.ico"})
_PAGES: Final = frozenset({"phone", "landing"})
_DASHBOARD_ROOMS: Final = ("/sandbox/dashboard/", "/sandbox/docs/", "/sandbox/static/")
_DASHBOARD: Final = frozenset({"/", "/sandbox/dashboard", "/sandbox/docs", "/sandbox/login", "/sandbox/logout"})


def _room(path: str) -> str:
    """Return the first segment of a path."""
    return path.removeprefix("/").partition("/")[0]


def _is_visit(scope: _Scope) -> bool:
    """Tell whether somebody goes to a page, in a browser; what a program asks for is answered as Vipps does."""
    return scope["method"] == "GET" and (b"sec-fetch-mode", b"navigate") in scope["headers"]


class Sandbox:
    """The whole sandbox as an ASGI app.

    Args:
        real_now: The wall clock, in UTC.
    """

    def __init__(self, settings: Settings | None = None, *, real_now: Callable[[], datetime] = wall_clock) -> None:
        self.settings = settings or Settings()
        self._courier = webhooks.HttpCourier()
        self.world = World(self.settings.unit_settings, real_now=real_now, courier=self._courier)
        self.request_log = RequestLog()
        self.streams = Streams()
        access = self._access()
        self._operations = [
            *access_token.operations(access, self.world),
            *epayment.OPERATIONS,
            *order_management.OPERATIONS,
            *userinfo.OPERATIONS,
            *webhooks.OPERATIONS,
        ]
        self._apis = frozenset(_room(operation.path) for operation in self._operations)
        self._gateway = Gateway(
            self.world,
            self._operations,
            access=access,
            request_log=self.request_log,
            public_url=self.settings.public_url,
        )

    @cached_property
    def _theatre(self) -> "Theatre":
        """What scenarios are played in here."""
        from sandbox.watching import House, Theatre  # noqa: PLC0415 - a start is felt in every CI run

        house = House(
            is_open=self.settings.access is AccessMode.OPEN,
            token=self.settings.token,
            has_tls=self.settings.tls,
            scenarios=self.settings.scenarios,
        )
        return Theatre(self.world, self.request_log, house)

    @cached_property
    def _stories(self) -> "tuple[Endpoint, ...]":
        from sandbox import watching  # noqa: PLC0415 - a start is felt in every CI run

        return watching.endpoints(self._theatre, self.streams)

    @cached_property
    def _health(self) -> Starlette:
        """The one answer of the sandbox's own API that every start waits for."""
        return self._own([HEALTH.route()], problem_response)

    @cached_property
    def _control(self) -> Starlette:
        """The sandbox's own API."""
        from sandbox.control.routes import routes  # noqa: PLC0415 - a start is felt in every CI run

        is_open = self.settings.access is AccessMode.OPEN
        own = routes(
            self.world, self.request_log, self.streams, self._operations, provisions=is_open, beside=self._stories
        )
        return self._own(own, problem_response)

    @cached_property
    def _dashboard(self) -> Starlette:
        """What merchants' developers look at."""
        from sandbox.control import dashboard, door  # noqa: PLC0415 - a start is felt in every CI run
        from sandbox.control.dashboard import reference  # noqa: PLC0415 - see above
        from sandbox.control.routes import described  # noqa: PLC0415 - see above
        from sandbox.watching.pages import pages  # noqa: PLC0415 - see above

        def document() -> Mapping[str, Any]:
            return described(self.world, self.request_log, self.streams, self._operations, self._stories)

        connect = dashboard.Connect(
            shown=HOME if self.settings.credentials[0] == HOME else None,
            merchants=self.settings.credentials,
            is_open=self.settings.access is AccessMode.OPEN,
            public_url=self.settings.public_url,
            has_door=self.settings.token is not None,
        )
        desk = dashboard.Desk(self.world, self.request_log, self.streams, self._gateway, connect)
        reading = reference.routes(document, self.settings.public_url)
        routes = dashboard.routes(desk, beside=pages(self._theatre, desk))
        return self._own(
            [*static_routes(), *door.login_routes(self.settings.token), *reading, *routes], dashboard.problem_page
        )

    @cached_property
    def _pages(self) -> Starlette:
        """What customers look at."""
        from sandbox import phone  # noqa: PLC0415 - a start is felt in every CI run, and many a run opens no page

        return self._own(phone.routes(self.world, public_url=self.settings.public_url), phone.problem_page)

    def _own(self, routes: Sequence[BaseRoute], say: Callable[[int, str, str], Response]) -> Starlette:
        """Return an app of the sandbox's own; *say* answers with a status, a title and a sentence."""
        public_url = self.settings.public_url

        def refuse_foreign(request: Request) -> Response:
            return say(403, "From another site", "This was sent by a page of another site; nothing has happened.")

        def refuse_host(request: Request) -> Response:
            sentence = "The sandbox listens on this machine only and is not known by this name; set public_url to it."
            return say(403, "Not known by this name", sentence)

        async def render_problem(request: Request, problem: Exception) -> Response:
            if not isinstance(problem, Problem):
                raise problem
            return say(problem.status, problem.title, str(problem))

        async def render_bug(request: Request, error: Exception) -> Response:
            # Starlette raises it on after this, and the server logs it with its traceback.
            return say(500, "Something broke", "This is a bug of the sandbox; its log has the traceback.")

        return Starlette(
            routes=routes,
            exception_handlers={
                Problem: render_problem,
                Refusal: render_refusal,
                HTTPException: render_http_exception,
                Exception: render_bug,
            },
            middleware=[
                Middleware(
                    OnlyKnownHosts,
                    listens_on=self.settings.host,
                    refuse=refuse_host,
                    public_url=public_url,
                    names=self.settings.names,
                ),
                Middleware(NoForeignWrites, refuse=refuse_foreign, public_url=public_url),
                *self._door(),
            ],
        )

    def _door(self) -> list[Middleware]:
        if self.settings.token is None:
            return []
        from sandbox.control.door import Door  # noqa: PLC0415 - a start is felt in every CI run

        return [Middleware(Door, token=self.settings.token)]

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        room = _room(scope["path"])
        if room in self._apis:
            await self._gateway(scope, receive, send)
        else:
            await self._serve_own(room, scope, receive, send)

    async def _serve_own(self, room: str, scope: _Scope, receive: _Receive, send: _Send) -> None:
        """Serve what is the sandbox's own, and what is nobody's."""
        path: str = scope["path"]
        limit = _SNAPSHOT if path.endswith("/restore") else MAXIMUM_BODY
        if room in _PAGES:
            await self._pages(scope, _limited(receive, MAXIMUM_BODY), _marked(send))
        elif path in _DASHBOARD or path.startswith(_DASHBOARD_ROOMS):
            await self._dashboard(scope, _limited(receive, limit), _marked(send))
        elif _is_visit(scope) and (path.rstrip("/") == "/sandbox" or room not in _CONTROL):
            await self._dashboard(scope, _limited(receive, limit), _marked(send))  # which says that there is nothing
        elif scope["path"] == HEALTH.path:
            await self._health(scope, _limited(receive, limit), _marked(send))
        elif room in _CONTROL:
            await self._control(scope, _limited(receive, limit), _marked(send))
        else:
            await self._gateway(scope, receive, send)

    def _access(self) -> Access:
        """Return who is let in; their sales units are there from the start, so that whatever is printed works."""
        if self.settings.access is AccessMode.OPEN:
            printed = self.settings.credentials[0]
            self.world.settle_in(printed.msn)
            return OpenAccess(printed)
        for credentials in self.settings.credentials:
            self.world.settle_in(credentials.msn)
        declared = DeclaredAccess(self.settings.credentials)
        for client_id, msns in declared.partners.items():
            self.world.admit_partner(client_id, msns)
        return declared

    async def _live(self, receive: _Receive, send: _Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.world.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.streams.end()
                self.world.stop()
                await self._courier.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _marked(send: _Send) -> _Send:
    """Return *send* with the header that every answer of a sandbox carries."""

    async def marked(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], MARK]
        await send(message)

    return marked


def _limited(receive: _Receive, limit: int) -> _Receive:
    """Return *receive* with an end to how much it takes; but for snapshots, nothing of ours needs more than Vipps."""
    size = 0

    async def limited() -> MutableMapping[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise Problem(413, "Too large", f"A body may have {limit} bytes.")
        return message

    return limited
