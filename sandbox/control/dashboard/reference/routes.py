"""The reference: a page of all operations, and a page for each, made from the OpenAPI document.

Nothing in it depends on what has happened; it is made when it is first looked at.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.control.dashboard.reference.pages import Group, OperationLine, OperationPage, Outcome, OverviewPage
from sandbox.control.dashboard.reference.samples import BODIES, FILES, VALUES
from sandbox.control.dashboard.reference.schemas import Member, Schemas, Shape
from sandbox.control.problems import Problem
from sandbox.ui import frame_of, page_response, rendered

__all__ = ["REFERENCE", "routes"]

Node = Mapping[str, Any]

REFERENCE: Final = "/sandbox/docs"
_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_OF_VIPPS: Final = "Vipps MobilePay"
_MEANINGS: Final = " · "  # between what shares a status, in a description


def routes(document: Callable[[], Node], public_url: str | None = None) -> list[Route]:
    """Return the routes.

    Args:
        document: Gives the OpenAPI document; called when somebody first looks.
        public_url: What the commands begin with; None takes the Host that the page was asked from.
    """
    reference = _Reference(document, public_url)
    return [
        Route(REFERENCE, reference.overview, methods=["GET"]),
        Route(f"{REFERENCE}/{{operation}}", reference.operation, methods=["GET"]),
    ]


class _Reference:
    """The pages, each a method that takes the request."""

    def __init__(self, document: Callable[[], Node], public_url: str | None) -> None:
        self._make = document
        self._public_url = public_url

    @cached_property
    def _document(self) -> Node:
        return self._make()

    @cached_property
    def _schemas(self) -> Schemas:
        return Schemas(self._document)

    @cached_property
    def _operations(self) -> Mapping[str, tuple[OperationLine, Node]]:
        """All operations by id, in the document's order."""
        return {
            described["operationId"]: (_line(method, path, described), described)
            for path, methods in self._document["paths"].items()
            for method, described in methods.items()
        }

    async def overview(self, request: Request) -> Response:
        info = self._document["info"]
        page = OverviewPage(info["version"], info["description"].replace("`", ""), list(self._groups()))
        return _page(request, "reference.html", page)

    async def operation(self, request: Request) -> Response:
        name = request.path_params["operation"]
        if name not in self._operations:
            raise Problem(404, "There is no such operation", f"All of them are at {REFERENCE}.")
        line, described = self._operations[name]
        tag = described["tags"][0]
        body, body_required = self._body(described)
        page = OperationPage(
            line=line,
            tag=tag,
            tag_url=f"{REFERENCE}#{_anchor(tag)}",
            beside=[one for one, other in self._operations.values() if other["tags"][0] == tag],
            curl=_curl(self._public_url or str(request.base_url).rstrip("/"), line, described),
            parameters=[self._parameter(one) for one in described["parameters"]],
            body=body,
            body_required=body_required,
            outcomes=[self._outcome(status, answer) for status, answer in described["responses"].items()],
        )
        return _page(request, "operation.html", page)

    def _groups(self) -> Iterator[Group]:
        for group in self._document["x-tagGroups"]:
            for tag in group["tags"]:
                lines = [line for line, described in self._operations.values() if described["tags"][0] == tag]
                yield Group(_anchor(tag), tag, group["name"] == _OF_VIPPS, lines)

    def _parameter(self, parameter: Node) -> Member:
        shape = self._schemas.shape(parameter["schema"])
        about = parameter.get("description", "")
        return Member(parameter["name"], parameter["required"], shape, about, parameter["in"])

    def _body(self, described: Node) -> tuple[Shape | None, bool]:
        if "requestBody" not in described:
            return None, False
        taken = described["requestBody"]
        content = next(iter(taken["content"].values()))
        return self._schemas.shape(content["schema"]), taken["required"]

    def _outcome(self, status: str, answer: Node) -> Outcome:
        contents: Node = answer.get("content", {})
        content_type, content = next(iter(contents.items()), ("", None))
        return Outcome(
            status=status,
            tone="good" if status < "400" else "bad",
            meanings=answer["description"].split(_MEANINGS),
            content_type=content_type,
            shape=self._schemas.shape(content["schema"]) if content is not None else None,
        )


def _line(method: str, path: str, described: Node) -> OperationLine:
    name = described["operationId"]
    return OperationLine(name, method.upper(), path, described["summary"].removesuffix("."), f"{REFERENCE}/{name}")


def _anchor(tag: str) -> str:
    return tag.lower().replace(" ", "-")


def _curl(base_url: str, line: OperationLine, described: Node) -> str:
    """Return a command that makes the call; what only the caller knows is a variable of the shell."""
    path = line.path
    headers = []
    query = []
    for parameter in described["parameters"]:
        name = parameter["name"]
        value = VALUES.get(name, f"${name.upper()}")
        match parameter["in"]:
            case "path":
                path = path.replace(f"{{{name}}}", value)
            case "query" if parameter["required"]:
                query.append(f"{name}={value}")
            case "header":
                headers.append(f"{name}: {value}")
    for security in described.get("security", ()):
        headers += ["Authorization: Bearer $TOKEN"] * ("accessToken" in security)
        headers += ["Ocp-Apim-Subscription-Key: any"] * ("subscriptionKey" in security)
    place = f"{path}{'?' if query else ''}{'&'.join(query)}"
    data = _data(line.id)
    lines = [f"curl -X {line.method} {quote(base_url)}{_to_expand(place)}", *(f'-H "{header}"' for header in headers)]
    if data:
        media_type = next(iter(described["requestBody"]["content"]))
        lines += [f'-H "Content-Type: {media_type}"', f"-d {data}"]
    return " \\\n  ".join(lines)


def _to_expand(place: str) -> str:
    return f'"{place}"' if {"$", "?"} & set(place) else place


def _data(operation: str) -> str:
    if operation in FILES:
        return f"@{FILES[operation]}"
    if operation not in BODIES:
        return ""
    return quote(json.dumps(BODIES[operation], indent=2, ensure_ascii=False))


def _page(request: Request, template: str, page: object) -> Response:
    return page_response(rendered(_TEMPLATES / template, page, frame_of(request)))
