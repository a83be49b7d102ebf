"""What the build of the manual does with links that lead out of it: to tests, scenarios and the like.

They lead somewhere in a checkout, which is where they are checked; in the built manual only their text stays.
"""

import logging
import re
from pathlib import Path
from typing import Any, Final

_DOCS: Final = Path(__file__).parents[2] / "docs"
_OUT: Final = re.compile(r"(?<!!)\[(`[^`]*`|[^\]]*)\]\((\.\./[^)#]*)(?:#[^)]*)?\)")
_log = logging.getLogger("mkdocs.hooks")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page without links out of the manual; one that leads nowhere is a warning, which is fatal."""

    def kept(link: re.Match[str]) -> str:
        if not (_DOCS / link[2]).exists():
            _log.warning("a link leads nowhere: %s", link[2])
        return link[1]

    return _OUT.sub(kept, markdown)
