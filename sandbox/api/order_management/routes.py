"""The operations of the Order Management API. Source: Order Management OpenAPI 2.1 and guide."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal
from urllib.parse import parse_qs
from uuid import UUID

from pydantic import BaseModel

from sandbox.api.gateway import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.dotnet import must_match, required
from sandbox.api.gateway.merchant_headers import MSN
from sandbox.api.gateway.operations import JSON, Handler, Parameter, Shape
from sandbox.api.gateway.parsing import parse
from sandbox.api.gateway.problems import FieldError, InvalidInput, ResourceNotFound
from sandbox.api.order_management import models
from sandbox.api.order_management.problems import PROBLEMS, ErrorResponse, refuse, reject_input
from sandbox.api.receipts import Receipt, ReceiptResponse, receipt_view
from sandbox.domain import errors, orders
from sandbox.domain.commands import AttachCategory, AttachReceipt, PaymentType, RemoveCategory, UploadImage
from sandbox.domain.errors import ImageInvalid, OrderUnknown, Refusal
from sandbox.domain.facts import CategoryAttached
from sandbox.domain.identity import receipt_id
from sandbox.domain.sales_unit import Profile
from sandbox.domain.urls import UrlKind, url_kind

__all__ = ["OPERATIONS"]

_PREFIX: Final = "/order-management"
_PaymentTypeInPath = Literal["ecom", "recurring"]
_ORDER_ID: Final = re.compile(r"[0-9A-Za-z\-_.]+")
_IMAGE_BODY: Final = 4 * 1024 * 1024  # 2 MB of picture in base64, and what is a little too large to be told so

API: Final = Api(
    name="Order Management",
    refuse=refuse,
    reject_input=reject_input,
    problem=ErrorResponse,
    problem_content_type=JSON,
    problems=PROBLEMS,
    params={"payment_type": _PaymentTypeInPath, "order_id": models.OrderId, "category_id": UUID},
)


# --- Images ---------------------------------------------------------------------------------------------


def post_image(call: Call) -> Answer:
    """Upload a picture for categories to refer to."""
    _check_header_and_prefix(call)
    body = parse(models.Image, call)
    try:
        content = b64decode(body.src, validate=True)
    except (NotBase64, ValueError) as error:
        raise ImageInvalid("The field Src must be the picture's bytes in base64, without a data: prefix.") from error
    call.unit.do(orders.upload_image, UploadImage(image_id=body.image_id, content=content))
    return json_answer({"imageId": body.image_id})


# --- Version 2 ------------------------------------------------------------------------------------------


def put_category(call: Call) -> Answer:
    """Give an order a link button, in place of any that it has."""
    payment_type, order_id = _order(call)
    return json_answer(_attach(call, parse(models.Order, call).to_domain(payment_type, order_id)).category_id)


def post_receipt(call: Call) -> Answer:
    """Give an order its receipt."""
    payment_type, order_id = _order(call)
    _attach_receipt(call, payment_type, order_id)
    return json_answer(receipt_id(call.unit.msn, payment_type, order_id), 201)


def get_order(call: Call) -> Answer:
    """Get an order's category and receipt."""
    payment_type, order_id = _order(call)
    order = orders.order(call.state, payment_type, order_id)
    answer: models.OrderResponse = {}
    if order.category is not None:
        answer["category"] = _order_view(order.category)
    if order.receipt is not None:
        answer["receipt"] = receipt_view(order.receipt)
    return json_answer(answer)


# --- Version 3 ------------------------------------------------------------------------------------------


def post_category(call: Call) -> Answer:
    """Give an order a link button beside those that it has."""
    _check_header_and_prefix(call)
    attached = _attach(call, parse(models.AddCategoryRequest, call).to_domain())
    return json_answer({"categoryId": attached.category_id}, 201)


def get_categories(call: Call) -> Answer:
    """Get an order's link buttons."""
    _check_header_and_prefix(call)
    asked = parse_qs(call.query.decode("latin-1")).get("orderId")
    if not asked:
        raise InvalidInput(FieldError("orderId", required("OrderId")))
    found = orders.categories_of(call.state, _checked_order_id(asked[0]))
    return json_answer({"categories": [_category_view(category) for category in found]})


def get_category(call: Call) -> Answer:
    """Get a link button."""
    return json_answer(_category_view(orders.category(call.state, _category_id(call))))


def delete_category(call: Call) -> Answer:
    """Take a link button away."""
    call.unit.do(orders.remove_category, RemoveCategory(category_id=_category_id(call)))
    return Answer(200)


# --- Version 1, deprecated: its transaction is an order of type ECOM ------------------------------------


def put_order_v1(call: Call) -> Answer:
    """Give an order a link button; deprecated."""
    order_id = _transaction(call)
    _attach(call, parse(models.Order, call).to_domain(PaymentType.ECOM, order_id))
    return Answer(200)


def get_order_v1(call: Call) -> Answer:
    """Get an order's link button; deprecated."""
    order_id = _transaction(call)
    category = orders.order(call.state, PaymentType.ECOM, order_id).category
    if category is None:
        raise OrderUnknown(PaymentType.ECOM, order_id)
    answer: models.OrderV1Response = {"category": category.category, "orderDetailsUrl": category.order_details_url}
    if category.image_id is not None:
        answer["imageIds"] = [{"id": category.image_id, "sortOrder": 1}]
    return json_answer(answer)


def post_receipt_v1(call: Call) -> Answer:
    """Give an order its receipt; deprecated."""
    _attach_receipt(call, PaymentType.ECOM, _transaction(call))
    return Answer(200)


def get_receipt_v1(call: Call) -> Answer:
    """Get an order's receipt; deprecated."""
    order_id = _transaction(call)
    receipt = orders.order(call.state, PaymentType.ECOM, order_id).receipt
    if receipt is None:
        raise OrderUnknown(PaymentType.ECOM, order_id)
    return json_answer(receipt_view(receipt))


# --- What they share ------------------------------------------------------------------------------------


def _attach(call: Call, command: AttachCategory) -> CategoryAttached:
    attached = call.unit.do(orders.attach_category, command)[0]
    if url_kind(command.order_details_url) is UrlKind.LOCAL:
        call.note("The category's link is http to a local host: production takes https only.")
    return attached


def _attach_receipt(call: Call, payment_type: PaymentType, order_id: str) -> None:
    receipt = parse(Receipt, call).to_domain()
    command = AttachReceipt(payment_type=payment_type, order_id=order_id, receipt=receipt)
    call.unit.do(orders.attach_receipt, command)
    payment = call.unit.state.payments.get(order_id)
    if payment is None or payment_type is not PaymentType.ECOM:
        return
    if receipt.total != payment.amount.value:
        call.note(f"The receipt's lines sum to {receipt.total}, the payment is of {payment.amount.value}.")
    if receipt.bottom_line.currency is not payment.amount.currency:
        call.note(f"The receipt is in {receipt.bottom_line.currency}, the payment in {payment.amount.currency}.")


def _check_header_and_prefix(call: Call) -> None:
    if MSN not in call.headers:
        if call.unit.state.settings.profile is Profile.STRICT:
            raise InvalidInput(FieldError("Merchant-Serial-Number", required("Merchant-Serial-Number")))
        call.note("The header Merchant-Serial-Number is missing: this API of production may answer 400.")
    if not call.path.startswith(_PREFIX):
        if call.unit.state.settings.profile is Profile.STRICT:
            raise ResourceNotFound(
                f"This API is below {_PREFIX}; without it only the lenient profile finds it.",
                nearest=f"{call.operation.method} {_PREFIX}{call.operation.path}",
                differs=(f"it lacks the prefix {_PREFIX}",),
            )
        call.note(f"The path lacks {_PREFIX}: production serves this API below it only.")


def _order(call: Call) -> tuple[PaymentType, str]:
    """Return what the path names; the payment type counts in any case, as Vipps's own samples have it."""
    _check_header_and_prefix(call)
    payment_type = call.params["payment_type"]
    if payment_type.upper() not in list(PaymentType):
        raise InvalidInput(FieldError("paymentType", f"The value '{payment_type[:100]}' is not valid."))
    return PaymentType(payment_type.upper()), _checked_order_id(call.params["order_id"])


def _transaction(call: Call) -> str:
    _check_header_and_prefix(call)
    call.note("Version 1 is deprecated: version 2 has all of it.")
    return _checked_order_id(call.params["order_id"])


def _checked_order_id(order_id: str) -> str:
    if not _ORDER_ID.fullmatch(order_id):
        raise InvalidInput(FieldError("orderId", must_match("OrderId", models.ID_PATTERN)))
    return order_id


def _category_id(call: Call) -> str:
    _check_header_and_prefix(call)
    text = call.params["category_id"]
    try:
        return str(UUID(text))
    except ValueError as error:
        raise InvalidInput(FieldError("categoryId", f"The value '{text[:100]}' is not valid.")) from error


def _order_view(category: AttachCategory) -> models.OrderCategory:
    view: models.OrderCategory = {"category": category.category, "orderDetailsUrl": category.order_details_url}
    if category.image_id is not None:
        view["imageId"] = category.image_id
    return view


def _category_view(attached: CategoryAttached) -> models.CategoryResponse:
    command = attached.command
    view: models.CategoryResponse = {
        "categoryId": attached.category_id,
        "orderId": command.order_id,
        "paymentType": command.payment_type,
        "type": command.category,
        "url": command.order_details_url,
    }
    if command.image_id is not None:
        view["imageId"] = command.image_id
    return view


def _operation(
    id_: str,
    place: str,
    handler: Handler,
    answers: Mapping[int, Shape],
    *,
    takes: type[BaseModel] | None = None,
    refuses: tuple[type[Refusal], ...] = (),
    parameters: tuple[Parameter, ...] = (),
    body_limit: int = 1024 * 1024,
) -> Operation:
    """Return an operation, given its method and path below the API's prefix."""
    method, path = place.split()
    return Operation(
        id=id_,
        api=API,
        method=method,
        path=_PREFIX + path,
        handler=handler,
        takes=takes,
        parameters=parameters,
        answers=answers,
        refuses=refuses,
        body_limit=body_limit,
    )


_ORDER_ID_ASKED: Final = Parameter(
    name="orderId", place="query", shape=models.OrderId, about="Whose link buttons are asked for."
)
_BAD_CATEGORY: Final = (errors.OrderUrlInvalid, errors.ImageUnknown)

_SPECIFIED: Final = (
    _operation(
        "post-image",
        "POST /v1/images",
        post_image,
        {200: models.ImageResponse},
        takes=models.Image,
        refuses=(errors.ImageInvalid, errors.ImageTaken),
        body_limit=_IMAGE_BODY,
    ),
    _operation(
        "put-order", "PUT /v1/orders/{order_id}", put_order_v1, {200: None}, takes=models.Order, refuses=_BAD_CATEGORY
    ),
    _operation(
        "get-order",
        "GET /v1/orders/{order_id}",
        get_order_v1,
        {200: models.OrderV1Response},
        refuses=(errors.OrderUnknown,),
    ),
    _operation(
        "post-receipt",
        "POST /v1/receipts/{order_id}",
        post_receipt_v1,
        {200: None},
        takes=Receipt,
        refuses=(errors.ReceiptTaken,),
    ),
    _operation(
        "get-receipt",
        "GET /v1/receipts/{order_id}",
        get_receipt_v1,
        {200: ReceiptResponse},
        refuses=(errors.OrderUnknown,),
    ),
    _operation(
        "put-category-v2",
        "PUT /v2/{payment_type}/categories/{order_id}",
        put_category,
        {200: str},
        takes=models.Order,
        refuses=_BAD_CATEGORY,
    ),
    _operation(
        "post-receipt-v2",
        "POST /v2/{payment_type}/receipts/{order_id}",
        post_receipt,
        {201: str},
        takes=Receipt,
        refuses=(errors.ReceiptTaken,),
    ),
    _operation(
        "get-order-v2",
        "GET /v2/{payment_type}/{order_id}",
        get_order,
        {200: models.OrderResponse},
        refuses=(errors.OrderUnknown,),
    ),
    _operation(
        "post-category-v3",
        "POST /v3/categories",
        post_category,
        {201: models.AddCategoryResponse},
        takes=models.AddCategoryRequest,
        refuses=_BAD_CATEGORY,
    ),
    _operation(
        "get-categories-v3",
        "GET /v3/categories",
        get_categories,
        {200: models.GetCategoriesResponse},
        parameters=(_ORDER_ID_ASKED,),
    ),
    _operation(
        "get-category-v3",
        "GET /v3/categories/{category_id}",
        get_category,
        {200: models.CategoryResponse},
        refuses=(errors.CategoryUnknown,),
    ),
    _operation(
        "delete-category-v3",
        "DELETE /v3/categories/{category_id}",
        delete_category,
        {200: None},
        refuses=(errors.CategoryUnknown,),
    ),
)

OPERATIONS: Final = (
    *_SPECIFIED,
    # As Vipps's own plugin calls it.
    replace(_SPECIFIED[0], path=f"{_SPECIFIED[0].path}/", specified=False),
    replace(_SPECIFIED[0], path=f"{_SPECIFIED[0].path.removeprefix(_PREFIX)}/", specified=False),
    # The documentation of 2023 left the prefix out.
    *(replace(one, path=one.path.removeprefix(_PREFIX), specified=False) for one in _SPECIFIED),
)
