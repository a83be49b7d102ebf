"""Templates to HTML, everything escaped: for every page of the sandbox."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["rendered"]


def rendered(template: Path, page: object) -> bytes:
    """Return *page* as HTML in UTF-8; it is all that the template knows, by the name `page`."""
    html = _environment(template.parent).get_template(template.name).render(page=page)
    return html.encode(errors="replace")


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - a start is felt in every CI run

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
