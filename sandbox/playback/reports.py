"""How a play is told on a terminal: a line a scenario, and of a failure all that is needed to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from sandbox.playback.plays import Failure, Outcome, Performance, Play

__all__ = ["Progress", "step_line", "told"]

_SIGNS = {Outcome.PASSED: ("✓", "green"), Outcome.FAILED: ("✗", "red"), Outcome.REFUSED: ("·", "yellow")}
_WIDTH = 50  # of the progress bar, with its numbers
_STEPS_TOLD = 30  # of the story so far


class Progress:
    """How far a play of many has come, on the last line of a terminal; nowhere else."""

    def __init__(self, total: int, *, on_terminal: bool) -> None:
        self._total = total
        self._done = 0
        self._shows = on_terminal and total > 1

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Make room for lines about one more that has ended."""
        if self._shows:
            click.echo(f"\r{' ' * _WIDTH}\r", nl=False, err=True)
        yield
        self._done += 1
        if self._shows and self._done < self._total:
            filled = 30 * self._done // self._total
            click.echo(f"{'█' * filled}{'░' * (30 - filled)} {self._done}/{self._total}", nl=False, err=True)


def step_line(performance: Performance) -> str:
    """Return what happened in a step, as one line of the story."""
    key = click.style(f"{performance.step.step.key:<24}", dim=True)
    return f"    {key} {performance.told}"


def told(play: Play, *, story: bool = True) -> Iterator[str]:
    """Give the lines that tell how a scenario went; without *story*, its steps are told already."""
    count = f"{len(play.performed)} of {play.scenario.count} steps, {play.took * 1000:.0f} ms"
    sign, colour = _SIGNS[play.outcome]
    line = f"{click.style(sign, fg=colour)} {play.scenario.title}"
    failure = play.failure
    if failure is None:
        yield f"{line} {click.style(f'({count})', dim=True)}"
    elif play.outcome is Outcome.REFUSED:
        yield f"{line} {click.style(f'(not played: {_where(failure)} needs {failure.expected})', dim=True)}"
    else:
        yield f"{line} {click.style(f'({count})', dim=True)}"
        if story:
            yield from _so_far(play)
        yield from _failure(failure)


def _so_far(play: Play) -> Iterator[str]:
    left_out = len(play.performed) - _STEPS_TOLD
    if left_out > 0:
        yield click.style(f"    … {left_out} steps before", dim=True)
    yield from (step_line(performance) for performance in play.performed[-_STEPS_TOLD:])


def _failure(failure: Failure) -> Iterator[str]:
    yield click.style(f"  {_where(failure)}", bold=True)
    for number, line in enumerate(failure.at.text.splitlines(), start=failure.at.line):
        yield f"    {click.style(f'{number:>4} │', dim=True)} {line}"
    yield f"    {click.style('expected', fg='green')}  {failure.expected}"
    yield f"    {click.style('came', fg='red')}      {failure.came}"
    for line in failure.diff:
        colour = {"-": "green", "+": "red"}.get(line[0])
        yield f"      {click.style(line, fg=colour)}"
    if failure.nearest is not None:
        yield f"    {click.style('nearest', fg='yellow')}   {failure.nearest}"


def _where(failure: Failure) -> str:
    return f"{failure.at.path}:{failure.at.line}: {failure.at.name}"
