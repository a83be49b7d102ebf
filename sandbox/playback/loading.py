"""From a YAML file to a scenario; every mistake is told with its file, its line and its step.

Nothing is played before all of the file is understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sandbox.playback.model import STEPS, Scenario, Step

__all__ = ["LoadedScenario", "LoadedStep", "ScenarioInvalid", "load"]


class ScenarioInvalid(Exception):
    """A scenario file that is not understood; its text begins with `file:line:`."""


@dataclass(frozen=True, slots=True)
class LoadedStep:
    """A step, and where it stands."""

    step: Step
    number: int  # from 1
    line: int
    text: str  # as it stands in the file


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    path: Path
    scenario: Scenario
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
    try:
        scenario = Scenario.model_validate(content)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in details["loc"]) or "scenario"
        raise ScenarioInvalid(f"{path}:{root.start_mark.line + 1}: {where}: {details['msg']}") from error
    return LoadedScenario(path, scenario, _steps(path, root, scenario.steps, text.splitlines()))


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


def _steps(path: Path, root: yaml.Node, contents: list[Any], lines: Sequence[str]) -> list[LoadedStep]:
    nodes = next(value for key, value in root.value if key.value == "steps").value
    return [
        _step(path, number, node, content, lines)
        for number, (node, content) in enumerate(zip(nodes, contents, strict=True), start=1)
    ]


def _step(path: Path, number: int, node: yaml.Node, content: Any, lines: Sequence[str]) -> LoadedStep:
    line = node.start_mark.line + 1
    where = f"{path}:{line}: step {number}"
    if not isinstance(content, dict) or len(content) != 1:
        raise ScenarioInvalid(f"{where}: a step has one key, `actor.action`")
    key, value = next(iter(content.items()))
    kind = STEPS.get(key)
    if kind is None:
        nearest = get_close_matches(key, STEPS, n=1, cutoff=0.4)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else f"; there are {', '.join(STEPS)}"
        raise ScenarioInvalid(f"{where}: there is no step {key!r}{hint}")
    try:
        step = kind.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in details["loc"])
        quotes = " (quote it)" if details["type"] == "string_type" else ""
        raise ScenarioInvalid(f"{where} {key}: {field + ': ' if field else ''}{details['msg']}{quotes}") from error
    text = "\n".join(lines[node.start_mark.line : max(node.end_mark.line, line)])
    return LoadedStep(step, number, line, text.rstrip())
