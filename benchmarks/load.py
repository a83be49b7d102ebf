"""Load for a server: wrk for what is measured, pipelined requests to fill it.

Both send the same text: a request with an `@` where its number goes.
"""

import json
import socket
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.servers import HOST, Server

__all__ = ["Requests", "Throughput", "fill", "wrk"]

MSN: Final = "654321"
_CONNECTIONS: Final = 32
_SCRIPT: Final = Path(__file__).with_name("load.lua")
_PIPELINED: Final = 50
_PAYMENTS: Final = "/epayment/v1/payments"
_CREDENTIALS: Final = {"client_id": "benchmark", "client_secret": "benchmark"}
_GATEWAY: Final = {"Ocp-Apim-Subscription-Key": "0f14ebcab0ec4b29ae0cb90d91b4a84a", "Merchant-Serial-Number": MSN}
_BODY: Final = {
    "amount": {"currency": "NOK", "value": 49_900},
    "paymentMethod": {"type": "WALLET"},
    "customer": {"phoneNumber": "4791234567"},
    "reference": "acme-shop-@",
    "userFlow": "WEB_REDIRECT",
    "returnUrl": "https://shop.example.com/orders/acme-shop-@/return",
    "paymentDescription": "Two pairs of socks and a woollen hat",
}


@dataclass(frozen=True)
class Throughput:
    per_second: float
    p99: float  # of the latency, in milliseconds


class Requests:
    """The requests of one merchant, who sends all headers to whomever is asked.

    Args:
        token: The bearer token.
    """

    def __init__(self, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}", **_GATEWAY}

    @classmethod
    def with_token_of(cls, sandbox: Server) -> "Requests":
        answer = sandbox.ask("POST", "/accesstoken/get", headers={**_CREDENTIALS, **_GATEWAY})
        return cls(answer["access_token"])

    def create(self, server: Server) -> str:
        return self._text(server, "POST", _PAYMENTS, {"Idempotency-Key": "key-of-acme-shop-@"}, _BODY)

    def get(self, server: Server) -> str:
        return self._text(server, "GET", f"{_PAYMENTS}/acme-shop-@")

    def _text(
        self, server: Server, method: str, path: str, more: dict[str, str] | None = None, content: Any = None
    ) -> str:
        body = "" if content is None else json.dumps(content)
        headers = {"Host": f"{HOST}:{server.port}", **self.headers, **(more or {})}
        if body:
            length = len(_numbered(body, 0))
            headers |= {"Content-Type": "application/json", "Content-Length": str(length)}
        lines = (f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{method} {path} HTTP/1.1\r\n{''.join(lines)}\r\n{body}"


def wrk(server: Server, text: str, seconds: int, *, after: int = 0, last: int = 0) -> Throughput:
    """Load a server as hard as it goes, on 32 connections.

    Args:
        after: The number that counting begins after.
        last: If given, numbers are drawn at random from 1 to this one.
    """
    options = f"-t1 -c{_CONNECTIONS} -d{seconds}s --timeout 10s".split()
    script = ["-s", str(_SCRIPT), f"http://{HOST}:{server.port}", "--", text, str(after), str(last)]
    told = subprocess.run(["wrk", *options, *script], check=True, capture_output=True, text=True).stdout
    answered, took, failed, p99 = (float(figure) for figure in told.rpartition("RESULT ")[2].split())
    if failed or not answered:
        raise RuntimeError(f"{failed:.0f} requests failed:\n{told}")
    return Throughput(answered / took, p99 / 1000)


def fill(server: Server, text: str, first: int, last: int) -> None:
    """Send the request with each number from *first* to *last*, many at a time; every answer must be a 2xx."""
    with closing(socket.create_connection((HOST, server.port))) as connection:
        for begin in range(first, last + 1, _PIPELINED):
            numbers = range(begin, min(begin + _PIPELINED, last + 1))
            connection.sendall("".join(_numbered(text, number) for number in numbers).encode())
            _await_answers(connection, len(numbers))


def _await_answers(connection: socket.socket, awaited: int) -> None:
    answers = b""
    # Every answer is a JSON object; nothing in one looks like the beginning of the next.
    while answers.count(b"HTTP/1.1 ") < awaited or not answers.endswith(b"}"):
        received = connection.recv(1 << 20)
        if not received:
            raise ConnectionError("the server hung up")
        answers += received
    if answers.count(b"HTTP/1.1 2") != awaited:
        raise RuntimeError(f"not every answer was a 2xx: {answers!r}")


def _numbered(text: str, number: int) -> str:
    return text.replace("@", f"{number:09}")
