"""The Order Management API: the link that a customer finds at a payment.

It does not ask whether the order exists, so it may be called before the payment is created.
Source: Order Management OpenAPI 2.1, v2.
"""

from sandbox.client._models import Category, OrderDetails
from sandbox.client._requests import Body, encoded
from sandbox.client._session import Session, call, segment, understood
from sandbox.client._steps import Steps

__all__ = ["get_order", "put_category"]


def put_category(vipps: Session, payment_type: str, order_id: str, category: Category | Body) -> Steps[str]:
    """Set or replace the order's link, and return the id of it.

    *payment_type* is `ecom` or `recurring`; *order_id* is the payment's reference.
    """
    body = category.body() if isinstance(category, Category) else category
    path = f"/order-management/v2/{segment(payment_type)}/categories/{segment(order_id)}"
    return understood(str, (yield from call(vipps, "PUT", path, content=encoded(body))))


def get_order(vipps: Session, payment_type: str, order_id: str) -> Steps[OrderDetails]:
    """Return the link and the receipt that the order has."""
    path = f"/order-management/v2/{segment(payment_type)}/{segment(order_id)}"
    return understood(OrderDetails, (yield from call(vipps, "GET", path)))
