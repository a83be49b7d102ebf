"""Which certificates the reference client reads, and when."""

import ssl

import httpx
import pytest

from sandbox.client import AsyncVippsClient, Credentials, VippsClient

WHO = Credentials("an-id", "a-secret", "a-key", "123456")


@pytest.mark.parametrize("kind", [VippsClient, AsyncVippsClient])
def test_certificates_are_read_for_https_only(
    kind: type[VippsClient | AsyncVippsClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading those of the machine takes longer than a whole flow against a sandbox; without, none is trusted."""
    given: list[object] = []
    name = "Client" if kind is VippsClient else "AsyncClient"
    monkeypatch.setattr(httpx, name, lambda **options: given.append(options["verify"]))
    kind(WHO, "http://localhost:8080")
    kind(WHO)
    over_http, over_https = given
    assert over_https is True
    assert isinstance(over_http, ssl.SSLContext)
    assert over_http.verify_mode is ssl.CERT_REQUIRED
    assert over_http.get_ca_certs() == []
