"""What an application did otherwise than the story has it, in words that name the bug."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

from sandbox.playback.actors.deeds import ANY, DEEDS
from sandbox.playback.calls import Call
from sandbox.playback.language.merchant import MerchantStep
from sandbox.playback.overheard import Heard
from sandbox.playback.story import Deviation

__all__ = ["Return", "Waited", "done_twice", "expected_of", "never_done", "out_of_turn"]


@dataclass(frozen=True, slots=True)
class Return:
    """The customer came back to the return URL, and what the application answered."""

    url: str
    status: int
    page: str


@dataclass(frozen=True, slots=True)
class Waited:
    """How a step waited in vain.

    Args:
        instead: What the application called meanwhile.
        done: What it had done before, as the story has it.
        returned: Whether the customer had come back to it.
        trigger: What it answered when it was set off.
    """

    patience: timedelta
    instead: Sequence[Heard]
    done: Sequence[Heard]
    returned: Return | None
    trigger: str | None


def out_of_turn(step: MerchantStep | None, later: MerchantStep | None, heard: Heard) -> Deviation:
    """Return that a call was made while a *step* waited for another: that of a *later* one, or of none."""
    if step is None or later is None:
        came = f"it did what the story does not have: {heard.line()}"
    else:
        deed, awaited = DEEDS[later.key][1], DEEDS[step.key][1]
        early = "what the story has later" if deed == awaited else f"before it {awaited}"
        came = f"it {deed} {early}: {heard.line()}"
    return Deviation(expected_of(step), came, nearest=heard.why)


def expected_of(step: MerchantStep | None) -> str:
    return "nothing more" if step is None else f"the application {DEEDS[step.key][0]}"


def done_twice(expected: str, before: Heard, heard: Heard) -> Deviation:
    """Return that what was done is done again with another Idempotency-Key."""
    keys = f"first {before.key or 'without one'}, now {heard.key or 'without one'}"
    if before.is_answered and before.exchange.status < 500:
        return Deviation(
            expected, f"it made the same call twice, with another Idempotency-Key: {heard.line()}; {keys}"
        )
    how = f"was answered {before.exchange.status}" if before.is_answered else "got no answer"
    return Deviation(
        f"{expected} with the same Idempotency-Key",
        f"it retried with another Idempotency-Key: {heard.line()}; {keys}",
        nearest=f"the first call {how} and may have been processed; with another key it can happen twice",
    )


def never_done(step: MerchantStep, call: Call, waited: Waited) -> Deviation:
    """Return that the application never did what was waited for, and what it did instead."""
    deed, done = DEEDS[step.key]
    shown = f"{call.method} {unquote(call.path).replace(ANY, '…')}"
    seconds = f"{waited.patience.total_seconds():g} s"
    instead = _told_instead(waited.instead, waited.done)
    if call.method == "GET" and (back := waited.returned) is not None:
        came = (
            f"it trusted the return URL without asking the API: the customer came back to {back.url}, it "
            f"answered {back.status} “{back.page}”, and in {seconds} it never {done}; {instead}"
        )
    else:
        came = f"it never {done}: in {seconds} {instead}"
    return Deviation(f"the application {deed} ({shown})", came, nearest=waited.trigger)


def _told_instead(instead: Sequence[Heard], done: Sequence[Heard]) -> str:
    counts: dict[str, int] = {}
    for heard in instead:
        counts[heard.line()] = counts.get(heard.line(), 0) + 1
    told = [f"{line}{f' ({count} times)' if count > 1 else ''}" for line, count in counts.items()]
    if told:
        return f"it made these calls: {', '.join(told)}"
    return f"it called nothing more after {done[-1].line()}" if done else "it called nothing at all"
