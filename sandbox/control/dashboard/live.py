"""What is new, for a dashboard that is open: pieces of its page, each event with the place to go on from.

Nothing here takes longer the more there is already: a stream reads on from its own place, and of a flood of news only
the newest are drawn.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sandbox.api.gateway import Exchange, RequestLog
from sandbox.control.dashboard.answers import TEMPLATES
from sandbox.control.dashboard.places import unit_url
from sandbox.control.dashboard.timeline import Look, Moment, Place, moments_after
from sandbox.control.dashboard.views import moment_view, payment_line, persona_said, strip_of, waiting_on
from sandbox.control.dashboard.words import instant_words, milliseconds, phone_words
from sandbox.control.streams import event
from sandbox.domain.facts import ClockSet, PaymentFact
from sandbox.ui import rendered
from sandbox.world import SalesUnit, World

__all__ = ["LiveTimeline"]

_AT_ONCE: Final = 100  # moments; of more, only the newest


class LiveTimeline:
    """What one open dashboard has not been told yet."""

    def __init__(self, world: World, unit: SalesUnit, log: RequestLog, look: Look, place: Place) -> None:
        self._world = world
        self._unit = unit
        self._log = log
        self._look = look
        self._place = place
        self._elsewhere: dict[str | None, None] = {}  # other sales units that were called meanwhile

    def hears(self, ring: Callable[[], None]) -> Callable[[Exchange], None]:
        """Return who listens to the request log and rings the bell."""

        def told(exchange: Exchange) -> None:
            if exchange.msn != self._unit.msn and not self._is_made_for_a_play(exchange.msn):
                self._elsewhere[exchange.msn] = None
            ring()

        return told

    def _is_made_for_a_play(self, msn: str | None) -> bool:
        unit = None if msn is None else self._world.find(msn)
        return unit is not None and unit.purpose is not None

    def news(self) -> Sequence[bytes]:
        if self._world.find(self._unit.msn) is not self._unit:  # it was reset or restored: all of the page is old
            return [event({}, kind="anew", place=str(Place(0, 0)))]
        moments, self._place, is_all = moments_after(self._unit, self._log, self._place, _AT_ONCE)
        place = str(self._place)
        events = []
        if not is_all:
            events.append(event({}, kind="flood", place=place))
        for moment in moments:
            seen = self._look.at(moment)
            if seen is not None:
                shown = moment_view(self._unit.msn, seen, about=self._look.reference)
                events.append(
                    event({"id": shown.id, "html": _html("_moment.html", shown)}, kind="moment", place=place)
                )
        events += [event(told, kind=kind, place=place) for kind, told in self._around(moments)]
        elsewhere, self._elsewhere = self._elsewhere, {}
        events += [
            event({"msn": msn, "url": None if msn is None else unit_url(msn)}, kind="elsewhere", place=place)
            for msn in elsewhere
        ]
        return events

    def _around(self, moments: Sequence[Moment]) -> list[tuple[str, Any]]:
        """Give what else looks different now: payments, phones, the clock."""
        state, unit = self._unit.state, self._unit
        told: list[tuple[str, Any]] = []
        news = [fact for moment in moments for _, fact in moment.facts]
        for reference in dict.fromkeys(fact.reference for fact in news if isinstance(fact, PaymentFact)):
            payment = state.payments[reference]
            line = payment_line(unit, payment, selected=reference == self._look.reference)
            told.append(
                ("payment", {"id": line.id, "html": _html("_payment_line.html", line), "count": len(state.payments)})
            )
            if reference == self._look.reference:
                told.append(("strip", {"html": _html("_strip.html", strip_of(unit, payment))}))
            phone_number = payment.customer
            if phone_number is not None:
                told.append(
                    (
                        "phone",
                        {
                            "number": phone_number,
                            "text": phone_words(phone_number),
                            "name": unit.person(phone_number).name,
                            "persona": persona_said(state, phone_number) or "",
                            "waiting": waiting_on(state, phone_number),
                        },
                    )
                )
        if any(isinstance(fact, ClockSet) for fact in news):
            now = unit.now()
            told.append(("clock", {"now": milliseconds(now), "text": instant_words(now), "frozen": unit.frozen}))
        return told


def _html(template: str, page: object) -> str:
    return rendered(TEMPLATES / template, page).decode()
