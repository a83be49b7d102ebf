"""The go-live checklist in words, with links to what shows each item."""

from collections.abc import Mapping, Sequence
from typing import Final

from sandbox.api.gateway import RequestLog
from sandbox.checklist import Evidence, Item, Verdict
from sandbox.control.dashboard import pages
from sandbox.control.dashboard.places import payment_url, request_url
from sandbox.control.dashboard.words import Told
from sandbox.world import SalesUnit

__all__ = ["groups_of"]

_VERDICTS: Final[Mapping[Verdict, Told]] = {  # in the order in which they are read
    Verdict.BROKEN: Told("aborted", "Broken", "bad"),
    Verdict.SHOWN: Told("authorized", "Shown", "good"),
    Verdict.NOT_SEEN: Told("waiting", "Not seen yet", "waiting"),
    Verdict.TO_CHECK: Told("help", "To check yourself", "info"),
}


def groups_of(unit: SalesUnit, request_log: RequestLog, items: Sequence[Item]) -> list[pages.CheckGroup]:
    """Return the items by their verdict, what is broken first."""
    kept = {exchange.number for exchange in request_log.of(unit.msn)}
    return [
        pages.CheckGroup(
            verdict.name.lower().replace("_", "-"),
            told,
            [_line_of(unit, kept, item) for item in items if item.verdict is verdict],
        )
        for verdict, told in _VERDICTS.items()
    ]


def _line_of(unit: SalesUnit, kept: set[int], item: Item) -> pages.CheckLine:
    return pages.CheckLine(
        id=item.id,
        title=item.title,
        says=item.says,
        evidence=[_evidence_of(unit, kept, evidence) for evidence in item.evidence],
        is_recommended=item.is_recommended,
        how_to_show=item.how_to_show,
        scenarios=item.scenarios,
    )


def _evidence_of(unit: SalesUnit, kept: set[int], evidence: Evidence) -> pages.CheckEvidence:
    reference, number = evidence.reference, evidence.request
    return pages.CheckEvidence(
        evidence.what,
        reference,
        payment_url(unit.msn, reference) if reference is not None and reference in unit.state.payments else None,
        None if number is None else f"request {number}",
        request_url(unit.msn, number) if number in kept and number is not None else None,
    )
