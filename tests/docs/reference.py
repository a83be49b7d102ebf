"""Write the pages of the manual that are made from code: `python -m tests.docs.reference [FOLDER]`.

The sandbox's own endpoints, the steps of scenarios, the command line's help, and every judgement call.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import click
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sandbox.cli import main as command
from sandbox.control.dashboard.reference.schemas import Member, Schemas, Shape
from sandbox.playback.language import STEPS, Scenario
from tests.contract.outcomes import OUTCOMES
from tests.contract.own_document import own_document

__all__ = ["DOCS", "PAGES", "main"]

_ROOT: Final = Path(__file__).parents[2]
DOCS: Final = _ROOT / "docs"
_WRITTEN: Final = "<!-- Written by `make reference`; do not edit. -->\n"
_API: Final = """\
# Every endpoint of the sandbox

What is below `/sandbox`, made from the OpenAPI document; [its own page](control-api.md) tells how the calls are used.
A running sandbox shows the same at `/sandbox/docs`, with Vipps's APIs and a command for each call. Members of objects
are written with a dot, those of lists with `[]`; what is **bold** must be there.
"""
_STEPS: Final = """\
# Every step of a scenario

Made from the models that scenarios are understood by; [Scenarios](scenarios.md) teaches the language. Where a field
is *in italics*, a bare value stands for it: `customer.approve: invoice` is `customer.approve: {payment: invoice}`.
What is **bold** must be there. Where a value stands, a reference such as `${invoice.reference}` may stand too.
"""
_JUDGEMENTS: Final = """\
# Every judgement call

Where Vipps's own sources tell nothing, or not in one voice, the sandbox had to choose. These are all such choices:
the settings that switch them, the outcomes that they are about, and where the sandbox differs knowingly.
[How faithful is it?](fidelity.md) tells what this means for your tests.
"""
_OWN: Final = "The sandbox's own"
_IN_COMMENT: Final = re.compile(r"^ *# Differs: (.*(?:\n *# .*)*)", re.MULTILINE)
_IN_DOCSTRING: Final = re.compile(r'^ *Differs: (.*?)(?=\s*"""|\n\s*\n)', re.DOTALL | re.MULTILINE)
_SETTINGS: Final = 25  # an object with so many members has a page of its own
_DEEPEST: Final = 3
_WIDTH: Final = 100  # columns of the command line's help


# --- The sandbox's own API ------------------------------------------------------------------------------


def api_reference() -> str:
    """Every endpoint below /sandbox, by tag."""
    document = own_document()
    schemas = Schemas(document)
    tags = next(group["tags"] for group in document["x-tagGroups"] if group["name"] == _OWN)
    parts = [_WRITTEN + _API]
    for tag in tags:
        parts.append(f"## {tag}\n")
        for path, methods in document["paths"].items():
            parts += [
                _endpoint(method, path, one, schemas) for method, one in methods.items() if one["tags"][0] == tag
            ]
    return "\n".join(parts)


def _endpoint(method: str, path: str, described: Mapping[str, Any], schemas: Schemas) -> str:
    lines = [f"### `{method.upper()} {path}`\n", f"{described['summary']}\n"]
    taken = [
        Member(one["name"], one["required"], schemas.shape(one["schema"]), one.get("description", ""))
        for one in described["parameters"]
        if one["in"] == "query"
    ]
    if taken:
        lines.append("| query | | |\n|---|---|---|\n" + "".join(_rows(taken)))
    if "requestBody" in described:
        shape = schemas.shape(next(iter(described["requestBody"]["content"].values()))["schema"])
        lines.append("| body | | |\n|---|---|---|\n" + "".join(_rows_of(shape)))
    answers = []
    for status, answer in described["responses"].items():
        content = next(iter(answer.get("content", {}).values()), None)
        if status < "300" and content is not None:
            lines.append(f"| {status} | | |\n|---|---|---|\n" + "".join(_rows_of(schemas.shape(content["schema"]))))
        elif status < "300":
            answers.append(f"{status} {answer['description']}")
        else:
            answers.append(f"{status}: {answer['description']}")
    if answers:
        lines.append("; ".join(answers) + ".\n")
    return "\n".join(lines)


def _rows_of(shape: Shape) -> Iterator[str]:
    if len(shape.members) > _SETTINGS:
        yield _row("any of the [settings](settings.md)", "", "")
    elif shape.members:
        yield from _rows(shape.members)
    elif shape.variants:
        for variant in shape.variants:
            yield from _rows(variant.members)
    else:
        yield _row("", *_said(shape))


def _rows(members: Iterable[Member], within: str = "", depth: int = 1) -> Iterator[str]:
    for member in members:
        name = within + member.name
        label = f"**`{name}`**" if member.required else f"`{name}`"
        kind, about = _said(member.shape)
        if len(member.shape.members) > _SETTINGS:
            yield _row(label, kind, "the [settings](settings.md)")
            continue
        yield _row(label, kind, "; ".join(filter(None, ((member.about or member.shape.about).rstrip("."), about))))
        if depth < _DEEPEST:
            deeper = f"{name}[]." if member.shape.type.startswith("list of") else f"{name}."
            for shape in (member.shape, *member.shape.variants):
                yield from _rows(shape.members, deeper, depth + 1)


def _said(shape: Shape) -> tuple[str, str]:
    return _kind(shape), ", ".join(_cell(limit) for limit in shape.limits if not limit.startswith("default {"))


def _kind(shape: Shape) -> str:
    """Return the type; objects are told by their members, whatever the code calls them."""
    if shape.members or shape.variants:
        return "list of objects" if shape.type.startswith("list of ") else "object"
    return _plain(shape.type)


def _cell(text: str) -> str:
    """Return text that a table can hold; regular expressions as code."""
    return re.sub(r"^(each )?like (.*)$", r"\1like `\2`", text).replace("|", r"\|").replace("\n", " ")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


# --- Scenarios ------------------------------------------------------------------------------------------


def scenario_steps() -> str:
    """Every step, by actor; and what may stand around them."""
    models: list[type[BaseModel]] = [Scenario, *STEPS.values()]
    references, made = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    named = made["$defs"]
    schemas = Schemas({"components": {"schemas": named}})
    parts = [
        _WRITTEN + _STEPS,
        "## Around the steps\n",
        _fields(schemas.shape(references[Scenario, "validation"]), None),
    ]
    for actor, steps in groupby(STEPS.items(), key=lambda step: step[0].partition(".")[0]):
        parts.append(f"## `{actor}`\n")
        for key, model in steps:
            shape = schemas.shape(references[model, "validation"])
            parts += [f"### `{key}`\n", f"{shape.about}\n", _fields(shape, model.shorthand)]
    return "\n".join(parts)


def _fields(shape: Shape, shorthand: str | None) -> str:
    if not shape.members:
        return ""
    rows = []
    for member in shape.members:
        label = f"`{member.name}`"
        if member.required:
            label = f"**{label}**"
        if member.name == shorthand:
            label = f"*{label}*"
        kind = "an answer: `status`, `code`, `body`, `exactly`, `no_answer`, `headers`"
        is_answer = "Answer" in member.shape.type
        limits = ", ".join(
            _cell(limit)
            for limit in member.shape.limits
            if limit != "or null" and "\\$\\{" not in limit and not limit.startswith("default {")
        )
        about = "; ".join(filter(None, [_plain(member.about or member.shape.about).rstrip("."), limits]))
        rows.append(_row(label, "" if is_answer else _kind(member.shape), kind if is_answer else about))
    return "| field | | |\n|---|---|---|\n" + "".join(rows)


def _plain(text: str) -> str:
    return text.replace("\n", " ").replace("|", r"\|").replace("text or text", "text")


# --- The command line -----------------------------------------------------------------------------------


def command_line() -> str:
    """What `--help` says, of every command."""
    parts = [f"{_WRITTEN}# The command line\n", "What `vipps-sandbox --help` says, and each command's own help.\n"]
    context = click.Context(command, info_name="vipps-sandbox", max_content_width=_WIDTH, terminal_width=_WIDTH)
    parts.append(_help("vipps-sandbox", command, context))
    for name in command.list_commands(context):
        one = command.get_command(context, name)
        assert one is not None, name
        inner = click.Context(one, info_name=name, parent=context, terminal_width=_WIDTH, max_content_width=_WIDTH)
        parts.append(_help(f"vipps-sandbox {name}", one, inner))
    return "\n".join(parts)


def _help(name: str, one: click.Command, context: click.Context) -> str:
    return f"## `{name}`\n\n```text\n{one.get_help(context)}\n```\n"


# --- Judgement calls ------------------------------------------------------------------------------------


def judgement_calls() -> str:
    """Where Vipps's sources tell nothing, or not in one voice, and what the sandbox does."""
    parts = [
        _WRITTEN + _JUDGEMENTS,
        "## Choices that a setting switches\n",
        "| setting | default | what it does | source |\n|---|---|---|---|\n" + "".join(_judged_settings()),
        "## Outcomes\n",
        "| operation | status | code | meaning | source |\n|---|---|---|---|---|\n"
        + "".join(
            _row(f"`{one.operation}`", str(one.status), one.code or "-", _cell(one.meaning), _cell(one.source))
            for one in OUTCOMES
            if "judgement" in one.source
        ),
        "## Knowingly different\n",
        "".join(f"- {difference}\n" for difference in _differences()),
    ]
    return "\n".join(parts)


def _judged_settings() -> Iterator[str]:
    for line in (DOCS / "settings.md").read_text(encoding="utf-8").splitlines():
        cells = line.strip("| ").split(" | ")
        if line.startswith("| `") and "judgement" in cells[-1]:
            name, default, does, *_, source = cells
            yield _row(name, default, does, source)


def _differences() -> Iterator[str]:
    """Give what comments and docstrings of the sandbox say behind `Differs:`, up to where they end."""
    for path in sorted((_ROOT / "sandbox").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for pattern in (_IN_COMMENT, _IN_DOCSTRING):
            for said in pattern.finditer(text):
                yield " ".join(said[1].replace("#", " ").split())


# --- Writing --------------------------------------------------------------------------------------------

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "api-reference.md": api_reference,
    "scenario-steps.md": scenario_steps,
    "command-line.md": command_line,
    "judgement-calls.md": judgement_calls,
}


def main(folder: Path = DOCS) -> None:
    """Write all pages into *folder*."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
