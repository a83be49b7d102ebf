"""The reference of all operations: complete, true to the OpenAPI document, and its commands work as they stand."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import httpx
import jsonschema_rs
import pytest

from sandbox.control.dashboard.reference.samples import BODIES, FILES
from sandbox.control.dashboard.reference.schemas import Member, Schemas, Shape
from sandbox.server import running
from sandbox.settings import LogLevel, Settings
from tests.contract.own_document import own_document

_FLOW = ("fetchAuthorizationTokenUsingPost", "createPayment", "forceApprove", "capturePayment", "refundPayment")
# What the flow has made impossible, what has to name something that only a call can have made, and what never ends.
_LEFT_OUT = {
    "cancelPayment",
    "useCardForm",
    "showCardForm",
    "actAsCustomer",
    "userinfoAuthorizationCode",
    "streamFacts",
}


def operations() -> dict[str, Mapping[str, Any]]:
    paths = own_document()["paths"].values()
    return {one["operationId"]: one for methods in paths for one in methods.values()}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url:
        yield url


@pytest.fixture(scope="module")
def reference(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as client:
        yield client


def command(reference: httpx.Client, operation: str) -> str:
    found = re.search(
        r'<pre id="command"[^>]*>(.*?)</pre>', reference.get(f"/sandbox/docs/{operation}").text, re.DOTALL
    )
    assert found is not None
    return unescape(found[1])


def test_every_operation_has_a_page_and_a_line_that_leads_there(reference: httpx.Client) -> None:
    overview = reference.get("/sandbox/docs")
    assert overview.status_code == 200
    assert overview.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    lines = re.findall(r'id="to-([^"]+)" class="ref-line" href="([^"]+)"', overview.text)
    assert {name: f"/sandbox/docs/{name}" for name in operations()} == dict(lines)
    for _, place in lines:
        page = reference.get(place)
        assert page.status_code == 200
        assert page.content.count(b'aria-current="page"') == 1
        assert b" style=" not in page.content


def test_groups_can_be_jumped_to(reference: httpx.Client) -> None:
    overview = reference.get("/sandbox/docs").text
    targets = re.findall(r'href="#([^"]+)"', overview)
    assert {"epayment", "sales-units"} <= set(targets)
    for target in targets:
        assert overview.count(f'id="{target}"') == 1
    assert '<a id="group" href="/sandbox/docs#sales-units">' in reference.get("/sandbox/docs/makeUnit").text


def test_an_operation_tells_parameters_body_and_answers(reference: httpx.Client) -> None:
    page = reference.get("/sandbox/docs/createPayment").text
    for told in (
        "Idempotency-Key",
        "1 to 50 characters",
        "paymentDescription",
        "4090 Invalid URL",
        "application/problem+json",
        "one of &#34;WEB_REDIRECT&#34;",
    ):
        assert told in page


def test_an_unknown_operation_is_told_in_a_page(reference: httpx.Client) -> None:
    answer = reference.get("/sandbox/docs/%3Cscript%3E")
    assert answer.status_code == 404
    assert "There is no such operation" in answer.text


def test_the_page_where_apps_are_connected_leads_there(reference: httpx.Client) -> None:
    assert 'href="/sandbox/docs"' in reference.get("/sandbox/dashboard/654321/connect").text


def test_a_token_closes_the_reference_too() -> None:
    with running(Settings(port=0, token="a-token", log_level=LogLevel.WARNING)) as url:
        assert httpx.get(f"{url}/sandbox/docs").status_code != 200
        opened = httpx.get(f"{url}/sandbox/docs", headers={"Authorization": "Bearer a-token"})
        assert opened.status_code == 200


def test_commands_begin_with_the_public_url() -> None:
    with running(Settings(port=0, public_url="https://vipps.test", log_level=LogLevel.WARNING)) as url:
        page = httpx.get(f"{url}/sandbox/docs/health", headers={"Host": "vipps.test"})
    assert "curl -X GET https://vipps.test/sandbox/health" in page.text


def test_every_body_has_a_sample_that_the_document_allows() -> None:
    takes = {
        name: next(iter(one["requestBody"]["content"].values()))["schema"]
        for name, one in operations().items()
        if "requestBody" in one
    }
    assert takes.keys() == BODIES.keys() | FILES.keys()
    for name, body in BODIES.items():
        judge = jsonschema_rs.Draft202012Validator(
            {**takes[name], "components": own_document()["components"]}, validate_formats=True
        )
        assert [error.message for error in judge.iter_errors(body)] == [], name


def test_the_commands_of_a_payment_work_one_after_the_other(reference: httpx.Client, url: str) -> None:
    done = _run([command(reference, name) for name in _FLOW])
    assert done == [200, 201, 200, 200, 200]


def test_every_command_is_understood(reference: httpx.Client, url: str) -> None:
    """What the sandbox says no to is the state that it meets, never the form of the call."""
    skipped = {*_LEFT_OUT, *_FLOW, *FILES}
    commands = {name: command(reference, name) for name in operations() if name not in skipped}
    complete = {name: one for name, one in commands.items() if not set(re.findall(r"\$(\w+)", one)) - {"TOKEN"}}
    assert len(complete) > 35
    answers = dict(zip(complete, _run([command(reference, _FLOW[0]), *complete.values()])[1:], strict=True))
    assert {name: status for name, status in answers.items() if status not in {200, 201, 204, 404, 409}} == {}


def _run(commands: list[str]) -> list[int]:
    """Run commands in one shell; return the statuses. What the first answers is the token of all others."""
    if shutil.which("curl") is None:
        pytest.skip("curl is missing")
    first, *rest = commands
    script = [f'TOKEN=$({first} -s | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\')', "echo 200"]
    script += [f"{one} -s -o /dev/null -w '%{{http_code}}\\n'" for one in rest]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(script)],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [int(line) for line in done.stdout.split()]


# --- Schemas in words -----------------------------------------------------------------------------------


def shape(schema: Mapping[str, Any], **named: Mapping[str, Any]) -> Shape:
    return Schemas({"components": {"schemas": named}}).shape(schema)


@pytest.mark.parametrize(
    ("schema", "type_", "limits"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 9}, "text", ["1 to 9 characters"]),
        ({"type": "string", "maxLength": 9}, "text", ["at most 9 characters"]),
        ({"type": "integer", "minimum": 1, "default": 3}, "whole number", ["at least 1", "default 3"]),
        ({"type": "string", "format": "date-time"}, "instant", []),
        ({"type": "string", "pattern": "^a$"}, "text", ["like ^a$"]),
        ({"const": True}, "always", ["true"]),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}, "list of text", ["2 entries"]),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text", ["or null"]),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "text or whole number", []),
        ({}, "anything", []),
    ],
)
def test_a_value_in_words(schema: Mapping[str, Any], type_: str, limits: list[str]) -> None:
    assert (shape(schema).type, list(shape(schema).limits)) == (type_, limits)


def test_a_long_enumeration_is_cut() -> None:
    limit = shape({"enum": list(range(20))}).limits[0]
    assert limit == "one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more"


def test_objects_are_told_by_their_members() -> None:
    money = {
        "type": "object",
        "description": "Minor units.",
        "required": ["value"],
        "properties": {"value": {"type": "integer"}},
    }
    told = shape({"type": "array", "items": {"$ref": "#/components/schemas/a__b__Money"}}, a__b__Money=money)
    assert told == Shape(
        "list of Money", (), "Minor units.", (Member("value", required=True, shape=Shape("whole number")),)
    )


def test_one_of_several_objects_is_told_by_each() -> None:
    a, b = ({"type": "object", "properties": {name: {"type": "string"}}} for name in "ab")
    told = shape({"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]}, A=a, B=b)
    assert told.type == "A or B"
    assert [one.members[0].name for one in told.variants] == ["a", "b"]


def test_a_schema_within_itself_is_gone_into_once() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    told = shape({"$ref": "#/components/schemas/Node"}, Node=node)
    assert told.members[0].shape == Shape("Node", ("as above",))


def test_members_of_any_name_are_told() -> None:
    told = shape({"type": "object", "additionalProperties": {"type": "string"}})
    assert told.members == (Member("…", required=False, shape=Shape("text")),)
