"""The known mistakes about a webhook's signature: what else each ingredient may have been.

Each function takes an ingredient as it was received and gives what may have been signed instead, likeliest first; or,
for what an app computed itself, what it may have taken by mistake. Nothing here decides: a guess counts only if the
signature comes out right with it.
Source: reports of merchants whose signature checks failed; see the Webhooks contract, "Client-side checks seen".
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from itertools import islice, permutations
from typing import Any, Final
from urllib.parse import quote, unquote

from sandbox.api.webhooks.signature import content_hash, place_of

__all__ = [
    "bodies_before",
    "dates_before",
    "hashes_mistaken",
    "hosts_before",
    "how_body_differs",
    "how_host_differs",
    "how_target_differs",
    "instant_of",
    "keys_mistaken",
    "secrets_before",
    "signature_forms",
    "targets_before",
    "targets_mistaken",
]

_SEGMENTS_AT_MOST: Final = 12  # of a path that are tried to be somebody's prefix
_PARAMETERS_AT_MOST: Final = 4  # of a query whose order is tried
_SAFE: Final = ("/", "/:@", "/:@!$&'()*+,;=", "/~")  # what various libraries leave unencoded in a path
_MEMBERS: Final = (  # in the order in which Vipps sends them
    "msn",
    "reference",
    "pspReference",
    "name",
    "amount",
    "currency",
    "value",
    "timestamp",
    "idempotencyKey",
    "success",
    "userDetails",
    "sub",
    "shippingDetails",
    "captureGuaranteedUntil",
    "email",
    "firstName",
    "lastName",
    "mobileNumber",
    "dateOfBirth",
    "addresses",
    "addressLine",
    "city",
    "country",
    "postCode",
    "shippingCost",
    "shippingOptionId",
    "shippingOptionName",
)
_TARGET_HEADERS: Final = (
    "x-original-uri",
    "x-original-url",
    "x-rewrite-url",
    "x-forwarded-uri",
    "x-envoy-original-path",
    "x-forwarded-path",
)
_PREFIX_HEADERS: Final = ("x-forwarded-prefix", "x-script-name", "x-forwarded-path")
_HOST_HEADERS: Final = ("x-forwarded-host", "x-original-host", ":authority", "x-host")


# --- The path and query ---------------------------------------------------------------------------------


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


# --- The host -------------------------------------------------------------------------------------------


def hosts_before(host: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give what the header Host may have been before a proxy changed it."""
    given = [host]
    for name in _HOST_HEADERS:
        given += [part.strip() for part in headers.get(name, "").split(",") if part.strip()]
    for part in headers.get("forwarded", "").replace(",", ";").split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "host":
            given.append(value.strip().strip('"'))
    ports = [port for port in (headers.get("x-forwarded-port"), "443", "80", "8080", "8443") if port]
    for one in given:
        yield one
        bare, _ = _split_port(one)
        yield bare
        yield one.lower()
        for port in ports:
            yield f"{bare}:{port}"


def how_host_differs(received: str, signed: str, headers: Mapping[str, str]) -> str:
    """Say in words what became of the host on the way."""
    if not received:
        return "the header Host is missing"
    (bare, port), (signed_bare, signed_port) = _split_port(received), _split_port(signed)
    if bare.lower() == signed_bare.lower():
        if port == signed_port:
            return "the host is written in another case"
        return "the port was lost" if not port else "a port was added" if not signed_port else "the port is another"
    if signed in headers.get("x-forwarded-host", ""):
        return "a proxy put its own Host, and the one that was signed into X-Forwarded-Host"
    return "the host is another one, as behind a proxy or tunnel"


def _split_port(host: str) -> tuple[str, str]:
    bare, colon, port = host.rpartition(":")
    return (bare, port) if colon and port.isdigit() and not bare.endswith(":") else (host, "")


# --- The date -------------------------------------------------------------------------------------------


def dates_before(date: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give what the header x-ms-date may have been before somebody parsed it and wrote it anew."""
    for text in (date, headers.get("date", "")):
        if (instant := instant_of(text)) is not None:
            yield format_datetime(instant.replace(microsecond=0), usegmt=True)
    yield date.strip()


def instant_of(text: str) -> datetime | None:
    """Return the instant that a date in any usual form means; None if it is in none."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = parse(text.strip())
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


# --- The body -------------------------------------------------------------------------------------------


def bodies_before(body: bytes) -> Iterator[bytes]:
    """Give what the body's bytes may have been before somebody on the way parsed, decoded or wrote them anew."""
    yield body.rstrip(b"\r\n")
    yield body.strip()
    yield body.removeprefix(b"\xef\xbb\xbf")
    yield body.replace(b"\r\n", b"\n")
    for decode in (_from_base64, _from_mojibake):
        if (decoded := decode(body)) is not None:
            yield decoded
    try:
        content = json.loads(body)
        if isinstance(content, str):  # JSON within JSON
            yield content.encode()
            content = json.loads(content)
        for value in (content, _in_order(content)):
            for ascii_only in (False, True):
                yield json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return


def how_body_differs(received: bytes, signed: bytes) -> str:
    """Say in words what became of the body on the way; *signed* is one of `bodies_before`."""
    if received.rstrip(b"\r\n") == signed:
        return "a line end was added at its end"
    if received.strip() == signed:
        return "spaces were added around it"
    if received.removeprefix(b"\xef\xbb\xbf") == signed:
        return "a byte order mark was put before it"
    if _from_base64(received) == signed:
        return "it was encoded in base64"
    if _from_mojibake(received) == signed:
        return "its UTF-8 was read as Latin-1"
    if received.lstrip()[:1] == b'"':
        return "it was put as a text into other JSON"
    if received.replace(b"\r\n", b"\n") == signed:
        return "its line ends were changed"
    return f"it was parsed and written anew: {', '.join(_how_json_differs(received, signed)) or 'other bytes'}"


def _how_json_differs(received: bytes, signed: bytes) -> list[str]:
    told = []
    if _reordered(received, signed):
        told.append("members are in another order")
    if _blanks(received) > _blanks(signed):
        told.append("spaces or line breaks were put in")
    if b"\\/" in received:
        told.append(r"slashes are written as \/")
    if b"\\u" in received and b"\\u" not in signed:
        told.append(r"letters are written as \u…")
    if b"\\u" in signed and b"\\u" not in received:
        told.append(r"letters are no longer written as \u…")
    return told


def hashes_mistaken(body: bytes) -> Iterator[tuple[str, str]]:
    """Give what an app may take for the body's hash, and what that is called."""
    yield sha256(body).hexdigest(), "the body's hash in hexadecimal instead of base64"
    yield content_hash(b""), "the hash of an empty body: something had read the body before"
    yield content_hash(body.rstrip(b"\n") + b"\n"), "the body with a line end added"
    yield body.decode(errors="replace"), "the body itself instead of its hash"
    try:
        content = json.loads(body)
        for separators, indent in (((", ", ": "), None), ((",", ":"), None), ((",", ": "), 2), ((",", ": "), 4)):
            for ascii_only in (False, True):
                for value in (content, _sorted(content)):
                    text = json.dumps(value, ensure_ascii=ascii_only, separators=separators, indent=indent)
                    for written in (text, text.replace("/", r"\/")):
                        yield content_hash(written.encode()), "the body parsed and written anew, not its bytes"
    except (ValueError, RecursionError):
        return


def _blanks(body: bytes) -> int:
    return sum(map(body.count, (b" ", b"\n", b"\r", b"\t")))


def _reordered(one: bytes, other: bytes) -> bool:
    return _names(json.loads(one)) != _names(json.loads(other))


def _names(content: Any) -> list[Any]:
    if isinstance(content, dict):
        return [(name, _names(value)) for name, value in content.items()]
    return [_names(value) for value in content] if isinstance(content, list) else []


def _in_order(content: Any) -> Any:
    """Return JSON with its members in the order in which Vipps sends them."""
    return _arranged(content, lambda name: (_MEMBERS.index(name) if name in _MEMBERS else len(_MEMBERS), ""))


def _sorted(content: Any) -> Any:
    return _arranged(content, lambda name: (0, name))


def _arranged(content: Any, key: Callable[[str], tuple[int, str]]) -> Any:
    if isinstance(content, dict):
        return {name: _arranged(content[name], key) for name in sorted(content, key=key)}
    return [_arranged(value, key) for value in content] if isinstance(content, list) else content


def _from_base64(body: bytes) -> bytes | None:
    try:
        return b64decode(body.strip(), validate=True)
    except ValueError:
        return None


def _from_mojibake(body: bytes) -> bytes | None:
    try:
        return body.decode().encode("latin-1")
    except ValueError:
        return None


# --- The secret -----------------------------------------------------------------------------------------


def secrets_before(secret: str) -> Iterator[tuple[bytes, str]]:
    """Give what a secret may have been before it was stored, and what became of it there; never the secret."""
    bare = secret.strip()
    yield _key(bare), "has white space around it"
    for mark in "\"'`":
        if len(bare) > 1 and bare[0] == bare[-1] == mark:
            yield _key(bare[1:-1]), "has quotes around it"
    yield _key(bare.replace(" ", "+")), "has blanks where the plus signs were, as after being sent in a form"
    yield _key(unquote(bare)), "is percent-encoded"
    yield _key(bare.replace(r"\/", "/")), r"has its slashes written as \/"
    yield _key(bare.replace("-", "+").replace("_", "/")), "has - and _ where + and / were, as in base64 for URLs"
    yield _key(bare.rstrip("=") + "=" * (-len(bare.rstrip("=")) % 4)), "has lost the equals signs at its end"
    yield _key("".join(bare.split())), "has line breaks or blanks within it"
    if (decoded := _from_base64(_key(bare))) is not None:
        yield decoded.strip(), "was encoded in base64 once more, as in a Kubernetes secret"
    yield b64encode(_key(bare)), "was decoded from base64: the secret is the text, as it was given"


def keys_mistaken(secret: bytes) -> Iterator[tuple[bytes, str]]:
    """Give what an app may take for the key, and what that is called; never the key."""
    for padding in (b"", b"=", b"=="):
        if (decoded := _from_base64(secret + padding)) is not None:
            yield decoded, "the secret decoded from base64 instead of its text"
    yield secret + b"\n", "the secret with a line end"
    yield b64encode(secret), "the secret encoded in base64 once more"
    with suppress(ValueError):
        yield bytes.fromhex(secret.decode().replace("-", "")), "the secret decoded from hexadecimal"


def _key(secret: str) -> bytes:
    return secret.encode(errors="replace")


# --- The signature itself -------------------------------------------------------------------------------


def signature_forms(right: str, received: str) -> str | None:
    """Say in words what became of a signature that was *right*; an empty text if nothing, None if it is another."""
    if received == right:
        return ""
    if received.strip(" \"'") == right:
        return "has blanks or quotes around it"
    if received.rstrip("=") == right.rstrip("="):
        return "has lost the equals signs at its end, as when it is split at ="
    if received.replace(" ", "+") == right:
        return "has blanks where the plus signs were"
    if unquote(received) == right:
        return "is percent-encoded"
    if received.lower() == right.lower():
        return "is in another case: compare it as it is, upper and lower case apart"
    return None
