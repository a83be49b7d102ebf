"""What was sent and answered, made fit to be read: JSON set out and coloured, and the call as a curl command."""

import json
import re
from collections.abc import Iterable
from shlex import quote
from typing import Final

from markupsafe import Markup, escape

from sandbox.api.gateway import Exchange
from sandbox.api.gateway.masking import masked_body, masked_headers, masked_target

__all__ = ["as_curl", "pretty"]

_LONGEST: Final = 64 * 1024  # characters that a page shows
_TOKEN: Final = re.compile(
    r'(?P<name>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|(?P<word>\b(?:true|false|null)\b)"
)
# What curl or the connection sets by itself.
_LEFT_OUT: Final = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "accept", "user-agent", "transfer-encoding"}
)
_VARIABLES: Final = {
    "client_id": "$CLIENT_ID",
    "client_secret": "$CLIENT_SECRET",
    "ocp-apim-subscription-key": "$SUBSCRIPTION_KEY",
}


def pretty(body: str) -> Markup:
    """Return a body whose secrets are masked: JSON with a line for each member, coloured; all else as it is."""
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return escape(_cut(body))
    text = _cut(text)
    parts: list[Markup] = []
    place = 0
    for match in _TOKEN.finditer(text):
        parts.append(escape(text[place : match.start()]))
        parts.append(Markup('<span class="j-{}">{}</span>').format(match.lastgroup, match[0]))
        place = match.end()
    return Markup("").join([*parts, escape(text[place:])])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… and {len(text) - _LONGEST} characters more"


def as_curl(exchange: Exchange, base_url: str) -> str:
    """Return the command that makes the call again; secrets are variables of the shell."""
    method = "--head" if exchange.method == "HEAD" else f"-X {quote(exchange.method)}"
    lines = [f"curl {method} {quote(base_url + masked_target(exchange.path, exchange.query))}"]
    lines += [f"-H {header}" for header in _headers(exchange.request_headers)]
    if exchange.request_body:
        if not any(name.lower() == "content-type" for name, _ in exchange.request_headers):
            lines.append("-H content-type:")  # else curl says that it is a form
        body = exchange.request_body.decode(errors="replace")
        lines.append(f"--data-raw {quote(masked_body(body))}")
    return " \\\n  ".join(lines)


def _headers(headers: tuple[tuple[str, str], ...]) -> Iterable[str]:
    for name, value in masked_headers(headers).items():
        lower = name.lower()
        if lower in _LEFT_OUT:
            continue
        if lower == "authorization":
            yield '"authorization: Bearer $TOKEN"'
        elif lower in _VARIABLES:
            yield f'"{lower}: {_VARIABLES[lower]}"'
        else:
            yield quote(f"{name}: {value}" if value else f"{name};")
