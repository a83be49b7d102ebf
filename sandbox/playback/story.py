"""A story while it is played: what has been named, what has happened, and what went otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any

from sandbox.playback import references
from sandbox.playback.deliveries import Deliveries
from sandbox.playback.patterns import Difference
from sandbox.playback.receiver import Receiver
from sandbox.playback.references import ReferenceWrong

__all__ = ["Actor", "Deviation", "Message", "Story", "TimeIsUp", "sums"]


class Actor(StrEnum):
    MERCHANT = "merchant"
    VIPPS = "Vipps"
    CUSTOMER = "customer"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Message:
    """What one actor told another, as an arrow of the sequence diagram; without a receiver, a note."""

    sender: Actor
    receiver: Actor | None
    text: str
    detail: str = ""  # such as the bodies
    refused: bool = False


class Deviation(Exception):
    """The story does not go as it should.

    Args:
        diff: Lines of a diff; what was expected begins with `-`, what came with `+`.
        nearest: What came closest, or what may help.
    """

    def __init__(self, expected: str, came: str, *, diff: Sequence[str] = (), nearest: str | None = None) -> None:
        super().__init__(expected, came)
        self.expected = expected
        self.came = came
        self.diff = tuple(diff)
        self.nearest = nearest

    @classmethod
    def of(cls, differences: Sequence[Difference], *, nearest: str | None = None) -> "Deviation":
        first = differences[0]
        return cls(
            f"{first.place}: {'nothing' if first.expected is None else first.expected}",
            f"{first.place}: {'nothing' if first.came is None else first.came}{first.hint}",
            diff=[line for difference in differences for line in difference.lines()],
            nearest=nearest,
        )


class TimeIsUp(Exception):
    """Playing took longer than it may."""


@dataclass(slots=True)
class Story:
    """What the actors of one scenario share; a payment that is not named is the one spoken of last."""

    names: dict[str, Any]
    limit: timedelta
    offset: timedelta = timedelta()  # of the sales unit's clock from real time
    references: list[str] = field(default_factory=list)  # of the payments that were created
    registrations: dict[str, str] = field(default_factory=dict)  # of webhooks: name → id
    receiver: Receiver | None = None  # of the player's own, once webhooks are registered with it
    deliveries: Deliveries | None = None  # to the receiver of an application that plays the merchant
    messages: list[Message] = field(default_factory=list)  # since the last `take_messages`
    holds: set[str] = field(default_factory=set)  # faults that hold calls of steps on their way
    own: dict[str, str] = field(default_factory=dict)  # what an application calls what the file calls otherwise
    spoken_of: str | None = None  # the reference of a payment
    _payments: dict[str, str] = field(default_factory=dict)  # name → reference
    _phones: dict[str, str] = field(default_factory=dict)  # reference → phone number
    _webhooks_told: int = 0
    _begun: float = field(default_factory=monotonic)

    # --- Time -------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return what the clock of the sales unit shows, as near as it is known."""
        return datetime.now(UTC) + self.offset

    def time_left(self) -> float:
        """Return how many seconds are left to play in.

        Raises:
            TimeIsUp: none.
        """
        left = self.limit.total_seconds() - (monotonic() - self._begun)
        if left <= 0:
            raise TimeIsUp
        return left

    # --- Names ------------------------------------------------------------------------------------------

    def resolved(self, value: Any) -> Any:
        """Return a value with what its references stand for.

        Raises:
            Deviation: one of them leads nowhere.
        """
        try:
            return references.resolved(value, self.names, self.now())
        except ReferenceWrong as wrong:
            raise Deviation("what is referred to", str(wrong)) from wrong

    def bind(self, name: str | None, value: Any) -> None:
        if name is not None:
            self.names[name] = value

    def speak_of_new(self, reference: str, sent: Any, *, name: str | None) -> None:
        """Have a new payment be the one spoken of, by its name as well; *sent* is what it was created with."""
        customer = sent.get("customer") if isinstance(sent, dict) else None
        phone = customer.get("phoneNumber") if isinstance(customer, dict) else None
        if name is not None:
            self._payments[name] = reference
        if phone is not None:
            self._phones[reference] = str(phone)
        self.spoken_of = reference

    def note_created(self, reference: str) -> None:
        """Note that there is a payment now; a create that is tried again makes no other."""
        if reference not in self.references:
            self.references.append(reference)

    def reference(self, name: str | None) -> str:
        """Return the reference of a payment by its name, or of the one spoken of last."""
        if name is not None:
            self.spoken_of = self._payments.get(name, self.own.get(name, name))
        if self.spoken_of is None:
            raise Deviation("a payment to speak of", "none was created yet")
        return self.spoken_of

    def whose(self, reference: str) -> str | None:
        """Return the phone number that a payment is known to belong to."""
        return self._phones.get(reference)

    def phone(self, phone: str | None, reference: str) -> str:
        """Return who is meant: *phone* if it is said, or whose the payment is."""
        found = phone or self.whose(reference)
        if found is None:
            raise Deviation("a customer", f"{reference} was created without a phone number; say `phone`")
        self._phones.setdefault(reference, found)
        return found

    # --- The diagram ------------------------------------------------------------------------------------

    def tell(
        self, sender: Actor, receiver: Actor | None, text: str, *, detail: str = "", refused: bool = False
    ) -> None:
        self.messages.append(Message(sender, receiver, text, detail, refused))

    def listens(self) -> Receiver | Deliveries:
        """Return the merchant's receiver.

        Raises:
            Deviation: there is none, for no webhook was registered with it.
        """
        receiver = self.receiver or self.deliveries
        if receiver is None:
            raise Deviation("a receiver of webhooks", "there is none: use merchant.register_webhook first")
        return receiver

    def note(self, text: str, by: Actor = Actor.VIPPS) -> None:
        self.tell(by, None, text)

    def take_messages(self) -> tuple[Message, ...]:
        receiver = self.receiver or self.deliveries
        if receiver is not None:
            for one in receiver.webhooks()[self._webhooks_told :]:
                self._webhooks_told += 1
                self.tell(Actor.VIPPS, Actor.MERCHANT, f"webhook {one.name} → {one.status}", refused=not one.is_taken)
        taken = tuple(self.messages)
        self.messages.clear()
        return taken


def sums(payment: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Give the amounts of a payment, as Vipps answers it, by the names they have in scenarios."""
    for name in ("authorized", "captured", "cancelled", "refunded"):
        yield name, payment["aggregate"][f"{name}Amount"]["value"]
