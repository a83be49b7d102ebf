"""The timeline: what a sales unit was asked and what happened in it, as one story, newest first.

A moment is a call with the facts that it brought, or a fact that came by itself: from the customer, from the clock.
The order is that of the journal and the request log, not of the clock, which may have been set back in between.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from sandbox.api.gateway import Exchange, RequestLog
from sandbox.api.gateway.masking import masked_body, masked_query
from sandbox.control.dashboard.words import operation_words, tell
from sandbox.domain import facts
from sandbox.domain.commands import PaymentType
from sandbox.domain.facts import Fact, PaymentFact
from sandbox.world import SalesUnit

__all__ = ["Look", "Moment", "Part", "Place", "Show", "moments_after", "newest_request", "page_of"]

_CHUNK: Final = 200
_LOOKED_THROUGH: Final = 5_000  # moments, for one page

Numbered = tuple[int, Fact]


class Show(StrEnum):
    """Which lines are shown."""

    ALL = "all"
    REQUESTS = "requests"
    FACTS = "facts"
    WEBHOOKS = "webhooks"
    PHONE = "phone"


_ON_THE_PHONE: Final = (
    facts.PushSent,
    facts.ReminderSent,
    facts.PaymentOpened,
    facts.ConsentGiven,
    facts.CardEntered,
    facts.CardDeclined,
    facts.PaymentPostponed,
    facts.PaymentProcessing,
    facts.PaymentAuthorized,
    facts.PaymentAborted,
)
# What the call that it came with tells already; the filter for facts has it.
_UNTOLD: Final = (facts.KeyedOperationRefused,)


class Place(NamedTuple):
    """A place in the story: after so many facts, and after the request with that number."""

    facts: int
    request: int

    def __str__(self) -> str:
        return f"{self.facts}.{self.request}"

    @staticmethod
    def read(text: str) -> "Place | None":
        """Return the place that `str` gave; None for anything else."""
        parts = text.split(".")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) <= 15 for part in parts):
            return None
        return Place(int(parts[0]), int(parts[1]))


@dataclass(frozen=True, slots=True)
class Moment:
    exchange: Exchange | None
    facts: tuple[Numbered, ...]  # with their numbers, oldest first


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wants to see of the story."""

    show: Show = Show.ALL
    search: str = ""
    reference: str | None = None  # of the payment that everything is to be about

    @property
    def is_whole(self) -> bool:
        return self == _WHOLE

    @property
    def query(self) -> dict[str, str | None]:
        """What asks for it in the address of a page."""
        show = None if self.show is Show.ALL else self.show.value
        return {"payment": self.reference, "q": self.search, "show": show}

    def at(self, moment: Moment) -> Moment | None:
        """Return what is to be seen of a moment; None for nothing."""
        if self.reference is not None and not is_about(moment, self.reference):
            return None
        if self.show is Show.ALL:
            kept = tuple(each for each in moment.facts if not isinstance(each[1], _UNTOLD))
            moment = replace(moment, facts=kept) if len(kept) < len(moment.facts) else moment
        else:
            is_request = self.show is Show.REQUESTS
            moment = replace(
                moment,
                exchange=moment.exchange if is_request else None,
                facts=() if is_request else tuple(each for each in moment.facts if _is_shown(self.show, each[1])),
            )
        if moment.exchange is None and not moment.facts:
            return None
        return moment if not self.search or _has(moment, self.search.casefold()) else None


_WHOLE: Final = Look()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the story, newest first."""

    moments: tuple[Moment, ...]
    older: Place | None  # where it goes on; None at its beginning


def page_of(unit: SalesUnit, log: RequestLog, look: Look, before: Place | None, most: int) -> Part:
    """Return the newest part of the story, or what comes before a place.

    What is looked through for one page has an end, found much or little.
    """
    found: list[Moment] = []
    for looked, (moment, older) in enumerate(moments_before(unit, log, before)):
        if len(found) == most or looked == _LOOKED_THROUGH:
            return Part(tuple(found), Place(_last_fact(moment, older), _last_request(moment, older)))
        seen = look.at(moment)
        if seen is not None:
            found.append(seen)
    return Part(tuple(found), None)


def _last_fact(moment: Moment, older: Place) -> int:
    return moment.facts[-1][0] if moment.facts else older.facts


def _last_request(moment: Moment, older: Place) -> int:
    return older.request if moment.exchange is None else moment.exchange.number


def moments_before(unit: SalesUnit, log: RequestLog, before: Place | None) -> Iterator[tuple[Moment, Place]]:
    """Give the moments, newest first, each with the place before it."""
    number = len(unit.journal) if before is None else min(before.facts, len(unit.journal))
    newest = None if before is None else before.request
    backwards = _Backwards(unit, number)
    for exchange in log.newest_of(unit.msn):
        if newest is not None and exchange.number > newest:
            continue
        while number >= max(exchange.facts.stop, 1):
            number -= 1
            yield Moment(None, (backwards.fact(number + 1),)), Place(number, exchange.number)
        own = tuple(backwards.fact(each) for each in reversed(exchange.facts) if each <= number)[::-1]
        number = min(number, exchange.facts.start - 1)
        yield Moment(exchange, own), Place(number, exchange.number - 1)
    while number > 0:
        number -= 1
        yield Moment(None, (backwards.fact(number + 1),)), Place(number, 0)


class _Backwards:
    """Reads a journal from its end, a chunk at a time: journals are made to be read forward.

    What is asked for must go down.
    """

    def __init__(self, unit: SalesUnit, newest: int) -> None:
        self._unit = unit
        self._begins = newest + 1
        self._chunk: list[Fact] = []

    def fact(self, number: int) -> Numbered:
        if number < self._begins:
            ends = number
            self._begins = max(1, ends - _CHUNK + 1)
            self._chunk = list(islice(self._unit.journal.read(self._begins - 1), ends - self._begins + 1))
        return number, self._chunk[number - self._begins]


def moments_after(unit: SalesUnit, log: RequestLog, place: Place, most: int) -> tuple[list[Moment], Place, bool]:
    """Return what came after a place, oldest first, where that ends, and whether it is all.

    Of more than *most* the newest come.
    """
    now = Place(len(unit.journal), max(place.request, newest_request(unit, log)))
    found: list[Moment] = []
    for moment, _ in moments_before(unit, log, None):
        if moment.exchange is None:
            is_known = moment.facts[0][0] <= place.facts
        else:
            is_known = moment.exchange.number <= place.request
        if is_known:
            break
        if len(found) == most:
            return found[::-1], now, False
        found.append(moment)
    return found[::-1], now, True


def newest_request(unit: SalesUnit, log: RequestLog) -> int:
    """Return the number of the newest request that is kept, 0 for none."""
    return next((exchange.number for exchange in log.newest_of(unit.msn)), 0)


# --- What a moment is about -----------------------------------------------------------------------------


def is_about(moment: Moment, reference: str) -> bool:
    """Tell whether a moment is about a payment."""
    if any(_reference_of(fact) == reference for _, fact in moment.facts):
        return True
    exchange = moment.exchange
    if exchange is None:
        return False
    return reference in exchange.path.split("/") or f'"{reference}"'.encode() in exchange.request_body


def _reference_of(fact: Fact) -> str | None:
    match fact:
        case PaymentFact(reference=reference):
            return reference
        case facts.CategoryAttached(command=command) | facts.ReceiptAttached(command=command):
            return command.order_id if command.payment_type is PaymentType.ECOM else None
        case _:
            return getattr(fact, "reference", None)


def _is_shown(show: Show, fact: Fact) -> bool:
    match show:
        case Show.WEBHOOKS:
            return type(fact).__name__.startswith(("Webhook", "Delivery"))
        case Show.PHONE:
            return isinstance(fact, _ON_THE_PHONE)
        case _:
            return True


def _has(moment: Moment, sought: str) -> bool:
    return any(sought in text.casefold() for text in _texts(moment))


def _texts(moment: Moment) -> Iterable[str]:
    """Give what is searched, as it is shown: what is masked is not found either."""
    for _, fact in moment.facts:
        yield tell(fact).words
        yield type(fact).__name__
        yield _reference_of(fact) or ""
        yield getattr(fact, "phone_number", "") or ""
    exchange = moment.exchange
    if exchange is not None:
        yield operation_words(exchange.operation)
        yield f"{exchange.method} {exchange.path} {exchange.status}"
        yield masked_query(exchange.query)
        yield masked_body(exchange.request_body.decode(errors="replace"))
        yield masked_body(exchange.response_body.decode(errors="replace"))
