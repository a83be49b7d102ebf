"""Customers as the sandbox's own API plays them: on the phone, and in the card form."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import models, shapes
from sandbox.control.endpoints import Endpoint
from sandbox.control.parsing import understood
from sandbox.control.problems import Problem
from sandbox.control.units import UNIT, Units, json_response, phone_number_of
from sandbox.control.views import card_view, customer_view
from sandbox.domain import approval, card_form
from sandbox.domain.commands import AnswerBank, ConfigureCustomer, CustomerAction, EnterCard, ForgetConsent

__all__ = ["endpoints"]


class _Customers:
    """The endpoints, each a method that takes the request."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def show_customer(self, request: Request) -> Response:
        """Show a customer, and what the phone shows now."""
        return json_response(customer_view(self._units.of(request), phone_number_of(request)))

    async def configure_customer(self, request: Request) -> Response:
        """Say how a customer behaves, and who that is; replaces what was said before."""
        phone_number = phone_number_of(request)
        asked = understood(models.CustomerChange, await request.body())
        unit = self._units.of(request)
        unit.do(approval.configure_customer, ConfigureCustomer(customer=asked.to_domain(phone_number)))
        return json_response(customer_view(unit, phone_number))

    async def forget_consent(self, request: Request) -> Response:
        """Withdraw a customer's consent, as in the app's profile."""
        phone_number, unit = phone_number_of(request), self._units.of(request)
        unit.do(approval.forget_consent, ForgetConsent(phone_number=phone_number))
        return json_response(customer_view(unit, phone_number))

    async def show_card_form(self, request: Request) -> Response:
        """Show the card form of a payment by card."""
        unit = self._units.of(request)
        return json_response(card_view(unit.up_to_date().payment(request.path_params["reference"])))

    async def use_card_form(self, request: Request) -> Response:
        """Enter a card, or answer what the bank asks (3-D Secure)."""
        asked = understood(models.CardStep, await request.body())
        unit, reference = self._units.of(request), request.path_params["reference"]
        if asked.number is not None:
            unit.do(card_form.enter_card, EnterCard(reference=reference, number=asked.number))
        else:
            unit.do(card_form.answer_bank, AnswerBank(reference=reference, confirms=asked.action == "confirm"))
        return json_response(card_view(unit.state.payment(reference)))

    async def act_as_customer(self, request: Request) -> Response:
        """Do something on the phone, as its customer."""
        phone_number = phone_number_of(request)
        action = request.path_params["action"]
        if action not in list(CustomerAction):
            raise Problem(404, "Not found", f"A customer can {', '.join(CustomerAction)}; not {action!r}.")
        asked = understood(models.CustomerActOn, await request.body())
        unit = self._units.of(request)
        await unit.shipping_known(asked.reference)
        unit.customer_does(
            CustomerAction(action), asked.reference, phone_number, shipping_option_id=asked.shipping_option_id
        )
        await unit.shipping_known(asked.reference)
        return json_response(customer_view(unit, phone_number))


def endpoints(units: Units) -> tuple[Endpoint, ...]:
    told = _Customers(units)
    return (
        Endpoint(
            method="GET",
            path=f"{UNIT}/customers/{{phone}}",
            does=told.show_customer,
            tag="Customers",
            answers={200: shapes.CustomerView},
        ),
        Endpoint(
            method="PUT",
            path=f"{UNIT}/customers/{{phone}}",
            does=told.configure_customer,
            tag="Customers",
            takes=models.CustomerChange,
            answers={200: shapes.CustomerView},
        ),
        Endpoint(
            method="DELETE",
            path=f"{UNIT}/customers/{{phone}}/consent",
            does=told.forget_consent,
            tag="Customers",
            answers={200: shapes.CustomerView},
        ),
        Endpoint(
            method="GET",
            path=f"{UNIT}/payments/{{reference}}/card",
            does=told.show_card_form,
            tag="Customers",
            answers={200: shapes.CardView},
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/payments/{{reference}}/card",
            does=told.use_card_form,
            tag="Customers",
            takes=models.CardStep,
            answers={200: shapes.CardView},
            refuses=(409,),
        ),
        Endpoint(
            method="POST",
            path=f"{UNIT}/customers/{{phone}}/{{action}}",
            does=told.act_as_customer,
            tag="Customers",
            takes=models.CustomerActOn,
            answers={200: shapes.CustomerView},
            refuses=(409,),
        ),
    )
