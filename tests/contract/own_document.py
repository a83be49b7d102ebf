"""The sandbox's own OpenAPI document, as a judge of what the sandbox answers in any test."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import jsonschema_rs
from schemathesis.python import asgi

from sandbox.server import Sandbox

__all__ = ["judge_by_own_document", "own_document", "own_objections"]


@dataclass(frozen=True, slots=True)
class _Described:
    """An operation as the document has it."""

    pointer: str
    method: str
    path: re.Pattern[str]
    responses: Mapping[str, Any]


@cache
def own_document() -> dict[str, Any]:
    """Return the document as anybody gets it."""
    app: Any = Sandbox()
    made: dict[str, Any] = asgi.get_client(app).get("/sandbox/openapi.json").json()
    return made


async def judge_by_own_document(response: httpx.Response) -> None:
    """Fail if an answer is not what the document promises; a hook for httpx clients."""
    await response.aread()
    told = own_objections(response)
    assert not told, f"{response.request.method} {response.request.url.path}: {'; '.join(told)}\n{response.text}"


def own_objections(response: httpx.Response) -> list[str]:
    """Return what the document holds against an answer; nothing if it does not know the operation."""
    path = response.request.url.raw_path.decode().partition("?")[0]
    operation = next(
        (one for one in _operations() if one.method == response.request.method and one.path.fullmatch(path)), None
    )
    if operation is None or response.status_code >= 500:  # what no operation means to answer
        return []
    status = str(response.status_code)
    if status not in operation.responses:
        return [f"status {status} is not documented"]
    content = operation.responses[status].get("content", {})
    if not content:
        return ["there is a body, and none is documented"] if response.content else []
    given = response.headers.get("content-type", "").partition(";")[0]
    if given not in content:
        return [f"content type {given} is not {' or '.join(content)}"]
    errors = _validator(f"{operation.pointer}/responses/{status}/content/{_escaped(given)}/schema")
    return [f"{error.instance_path}: {error.message}" for error in errors.iter_errors(response.json())]


@cache
def _operations() -> list[_Described]:
    found = [
        _Described(
            f"#/paths/{_escaped(path)}/{method}",
            method.upper(),
            re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))),
            operation["responses"],
        )
        for path, item in own_document()["paths"].items()
        for method, operation in item.items()
    ]
    # Fixed segments first: `/v2/{type}/{id}` must not swallow what has a path of its own.
    return sorted(found, key=lambda one: one.pointer.count("{"))


@cache
def _validator(pointer: str) -> jsonschema_rs.Validator:
    document = own_document()
    return jsonschema_rs.Draft202012Validator(
        {"$ref": pointer, "components": document["components"], "paths": document["paths"]}, validate_formats=True
    )


def _escaped(part: str) -> str:
    """Return a part of a JSON pointer in a fragment."""
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
