"""What else a webhook's host may have been."""

from collections.abc import Iterator, Mapping
from typing import Final

__all__ = ["hosts_before", "how_host_differs"]

_HOST_HEADERS: Final = ("x-forwarded-host", "x-original-host", ":authority", "x-host")


def hosts_before(host: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give what the header Host may have been before a proxy changed it."""
    given = [host]
    for name in _HOST_HEADERS:
        given += [part.strip() for part in headers.get(name, "").split(",") if part.strip()]
    for part in headers.get("forwarded", "").replace(",", ";").split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "host":
            given.append(value.strip().strip('"'))
    ports = [port for port in (headers.get("x-forwarded-port"), "443", "80", "8080", "8443") if port]
    for one in given:
        yield one
        bare, _ = _split_port(one)
        yield bare
        yield one.lower()
        for port in ports:
            yield f"{bare}:{port}"


def how_host_differs(received: str, signed: str, headers: Mapping[str, str]) -> str:
    """Say in words what became of the host on the way."""
    if not received:
        return "the header Host is missing"
    (bare, port), (signed_bare, signed_port) = _split_port(received), _split_port(signed)
    if bare.lower() == signed_bare.lower():
        if port == signed_port:
            return "the host is written in another case"
        return "the port was lost" if not port else "a port was added" if not signed_port else "the port is another"
    if signed in headers.get("x-forwarded-host", ""):
        return "a proxy put its own Host, and the one that was signed into X-Forwarded-Host"
    return "the host is another one, as behind a proxy or tunnel"


def _split_port(host: str) -> tuple[str, str]:
    bare, colon, port = host.rpartition(":")
    return (bare, port) if colon and port.isdigit() and not bare.endswith(":") else (host, "")
