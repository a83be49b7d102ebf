"""Plays scenarios to their ends: one, or many at once, each in a sales unit of its own, so that they never meet."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from datetime import timedelta
from time import perf_counter
from typing import Final

from sandbox.playback.cast import DRIVE, Cast, what_needs_our_merchant
from sandbox.playback.loading import LoadedScenario
from sandbox.playback.playing import Playing, Venue
from sandbox.playback.plays import Failure, Outcome, Performance, Play
from sandbox.playback.story import Story
from sandbox.playback.venue import RealStage, what_needs_a_sandbox

__all__ = ["play", "play_all"]

_LIMIT: Final = timedelta(seconds=30)  # that playing a scenario may take, in real time


def play_all(
    scenarios: Sequence[LoadedScenario],
    venue: Venue,
    *,
    at_once: int = 1,
    limit: timedelta = _LIMIT,
    cast: Cast = DRIVE,
    on_step: Callable[[Performance], None] = lambda _: None,
    on_end: Callable[[Play], None] = lambda _: None,
) -> list[Play]:
    """Play scenarios, so many at once; return how they went, in their order.

    An application plays one story at a time: with one in the *cast*, *at_once* must be 1.
    *on_end* is called from this thread, as the plays end.
    """
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="play") as pool:
        futures = [
            pool.submit(play, scenario, venue, limit=limit, cast=cast, on_step=on_step) for scenario in scenarios
        ]
        try:
            for future in as_completed(futures):
                on_end(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def play(
    scenario: LoadedScenario,
    venue: Venue,
    *,
    limit: timedelta = _LIMIT,
    cast: Cast = DRIVE,
    on_begin: Callable[[Play], None] = lambda _: None,
    on_step: Callable[[Performance], None] = lambda _: None,
) -> Play:
    """Play a scenario to its end, or to its first step that does not go as it should.

    Args:
        limit: How long it may take, in real time, unless it says itself.
        on_begin: Is given the play once it has a sales unit; it is filled in as it goes on.
    """
    result, begun = Play(scenario), perf_counter()
    needs = what_needs_a_sandbox(scenario) if isinstance(venue, RealStage) else None
    needs = needs or (what_needs_our_merchant(scenario) if cast.merchant is not None else None)
    if needs is not None:
        result.outcome = Outcome.REFUSED
        result.failure = Failure(needs[0], needs[1], "it is not here")
        return result
    story = Story(dict(scenario.names), scenario.limit or limit)
    with ExitStack() as stack:
        Playing(scenario, venue, cast, story, result, on_begin, on_step).to_its_end(stack)
    result.took = perf_counter() - begun
    return result
