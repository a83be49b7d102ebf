"""The world: every sales unit of one sandbox, and the one alarm that wakes whichever has something due.

Two sales units never meet: what is in one is nowhere else, but for the webhooks that a partner has for all of them.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from sandbox.domain.facts import Fact, UnitProvisioned, UnitRestored
from sandbox.domain.sales_unit import UnitSettings
from sandbox.journal import Journal, MemoryJournal
from sandbox.world.errands import Courier
from sandbox.world.partners import Partner
from sandbox.world.sales_unit import SalesUnit

__all__ = ["NotReplayable", "World", "wall_clock"]

log = logging.getLogger(__name__)

_LONGEST_NAP: Final = 86_400.0  # seconds; the alarm looks again at least once a day


class NotReplayable(Exception):
    """Facts that no sales unit ever had; the text says why."""


def wall_clock() -> datetime:
    return datetime.now(UTC)


class World:
    """All sales units, by merchant serial number.

    Args:
        settings: What a sales unit gets that nobody configured.
        real_now: The wall clock, in UTC.
        courier: Who tells merchants, and asks them; without one, nobody outside is ever called.
    """

    def __init__(
        self,
        settings: UnitSettings | None = None,
        *,
        real_now: Callable[[], datetime] = wall_clock,
        courier: Courier | None = None,
    ) -> None:
        self.settings = settings or UnitSettings()
        self.real_now = real_now
        self._courier = courier
        self._units: dict[str, SalesUnit] = {}
        self._staying: set[str] = set()
        self._partners: dict[str, tuple[str, ...]] = {}  # the serial numbers of each, by client_id
        self._loop: asyncio.AbstractEventLoop | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at: datetime | None = None

    def __iter__(self) -> Iterator[SalesUnit]:
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def find(self, msn: str) -> SalesUnit | None:
        return self._units.get(msn)

    def provision(self, msn: str, settings: UnitSettings | None = None, *, purpose: str | None = None) -> SalesUnit:
        """Return the sales unit with that serial number, making it if it is new.

        Args:
            purpose: What a new one is made for, if not for an application: a play or a test.
        """
        unit = self._units.get(msn)
        if unit is None:
            unit = self._make(msn, settings or self.settings)
            unit.purpose = purpose
            self._units[msn] = unit
            log.info("sales unit provisioned", extra={"msn": msn})
        return unit

    def settle_in(self, msn: str) -> SalesUnit:
        """Return the sales unit with that serial number, which stays from now on: whatever is printed works."""
        self._staying.add(msn)
        return self.provision(msn)

    def stays(self, msn: str) -> bool:
        return msn in self._staying

    def admit_partner(self, client_id: str, msns: tuple[str, ...]) -> None:
        """Have these sales units be a partner's from now on; they stay."""
        for msn in msns:
            self.settle_in(msn)
        self._partners[client_id] = msns

    def partner(self, client_id: str) -> Partner | None:
        msns = self._partners.get(client_id)
        return None if msns is None else Partner(client_id, tuple(self._units[msn] for msn in msns))

    def remove(self, msn: str) -> None:
        """Have a sales unit that does not stay be gone, with all that is in it; whoever looks at it is told."""
        if self.stays(msn):
            raise ValueError(f"sales unit {msn} stays")
        unit = self._units.pop(msn)
        unit.abandon()
        for told in unit.watchers:
            told()
        log.info("sales unit removed", extra={"msn": msn})

    def is_gone(self, unit: SalesUnit) -> bool:
        """Tell whether a sales unit was removed; one that was reset or restored goes on as another."""
        there = self._units.get(unit.msn)
        return there is None or there.watchers is not unit.watchers

    def reset(self, msn: str) -> SalesUnit:
        """Make a sales unit anew, with the settings that it had at first; what was in it is gone."""
        unit = self._units[msn]
        first = next(iter(unit.journal.read()))
        settings = first.settings if isinstance(first, UnitProvisioned) else self.settings
        return self._replace(msn, self._make(msn, settings))

    def restore(self, msn: str, facts: Sequence[Fact], *, now: datetime, frozen: bool) -> SalesUnit:
        """Make a sales unit anew from the facts of a snapshot, with its clock at *now*, as it was then.

        Raises:
            NotReplayable: the facts are not those of a sales unit; nothing has changed.
        """
        if not facts or not isinstance(facts[0], UnitProvisioned):
            raise NotReplayable("the first fact must be UnitProvisioned")
        journal = MemoryJournal()
        restored = UnitRestored(at=now, real=self.real_now(), frozen=frozen)
        journal.append([replace(facts[0], msn=msn), *facts[1:], restored])
        try:
            unit = self._make(msn, self.settings, journal)
        except (LookupError, AttributeError, TypeError, ValueError, ArithmeticError, RuntimeError) as error:
            raise NotReplayable(f"they do not follow from one another: {error!r}") from error
        return self._replace(msn, unit)

    def _replace(self, msn: str, unit: SalesUnit) -> SalesUnit:
        old = self._units.get(msn)
        if old is not None:
            old.abandon()
            unit.purpose = old.purpose
            unit.watchers = old.watchers  # whoever looks at the sales unit goes on with the new one
        self._units[msn] = unit
        for client_id, msns in self._partners.items():
            partner = self.partner(client_id) if msn in msns else None
            if partner is not None:  # its webhooks are not the sales unit's to lose
                partner.share_webhooks()
        self._rearm(unit)
        for told in unit.watchers:
            told()
        return unit

    def _make(self, msn: str, settings: UnitSettings, journal: Journal | None = None) -> SalesUnit:
        return SalesUnit(
            msn,
            settings,
            real_now=self.real_now,
            journal=journal,
            on_due=self._rearm,
            courier=self._courier,
        )

    def unused_msn(self) -> str:
        """Return a serial number that no sales unit has, derived from how many there are."""
        number = len(self._units)
        while True:
            number += 1
            msn = str(100_000 + int.from_bytes(sha256(str(number).encode()).digest()[:4]) % 900_000)
            if msn not in self._units:
                return msn

    # --- The alarm --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to fire due times in real time, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        for unit in self:
            self._rearm(unit)

    def stop(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._loop = self._alarm = self._alarm_at = None
        for unit in self:
            unit.close()

    def _rearm(self, unit: SalesUnit) -> None:
        """Make sure that the alarm goes off no later than the unit's next due time."""
        if self._loop is None:
            return
        due = unit.next_due_really
        if due is None or (self._alarm_at is not None and self._alarm_at <= due):
            return
        if self._alarm is not None:
            self._alarm.cancel()
        nap = min(max(0.0, (due - self.real_now()).total_seconds()), _LONGEST_NAP)
        self._alarm_at = due
        self._alarm = self._loop.call_later(nap, self._wake)

    def _wake(self) -> None:
        self._alarm = self._alarm_at = None
        for unit in list(self):
            try:
                unit.settle()
            except Exception:  # one unit's bug must not stop the clocks of all others
                log.exception("due time failed", extra={"msn": unit.msn})
            self._rearm(unit)
