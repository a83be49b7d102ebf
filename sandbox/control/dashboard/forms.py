"""What a page of the dashboard is asked with: the fields of a form, the members of a query, the numbers in a path."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.control.dashboard.places import DASHBOARD
from sandbox.control.problems import Problem

__all__ = ["back_of", "form_of", "number_of", "own_number", "search_of"]

_LARGEST_FORM: Final = 16 * 1024
_LONGEST_SEARCH: Final = 200


async def form_of(request: Request, largest: int = _LARGEST_FORM) -> dict[str, str]:
    """Return a form's fields; those of anything else than a plain HTML form are none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise Problem(413, "Too much", "That is more than a form of this page can hold.")
    try:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise Problem(400, "Not understood", "That is not what a form of this page sends.") from error


def back_of(form: Mapping[str, str], otherwise: str) -> str:
    """Return where a form says that it was: only ever a page of the dashboard."""
    back = form.get("back", "")
    fits = back.isascii() and back.isprintable() and (back.startswith(f"{DASHBOARD}/") or back.split("?")[0] == "/")
    return back if fits else otherwise


def search_of(request: Request, name: str) -> str:
    return request.query_params.get(name, "")[:_LONGEST_SEARCH].strip()


def own_number(request: Request) -> int:
    """Return the number that the path names."""
    return _read_number(request.path_params["number"])


def number_of(request: Request, name: str) -> int | None:
    """Return the number that the query names; None if it names none."""
    text = request.query_params.get(name)
    return _read_number(text) if text else None


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Problem(404, "There is no such page", f"{text[:40]!r} is no number.")
    return int(text)
