"""What a merchant does: every operation of Vipps's APIs that the sandbox has, one step each.

A step that speaks of a payment without naming it means the one spoken of last.
"""

from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.playback.language.base import (
    EVENTS,
    Answer,
    Body,
    EventName,
    Flag,
    HeaderName,
    HeaderText,
    Key,
    Members,
    Money,
    Name,
    Phone,
    Step,
    Text,
)

__all__ = [
    "MEANWHILE",
    "AddCategory",
    "AddReceipt",
    "Call",
    "Cancel",
    "Capture",
    "CreatePayment",
    "DeleteCategory",
    "DeleteWebhook",
    "ForceApprove",
    "GetCategories",
    "GetEvents",
    "GetOrder",
    "GetPayment",
    "GetToken",
    "GetUserinfo",
    "GetWebhooks",
    "MerchantStep",
    "Modification",
    "OfPayment",
    "PutCategory",
    "Refund",
    "RegisterWebhook",
    "Trigger",
    "Underway",
    "UploadImage",
]

MEANWHILE: Final = ("before_it_arrives", "before_its_answer")  # the members that hold steps

PaymentType = Literal["ecom", "recurring"]
As = Annotated[Name | None, Field(alias="as")]
Meanwhile = Annotated[
    list[Any] | None, Field(min_length=1, description="steps that are done while the call is on its way")
]

_AMOUNT: Final[Members] = {"currency": None, "value": None}
_CREATED: Final[Members] = (
    dict.fromkeys(  # asked for and answered; an application may ask for more than the file says
        (
            *(
                "paymentMethod",
                "reference",
                "userFlow",
                "customer",
                "customerInteraction",
                "expiresAt",
                "industryData",
            ),
            *(
                "merchantLegalLinks",
                "metadata",
                "minimumUserAge",
                "paymentDescription",
                "profile",
                "qrFormat",
                "receipt",
            ),
            *("receiptUrl", "returnUrl", "shipping", "cardPassthrough", "redirectUrl"),
        )
    )
    | {"amount": _AMOUNT}
)
_MODIFIED: Final[Members] = {
    "amount": _AMOUNT,
    "state": None,
    "aggregate": {f"{kind}Amount": _AMOUNT for kind in ("authorized", "cancelled", "captured", "refunded")},
    "pspReference": None,
    "reference": None,
}
_PAYMENT: Final[Members] = {
    **_MODIFIED,
    **dict.fromkeys(("paymentMethod", "profile", "redirectUrl", "userDetails", "shippingDetails")),
}


class MerchantStep(Step):
    """A call to Vipps, and what its answer is expected to be."""

    answered: ClassVar[Members | None] = None  # with a success

    name: As = None
    expect: Answer = Answer()

    def members(self) -> Members | None:
        return None if self.expect.may_be_refused else self.answered


class Underway(MerchantStep):
    """A call on whose way other steps can be done: a race, of which the file says who wins."""

    before_it_arrives: Meanwhile = None
    before_its_answer: Meanwhile = None

    @model_validator(mode="after")
    def _one_race(self) -> Self:
        if self.before_it_arrives is not None and self.before_its_answer is not None:
            raise ValueError("say either `before_it_arrives` or `before_its_answer`")
        return self


class OfPayment(Underway):
    """A call about one payment."""

    shorthand = "payment"

    payment: Annotated[
        Text | None, Field(description="its name or reference; without it, the one spoken of last")
    ] = None


class GetToken(MerchantStep):
    """Ask for an access token. Steps that need one fetch it by themselves."""

    key = "merchant.get_token"


class CreatePayment(Underway):
    """Create a payment, to be called *as* in later steps; the body is sent as it stands."""

    key = "merchant.create_payment"
    answered = _CREATED

    body: Body
    idempotency_key: Key = None

    def members(self) -> Members | None:
        known = super().members()
        return None if known is None or isinstance(self.body, str) else {**dict.fromkeys(self.body), **known}


class GetPayment(OfPayment):
    """Ask how a payment is."""

    key = "merchant.get_payment"
    answered = _PAYMENT


class GetEvents(OfPayment):
    """Ask for the event log of a payment."""

    key = "merchant.get_events"


class Modification(OfPayment):
    """Capture or refund; without an amount, all that can be."""

    answered = _MODIFIED

    amount: Annotated[Money | None, Field(description="in minor units (øre, cent)")] = None
    body: Annotated[Body | None, Field(description="instead of `amount`, as it stands")] = None
    idempotency_key: Key = None


class Capture(Modification):
    """Take what the customer approved, or a part of it."""

    key = "merchant.capture"


class Refund(Modification):
    """Give back what was captured, or a part of it."""

    key = "merchant.refund"


class Cancel(OfPayment):
    """Call off a payment, or release what is approved and not captured."""

    key = "merchant.cancel"
    answered = _MODIFIED

    cancel_transaction_only: Flag = False
    idempotency_key: Key = None


class ForceApprove(OfPayment):
    """Approve as the customer would, which only test environments allow."""

    key = "merchant.force_approve"

    phone: Phone | None = None


class PutCategory(Underway):
    """Attach the link to an order, whether or not its payment exists."""

    key = "merchant.put_category"

    order: Text
    body: Body
    payment_type: PaymentType = "ecom"


class AddCategory(Underway):
    """Attach a further link to an order (version 3 of the API)."""

    key = "merchant.add_category"

    body: Body


class GetCategories(Underway):
    """List the links of an order (version 3 of the API)."""

    key = "merchant.get_categories"
    shorthand = "order"

    order: Text
    payment_type: PaymentType = "ecom"


class DeleteCategory(Underway):
    """Take a link away (version 3 of the API)."""

    key = "merchant.delete_category"
    shorthand = "category"

    category: Annotated[Text, Field(description="its id, as `merchant.add_category` was answered")]


class AddReceipt(Underway):
    """Attach the receipt to an order: its lines and what they sum up to."""

    key = "merchant.add_receipt"

    order: Text
    body: Body
    payment_type: PaymentType = "ecom"


class UploadImage(Underway):
    """Upload a picture that categories can refer to; without a body, a small one."""

    key = "merchant.upload_image"
    shorthand = "image"

    image: Annotated[Text | None, Field(description="its id")] = None
    body: Body | None = None


class GetOrder(Underway):
    """Ask for the link and the receipt that an order has."""

    key = "merchant.get_order"
    shorthand = "order"

    order: Text
    payment_type: PaymentType = "ecom"


class GetUserinfo(OfPayment):
    """Ask who paid, with the `sub` of the payment or another."""

    key = "merchant.get_userinfo"

    sub: Text | None = None


class RegisterWebhook(MerchantStep):
    """Register for webhooks, about all events or some; without a *url*, with a receiver of the player's own."""

    key = "merchant.register_webhook"
    shorthand = "events"
    answered: ClassVar[Members | None] = dict.fromkeys(("id", "secret", "url", "events"))

    name: Annotated[Name, Field(alias="as", description="what later steps call it")] = "webhook"
    events: Annotated[list[EventName], Field(min_length=1, default_factory=lambda: list(EVENTS))]
    url: Text | None = None


class GetWebhooks(MerchantStep):
    """List the registrations."""

    key = "merchant.get_webhooks"


class DeleteWebhook(MerchantStep):
    """End a registration."""

    key = "merchant.delete_webhook"
    shorthand = "webhook"

    webhook: Annotated[Text, Field(description="the name of the registration")] = "webhook"


class Call(MerchantStep):
    """Make any call, as it stands; a header whose value is null is left out."""

    key = "merchant.call"

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[Text, Field(pattern=r"^/[^\s]*$|^\$\{")]
    headers: dict[HeaderName, HeaderText | None] = Field(default_factory=dict)
    body: Any = None


class HttpTrigger(BaseModel):
    """A request to the application."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    url: Annotated[Text, Field(pattern=r"^https?://[^\s]+$|^\$\{", description="such as ${app.url}/invoices")]
    headers: dict[HeaderName, HeaderText] = Field(default_factory=dict)
    body: Annotated[Any, Field(description="is sent as JSON")] = None


class Trigger(Step):
    """Set the application off, where it is the merchant; elsewhere nothing happens.

    With *as*, the story goes on once the application has answered, and its answer has that name.
    """

    key = "merchant.trigger"

    name: As = None
    http: HttpTrigger | None = None
    command: Annotated[
        list[Text] | None,
        Field(min_length=1, description="a program and its arguments; only with --allow-commands"),
    ] = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.http is None) == (self.command is None):
            raise ValueError("say either `http` or `command`")
        if self.command is not None and self.name is not None:
            raise ValueError("a command has no answer to be named: leave out `as`")
        return self
