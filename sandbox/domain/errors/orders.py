"""Refusals of Order Management: something cannot be kept for an order, or is not there."""

from sandbox.domain.errors.refusal import Refusal

__all__ = [
    "CategoryUnknown",
    "ImageInvalid",
    "ImageTaken",
    "ImageUnknown",
    "OrderRefusal",
    "OrderUnknown",
    "OrderUrlInvalid",
    "ReceiptTaken",
]


class OrderRefusal(Refusal): ...


class OrderUnknown(OrderRefusal):
    payment_type: str
    order_id: str

    def __str__(self) -> str:
        return f"There is neither a category nor a receipt for {self.payment_type} {self.order_id}."


class OrderUrlInvalid(OrderRefusal):
    parameter: str
    asked: str

    def __str__(self) -> str:
        return f"The field {self.parameter} must be an absolute https URL of at most 2048 characters."


class CategoryUnknown(OrderRefusal):
    category_id: str

    def __str__(self) -> str:
        return f"There is no category {self.category_id}."


class ReceiptTaken(OrderRefusal):
    """An order's receipt can be given once, with its payment or by itself, and never be changed."""

    payment_type: str
    order_id: str

    def __str__(self) -> str:
        return f"There is a receipt for {self.payment_type} {self.order_id} already; it cannot be changed."


class ImageUnknown(OrderRefusal):
    image_id: str

    def __str__(self) -> str:
        return f"There is no image {self.image_id}; it must be uploaded before a category refers to it."


class ImageTaken(OrderRefusal):
    image_id: str

    def __str__(self) -> str:
        return f"Duplicate image: {self.image_id} has been uploaded already, and images cannot be replaced."


class ImageInvalid(OrderRefusal):
    because: str

    def __str__(self) -> str:
        return self.because
