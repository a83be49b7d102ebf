"""How the dashboard answers: with a page, with the way to another, or with words for what it refuses."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.control.dashboard.pages import ProblemPage
from sandbox.control.dashboard.places import unit_url
from sandbox.control.problems import Problem
from sandbox.domain.errors import DeliveryUnknown, FaultUnknown, Refusal, RegistrationUnknown, UnknownReference
from sandbox.ui import FormRefused, frame_of, page_response, rendered

__all__ = ["TEMPLATES", "Endpoint", "NoSuchUnit", "answer_with", "in_words", "problem_page", "routes_of", "see"]

TEMPLATES: Final = Path(__file__).parent / "templates"

Endpoint = Callable[[Request], Awaitable[Response]]

_ANYWHERE: Final = "/"
_REFUSALS: Final[Mapping[type[Refusal], tuple[int, str]]] = {
    UnknownReference: (404, "There is no such payment"),
    # On a page that was drawn before somebody removed it, or began the sales unit anew.
    DeliveryUnknown: (404, "That is gone"),
    FaultUnknown: (404, "That is gone"),
    RegistrationUnknown: (404, "That is gone"),
}


class NoSuchUnit(Problem):
    """There is no sales unit of the serial number in the path, so no page of it to go back to."""

    def __init__(self, msn: str) -> None:
        text = f"There is no sales unit {msn} here: nobody has used it yet, or it was removed."
        super().__init__(404, "There is no such sales unit", text)


def answer_with(request: Request, template: str, page: object, *, frames: str = "'none'") -> Response:
    """Return a template with what it shows."""
    return page_response(rendered(TEMPLATES / template, page, frame_of(request)), frames=frames)


def see(url: str) -> Response:
    return RedirectResponse(url, 303)


def problem_page(status: int, heading: str, text: str, back: str = _ANYWHERE) -> Response:
    """Return a page of words, with a link to the part of the dashboard at *back*."""
    return page_response(rendered(TEMPLATES / "problem.html", ProblemPage(heading, text, back)), status)


def routes_of(
    reads: Mapping[str, Endpoint] | None = None, forms: Mapping[str, Endpoint] | None = None
) -> list[Route]:
    """Return the routes of pages by their paths, and of the forms that are sent; all refuse with a page of words."""
    return [
        *(Route(path, in_words(endpoint), methods=["GET"]) for path, endpoint in (reads or {}).items()),
        *(Route(path, in_words(endpoint), methods=["POST"]) for path, endpoint in (forms or {}).items()),
    ]


def in_words(endpoint: Endpoint) -> Endpoint:
    """Return *endpoint* with a page for all that it refuses."""

    async def answer(request: Request) -> Response:
        msn = request.path_params.get("msn")
        back = _ANYWHERE if msn is None else unit_url(msn)
        try:
            return await endpoint(request)
        except NoSuchUnit as problem:
            return problem_page(problem.status, problem.title, str(problem))
        except Problem as problem:
            return problem_page(problem.status, problem.title, str(problem), back)
        except FormRefused as refused:
            return problem_page(refused.status, refused.heading, str(refused), back)
        except Refusal as refusal:
            status, heading = _REFUSALS.get(type(refusal), (409, "Not now"))
            return problem_page(status, heading, str(refusal), back)

    return answer
