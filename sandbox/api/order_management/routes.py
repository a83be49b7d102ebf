"""The operations of the Order Management API. Source: Order Management OpenAPI 2.1 and guide."""

import re
from typing import Any, Final

from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.dotnet import must_match, required
from sandbox.api.gateway.gateway import MSN
from sandbox.api.gateway.operations import Handler
from sandbox.api.gateway.parsing import parse
from sandbox.api.gateway.problems import FieldError, InvalidInput
from sandbox.api.order_management.models import Category
from sandbox.api.order_management.problems import refuse, reject_input
from sandbox.api.receipts import receipt_view
from sandbox.domain import orders
from sandbox.domain.commands import AttachCategory, PaymentType
from sandbox.domain.identity import category_id
from sandbox.domain.sales_unit import Profile
from sandbox.domain.urls import UrlKind, url_kind

__all__ = ["OPERATIONS"]

_PREFIX: Final = "/order-management"
_ORDER_ID: Final = re.compile(r"[0-9A-Za-z\-_.]+")

API: Final = Api(name="Order Management", refuse=refuse, reject_input=reject_input)


def put_category(call: Call) -> Answer:
    payment_type, order_id = _order(call)
    body = parse(Category, call)
    command = AttachCategory(
        payment_type=payment_type,
        order_id=order_id,
        category=body.category,
        order_details_url=body.order_details_url,
        image_id=body.image_id,
    )
    call.unit.do(orders.attach_category, command)
    if url_kind(command.order_details_url) is UrlKind.LOCAL:
        call.note("orderDetailsUrl is http to a local host: production takes https only.")
    return json_answer(category_id(call.unit.msn, payment_type, order_id))


def get_order(call: Call) -> Answer:
    payment_type, order_id = _order(call)
    order = orders.order(call.state, payment_type, order_id)
    answer: dict[str, Any] = {}
    if order.category is not None:
        answer["category"] = _category_view(order.category)
    if order.receipt is not None:
        answer["receipt"] = receipt_view(order.receipt)
    return json_answer(answer)


def _order(call: Call) -> tuple[PaymentType, str]:
    """Return what the path names; the payment type counts in any case, as Vipps's own samples have it."""
    if MSN not in call.headers:
        if call.unit.state.settings.profile is Profile.STRICT:
            raise InvalidInput(FieldError("Merchant-Serial-Number", required("Merchant-Serial-Number")))
        call.note("The header Merchant-Serial-Number is missing: this API of production may answer 400.")
    payment_type, order_id = call.params["payment_type"], call.params["order_id"]
    if payment_type.upper() not in list(PaymentType):
        raise InvalidInput(FieldError("paymentType", f"The value '{payment_type}' is not valid."))
    if not _ORDER_ID.fullmatch(order_id):
        raise InvalidInput(FieldError("orderId", must_match("OrderId", r"^[0-9A-Za-z-_\.]+$")))
    if not call.path.startswith(_PREFIX):
        call.note(f"The path lacks {_PREFIX}: production serves this API below it only.")
    return PaymentType(payment_type.upper()), order_id


def _category_view(category: AttachCategory) -> dict[str, str]:
    view = {"category": category.category.value, "orderDetailsUrl": category.order_details_url}
    if category.image_id is not None:
        view["imageId"] = category.image_id
    return view


def _with_and_without_prefix(id_: str, method: str, path: str, handler: Handler) -> tuple[Operation, Operation]:
    """The documentation of 2023 left the prefix out, so both forms are served."""
    return (
        Operation(id=id_, api=API, method=method, path=_PREFIX + path, handler=handler),
        Operation(id=id_, api=API, method=method, path=path, handler=handler),
    )


OPERATIONS: Final = (
    *_with_and_without_prefix("put-category-v2", "PUT", "/v2/{payment_type}/categories/{order_id}", put_category),
    *_with_and_without_prefix("get-order-v2", "GET", "/v2/{payment_type}/{order_id}", get_order),
)
