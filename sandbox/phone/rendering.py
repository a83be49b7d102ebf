"""Templates to HTML, everything escaped."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox.phone.pages import Page

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["TEMPLATES", "render"]

TEMPLATES: Final = Path(__file__).parent / "templates"


def render(page: Page) -> bytes:
    """Return a page as HTML in UTF-8."""
    return _environment().get_template(page.template).render(page=page).encode(errors="replace")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - a start is felt in every CI run

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
