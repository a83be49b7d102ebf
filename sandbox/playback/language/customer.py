"""What a customer does: on the phone, and in a browser on the landing page.

*phone* is whoever the payment was created for, or who opened it, unless said otherwise. A request that is not open
on the phone is opened first.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from sandbox.playback.language.base import Count, Flag, Persona, Phone, Step, Text

__all__ = [
    "Approve",
    "CardForm",
    "ConfirmCard",
    "CustomerStep",
    "DeclineCard",
    "DenyCard",
    "EnterCard",
    "EnterNumber",
    "Is",
    "LeaveLandingPage",
    "Looking",
    "Open",
    "PayLater",
    "Phoning",
    "Refuse",
    "Reject",
    "ReturnToMerchant",
    "SeeDetails",
    "SeeInbox",
    "Share",
    "WithdrawConsent",
]


class CustomerStep(Step):
    """Something that a customer does about a payment."""

    shorthand = "payment"

    payment: Annotated[
        Text | None, Field(description="its name or reference; without it, the one spoken of last")
    ] = None
    phone: Phone | None = None


class Phoning(CustomerStep):
    """Something that is done on the phone; *refused* if the phone must not let the customer do it."""

    action: ClassVar[str]

    refused: Annotated[Flag, Field(description="expect that the phone does not let the customer do this")] = False


class Open(Phoning):
    """Open the request, having tapped the push, the list or a link."""

    key = "customer.open"
    action = "open"


class Share(Phoning):
    """Agree to share what the merchant asks for."""

    key = "customer.share"
    action = "share"


class Refuse(Phoning):
    """Refuse to share, which ends the payment."""

    key = "customer.refuse"
    action = "refuse"


class Approve(Phoning):
    """Pay; with *shipping*, having chosen how the goods of an Express payment are to come."""

    key = "customer.approve"
    action = "approve"

    shipping: Annotated[Text | None, Field(description="the id of a shipping option")] = None


class Reject(Phoning):
    """Say no, for good."""

    key = "customer.reject"
    action = "reject"


class PayLater(Phoning):
    """Put the request off, which nobody else gets to know."""

    key = "customer.pay_later"
    action = "pay-later"


class DeclineCard(Phoning):
    """Try to pay, with a card that is declined."""

    key = "customer.decline_card"
    action = "decline-card"


class Looking(CustomerStep):
    """Something that the customer looks at."""


class SeeDetails(Looking):
    """Look at a request: *expect* holds at least what the phone must show of it."""

    key = "customer.see_details"

    expect: dict[str, Any] = Field(default_factory=dict)


class SeeInbox(Step):
    """Look at the list: how many requests wait, and how many pushes have come."""

    key = "customer.see_inbox"
    shorthand = "phone"

    phone: Phone
    pending: Count | None = None
    pushes: Count | None = None


class EnterNumber(CustomerStep):
    """Type a phone number on the landing page in the browser; the request goes to that phone."""

    key = "customer.enter_number"

    refused: Annotated[Flag, Field(description="expect that the page does not take the number")] = False


class LeaveLandingPage(CustomerStep):
    """Cancel on the landing page in the browser, which ends the payment."""

    key = "customer.leave_landing_page"


class ReturnToMerchant(CustomerStep):
    """Come back in the browser to the return URL of the payment, whatever has become of it."""

    key = "customer.return"


class CardForm(CustomerStep):
    """Something that is done on the card form in the browser; *refused* if the form must not take it."""

    action: ClassVar[str]

    refused: Annotated[Flag, Field(description="expect that the form does not take this")] = False


class EnterCard(CardForm):
    """Enter a card."""

    key = "customer.enter_card"
    action = "enter"

    number: Text = "4111111111111111"


class ConfirmCard(CardForm):
    """Confirm what the bank asks (3-D Secure), which pays."""

    key = "customer.confirm_card"
    action = "confirm"


class DenyCard(CardForm):
    """Deny what the bank asks (3-D Secure)."""

    key = "customer.deny_card"
    action = "deny"


class Is(Step):
    """Say who somebody is, and how they answer by themselves; what is left out is as everybody's."""

    key = "customer.is"

    phone: Phone
    persona: Persona | Literal["manual"] | None = None
    person: Annotated[dict[str, Any], Field(description="such as givenName, email, birthDate")] = Field(
        default_factory=dict
    )


class WithdrawConsent(Step):
    """Take back what was shared with the merchant, as in the profile of the app."""

    key = "customer.withdraw_consent"
    shorthand = "phone"

    phone: Phone
