"""The customer's screens as HTML."""

from pathlib import Path
from typing import Final

from sandbox.phone.pages.parts import Page
from sandbox.ui import Frame, rendered

__all__ = ["TEMPLATES", "render"]

TEMPLATES: Final = Path(__file__).parent / "templates"


def render(page: Page, theme: str | None = None) -> bytes:
    return rendered(TEMPLATES / page.template, page, Frame(page.words.language, theme))
