"""The routes of the customer's pages."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.links import LANDING_PAGE, QR_PNG, QR_SVG
from sandbox.phone.answers import Sorry, in_words, problem_page
from sandbox.phone.app import App
from sandbox.phone.landing import LandingPage
from sandbox.phone.places import PHONE
from sandbox.world import World

__all__ = ["routes"]

_REQUEST: Final = f"{PHONE}/{{phone}}/requests/{{msn}}/{{reference}}"
_ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def routes(world: World, *, public_url: str | None = None) -> list[Route]:
    """Return the routes; whatever else is asked below them gets a page with words too."""
    landing, app = LandingPage(world, public_url), App(world)
    forms = {
        f"{LANDING_PAGE}/number": landing.enter_number,
        f"{LANDING_PAGE}/cancel": landing.cancel,
        f"{_REQUEST}/{{action}}": app.act,
    }
    return [
        Route(LANDING_PAGE, in_words(landing.show), methods=["GET"]),
        Route(f"{LANDING_PAGE}/waiting", in_words(landing.wait), methods=["GET"]),
        Route(QR_SVG, in_words(landing.draw_svg), methods=["GET"]),
        Route(QR_PNG, in_words(landing.draw_png), methods=["GET"]),
        Route(f"{PHONE}/{{phone}}", in_words(app.show_inbox), methods=["GET"]),
        Route(_REQUEST, in_words(app.show_request), methods=["GET"]),
        Route(f"{_REQUEST}/details", in_words(app.show_details), methods=["GET"]),
        *(Route(path, in_words(endpoint), methods=["POST"]) for path, endpoint in forms.items()),
        *(Route(path, in_words(_form_only), methods=["GET"]) for path in forms),
        *(
            Route(path, in_words(_nothing_here), methods=list(_ANY_METHOD))
            for room in (LANDING_PAGE, PHONE)
            for path in (room, f"{room}/{{rest:path}}")
        ),
    ]


async def _form_only(request: Request) -> Response:
    text = "This address only takes what a button sends. Go back to the page with the button."
    response = problem_page(405, "Nothing to show", text)
    response.headers["Allow"] = "POST"
    return response


async def _nothing_here(request: Request) -> Response:
    raise Sorry(
        404,
        "There is no such page",
        f"A customer's phone is at {PHONE}/ and the phone number, such as {PHONE}/4791234567; "
        "a landing page is where a payment's redirectUrl leads.",
    )
