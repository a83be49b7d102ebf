"""The two servers: started as processes of their own, waited for, and ended."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["BARE", "HEALTH", "HOST", "RECEIVER", "SANDBOX", "Server", "seconds_to_first_answer", "server"]

HOST: Final = "127.0.0.1"
HEALTH: Final = "/sandbox/health"
BARE: Final = (sys.executable, "-m", "benchmarks.bare", "{port}")
RECEIVER: Final = (sys.executable, "-m", "benchmarks.receiver", "{port}")
SANDBOX: Final = (sys.executable, "-m", "sandbox", "serve", "--port", "{port}", "--log-level", "warning")
_ROOT: Final = Path(__file__).parent.parent
_PATIENCE: Final = 30.0  # seconds until a server must answer
_LONGEST_CALL: Final = 300.0  # seconds; to move a clock takes time
_POLL: Final = 0.001  # seconds between two attempts to reach a server that starts


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    @property
    def memory(self) -> int:
        """Resident memory in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024

    def ask(self, method: str, path: str, content: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Make one call and return the JSON that it is answered with; anything but a 2xx is a failure."""
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=_LONGEST_CALL)) as connection:
            connection.request(method, path, None if content is None else json.dumps(content), headers or {})
            response = connection.getresponse()
            body = response.read()
        if response.status // 100 != 2:
            raise RuntimeError(f"{method} {path} was answered {response.status}: {body!r}")
        return json.loads(body)


@contextmanager
def server(command: Sequence[str]) -> Iterator[Server]:
    """Run a server for as long as the context lasts; it answers when the context begins."""
    port = _free_port()
    with subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(process, port)
            yield Server(port, process.pid)
        finally:
            process.terminate()


def seconds_to_first_answer(command: Sequence[str]) -> float:
    """Return how long a server takes from the start of its process to its first healthy answer."""
    begun = time.perf_counter()
    with server(command):
        return time.perf_counter() - begun


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while not _is_healthy(port):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        if time.monotonic() > until:
            raise TimeoutError(f"{process.args!r} did not answer within {_PATIENCE} seconds")
        time.sleep(_POLL)


def _is_healthy(port: int) -> bool:
    with closing(http.client.HTTPConnection(HOST, port, timeout=_PATIENCE)) as connection:
        try:
            connection.request("GET", HEALTH)
            return connection.getresponse().status == http.client.OK
        except ConnectionError:
            return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
        return port
