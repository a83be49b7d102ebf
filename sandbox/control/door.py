"""The door before all that is the sandbox's own, when it is given a token.

Programs send the token as a bearer token; people log in once, and a cookie that the token signs lets them in from
then on. Vipps's own APIs have keys of their own, and the landing page is open to whoever has a payment's link.
"""

import hmac
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.control.dashboard.answers import TEMPLATES
from sandbox.control.dashboard.pages import LoginPage
from sandbox.control.health import HEALTH
from sandbox.control.problems import problem_response
from sandbox.ui import FormRefused, form_of, frame_of, page_response, rendered

__all__ = ["Door", "login_routes"]

_LOGIN: Final = "/sandbox/login"
_LOGOUT: Final = "/sandbox/logout"
_COOKIE: Final = "sandbox"
_LASTS: Final = 30 * 24 * 3600  # seconds
_OPEN: Final = (HEALTH.path, _LOGIN, _LOGOUT)
_OPEN_ROOMS: Final = ("/sandbox/static/", "/landing")


class Door:
    """An app that is closed to whoever neither has the token nor has logged in with it."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path in _OPEN or path.startswith(_OPEN_ROOMS) or self._lets_in(Request(scope)):
            await self._app(scope, receive, send)
        else:
            await _refuse(Request(scope))(scope, receive, send)

    def _lets_in(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(token.strip().encode("latin-1"), self._token):
            return True
        return _same(request.cookies.get(_COOKIE, "").encode(), _signed(self._token))


def login_routes(token: str | None) -> list[Route]:
    """Return the routes of the page where people log in; none where there is no token."""
    if token is None:
        return []

    async def show(request: Request) -> Response:
        return _login_page(request, request.query_params.get("next", ""))

    async def log_in(request: Request) -> Response:
        form = await _form(request)
        if not _same(form.get("token", "").strip().encode(), token):
            return _login_page(request, form.get("next", ""), wrong=True)
        response = RedirectResponse(_own_path(form.get("next", "")), 303)
        response.set_cookie(
            _COOKIE,
            _signed(token),
            max_age=_LASTS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def log_out(request: Request) -> Response:
        response = RedirectResponse(_LOGIN, 303)
        response.delete_cookie(_COOKIE)
        return response

    return [
        Route(_LOGIN, show, methods=["GET"]),
        Route(_LOGIN, log_in, methods=["POST"]),
        Route(_LOGOUT, log_out, methods=["POST"]),
    ]


def _refuse(request: Request) -> Response:
    """Send a browser that wants a page to where people log in; tell all others what they lack."""
    if request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", ""):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{_LOGIN}?next={quote(request.url.path + query, safe='')}", 303)
    detail = "This sandbox has a token: send it as `Authorization: Bearer …`, or log in at /sandbox/login."
    response = problem_response(401, "Token needed", detail)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _login_page(request: Request, leads_to: str, *, wrong: bool = False) -> Response:
    page = LoginPage(_own_path(leads_to), wrong)
    return page_response(rendered(TEMPLATES / "login.html", page, frame_of(request)), 403 if wrong else 200)


def _own_path(path: str) -> str:
    """Return where to go after the login: only ever a path of ours, for a link can say anything."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isascii() and path.isprintable()
    return path if is_own else "/"


async def _form(request: Request) -> dict[str, str]:
    """Return what was sent; nothing of what the page cannot have sent, which logs nobody in."""
    try:
        return await form_of(request)
    except FormRefused:
        return {}


def _signed(token: str) -> str:
    """Return what the cookie says: nobody can tell the token from it, nor make it without."""
    return hmac.digest(token.encode(), b"somebody logged in to this sandbox", "sha256").hex()


def _same(given: bytes, expected: str) -> bool:
    """Tell whether bytes are that text in UTF-8, and not by how long it takes."""
    return hmac.compare_digest(given, expected.encode())
