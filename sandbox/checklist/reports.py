"""A filled-in checklist to read, and for programs: text, JSON and JUnit XML.

All but `as_json` take the list as `GET /sandbox/units/{msn}/checklist` answers it, or that of many sales units: with
`units` instead of `msn`, without `at`, and with the `test` of a piece of evidence.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from textwrap import wrap
from typing import Any, Final
from xml.etree import ElementTree as ET

from pydantic.alias_generators import to_camel

from sandbox.checklist.model import Evidence, Item, Verdict

__all__ = ["as_indented_json", "as_json", "as_junit", "as_summary", "as_text", "broken_in", "counted"]

_MARKS: Final = {Verdict.SHOWN: "✓", Verdict.NOT_SEEN: "·", Verdict.BROKEN: "✗", Verdict.TO_CHECK: "?"}
_NAMES: Final = {field.name: to_camel(field.name) for field in fields(Item)}
_WIDTH: Final = 100
_INDENT: Final = " " * 6
_UNFIT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

FilledIn = Mapping[str, Any]


def as_json(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Return the items as the sandbox's own API answers them."""
    return [
        {camel: getattr(item, name) for name, camel in _NAMES.items()}
        | {"evidence": list(map(_evidence, item.evidence))}
        for item in items
    ]


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"reference": evidence.reference, "request": evidence.request, "what": evidence.what}


def as_indented_json(filled_in: FilledIn) -> str:
    return json.dumps(filled_in, indent=2, ensure_ascii=False)


def broken_in(filled_in: FilledIn) -> Sequence[Mapping[str, Any]]:
    """Return the items that are broken."""
    return [item for item in filled_in["items"] if item["verdict"] == Verdict.BROKEN]


def counted(filled_in: FilledIn) -> str:
    """Return how many items there are of each verdict: `12 shown, 9 not seen yet, 0 broken, 2 to check yourself`."""
    verdicts = [item["verdict"] for item in filled_in["items"]]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict)


def as_summary(filled_in: FilledIn, verdicts: Collection[Verdict] = (Verdict.BROKEN,)) -> str:
    """Return the counts, and the items of some verdicts with their evidence: for the report of a test run."""
    lines = [f"Go-live checklist of {_of(filled_in)}: {counted(filled_in)}"]
    for item in filled_in["items"]:
        if item["verdict"] in verdicts:
            lines.extend(_lines_of(item))
    return "\n".join(lines)


def as_text(filled_in: FilledIn) -> str:
    """Return the whole list: what is broken stands first."""
    lines = [f"Go-live checklist of {_of(filled_in)}{f', {at}' if (at := filled_in.get('at')) else ''}"]
    if filled_in["note"] is not None:
        lines += wrap(filled_in["note"], _WIDTH)
    for verdict in (Verdict.BROKEN, Verdict.SHOWN, Verdict.NOT_SEEN, Verdict.TO_CHECK):
        items = [item for item in filled_in["items"] if item["verdict"] == verdict]
        if items:
            lines += ["", verdict.capitalize()]
        for item in items:
            lines.extend(_lines_of(item))
    return "\n".join([*lines, "", counted(filled_in)])


def as_junit(filled_in: FilledIn) -> str:
    """Return the list as JUnit XML: what is broken failed, what is not seen yet was skipped."""
    items = filled_in["items"]
    suite = ET.Element(
        "testsuite",
        name=f"go-live checklist of {_of(filled_in)}",
        tests=str(len(items)),
        failures=str(len(broken_in(filled_in))),
        skipped=str(sum(item["verdict"] in {Verdict.NOT_SEEN, Verdict.TO_CHECK} for item in items)),
    )
    for item in items:
        case = ET.SubElement(suite, "testcase", classname="checklist", name=_fit(f"{item['id']} {item['title']}"))
        if item["verdict"] == Verdict.BROKEN:
            failure = ET.SubElement(case, "failure", message=_fit(item["says"]))
            failure.text = _fit("\n".join(map(_evidence_line, item["evidence"])))
        elif item["verdict"] != Verdict.SHOWN:
            ET.SubElement(case, "skipped", message=_fit(f"{item['verdict']}: {item['says']}"))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _of(filled_in: FilledIn) -> str:
    units = filled_in.get("units")
    if units is None:
        return f"sales unit {filled_in['msn']}"
    return f"{units} sales unit{'' if units == 1 else 's'}"


def _lines_of(item: Mapping[str, Any]) -> Iterator[str]:
    recommended = " (recommended)" if item["isRecommended"] else ""
    yield f"  {_MARKS[Verdict(item['verdict'])]} {item['id']}  {item['title']}{recommended}"
    yield from _wrapped(item["says"])
    for evidence in item["evidence"]:
        yield from _wrapped(_evidence_line(evidence), "- ")
    if item["howToShow"] is not None:
        yield from _wrapped(f"To show it: {item['howToShow']}")
    if item["scenarios"]:
        yield from _wrapped(f"Played by: {', '.join(item['scenarios'])}")


def _evidence_line(evidence: Mapping[str, Any]) -> str:
    request = None if evidence["request"] is None else f"request {evidence['request']}"
    parts = (evidence.get("test"), evidence["reference"], request)
    where = ", ".join(part for part in parts if part is not None)
    return f"{where}: {evidence['what']}" if where else str(evidence["what"])


def _wrapped(text: str, mark: str = "") -> list[str]:
    return wrap(
        text,
        _WIDTH,
        initial_indent=_INDENT + mark,
        subsequent_indent=_INDENT + " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _fit(text: str) -> str:
    """Return a text without the characters that XML cannot have."""
    return _UNFIT_IN_XML.sub("\ufffd", text)
