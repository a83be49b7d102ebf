"""`vipps-sandbox verify-webhook`: the verifier without a server, and with one."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import running
from sandbox.settings import LogLevel, Settings
from tests.api.webhooks.recipe import headers_for
from tests.cli.test_command import command

SECRET = "a-long-secret"
HEADERS = headers_for(SECRET, "/hook", "Fri, 25 Aug 2023 08:00:00 GMT", "shop.example", b"{}")


def document(tmp_path: Path, **changes: Any) -> str:
    path = tmp_path / "webhook.json"
    path.write_text(json.dumps({"path": "/hook", "headers": HEADERS, "body": "{}", "secret": SECRET, **changes}))
    return str(path)


def test_a_signature_that_holds_exits_with_0(tmp_path: Path) -> None:
    code, output = command("verify-webhook", "--json", document(tmp_path))
    assert code == 0
    assert output.startswith("The signature holds.\n")
    assert "seconds old" in output
    assert SECRET not in output


def test_all_of_it_can_be_said_by_options(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(b"{}")
    headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
    arguments = ["verify-webhook", *headers, "--body", str(body)]
    assert command(*arguments, "--path", "/hook", env={"VIPPS_WEBHOOK_SECRET": SECRET})[0] == 0
    code, output = command(*arguments, "--path", "/hook/", "--secret", SECRET)
    assert code == 1
    assert "slash at the end was added" in output
    assert "path: Sign path and query as they were registered" in output


def test_a_running_sandbox_can_be_asked(tmp_path: Path) -> None:
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url:
        assert command("verify-webhook", "--json", document(tmp_path), "--url", url)[0] == 0
        assert command("verify-webhook", "--json", document(tmp_path, extra=1), "--url", url)[0] == 2
    code, output = command("verify-webhook", "--json", document(tmp_path), "--url", url)
    assert code == 2
    assert "no sandbox answers" in output


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"secret": ""}, "secret: String should have"), ({"path": 7}, "path: Input should be a valid string")],
)
def test_what_is_not_understood_exits_with_2(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    code, output = command("verify-webhook", "--json", document(tmp_path, **changes))
    assert code == 2
    assert words in output


def test_what_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "webhook.json"
    for text in ("{", "[" * 100_000):
        path.write_text(text)
        code, output = command("verify-webhook", "--json", str(path))
        assert code == 2
        assert f"{path} is no JSON: " in output


def test_a_header_without_a_colon_is_not_understood() -> None:
    code, output = command("verify-webhook", "--path", "/hook", "--secret", SECRET, "-H", "Host")
    assert code == 2
    assert "a header is given as 'NAME: VALUE', not as 'Host'" in output


def test_too_little_is_not_understood() -> None:
    code, output = command("verify-webhook", "--path", "/hook")
    assert code == 2
    assert "--json" in output
