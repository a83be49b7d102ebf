"""How the customer's pages answer: a page, a way on, or a page that says in words why not."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox.domain import errors
from sandbox.domain.errors import Refusal
from sandbox.phone.pages import Link, Page, ProblemPage
from sandbox.phone.places import inbox_url
from sandbox.phone.rendering import render

__all__ = ["Endpoint", "Sorry", "in_words", "problem_page", "send_to", "show"]

Endpoint = Callable[[Request], Awaitable[Response]]

# No form-action: browsers apply it to the redirects after a form too, and those end at any returnUrl.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    # Not no-referrer: browsers then send `Origin: null` with forms, and a page of ours looks like a foreign one.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_REFUSED: Final[Mapping[type[Refusal], tuple[int, str]]] = {
    errors.CustomerNotFound: (404, "Nobody has this phone"),
    errors.NotOnScreen: (409, "Not on the screen now"),
    errors.UnknownReference: (404, "There is no such payment"),
}


class Sorry(Exception):
    """A page with words instead of what was asked for."""

    def __init__(self, status: int, heading: str, text: str, link: Link | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.page = ProblemPage(heading=heading, text=text, link=link)


def show(page: Page, status: int = 200) -> Response:
    return Response(render(page), status, headers=_HEADERS, media_type="text/html; charset=utf-8")


def problem_page(status: int, heading: str, text: str, link: Link | None = None) -> Response:
    return show(ProblemPage(heading=heading, text=text, link=link), status)


def send_to(url: str, status: int = 303) -> Response:
    """Send the browser on to *url*, byte for byte as it is: nothing quoted, nothing added.

    Args:
        url: Without control characters; what is not ASCII goes out as UTF-8, as browsers read it.
    """
    response = Response(status_code=status, headers=_HEADERS)
    response.raw_headers.append((b"location", url.encode()))
    return response


def in_words(endpoint: Endpoint) -> Endpoint:
    """Return *endpoint* with a page for all that it refuses."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Sorry as sorry:
            return show(sorry.page, sorry.status)
        except tuple(_REFUSED) as refusal:
            return _refused(refusal)

    return answer


def _refused(refusal: Refusal) -> Response:
    status, heading = _REFUSED[type(refusal)]
    link = None
    if isinstance(refusal, errors.NotOnScreen):
        link = Link("To what this phone shows", inbox_url(refusal.phone_number))
    return problem_page(status, heading, str(refusal), link)
