"""Read what an error answer says, whichever of Vipps's shapes it has.

Pure, and it never raises: real answers have come as problem+json, as the gateway's and the token server's own
JSON, as arrays and as plain text, so whatever cannot be read is kept as it came.
Source: ePayment contract, "Parser compatibility" and "Shapes"; Order Management and Userinfo OpenAPI, errors.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["FieldProblem", "Problem", "read_problem"]

LONGEST_TEXT: Final = 500
# Where the older shapes put what the newer ones have on top.
WRAPPERS: Final = ("responseinfo", "errorinfo", "result", "error")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that was refused (`extraDetails`, `invalidParams` or `errors`)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error answer says; None for what it does not say."""

    code: str | None = None
    title: str | None = None
    detail: str | None = None
    trace_id: str | None = None
    fields: tuple[FieldProblem, ...] = ()
    body: Any = None


def read_problem(content: bytes) -> Problem:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = content.decode("utf-8", "replace")
    match body:
        case dict():
            return _from_object(body)
        case list():
            return _from_array(body)
        case str():
            return Problem(detail=body.strip()[:LONGEST_TEXT] or None, body=body)
        case _:
            return Problem(body=body)


def _from_object(body: Mapping[str, Any]) -> Problem:
    told = _flattened(body)
    fields = tuple(_field_problems(told))
    error_codes = [field.reason for field in fields if field.name.lower() == "errorcode"]
    return Problem(
        code=error_codes[0] if error_codes else _first(told, "errorcode", "code", "responsecode", "error"),
        title=_first(told, "title", "error"),
        detail=_first(told, "detail", "error_description", "message", "errormessage", "responsemessage"),
        trace_id=_first(told, "traceid", "trace_id", "contextid", "activityid") or _traced_instance(told),
        fields=tuple(field for field in fields if field.name.lower() != "errorcode"),
        body=body,
    )


def _from_array(body: list[Any]) -> Problem:
    objects = [entry for entry in body if isinstance(entry, dict)]
    if objects:
        first = _from_object(objects[0])
        return Problem(first.code, first.title, first.detail, first.trace_id, first.fields, body)
    texts = [text for entry in body if (text := _text(entry))]
    return Problem(detail="; ".join(texts)[:LONGEST_TEXT] or None, body=body)


def _flattened(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return *body* with lower-case keys, and what its wrappers hold beside what it holds itself."""
    told = {key.lower(): value for key, value in body.items()}
    for wrapper in WRAPPERS:
        wrapped = told.get(wrapper)
        if isinstance(wrapped, dict):
            for key, value in wrapped.items():
                told.setdefault(key.lower(), value)
    return told


def _field_problems(told: Mapping[str, Any]) -> Iterator[FieldProblem]:
    for listing in ("extradetails", "invalidparams"):
        entries = told.get(listing)
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict):
                yield FieldProblem(_text(entry.get("name")) or "", _text(entry.get("reason")) or "")
    errors = told.get("errors")
    for name, reasons in errors.items() if isinstance(errors, dict) else []:
        for reason in reasons if isinstance(reasons, list) else [reasons]:
            yield FieldProblem(name, _text(reason) or "")


def _traced_instance(told: Mapping[str, Any]) -> str | None:
    """Return `instance` where it is a trace id: Order Management and Userinfo; at ePayment it is a path."""
    instance = _text(told.get("instance"))
    return instance if instance and not instance.startswith("/") else None


def _first(told: Mapping[str, Any], *keys: str) -> str | None:
    return next((text for key in keys if (text := _text(told.get(key)))), None)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None
