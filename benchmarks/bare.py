"""The reference: a bare Starlette app that validates an equal body, stores it and gives an equal answer.

It looks at no header and keeps no log; what the sandbox takes longer is the price of being a sandbox.
Run as `python -m benchmarks.bare PORT`.
"""

import gc
import sys
from enum import StrEnum
from typing import Annotated, Any, Final

import uvicorn
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# As long as the sandbox's own, and not calculated.
_TOKEN: Final = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + 59 * "e" + "." + 43 * "s"
_PSP_REFERENCE: Final = "5a0d50b1-9d3c-4c5e-8f5b-000000654321"


class Currency(StrEnum):
    NOK = "NOK"
    DKK = "DKK"
    EUR = "EUR"


class UserFlow(StrEnum):
    WEB_REDIRECT = "WEB_REDIRECT"
    PUSH_MESSAGE = "PUSH_MESSAGE"


class PaymentMethodType(StrEnum):
    WALLET = "WALLET"
    CARD = "CARD"


class Wire(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class Amount(Wire):
    currency: Currency
    value: Annotated[int, Field(ge=0, le=65_000_000)]


class Customer(Wire):
    phone_number: str | None = None


class PaymentMethod(Wire):
    type: PaymentMethodType


class CreatePayment(Wire):
    amount: Amount
    payment_method: PaymentMethod
    reference: Annotated[str, Field(pattern="^[a-zA-Z0-9-]{8,64}$")]
    user_flow: UserFlow
    customer: Customer | None = None
    payment_description: Annotated[str, Field(min_length=3, max_length=100)] | None = None
    return_url: Annotated[str, Field(max_length=2500)] | None = None


payments: dict[str, CreatePayment] = {}


def redirect_url(request: Request, reference: str) -> str:
    return f"http://{request.headers['host']}/landing?token={_TOKEN}"


async def create_payment(request: Request) -> Response:
    payment = CreatePayment.model_validate_json(await request.body())
    payments[payment.reference] = payment
    answer = {"reference": payment.reference, "redirectUrl": redirect_url(request, payment.reference)}
    return JSONResponse(answer, 201)


async def get_payment(request: Request) -> Response:
    payment = payments.get(request.path_params["reference"])
    if payment is None:
        return JSONResponse({"title": "Reference not found"}, 404)
    currency = payment.amount.currency.value
    nothing = {"currency": currency, "value": 0}
    answer: dict[str, Any] = {
        "aggregate": {
            "authorizedAmount": nothing,
            "cancelledAmount": nothing,
            "capturedAmount": nothing,
            "refundedAmount": nothing,
        },
        "amount": {"currency": currency, "value": payment.amount.value},
        "state": "CREATED",
        "paymentMethod": {"type": payment.payment_method.type.value},
        "profile": {},
        "pspReference": _PSP_REFERENCE,
        "reference": payment.reference,
        "redirectUrl": redirect_url(request, payment.reference),
    }
    return JSONResponse(answer)


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


app = Starlette(
    routes=[
        Route("/sandbox/health", health, methods=["GET"]),
        Route("/epayment/v1/payments", create_payment, methods=["POST"]),
        Route("/epayment/v1/payments/{reference}", get_payment, methods=["GET"]),
    ]
)


if __name__ == "__main__":
    # The same settings as the sandbox's own server has.
    gc.freeze()
    gc.set_threshold(700, 10, 1000)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
