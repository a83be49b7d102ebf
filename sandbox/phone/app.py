"""The simulated app: what one phone shows, over all sales units, and what its owner does.

Everything that is done passes `approval.act`; the pages only show what it allows now.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.domain.commands import CustomerAction
from sandbox.phone.answers import Sorry, keep, send_to, show
from sandbox.phone.cards import card_by_id
from sandbox.phone.express import shipping_page
from sandbox.phone.history import return_page
from sandbox.phone.inbox import lock_page, payments_page
from sandbox.phone.looking import payment_looked_at, phone_of, pulse_of, unit_of
from sandbox.phone.orders import category_of, details_page, order_page
from sandbox.phone.places import lock_screen_url, payments_url, request_url
from sandbox.phone.requests import cards_page, screen
from sandbox.phone.words import LANGUAGES
from sandbox.ui import form_of
from sandbox.world import World

__all__ = ["App"]

_WEB_PAGES: Final = "http: https:"  # never the merchant's own words: they could say more than a source


class App:
    """The endpoints, each a method that takes the request."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show_lock_screen(self, request: Request) -> Response:
        return show(request, lock_page(self._world, phone_of(request, self._world)))

    async def show_payments(self, request: Request) -> Response:
        return show(request, payments_page(self._world, phone_of(request, self._world)))

    async def tell_pulse(self, request: Request) -> Response:
        """Tell whether there may be something new; the phone's own scripts ask this every second."""
        phone = phone_of(request, self._world)
        return PlainTextResponse(pulse_of(self._world, phone.number), headers={"Cache-Control": "no-store"})

    async def show_request(self, request: Request) -> Response:
        option_id = request.query_params.get("shipping")
        return show(request, screen(payment_looked_at(request, self._world), option_id))

    async def show_details(self, request: Request) -> Response:
        return show(request, details_page(payment_looked_at(request, self._world)))

    async def show_order(self, request: Request) -> Response:
        page = order_page(payment_looked_at(request, self._world))
        if page is None:
            raise Sorry(404, "There is no such page", "No link that can be followed was attached to this payment.")
        return show(request, page, frames=_WEB_PAGES)

    async def show_return(self, request: Request) -> Response:
        """The way back to the merchant in another browser than the one that the customer began in."""
        page = return_page(payment_looked_at(request, self._world))
        if page is None:
            raise Sorry(
                404, "There is no such page", "The app does not lead back to a web page of the merchant's now."
            )
        return show(request, page, frames=_WEB_PAGES)

    async def show_picture(self, request: Request) -> Response:
        """The category's picture, as the merchant uploaded it: PNG or JPEG by its own first bytes."""
        look = payment_looked_at(request, self._world)
        category = category_of(look)
        image = None if category is None else look.unit.state.images.get(category.image_id or "")
        if image is None:
            raise Sorry(404, "There is no such picture", "No picture was attached to this payment.")
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(image.content, headers=headers, media_type=image.media_type)

    async def show_cards(self, request: Request) -> Response:
        return show(request, cards_page(payment_looked_at(request, self._world)))

    async def show_shipping(self, request: Request) -> Response:
        option_id = request.query_params.get("shipping")
        return show(request, shipping_page(payment_looked_at(request, self._world), option_id))

    async def choose_card(self, request: Request) -> Response:
        form = await form_of(request)
        look = payment_looked_at(request, self._world)
        card = card_by_id(form.get("card"))
        return keep(send_to(f"{look.url}#edit-card"), "card", card.id, lock_screen_url(look.phone.number))

    async def choose_language(self, request: Request) -> Response:
        form = await form_of(request)
        phone = phone_of(request, self._world)
        language, here = form.get("language", ""), form.get("here", "")
        url = lock_screen_url(phone.number)
        back = here if here.startswith(f"{url}/") and here.isascii() and here.isprintable() else url
        return keep(send_to(back), "language", language if language in LANGUAGES else "", url)

    async def act(self, request: Request) -> Response:
        action = request.path_params["action"]
        if action not in list(CustomerAction):
            raise Sorry(404, "There is no such button", f"A customer can {', '.join(CustomerAction)}.")
        phone, unit = phone_of(request, self._world), unit_of(request, self._world)
        reference = request.path_params["reference"]
        option_id = (await form_of(request)).get("shipping_option")
        unit.customer_does(CustomerAction(action), reference, phone.number, shipping_option_id=option_id)
        if action == CustomerAction.PAY_LATER:
            return send_to(payments_url(phone.number))
        return send_to(request_url(phone.number, unit.msn, reference))
