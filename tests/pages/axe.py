"""What axe-core finds on a page in Chromium, by its rules for WCAG 2.2 AA and good practice."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["LIGHT_AND_DARK", "needs_axe", "violations"]

_SCRIPT = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"

needs_axe = pytest.mark.skipif(not _SCRIPT.is_file(), reason="needs axe-core: npm install --prefix tests/node")

# All rules in the light; in the dark, where only colours are others, that of contrast.
LIGHT_AND_DARK: Final[tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...]] = (
    ("light", {}),
    ("dark", {"runOnly": ["color-contrast"]}),
)


def violations(page: "Page", context: dict[str, Any] | None = None, **options: Any) -> list[dict[str, Any]]:
    """Return what is wrong with the page; what is right with it is far longer, and stays in the browser.

    Args:
        context: Axe's own, of which parts to look at; all of the page without it.
        **options: Of axe's `run`.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_script())  # not as a tag, which the pages' own policy forbids
    options["resultTypes"] = ["violations"]
    found: list[dict[str, Any]] = page.evaluate(
        f"axe.run({json.dumps(context) if context else 'document'}, {json.dumps(options)})"
        ".then((results) => results.violations)"
    )
    return found


@cache
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")
