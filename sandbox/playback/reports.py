"""How a play is told on a terminal: a line a scenario, and of a failure all that is needed to mend it."""

from collections.abc import Iterator

import click

from sandbox.playback.player import Performance, Play

__all__ = ["step_line", "told"]


def step_line(performance: Performance) -> str:
    """Return what happened in a step, as one line of the story."""
    key = click.style(f"{performance.step.step.key:<24}", dim=True)
    return f"    {key} {performance.told}"


def told(play: Play) -> Iterator[str]:
    """Give the lines that tell how a scenario went."""
    story, steps = play.scenario.scenario, play.scenario.steps
    count = f"{len(play.performed)} of {len(steps)} steps, {play.took * 1000:.0f} ms"
    if play.failure is None:
        yield f"{click.style('✓', fg='green')} {story.scenario} {click.style(f'({count})', dim=True)}"
        return
    failure = play.failure
    yield f"{click.style('✗', fg='red')} {story.scenario} {click.style(f'({count})', dim=True)}"
    yield from (step_line(performance) for performance in play.performed)
    yield click.style(f"  {play.scenario.path}:{failure.at.line}: {failure.at.name}", bold=True)
    yield from (f"    {line}" for line in failure.at.text.splitlines())
    yield f"    {click.style('expected', fg='green')}  {failure.expected}"
    yield f"    {click.style('came', fg='red')}      {failure.came}"
