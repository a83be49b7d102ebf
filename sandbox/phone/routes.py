"""The routes of the customer's pages."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.links import LANDING_PAGE, QR_PNG, QR_SVG
from sandbox.phone.answers import Sorry, in_words, show
from sandbox.phone.app import App
from sandbox.phone.landing import LandingPage
from sandbox.phone.pages.parts import ProblemPage
from sandbox.phone.places import PHONE, QR_PAGE, WAITING_PAGE
from sandbox.phone.words import ENGLISH
from sandbox.world import World

__all__ = ["routes"]

_ONE_PHONE: Final = f"{PHONE}/{{phone}}"
_REQUEST: Final = f"{_ONE_PHONE}/requests/{{msn}}/{{reference}}"
_ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def routes(world: World, *, public_url: str | None = None) -> list[Route]:
    """Return the routes; whatever else is asked below them gets a page with words too."""
    landing, app = LandingPage(world, public_url), App(world)
    shown = {
        LANDING_PAGE: landing.show,
        WAITING_PAGE: landing.wait,
        f"{LANDING_PAGE}/state": landing.tell_state,
        QR_PAGE: landing.show_qr,
        QR_SVG: landing.draw_svg,
        QR_PNG: landing.draw_png,
        _ONE_PHONE: app.show_lock_screen,
        f"{_ONE_PHONE}/payments": app.show_payments,
        f"{_ONE_PHONE}/pulse": app.tell_pulse,
        _REQUEST: app.show_request,
        f"{_REQUEST}/details": app.show_details,
        f"{_REQUEST}/order": app.show_order,
        f"{_REQUEST}/return": app.show_return,
        f"{_REQUEST}/picture": app.show_picture,
        f"{_REQUEST}/cards": app.show_cards,
        f"{_REQUEST}/shipping": app.show_shipping,
    }
    forms = {
        f"{LANDING_PAGE}/number": landing.enter_number,
        f"{LANDING_PAGE}/app": landing.open_app,
        f"{LANDING_PAGE}/card": landing.enter_card,
        f"{LANDING_PAGE}/bank": landing.answer_bank,
        f"{LANDING_PAGE}/cancel": landing.cancel,
        f"{LANDING_PAGE}/back": landing.go_back,
        f"{LANDING_PAGE}/language": landing.choose_language,
        f"{_ONE_PHONE}/language": app.choose_language,
        f"{_REQUEST}/card": app.choose_card,
        f"{_REQUEST}/{{action}}": app.act,
    }
    return [
        *(Route(path, in_words(endpoint), methods=["GET"]) for path, endpoint in shown.items()),
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
    page = ProblemPage(words=ENGLISH, heading="Nothing to show", text=text, link=None)
    response = show(request, page, 405)
    response.headers["Allow"] = "POST"
    return response


async def _nothing_here(request: Request) -> Response:
    raise Sorry(
        404,
        "There is no such page",
        f"A customer's phone is at {PHONE}/ and the phone number, such as {PHONE}/4791234567; "
        "a landing page is where a payment's redirectUrl leads.",
    )
