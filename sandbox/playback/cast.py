"""Who plays whom: the merchant is the reference client or an application, the customer is played or a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sandbox.playback.language import merchant, network
from sandbox.playback.language.base import Answer
from sandbox.playback.loading import LoadedScenario
from sandbox.playback.sources import Passage

__all__ = ["DRIVE", "Asked", "Cast", "Mine", "Person", "what_needs_our_merchant"]


@dataclass(frozen=True, slots=True)
class Mine:
    """An application that plays the merchant.

    Args:
        msn: The sales unit that it uses.
        url: Where it listens itself, as `${app.url}`; for triggers.
        patience: How long each step waits for its call, in real time.
        allows_commands: Whether triggers may run commands on this machine.
    """

    msn: str
    url: str | None = None
    patience: timedelta = timedelta(seconds=10)
    allows_commands: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a story wants somebody to do about a payment: on the phone, or where they come from, the landing page."""

    what: str
    reference: str
    phone: str | None  # whose payment it is, as far as that is known
    on_landing_page: bool

    def __str__(self) -> str:
        return f"{self.what}: {self.reference}{'' if self.phone is None else f', on the phone {self.phone}'}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the phone open; *ask* is given what the story wants done."""

    ask: Callable[[Asked], None]
    patience: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays the merchant and the customer; None is the player itself."""

    merchant: Mine | None = None
    customer: Person | None = None


DRIVE: Final = Cast()


def what_needs_our_merchant(scenario: LoadedScenario) -> tuple[Passage, str] | None:
    """Return what of a story only the player's own merchant can do, and what that needs; None for nothing."""
    for step in scenario.every_step():
        if isinstance(step.step, network.ReceiverDown | network.ReceiverUp):
            return step, "the player's own receiver: an application's cannot be told to fail"
        if isinstance(step.step, merchant.RegisterWebhook) and step.step.url is not None:
            return step, "the player's own merchant: an application has a URL of its own"
        answer = getattr(step.step, "expect", None)
        if isinstance(step.step, merchant.MerchantStep) and isinstance(answer, Answer) and answer.headers is not None:
            return step, "the player's own merchant: headers of answers are not in the request log"
    return None
