"""The Order Management API: the link that a customer finds at a payment.

It does not ask whether the order exists, so it may be called before the payment is created.
Source: Order Management OpenAPI 2.1, v2.
"""

from base64 import b64encode

from pydantic import BaseModel, Field

from sandbox.client._models import Category, OrderDetails
from sandbox.client._requests import Body, encoded
from sandbox.client._session import Session, call, segment, understood
from sandbox.client._steps import Steps

__all__ = ["add_receipt", "get_order", "put_category", "upload_image"]


class _UploadedImage(BaseModel):
    image_id: str = Field(alias="imageId")


def put_category(vipps: Session, payment_type: str, order_id: str, category: Category | Body) -> Steps[str]:
    """Set or replace the order's link, and return the id of it.

    *payment_type* is `ecom` or `recurring`; *order_id* is the payment's reference.
    """
    body = category.body() if isinstance(category, Category) else category
    path = f"/order-management/v2/{segment(payment_type)}/categories/{segment(order_id)}"
    return understood(str, (yield from call(vipps, "PUT", path, content=encoded(body))))


def add_receipt(vipps: Session, payment_type: str, order_id: str, receipt: Body) -> Steps[str]:
    """Give the order its receipt, which cannot be changed, and return the id of it.

    *receipt* holds `orderLines` and `bottomLine` as Vipps spells them.

    Raises:
        Conflict: the order has a receipt already.
    """
    path = f"/order-management/v2/{segment(payment_type)}/receipts/{segment(order_id)}"
    return understood(str, (yield from call(vipps, "POST", path, content=encoded(receipt))))


def upload_image(vipps: Session, image_id: str, content: bytes) -> Steps[str]:
    """Upload a picture (PNG or JPEG) that categories can refer to by *image_id*; it cannot be changed."""
    body = {"imageId": image_id, "src": b64encode(content).decode(), "type": "base64"}
    response = yield from call(vipps, "POST", "/order-management/v1/images", content=encoded(body))
    return understood(_UploadedImage, response).image_id


def get_order(vipps: Session, payment_type: str, order_id: str) -> Steps[OrderDetails]:
    """Return the link and the receipt that the order has."""
    path = f"/order-management/v2/{segment(payment_type)}/{segment(order_id)}"
    return understood(OrderDetails, (yield from call(vipps, "GET", path)))
