"""How plays are told in files: JUnit XML for a CI server, JSON for programs, and one HTML page for people."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring
from zlib import crc32

import click

from sandbox import __version__
from sandbox.playback.diagram import Diagram, diagram
from sandbox.playback.plays import Outcome, Play
from sandbox.playback.reports import told

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["as_html", "as_json", "as_junit", "as_svg", "scenario_view"]

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# --- JSON -----------------------------------------------------------------------------------------------


def as_json(plays: Sequence[Play]) -> str:
    content = {"version": __version__, **_counts(plays), "scenarios": [scenario_view(play) for play in plays]}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _counts(plays: Sequence[Play]) -> dict[str, int]:
    return {outcome.value: sum(play.outcome is outcome for play in plays) for outcome in Outcome}


def scenario_view(play: Play) -> dict[str, Any]:
    """Return how a scenario went, as JSON."""
    failure = play.failure
    return {
        "title": play.scenario.title,
        "about": play.scenario.about,
        "file": str(play.scenario.path),
        "outcome": play.outcome.value,
        "tookMs": round(play.took * 1000, 1),
        "msn": play.msn or None,
        "steps": [
            {
                "step": done.step.name,
                "key": done.step.step.key,
                "file": str(done.step.path),
                "line": done.step.line,
                "told": done.told,
            }
            for done in play.performed
        ],
        "failure": None
        if failure is None
        else {
            "at": failure.at.name,
            "file": str(failure.at.path),
            "line": failure.at.line,
            "text": failure.at.text,
            "expected": failure.expected,
            "came": failure.came,
            "diff": list(failure.diff),
            "nearest": failure.nearest,
        },
    }


# --- JUnit ----------------------------------------------------------------------------------------------


def as_junit(plays: Sequence[Play]) -> str:
    """Return the plays as a JUnit test suite; a file's folder stands for the class."""
    counts = _counts(plays)
    suite = Element(
        "testsuite",
        name="scenarios",
        tests=str(len(plays)),
        failures=str(counts["failed"]),
        errors="0",
        skipped=str(counts["refused"]),
        time=f"{sum(play.took for play in plays):.3f}",
    )
    for play in plays:
        path = play.scenario.path
        case = SubElement(
            suite,
            "testcase",
            classname=_in_xml(".".join(path.with_suffix("").parts)),
            name=_in_xml(play.scenario.title),
            time=f"{play.took:.3f}",
        )
        if play.failure is None:
            continue
        lines = _in_xml(click.unstyle("\n".join(told(play))))
        if play.outcome is Outcome.REFUSED:
            SubElement(case, "skipped", message=_in_xml(f"{play.failure.at.name} needs {play.failure.expected}"))
        else:
            message = f"expected {play.failure.expected}, came {play.failure.came}"
            SubElement(case, "failure", message=_in_xml(message)).text = lines
    suites = Element("testsuites")
    suites.append(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode")


def _in_xml(text: str) -> str:
    return _NOT_IN_XML.sub("�", text)


# --- HTML -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A play as the page shows it."""

    play: Play
    diagram: Diagram

    @property
    def id(self) -> str:
        return f"s{crc32(f'{self.play.scenario.path}: {self.play.scenario.title}'.encode()):08x}"


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that report.html shows."""

    version: str
    counts: dict[str, int]
    took: float  # seconds, of all plays together
    folders: Sequence[tuple[str, Sequence[Told]]]


def as_html(plays: Sequence[Play]) -> str:
    """Return one page with everything in it: it loads nothing."""
    folders: dict[str, list[Told]] = {}
    for play in plays:
        folders.setdefault(str(play.scenario.path.parent), []).append(Told(play, diagram(play)))
    page = ReportPage(
        version=__version__,
        counts=_counts(plays),
        took=sum(play.took for play in plays),
        folders=list(folders.items()),
    )
    return _environment().get_template("report.html").render(page=page)


def as_svg(play: Play) -> str:
    """Return the sequence diagram of a play, with all that it shows escaped; how it looks is up to the page."""
    return _environment().get_template("_diagram.svg").render(diagram=diagram(play), title=play.scenario.title)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only for this report

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
