"""Secrets masked, wherever a call is shown: in headers, query strings and bodies alike, by the names they go by."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, unquote_plus

__all__ = ["masked_body", "masked_headers", "masked_query", "masked_target", "without_secrets"]

_NAMES: Final = (  # of secrets
    r"(?:proxy-|x-vipps-)?authorization|(?:set-)?cookie|(?:ocp-apim-)?subscription[-_]?key|api[-_]?key|password"
    r"|(?:client[-_]?)?secret|(?:(?:access|bearer|id|refresh)[-_]?)?token|(?:client[-_]?)?assertion"
)
_IS_SECRET: Final = re.compile(_NAMES, re.IGNORECASE)
_MEMBER: Final = re.compile(
    # The value ends with its string, list or object, or before the next member: broken JSON is masked as well.
    rf'(?P<name>"(?:{_NAMES})"\s*:\s*)(?P<value>"(?:[^"\\]|\\.)*"?|[\[{{][^\]}}]*|[^\s,\]}}]+)',
    re.IGNORECASE | re.DOTALL,
)
_WITH_SCHEME: Final = frozenset({"authorization", "proxy-authorization", "x-vipps-authorization"})
_COOKIES: Final = frozenset({"cookie", "set-cookie"})
_JSON_BEGINS: Final = ("{", "[", '"')
_IN_PATHS: Final = "/:@!$&'()*+,;=~"  # characters that need no escape
_IN_QUERIES: Final = f"{_IN_PATHS}?%"
_SHOWN: Final = 4  # characters of a secret that stay readable
_SHORTEST: Final = 8  # characters of what is looked for as a secret: shorter, it may be part of a common word


def masked_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers fit to be shown: of secrets only the last characters, and the scheme of an authorisation."""
    return {name: _masked_header(name.lower(), value) for name, value in headers}


def masked_query(query: str) -> str:
    """Return a query string, or a form, fit to be shown."""
    return "&".join(_masked_pair(pair) for pair in query.split("&"))


def masked_target(path: str, query: str) -> str:
    """Return a decoded path and its query as they stand in a URL, fit to be shown."""
    shown = quote(path, safe=_IN_PATHS)
    return f"{shown}?{quote(masked_query(query), safe=_IN_QUERIES)}" if query else shown


def masked_body(body: str) -> str:
    """Return a body fit to be shown, be it JSON or a form."""
    if body.lstrip().startswith(_JSON_BEGINS):
        return _MEMBER.sub(_masked_member, body)
    return masked_query(body)


def without_secrets(text: str, headers: Mapping[str, str]) -> str:
    """Return a text about a call fit to be shown, should it repeat a secret from the call's headers."""
    for name, value in headers.items():
        if not _IS_SECRET.fullmatch(name):
            continue
        for secret in (value, value.rpartition(" ")[2]):  # with its scheme, and without
            if len(secret) >= _SHORTEST and secret in text:
                text = text.replace(secret, _mask(secret))
    return text


def _masked_header(name: str, value: str) -> str:
    if name in _COOKIES:
        return "…"  # several values, each perhaps short
    if not _IS_SECRET.fullmatch(name):
        return value
    scheme, blank, secret = value.partition(" ")
    return f"{scheme} {_mask(secret)}" if blank and name in _WITH_SCHEME else _mask(value)


def _masked_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}={_mask(value)}" if equals and _IS_SECRET.fullmatch(unquote_plus(name).strip()) else pair


def _masked_member(match: re.Match[str]) -> str:
    value = match["value"]
    if value in {"null", '""'}:
        return match[0]
    plain = value.startswith('"') and "\\" not in value
    return f'{match["name"]}"{_mask(value.strip(chr(34))) if plain else "…"}"'


def _mask(secret: str) -> str:
    return f"…{secret[-_SHOWN:]}" if len(secret) > 3 * _SHOWN else "…"
