"""Templates to HTML, everything escaped: for every page of the sandbox.

A template sees its page's one dataclass by the name `page`, the `frame` around it, and the function `static`, which
gives the address of a static file. It may extend and import what lies in this package's own `templates`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from sandbox.ui.static_files import static_url

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Frame", "frame_of", "rendered"]

_SHARED: Final = Path(__file__).parent / "templates"
_THEMES: Final = frozenset({"light", "dark"})


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around any page.

    Args:
        language: As HTML names it: `en`, `nb`.
        theme: `light` or `dark` by the choice of whoever looks; None follows the system.
    """

    language: str = "en"
    theme: str | None = None


def frame_of(request: Request, language: str = "en") -> Frame:
    """Return the frame for whoever sent *request*: the theme is kept in a cookie."""
    theme = request.cookies.get("theme")
    return Frame(language, theme if theme in _THEMES else None)


def rendered(template: Path, page: object, frame: Frame | None = None) -> bytes:
    """Return *page* as HTML in UTF-8."""
    html = _environment(template.parent).get_template(template.name).render(page=page, frame=frame or Frame())
    return html.encode(errors="replace")


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - a start is felt in every CI run

    environment = Environment(
        loader=FileSystemLoader([folder, _SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = static_url
    return environment
