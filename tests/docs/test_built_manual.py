"""The manual builds without a broken link, has every page, and its written pages are up to date."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.reference import DOCS, PAGES

ROOT = DOCS.parent
MKDOCS = ROOT / "mkdocs.yml"


def pages_in(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for inner in nav.values() if isinstance(nav, dict) else nav:
            yield from pages_in(inner)


def test_every_page_is_in_the_manual_once() -> None:
    listed = list(pages_in(yaml.safe_load(MKDOCS.read_text(encoding="utf-8"))["nav"]))
    assert sorted(listed) == sorted(path.name for path in DOCS.glob("*.md")), (
        "`nav` in mkdocs.yml has a line for each"
    )


def test_written_pages_are_up_to_date(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.docs.reference", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == PAGES.keys()
    for name in PAGES:
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert written == (DOCS / name).read_text(encoding="utf-8"), f"{name}: `make reference` writes it anew"


def build(into: Path, config: Path = MKDOCS) -> subprocess.CompletedProcess[str]:
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        pytest.skip("needs mkdocs and its theme, of the extra `docs`")
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config), "-d", str(into)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_manual_builds_without_a_broken_link(tmp_path: Path) -> None:
    done = build(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    tutorial = (tmp_path / "tutorial.html").read_text(encoding="utf-8")
    assert "Flow B: the next invoice" in tutorial
    for page in tmp_path.glob("*.html"):
        fonts_and_scripts = re.findall(
            r'<(?:script|link rel="stylesheet")[^>]* (?:src|href)="(https?:[^"]+)"', page.read_text()
        )
        assert fonts_and_scripts == [], f"{page.name} loads from elsewhere"


@pytest.mark.parametrize("link", ["nowhere.md", "tutorial.md#nowhere", "../tests/nowhere.py"])
def test_a_broken_link_breaks_the_build(link: str, tmp_path: Path) -> None:
    """Of each kind: to a page, to a place on one, and out of the manual."""
    docs = tmp_path / "docs"
    shutil.copytree(DOCS, docs)
    (docs / "index.md").write_text(f"[a link]({link})\n", encoding="utf-8")
    config = yaml.safe_load(MKDOCS.read_text(encoding="utf-8")) | {
        "hooks": [str(ROOT / "tests/docs/mkdocs_hooks.py")]
    }
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    done = build(tmp_path / "built", tmp_path / "mkdocs.yml")
    assert done.returncode != 0
    assert "nowhere" in done.stdout + done.stderr
