"""What a page of the dashboard is asked with: where a form was, the members of a query, the numbers in a path."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from sandbox.control.dashboard.places import DASHBOARD
from sandbox.control.problems import Problem

__all__ = ["back_of", "number_of", "own_number", "search_of"]

_LONGEST_SEARCH: Final = 200


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
