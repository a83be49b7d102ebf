"""What the network does, and the servers at its ends: it misbehaves.

A fault happens to the merchant's next calls that match: those of an operation, about a payment, so many *times*.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sandbox.playback.language.base import Step, Text, Times, Wait

__all__ = [
    "Answer",
    "Clear",
    "Delay",
    "Drop",
    "Fault",
    "ForgeWebhook",
    "Garble",
    "HoldWebhooks",
    "NetworkStep",
    "ReceiverDown",
    "ReceiverUp",
    "ReleaseWebhooks",
]

Operation = Literal[
    "get_token",
    "create_payment",
    "get_payment",
    "get_events",
    "capture",
    "refund",
    "cancel",
    "force_approve",
    "put_category",
    "add_category",
    "get_categories",
    "delete_category",
    "add_receipt",
    "upload_image",
    "get_order",
    "get_userinfo",
]


class NetworkStep(Step):
    """Something that goes wrong between the merchant and Vipps, or is well again."""


class Fault(NetworkStep):
    """Something that goes wrong with the merchant's next calls."""

    shorthand: ClassVar[str | None] = "call"

    call: Annotated[Operation | None, Field(description="which calls; without it, any")] = None
    payment: Annotated[Text | None, Field(description="about which payment; without it, any")] = None
    times: Annotated[Times, Field(description="how many calls")] = 1


class Drop(Fault):
    """The connection breaks: before the call is processed, or after that, so that only the answer is lost."""

    key = "network.drop"

    when: Literal["before", "after"] = "after"


class Answer(Fault):
    """A server in between answers."""

    key = "network.answer"

    status: Literal[401, 423, 429, 500, 502, 503]


class Delay(Fault):
    """The answer takes its time, in real time."""

    key = "network.delay"

    by: Wait


class Garble(Fault):
    """The answer's body breaks off in the middle."""

    key = "network.garble"


class Clear(NetworkStep):
    """Nothing goes wrong any more."""

    key = "network.clear"


class HoldWebhooks(NetworkStep):
    """No webhook is sent from now on; they wait."""

    key = "network.hold_webhooks"


class ReleaseWebhooks(NetworkStep):
    """What was held is sent, each so many times, and not held any more."""

    key = "network.release_webhooks"
    shorthand = "order"

    order: Literal["oldest first", "newest first"] = "oldest first"
    copies: Annotated[int, Field(strict=True, ge=1, le=10)] = 1


class ReceiverDown(NetworkStep):
    """The merchant's webhook receiver fails from now on, with a status."""

    key = "network.receiver_down"
    shorthand = "status"

    status: Annotated[int, Field(strict=True, ge=300, le=599)] = 503


class ReceiverUp(NetworkStep):
    """The merchant's webhook receiver is well again."""

    key = "network.receiver_up"


class ForgeWebhook(NetworkStep):
    """Somebody else sends the last webhook again, with a wrong signature; the receiver must refuse it."""

    key = "network.forge_webhook"
