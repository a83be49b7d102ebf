"""The phone's screens as HTML."""

from pathlib import Path
from typing import Final

from sandbox.phone.pages import Page
from sandbox.ui import rendered

__all__ = ["TEMPLATES", "render"]

TEMPLATES: Final = Path(__file__).parent / "templates"


def render(page: Page) -> bytes:
    return rendered(TEMPLATES / page.template, page)
