"""How the customer's pages answer: a page, a way on, or a page that says in words why not."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox.domain import errors
from sandbox.domain.errors import Refusal
from sandbox.phone.pages.parts import Link, Page, ProblemPage
from sandbox.phone.places import PHONE, payments_url
from sandbox.phone.rendering import render
from sandbox.phone.words import ENGLISH, LANGUAGES, Words
from sandbox.ui import FormRefused, Framing, frame_of, page_headers, page_response

__all__ = ["Endpoint", "Sorry", "in_words", "keep", "problem_page", "send_to", "show", "words_for"]

Endpoint = Callable[[Request], Awaitable[Response]]

_A_YEAR: Final = 365 * 24 * 60 * 60  # seconds

_REFUSED: Final[Mapping[type[Refusal], tuple[int, str]]] = {
    errors.CustomerNotFound: (404, "Nobody has this phone"),
    errors.NotOnScreen: (409, "Not on the screen now"),
    errors.ShippingOptionUnknown: (409, "Not shipped like that"),
    errors.UnknownReference: (404, "There is no such payment"),
}


class Sorry(Exception):
    """A page with words instead of what was asked for."""

    def __init__(self, status: int, heading: str, text: str, link: Link | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.page = ProblemPage(words=ENGLISH, heading=heading, text=text, link=link)


def show(
    request: Request, page: Page, status: int = 200, *, framing: Framing | None = None, frames: str = "'none'"
) -> Response:
    """Answer with a page.

    Args:
        framing: Who may show it in a frame; without it, a page of ours may show a phone and nobody anything else.
        frames: What the page may show in frames; see `page_headers`.
    """
    html = render(page, frame_of(request).theme)
    return page_response(html, status, framing=framing or _framing(request), frames=frames)


def problem_page(status: int, heading: str, text: str) -> Response:
    return page_response(render(ProblemPage(words=ENGLISH, heading=heading, text=text, link=None)), status)


def send_to(url: str, status: int = 303) -> Response:
    """Send the browser on to *url*, byte for byte as it is: nothing quoted, nothing added.

    Args:
        url: Without control characters; what is not ASCII goes out as UTF-8, as browsers read it.
    """
    response = Response(status_code=status, headers=page_headers())
    response.raw_headers.append((b"location", url.encode()))
    return response


def keep(response: Response, name: str, value: str, path: str) -> Response:
    """Have the browser keep a choice for a year, for the pages below *path*; an empty value forgets it."""
    if value:
        response.set_cookie(name, value, max_age=_A_YEAR, path=path, httponly=True, samesite="lax")
    else:
        response.delete_cookie(name, path=path, httponly=True, samesite="lax")
    return response


def words_for(request: Request, default: Words) -> Words:
    """Return the language that was chosen in this browser for these pages, or else *default*."""
    return LANGUAGES.get(request.cookies.get("language", ""), default)


def in_words(endpoint: Endpoint) -> Endpoint:
    """Return *endpoint* with a page for all that it refuses."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Sorry as sorry:
            return show(request, sorry.page, sorry.status)
        except FormRefused as refused:
            page = ProblemPage(words=ENGLISH, heading=refused.heading, text=str(refused), link=None)
            return show(request, page, refused.status)
        except tuple(_REFUSED) as refusal:
            return _refused(request, refusal)

    return answer


def _refused(request: Request, refusal: Refusal) -> Response:
    status, heading = _REFUSED[type(refusal)]
    link = None
    if isinstance(refusal, errors.NotOnScreen):
        link = Link("To what this phone shows", payments_url(refusal.phone_number))
    return show(request, ProblemPage(words=ENGLISH, heading=heading, text=str(refusal), link=link), status)


def _framing(request: Request) -> Framing:
    return Framing.OWN_PAGES if request.url.path.startswith(f"{PHONE}/") else Framing.NOBODY
