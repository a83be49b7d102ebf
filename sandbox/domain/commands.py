"""What merchants and customers ask for.

A command is what was asked, cleaned of its wire form and not yet judged. Amounts are in minor units,
instants aware and in UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sandbox.domain.money import Amount
from sandbox.domain.receipts import Receipt

__all__ = [
    "AttachCategory",
    "AttachReceipt",
    "Cancel",
    "Capture",
    "CategoryType",
    "CreatePayment",
    "CustomerAct",
    "CustomerAction",
    "CustomerInteraction",
    "EnterNumber",
    "ForceApprove",
    "LeaveLandingPage",
    "PaymentMethodType",
    "PaymentType",
    "QrFormat",
    "Refund",
    "RemoveCategory",
    "UploadImage",
    "UserFlow",
]


class PaymentMethodType(StrEnum):
    WALLET = "WALLET"
    CARD = "CARD"
    CARD_PASSTHROUGH = "CARD_PASSTHROUGH"


class UserFlow(StrEnum):
    WEB_REDIRECT = "WEB_REDIRECT"
    PUSH_MESSAGE = "PUSH_MESSAGE"
    QR = "QR"
    NATIVE_REDIRECT = "NATIVE_REDIRECT"


class QrFormat(StrEnum):
    """How the user flow QR answers: with where the code leads, or with a picture of it."""

    TARGET_URL = "TEXT/TARGETURL"
    SVG = "IMAGE/SVG+XML"
    PNG = "IMAGE/PNG"


class CustomerInteraction(StrEnum):
    CUSTOMER_PRESENT = "CUSTOMER_PRESENT"
    CUSTOMER_NOT_PRESENT = "CUSTOMER_NOT_PRESENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePayment:
    """`POST /epayment/v1/payments`."""

    idempotency_key: str | None
    reference: str
    amount: Amount
    user_flow: UserFlow
    payment_method: PaymentMethodType = PaymentMethodType.WALLET
    phone_number: str | None = None
    personal_qr_of_nobody: str | None = None
    customer_token_of_nobody: str | None = None
    scope: tuple[str, ...] = ()
    return_url: str | None = None
    expires_at: datetime | None = None
    payment_description: str | None = None
    customer_interaction: CustomerInteraction = CustomerInteraction.CUSTOMER_NOT_PRESENT
    receipt: Receipt | None = None
    receipt_url: str | None = None
    metadata: tuple[tuple[str, str], ...] | None = None
    minimum_user_age: int | None = None
    customer_born: date | None = None  # told by who keeps the people, where an age is asked
    blocks_commercial_cards: bool = False
    express: bool = False  # with shipping
    qr_format: QrFormat | None = None
    qr_size: int | None = None  # pixels, of a PNG


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """`POST …/capture`: take *amount* of what the customer approved."""

    idempotency_key: str | None
    reference: str
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """`POST …/refund`: give *amount* of what was captured back."""

    idempotency_key: str | None
    reference: str
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """`POST …/cancel`: end a payment that nobody approved yet, or release all that is not captured."""

    reference: str
    cancel_transaction_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceApprove:
    """`POST /epayment/v1/test/payments/{reference}/approve`: approve as *phone_number*, or as whoever has it."""

    reference: str
    phone_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterNumber:
    """Somebody types a phone number on the landing page; the request goes to that phone."""

    reference: str
    phone_number: str
    customer_born: date | None = None  # told by who keeps the people, where an age is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveLandingPage:
    """Somebody clicks Cancel on the landing page."""

    reference: str


class CustomerAction(StrEnum):
    """What a customer can do in the app, in the words of the sandbox's own API."""

    OPEN = "open"  # tap the push, or the request in the list
    SHARE = "share"  # consent to sharing the profile data that the merchant asks for
    REFUSE = "refuse"
    APPROVE = "approve"
    REJECT = "reject"
    PAY_LATER = "pay-later"
    DECLINE_CARD = "decline-card"  # try to pay, with a card that is declined


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAct:
    """A customer does something about a payment on the phone."""

    action: CustomerAction
    reference: str
    phone_number: str
    customer_born: date | None = None  # told by who keeps the people, where an age is asked


class PaymentType(StrEnum):
    """What an order belongs to in Order Management."""

    ECOM = "ECOM"
    RECURRING = "RECURRING"


class CategoryType(StrEnum):
    GENERAL = "GENERAL"
    RECEIPT = "RECEIPT"
    ORDER_CONFIRMATION = "ORDER_CONFIRMATION"
    DELIVERY = "DELIVERY"
    TICKET = "TICKET"
    BOOKING = "BOOKING"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachCategory:
    """A link button for an order: `PUT /v2/{paymentType}/categories/{orderId}`, `POST /v3/categories`."""

    payment_type: PaymentType
    order_id: str
    category: CategoryType
    order_details_url: str
    image_id: str | None = None
    replaces: bool = True  # all that the order had (version 2), or stands beside it (version 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCategory:
    """`DELETE /v3/categories/{categoryId}`."""

    category_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachReceipt:
    """`POST /v2/{paymentType}/receipts/{orderId}`: an order's one receipt."""

    payment_type: PaymentType
    order_id: str
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadImage:
    """`POST /v1/images`: a picture for categories to refer to, decoded."""

    image_id: str
    content: bytes
