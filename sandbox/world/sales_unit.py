"""A sales unit: the only writer of its journal, and the one place where its facts become its state.

Every operation is decide → facts → append → fold, with no `await` in between; that is what makes it atomic on the
event loop. What falls due is fired before anything else is looked at or done, each due time at its own instant, so
that nobody ever meets a payment that should have expired.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar, cast

from sandbox.domain.approval import act, actions_on_screen
from sandbox.domain.commands import CustomerAct, CustomerAction
from sandbox.domain.due_times import Due, DueKind, due_after, fall_due, is_awaited
from sandbox.domain.errors import CustomerNotFound, Refusal
from sandbox.domain.facts import ClockSet, Fact, UnitConfigured, UnitProvisioned
from sandbox.domain.idempotency import earlier_outcome, remembered_refusal
from sandbox.domain.personas import ends_turn, next_act
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.state import UnitState
from sandbox.journal import Journal, MemoryJournal
from sandbox.world.people import born_if_asked

__all__ = ["SalesUnit"]

C = TypeVar("C")
F = TypeVar("F", bound=Fact)


class SalesUnit:
    """One sales unit.

    Args:
        real_now: The wall clock, in UTC; the unit's own clock is derived from it.
        journal: Where its facts are kept; if it has any, the unit is rebuilt from them.
        on_due: Called whenever the next due time may have come nearer.
    """

    def __init__(
        self,
        msn: str,
        settings: UnitSettings,
        *,
        real_now: Callable[[], datetime],
        journal: Journal | None = None,
        on_due: Callable[["SalesUnit"], None] = lambda _: None,
    ) -> None:
        self.msn = msn
        self.state = UnitState()
        self.journal = MemoryJournal() if journal is None else journal
        self._real_now = real_now
        self._on_due = on_due
        self.watchers: list[Callable[[], None]] = []  # called after facts were recorded
        self._firing_at: datetime | None = None
        self._dues: list[tuple[datetime, int, Due]] = []
        self._due_number = count()
        self._moving = asyncio.Lock()
        for fact in self.journal.read():
            self._forget_fired(fact)
            self._fold(fact)
        if not len(self.journal):
            self._record([UnitProvisioned(at=real_now(), msn=msn, settings=settings)])

    # --- Reading ----------------------------------------------------------------------------------------

    @property
    def frozen(self) -> bool:
        return self.state.clock.frozen

    def now(self) -> datetime:
        """Return what the unit's clock shows; while a due time is fired, the instant of that due time."""
        return self._firing_at or self.state.clock.read(self._real_now())

    def up_to_date(self) -> UnitState:
        """Return the state, after all that was due by now has happened."""
        self.settle()
        return self.state

    def elapsed_since(self, real: datetime) -> timedelta:
        """Return how much of the unit's own time has passed since a real instant."""
        return self.state.clock.elapsed(real, self._real_now())

    @property
    def next_due(self) -> datetime | None:
        """The next instant on the unit's clock at which something may happen by itself."""
        return self._dues[0][0] if self._dues else None

    def dues(self) -> Iterator[Due]:
        """Give all due times that are to come, soonest first."""
        return (due for _, _, due in sorted(self._dues, key=lambda entry: entry[:2]))

    @property
    def next_due_really(self) -> datetime | None:
        """The real instant of the next due time; None if there is none, or while the clock stands before it."""
        due = self.next_due
        if due is None:
            return None
        if self.frozen:
            return self._real_now() if due <= self.now() else None
        return self.state.clock.real_time_of(due)

    # --- Writing ----------------------------------------------------------------------------------------

    def do(self, decide: Callable[[UnitState, C, datetime], Sequence[F]], command: C) -> Sequence[F]:
        """Carry out one command: decide, append, fold.

        A command whose Idempotency-Key has an outcome already gets the facts of then, and does nothing.

        Raises:
            Refusal: *decide* refused; nothing has happened.
        """
        at = self.now()  # read once: nothing may fall due between what is fired and what is done
        self._fire_until(at)
        return self._do(decide, command, at)

    def customer_does(self, action: CustomerAction, reference: str, phone_number: str) -> Sequence[Fact]:
        """Have a customer do something on the phone.

        Raises:
            NotOnScreen, CustomerNotFound, UnknownReference: nothing has happened.
        """
        command = CustomerAct(action=action, reference=reference, phone_number=phone_number)
        return self.do(act, self._with_age(command))

    def configure(self, settings: UnitSettings) -> None:
        at = self.now()
        self._fire_until(at)
        self._record([UnitConfigured(at=at, settings=settings)])

    async def set_clock(self, to: datetime | None, *, frozen: bool | None = None) -> list[Fact]:
        """Move the clock to *to*, forward or back, and say whether it stands still there.

        None leaves the clock, or whether it stands still, as it is.

        On the way forward all that falls due happens, in order, each at its own instant. A second move waits for
        the first to end.

        Returns: what has happened, in order, without the move itself.
        """
        async with self._moving:
            return self._move(to=to, frozen=frozen)

    async def advance(self, by: timedelta) -> list[Fact]:
        """Move the clock forward by *by*; see `set_clock`."""
        async with self._moving:
            return self._move(by=by)

    def _move(
        self, *, to: datetime | None = None, by: timedelta = timedelta(0), frozen: bool | None = None
    ) -> list[Fact]:
        real, before = self._real_now(), len(self.journal)
        now = self.state.clock.read(real)
        goal = (to or now) + by
        self._fire_until(max(goal, now))  # also on the way back: what was due by now has happened
        happened = list(self.journal.read(before))
        still = self.frozen if frozen is None else frozen
        self._record([ClockSet(at=goal, real=real, frozen=still)])
        return happened

    def settle(self) -> None:
        """Fire what has become due by now."""
        if self._dues and self._firing_at is None:
            now = self.now()
            if self._dues[0][0] <= now:
                self._fire_until(now)

    def _do(self, decide: Callable[[UnitState, C, datetime], Sequence[F]], command: C, at: datetime) -> Sequence[F]:
        earlier = earlier_outcome(self.state, command)
        if earlier is not None:
            return [cast("F", earlier)]  # the key's operation had the same decision
        try:
            facts = decide(self.state, command, at)
        except Refusal as refusal:
            self._record(remembered_refusal(self.state, command, refusal, at))
            raise
        self._record(facts)
        return facts

    def _record(self, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        self.journal.append(facts)
        for fact in facts:
            self._fold(fact)
        self._on_due(self)
        for told in self.watchers:
            told()

    def _forget_fired(self, fact: Fact) -> None:
        """On rebuilding, drop the due times that had been fired before *fact* was recorded, whatever came of them."""
        fired = max(fact.at, self.state.clock.read(fact.real)) if isinstance(fact, ClockSet) else fact.at
        # What is due at the very instant of a fact may have brought it about, or have been next; it fires again
        # then, and finds nothing left to do. Moving the clock and changing settings come after all of it.
        last = isinstance(fact, ClockSet | UnitConfigured)
        while self._dues and (self._dues[0][0] < fired or (last and self._dues[0][0] == fired)):
            heappop(self._dues)

    def _fold(self, fact: Fact) -> None:
        self.state.apply(fact)
        for due in due_after(self.state, fact):
            heappush(self._dues, (due.at, next(self._due_number), due))

    def _fire_until(self, until: datetime) -> None:
        while self._dues and self._dues[0][0] <= until:
            _, _, due = heappop(self._dues)
            self._firing_at = due.at
            try:
                self._fire(due)
            finally:
                self._firing_at = None

    def _fire(self, due: Due) -> None:
        if due.kind is not DueKind.PERSONA:
            self._record(fall_due(self.state, due, due.at))
        elif is_awaited(self.state, due):
            self._play_persona(due)

    def _play_persona(self, due: Due) -> None:
        turn_ends = False
        while not turn_ends:
            payment = self.state.payments[due.reference]
            phone_number = payment.customer
            if phone_number is None:
                return
            on_screen = actions_on_screen(self.state, payment, phone_number, due.at)
            command = next_act(self.state.persona(phone_number), payment, on_screen)
            if command is None:
                return
            try:
                turn_ends = ends_turn(self._do(act, self._with_age(command), due.at)[-1])
            except CustomerNotFound:  # too young for what the merchant asks
                return

    def _with_age(self, command: CustomerAct) -> CustomerAct:
        """Return the command with what the decision needs to know of the customer."""
        payment = self.state.payment(command.reference)
        return replace(command, customer_born=born_if_asked(payment.created.command, command.phone_number))
