"""What happened in a sales unit, as a scenario that plays the same again.

Merchants' calls come from the request log, what customers did and when from the journal. Told is what a person would
tell: no polling, no tokens, no keys that are used once; and at the end how each payment stands.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from sandbox.api.gateway import Exchange
from sandbox.api.wording import amount_text
from sandbox.control.recording.customers import act_of, card_form_step, person_step
from sandbox.control.recording.merchants import Merchant, header_of
from sandbox.control.recording.names import Names
from sandbox.control.recording.steps import Said, duration_text, instant_text, lines_of, yaml_of
from sandbox.domain import facts
from sandbox.domain.commands import PaymentMethodType
from sandbox.domain.event_log import events_of
from sandbox.domain.facts import Fact
from sandbox.domain.payments import Payment, PaymentState
from sandbox.domain.sales_unit import UnitSettings
from sandbox.world import SalesUnit

__all__ = ["Recorder", "RecordingIncomplete"]

_SECOND: Final = timedelta(seconds=1)
_PAUSE: Final = timedelta(minutes=1)  # between two steps that is worth telling
_EVENTS_OF_AT_MOST: Final = 20  # payments whose event logs are told
_SUMS: Final = ("authorized", "captured", "cancelled", "refunded")
_PASSING: Final = frozenset({401, 423, 429})  # trouble of the way, which does not come again
_OPENS_FIRST: Final = frozenset(
    f"customer.{action}" for action in ("share", "refuse", "approve", "reject", "pay_later", "decline_card")
)
_NOT_OF_PLAYERS: Final = frozenset({"webhook_targets"})


class RecordingIncomplete(Exception):
    """The request log does not have all calls any more; the text says what is missing."""


class Recorder:
    """Makes one scenario of what happened.

    Args:
        exchanges: The merchants' calls that it is to tell.
        happened: The facts that it is to tell, with their numbers in the journal.
    """

    def __init__(self, unit: SalesUnit, exchanges: Iterable[Exchange], happened: Sequence[tuple[int, Fact]]) -> None:
        self._unit = unit
        self._state = unit.state
        self._happened = happened
        known = dict(happened)
        self._exchanges = [exchange for exchange in exchanges if not _is_lost(exchange, known)]
        self._steps: list[Said] = []
        self._names = Names()
        self._begins: datetime | None = None
        self._plays_at: datetime | None = None  # what the clock shows at least when this is played
        self._moved: dict[int, int] = {}  # facts that a move of the clock brought about, and that move; numbers
        self._clock_was: facts.ClockSet | facts.UnitRestored | None = None
        self._is_frozen = False
        told = (exchange for exchange in self._exchanges if not _is_passing(exchange))
        keys = Counter(header_of(exchange, "idempotency-key") for exchange in told)
        repeated = frozenset(key for key, count in keys.items() if key is not None and count > 1)
        self._merchant = Merchant(self._state, self._names, repeated)

    # --- The timeline -----------------------------------------------------------------------------------

    def record(self) -> None:
        """Tell what happened, and the calls among it.

        Raises:
            RecordingIncomplete: a call that made a payment is forgotten.
        """
        calls = sorted(self._exchanges, key=lambda exchange: (exchange.facts.start, exchange.number))
        brought = {number: exchange for exchange in calls for number in exchange.facts}
        _make_sure_of(self._happened, brought)
        self._moved = self._moved_by_the_clock()
        upcoming = iter([*calls, None])
        call = next(upcoming)
        for number, fact in self._happened:
            while call is not None and call.facts.start <= number:
                self._call(call)
                call = next(upcoming)
            self._fact(number, fact, brought.get(number))
        while call is not None:
            self._call(call)
            call = next(upcoming)
        self._expect_endings()

    def _pass_time(self, at: datetime) -> None:
        """Have the clock show *at* at least."""
        if self._plays_at is None:
            self._begins = self._plays_at = at.replace(microsecond=0)
        elif at > self._plays_at:
            self._advance(_SECOND * -(-(at - self._plays_at) // _SECOND))

    def _advance(self, by: timedelta) -> None:
        self._say("time.advance", bare=duration_text(by))
        if self._plays_at is not None:
            self._plays_at += by

    def _after_a_pause(self, at: datetime) -> None:
        """Tell a pause before something that somebody does, if it is long enough to matter."""
        if self._plays_at is None or at - self._plays_at >= _PAUSE:
            self._pass_time(at)

    def _say(self, key: str, fields: Mapping[str, Any] | None = None, *, bare: Any = None) -> None:
        self._steps.append(Said(key, {} if fields is None else fields, bare))

    # --- Merchants --------------------------------------------------------------------------------------

    def _call(self, exchange: Exchange) -> None:
        if _is_passing(exchange):
            return
        said = self._merchant.step_of(exchange)
        if said is not None:
            self._after_a_pause(exchange.at)
            self._steps.append(said)

    # --- Customers and time -----------------------------------------------------------------------------

    def _fact(self, number: int, fact: Fact, cause: Exchange | None) -> None:
        match fact:
            case facts.ClockSet() | facts.UnitRestored():
                self._clock(number, fact)
            case facts.CustomerConfigured():
                self._steps.append(person_step(fact))
            case facts.ConsentForgotten(phone_number=phone_number):
                self._after_a_pause(fact.at)
                self._say("customer.withdraw_consent", bare=phone_number)
            case facts.PaymentExpired() | facts.PaymentCancelled() if cause is None:
                self._by_itself(number, fact)
            case facts.PaymentFact() if fact.reference in self._names.payments and not _is_of_call(fact, cause):
                self._customer(number, fact)
            case _:
                pass

    def _by_itself(self, number: int, fact: Fact) -> None:
        """Have enough time pass for something that time brings about, unless a move of the clock does."""
        at_once = self._plays_at is not None and fact.at - self._plays_at < _SECOND
        if number not in self._moved and not at_once:
            self._pass_time(fact.at)

    def _clock(self, number: int, fact: facts.ClockSet | facts.UnitRestored) -> None:
        shown = self._shown_before(fact)
        self._clock_was = fact
        if self._plays_at is None or not self._steps:
            if abs(fact.at - shown) >= _SECOND:
                self._begins = self._plays_at = fact.at
        elif fact.at - shown <= -_SECOND:
            self._plays_at = fact.at
            self._say("time.set", bare=instant_text(fact.at))
        elif fact.at - shown >= _SECOND:
            self._move(number, fact, shown)
        if fact.frozen is not self._is_frozen:
            self._is_frozen = fact.frozen
            self._say("time.freeze" if fact.frozen else "time.resume")

    def _move(self, number: int, fact: facts.ClockSet | facts.UnitRestored, shown: datetime) -> None:
        """Tell a move forward: as it was asked for, if that brings about the same where less time went before it."""
        asked = fact.by if isinstance(fact, facts.ClockSet) else None
        if asked is not None:
            self._after_a_pause(shown)
        plays_at = shown if self._plays_at is None else self._plays_at
        ahead = plays_at - shown  # by a second and more if what happened on the way has been told already
        brought = (moved.at for place, moved in self._happened if self._moved.get(place) == number)
        if asked is not None and ahead < _SECOND and max(brought, default=plays_at) <= plays_at + asked:
            self._advance(asked)
        elif asked is None and abs(ahead) < _SECOND:
            self._advance(_SECOND * round((fact.at - shown) / _SECOND))
        else:
            self._pass_time(fact.at)

    def _shown_before(self, fact: facts.ClockSet | facts.UnitRestored) -> datetime:
        """Return what the clock showed when it was moved."""
        was = self._clock_was
        if was is None:
            return fact.real
        return was.at if was.frozen else was.at + (fact.real - was.real)

    def _moved_by_the_clock(self) -> dict[int, int]:
        """Return the numbers of the facts that happened while the clock was moved, on the way, and of the moves."""
        moved: dict[int, int] = {}
        for place, (number, fact) in enumerate(self._happened):
            if isinstance(fact, facts.ClockSet):
                shown = self._shown_before(fact)
                self._clock_was = fact
                before = place
                while before and shown < self._happened[before - 1][1].at <= fact.at:
                    before -= 1
                    moved[self._happened[before][0]] = number
        self._clock_was = None
        return moved

    def _customer(self, number: int, fact: facts.PaymentFact) -> None:
        payment, name = self._state.payments[fact.reference], self._names.payments[fact.reference]
        phone = getattr(fact, "phone_number", None) or payment.customer
        if phone is None or payment.created.command.payment_method is PaymentMethodType.CARD:
            said = card_form_step(fact, name)
        elif self._state.persona(phone).answers:
            self._by_itself(number, fact)
            return
        else:
            said = act_of(fact, payment, name, phone)
        if said is not None:
            self._after_a_pause(fact.at)
            opened = self._steps and self._steps[-1] == Said("customer.open", said.fields)
            if opened and said.key in _OPENS_FIRST:
                self._steps.pop()
            self._steps.append(said)
        elif phone is not None and isinstance(fact, facts.PaymentAuthorized):
            self._by_itself(number, fact)  # a payment that was processed for a while

    # --- How it ended -----------------------------------------------------------------------------------

    def _expect_endings(self) -> None:
        for reference, name in self._names.payments.items():
            payment = self._state.payments[reference]
            sums: dict[str, Any] = {what: getattr(payment, what) for what in _SUMS if getattr(payment, what)}
            self._say("expect.payment", {"payment": name, "state": payment.state.value, **sums})
            if len(self._names.payments) <= _EVENTS_OF_AT_MOST:
                events = [event.name.value for event in events_of(payment, self._unit.msn)]
                self._say("expect.events", {"payment": name, "events": events})

    def _title(self) -> str:
        payments = [self._state.payments[reference] for reference in self._names.payments]
        if not payments:
            return "Nothing is paid"
        if len(payments) == 1:
            (payment,) = payments
            kind = "An invoice" if next(iter(self._names.payments.values())).startswith("invoice") else "An order"
            return f"{kind} of {amount_text(payment.amount)} is {_and(_became(payment))}"
        counts: dict[str, int] = {}
        for payment in payments:
            became = _became(payment)[-1]
            counts[became] = counts.get(became, 0) + 1
        return f"{len(payments)} payments, of which {_and([f'{count} {became}' for became, count in counts.items()])}"

    def text(self) -> str:
        """Return the file."""
        lines = [
            f"scenario: {yaml_of(self._title())}",
            f"about: Recorded from sales unit {self._unit.msn}.",
        ]
        given: dict[str, Any] = {}
        if self._begins is not None and self._steps:
            given["clock"] = instant_text(self._begins)
        if changed := _changed_settings(self._state.settings):
            given["unit"] = changed
        if given:
            lines.append(f"given: {yaml_of(given)}")
        lines.append("steps:" if self._steps else "steps: [time.resume: ]")
        return "\n".join(lines) + "\n" + self.steps_text()

    def steps_text(self) -> str:
        """Return the steps, a line or more for each."""
        return "".join(f"{line}\n" for said in self._steps for line in lines_of(said))


def _is_passing(exchange: Exchange) -> bool:
    return exchange.status in _PASSING or exchange.status >= 500


def _is_lost(exchange: Exchange, happened: Mapping[int, Fact]) -> bool:
    """Tell whether a call broke off and brought nothing: it never arrived, or repeated one that did."""
    came_of_it = (happened.get(number) for number in exchange.facts)
    return not exchange.status and all(isinstance(fact, facts.FaultFired | None) for fact in came_of_it)


def _make_sure_of(happened: Sequence[tuple[int, Fact]], brought: Mapping[int, Exchange]) -> None:
    for number, fact in happened:
        if isinstance(fact, facts.PaymentCreated) and number not in brought:
            raise RecordingIncomplete(
                f"The request log has forgotten the call that made payment {fact.reference}; it keeps the newest "
                "calls only. Record sooner, or in a sales unit of its own."
            )


def _is_of_call(fact: facts.PaymentFact, cause: Exchange | None) -> bool:
    """Tell whether a call brought a fact about, so that the call tells it."""
    if cause is None:
        return False
    if cause.operation == "forceApprove":
        return True
    return not isinstance(fact, facts.PaymentOpened | facts.ConsentGiven | facts.PaymentPostponed)


def _became(payment: Payment) -> list[str]:
    became = [] if payment.postponed_at is None else ["put off"]
    match payment.state:
        case PaymentState.CREATED:
            became.append("not answered")
        case PaymentState.AUTHORIZED:
            became.append("paid")
            became += (what for what in ("captured", "refunded") if getattr(payment, what))
            if payment.cancelled:
                became.append("released")
        case PaymentState.ABORTED:
            became.append("rejected")
        case PaymentState.EXPIRED:
            became.append("expired")
        case PaymentState.TERMINATED:
            became.append("called off")
    return became


def _and(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _changed_settings(settings: UnitSettings) -> dict[str, Any]:
    usual = asdict(UnitSettings())
    changed = {
        to_camel(name): value
        for name, value in asdict(settings).items()
        if value != usual[name] and name not in _NOT_OF_PLAYERS
    }
    plain: dict[str, Any] = to_jsonable_python(changed)
    return plain
