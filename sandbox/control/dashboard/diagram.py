"""A payment's life as a sequence diagram: merchant, Vipps, customer, and time on the left.

Drawn on the server as SVG, from the payment's facts and the calls about it; scripts and style sheets have no part in
where anything stands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Final

from markupsafe import Markup

from sandbox.control.dashboard.timeline import Moment
from sandbox.control.dashboard.words import amount_words, day_words, operation_words, span_words, time_words
from sandbox.domain import facts
from sandbox.domain.facts import Fact

__all__ = ["SLIM", "WIDE", "Actor", "Layout", "Step", "drawn", "steps_of"]

_GAP: Final = timedelta(minutes=1)  # what is further apart is drawn apart
_READS: Final = frozenset({"GET", "HEAD"})


class Actor(IntEnum):
    MERCHANT = 0
    VIPPS = 1
    CUSTOMER = 2


_NAMES: Final = ("Merchant", "Vipps", "Customer")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that one tells another, or that happens to Vipps alone (*to* is *of*)."""

    at: datetime
    of: Actor
    to: Actor
    label: str
    tone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand, in the drawing's own units."""

    width: int
    lives: tuple[int, int, int]  # the three life lines
    time_x: int
    row: int
    name: str


WIDE: Final = Layout(width=760, lives=(170, 420, 670), time_x=12, row=46, name="wide")
SLIM: Final = Layout(width=340, lives=(38, 170, 302), time_x=4, row=64, name="slim")


def steps_of(moments: Iterable[Moment], reference: str) -> list[Step]:
    """Return the steps of a payment's life, oldest first, from what is known of it, oldest first.

    What a merchant only read is left out.
    """
    steps: list[Step] = []
    for moment in moments:
        exchange = moment.exchange
        own = [fact for _, fact in moment.facts if getattr(fact, "reference", reference) == reference]
        if exchange is not None and exchange.status >= 400 and exchange.method not in _READS:
            label = f"{operation_words(exchange.operation)}: refused"
            steps.append(Step(exchange.at, Actor.MERCHANT, Actor.VIPPS, label, "bad", str(exchange.status)))
        for fact in own:
            step = _step(fact, by_merchant=exchange is not None)
            if step is not None:
                steps.append(step)
    return steps


_M, _V, _C = Actor.MERCHANT, Actor.VIPPS, Actor.CUSTOMER
_Telling = tuple[Actor, Actor, str | Callable[[Any], str], str]

# Who tells whom of a fact, in which words and tone.
_TELLINGS: Final[Mapping[type[Fact], _Telling]] = {
    facts.PaymentCreated: (_M, _V, lambda fact: f"Create {amount_words(fact.command.amount)}", ""),
    facts.CategoryAttached: (_M, _V, "Attach link", ""),
    facts.ReceiptAttached: (_M, _V, "Attach receipt", ""),
    facts.PushSent: (_V, _C, "Push", ""),
    facts.ReminderSent: (_V, _C, "Reminder", ""),
    facts.CardEntered: (_C, _V, "Enters a card", ""),
    facts.ShippingOffered: (_M, _V, "Tells how it ships", ""),
    facts.ShippingRefused: (_M, _V, "Tells no way to ship", "bad"),
    facts.PaymentOpened: (_C, _V, "Opens the request", ""),
    facts.ConsentGiven: (_C, _V, lambda fact: f"Shares {', '.join(fact.scope)}", ""),
    facts.CardDeclined: (_V, _C, "Card declined", "bad"),
    facts.PaymentPostponed: (_C, _V, "I'll pay later", "waiting"),
    facts.PaymentProcessing: (_C, _V, "Approves; outcome to come", "waiting"),
    facts.PaymentAuthorized: (_C, _V, lambda fact: f"Approves {amount_words(fact.amount)}", "good"),
    facts.PaymentAborted: (_C, _V, lambda fact: f"Says no: {fact.because}", "bad"),
    facts.PaymentExpired: (_V, _V, "Expires unanswered", ""),
    facts.PaymentTerminated: (_M, _V, "Calls it off", ""),
    facts.PaymentCaptured: (_M, _V, lambda fact: f"Capture {amount_words(fact.amount)}", "good"),
    facts.PaymentCancelled: (_M, _V, lambda fact: f"Release {amount_words(fact.amount)}", ""),
    facts.PaymentRefunded: (_M, _V, lambda fact: f"Refund {amount_words(fact.amount)}", "info"),
}


def _webhook_step(fact: facts.WebhookAttempted) -> Step:
    answered = (fact.error or str(fact.status)).split(":")[0]  # the fact itself tells the rest
    return Step(
        fact.at, Actor.VIPPS, Actor.MERCHANT, f"Webhook {fact.event}", "" if fact.succeeded else "bad", answered
    )


def _step(fact: Fact, *, by_merchant: bool) -> Step | None:
    if isinstance(fact, facts.WebhookAttempted):
        return _webhook_step(fact)
    telling = _TELLINGS.get(type(fact))
    if telling is None:
        return None
    of, to, label, tone = telling
    if isinstance(fact, facts.PaymentCancelled) and not by_merchant:
        of = Actor.VIPPS  # at its deadline
    return Step(fact.at, of, to, label if isinstance(label, str) else label(fact), tone)


# --- Drawing --------------------------------------------------------------------------------------------

_TOP: Final = 44
_BREAK: Final = 40


def drawn(steps: Sequence[Step], layout: Layout, title: str) -> Markup:
    """Return the diagram as SVG."""
    body: list[Markup] = []
    y = _TOP + layout.row // 2 + 6
    before: datetime | None = None
    for step in steps:
        if before is not None and step.at - before >= _GAP:
            body.append(_break(layout, y - layout.row // 2 + 14, f"{span_words(step.at - before)} later"))
            y += _BREAK
        shown = before is None or step.at.replace(microsecond=0) != before.replace(microsecond=0)
        new_day = before is None or step.at.date() != before.date()
        body.append(_arrow(layout, y, step, time=shown, day=new_day))
        y += layout.row
        before = step.at
    height = y
    lives = Markup("").join(_life(layout, actor, height) for actor in Actor)
    return Markup(
        '<svg class="diagram {}" viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><marker id="tip-{}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        ' orient="auto"><path d="M1 1l6 3-6 3" class="tip"/></marker></defs>{}{}</svg>'
    ).format(
        layout.name,
        layout.width,
        height,
        f"{title}: " + "; ".join(f"{time_words(step.at)} {_spoken(step)}" for step in steps),
        layout.name,
        lives,
        Markup("").join(body),
    )


def _spoken(step: Step) -> str:
    return (
        f"{_NAMES[step.of]}: {step.label}"
        if step.of is step.to
        else f"{_NAMES[step.of]} to {_NAMES[step.to]}: {step.label}"
    )


def _life(layout: Layout, actor: Actor, height: int) -> Markup:
    x = layout.lives[actor]
    width = 100 if layout is WIDE else 68
    return Markup(
        '<line class="life" x1="{0}" y1="{1}" x2="{0}" y2="{2}"/>'
        '<rect class="actor" x="{3}" y="6" width="{4}" height="28" rx="14"/>'
        '<text class="name" x="{0}" y="25">{5}</text>'
    ).format(x, _TOP - 10, height - 8, x - width // 2, width, _NAMES[actor])


def _arrow(layout: Layout, y: int, step: Step, *, time: bool, day: bool) -> Markup:
    parts = []
    slim = layout is SLIM
    if time:
        text = f"{day_words(step.at)}, {time_words(step.at)}" if day and slim else time_words(step.at)
        parts.append(
            Markup('<text class="time" x="{}" y="{}">{}</text>').format(
                layout.time_x, y - 22 if slim else y + 4, text
            )
        )
        if day and not slim:
            parts.append(
                Markup('<text class="time day" x="{}" y="{}">{}</text>').format(
                    layout.time_x, y - 12, day_words(step.at)
                )
            )
    start, end = layout.lives[step.of], layout.lives[step.to]
    if step.of is step.to:
        parts.append(Markup('<circle class="dot {}" cx="{}" cy="{}" r="5"/>').format(step.tone, start, y))
        parts.append(
            Markup('<text class="label {}" x="{}" y="{}">{}</text>').format(step.tone, start, y - 12, step.label)
        )
    else:
        inset = 3 if end > start else -3
        parts.append(
            Markup('<line class="arrow {0}" x1="{1}" y1="{2}" x2="{3}" y2="{2}" marker-end="url(#tip-{4})"/>').format(
                step.tone, start, y, end - inset, layout.name
            )
        )
        parts.append(
            Markup('<text class="label {}" x="{}" y="{}">{}</text>').format(
                step.tone, (start + end) // 2, y - 7, step.label
            )
        )
        if step.note:
            parts.append(
                Markup('<text class="label note {}" x="{}" y="{}">{}</text>').format(
                    step.tone, (start + end) // 2, y + 15, step.note
                )
            )
    return Markup("").join(parts)


def _break(layout: Layout, y: int, words: str) -> Markup:
    """Draw that time passed: the life lines are cut, and how long it was stands in the cut."""
    middle = layout.lives[Actor.VIPPS]
    left = layout.lives[Actor.MERCHANT] - 18
    right = layout.lives[Actor.CUSTOMER] + 18
    zigzag = "".join(f"l6 {-6 if step % 2 == 0 else 6}" for step in range((right - left) // 6))
    return Markup(
        '<rect class="cut" x="{}" y="{}" width="{}" height="10"/>'
        '<path class="break" d="M{} {}{}"/><path class="break" d="M{} {}{}"/>'
        '<rect class="cut" x="{}" y="{}" width="{}" height="20"/><text class="passed" x="{}" y="{}">{}</text>'
    ).format(
        left,
        y - 4,
        right - left,
        left,
        y - 1,
        zigzag,
        left,
        y + 9,
        zigzag,
        middle - 60,
        y - 9,
        120,
        middle,
        y + 6,
        words,
    )
