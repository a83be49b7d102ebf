"""From a YAML file to a scenario; every mistake is told with its file, its line and its step.

Nothing is played before all of the file is understood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError

from sandbox.playback.model import STEPS, CreatePayment, Scenario, Step
from sandbox.playback.nearest import did_you_mean, instead

__all__ = ["LoadedScenario", "LoadedStep", "Passage", "ScenarioInvalid", "load"]


class ScenarioInvalid(Exception):
    """A scenario file that is not understood; its text begins with `file:line:`."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a file that can be blamed."""

    name: str  # a key such as `clock`, or `step 3`
    line: int
    text: str  # as it stands in the file, from the beginning of its line


@dataclass(frozen=True, slots=True)
class LoadedStep(Passage):
    """A step, and where it stands."""

    step: Step


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    path: Path
    scenario: Scenario
    keys: Mapping[str, Passage]  # `scenario`, `clock` and so on, as far as they stand in the file
    steps: Sequence[LoadedStep]


class _Loader(yaml.SafeLoader):
    """Safe YAML in which instants stay text, for a body is passed on as it stands, and no key comes twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} is not text: quote it", problem_mark=key_node.start_mark
                )
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} comes twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path) -> LoadedScenario:
    """Read a scenario.

    Raises:
        ScenarioInvalid: it cannot be read, or is not understood.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioInvalid(f"{path}: cannot be read: {error}") from error
    root, content = _parse(path, text)
    if not isinstance(content, dict):
        line = root.start_mark.line + 1
        raise ScenarioInvalid(f"{path}:{line}: a scenario is a mapping with `scenario` and `steps`")
    keys = {key.value: _passage(text, key.value, key, value) for key, value in root.value}
    try:
        scenario = Scenario.model_validate(content)
    except ValidationError as error:
        key, complaint = _complaint(Scenario, error)
        line = keys[key].line if key in keys else root.start_mark.line + 1
        raise ScenarioInvalid(f"{path}:{line}: {complaint}") from error
    return LoadedScenario(path, scenario, keys, _steps(path, text, root, scenario.steps))


def _passage(text: str, name: str, first: yaml.Node, last: yaml.Node) -> Passage:
    begin = text.rfind("\n", 0, first.start_mark.index) + 1
    return Passage(name, first.start_mark.line + 1, text[begin : last.end_mark.index].rstrip())


def _parse(path: Path, text: str) -> tuple[yaml.Node, Any]:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise ScenarioInvalid(f"{path}:1: the file is empty")
        return node, loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise ScenarioInvalid(f"{path}:{line}: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ScenarioInvalid(f"{path}:1: not YAML: {error}") from error
    finally:
        loader.dispose()


def _steps(path: Path, text: str, root: yaml.Node, contents: list[Any]) -> list[LoadedStep]:
    nodes = next(value for key, value in root.value if key.value == "steps").value
    steps: list[LoadedStep] = []
    payments: list[str] = []  # what a payment can be called by now: its name and its reference
    for number, (node, content) in enumerate(zip(nodes, contents, strict=True), start=1):
        passage = _passage(text, f"step {number}", node, node)
        where = f"{path}:{passage.line}: {passage.name}"
        step = _step(where, content)
        _check_payment(f"{where} {step.key}", step, payments)
        if isinstance(step, CreatePayment):
            payments += [name for name in (step.name, str(step.body.get("reference", ""))) if name]
        steps.append(LoadedStep(passage.name, passage.line, passage.text, step))
    return steps


def _step(where: str, content: Any) -> Step:
    if not isinstance(content, dict) or len(content) != 1:
        raise ScenarioInvalid(f"{where}: a step has one key, `actor.action`")
    key, value = next(iter(content.items()))
    kind = STEPS.get(key)
    if kind is None:
        raise ScenarioInvalid(f"{where}: there is no step {key!r}{instead(key, STEPS)}")
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        _, complaint = _complaint(kind, error)
        raise ScenarioInvalid(f"{where} {key}: {complaint}") from error


def _check_payment(where: str, step: Step, payments: Sequence[str]) -> None:
    name = getattr(step, "payment", None)
    if name is not None and name not in payments:
        known = f"there are {', '.join(payments)}" if payments else "none is created before"
        raise ScenarioInvalid(f"{where}: there is no payment {name!r}; {known}{did_you_mean(name, payments)}")


# --- Mistakes, in words ---------------------------------------------------------------------------------

_IN_WORDS: Final[Mapping[str, str]] = {
    "time_delta": "say a duration such as P1D or PT10M",
    "datetime": "say an instant such as 2023-09-15T00:00:00Z",
    "timezone": "say an instant such as 2023-09-15T00:00:00Z",
}


def _complaint(kind: type[BaseModel], error: ValidationError) -> tuple[str, str]:
    """Return the outermost field that is wrong, if it is one, and what is wrong with it.

    An unknown field goes first: what seems to be missing is likely that, misspelt.
    """
    details = min(error.errors(include_url=False), key=lambda details: details["type"] != "extra_forbidden")
    loc = [str(part) for part in details["loc"]]
    if details["type"] == "extra_forbidden":
        said = f"unknown{instead(loc[-1], _fields(kind, loc[:-1]))}"
    elif details["type"] == "string_type":
        said = f"{details['msg']} (quote it)"
    else:
        in_words = next((words for start, words in _IN_WORDS.items() if details["type"].startswith(start)), None)
        said = in_words or details["msg"].removeprefix("Value error, ")
    return loc[0] if loc else "", ": ".join(filter(None, (".".join(loc), said)))


def _fields(kind: type[BaseModel], loc: Sequence[str]) -> list[str]:
    """Return what may stand in a model, or in one of its members that are models themselves."""
    for name in loc:
        member = kind.model_fields[name].annotation
        if isinstance(member, type) and issubclass(member, BaseModel):
            kind = member
    return [field.alias or name for name, field in kind.model_fields.items()]
