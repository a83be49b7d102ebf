"""How the sandbox's own API writes durations."""

from datetime import timedelta

import pytest

from sandbox.control.views import duration_view


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=10), "PT10M"),
        (timedelta(days=60), "P60D"),
        (timedelta(days=365), "P365D"),
        (timedelta(days=4137), "P4137D"),
        (timedelta(hours=25, seconds=1), "P1DT1H0M1S"),
        (timedelta(seconds=1, microseconds=500_000), "PT1.5S"),
        (timedelta(microseconds=1), "PT0.000001S"),
    ],
)
def test_a_duration_is_told_in_days_and_less(duration: timedelta, text: str) -> None:
    """Nobody agrees how long a year is, and RFC 3339 has no duration of years and days together."""
    assert duration_view(duration) == text
