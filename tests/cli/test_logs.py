"""`--log-format json`: whatever the server says is a JSON object a line."""

import json
import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from sandbox.logs import as_json_line, log_to_stderr
from sandbox.settings import LogFormat, Settings
from tests.cli.test_command import command


def test_all_that_a_server_says_is_json_lines() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--log-format", "json"],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["message"] == "listening":
                break
        process.terminate()
        lines += map(json.loads, process.stdout)
    provisioned, listening = (
        next(line for line in lines if line["message"] == message)
        for message in ("sales unit provisioned", "listening")
    )
    assert datetime.fromisoformat(provisioned.pop("time")).tzinfo is not None
    assert provisioned == {
        "level": "info",
        "logger": "sandbox.world.world",
        "message": "sales unit provisioned",
        "msn": "654321",
    }
    assert (listening["msn"], listening["access"], listening["public_url"]) == ("654321", "open", None)
    assert listening["url"].startswith("http://127.0.0.1:")
    assert not any("secret" in name for name in listening)


def test_a_traceback_stays_in_its_line() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        root.handlers.clear()
        log_to_stderr(Settings(log_format=LogFormat.JSON))
        slip = ZeroDivisionError("a slip of ours")
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "", 0, "it %s", ("broke",), (type(slip), slip, None), extra={"level": "mine"}
        )
        (handler,) = root.handlers
        line = handler.format(record)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["message"], told["level"]) == ("it broke", "error")
    assert told["traceback"].endswith("ZeroDivisionError: a slip of ours")


def test_what_somebody_sent_cannot_pass_for_a_line_of_the_log() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        root.handlers.clear()
        log_to_stderr(Settings())
        record = logging.getLogger("x").makeRecord(
            "x",
            logging.INFO,
            "",
            0,
            "call refused",
            (),
            None,
            extra={"path": "/a\n2026-11-23 INFO all is well", "n": 4},
        )
        (handler,) = root.handlers
        line = handler.format(record)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert line.endswith(r"INFO    x: call refused path='/a\n2026-11-23 INFO all is well' n=4")


def test_what_json_has_no_word_for_is_written_as_text() -> None:
    assert json.loads(as_json_line("x", {"path": Path("/a")}))["path"] == "/a"


def test_an_unknown_format_is_explained() -> None:
    code, output = command("serve", "--log-format", "xml")
    assert code == 2
    assert "log_format: Input should be 'text' or 'json' (got 'xml')" in output
