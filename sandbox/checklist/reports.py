"""A filled-in checklist to read, and for programs: text, JSON and JUnit XML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from xml.etree import ElementTree as ET

from pydantic.alias_generators import to_camel

from sandbox.checklist.model import Item, Verdict

__all__ = ["as_json", "as_junit", "as_text"]

_MARKS: Final = {Verdict.SHOWN: "✓", Verdict.NOT_SEEN: "·", Verdict.BROKEN: "✗", Verdict.TO_CHECK: "?"}


def as_json(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [{to_camel(name): value for name, value in asdict(item).items()} for item in items]


def as_text(items: Sequence[Mapping[str, Any]]) -> str:
    """Return the list as text, from its JSON."""
    lines: list[str] = []
    for item in items:
        verdict = Verdict(item["verdict"])
        lines.append(f"{_MARKS[verdict]} {item['id']:<3} {item['title']}: {verdict}")
        lines.append(f"      {item['says']}")
        for evidence in item["evidence"]:
            where = ", ".join(
                part
                for part in (
                    evidence["reference"],
                    None if evidence["request"] is None else f"request {evidence['request']}",
                )
                if part is not None
            )
            lines.append(f"      - {where}: {evidence['what']}" if where else f"      - {evidence['what']}")
        if item["howToShow"] is not None:
            lines.append(f"      To show it: {item['howToShow']}")
    counts = [(verdict, sum(item["verdict"] == verdict for item in items)) for verdict in Verdict]
    lines.append(", ".join(f"{count} {verdict}" for verdict, count in counts))
    return "\n".join(lines)


def as_junit(items: Sequence[Mapping[str, Any]], msn: str) -> str:
    """Return the list as JUnit XML, from its JSON: what is broken failed, what is not seen yet was skipped."""
    suite = ET.Element(
        "testsuite",
        name=f"go-live checklist of sales unit {msn}",
        tests=str(len(items)),
        failures=str(sum(item["verdict"] == Verdict.BROKEN for item in items)),
        skipped=str(sum(item["verdict"] in {Verdict.NOT_SEEN, Verdict.TO_CHECK} for item in items)),
    )
    for item in items:
        case = ET.SubElement(suite, "testcase", classname="checklist", name=f"{item['id']} {item['title']}")
        if item["verdict"] == Verdict.BROKEN:
            failure = ET.SubElement(case, "failure", message=item["says"])
            failure.text = "\n".join(evidence["what"] for evidence in item["evidence"])
        elif item["verdict"] != Verdict.SHOWN:
            ET.SubElement(case, "skipped", message=f"{item['verdict']}: {item['says']}")
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)
