"""Who commits is stopped by the same checks as `make check` has; that they pass on the whole tree, CI tries."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / ".pre-commit-config.yaml"


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment | {"PRE_COMMIT_HOME": str(cwd / ".git" / "pre-commit")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def pre_commit(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "pre_commit", *arguments, cwd=cwd)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout with the hooks, whose tools are those that run this test."""
    if shutil.which("git") is None or importlib.util.find_spec("pre_commit") is None:
        pytest.skip("needs git, and pre-commit of the extra `dev`")
    assert run("git", "init", "--quiet", cwd=tmp_path).returncode == 0
    shutil.copy(CONFIG, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (tmp_path / ".gitignore").write_text(".venv\n")
    return tmp_path


def test_the_hooks_are_the_checks() -> None:
    target = (ROOT / "Makefile").read_text().partition("\ncheck:")[2].partition("\n\n")[0]
    checks = [line.replace(" --check", "").removesuffix(" .") for line in re.findall(r"\$\(BIN\)/(.*)", target)]
    (repo,) = yaml.safe_load(CONFIG.read_text())["repos"]
    hooks = [hook["entry"].replace(" --force-exclude", "") for hook in repo["hooks"]]
    assert hooks == [f".venv/bin/{check}" for check in checks]


def test_the_configuration_is_valid(repository: Path) -> None:
    done = pre_commit("validate-config", CONFIG.name, cwd=repository)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("hook", "bad", "good"),
    [("ruff-format", "x = [ 1 ]\n", "x = [1]\n"), ("ruff-check", "import os\n", '"""Nothing."""\n')],
)
def test_a_hook_stops_what_is_bad_and_nothing_else(hook: str, bad: str, good: str, repository: Path) -> None:
    for text, code in ((bad, 1), (good, 0)):
        (repository / "file.py").write_text(text)
        run("git", "add", "--all", cwd=repository)
        done = pre_commit("run", hook, cwd=repository)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Skipped" not in done.stdout
