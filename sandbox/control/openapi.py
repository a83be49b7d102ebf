"""The OpenAPI document of all that the sandbox answers to programs: Vipps's APIs, and its own.

Made from the tables that the calls themselves go by, and from the types that their bodies have; imported only when
somebody asks for it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import CoreSchema

from sandbox import __version__
from sandbox.api.gateway import Operation
from sandbox.api.gateway.merchant_headers import Msn
from sandbox.api.gateway.operations import Parameter
from sandbox.api.gateway.problems import PROBLEM_JSON
from sandbox.api.gateway.replies import Reply, replies
from sandbox.control.endpoints import Endpoint
from sandbox.control.shapes import ProblemView
from sandbox.control.views import duration_view
from sandbox.domain.commands import CustomerAction

__all__ = ["document"]

Node = dict[str, Any]

_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_JSON: Final = "application/json"
_READING: Final = frozenset({"GET", "HEAD"})
_OWN_PARAMS: Final[dict[str, Any]] = {
    "msn": Msn,
    "phone": Annotated[str, Field(pattern="^[0-9]{9,15}$")],
    "action": CustomerAction,
    "reference": Annotated[str, Field(pattern="^[a-zA-Z0-9-]{8,64}$")],
    "delivery": UUID,
    "fault": Annotated[str, Field(pattern="^fault-[0-9]+$")],
    "scenario": Annotated[str, Field(pattern="^scenario-[0-9]+$")],
}
_MSN: Final = Parameter(
    name="Merchant-Serial-Number",
    place="header",
    shape=Msn,
    required=False,
    about="The sales unit; the strict profile demands it for Order Management, elsewhere the credentials may tell.",
)
_SECURITY: Final = {
    "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "subscriptionKey": {"type": "apiKey", "in": "header", "name": "Ocp-Apim-Subscription-Key"},
}


def document(operations: Iterable[Operation], endpoints: Sequence[Endpoint]) -> Node:
    """Return the document.

    Args:
        operations: Those of Vipps's APIs.
        endpoints: Those of the sandbox's own API.
    """
    specified = [operation for operation in operations if operation.specified]
    schemas = _Schemas()
    paths: dict[str, Node] = {}
    for operation in specified:
        paths.setdefault(_path(operation.path), {})[operation.method.lower()] = _of_vipps(operation, schemas)
    for endpoint in endpoints:
        paths.setdefault(_path(endpoint.path), {})[endpoint.method.lower()] = _of_ours(endpoint, schemas)
    groups = {
        "Vipps MobilePay": list(dict.fromkeys(operation.api.name for operation in specified)),
        "The sandbox's own": list(dict.fromkeys(endpoint.tag for endpoint in endpoints)),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vipps sandbox",
            "version": __version__,
            "description": "A fake of Vipps MobilePay's APIs, and what plays its customers and its clock. Errors that"
            " only Vipps's gateway gives are told with each operation. Where an answer owes to lenience, the header"
            " `Sandbox-Note` says what production may object to.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tags in groups.values() for tag in tags],
        "x-tagGroups": [{"name": name, "tags": tags} for name, tags in groups.items()],
        "paths": paths,
        "components": {"schemas": schemas.finished(), "securitySchemes": _SECURITY},
    }


class _Schemas:
    """Gives each type a place in the document, and fills them all when all are known."""

    def __init__(self) -> None:
        self._places: list[tuple[Any, JsonSchemaMode, Node]] = []

    def taken(self, shape: Any) -> Node:
        """Return where the schema of what is sent will be."""
        return self._place(shape, "validation")

    def given(self, shape: Any) -> Node:
        """Return where the schema of what is answered will be."""
        return self._place(shape, "serialization")

    def finished(self) -> Node:
        """Fill all places; return the components that they refer to."""
        inputs = [(str(number), mode, TypeAdapter(shape)) for number, (shape, mode, _) in enumerate(self._places)]
        made, components = TypeAdapter.json_schemas(
            inputs, ref_template="#/components/schemas/{model}", schema_generator=_Schema
        )
        for number, (_, mode, place) in enumerate(self._places):
            place.update(made[str(number), mode])
        definitions: Node = components.get("$defs", {})
        return definitions

    def _place(self, shape: Any, mode: JsonSchemaMode) -> Node:
        place: Node = {}
        self._places.append((shape, mode, place))
        return place


class _Schema(GenerateJsonSchema):
    """Without a title for each member, which would only repeat the name; durations as the sandbox writes them."""

    def encode_default(self, dft: Any) -> Any:
        return duration_view(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def field_title_should_be_set(self, schema: CoreSchema) -> bool:
        return False


def _of_vipps(operation: Operation, schemas: _Schemas) -> Node:
    parameters = [*operation.parameters, _MSN] if operation.needs_token else [*operation.parameters]
    keys = {"accessToken": operation.needs_token, "subscriptionKey": operation.needs_subscription_key}
    return {
        "operationId": operation.id,
        "tags": [operation.api.name],
        "summary": _summary(operation.handler),
        "parameters": [
            *_in_path(operation.path, operation.api.params, schemas),
            *(
                _parameter(one.name, one.place, schemas.taken(one.shape), one.about, required=one.required)
                for one in parameters
            ),
        ],
        **_body(operation.takes, schemas, required=not operation.may_lack_body),
        "responses": _responses(replies(operation), schemas),
        "security": [{name: [] for name, needed in keys.items() if needed}],
    }


def _of_ours(endpoint: Endpoint, schemas: _Schemas) -> Node:
    return {
        "operationId": to_camel(endpoint.does.__name__),
        "tags": [endpoint.tag],
        "summary": _summary(endpoint.does),
        "parameters": [
            *_in_path(endpoint.path, _OWN_PARAMS, schemas),
            *_in_query(endpoint.query, schemas),
        ],
        **_body(endpoint.takes, schemas, required=not endpoint.may_lack_body),
        **_text_body(endpoint.text, required=not endpoint.may_lack_body),
        "responses": _responses(_own_replies(endpoint), schemas),
    }


def _text_body(media_type: str | None, *, required: bool) -> Node:
    if media_type is None:
        return {}
    return {"requestBody": {"required": required, "content": {media_type: {"schema": {"type": "string"}}}}}


def _own_replies(endpoint: Endpoint) -> Iterator[Reply]:
    for status, shape in endpoint.answers.items():
        yield Reply(status, HTTPStatus(status).phrase, endpoint.media_type, shape)
    problems = {status: HTTPStatus(status).phrase for status in endpoint.refuses}
    if endpoint.takes is not None or endpoint.query is not None:
        problems[400] = "what was sent is not understood; the detail says why"
    if endpoint.method not in _READING:
        problems[403] = "this was sent by a page of another site"
    if "{" in endpoint.path:
        problems[404] = "something that the path names is not there"
    if endpoint.takes is not None or endpoint.text is not None:
        problems[413] = "the body is too large"
    for status, about in problems.items():
        yield Reply(status, about, PROBLEM_JSON, ProblemView)


def _summary(handler: Any) -> str:
    """Return the first line of a docstring, which every handler must have."""
    return str(handler.__doc__).strip().splitlines()[0]


def _path(path: str) -> str:
    return _PARAMETER.sub(lambda found: f"{{{to_camel(found[1])}}}", path)


def _in_path(path: str, types: Any, schemas: _Schemas) -> Iterator[Node]:
    for name in _PARAMETER.findall(path):
        yield _parameter(to_camel(name), "path", schemas.taken(types[name]))


def _in_query(model: type[BaseModel] | None, schemas: _Schemas) -> Iterator[Node]:
    """Give a parameter for each member of a model."""
    if model is None:
        return
    for name, field in model.model_fields.items():
        schema = schemas.taken(Annotated[(field.annotation, *field.metadata, Field())])
        if not field.is_required() and field.default is not None:
            schema["default"] = field.default
        yield _parameter(field.alias or name, "query", schema, required=field.is_required())


def _parameter(
    name: str,
    place: Literal["path", "query", "header"],
    schema: Node,
    about: str | None = None,
    *,
    required: bool = True,
) -> Node:
    described = {} if about is None else {"description": about}
    return {"name": name, "in": place, "required": required, **described, "schema": schema}


def _body(model: type[BaseModel] | None, schemas: _Schemas, *, required: bool) -> Node:
    if model is None:
        return {}
    return {"requestBody": {"required": required, "content": {_JSON: {"schema": schemas.taken(model)}}}}


def _responses(given: Iterable[Reply], schemas: _Schemas) -> Node:
    """Return what may come, by status; what shares a status and a content type stands side by side."""
    by_status: dict[int, list[Reply]] = {}
    for reply in given:
        by_status.setdefault(reply.status, []).append(reply)
    return {str(status): _response(by_status[status], schemas) for status in sorted(by_status)}


def _response(alternatives: Sequence[Reply], schemas: _Schemas) -> Node:
    shapes: dict[str, list[Any]] = {}
    for reply in alternatives:
        known = shapes.setdefault(reply.content_type.partition(";")[0], [])
        if reply.shape is not None and reply.shape not in known:
            known.append(reply.shape)
    content = {
        content_type: {
            "schema": schemas.given(of_type[0])
            if len(of_type) == 1
            else {"anyOf": [schemas.given(shape) for shape in of_type]}
        }
        for content_type, of_type in shapes.items()
        if of_type
    }
    about = " · ".join(dict.fromkeys(reply.about for reply in alternatives))
    return {"description": about, **({"content": content} if content else {})}
