"""What merchants and customers ask for.

A command is what was asked, cleaned of its wire form and not yet judged. Amounts are in minor units,
instants aware and in UTC.
"""

from datetime import date, datetime
from enum import StrEnum

from sandbox.domain.customers import CustomerSettings
from sandbox.domain.event_names import EventName
from sandbox.domain.money import Amount
from sandbox.domain.receipts import Receipt
from sandbox.domain.values import value

__all__ = [
    "AnswerBank",
    "Answers",
    "ArmFault",
    "AskForDelivery",
    "AttachCategory",
    "AttachReceipt",
    "Awaited",
    "Cancel",
    "Capture",
    "CardPassthrough",
    "CategoryType",
    "ConfigureCustomer",
    "CreatePayment",
    "CustomerAct",
    "CustomerAction",
    "CustomerInteraction",
    "DropDelivery",
    "DropsConnection",
    "Effect",
    "EnterCard",
    "EnterNumber",
    "ForceApprove",
    "ForgetConsent",
    "Garbles",
    "HoldWebhooks",
    "Holds",
    "LeaveLandingPage",
    "PaymentMethodType",
    "PaymentType",
    "QrFormat",
    "Refund",
    "RegisterWebhook",
    "ReleaseWebhooks",
    "RemoveCategory",
    "RemoveFault",
    "RemoveWebhook",
    "Shipping",
    "ShippingBrand",
    "ShippingGroup",
    "ShippingOption",
    "ShippingType",
    "Trickles",
    "UploadImage",
    "UserFlow",
    "Waits",
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


class ShippingType(StrEnum):
    HOME_DELIVERY = "HOME_DELIVERY"
    PICKUP_POINT = "PICKUP_POINT"
    MAILBOX = "MAILBOX"
    IN_STORE = "IN_STORE"
    OTHER = "OTHER"


class ShippingBrand(StrEnum):
    POSTEN = "POSTEN"
    BRING = "BRING"
    POSTNORD = "POSTNORD"
    HELTHJEM = "HELTHJEM"
    PORTERBUDDY = "PORTERBUDDY"
    DHL = "DHL"
    INSTABOX = "INSTABOX"
    FEDEX = "FEDEX"
    MATKAHUOLTO = "MATKAHUOLTO"
    GLS = "GLS"
    POSTI = "POSTI"
    GORDON = "GORDON"
    OTHER = "OTHER"


@value
class ShippingOption:
    """One way to have goods shipped; its *amount* is added to the payment's."""

    id: str
    name: str
    amount: Amount
    is_default: bool = False
    priority: int | None = None  # lower numbers are shown first
    meta: str | None = None
    estimated_delivery: str | None = None


@value
class ShippingGroup:
    """The options of one carrier and kind of delivery."""

    type: ShippingType
    brand: ShippingBrand
    options: tuple[ShippingOption, ...]
    is_default: bool = False
    priority: int | None = None


@value
class Shipping:
    """Express: either fixed groups of options, or where to ask for them."""

    groups: tuple[ShippingGroup, ...] = ()
    callback_url: str | None = None
    callback_authorization_token: str | None = None
    allowed_countries: tuple[str, ...] | None = None  # ISO 3166 alpha-2; None for all


@value
class CardPassthrough:
    """What a payment service provider sends along for a card that the app passes through to it."""

    psp_reference: str
    card_callback_url: str


@value
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
    shipping: Shipping | None = None  # of Express
    card_passthrough: CardPassthrough | None = None
    qr_format: QrFormat | None = None
    qr_size: int | None = None  # pixels, of a PNG


@value
class Capture:
    """`POST …/capture`: take *amount* of what the customer approved."""

    idempotency_key: str | None
    reference: str
    amount: Amount


@value
class Refund:
    """`POST …/refund`: give *amount* of what was captured back."""

    idempotency_key: str | None
    reference: str
    amount: Amount


@value
class Cancel:
    """`POST …/cancel`: end a payment that nobody approved yet, or release all that is not captured."""

    reference: str
    cancel_transaction_only: bool = False


@value
class ForceApprove:
    """`POST /epayment/v1/test/payments/{reference}/approve`: approve as *phone_number*, or as whoever has it."""

    reference: str
    phone_number: str | None = None
    personal_qr_of_nobody: str | None = None
    customer_token_of_nobody: str | None = None


@value
class EnterNumber:
    """Somebody types a phone number on the landing page; the request goes to that phone."""

    reference: str
    phone_number: str
    customer_born: date | None = None  # told by who keeps the people, where an age is asked


@value
class LeaveLandingPage:
    """Somebody clicks Cancel on the landing page, or on the card form; or goes back in the browser from there."""

    reference: str
    by_going_back: bool = False


@value
class EnterCard:
    """Somebody types a card number into the card form."""

    reference: str
    number: str


@value
class AnswerBank:
    """Somebody answers what the bank asks after a card was entered (3-D Secure)."""

    reference: str
    confirms: bool


class CustomerAction(StrEnum):
    """What a customer can do in the app, in the words of the sandbox's own API."""

    OPEN = "open"  # tap the push, or the request in the list
    SHARE = "share"  # consent to sharing the profile data that the merchant asks for
    REFUSE = "refuse"
    APPROVE = "approve"
    REJECT = "reject"
    PAY_LATER = "pay-later"
    DECLINE_CARD = "decline-card"  # try to pay, with a card that is declined


@value
class CustomerAct:
    """A customer does something about a payment on the phone."""

    action: CustomerAction
    reference: str
    phone_number: str
    shipping_option_id: str | None = None  # of what is approved; None for the one that is chosen already
    country: str | None = None  # where the customer lives, told where goods are shipped to some countries only
    customer_born: date | None = None  # told by who keeps the people, where an age is asked


@value
class ForgetConsent:
    """A customer withdraws, in the app's profile, all consent given to the sales unit."""

    phone_number: str


@value
class ConfigureCustomer:
    """A tester says who has a phone number, and how that customer behaves; replaces what was said before."""

    customer: CustomerSettings


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


@value
class AttachCategory:
    """A link button for an order: `PUT /v2/{paymentType}/categories/{orderId}`, `POST /v3/categories`."""

    payment_type: PaymentType
    order_id: str
    category: CategoryType
    order_details_url: str
    image_id: str | None = None
    replaces: bool = True  # all that the order had (version 2), or stands beside it (version 3)


@value
class RemoveCategory:
    """`DELETE /v3/categories/{categoryId}`."""

    category_id: str


@value
class AttachReceipt:
    """`POST /v2/{paymentType}/receipts/{orderId}`: an order's one receipt."""

    payment_type: PaymentType
    order_id: str
    receipt: Receipt


@value
class UploadImage:
    """`POST /v1/images`: a picture for categories to refer to, decoded."""

    image_id: str
    content: bytes


@value
class RegisterWebhook:
    """`POST /webhooks/v1/webhooks`: be told of events of these types, at this URL."""

    url: str
    events: tuple[str, ...]
    partner: str | None = None  # the client_id of the partner for all of whose sales units it is to be


@value
class RemoveWebhook:
    """`DELETE /webhooks/v1/webhooks/{id}`."""

    registration_id: str
    partner: str | None = None  # the client_id of the partner whose it is; None for the sales unit's own


@value
class HoldWebhooks:
    """A tester keeps events from going out, to one registration or to all."""

    registration_id: str | None = None


@value
class ReleaseWebhooks:
    """A tester lets all that waits go out now; each event in so many copies, one right after the other."""

    registration_id: str | None = None
    newest_first: bool = False
    copies: int = 1


@value
class AskForDelivery:
    """A tester has an event sent once, now, whatever else waits or was delivered already."""

    delivery_id: str
    wrong_signature: bool = False


@value
class DropDelivery:
    """A tester has an event never sent."""

    delivery_id: str


# --- Faults ---------------------------------------------------------------------------------------------


@value
class Answers:
    """The call is not processed; it is answered with *status*, as Vipps or its gateway answers that."""

    status: int


@value
class Waits:
    """The call is processed after so much real time."""

    seconds: float


@value
class DropsConnection:
    """The connection breaks without an answer, before the call is processed or after it."""

    processed: bool


@value
class Garbles:
    """The call is processed, and its answer is no JSON."""


@value
class Trickles:
    """The call is processed, and its answer's body takes so much real time."""

    takes: float  # seconds; another name than that of `Waits`, for written down they are told apart by their fields


@value
class Awaited:
    """What a held call waits for: another call, a customer's doing, or a webhook that was answered; one of the three.

    Without any of them, it waits until its fault is removed, at which every held call is let go. *reference* None
    stands for the payment of the held call, if it is about one.
    """

    operation: str | None = None
    customer: CustomerAction | None = None
    webhook: EventName | None = None
    reference: str | None = None


@value
class Holds:
    """A race: the call's answer waits until something else has happened, and so does the call unless it is first."""

    until: Awaited
    is_first: bool
    patience: float  # seconds of real time


Effect = Answers | Waits | DropsConnection | Garbles | Trickles | Holds


@value
class ArmFault:
    """A tester wants something to go wrong with the next calls that match; None stands for any, and for all."""

    operation: str | None = None
    reference: str | None = None
    phone_number: str | None = None
    times: int | None = 1
    effect: Effect


@value
class RemoveFault:
    fault_id: str
