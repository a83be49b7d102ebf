"""What each page of the reference shows: one frozen dataclass per template, formatted and decided already."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.control.dashboard.reference.schemas import Member, Shape

__all__ = ["Group", "OperationLine", "OperationPage", "Outcome", "OverviewPage"]


@dataclass(frozen=True, slots=True)
class OperationLine:
    id: str
    method: str
    path: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations under one tag, of Vipps's APIs or the sandbox's own."""

    id: str
    name: str
    is_vipps: bool
    lines: Sequence[OperationLine]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All operations (reference.html)."""

    version: str
    about: str
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What may be answered with one status."""

    status: str
    tone: str  # "good" or "bad"
    meanings: Sequence[str]
    content_type: str
    shape: Shape | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPage:
    """One operation (operation.html)."""

    line: OperationLine
    tag: str
    tag_url: str
    beside: Sequence[OperationLine]  # all under the same tag
    curl: str
    parameters: Sequence[Member]
    body: Shape | None
    body_required: bool
    outcomes: Sequence[Outcome]
