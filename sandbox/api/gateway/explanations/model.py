"""What an explanation is: why a call was refused, in words that tell a merchant's developer what to do next."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sandbox.api.gateway.operations import Operation
from sandbox.domain.payments import Payment
from sandbox.domain.state import UnitState
from sandbox.domain.values import value
from sandbox.world import SalesUnit, World

__all__ = ["Circumstances", "Documented", "Explanation", "FieldExplanation", "Row", "Text"]


class Documented(NamedTuple):
    """A page that tells the rule; without *url* it is one of the sandbox's own manual."""

    title: str
    url: str | None = None


class FieldExplanation(NamedTuple):
    """What is wrong with one field or header, and what it may be."""

    name: str
    reason: str
    accepted: str


class Explanation(NamedTuple):
    """Why a call was refused, as told at that moment: the state may be another when this is read."""

    summary: str
    rule: str | None = None
    met: str | None = None  # the state that the call met
    accepted: str | None = None  # what would have been accepted instead
    documented: Documented | None = None
    fields: tuple[FieldExplanation, ...] = ()

    @property
    def weight(self) -> int:
        """How many characters it keeps."""
        texts = (self.summary, self.rule, self.met, self.accepted)
        return sum(len(text or "") for text in texts) + sum(len(text) for field in self.fields for text in field)


@value
class Circumstances:
    """What a refused call met; header names are in lower case."""

    world: World
    unit: SalesUnit | None  # None before the call reached one
    operation: Operation | None
    params: Mapping[str, str]  # of the path
    headers: Mapping[str, str]
    method: str
    path: str

    @property
    def state(self) -> UnitState:
        """The sales unit as it stands; an empty one before the call reached any."""
        return UnitState() if self.unit is None else self.unit.state

    @property
    def now(self) -> datetime:
        return self.world.real_now() if self.unit is None else self.unit.now()

    def payment(self, reference: str | None = None) -> Payment | None:
        """Return the payment with a reference, or else the one that the path names, if there is one."""
        return self.state.payments.get(self.params.get("reference", "") if reference is None else reference)


# What a row says: always the same, or as the refusal (of the row's own class) and the circumstances have it.
Text = str | Callable[[Any, Circumstances], str]


class Row(NamedTuple):
    """How one class of refusals is explained.

    *met* is None for the state of the payment that it is about, *summary* for what the refusal says itself.
    """

    rule: str
    accepted: Text
    documented: Documented
    met: Text | None = None
    summary: str | None = None
