"""What else a webhook's date may have been."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

__all__ = ["dates_before", "instant_of"]


def dates_before(date: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give what the header x-ms-date may have been before somebody parsed it and wrote it anew."""
    for text in (date, headers.get("date", "")):
        if (instant := instant_of(text)) is not None:
            yield format_datetime(instant.replace(microsecond=0), usegmt=True)
    yield date.strip()


def instant_of(text: str) -> datetime | None:
    """Return the instant that a date in any usual form means; None if it is in none."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = parse(text.strip())
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
