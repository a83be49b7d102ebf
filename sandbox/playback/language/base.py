"""The words that all steps are made of: scalars, names of payments, and what an answer is expected to be.

Where a value stands, a reference such as `${invoice.reference}` may stand too. A step is understood twice: before
the story is played, with its references as they are, and when its turn comes, with what they stand for.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)

from sandbox.playback.nearest import instead

__all__ = [
    "CHECKLIST",
    "EVENTS",
    "FURTHEST",
    "NAME",
    "SETTINGS",
    "STATES",
    "Ahead",
    "Answer",
    "Body",
    "ChecklistItem",
    "Count",
    "Duration",
    "EventName",
    "Flag",
    "HeaderName",
    "HeaderText",
    "Instant",
    "Key",
    "Members",
    "Money",
    "Name",
    "Persona",
    "Phone",
    "Ref",
    "Setting",
    "State",
    "Status",
    "Step",
    "Text",
    "Times",
    "Wait",
    "duration",
]

STATES: Final = ("CREATED", "AUTHORIZED", "ABORTED", "EXPIRED", "TERMINATED")
EVENTS: Final = (
    *("CREATED", "AUTHORIZED", "CAPTURED", "CANCELLED", "REFUNDED"),
    *("ABORTED", "EXPIRED", "TERMINATED"),
)
CHECKLIST: Final = (
    *("E1", "E2", "E3", "E4", "E5", "E6", "O1", "O2", "O3", "O4", "W1", "W2", "W3", "W4"),
    *("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "R1", "R2", "R3", "C1", "S1"),
)

SETTINGS: Final = (
    *("name", "organisation", "profile", "market", "customer", "pushMessageAllowed", "longLivingAllowed"),
    *("longLivingMaximum", "ninAllowed", "cardAllowed", "cardPassthroughAllowed", "expressAllowed"),
    *("bankAccountVerified", "forceApproveAllowed", "partialCaptureAllowed", "refundConfigured"),
    *("paymentTimeout", "claimTimeout", "captureWindow", "refundWindow", "userinfoWindow", "specialAmounts"),
    *("rateLimits", "imageMustExist", "landingNumberEditable", "landingFramable", "appSkin", "appInForeground"),
    *("appReturnsTo", "stickyRefusals", "msnRequired", "customerNotFoundStatus", "expressCallbackCase"),
    *("userinfoAfterWindow", "userinfoSubscriptionKey", "userinfoPhoneNumberVerified", "subDelay"),
    *("webhookProfileSub", "webhookNullKey", "webhookTargets", "webhookDelay", "webhookAutoRemoval"),
    *("reminders", "answersAfter", "slowTakes", "laterIs", "approveTrouble", "accessTrouble", "captureTrouble"),
)

_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)  # that the clock of a sales unit shows
_LATEST: Final = datetime(3000, 1, 1, tzinfo=UTC)
FURTHEST: Final = _LATEST - _EARLIEST
NAME: Final = r"^[^\s.{}+]+$"
_REFERENCE: Final = "${"
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MOST: Final = 1_000_000
_INSTANT: Final[TypeAdapter[datetime]] = TypeAdapter(datetime)
_DURATION: Final[TypeAdapter[timedelta]] = TypeAdapter(timedelta)


def _one_of(what: str, known: Collection[str]) -> Callable[[str], str]:
    def checked(name: str) -> str:
        if _REFERENCE not in name and name not in known:
            meant = re.sub(r"^epayments\.payment\.(\w+)\.v1$", r"\1", name)
            raise ValueError(f"there is no {what} {name!r}{instead(meant, known)}")
        return name

    return checked


def _text(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise ValueError("Input should be a valid string (quote it)")  # noqa: TRY004 - pydantic takes no other
    return value


def _phone(value: str) -> str:
    if _REFERENCE not in value and not (value.isascii() and value.isdigit() and 9 <= len(value) <= 15):
        raise ValueError(
            "say a phone number as 9 to 15 digits with country code and without plus, in quotes, or as ${ada.phone}"
        )
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str):
        if _REFERENCE in value:
            return value
        try:
            instant = _INSTANT.validate_python(value)
        except ValueError:
            instant = None
        if instant is not None and instant.tzinfo is not None and "T" in value:
            value = instant
    if not isinstance(value, datetime):
        raise ValueError("say an instant such as 2023-09-15T00:00:00Z")  # noqa: TRY004 - pydantic takes no other
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError(f"{value.isoformat()} is out of reach: the clock goes from 1970 to 3000")
    return value


def duration(value: Any) -> Any:
    if isinstance(value, str):
        if _REFERENCE in value:
            return value
        try:
            if value.lstrip("+-").startswith("P"):
                return _DURATION.validate_python(value)
        except ValueError:
            pass
    if isinstance(value, timedelta):
        return value
    raise ValueError("say a duration such as P1D or PT10M")


def _ahead(value: timedelta | str) -> timedelta | str:
    if isinstance(value, timedelta) and value < timedelta(0):
        raise ValueError("say a duration such as P1D or PT10M; time goes back by `time.set` only")
    if isinstance(value, timedelta) and value > FURTHEST:
        raise ValueError("this is out of reach: the clock goes to 3000")
    return value


def _at_most_five_minutes(value: timedelta | str) -> timedelta | str:
    if isinstance(value, timedelta) and not timedelta(0) <= value <= timedelta(minutes=5):
        raise ValueError("say a duration of at most PT5M, for it passes in real time")
    return value


def _header_name(name: str) -> str:
    if _REFERENCE not in name and _TOKEN.fullmatch(name) is None:
        raise ValueError(f"{name!r} cannot be the name of a header")
    return name


def _header_text(text: str) -> str:
    if not (text.isascii() and (text.isprintable() or not text)) or text != text.strip():
        raise ValueError("a header cannot be sent with this: say plain ASCII in one line, with no space around it")
    return text


def _key(text: str | None) -> str | None:
    if (
        text is not None
        and _REFERENCE not in text
        and not (1 <= len(text) <= 50 and text.isascii() and text.isprintable() and text.strip())
    ):
        raise ValueError(
            "say an Idempotency-Key of 1 to 50 printable ASCII characters (`merchant.call` sends others)"
        )
    return text


def _between(lowest: int, highest: int) -> AfterValidator:
    def checked(value: int | str) -> int | str:
        if isinstance(value, int) and not lowest <= value <= highest:
            raise ValueError(f"say a whole number between {lowest} and {highest}")
        return value

    return AfterValidator(checked)


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and _REFERENCE in value)):
        raise ValueError("say a whole number, without quotes")
    return value


_REF_SCHEMA: Final = {"type": "string", "pattern": r"\$\{.+\}"}


def _or_ref(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, _REF_SCHEMA]})


Ref = Annotated[str, Field(pattern=r"\$\{.+\}")]
Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[str, BeforeValidator(_text), Field(pattern=NAME, description="what later steps call it")]
Phone = Annotated[
    str,
    AfterValidator(_phone),
    BeforeValidator(_text),
    _or_ref({"type": "string", "pattern": r"^\d{9,15}$"}),
]
Instant = Annotated[datetime | str, BeforeValidator(_instant), _or_ref({"type": "string", "format": "date-time"})]
Duration = Annotated[timedelta | str, BeforeValidator(duration), _or_ref({"type": "string", "pattern": "^[+-]?P"})]
Ahead = Annotated[Duration, AfterValidator(_ahead)]
Wait = Annotated[Duration, AfterValidator(_at_most_five_minutes)]
Money = Annotated[int | str, BeforeValidator(_whole), _or_ref({"type": "integer"})]
Count = Annotated[int | str, _between(0, _MOST), BeforeValidator(_whole), _or_ref({"type": "integer", "minimum": 0})]
Times = Annotated[int | str, _between(1, _MOST), BeforeValidator(_whole), _or_ref({"type": "integer", "minimum": 1})]
Status = Annotated[
    int | str,
    _between(100, 599),
    BeforeValidator(_whole),
    _or_ref({"type": "integer", "minimum": 100, "maximum": 599}),
]
Flag = Annotated[bool | Ref, _or_ref({"type": "boolean"})]
State = Annotated[str, AfterValidator(_one_of("state", STATES)), _or_ref({"enum": list(STATES)})]
EventName = Annotated[str, AfterValidator(_one_of("event", EVENTS)), _or_ref({"enum": list(EVENTS)})]
ChecklistItem = Annotated[
    str, AfterValidator(_one_of("item of the checklist", CHECKLIST)), _or_ref({"enum": list(CHECKLIST)})
]
Setting = Annotated[
    str,
    AfterValidator(_one_of("setting", SETTINGS)),
    WithJsonSchema({"type": "string", "anyOf": [{"enum": list(SETTINGS)}, _REF_SCHEMA]}),
]
HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderText = Annotated[str, AfterValidator(_header_text)]
Key = Annotated[
    Text | None,
    AfterValidator(_key),
    Field(description="the Idempotency-Key; without it, one that is new"),
]
Persona = Literal[
    "approves",
    "declines",
    "pays_later",
    "never_answers",
    "refuses_consent",
    "card_declined_once",
    "card_declined",
    "slow",
    "too_young",
    "unknown",
]
Members = Mapping[str, "Members | None"]  # that something which is named has at most; None: nobody can tell
Body = dict[str, Any] | str  # an object is sent as JSON; text as it stands, be it no JSON at all


class Answer(BaseModel):
    """What a call is expected to be answered with; without `status` and `code`, with a success."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Annotated[Status | None, Field(description="the HTTP status, such as 201 or 400")] = None
    code: Annotated[Text | None, Field(description="Vipps's error code, such as '6090'")] = None
    body: Annotated[Any, Field(description="at least these members, with these values")] = None
    exactly: Annotated[Any, Field(description="the whole body")] = None
    no_answer: Annotated[Flag, Field(description="that there is no answer: the connection breaks")] = False
    headers: Annotated[dict[str, Any] | None, Field(description="at least these headers")] = None

    @property
    def of_refusal(self) -> bool:
        """Whether something else than a success is expected."""
        return self.code is not None or (isinstance(self.status, int) and self.status >= 400)

    @property
    def may_be_refused(self) -> bool:
        """Whether the answer, or that there is none, may be something else than a success."""
        return self.of_refusal or self.no_answer is not False or isinstance(self.status, str)


class Step(BaseModel):
    """One step; *shorthand* names the field that a bare value stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    key: ClassVar[str]
    shorthand: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _from_shorthand(cls, value: Any) -> Any:
        if value is None:
            return {}
        if isinstance(value, dict) or cls.shorthand is None:
            return value
        return {cls.shorthand: value}

    def expectations(self) -> Iterator[Any]:
        """Give what this step compares answers with, in which patterns may stand."""
        expect = getattr(self, "expect", None)
        if isinstance(expect, Answer):
            yield from (expect.body, expect.exactly, expect.headers)
        else:
            yield expect

    def makes(self) -> Iterator[str]:
        """Give the names by which later steps can refer to what this one brought about."""
        name = getattr(self, "name", None)
        if isinstance(name, str):
            yield name

    def members(self) -> "Members | None":
        """Return what can be referred to of what the step brought about; None if nobody can tell beforehand."""
        return None
