"""Decide what Order Management keeps for an order, whether or not its payment exists.

Source: Order Management guide and OpenAPI 2.1. Whether an order exists is never checked.
"""

import re
from datetime import datetime
from typing import Final

from sandbox.domain.commands import AttachCategory, AttachReceipt, PaymentType, RemoveCategory, UploadImage
from sandbox.domain.errors import (
    CategoryUnknown,
    ImageInvalid,
    ImageTaken,
    ImageUnknown,
    OrderUnknown,
    OrderUrlInvalid,
    ReceiptTaken,
)
from sandbox.domain.facts import CategoryAttached, CategoryRemoved, ImageUploaded, ReceiptAttached
from sandbox.domain.identity import category_id
from sandbox.domain.images import sniff
from sandbox.domain.receipts import Receipt
from sandbox.domain.sales_unit import Profile
from sandbox.domain.state import UnitState
from sandbox.domain.urls import UrlKind, url_kind
from sandbox.domain.values import value

__all__ = [
    "Order",
    "attach_category",
    "attach_receipt",
    "categories_of",
    "category",
    "order",
    "remove_category",
    "shown_category",
    "upload_image",
]

_LONGEST_URL: Final = 2048
# As Vipps's own answers quote it; note that it leaves out many a legal character.
_STRICT_URL: Final = re.compile(r"https://[\w\.]+([\w#!:.?+=&%@\-/]+)?")
_LOWEST_IMAGE: Final = 167  # pixels
_LARGEST_IMAGE: Final = 2 * 1024 * 1024  # bytes


@value
class Order:
    """What the app shows with a payment: the newest category, and the receipt."""

    category: AttachCategory | None
    receipt: Receipt | None


def attach_category(state: UnitState, command: AttachCategory, at: datetime) -> list[CategoryAttached]:
    """Decide a category: in place of all that the order had, or beside them.

    Raises:
        OrderUrlInvalid: the link is not https (http only for this machine, and not in the strict profile).
        ImageUnknown: the image was never uploaded.
    """
    if not _is_link(command.order_details_url, state.settings.profile):
        raise OrderUrlInvalid("OrderDetailsUrl" if command.replaces else "Url", command.order_details_url)
    if command.image_id is not None and command.image_id not in state.images and state.settings.image_must_exist:
        raise ImageUnknown(command.image_id)
    key = command.payment_type, command.order_id
    given = state.categories.get(key, ())
    if command.replaces and given:
        return [CategoryAttached(at=at, category_id=given[-1].category_id, command=command)]
    new_id = category_id(state.msn, *key, state.categories_given.get(key, 0))
    return [CategoryAttached(at=at, category_id=new_id, command=command)]


def remove_category(state: UnitState, command: RemoveCategory, at: datetime) -> list[CategoryRemoved]:
    """Decide that a category goes; raise CategoryUnknown if it is not there."""
    category(state, command.category_id)
    return [CategoryRemoved(at=at, category_id=command.category_id)]


def attach_receipt(state: UnitState, command: AttachReceipt, at: datetime) -> list[ReceiptAttached]:
    """Decide an order's receipt; raise ReceiptTaken if it has one, from its payment or from before."""
    if (command.payment_type, command.order_id) in state.receipts:
        raise ReceiptTaken(command.payment_type, command.order_id)
    return [ReceiptAttached(at=at, command=command)]


def upload_image(state: UnitState, command: UploadImage, at: datetime) -> list[ImageUploaded]:
    """Decide an image: PNG or JPEG, at least 167 pixels high, at most 2 MB, and never uploaded before.

    Raises:
        ImageTaken: the id is taken, be it by the same picture.
        ImageInvalid: it is no such picture.
    """
    if command.image_id in state.images:
        raise ImageTaken(command.image_id)
    if len(command.content) > _LARGEST_IMAGE:
        raise ImageInvalid(f"The size of the image is {len(command.content)} bytes; {_LARGEST_IMAGE} are allowed.")
    picture = sniff(command.content)
    if picture is None:
        raise ImageInvalid("The image is neither PNG nor JPEG.")
    if picture.height < _LOWEST_IMAGE:
        raise ImageInvalid(f"The height of the image is {picture.height} pixels; at least {_LOWEST_IMAGE} are asked.")
    return [
        ImageUploaded(
            at=at,
            image_id=command.image_id,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            content=command.content,
        )
    ]


def order(state: UnitState, payment_type: PaymentType, order_id: str) -> Order:
    """Return what is kept for an order.

    Raises:
        OrderUnknown: there is neither a category nor a receipt.
    """
    shown = shown_category(state, payment_type, order_id)
    receipt = state.receipts.get((payment_type, order_id))
    if shown is None and receipt is None:
        raise OrderUnknown(payment_type, order_id)
    return Order(category=shown, receipt=receipt)


def category(state: UnitState, wanted: str) -> CategoryAttached:
    """Return a category by its id; raise CategoryUnknown if it is not there, or no longer."""
    key = state.category_keys.get(wanted)
    for given in state.categories.get(key, ()) if key is not None else ():
        if given.category_id == wanted:
            return given
    raise CategoryUnknown(wanted)


def categories_of(state: UnitState, order_id: str) -> list[CategoryAttached]:
    """Return all categories of the orders with that id, of either payment type."""
    return [given for kind in PaymentType for given in state.categories.get((kind, order_id), ())]


def shown_category(state: UnitState, payment_type: PaymentType, order_id: str) -> AttachCategory | None:
    """Return the category that the app shows with an order: the newest."""
    given = state.categories.get((payment_type, order_id))
    return given[-1].command if given else None


def _is_link(url: str, profile: Profile) -> bool:
    if len(url) > _LONGEST_URL:
        return False
    if profile is Profile.STRICT:
        return _STRICT_URL.fullmatch(url) is not None
    return url_kind(url) in {UrlKind.WEB, UrlKind.LOCAL}
