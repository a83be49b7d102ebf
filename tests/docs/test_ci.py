"""The workflow files are what their schemas allow, and the manual shows them as they are."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.test_examples import blocks

ROOT = Path(__file__).parents[2]
CI = ROOT / "examples" / "ci"
FILES = {
    CI / "github-actions.yml": "vendor.github-workflows",
    CI / "gitlab-ci.yml": "vendor.gitlab-ci",
    ROOT / "compose.yaml": "vendor.compose-spec",
}


def check(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_what_its_published_schema_allows(path: Path, tmp_path: Path) -> None:
    done = check(FILES[path], path)
    assert done.returncode == 0, done.stdout
    spoilt = tmp_path / path.name
    spoilt.write_text(path.read_text().replace("services:", "services: 7\nrest:", 1))
    assert check(FILES[path], spoilt).returncode == 1


@pytest.mark.parametrize("path", sorted(CI.iterdir()), ids=lambda path: path.name)
def test_the_manual_shows_the_file_as_it_is(path: Path) -> None:
    page = ROOT / "docs" / "ci.md"
    assert path.read_text() in {block for language in ("yml", "py", "js") for block in blocks(page, language)}


def test_compose_in_the_manual_is_what_its_schema_allows(tmp_path: Path) -> None:
    (block,) = blocks(ROOT / "docs" / "container.md", "yml")
    path = tmp_path / "compose.yaml"
    path.write_text(block)
    done = check("vendor.compose-spec", path)
    assert done.returncode == 0, done.stdout


def test_every_variable_of_the_sandbox_is_a_setting() -> None:
    """A misspelt one would set nothing."""
    known = (ROOT / "docs" / "settings.md").read_text()

    def variables(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {name for name in node if str(name).startswith("SANDBOX_")}
            return own.union(*map(variables, node.values()))
        return set().union(*map(variables, node)) if isinstance(node, list) else set()

    for path in FILES:
        for name in variables(yaml.safe_load(path.read_text())):
            assert f"`{name}`" in known, f"{path.name}: {name}"


def test_the_programs_in_the_manual_are_programs(tmp_path: Path) -> None:
    for path in CI.glob("*.py"):
        compile(path.read_text(), str(path), "exec")
