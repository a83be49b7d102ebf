"""The command `vipps-sandbox`, as its user meets it."""

import gc
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

import sandbox
from sandbox import __version__
from sandbox.cli import main
from tests.docs.test_examples import blocks

ROOT = Path(__file__).parents[2]
STORY = "scenario: x\nsteps:\n  - time.freeze:\n"


def command(*arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@contextmanager
def served(*arguments: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str], str]]:
    """Run `vipps-sandbox serve` as a process of its own; give its URL, the process and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--port", "0", *arguments],
        env=os.environ | {"SANDBOX_LOG_LEVEL": "warning", "PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if "own API" in line:
                break
        url = re.search(r"listens on (\S+)", said)
        assert url is not None, said
        yield url[1], process, said
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def test_demo_holds_all_its_checks() -> None:
    code, output = command("demo")
    assert code == 0
    assert "12 of 12 checks held." in output
    assert "✗" not in output
    for line in (
        "→ POST /epayment/v1/payments",
        "☻ The phone: “Acme Shop sent you a request for 20 kr.”",
        (
            "= acme-invoice-424243 is AUTHORIZED, captured 2000, refunded 500; "
            "events: CREATED · AUTHORIZED · CAPTURED · REFUNDED"
        ),
    ):
        assert line in output


def test_demo_fails_when_a_check_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_PROFILE", "strict")
    monkeypatch.setenv("SANDBOX_CUSTOMER", "declines")
    code, output = command("demo")
    assert code == 1
    assert "✗" in output


def test_play_tells_each_scenario_in_a_line() -> None:
    code, output = command("play", *(str(ROOT / "scenarios" / f"{flow}-invoice.yaml") for flow in ("first", "next")))
    assert code == 0
    assert "✓ A first invoice is paid, and the customer shares the phone number" in output
    assert output.endswith("2 passed, 0 failed\n")


def test_play_verbosely_tells_every_step() -> None:
    _, output = command("play", "-v", str(ROOT / "scenarios" / "next-invoice.yaml"))
    assert re.search(r"customer\.pay_later +4791234567: pay-later", output)


def test_play_exits_with_1_when_a_scenario_fails(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text("scenario: x\nsteps:\n  - expect.events: [CREATED]\n")
    code, output = command("play", str(tmp_path))
    assert code == 1
    assert "story.yaml:3: step 1" in output
    assert output.endswith("0 passed, 1 failed\n")


def test_play_exits_with_2_when_a_scenario_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(STORY)
    (tmp_path / "b.yaml").write_text("scenario: x\nsteps:\n  - time.freez:\n")
    (tmp_path / "c.yaml").write_text(f"settings: {{market: Norge}}\n{STORY}")
    code, output = command("play", str(tmp_path))
    assert code == 2
    assert "c.yaml:1:20: settings: market: Input should be 'NO', " in output
    assert "b.yaml:3:5: step 1: there is no step 'time.freez'; did you mean 'time.freeze'?" in output
    assert "passed" not in output  # nothing is played before all is understood


@pytest.mark.parametrize(
    ("name", "ending"),
    [("stroy.yaml", "; did you mean 'story.yaml'?"), ("other", "."), ("nowhere/story.yaml", ".")],
)
def test_play_guesses_which_file_was_meant(tmp_path: Path, name: str, ending: str) -> None:
    (tmp_path / "story.yaml").write_text(STORY)
    code, output = command("play", str(tmp_path / name))
    assert code == 2
    assert output.endswith(f"{name}' does not exist{ending}\n")


def test_play_says_when_there_is_nothing_to_play(tmp_path: Path) -> None:
    code, output = command("play", str(tmp_path))
    assert code == 2
    assert "there are no *.yaml files" in output


@contextmanager
def something_else(answer: bytes) -> Iterator[str]:
    """Listen, and give the same bytes to whoever comes; give the URL."""

    def greet() -> None:
        with suppress(OSError):
            while True:
                visitor, _ = listener.accept()
                with visitor, suppress(ConnectionError):
                    visitor.recv(65536)
                    visitor.sendall(answer)
                    visitor.shutdown(socket.SHUT_WR)
                    while visitor.recv(65536):  # to close before all is read would take the answer back
                        pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize("url", ["foo", "127.0.0.1:8080", "ftp://x", "", "http://", "http://a:b"])
def test_play_and_health_refuse_an_odd_url(tmp_path: Path, url: str) -> None:
    (tmp_path / "story.yaml").write_text(STORY)
    complaint = f"Error: a sandbox is at an http:// or https:// address, not at {url!r}\n"
    assert command("play", str(tmp_path), "--url", url) == (2, complaint)
    code, output = command("health", "--url", url)
    assert code == (1 if url.startswith("http://") else 2)
    assert ("no sandbox answers" if url.startswith("http://") else "--url must begin with http://") in output


def test_play_says_in_a_line_when_no_sandbox_is_there(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(STORY)
    code, output = command("play", str(tmp_path), "--url", "http://127.0.0.1:9")
    assert code == 2
    assert output.startswith("Error: no sandbox answers at http://127.0.0.1:9: ")
    assert output.count("\n") == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (http("404 Not Found", '{"detail": "Not Found"}'), 404),
        (http("404 Not Found", "nothing"), 404),
        (http("200 OK", "<html>"), 200),
        (http("200 OK", "[]"), 200),
        (http("200 OK", '{"status": "fine"}'), 200),
    ],
)
def test_play_knows_what_is_no_sandbox(tmp_path: Path, answer: bytes, status: int) -> None:
    (tmp_path / "story.yaml").write_text(STORY)
    with something_else(answer) as url:
        said = command("play", str(tmp_path), "--url", url)
    assert said[0] == 2
    assert said[1].startswith(
        f"Error: what answers at {url} is no sandbox (/sandbox/health gave {status}); if it is "
    )
    assert said[1].count("\n") == 1


def test_play_and_health_survive_what_speaks_no_http(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(STORY)
    with something_else(b"220 mail.example.com ESMTP\r\n") as url:
        played = command("play", str(tmp_path), "--url", url)
        health = command("health", "--url", url)
    assert (played[0], health[0]) == (2, 1)
    for _, output in (played, health):
        assert f"no sandbox answers at {url}: " in output
        assert output.count("\n") == 1


def test_play_needs_open_access_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(STORY)
    with served("--access", "declared") as (url, _, _):
        code, output = command("play", str(tmp_path), "--url", url)
    assert code == 2
    assert output == (
        f"Error: the sandbox at {url} lets in declared sales units only: to play, it needs --access open\n"
    )


def test_play_and_demo_give_themselves_open_access(tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(STORY)
    assert command("play", str(tmp_path), env={"SANDBOX_ACCESS": "declared"})[0] == 0
    assert command("demo", env={"SANDBOX_ACCESS": "declared"})[0] == 0


def test_serve_prints_what_an_app_needs_and_takes_it(tmp_path: Path) -> None:
    with served() as (url, _, said):
        assert url.startswith("http://127.0.0.1:")
        headers = {
            name: found[1]
            for name in ("client_id", "client_secret", "Ocp-Apim-Subscription-Key", "Merchant-Serial-Number")
            if (found := re.search(rf"{name} +(\S+)", said))
        }
        assert len(headers) == 4
        assert httpx.post(f"{url}/accesstoken/get", headers=headers).status_code == 200
        (tmp_path / "story.yaml").write_text(STORY)
        assert command("play", str(tmp_path), "--url", url)[0] == 0
        assert command("health", "--url", url) == (0, f"{url} is ok, version {__version__}\n")


def test_the_readme_shows_what_serve_prints() -> None:
    (shown,) = (block for block in blocks(ROOT / "README.md", "console") if "listens on" in block)
    with served() as (url, _, said):
        told = iter(said.replace(url, "http://127.0.0.1:8080").splitlines())
    for line in shown.splitlines()[1:]:
        assert line.strip() == "…" or line in told, line


def test_serve_stops_at_once_when_told() -> None:
    with served() as (_, process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) in {0, -signal.SIGTERM}


def test_ctrl_c_ends_serve_quietly() -> None:
    with served() as (_, process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == 0
        assert process.stdout is not None
        assert process.stdout.read().strip() == ""


def test_options_win_over_the_environment() -> None:
    with served("--customer", "approves", SANDBOX_CUSTOMER="declines", SANDBOX_PROFILE="strict") as (url, _, _):
        settings = httpx.post(f"{url}/sandbox/units", json={}).json()["settings"]
    assert (settings["customer"], settings["profile"]) == ("approves", "strict")


def folder_of(url: str) -> list[str]:
    return [one["file"] for one in httpx.get(f"{url}/sandbox/scenarios").json()["scenarios"]]


def test_serve_offers_the_scenarios_that_lie_where_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless it is told of others, or of none."""
    for folder in ("scenarios", "others"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{folder}.yaml").write_text(STORY)
    monkeypatch.setenv("PYTHONPATH", str(Path(sandbox.__file__).parents[1]))
    monkeypatch.delenv("SANDBOX_SCENARIOS", raising=False)
    monkeypatch.chdir(tmp_path)
    with served() as (url, _, _):
        assert folder_of(url) == ["scenarios.yaml"]
    with served("--scenarios", "others") as (url, _, _):
        assert folder_of(url) == ["others.yaml"]
    with served(SANDBOX_SCENARIOS="", SANDBOX_TLS="false", SANDBOX_TLS_FOLDER="ca") as (url, _, _):  # none, no TLS
        assert folder_of(url) == []
    shutil.rmtree("scenarios")  # as in an image over which nothing is mounted
    with served() as (url, _, _):
        assert folder_of(url) == []


def test_declared_access_lets_only_the_printed_credentials_in() -> None:
    with served("--access", "declared") as (url, _, said):
        assert "  only these are let in\n" in said
        answer = httpx.post(
            f"{url}/accesstoken/get",
            headers={"client_id": "x", "client_secret": "y", "Ocp-Apim-Subscription-Key": "z"},
        )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (2, "only these and 1 other declared sales unit are let in"),
        (3, "only these and 2 other declared sales units are let in"),
    ],
)
def test_serve_tells_how_many_others_are_let_in(count: int, sentence: str) -> None:
    units = [
        {
            "msn": f"123{number}",
            "client_id": f"id-{number}",
            "client_secret": "x",
            "subscription_key": f"key-{number}",
        }
        for number in range(count)
    ]
    with served("--access", "declared", SANDBOX_UNITS=json.dumps(units)) as (_, _, said):
        assert f"  {sentence}\n" in said


@pytest.mark.parametrize(
    ("arguments", "env", "complaint"),
    [
        (["--port", "99999"], {"SANDBOX_PORT": "0"}, "Error: port: Input should be less than or equal to 65535"),
        (["--customer", "generous"], {}, "customer: Input should be 'manual', 'approves'"),
        (["--access", "closed"], {}, "access: Input should be 'open' or 'declared'"),
        (["--public-url", "https://pay.test/below"], {}, "public_url: String should match pattern"),
        ([], {"SANDBOX_LOG_LEVEL": "loud"}, "Error: SANDBOX_LOG_LEVEL: log_level: Input should be 'debug'"),
        (["--scenarios", "/nowhere"], {}, "scenarios: there is no folder '/nowhere'"),
        (["--scenarios", "pyproject.toml"], {}, "scenarios: there is no folder 'pyproject.toml'"),
        ([], {"SANDBOX_SCENARIOS": "/nowhere"}, "scenarios: there is no folder '/nowhere'"),
        (["--tls-folder", "ca"], {}, "tls_folder: this does nothing without TLS; add --tls (or SANDBOX_TLS=true)"),
        (["--tls-host", "a.test"], {}, "tls_hosts: this does nothing without TLS"),
        ([], {"SANDBOX_TLS_CA_FILE": "ca.pem"}, "tls_ca_file: this does nothing without TLS"),
        ([], {"SANDBOX_UNITS": "{"}, "SANDBOX_UNITS is no JSON: Expecting property name"),
        ([], {"SANDBOX_WEBHOOK_TARGETS": "localhost"}, "SANDBOX_WEBHOOK_TARGETS is no JSON: Expecting value"),
        ([], {"SANDBOX_UNITS": '[{"msn": "1"}]'}, "units.0.msn: String should match pattern"),
    ],
)
def test_serve_explains_a_wrong_setting(arguments: list[str], env: dict[str, str], complaint: str) -> None:
    code, output = command("serve", *arguments, env=env)
    assert code == 2
    assert complaint in output
    assert gc.isenabled()


def test_a_server_collects_garbage_although_its_start_does_not() -> None:
    script = (
        "import gc, os, signal, sandbox.settings as settings\n"
        "from sandbox.cli import main, serve\n"
        "make, during = settings.Settings.__init__, []\n"
        "settings.Settings.__init__ = lambda *a, **k: (during.append(gc.isenabled()), make(*a, **k))[1]\n"
        "serve._greeting = lambda *_: (os.kill(os.getpid(), signal.SIGINT), str((*during, gc.isenabled())))[1]\n"
        "main(['serve', '--port', '0'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout == "(False, True)\n"


def test_serve_explains_a_port_that_is_taken() -> None:
    with served() as (url, _, _):
        taken = subprocess.run(
            [sys.executable, "-m", "sandbox", "serve", "--port", url.rsplit(":", 1)[1]],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert taken.returncode == 1
    complaint = f"Error: Cannot listen on {url.removeprefix('http://')}: Address already in use."
    assert taken.stderr == f"{complaint} Say another with --port; 0 takes a free one.\n"


@pytest.mark.parametrize("name", ["record", "checklist"])
def test_what_needs_a_sandbox_says_how_to_have_one(name: str) -> None:
    code, output = command(name, "--unit", "654321", env={"SANDBOX_PORT": "9"})
    assert code == 2
    assert output.startswith("Error: no sandbox answers at http://127.0.0.1:9: ")
    assert output.endswith("; start one with `vipps-sandbox serve`, or say by --url where it listens\n")


def test_health_fails_in_words_when_nobody_is_there() -> None:
    code, output = command("health", env={"SANDBOX_PORT": "9"})
    assert code == 1
    assert output.startswith("no sandbox answers at http://127.0.0.1:9: ")
    assert command("health", "--url", "file:///etc/passwd")[0] == 2


def test_version_is_told() -> None:
    assert command("--version") == (0, f"vipps-sandbox, version {__version__}\n")


def test_serve_warns_of_a_variable_that_sets_nothing() -> None:
    with served(SANDBOX_CUSTOMR="approves") as (_, _, said):
        assert "warning: SANDBOX_CUSTOMR sets nothing; did you mean SANDBOX_CUSTOMER?" in said


@pytest.mark.parametrize("name", ["SANDBOX_WEBHOOK_DELAY", "SANDBOX_LONG_LIVING_ALOWED"])
def test_serve_says_where_a_sales_units_setting_belongs(name: str) -> None:
    with served(**{name: "1"}) as (_, _, said):
        assert f"warning: {name} sets nothing: that is a setting of each sales unit, changed by PATCH " in said


def test_serve_lets_a_variable_that_is_like_none_pass_without_a_guess() -> None:
    with served(SANDBOX_ELSEWHERE="x") as (_, _, said):
        assert "warning: SANDBOX_ELSEWHERE sets nothing\n" in said


def test_a_mistake_in_declared_units_does_not_repeat_their_secrets() -> None:
    units = '[{"msn": "1234", "client_id": "a", "client_secret": "TOPSECRET", "subscriptionkey": "KEYSECRET"}]'
    code, output = command("serve", env={"SANDBOX_UNITS": units})
    assert code == 2
    assert "units.0.subscription_key: Field required" in output
    assert "SECRET" not in output


def test_a_log_line_says_what_it_is_about() -> None:
    with served(SANDBOX_LOG_LEVEL="info") as (_, _, said):
        assert "sales unit provisioned msn=654321\n" in said
