"""A clock that is moved, stopped and read afterwards."""

from datetime import UTC, datetime, timedelta

from sandbox.domain.clock import Clock, ClockSetting

NOON = datetime(2023, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_clock_that_nobody_set_shows_real_time() -> None:
    clock = Clock()
    assert (clock.read(NOON), clock.frozen, clock.real_time_of(NOON)) == (NOON, False, NOON)
    assert clock.elapsed(NOON, NOON + HOUR) == HOUR


def test_a_clock_that_was_moved_runs_on_from_there() -> None:
    clock = Clock().moved(ClockSetting(real=NOON, now=NOON + DAY))
    assert clock.read(NOON) == NOON + DAY
    assert clock.read(NOON + HOUR) == NOON + DAY + HOUR
    assert clock.real_time_of(NOON + DAY + HOUR) == NOON + HOUR
    assert not clock.frozen


def test_a_frozen_clock_stands_until_it_is_set_again() -> None:
    clock = Clock().moved(ClockSetting(real=NOON, now=NOON + DAY, frozen=True))
    assert clock.read(NOON + HOUR) == NOON + DAY
    assert clock.real_time_of(NOON + DAY + HOUR) is None
    assert clock.frozen
    running = clock.moved(ClockSetting(real=NOON + HOUR, now=NOON + DAY))
    assert running.read(NOON + 2 * HOUR) == NOON + DAY + HOUR
    assert not running.frozen


def test_a_clock_can_be_set_back() -> None:
    clock = Clock().moved(ClockSetting(real=NOON, now=NOON - DAY))
    assert clock.read(NOON + HOUR) == NOON - DAY + HOUR
    assert clock.real_time_of(NOON) == NOON + DAY


def test_a_clock_remembers_what_it_showed() -> None:
    """Also between two settings, and before the first; of two at one instant the later counts."""
    clock = (
        Clock()
        .moved(ClockSetting(real=NOON, now=NOON + 8 * DAY))
        .moved(ClockSetting(real=NOON, now=NOON + 9 * DAY))
        .moved(ClockSetting(real=NOON + 2 * HOUR, now=NOON, frozen=True))
    )
    real = [NOON - HOUR, NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]
    assert [clock.read(instant) for instant in real] == [
        NOON - HOUR,
        NOON + 9 * DAY,
        NOON + 9 * DAY + HOUR,
        NOON,
        NOON,
    ]


def test_what_elapsed_is_the_clocks_own_time() -> None:
    """A token ages with the clock: by a day in an instant, not at all while it stands, back when it is set back."""
    clock = Clock().moved(ClockSetting(real=NOON, now=NOON + DAY, frozen=True))
    assert clock.elapsed(NOON - HOUR, NOON + HOUR) == DAY + HOUR
    assert clock.elapsed(NOON, NOON + HOUR) == timedelta(0)
    back = clock.moved(ClockSetting(real=NOON + HOUR, now=NOON))
    assert back.elapsed(NOON, NOON + 2 * HOUR) == HOUR - DAY
