"""The workflow files are what their schemas allow, their steps run, and the manual shows them as they are."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from sandbox.server import running
from sandbox.settings import LogLevel, Settings
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


# --- They run -------------------------------------------------------------------------------------------

STORY = 'scenario: Nothing waits\nsteps:\n  - customer.see_inbox: {phone: "4791234567", pending: 0}\n'
DOCKER = """#!/bin/sh
# Runs in its own place what an image of the sandbox would run.
until expr "$1" : ".*/vipps-sandbox:" >/dev/null; do shift; done
shift
exec vipps-sandbox "$@"
"""
TSC = [
    "--noEmit",
    "--allowJs",
    "--checkJs",
    "--skipLibCheck",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--types",
    "node",
]
TESTS_OF_A_USER = "test:\n\tcurl -sf $(VIPPS_BASE_URL)/sandbox/health\n"


@pytest.fixture
def url() -> Iterator[str]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url:
        yield url


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A user's project: tests that need Vipps, and one scenario; `docker` is there, but runs no container."""
    (tmp_path / "Makefile").write_text(TESTS_OF_A_USER)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "story.yaml").write_text(STORY)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").write_text(DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    return tmp_path


def shell(checkout: Path, script: str, variables: dict[str, str], instead: dict[str, str]) -> str:
    """Run what a workflow's step says as its runner does, with what is here *instead* of what is there."""

    def here(text: str) -> str:
        for there, is_here in instead.items():
            text = text.replace(there, is_here)
        return text

    path = f"{checkout / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", here(script)],
        cwd=checkout,
        env=os.environ | {name: here(value) for name, value in variables.items()} | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_steps_of_the_github_workflow_run(checkout: Path, url: str) -> None:
    job = yaml.safe_load((CI / "github-actions.yml").read_text())["jobs"]["tests"]
    instead = {
        "http://localhost:8080": url,
        "${{ job.services.vipps.id }}": "vipps",
        " /scenarios": f" {checkout / 'scenarios'}",
    }
    said = [shell(checkout, step["run"], job["env"], instead) for step in job["steps"] if "run" in step]
    assert '"status":"ok"' in said[0]
    assert said[1].endswith("1 passed, 0 failed\n")
    assert json.loads(said[2])["requests"] == []


def test_the_scripts_of_the_gitlab_jobs_run(checkout: Path, url: str) -> None:
    jobs = yaml.safe_load((CI / "gitlab-ci.yml").read_text())
    instead = {"http://vipps:8080": url}
    tests, scenarios = jobs["tests"], jobs["scenarios"]
    for line in (*tests["script"], *tests["after_script"]):
        shell(checkout, line, tests["variables"], instead)
    for line in scenarios["script"]:
        shell(checkout, line, {}, instead)
    report = ET.parse(checkout / scenarios["artifacts"]["reports"]["junit"]).getroot()
    assert [case.get("name") for case in report.iter("testcase")] == ["Nothing waits"]


# --- Testcontainers: no container is started here, but the library's own types say whether one would be ---


def test_the_python_example_uses_the_library_as_it_is(tmp_path: Path) -> None:
    if importlib.util.find_spec("testcontainers") is None:
        pytest.skip("needs testcontainers, of the extra `dev`")
    example = CI / "testcontainers_vipps.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), example.name]
    done = subprocess.run(command, cwd=CI, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_the_node_example_uses_the_library_as_it_is(tmp_path: Path) -> None:
    modules = ROOT / "tests" / "node" / "node_modules"
    if not (modules / "testcontainers").is_dir():
        pytest.skip("testcontainers is missing: npm install --prefix tests/node")
    shutil.copy(CI / "testcontainers-vipps.test.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(modules)
    done = subprocess.run(
        ["node", modules / "typescript" / "bin" / "tsc", *TSC, "testcontainers-vipps.test.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
