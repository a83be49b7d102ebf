"""What else a webhook's path and query may have been."""

from collections.abc import Iterator, Mapping
from itertools import islice, permutations
from typing import Final
from urllib.parse import quote, unquote

from sandbox.api.webhooks.signature import place_of

__all__ = ["how_target_differs", "targets_before", "targets_mistaken"]

_SEGMENTS_AT_MOST: Final = 12  # of a path that are tried to be somebody's prefix
_PARAMETERS_AT_MOST: Final = 4  # of a query whose order is tried
_SAFE: Final = ("/", "/:@", "/:@!$&'()*+,;=", "/~")  # what various libraries leave unencoded in a path
_TARGET_HEADERS: Final = (
    "x-original-uri",
    "x-original-url",
    "x-rewrite-url",
    "x-forwarded-uri",
    "x-envoy-original-path",
    "x-forwarded-path",
)
_PREFIX_HEADERS: Final = ("x-forwarded-prefix", "x-script-name", "x-forwarded-path")


def targets_before(target: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give what path and query may have been before somebody on the way rewrote them."""
    yield from _targets_told(target, headers)
    path, mark, query = target.partition("?")
    rest = f"{mark}{query}"
    yield f"{path.rstrip('/') or '/'}{rest}"
    yield f"{path}/{rest}"
    yield f"/{target.removeprefix('/')}"
    yield target.partition("#")[0]
    yield from _targets_encoded(path, mark, query)
    parameters = query.split("&")
    if 1 < len(parameters) <= _PARAMETERS_AT_MOST:
        yield from (f"{path}?{'&'.join(order)}" for order in permutations(parameters))
    segments = path.split("/")
    for number in islice(range(2, len(segments) + 1), _SEGMENTS_AT_MOST):
        yield f"/{'/'.join(segments[number:])}{rest}"
    yield path


def _targets_told(target: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give what a URL or a proxy's headers tell of the path and query before."""
    if "://" in target:
        yield place_of(target).target
    for name in _TARGET_HEADERS:
        if name in headers:
            yield place_of(headers[name]).target if "://" in headers[name] else headers[name]
    for name in _PREFIX_HEADERS:
        if name in headers:
            yield f"{headers[name].rstrip('/')}{target}"


def _targets_encoded(path: str, mark: str, query: str) -> Iterator[str]:
    """Give path and query with more of it percent-encoded, and with less."""
    for safe in _SAFE:
        yield f"{_quoted(path, safe)}{mark}{query}"
        yield f"{_quoted(path, safe)}{mark}{_quoted(query, f'{safe}=&?')}"
    yield f"{unquote(path)}{mark}{query}"
    yield f"{path}{mark}{unquote(query)}"
    yield unquote(f"{path}{mark}{query}")
    for old, new in (("+", "%20"), (" ", "+"), ("%20", "+")):
        yield f"{path}{mark}{query.replace(old, new)}"


def _quoted(text: str, safe: str) -> str:
    return quote(unquote(text), safe=safe, errors="replace")


def how_target_differs(received: str, signed: str) -> str:
    """Say in words what became of path and query on the way."""
    path, _, query = received.partition("?")
    signed_path, _, signed_query = signed.partition("?")
    if "://" in received:
        return "a whole URL was given where only its path and query are signed"
    if path == signed_path:
        return _how_query_differs(query, signed_query)
    without = " and the query was lost" if signed_query and not query else ""
    if path.rstrip("/") == signed_path.rstrip("/"):
        return f"the path's slash at the end was {'added' if path.endswith('/') else 'taken away'}{without}"
    if unquote(path) == unquote(signed_path):
        return f"the path was percent-{'decoded' if len(path) < len(signed_path) else 'encoded'}{without}"
    if f"/{path}" == signed_path:
        return f"the path's slash at the beginning was taken away{without}"
    if path not in {"", "/"} and signed_path.endswith(path):
        return f"the prefix {signed_path.removesuffix(path)} was taken away{without}"
    if signed_path != "/" and path.endswith(signed_path):
        return f"the prefix {path.removesuffix(signed_path)} was added{without}"
    return f"the path is another one{without}"


def _how_query_differs(query: str, signed: str) -> str:
    if not query:
        return "the query was lost"
    if not signed:
        return "a query was added"
    if sorted(query.split("&")) == sorted(signed.split("&")):
        return "the query's parameters are in another order"
    return "the query was written in another way" if unquote(query) == unquote(signed) else "another query"


def targets_mistaken(target: str) -> Iterator[tuple[str, str]]:
    """Give what an app may take for path and query, and what that is called."""
    path, mark, query = target.partition("?")
    yield path, "the path without its query"
    yield unquote(target), "the path percent-decoded"
    yield f"{unquote(path)}{mark}{query}", "the path percent-decoded"
    yield f"{path.rstrip('/')}/{mark}{query}", "the path with a slash at its end"
    yield f"{path.rstrip('/')}{mark}{query}", "the path without the slash at its end"
    yield target.removeprefix("/"), "the path without the slash at its beginning"
