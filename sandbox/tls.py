"""A certificate for the sandbox, by a local authority that is made for it.

For clients that insist on Vipps's own host names. trustme makes both; it is the extra `tls`, and is imported only
here, when TLS is asked for.
"""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

__all__ = ["AuthorityUnusable", "Identity", "TlsMissing", "identity"]

_NAME: Final = "Vipps sandbox"
_CERTIFICATE: Final = "ca.pem"
_PRIVATE_KEY: Final = "ca-key.pem"
_LIFE: Final = timedelta(days=365)  # some clients refuse what lasts for more than 825 days


class TlsMissing(Exception):
    """The extra `tls` is not installed."""

    def __str__(self) -> str:
        return "TLS needs the extra `tls`: pip install 'vipps-sandbox[tls]'"


class AuthorityUnusable(Exception):
    """What lies in the authority's folder is no authority."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a server proves itself with, and what a client trusts it by."""

    context: ssl.SSLContext
    ca_pem: str  # the authority's certificate
    ca_file: Path | None  # where that was written, if anywhere


def identity(hosts: Iterable[str], *, folder: Path | None = None, ca_file: Path | None = None) -> Identity:
    """Return a new certificate for *hosts*, names and addresses.

    Args:
        folder: Where the authority is kept, and found again at the next start; without it each start has a new one.
        ca_file: Where the authority's certificate is written as well.

    Raises:
        TlsMissing: trustme is not installed.
        AuthorityUnusable: what is in *folder* is no authority.
        OSError: a file cannot be written, or read.
    """
    try:
        import trustme  # noqa: PLC0415 - takes a tenth of a second, and is an extra
    except ImportError as error:
        raise TlsMissing from error

    authority = trustme.CA(organization_name=_NAME) if folder is None else _kept(folder, trustme)
    now = datetime.now(UTC)
    certificate = authority.issue_cert(*hosts, not_before=now - timedelta(days=1), not_after=now + _LIFE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    with TemporaryDirectory(dir=folder) as passing:  # OpenSSL reads files only
        path = Path(passing) / "server.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(path)
        context.load_cert_chain(path)
    ca_pem = authority.cert_pem.bytes()
    if ca_file is not None:
        ca_file.write_bytes(ca_pem)
    elif folder is not None:
        ca_file = folder / _CERTIFICATE
    return Identity(context, ca_pem.decode(), ca_file)


def _kept(folder: Path, trustme: Any) -> Any:
    """Return the authority of *folder*, made if it has none."""
    certificate, key = folder / _CERTIFICATE, folder / _PRIVATE_KEY
    if not certificate.exists() and not key.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = trustme.CA(organization_name=_NAME)
        key.touch(mode=0o600, exist_ok=False)
        made.private_key_pem.write_to_path(key)
        made.cert_pem.write_to_path(certificate)
        return made
    if not (certificate.exists() and key.exists()):
        raise AuthorityUnusable(f"{folder} has one of {_CERTIFICATE} and {_PRIVATE_KEY}, and needs both or none")
    try:
        found = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        found.issue_cert("localhost")
    except (ValueError, TypeError) as error:
        raise AuthorityUnusable(f"{folder} has no authority in {_CERTIFICATE} and {_PRIVATE_KEY}") from error
    return found
