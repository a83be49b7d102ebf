"""`GET /sandbox/openapi.json`: that it is OpenAPI, has all that there is, and finds what is wrong."""

import re
import subprocess
import sys
from typing import Any

import httpx
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

from sandbox.server import Sandbox
from tests.api.conftest import anyio_backend, http, wall
from tests.contract.own_document import own_document, own_objections
from tests.contract.specification import FILES, FOLDER, OUT_OF_SCOPE

__all__ = ["anyio_backend", "http", "wall"]

_PARAMETER = re.compile(r"\{\w+\}")


def _operations() -> list[dict[str, Any]]:
    return [operation for item in own_document()["paths"].values() for operation in item.values()]


def test_it_is_valid_openapi() -> None:
    assert own_document()["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(own_document()).validate()


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"Vipps's published specifications are missing: {FOLDER}")
def test_it_has_every_operation_of_the_published_specifications() -> None:
    """With the same method and path; how a parameter of a path is called is nobody's business but the document's."""
    published = {
        (method, _PARAMETER.sub("{}", prefix + path))
        for file, prefix in FILES.items()
        for path, item in yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "responses" in operation and prefix + path not in OUT_OF_SCOPE
    }
    ours = {(method, _PARAMETER.sub("{}", path)) for path, item in own_document()["paths"].items() for method in item}
    assert {(method, path) for method, path in ours if not path.startswith("/sandbox")} == published


def test_it_has_every_route_of_the_sandboxs_own_api() -> None:
    """The route that ends in a slash is another name of one that is there."""
    routes = {
        (method.lower(), route.path)
        for route in Sandbox()._control.routes
        if isinstance(route, Route) and route.path.startswith("/sandbox") and not route.path.endswith("/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    paths = own_document()["paths"]
    assert {(method, path) for path in paths if path.startswith("/sandbox") for method in paths[path]} == routes


def test_every_operation_is_described_and_has_a_name_of_its_own() -> None:
    operations = _operations()
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert [operation["operationId"] for operation in operations if not operation["summary"].endswith(".")] == []


def test_a_viewer_can_tell_vippss_operations_from_the_sandboxs() -> None:
    groups = {group["name"]: group["tags"] for group in own_document()["x-tagGroups"]}
    assert groups["Vipps MobilePay"] == ["Access Token", "ePayment", "Order Management", "UserInfo", "Webhooks"]
    told = {tag for operation in _operations() for tag in operation["tags"]}
    assert (
        told == {tag for tags in groups.values() for tag in tags} == {tag["name"] for tag in own_document()["tags"]}
    )


def test_it_tells_headers_keys_and_the_patterns_of_paths() -> None:
    capture = own_document()["paths"]["/epayment/v1/payments/{reference}/capture"]["post"]
    assert capture["security"] == [{"accessToken": [], "subscriptionKey": []}]
    assert {
        (one["in"], one["name"], one["required"], one["schema"].get("pattern")) for one in capture["parameters"]
    } == {
        ("path", "reference", True, "^[a-zA-Z0-9-]{8,64}$"),
        ("header", "Idempotency-Key", True, None),
        ("header", "Merchant-Serial-Number", False, "^[0-9]{4,10}$"),
    }


def test_it_tells_the_codes_of_each_status() -> None:
    responses = own_document()["paths"]["/epayment/v1/payments/{reference}/refund"]["post"]["responses"]
    assert responses["409"]["description"] == "4150 Refund idempotency conflict"
    assert responses["423"]["description"] == "6160 Order processing"


def test_settings_are_told_one_by_one() -> None:
    change = own_document()["components"]["schemas"]["UnitChange"]
    assert change["properties"]["refundWindow"] == {"type": "string", "format": "duration", "default": "P365D"}
    assert change["additionalProperties"] is False


@pytest.mark.anyio
async def test_it_is_served(http: httpx.AsyncClient) -> None:
    answer = await http.get("/sandbox/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == own_document()


def test_a_start_does_not_pay_for_it() -> None:
    script = "import sys, sandbox.server as server; server.Sandbox()._control; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"sandbox.control.openapi", "sandbox.api.gateway.replies"}.isdisjoint(done.stdout.split())


# --- The judge that listens in every client of the API tests --------------------------------------------


def _answer(
    method: str, path: str, status: int, body: object, content_type: str = "application/json"
) -> httpx.Response:
    request = httpx.Request(method, f"http://sandbox.test{path}")
    return httpx.Response(status, json=body, headers={"content-type": content_type}, request=request)


def test_a_right_answer_is_not_objected_to() -> None:
    assert own_objections(_answer("GET", "/sandbox/health", 200, {"status": "ok", "version": "1"})) == []


def test_what_is_not_described_is_not_judged() -> None:
    assert own_objections(_answer("GET", "/phone/4791234567", 200, "anything")) == []


@pytest.mark.parametrize(
    ("given", "objection"),
    [
        (_answer("GET", "/sandbox/health", 200, {"status": "ok"}), '"version" is a required property'),
        (_answer("GET", "/sandbox/health", 404, {}), "status 404 is not documented"),
        (_answer("GET", "/sandbox/health", 200, {}, "text/html"), "content type text/html is not application/json"),
        (
            _answer("PUT", "/sandbox/units/654321/clock", 200, {"now": "today"}),
            '"today" is not a "date-time"',
        ),
        (_answer("DELETE", "/order-management/v3/categories/a", 200, {}), "there is a body, and none is documented"),
        (_answer("GET", "/order-management/v3/categories", 200, {"categories": 1}), '1 is not of type "array"'),
    ],
)
def test_a_wrong_answer_is_objected_to(given: httpx.Response, objection: str) -> None:
    assert any(objection in told for told in own_objections(given)), own_objections(given)
