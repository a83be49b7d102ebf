"""What is released installs clean into an empty environment, and works there.

Only CI has to be able to: where the registry is out of reach, nothing can be installed, and these tests are skipped.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from sandbox import __version__

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13")
_NO_NETWORK = re.compile("No matching distribution|dns error|error sending request|Temporary failure|ConnectionError")

LOOKS_AT_PAGES = """
import re, httpx
from sandbox.server import running
from sandbox.settings import Settings
with running(Settings(port=0)) as url:
    for path in ("/", "/phone/4791234567"):
        page = httpx.get(url + path).raise_for_status().text
        files = set(re.findall('"(/sandbox/static/[^"]+)"', page))
        assert files
        for file in files:
            httpx.get(url + file).raise_for_status()
"""


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    if done.returncode != 0 and "CI" not in os.environ and _NO_NETWORK.search(said):
        pytest.skip("the package registry is out of reach")
    assert done.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--installer", "uv", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(released: Path) -> Path:
    (found,) = released.glob("*.whl")
    return found


def _python(version: str) -> str | None:
    """Return a Python of this machine: on the path, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    places = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"))]
    for place in (
        place for place in places if place is not None
    ):  # pyenv's shims are there for what is not switched on, too
        if subprocess.run([place, "--version"], capture_output=True, check=False).returncode == 0:
            return str(place)
    return None


def _tried() -> list[str]:
    """Return the Pythons to try: in CI all that this machine has, elsewhere this one alone, for it takes its time."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = VERSIONS if os.environ.get("CI") else [here]
    return [version for version in wanted if _python(version) is not None]


def test_the_wheel_has_all_files_of_the_package(wheel: Path) -> None:
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "sandbox").rglob("*") if path.is_file()}
    there = {name for name in there if "__pycache__" not in name}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == there
    assert "sandbox/py.typed" in packed
    assert {Path(name).suffix for name in packed} >= {".html", ".css", ".js", ".svg"}


def test_the_sdist_has_what_a_wheel_is_built_from_and_no_more(released: Path) -> None:
    (sdist,) = released.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.split("/")[1] for name in archive.getnames()}
    expected = {"sandbox", "scenarios", "CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml", "PKG-INFO"}
    assert packed - {".gitignore"} == expected


@pytest.mark.parametrize("version", _tried())
def test_the_wheel_works_in_an_empty_environment(version: str, wheel: Path, tmp_path: Path) -> None:
    python = _python(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    environment = tmp_path / "environment"
    uv = (sys.executable, "-m", "uv")
    run(*uv, "venv", "--python", python, environment, cwd=tmp_path)
    run(*uv, "pip", "install", "--python", environment / "bin" / "python", wheel, cwd=tmp_path)
    env = {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    assert run("vipps-sandbox", "--version", cwd=tmp_path, env=env) == f"vipps-sandbox, version {__version__}\n"
    assert "12 of 12 checks held." in run("vipps-sandbox", "demo", cwd=tmp_path, env=env)
    scenarios = [ROOT / "scenarios" / f"{flow}-invoice.yaml" for flow in ("first", "next")]
    page = tmp_path / "report.html"
    assert "2 passed, 0 failed" in run("vipps-sandbox", "play", *scenarios, "--html", page, cwd=tmp_path, env=env)
    assert page.stat().st_size > 1000
    (tmp_path / "look.py").write_text(LOOKS_AT_PAGES)
    run("python", "-W", "error", "look.py", cwd=tmp_path, env=env)
