"""How the dashboard answers: with a page, with the way to another, or with words for what it refuses."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.control.dashboard.pages import ProblemPage
from sandbox.control.problems import Problem
from sandbox.domain.errors import Refusal, UnknownReference
from sandbox.ui import FormRefused, frame_of, page_response, rendered

__all__ = ["TEMPLATES", "Endpoint", "answer_with", "in_words", "problem_page", "routes_of", "see"]

TEMPLATES: Final = Path(__file__).parent / "templates"

Endpoint = Callable[[Request], Awaitable[Response]]


def answer_with(request: Request, template: str, page: object, *, frames: str = "'none'") -> Response:
    """Return a template with what it shows."""
    return page_response(rendered(TEMPLATES / template, page, frame_of(request)), frames=frames)


def see(url: str) -> Response:
    return RedirectResponse(url, 303)


def problem_page(status: int, heading: str, text: str) -> Response:
    return page_response(rendered(TEMPLATES / "problem.html", ProblemPage(heading, text, "/")), status)


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
        try:
            return await endpoint(request)
        except Problem as problem:
            return problem_page(problem.status, problem.title, str(problem))
        except FormRefused as refused:
            return problem_page(refused.status, refused.heading, str(refused))
        except Refusal as refusal:
            status = 404 if isinstance(refusal, UnknownReference) else 409
            return problem_page(status, "There is no such payment" if status == 404 else "Not now", str(refusal))

    return answer
