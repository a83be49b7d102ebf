"""What an application does, in words, and of which step a call is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from sandbox.playback.calls import Call, asked
from sandbox.playback.language import Step, merchant
from sandbox.playback.language.expect import ExpectStep
from sandbox.playback.language.merchant import MerchantStep
from sandbox.playback.overheard import Heard

__all__ = ["ANY", "DEEDS", "in_runs", "is_like", "is_meant", "is_same_call"]

ANY: Final = "\0"  # in a path, where the application decides
DEEDS: Final[Mapping[str, tuple[str, str]]] = {
    "merchant.create_payment": ("creates a payment", "created the payment"),
    "merchant.get_payment": ("asks how the payment is", "asked how the payment is"),
    "merchant.get_events": ("asks for the event log", "asked for the event log"),
    "merchant.capture": ("captures", "captured"),
    "merchant.refund": ("refunds", "refunded"),
    "merchant.cancel": ("cancels", "cancelled"),
    "merchant.force_approve": ("approves by force", "approved by force"),
    "merchant.put_category": ("attaches a link to the order", "attached a link to the order"),
    "merchant.add_category": ("attaches a further link", "attached a further link"),
    "merchant.get_categories": ("lists the links of the order", "listed the links of the order"),
    "merchant.delete_category": ("takes a link away", "took the link away"),
    "merchant.add_receipt": ("attaches the receipt", "attached the receipt"),
    "merchant.upload_image": ("uploads a picture", "uploaded a picture"),
    "merchant.get_order": ("asks what the order has", "asked what the order has"),
    "merchant.get_userinfo": ("asks who paid", "asked who paid"),
    "merchant.register_webhook": ("registers a webhook", "registered the webhook"),
    "merchant.get_webhooks": ("lists its webhooks", "listed its webhooks"),
    "merchant.delete_webhook": ("ends a registration", "ended the registration"),
    "merchant.call": ("makes the call", "made the call"),
}


def is_same_call(one: Heard, other: Heard) -> bool:
    this, that = one.exchange, other.exchange
    return (this.method, this.path, this.sent) == (that.method, that.path, that.sent)


def is_like(step: MerchantStep, heard: Heard) -> bool:
    """Tell whether a call is of the kind that a later step waits for, whatever it is about."""
    if isinstance(step, merchant.GetToken | merchant.RegisterWebhook | merchant.Call):
        return False
    if hasattr(step, "order"):
        step = step.model_copy(update={"order": ANY})
    return is_meant(asked(step, ANY, ANY, None), heard)


def is_meant(call: Call, heard: Heard) -> bool:
    """Tell whether what was heard is a call, as far as method and path tell; any word stands for `ANY`."""
    pattern = re.escape(unquote(call.path)).replace(re.escape(ANY), "[^/?]+")
    return heard.exchange.method == call.method and re.fullmatch(pattern, unquote(heard.exchange.path)) is not None


def in_runs(steps: Sequence[Step]) -> Iterator[tuple[int, MerchantStep]]:
    """Give the merchant's steps, each with a number that others have when nobody else acts between them."""
    run = 0
    for step in steps:
        if isinstance(step, MerchantStep):
            yield run, step
        elif not isinstance(step, ExpectStep):
            run += 1
