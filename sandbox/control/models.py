"""What the sandbox's own API takes and gives; durations in ISO 8601, instants in RFC 3339."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final, get_type_hints

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    create_model,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sandbox.domain.sales_unit import UnitSettings

__all__ = [
    "LATEST",
    "LONGEST",
    "Advance",
    "AsSettings",
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


class AsSettings:
    """Has the OpenAPI document tell of a plain object that its members are a sales unit's settings."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(_settings_model().__pydantic_core_schema__)


@cache
def _settings_model() -> type[BaseModel]:
    hints = get_type_hints(UnitSettings)
    fields: dict[str, Any] = {
        name: (hints[name], field.default) for name, field in UnitSettings.__dataclass_fields__.items()
    }
    return create_model(
        "UnitSettings",
        __config__=ConfigDict(
            extra="forbid", alias_generator=to_camel, json_schema_serialization_defaults_required=True
        ),
        **fields,
    )


class UnitNew(_Body):
    """A sales unit to make; without a serial number, one that is free."""

    msn: Annotated[str, Field(pattern="^[0-9]{4,10}$")] | None = None
    settings: Annotated[dict[str, Any], AsSettings()] = Field(default_factory=dict)


class UnitChange(RootModel[Annotated[dict[str, Any], AsSettings()]]):
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
