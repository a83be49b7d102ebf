"""Why Order Management or UserInfo refused: a row for each refusal."""

from collections.abc import Mapping
from typing import Final

from sandbox.api.gateway.explanations import pages
from sandbox.api.gateway.explanations.model import Circumstances, Row
from sandbox.api.gateway.explanations.remedies import patch
from sandbox.api.gateway.explanations.states import instant
from sandbox.domain import errors

__all__ = ["ROWS"]


def _readable_met(refusal: errors.UserInfoWindowOver, circumstances: Circumstances) -> str:
    return f"The time ended at {instant(refusal.ended)}; now it is {instant(circumstances.now)}."


ROWS: Final[Mapping[type[Exception], Row]] = {
    errors.OrderUnknown: Row(
        "An order is there once it has a category or a receipt.",
        lambda refusal, _: f"PUT a category or POST a receipt for {refusal.order_id} first.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: (
            f"Sales unit {here.state.msn} has neither for {refusal.payment_type} {refusal.order_id}."
        ),
    ),
    errors.OrderUrlInvalid: Row(
        "The link is an absolute https URL; the lenient profile takes http to a local host, too.",
        "A link such as https://example.com/orderdetails/1, at most 2048 characters.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"The profile is {here.state.settings.profile}, and the URL is of another form.",
    ),
    errors.CategoryUnknown: Row(
        "A category is found by the id that it got, until it is deleted.",
        "An id that POST /order-management/v3/categories answered, or that GET lists for the order.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"{len(here.state.category_keys)} ids were given here, none of them for this one now.",
    ),
    errors.ReceiptTaken: Row(
        "An order gets one receipt, with its payment or by itself, and it cannot be changed.",
        "Nothing more: the first receipt stays.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, _: f"{refusal.payment_type} {refusal.order_id} has its receipt.",
    ),
    errors.ImageUnknown: Row(
        "An image is uploaded before a category refers to it.",
        lambda refusal, here: (
            f"POST /order-management/v1/images with imageId {refusal.image_id} first; "
            f"or any imageId, after {patch(here, 'imageMustExist', 'false')}."
        ),
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"{len(here.state.images)} images were uploaded, and not {refusal.image_id}.",
    ),
    errors.ImageTaken: Row(
        "An image cannot be replaced.",
        "The same image under a new imageId; the one that is there can be used.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, here: f"Uploaded at {instant(here.state.images[refusal.image_id].at)}.",
    ),
    errors.ImageInvalid: Row(
        "An image is PNG or JPEG in base64, at least 167 pixels high, and at most 2 MB.",
        "Such a picture, as plain base64 in src.",
        pages.ORDER_MANAGEMENT,
        lambda refusal, _: str(refusal),
    ),
    errors.UnknownSub: Row(
        "A sub belongs to one customer of one sales unit, who consented and approved.",
        "The sub that GET payment shows once a payment with profile.scope is AUTHORIZED.",
        pages.USERINFO,
        lambda refusal, here: f"{len(here.state.subs)} customers have shared anything with {here.state.msn}.",
    ),
    errors.UserInfoWindowOver: Row(
        "What a customer shares can be fetched for seven days after the approval.",
        "The call within the time that the setting userinfoWindow says; the next approval begins it anew.",
        pages.USERINFO,
        _readable_met,
    ),
}
