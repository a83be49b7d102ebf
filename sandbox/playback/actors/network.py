"""The network, played by the faults of the sandbox and by the merchant's own receiver."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from sandbox.playback.language import network
from sandbox.playback.language.network import NetworkStep
from sandbox.playback.receiver import Receiver
from sandbox.playback.stage import StageUnit
from sandbox.playback.story import Actor, Deviation, Story

__all__ = ["OPERATIONS", "Network"]

_DURATION: Final = TypeAdapter(timedelta)
OPERATIONS: Final[Mapping[str, str]] = {
    "get_token": "fetchAuthorizationTokenUsingPost",
    "create_payment": "createPayment",
    "get_payment": "getPayment",
    "get_events": "getPaymentEventLog",
    "capture": "capturePayment",
    "refund": "refundPayment",
    "cancel": "cancelPayment",
    "force_approve": "forceApprove",
    "put_category": "put-category-v2",
    "add_category": "post-category-v3",
    "get_categories": "get-categories-v3",
    "delete_category": "delete-category-v3",
    "add_receipt": "post-receipt-v2",
    "upload_image": "post-image",
    "get_order": "get-order-v2",
    "get_userinfo": "getUserinfo",
}


class Network:
    """Has things go wrong."""

    def __init__(self, unit: StageUnit, story: Story) -> None:
        self._unit = unit
        self._story = story

    def perform(self, step: NetworkStep) -> str:
        """Have something go wrong, or be well again; return what, in a line."""
        match step:
            case network.Fault():
                told = self._arm(step)
            case network.Clear():
                self._unit.disarm(but=self._story.holds)
                told = "all is well"
            case network.HoldWebhooks():
                self._unit.hold_webhooks()
                told = "webhooks are held"
            case network.ReleaseWebhooks(order=order, copies=copies):
                self._unit.release_webhooks(order, copies)
                told = f"webhooks are released, {order}{f', {copies} times' if copies > 1 else ''}"
            case network.ForgeWebhook():
                told = self._forge()
            case network.ReceiverDown(status=status):
                self._receiver().status = status
                told = f"the receiver answers {status}"
            case network.ReceiverUp():
                self._receiver().status = 200
                told = "the receiver is well"
            case _:
                raise TypeError(f"the network does not {step.key}")
        self._story.tell(Actor.VIPPS, None, told, refused=True)
        return told

    def make_sure_that_faults_were_met(self) -> None:
        """Check that every fault has happened to a call: otherwise the story was about something else.

        Raises:
            Deviation: one has not.
        """
        for fault in self._unit.faults():
            if not fault["fired"] and fault["id"] not in self._story.holds:
                match = {name: value for name, value in fault["match"].items() if value is not None}
                raise Deviation("a call that it goes wrong with", f"none came that matches {match or 'it'}")

    def _forge(self) -> str:
        """Have the last webhook that was taken come again with a wrong signature, and see that it is refused."""
        self._unit.advance(by=timedelta(0))  # what is on its way arrives first
        sent = [one for one in self._unit.deliveries(0) if one["status"] == "delivered"]
        if not sent:
            raise Deviation("a webhook to forge", "none was taken yet")
        attempt = self._unit.redeliver(sent[-1]["id"], wrong_signature=True)["attempts"][-1]
        if attempt["succeeded"]:
            came = f"{attempt['url']} took it: {attempt['status']} for a webhook of {sent[-1]['event']}"
            raise Deviation("a webhook with a wrong signature is refused", came)
        return f"a forged webhook is refused with {attempt['status'] or attempt['error']}"

    def _receiver(self) -> Receiver:
        if self._story.receiver is None:
            raise Deviation("a receiver of webhooks", "there is none: use merchant.register_webhook first")
        return self._story.receiver

    def _arm(self, step: network.Fault) -> str:
        match = {
            "operation": None if step.call is None else OPERATIONS[step.call],
            "reference": None if step.payment is None else self._story.reference(step.payment),
        }
        then, told = _effect(step)
        self._unit.arm({name: value for name, value in match.items() if value is not None}, then, int(step.times))
        return f"{told}: {'the next call' if step.call is None else step.call}"


def _effect(step: network.Fault) -> tuple[dict[str, Any], str]:
    match step:
        case network.Drop(when=when):
            return {"drop": when}, f"the connection breaks {when} it is processed"
        case network.Answer(status=status):
            return {"answer": status}, f"{status} is answered"
        case network.Delay(by=timedelta() as by):
            return {"delay": _DURATION.dump_python(by, mode="json")}, "the answer is late"
        case network.Garble():
            return {"garbage": True}, "the answer is garbled"
        case _:
            raise TypeError(f"{step.key} is no fault")
