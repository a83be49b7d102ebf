"""What merchants send to the Order Management API, and what it answers. Source: Order Management OpenAPI 2.1."""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from sandbox.api.gateway.parsing import Wire
from sandbox.api.receipts import ReceiptResponse
from sandbox.domain.commands import AttachCategory, CategoryType, PaymentType

__all__ = [
    "ID_PATTERN",
    "AddCategoryRequest",
    "AddCategoryResponse",
    "CategoryResponse",
    "GetCategoriesResponse",
    "Image",
    "ImageResponse",
    "Order",
    "OrderCategory",
    "OrderId",
    "OrderResponse",
    "OrderV1Response",
]

ID_PATTERN = r"^[0-9A-Za-z-_\.]+$"
OrderId = Annotated[str, Field(pattern=ID_PATTERN)]
ImageId = Annotated[str, Field(min_length=1, max_length=128, pattern=ID_PATTERN)]


class _Body(Wire):
    """Unknown fields are ignored: nothing in the specification forbids them here."""

    model_config = ConfigDict(extra="ignore")


class Order(_Body):
    """Version 2's category: one link button for an order."""

    category: CategoryType
    order_details_url: Annotated[str, Field(min_length=1)]
    image_id: ImageId | None = None

    def to_domain(self, payment_type: PaymentType, order_id: str) -> AttachCategory:
        return AttachCategory(
            payment_type=payment_type,
            order_id=order_id,
            category=self.category,
            order_details_url=self.order_details_url,
            image_id=self.image_id,
        )


class AddCategoryRequest(_Body):
    """Version 3's category, which stands beside others."""

    order_id: OrderId
    payment_type: PaymentType
    type: CategoryType
    url: Annotated[str, Field(min_length=1)]
    image_id: ImageId | None = None

    def to_domain(self) -> AttachCategory:
        return AttachCategory(
            payment_type=self.payment_type,
            order_id=self.order_id,
            category=self.type,
            order_details_url=self.url,
            image_id=self.image_id,
            replaces=False,
        )


class Image(_Body):
    image_id: ImageId
    src: str  # PNG or JPEG in base64
    type: Literal["base64"]


class ImageResponse(TypedDict):
    imageId: str


class OrderCategory(TypedDict):
    category: CategoryType
    orderDetailsUrl: str
    imageId: NotRequired[str]


class OrderResponse(TypedDict):
    """What the app shows with an order; never neither."""

    category: NotRequired[OrderCategory]
    receipt: NotRequired[ReceiptResponse]


class OrderV1Image(TypedDict):
    id: str
    sortOrder: int


class OrderV1Response(TypedDict):
    category: CategoryType
    orderDetailsUrl: str
    imageIds: NotRequired[list[OrderV1Image]]


class AddCategoryResponse(TypedDict):
    categoryId: str


class CategoryResponse(TypedDict):
    categoryId: str
    orderId: str
    paymentType: PaymentType
    type: CategoryType
    url: str
    imageId: NotRequired[str]


class GetCategoriesResponse(TypedDict):
    categories: list[CategoryResponse]
