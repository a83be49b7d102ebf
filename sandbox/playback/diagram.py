"""The sequence diagram of a play: merchant, Vipps and customer as lines, what they told each other as arrows.

Only geometry is decided here; the page draws it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.playback.plays import Play
from sandbox.playback.story import Actor, Message

__all__ = ["Arrow", "Band", "Diagram", "Note", "diagram"]

WIDTH: Final = 900
_LINES: Final = {Actor.MERCHANT: 120, Actor.VIPPS: 470, Actor.CUSTOMER: 780}
_TOP: Final = 64
_ROW: Final = 34
_LONGEST: Final = {350: 50, 310: 44}  # characters that fit above an arrow of that length
_LONGEST_NOTE: Final = 38
_LONGEST_DEED: Final = 10  # such as `capture`, and not a reference
_LONGEST_DETAIL: Final = 4_000
_MOST_ROWS: Final = 120


@dataclass(frozen=True, slots=True)
class Arrow:
    x1: int
    x2: int
    y: int
    text: str
    detail: str
    refused: bool

    @property
    def middle(self) -> int:
        return (self.x1 + self.x2) // 2


@dataclass(frozen=True, slots=True)
class Note:
    x: int
    y: int
    text: str
    detail: str
    refused: bool

    @property
    def width(self) -> int:
        return 20 + 7 * len(self.text)


@dataclass(frozen=True, slots=True)
class Band:
    """A move of the clock, across all lines."""

    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagram:
    height: int
    lines: Sequence[tuple[str, int]]  # an actor's name, and where the line is
    rows: Sequence[Arrow | Note | Band]
    left_out: int  # how many rows are not drawn
    width: int = WIDTH
    top: int = _TOP


def diagram(play: Play) -> Diagram:
    """Return the diagram of a play."""
    messages = [message for performance in play.performed for message in performance.messages]
    messages += play.last_messages
    if play.failure is not None:
        messages.append(Message(Actor.MERCHANT, None, f"✗ {play.failure.at.name}", play.failure.came, refused=True))
    drawn = messages if len(messages) <= _MOST_ROWS else [*messages[: _MOST_ROWS - 10], *messages[-10:]]
    rows = list(_rows(drawn))
    return Diagram(
        height=_TOP + _ROW * (len(rows) + 1),
        lines=[(actor.value, x) for actor, x in _LINES.items()],
        rows=rows,
        left_out=len(messages) - len(drawn),
    )


def _rows(messages: Sequence[Message]) -> Iterator[Arrow | Note | Band]:
    for number, message in enumerate(messages):
        y = _TOP + _ROW * (number + 1)
        detail = f"{message.text}\n\n{message.detail}".strip()[:_LONGEST_DETAIL]
        if message.sender is Actor.TIME:
            yield Band(y, message.text)
        elif message.receiver is None:
            text = _short(message.text, _LONGEST_NOTE)
            yield Note(_LINES[message.sender], y, text, detail, message.refused)
        else:
            x1, x2 = _LINES[message.sender], _LINES[message.receiver]
            yield Arrow(x1, x2, y, _short(message.text, _LONGEST[abs(x1 - x2)]), detail, message.refused)


def _short(text: str, longest: int) -> str:
    """Return a text that fits; of a call, the end of its path and its outcome stay, which tell most."""
    if len(text) <= longest:
        return text
    head, arrow, outcome = text.rpartition(" → ")
    if not arrow:
        return f"{text[: longest - 1]}…"
    end = f"{arrow}{outcome}"
    path, _, deed = head.rpartition("/")
    if len(deed) <= _LONGEST_DEED:
        head, end = path, f"/{deed}{end}"
    return f"{head[: longest - len(end) - 1]}…{end}"
