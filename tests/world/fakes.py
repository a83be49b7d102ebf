"""Time without waiting, which only the test moves, and a courier who calls nobody."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, cast

from sandbox.domain.commands import ShippingGroup
from sandbox.domain.event_names import EventName
from sandbox.domain.facts import DeliveryAsked
from sandbox.domain.payments import Payment
from sandbox.domain.webhook_book import Delivery
from sandbox.domain.webhooks import Attempt
from sandbox.world import SalesUnit
from sandbox.world.errands import ShippingFailed
from tests.domain.shop import NOON

__all__ = ["FakeCourier", "FakeLoop", "FakeTimer", "TickingClock", "Told", "WallClock"]


@dataclass(frozen=True, slots=True)
class Told:
    """That a merchant was told of an event, at an instant on the unit's clock."""

    event: EventName
    reference: str
    at: datetime
    out_of_turn: bool = False


class FakeCourier:
    """Keeps what merchants were told and asked, and answers for them by a script.

    Args:
        statuses: The answers to events, in order; None for none. When they are used up, all is answered with 200.
    """

    def __init__(self, statuses: Iterable[int | None] = ()) -> None:
        self.statuses = deque(statuses)
        self.told: list[Told] = []
        self.asked: list[tuple[str, datetime]] = []  # for shipping: reference, when
        self.offer: tuple[ShippingGroup, ...] | None = None  # None: the merchant cannot ship
        self.on_told: Callable[[SalesUnit, Delivery], object] = lambda unit, delivery: None
        self.way = asyncio.Event()  # is open
        self.way.set()
        self.under_way: list[Delivery] = []
        self.most_at_once = 0
        self.crowded: list[Delivery] = []  # sent in turn while another of the same queue was under way
        self.arrivals: asyncio.Queue[None] = asyncio.Queue()

    async def deliver(self, unit: SalesUnit, delivery: Delivery, asked: DeliveryAsked | None) -> Attempt:
        if asked is None and any(other.queue == delivery.queue for other in self.under_way):
            self.crowded.append(delivery)
        self.told.append(Told(delivery.event, delivery.reference, unit.now(), asked is not None))
        self.under_way.append(delivery)
        self.most_at_once = max(self.most_at_once, len(self.under_way))
        self.arrivals.put_nowait(None)
        await asyncio.sleep(0)  # as any call does, it lets others go on
        await self.way.wait()
        self.under_way.remove(delivery)
        self.on_told(unit, delivery)
        status = self.statuses.popleft() if self.statuses else 200
        return Attempt(
            delivery_id=delivery.id,
            out_of_turn=asked is not None,
            wrong_signature=asked is not None and asked.wrong_signature,
            sent_at=unit.real_now(),
            sent_to="https://example.com/hook",
            headers=(),
            body=b"{}",
            signed="",
            status=status,
            answer="",
            error=None if status is not None else "no answer",
            took=0.0,
        )

    async def ask_shipping(self, unit: SalesUnit, payment: Payment, at: datetime) -> tuple[ShippingGroup, ...]:
        self.asked.append((payment.reference, at))
        self.arrivals.put_nowait(None)
        await self.way.wait()
        if self.offer is None:
            raise ShippingFailed("no boat goes there")
        return self.offer


class WallClock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


class TickingClock(WallClock):
    """A wall clock that goes on whenever it is read."""

    tick: ClassVar = timedelta(microseconds=2)

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now


class FakeTimer:
    def __init__(self, at: datetime, call: Callable[[], object]) -> None:
        self.at = at
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeLoop:
    """As much of an event loop as an alarm needs."""

    def __init__(self, wall: WallClock) -> None:
        self._wall = wall
        self._timers: list[FakeTimer] = []

    def call_later(self, delay: float, call: Callable[[], object]) -> asyncio.TimerHandle:
        timer = FakeTimer(self._wall.now + timedelta(seconds=delay), call)
        self._timers.append(timer)
        return cast("asyncio.TimerHandle", timer)

    @property
    def timers(self) -> list[datetime]:
        """When the loop will wake somebody, soonest first."""
        return sorted(timer.at for timer in self._timers if not timer.cancelled)

    def runs(self, time: timedelta) -> None:
        """Let real time pass, and every timer go off at its own instant."""
        until = self._wall.now + time
        while self.timers and self.timers[0] <= until:
            timer = min((timer for timer in self._timers if not timer.cancelled), key=lambda timer: timer.at)
            self._timers.remove(timer)
            self._wall.now = max(self._wall.now, timer.at)
            timer.call()
        self._wall.now = until
