"""Vipps's published specifications, as a judge of what the sandbox answers.

They are not part of the project: `VIPPS_SPECIFICATIONS` names the folder that has them, by default the one beside the
project. Where it is absent nothing is judged, and `test_responses.py` says so.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import yaml
from jsonschema import Draft4Validator

__all__ = [
    "DEVIATIONS",
    "FILES",
    "FOLDER",
    "OUT_OF_SCOPE",
    "UNDOCUMENTED",
    "Deviation",
    "judge",
    "judged_operations",
    "objections",
    "published_id",
    "resolved",
]

FOLDER: Final = Path(
    os.environ.get("VIPPS_SPECIFICATIONS", Path(__file__).parents[3] / "shared" / "contract" / "openapi")
)

# Which file describes what, and what its paths begin with on the wire.
FILES: Final[Mapping[str, str]] = {
    "epayment.v1.8.1-2026-04.yaml": "/epayment",
    "access-token.v2.0.0.yaml": "",
    "order-management.yaml": "/order-management",
    "userinfo.yaml": "",
    "webhooks.yaml": "/webhooks",
}

# Described there, and no part of what the sandbox plays.
OUT_OF_SCOPE: Final = frozenset(
    {
        "/miami/v1/token",  # of other APIs' access
        "/epayment/merchant-dynamic-shipping-callback",  # which Vipps calls, for Express
    }
)


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where the sandbox answers otherwise than the specification, on purpose."""

    operation: str
    objection: str  # the beginning of what the judge says
    source: str


DEVIATIONS: Final = (
    *(
        Deviation(
            operation,
            "content type application/json",
            "The specification gives successes the type of problems; clients parse either (ePayment contract, §1).",
        )
        for operation in ("cancelPayment", "capturePayment", "refundPayment")
    ),
    Deviation(
        "getUserinfo",
        "phone_number: '",
        "The pattern asks for 15 digits; real numbers have 10 to 12 (user information contract, §4).",
    ),
    *(
        Deviation(
            "getUserinfo",
            objection,
            "The gateway's 403 has its own shape, whichever API was called (ePayment contract, §2.2).",
        )
        for objection in ("content type application/problem+json", "status: 403 is not of type 'string'")
    ),
    Deviation(
        "fetchAuthorizationTokenUsingPost",
        "content type application/json",
        "Charset and case of the type's parameters are free (RFC 9110).",
    ),
)

# Statuses that operations answer with though their specification does not list them.
UNDOCUMENTED: Final[Mapping[int, str]] = {
    401: "The gateway answers before any API does (ePayment contract, §2.2).",
    403: "The gateway answers before any API does (ePayment contract, §2.2).",
    404: "An unknown reference is 404/5090, a path that is none the gateway's 404 (ePayment contract, §9.3).",
    400: "Field errors of get and event log: the sales unit's number is malformed (ePayment contract, §2.2).",
    409: "A second upload of an image, as Vipps's own plugin expects it (Order Management contract, judgement 6).",
    413: "The sandbox's own limit.",
    422: "5070 since January 2025 (ePayment contract, §9.3).",
    500: "A bug of the sandbox, in the gateway's shape.",
    429: "The gateway's rate limits (ePayment contract, §11.6).",
    423: "6160, a lock (ePayment contract, §7).",
}


@dataclass(frozen=True, slots=True)
class _Described:
    """An operation as its specification has it."""

    id: str
    method: str
    path: re.Pattern[str]
    responses: Mapping[str, Any]


_judged: set[tuple[str, int]] = set()


def judged_operations() -> frozenset[tuple[str, int]]:
    """Return which operations were judged so far, with which statuses."""
    return frozenset(_judged)


async def judge(response: httpx.Response) -> None:
    """Fail if an answer is not what the specification of its operation promises; a hook for httpx clients."""
    if not FOLDER.is_dir():
        return
    await response.aread()
    told = objections(response)
    assert not told, f"{response.request.method} {response.request.url.path}: {'; '.join(told)}\n{response.text}"


def objections(response: httpx.Response) -> list[str]:
    """Return what the specification holds against an answer; nothing if it does not know the operation."""
    operation = _find(response.request.method, response.request.url.path)
    if operation is None:
        return []
    _judged.add((operation.id, response.status_code))
    described = operation.responses.get(str(response.status_code))
    if described is None:
        known = response.status_code in UNDOCUMENTED
        return [] if known else [f"status {response.status_code} is not documented"]
    if response.status_code == 401:
        return []  # the gateway's
    return [told for told in _against(described, response) if not _is_deviation(operation.id, told)]


def _against(described: Mapping[str, Any], response: httpx.Response) -> list[str]:
    content: Mapping[str, Any] = described.get("content", {})
    if not content:
        return []
    got = response.headers.get("content-type", "")
    media = next((schema for name, schema in content.items() if _media_type(name) == _media_type(got)), None)
    told = [] if media is not None else [f"content type {_media_type(got)} is not {' or '.join(content)}"]
    schema = (media or next(iter(content.values()))).get("schema", {})
    validator = Draft4Validator(_draft_4(schema))
    told += [
        f"{'.'.join(str(part) for part in error.absolute_path) or 'body'}: {error.message}"
        for error in validator.iter_errors(json.loads(response.content))
    ]
    return told


def _is_deviation(operation: str, objection: str) -> bool:
    return any(one.operation == operation and objection.startswith(one.objection) for one in DEVIATIONS)


def _media_type(name: str) -> str:
    return name.split(";", maxsplit=1)[0].strip().lower()


def _find(method: str, path: str) -> _Described | None:
    return next((one for one in _operations() if one.method == method and one.path.fullmatch(path)), None)


@cache
def _operations() -> list[_Described]:
    found = []
    for name, prefix in FILES.items():
        document = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
        for path, item in document["paths"].items():
            # Fixed segments first: `/v2/{type}/{id}` must not swallow what has a path of its own.
            pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(prefix + path)))
            for method, operation in item.items():
                if isinstance(operation, dict) and "responses" in operation:
                    responses = resolved(operation["responses"], document)
                    found.append(
                        _Described(published_id(method, path, operation), method.upper(), pattern, responses)
                    )
    return found


def published_id(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """Return an operation's id; those of webhooks have none and go by method and path."""
    return str(operation.get("operationId", f"{method} {path}"))


def resolved(node: Any, document: Mapping[str, Any]) -> Any:
    """Return *node* with every reference replaced by what it refers to."""
    if isinstance(node, list):
        return [resolved(one, document) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolved(target, document)
    return {name: resolved(one, document) for name, one in node.items()}


def _draft_4(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: `nullable` is a type of its own there."""
    if isinstance(schema, list):
        return [_draft_4(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _draft_4(one) for name, one in schema.items() if name not in {"nullable", "example", "examples"}}
    if schema.get("nullable"):
        return {"anyOf": [plain, {"type": "null"}]}
    return plain
