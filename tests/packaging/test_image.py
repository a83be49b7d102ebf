"""What the image's build deletes, nobody misses."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import faker
import pytest

from tests.packaging.test_wheel import run

ROOT = Path(__file__).parents[2]
_NAMES_EVERYBODY = """
import sys
from sandbox.world.people import person
for start in ("479", "454", "3584", "467", "449"):
    for number in range(60):
        print(person(f"{start}{number * 104729:07d}"))
import faker
print(faker.__file__, file=sys.stderr)
"""


def _everybody(path: Path) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-B", "-c", _NAMES_EVERYBODY],
        env=os.environ | {"PYTHONPATH": f"{path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def test_people_are_the_same_without_the_languages_that_go(tmp_path: Path) -> None:
    shutil.copytree(Path(faker.__file__).parent, tmp_path / "faker", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "loop.pyx").touch()
    before, _ = _everybody(tmp_path)
    subprocess.run(
        [sys.executable, "-B", ROOT / "container" / "shrink.py", tmp_path],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        check=True,
    )
    after, where = _everybody(tmp_path)
    assert where.startswith(str(tmp_path))
    assert after == before
    left = {path.name for path in (tmp_path / "faker" / "providers" / "person").iterdir() if path.is_dir()}
    assert left - {"__pycache__"} >= {"no_NO", "da_DK", "fi_FI", "sv_SE"}
    assert "nl_NL" not in left
    assert not (tmp_path / "loop.pyx").exists()


@pytest.mark.parametrize("line", ["USER 10001:10001", "HEALTHCHECK ", 'ENTRYPOINT ["vipps-sandbox"]'])
def test_the_image_says_how_it_runs(line: str) -> None:
    stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert f"\n{line}" in stage


def test_an_image_over_whose_scenarios_nothing_is_mounted_starts_all_the_same() -> None:
    """They are what `serve` takes if they are there; told of by a variable, they would have to be."""
    stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert "\nCOPY scenarios /scenarios\n" in stage
    assert "\nWORKDIR /\n" in stage
    assert "SANDBOX_SCENARIOS" not in stage


@pytest.mark.skipif("CI" not in os.environ, reason="asks the registry for long; CI does")
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_nothing_has_to_be_compiled_for_the_image(machine: str, tmp_path: Path) -> None:
    """All that it runs on has a wheel for the machine: its build has no compiler, and emulates none."""
    base = re.search(r"^FROM python:(3\.\d+)-slim$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert base is not None
    resolve = (sys.executable, "-m", "uv", "pip", "compile", "--extra", "tls", "--only-binary", ":all:")
    platform = ("--python-version", base[1], "--python-platform", f"{machine}-manylinux_2_28")
    run(*resolve, *platform, "--output-file", tmp_path / "found.txt", ROOT / "pyproject.toml", cwd=tmp_path)
    assert "uvloop==" in (tmp_path / "found.txt").read_text()
