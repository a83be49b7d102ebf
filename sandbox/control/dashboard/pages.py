"""What each page of the dashboard shows: one frozen dataclass per template, formatted and decided already."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sandbox.control.dashboard.words import Told

__all__ = [
    "Bar",
    "BarPart",
    "ChoiceField",
    "Code",
    "Filter",
    "Line",
    "LoginPage",
    "MomentView",
    "PaymentLine",
    "PaymentsColumn",
    "PhoneChoice",
    "PhoneColumn",
    "ProblemPage",
    "Row",
    "Strip",
    "TimelineColumn",
    "UnitLine",
]


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; *url* where the value leads somewhere of ours."""

    name: str
    value: str
    url: str | None = None
    mono: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """A setting with a few values: name, label, hint, and options as value, label and whether it is chosen."""

    name: str
    label: str
    hint: str
    options: Sequence[tuple[str, str, bool]]


# --- Around every page ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitLine:
    msn: str
    name: str
    url: str
    payments: int
    purpose: str | None  # what it was made for, if not for an application
    is_this: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The bar at the top of a sales unit's pages (_bar.html)."""

    msn: str
    name: str
    url: str
    here: str  # which page this is: "timeline", "people", …
    back: str  # where a button of the bar leads back to
    units: Sequence[UnitLine]  # some of the sales units
    now_text: str
    now_ms: int  # milliseconds since 1970
    frozen: bool
    strays: int  # calls that reached no sales unit
    may_log_out: bool


# --- The sales unit's page ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLine:
    """A payment in the list (_payment_line.html)."""

    id: str
    reference: str
    url: str
    state: Told
    amount: str
    aside: str  # "due 15 Sep", "captured 5,00 NOK"
    at: str
    selected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsColumn:
    lines: Sequence[PaymentLine]
    count: int
    search: str
    older_url: str | None
    newest_url: str | None  # None on the first page


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the timeline, which leads to its detail."""

    id: str
    url: str
    kind: str  # "request" or "fact"
    told: Told
    time: str
    day: str
    path: str = ""  # of a request, with its method
    status: int = 0
    status_tone: str = ""
    took: str = ""
    why: str | None = None  # a refusal, in words
    code: str | None = None  # Vipps's own, of a refusal
    notes: int = 0
    reference: str | None = None
    reference_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A moment (_moment.html)."""

    id: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Filter:
    id: str
    label: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineColumn:
    moments: Sequence[MomentView]
    filters: Sequence[Filter]
    search: str
    show: str
    older_url: str | None
    newest_url: str | None
    stream_url: str | None  # None where what is new does not belong: further back
    narrowed: bool


@dataclass(frozen=True, slots=True)
class BarPart:
    """A part of a payment's bar; *start* and *width* in thousandths of it."""

    kind: str
    label: str
    amount: str
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The payment that the page is narrowed to."""

    reference: str
    url: str
    all_url: str
    state: Told
    amount: str
    parts: Sequence[BarPart]


@dataclass(frozen=True, slots=True)
class PhoneChoice:
    url: str
    label: str
    waiting: int
    chosen: bool
    phone_number: str
    name: str
    persona: str  # that was chosen for this one; empty for none


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneColumn:
    """The phone beside the timeline (_phones.html)."""

    phone_number: str
    text: str
    name: str
    url: str
    person_url: str
    persona: ChoiceField
    choices: Sequence[PhoneChoice]


# --- Parts of other pages -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Code:
    """Something to read and to copy."""

    id: str
    label: str
    html: Markup
    empty: bool


@dataclass(frozen=True, slots=True)
class LoginPage:
    """login.html"""

    next: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """problem.html"""

    heading: str
    text: str
    back: str
