"""The customer, played by somebody with the phone open: each step waits until it was done there."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any, Final

from sandbox.playback.actors.customer import Customer
from sandbox.playback.cast import Asked
from sandbox.playback.language import Step, customer
from sandbox.playback.language.customer import CustomerStep
from sandbox.playback.stage import StageUnit
from sandbox.playback.story import Actor, Deviation, Story

__all__ = ["Human"]

# What is asked of them, and the fact that comes of it.
_DEEDS: Final[Mapping[type[CustomerStep], tuple[str, str]]] = {
    customer.Open: ("open the request", "PaymentOpened"),
    customer.Share: ("agree to share", "ConsentGiven"),
    customer.Refuse: ("refuse to share", "PaymentAborted"),
    customer.Approve: ("pay", "PaymentAuthorized"),
    customer.Reject: ("say no", "PaymentAborted"),
    customer.PayLater: ("put it off", "PaymentPostponed"),
    customer.DeclineCard: ("pay with a card that is declined", "CardDeclined"),
    customer.EnterNumber: ("type the number on the landing page", "PushSent"),
    customer.LeaveLandingPage: ("cancel on the landing page", "PaymentAborted"),
}
_ON_LANDING_PAGE: Final = (customer.EnterNumber, customer.LeaveLandingPage)
_ENDS: Final = frozenset({"PaymentAuthorized", "PaymentAborted", "PaymentExpired", "PaymentTerminated"})
_BEAT: Final = 5.0  # seconds after which a wait looks whether the story's time is up


class Human:
    """Asks a person to do what the customers of a story do, and waits for it.

    Args:
        customer: Looks at the phone where the story does.
        ask: Is given what to do.
        patience: How long each step waits, in real time.
    """

    def __init__(
        self, unit: StageUnit, story: Story, customer: Customer, ask: Callable[[Asked], None], patience: timedelta
    ) -> None:
        self._unit = unit
        self._story = story
        self._customer = customer
        self._ask = ask
        self._patience = patience
        self._seen = 0
        self._unread: deque[dict[str, Any]] = deque()
        while self._hear(0):
            self._unread.clear()

    def perform(self, step: Step) -> str:
        """Wait until a step was done; return what happened, in a line."""
        deed = _DEEDS.get(type(step)) if isinstance(step, CustomerStep) else None
        if deed is None or not isinstance(step, CustomerStep):
            return self._customer.perform(step)
        if getattr(step, "refused", False):
            return "is left out: people cannot do what is not on the screen"
        reference = self._story.reference(step.payment)
        asked, wanted = deed
        phone = step.phone or self._story.whose(reference)
        self._ask(Asked(asked, reference, phone, isinstance(step, _ON_LANDING_PAGE)))
        fact = self._awaited(reference, asked, wanted)
        if fact.get("phoneNumber"):
            self._story.phone(str(fact["phoneNumber"]), reference)
        self._story.tell(Actor.CUSTOMER, Actor.VIPPS, asked)
        return f"somebody did: {asked}"

    def _awaited(self, reference: str, asked: str, wanted: str) -> dict[str, Any]:
        until = monotonic() + self._patience.total_seconds()
        while True:
            while self._unread:
                fact = self._unread.popleft()
                if fact.get("reference") != reference:
                    continue
                if fact["fact"] == wanted:
                    return fact
                if fact["fact"] in _ENDS:
                    raise Deviation(f"somebody does it on the phone: {asked}", f"{reference} ended: {fact['fact']}")
            left = min(until - monotonic(), self._story.time_left())
            if left <= 0:
                seconds = f"{self._patience.total_seconds():g} s"
                raise Deviation(f"somebody does it on the phone: {asked}", f"nobody did in {seconds}")
            self._hear(min(left, _BEAT))

    def _hear(self, wait: float) -> bool:
        facts = self._unit.facts(self._seen, wait=wait)
        if facts:
            self._seen = facts[-1]["number"]
            self._unread += facts
        return bool(facts)
