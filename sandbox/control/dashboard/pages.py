"""What each page of the dashboard shows: one frozen dataclass per template, formatted and decided already."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sandbox.control.dashboard.words import Told

__all__ = [
    "Bar",
    "BarPart",
    "CheckEvidence",
    "CheckGroup",
    "CheckLine",
    "ChecklistPage",
    "ChoiceField",
    "ClockPage",
    "ConnectPage",
    "Connection",
    "DueLine",
    "EventRow",
    "FactPage",
    "FaultLine",
    "Filter",
    "Line",
    "LoginPage",
    "MomentView",
    "PaymentLine",
    "PaymentPage",
    "PaymentsColumn",
    "PeoplePage",
    "PersonLine",
    "PhoneColumn",
    "ProblemPage",
    "RequestPage",
    "Row",
    "SettingsPage",
    "StraysPage",
    "Strip",
    "Switch",
    "TimelineColumn",
    "UnitLine",
    "UnitPage",
    "UnitsPage",
]


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; *url* where the value leads somewhere of ours."""

    name: str
    value: str
    url: str | None = None
    mono: bool = False


# --- Around every page ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitLine:
    msn: str
    name: str
    url: str
    payments: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneColumn:
    """The phone beside the timeline (_phones.html)."""

    phone_number: str
    text: str
    name: str
    url: str
    choices: Sequence[PhoneChoice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to point an app at the sandbox."""

    base_url: str
    credentials: Sequence[tuple[str, str, str]]  # id, name, value; none where only those who declared theirs may know
    is_open: bool  # whether any other credentials do as well
    curl: str
    try_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """A sales unit: its payments, its story, and a phone (unit.html)."""

    bar: Bar
    payments: PaymentsColumn
    timeline: TimelineColumn
    phone: PhoneColumn
    strip: Strip | None
    welcome: Connection | None  # while nothing has happened


# --- Details --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Code:
    """Something to read and to copy."""

    id: str
    label: str
    html: Markup
    empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetail:
    """All about one call (_request.html)."""

    id: str
    title: str
    method: str
    path: str
    status_text: str
    status_tone: str
    took: str
    at: str
    why: str | None
    explained: Sequence[Row]
    notes: Sequence[str]
    headers: Sequence[tuple[str, str]]
    request: Code
    response: Code
    curl: str
    brought: Sequence[Line]
    url: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """request.html"""

    bar: Bar | None
    detail: RequestDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDetail:
    """All that a fact carries (_fact.html)."""

    id: str
    told: Told
    name: str
    at: str
    number: int
    url: str
    rows: Sequence[Row]
    payment_url: str | None
    reference: str | None
    codes: Sequence[Code]


@dataclass(frozen=True, slots=True)
class FactPage:
    """fact.html"""

    bar: Bar
    detail: FactDetail


@dataclass(frozen=True, slots=True)
class EventRow:
    name: str
    amount: str
    at: str
    psp_reference: str
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """One payment's life (payment.html)."""

    bar: Bar
    reference: str
    state: Told
    code: str
    amount: str
    narrow_url: str
    parts: Sequence[BarPart]
    rows: Sequence[Row]
    wide: Markup
    slim: Markup
    events: Sequence[EventRow]
    webhooks: Sequence[Line]
    requests: Sequence[MomentView]
    phone_url: str | None


# --- The other pages ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    id: str
    name: str
    number: str
    persona: str
    is_magic: bool
    url: str
    waiting: int
    pushes: int
    shared: str


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """A setting with a few values: name, label, hint, and options as value, label and whether it is chosen."""

    name: str
    label: str
    hint: str
    options: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class Switch:
    name: str
    label: str
    on: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """people.html"""

    bar: Bar
    people: Sequence[PersonLine]
    magic: Sequence[PersonLine]
    customer: ChoiceField


@dataclass(frozen=True, slots=True)
class DueLine:
    at: str
    after: str
    what: str
    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class ClockPage:
    """clock.html"""

    bar: Bar
    input_value: str
    dues: Sequence[DueLine]


@dataclass(frozen=True, slots=True)
class CheckEvidence:
    """What shows an item of the checklist; where it names a payment or a call that is known, it leads there."""

    what: str
    reference: str | None
    payment_url: str | None
    request: str | None
    request_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    id: str
    title: str
    says: str
    evidence: Sequence[CheckEvidence]
    is_recommended: bool
    how_to_show: str | None
    scenarios: Sequence[str]


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """The items of one verdict."""

    id: str
    verdict: Told
    lines: Sequence[CheckLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistPage:
    """checklist.html"""

    bar: Bar
    at: str
    note: str | None
    groups: Sequence[CheckGroup]


@dataclass(frozen=True, slots=True)
class FaultLine:
    id: str
    words: str
    count: str
    is_spent: bool


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """settings.html"""

    bar: Bar
    faults: Sequence[FaultLine]
    operation: ChoiceField
    effect: ChoiceField
    choices: Sequence[ChoiceField]
    switches: Sequence[Switch]
    others: Sequence[Row]


@dataclass(frozen=True, slots=True)
class ConnectPage:
    """connect.html"""

    bar: Bar
    connection: Connection


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """units.html"""

    units: Sequence[UnitLine]
    count: int
    search: str
    strays: int
    older_url: str | None


@dataclass(frozen=True, slots=True)
class StraysPage:
    """strays.html"""

    moments: Sequence[MomentView]
    back: str


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
