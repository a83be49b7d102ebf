"""What the sandbox's own API takes and gives; durations in ISO 8601, instants in RFC 3339."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, RootModel, model_validator
from pydantic.alias_generators import to_camel

__all__ = [
    "LATEST",
    "LONGEST",
    "Advance",
    "CustomerActOn",
    "Following",
    "Paging",
    "SetClock",
    "UnitChange",
    "UnitNew",
]

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(3000, 1, 1, tzinfo=UTC)
LONGEST: Final = timedelta(days=36_525)
_BIGGEST: Final = 2**53  # that every JSON parser can read back


def _within_reason(instant: datetime) -> datetime:
    if not _EARLIEST <= instant <= LATEST:
        raise ValueError("the clock goes from the year 1970 to the year 3000")
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_within_reason)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class UnitNew(_Body):
    """A sales unit to make; without a serial number, one that is free."""

    msn: Annotated[str, Field(pattern="^[0-9]{4,10}$")] | None = None
    settings: dict[str, Any] = Field(default_factory=dict)


class UnitChange(RootModel[dict[str, Any]]):
    """Settings to change; all others stay."""


class CustomerActOn(_Body):
    """The payment that the customer does something about."""

    reference: str


class SetClock(_Body):
    """Where to set the clock, and whether it is to stand still; what is left out stays as it is."""

    now: Instant | None = None
    frozen: bool | None = None


class Advance(_Body):
    """How far to move the clock forward: by a duration, or to an instant."""

    by: Annotated[timedelta, Field(ge=timedelta(0), le=LONGEST)] | None = None
    to: Instant | None = None

    @model_validator(mode="after")
    def _either(self) -> "Advance":
        if (self.by is None) == (self.to is None):
            raise ValueError("say either `by` or `to`")
        return self


class Following(_Body):
    """From where on to follow: what comes after number *after*."""

    after: Annotated[int, Field(ge=0, le=_BIGGEST)] = 0


class Paging(_Body):
    """Which part of a list: what comes after number *after*, at most *limit* entries."""

    after: Annotated[int, Field(ge=0, le=_BIGGEST)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
