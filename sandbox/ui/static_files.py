"""Style sheets, scripts and pictures of the sandbox's own pages.

Each room keeps its own in a folder `static`; `static_url("phone/app.css")` is the file `app.css` of the room `phone`.
Addresses begin with a hash over all of them, so that browsers may keep a file for good and never meet an old one, and
a module may import its neighbours by relative addresses.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

__all__ = ["static_routes", "static_url"]

_HOUSE: Final = Path(__file__).parent.parent
_PREFIX: Final = "/sandbox/static"
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'",  # a picture opened as a page is still only a picture
}


def static_url(name: str) -> str:
    """Return the address of a file; *name* is `room/file`.

    Raises:
        KeyError: there is no such file.
    """
    if name not in _files():
        raise KeyError(name)
    return f"{_PREFIX}/{_version()}/{name}"


def static_routes() -> list[Route]:
    return [Route(f"{_PREFIX}/{{version}}/{{name:path}}", _serve, methods=["GET"])]


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    content = _files().get(name)
    if content is None:
        raise HTTPException(404)
    # A page from before a change asks by its old version: it gets the file as it is now, and does not keep it.
    is_current = request.path_params["version"] == _version()
    caching = "public, max-age=31536000, immutable" if is_current else "no-store"
    media_type = _MEDIA_TYPES[Path(name).suffix]
    return Response(content, headers=_SAFE | {"Cache-Control": caching}, media_type=media_type)


@cache
def _files() -> Mapping[str, bytes]:
    """All files by `room/file`, read once."""
    found = (path for path in sorted(_HOUSE.glob("*/static/*")) if path.suffix in _MEDIA_TYPES)
    return {f"{path.parent.parent.name}/{path.name}": path.read_bytes() for path in found}


@cache
def _version() -> str:
    digest = sha256()
    for name, content in _files().items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]
