"""A sales unit: the only writer of its journal, and the one place where its facts become its state.

Every operation is decide → facts → append → fold, with no `await` in between; that is what makes it atomic on the
event loop. What falls due is fired before anything else is looked at or done, each due time at its own instant, so
that nobody ever meets a payment that should have expired.

Errands are due times that need somebody outside, and so real time: a courier runs them beside all else, and what
comes of each is recorded like any other command. While the clock is moved they are run at their own instants, and
whatever a merchant does meanwhile happens at that instant, too.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush, nsmallest
from itertools import count
from typing import Final, TypeVar, cast

from sandbox.domain import shipping, webhooks
from sandbox.domain.approval import act, actions_on_screen
from sandbox.domain.commands import CustomerAct, CustomerAction
from sandbox.domain.customers import is_phone_number
from sandbox.domain.due_times import Due, DueKind, due_after, fall_due, is_awaited
from sandbox.domain.errors import CustomerNotFound, Refusal
from sandbox.domain.facts import ClockSet, Fact, UnitConfigured, UnitProvisioned, UnitRestored
from sandbox.domain.idempotency import earlier_outcome, remembered_refusal
from sandbox.domain.payments import Payment
from sandbox.domain.personas import ends_turn, next_act
from sandbox.domain.sales_unit import UnitSettings
from sandbox.domain.state import UnitState
from sandbox.journal import Journal, MemoryJournal
from sandbox.world.errands import Courier, ShippingFailed
from sandbox.world.people import Person, person

__all__ = ["SalesUnit"]

log = logging.getLogger(__name__)

_ERRANDS_AT_ONCE: Final = 32

C = TypeVar("C")
F = TypeVar("F", bound=Fact)


class SalesUnit:
    """One sales unit.

    Args:
        real_now: The wall clock, in UTC; the unit's own clock is derived from it.
        journal: Where its facts are kept; if it has any, the unit is rebuilt from them.
        on_due: Called whenever the next due time may have come nearer.
        courier: Who runs errands; without one, nobody outside is ever called.
    """

    def __init__(
        self,
        msn: str,
        settings: UnitSettings,
        *,
        real_now: Callable[[], datetime],
        journal: Journal | None = None,
        on_due: Callable[["SalesUnit"], None] = lambda _: None,
        courier: Courier | None = None,
    ) -> None:
        self.msn = msn
        self.purpose: str | None = None  # what it was made for, if not for an application
        self.state = UnitState()
        self.journal = MemoryJournal() if journal is None else journal
        self._real_now = real_now
        self._on_due = on_due
        self._courier = courier
        self.watchers: list[Callable[[], None]] = []  # called after facts were recorded
        self._firing_at: datetime | None = None
        self._dues: list[tuple[datetime, int, Due]] = []
        self._errands: list[tuple[datetime, int, Due]] = []
        self._running: dict[asyncio.Task[None], Due] = {}
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

    def real_now(self) -> datetime:
        return self._real_now()

    def up_to_date(self) -> UnitState:
        """Return the state, after all that was due by now has happened."""
        self.settle()
        return self.state

    def elapsed_since(self, real: datetime) -> timedelta:
        """Return how much of the unit's own time has passed since a real instant."""
        return self.state.clock.elapsed(real, self._real_now())

    def person(self, phone_number: str) -> Person:
        """Return who has a phone number, with what was said of that one in this sales unit."""
        said = self.state.customers.get(phone_number)
        who = person(phone_number)
        return who if said is None else who.changed(said.person)

    def birth_date(self, phone_number: str) -> date | None:
        """Return when somebody was born; None for what is no phone number."""
        return self.person(phone_number).birth_date if is_phone_number(phone_number) else None

    @property
    def next_due(self) -> datetime | None:
        """The next instant on the unit's clock at which something may happen by itself."""
        return min((queue[0][0] for queue in (self._dues, self._errands) if queue), default=None)

    def due_times(self, most: int) -> list[Due]:
        """Return what waits, soonest first, at most so many."""
        waiting = nsmallest(most, (*self._dues, *self._errands))
        return [due for _, _, due in waiting]

    @property
    def next_due_really(self) -> datetime | None:
        """The real instant of the next due time; None if there is none, or while the clock is moved or stands."""
        if self._moving.locked():
            return None
        due = self._dues[0][0] if self._dues else None
        if self._errands and len(self._running) < _ERRANDS_AT_ONCE:
            due = self._errands[0][0] if due is None else min(due, self._errands[0][0])
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

    def customer_does(
        self, action: CustomerAction, reference: str, phone_number: str, *, shipping_option_id: str | None = None
    ) -> Sequence[Fact]:
        """Have a customer do something on the phone.

        Raises:
            NotOnScreen, CustomerNotFound, UnknownReference, ShippingOptionUnknown: nothing has happened.
        """
        command = CustomerAct(
            action=action,
            reference=reference,
            phone_number=phone_number,
            shipping_option_id=shipping_option_id,
        )
        return self.do(act, self._with_person(command))

    def configure(self, settings: UnitSettings) -> None:
        at = self.now()
        self._fire_until(at)
        self._record([UnitConfigured(at=at, settings=settings)])

    async def set_clock(self, to: datetime | None, *, frozen: bool | None = None) -> list[Fact]:
        """Move the clock to *to*, forward or back, and say whether it stands still there.

        None leaves the clock, or whether it stands still, as it is.

        On the way forward all that falls due happens, in order, each at its own instant; merchants are really told
        and asked, and answer before the next. A second move waits for the first to end.

        Returns: what has happened, in order, without the move itself.
        """
        async with self._moving:
            happened = await self._move(to=to, frozen=frozen)
        self._on_due(self)
        return happened

    async def advance(self, by: timedelta) -> list[Fact]:
        """Move the clock forward by *by*; see `set_clock`."""
        async with self._moving:
            happened = await self._move(by=by)
        self._on_due(self)
        return happened

    async def advance_to_next_due(self) -> list[Fact]:
        """Move the clock forward to the next due time, if there is one, and let it happen."""
        async with self._moving:
            due = self.next_due
            now = self.state.clock.read(self._real_now())
            happened = await self._move(to=None if due is None else max(due, now))
        self._on_due(self)
        return happened

    async def _move(
        self, *, to: datetime | None = None, by: timedelta = timedelta(0), frozen: bool | None = None
    ) -> list[Fact]:
        await self._errands_done()
        before = len(self.journal)
        now = self.state.clock.read(self._real_now())
        goal = (to or now) + by
        await self._live_until(max(goal, now), since=now)  # also on the way back: what was due by now has happened
        real = self._real_now()  # time has passed if anybody was called
        self._fire_until(max(goal, self.state.clock.read(real)))
        happened = list(self.journal.read(before))
        still = self.frozen if frozen is None else frozen
        self._record([ClockSet(at=goal, real=real, frozen=still, by=by or None)])
        return happened

    async def _live_until(self, until: datetime, *, since: datetime) -> None:
        """Let all happen that is due by *until*, each at its own instant; what is due then may bring more.

        An errand that nobody had time for before *since* is run then: its own instant is over.
        """
        self._fire_until(since)
        while (instant := self.next_due) is not None and instant <= until:
            instant = max(instant, since)
            self._firing_at = instant  # what others do while errands are run happens at that instant
            try:
                self._fire_until(instant)
                while self._errands and self._errands[0][0] <= instant:
                    self._start_errands(instant)
                    await self._errands_done()
                    self._fire_until(instant)
            finally:
                self._firing_at = None

    def settle(self) -> None:
        """Fire what has become due by now, and send the courier on the errands that are due."""
        if self._firing_at is not None or self._moving.locked():
            return
        if self._dues or self._errands:
            now = self.now()
            if self._dues and self._dues[0][0] <= now:
                self._fire_until(now)
            if self._errands and self._errands[0][0] <= now:
                self._start_errands(now)

    async def errands_done(self) -> None:
        """Wait until merchants have answered what they are told and asked now, and what follows from that at once."""
        self.settle()
        while self._running:
            await self._errands_done()
            self.settle()  # what waited in a queue for what was answered

    async def shipping_known(self, reference: str) -> None:
        """Wait until the merchant has answered how it ships, if it is being asked that about a payment."""
        self.settle()
        await self._errands_done(lambda due: due.kind is DueKind.SHIPPING and due.reference == reference)

    def abandon(self) -> None:
        """End for good, removed or replaced: nothing falls due any more, and nobody outside is called."""
        self._dues.clear()
        self._errands.clear()
        self._courier = None
        self.close()

    def close(self) -> None:
        """End all errands; what was not answered is as if it had not been sent."""
        for task in self._running:
            task.cancel()

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
        last = isinstance(fact, ClockSet | UnitConfigured | UnitRestored)
        while self._dues and (self._dues[0][0] < fired or (last and self._dues[0][0] == fired)):
            heappop(self._dues)

    def _fold(self, fact: Fact) -> None:
        self.state.apply(fact)
        for due in due_after(self.state, fact):
            if not due.kind.is_errand:
                heappush(self._dues, (due.at, next(self._due_number), due))
            elif self._courier is not None:
                heappush(self._errands, (due.at, next(self._due_number), due))

    def _fire_until(self, until: datetime) -> None:
        outer = self._firing_at
        while self._dues and self._dues[0][0] <= until:
            _, _, due = heappop(self._dues)
            self._firing_at = due.at
            try:
                self._fire(due)
            finally:
                self._firing_at = outer

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
                turn_ends = ends_turn(self._do(act, self._with_person(command), due.at)[-1])
            except CustomerNotFound:  # too young for what the merchant asks
                return

    def _with_person(self, command: CustomerAct) -> CustomerAct:
        """Return the command with what the decision needs to know; nobody is made up where nothing is asked."""
        payment = self.state.payment(command.reference).created.command
        if payment.minimum_user_age is not None:
            command = replace(command, customer_born=self.birth_date(command.phone_number))
        if payment.shipping is not None and payment.shipping.allowed_countries is not None:
            command = replace(command, country=self.person(command.phone_number).address.country)
        return command

    # --- Errands ----------------------------------------------------------------------------------------

    def _start_errands(self, until: datetime) -> None:
        while self._errands and self._errands[0][0] <= until and len(self._running) < _ERRANDS_AT_ONCE:
            _, _, due = heappop(self._errands)
            if is_awaited(self.state, due) and not self._is_running(due):
                task = asyncio.create_task(self._run_errand(due))
                self._running[task] = due
                task.add_done_callback(self._errand_done)

    def _is_running(self, due: Due) -> bool:
        """Tell whether the queue's first event is on its way already."""
        if due.kind is not DueKind.WEBHOOK:
            return False
        return any(other.kind is due.kind and other.queue == due.queue for other in self._running.values())

    def _errand_done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        if not task.cancelled():
            if (error := task.exception()) is not None:
                log.error("errand failed", exc_info=error, extra={"msn": self.msn})
            self._on_due(self)

    async def _errands_done(self, which: Callable[[Due], bool] = lambda due: True) -> None:
        while tasks := [task for task, due in self._running.items() if which(due)]:
            await asyncio.wait(tasks)

    async def _run_errand(self, due: Due) -> None:
        courier = self._courier
        if courier is None:
            return
        if due.kind is DueKind.SHIPPING:
            await self._ask_shipping(courier, self.state.payment(due.reference))
            return
        book = self.state.webhooks
        delivery = book.deliveries[book.queues[due.queue].waiting[0] if due.asked is None else due.asked.delivery_id]
        attempt = await courier.deliver(self, delivery, due.asked)
        self._back_home()
        self.do(webhooks.attempted, attempt)

    def _back_home(self) -> None:
        """Let the queue's next event go out: what comes of this one is recorded before anything else can happen."""
        task = asyncio.current_task()
        if task is not None:
            self._running.pop(task, None)

    async def _ask_shipping(self, courier: Courier, payment: Payment) -> None:
        phone_number = payment.phone_number
        if phone_number is None:
            return
        try:
            groups = await courier.ask_shipping(self, payment, self.now())
        except ShippingFailed as failure:
            self._back_home()
            self.do(shipping.refused, (payment.reference, phone_number, str(failure)))
        else:
            self._back_home()
            self.do(shipping.offered, (payment.reference, phone_number, groups))
