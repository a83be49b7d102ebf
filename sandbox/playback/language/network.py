"""What the network does, and the servers at its ends: it misbehaves."""

from typing import Annotated

from pydantic import Field

from sandbox.playback.language.base import Step

__all__ = ["NetworkStep", "ReceiverDown", "ReceiverUp"]


class NetworkStep(Step):
    """Something that goes wrong between the merchant and Vipps, or is well again."""


class ReceiverDown(NetworkStep):
    """The merchant's webhook receiver fails from now on, with a status."""

    key = "network.receiver_down"
    shorthand = "status"

    status: Annotated[int, Field(strict=True, ge=300, le=599)] = 503


class ReceiverUp(NetworkStep):
    """The merchant's webhook receiver is well again."""

    key = "network.receiver_up"
