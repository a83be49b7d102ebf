"""The services of compose.yaml do what they are there for: run here as they are written, but on free ports."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.server import running
from sandbox.settings import LogLevel, Settings

ROOT = Path(__file__).parents[2]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
PATIENCE = 60.0  # seconds


class Composed:
    """Services with the ports and paths of this machine in place of the containers'."""

    def __init__(self, sandbox: str, acme_port: int) -> None:
        self._instead = {
            "http://localhost:8080": sandbox,
            "3080": str(acme_port),
            "/scenarios": str(ROOT / "scenarios"),
            "0.0.0.0": "127.0.0.1",
        }

    def here(self, text: str) -> str:
        for there, here in self._instead.items():
            text = text.replace(there, here)
        return text

    def command(self, name: str) -> list[str]:
        entrypoint = SERVICES[name].get("entrypoint", ["python", "-m", "sandbox"])
        return [sys.executable, *map(self.here, [*entrypoint[1:], *SERVICES[name]["command"]])]

    @contextmanager
    def started(self, name: str) -> Iterator[subprocess.Popen[str]]:
        """Run a service in whatever folder is mounted for it, until it is as healthy as its healthcheck asks."""
        environment = {key: self.here(value) for key, value in SERVICES[name]["environment"].items()}
        process = subprocess.Popen(
            self.command(name),
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        kind, python, *check = map(self.here, SERVICES[name]["healthcheck"]["test"])
        assert (kind, python) == ("CMD", "python")
        try:
            while subprocess.run([sys.executable, *check], capture_output=True, check=False).returncode != 0:
                assert process.poll() is None, "".join(process.communicate())
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def composed() -> Iterator[Composed]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url:
        yield Composed(url.replace("127.0.0.1", "localhost"), port)


def run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_player_plays_a_library(composed: Composed) -> None:
    *command, library = composed.command("play")
    assert library == str(ROOT / "scenarios")
    assert run([*command, f"{library}/next-invoice.yaml"]).endswith("1 passed, 0 failed\n")


def test_the_merchant_s_stories_are_played_with_the_merchant(composed: Composed) -> None:
    stories = len(list((ROOT / "scenarios" / "application").glob("*.yaml")))
    with composed.started("acme"):
        assert run(composed.command("watch")).endswith(f"{stories} passed, 0 failed\n")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_no_rights_and_what_its_command_needs(name: str) -> None:
    service: dict[str, Any] = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    for volume in service.get("volumes", []):
        here, _, mode = volume.split(":")
        assert (ROOT / here).is_dir()
        assert mode == "ro"
