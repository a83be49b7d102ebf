"""`vipps-sandbox serve --tls`: a client that insists on Vipps's own name is satisfied, if it trusts the authority."""

import json
import socket
import ssl
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.server import running
from sandbox.settings import LogLevel, Settings
from sandbox.tls import Identity, identity
from tests.cli.test_command import command, served

KEYS = {"client_id": "any", "client_secret": "any", "Ocp-Apim-Subscription-Key": "any"}
SETTINGS = Settings(port=0, tls=True, tls_hosts=("pay.acme.example",), log_level=LogLevel.WARNING)


@pytest.fixture(scope="module")
def proof() -> Identity:
    return identity(SETTINGS.names)


@pytest.fixture(scope="module")
def url(proof: Identity) -> Iterator[str]:
    with running(SETTINGS, proof.context) as url:
        yield url


def trusting(ca_pem: str) -> ssl.SSLContext:
    """Return what trusts one authority and no other."""
    return ssl.create_default_context(cadata=ca_pem)


def health_as(name: str, url: str, ca_pem: str) -> int:
    """Return the status that is answered to who asks for *name*."""
    with httpx.Client(verify=trusting(ca_pem)) as http:
        request = http.build_request("GET", f"{url}/sandbox/health", extensions={"sni_hostname": name})
        return http.send(request).status_code


@pytest.mark.parametrize("name", ["apitest.vipps.no", "api.vipps.no", "localhost", "127.0.0.1", "pay.acme.example"])
def test_the_certificate_is_for_every_name(url: str, proof: Identity, name: str) -> None:
    with (
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as plain,
        trusting(proof.ca_pem).wrap_socket(plain, server_hostname=name) as secured,
    ):
        assert secured.version() in {"TLSv1.2", "TLSv1.3"}


def test_it_is_for_no_other_name(url: str, proof: Identity) -> None:
    with (
        socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        trusting(proof.ca_pem).wrap_socket(plain, server_hostname="shop.example.com")


def test_who_does_not_trust_the_authority_is_not_served(url: str) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{url}/sandbox/health")


def test_a_client_that_means_vipps_is_served_and_its_links_lead_back(url: str, proof: Identity) -> None:
    """As with an entry for apitest.vipps.no in /etc/hosts: the name in SNI and Host, the address this machine's."""
    with httpx.Client(base_url=url, verify=trusting(proof.ca_pem)) as http:
        http.headers["Host"] = "apitest.vipps.no"

        def call(method: str, path: str, **more: Any) -> httpx.Response:
            extensions = {"sni_hostname": "apitest.vipps.no"}
            return http.send(http.build_request(method, path, extensions=extensions, **more))

        token = call("POST", "/accesstoken/get", headers=KEYS).json()["access_token"]
        order = {
            "amount": {"currency": "NOK", "value": 49900},
            "paymentMethod": {"type": "WALLET"},
            "reference": "acme-shop-1",
            "userFlow": "WEB_REDIRECT",
            "returnUrl": "https://example.com/thanks",
        }
        headers = KEYS | {
            "Authorization": f"Bearer {token}",
            "Merchant-Serial-Number": "654321",
            "Idempotency-Key": "1",
        }
        created = call("POST", "/epayment/v1/payments", json=order, headers=headers)
        assert created.status_code == 201
        link = httpx.URL(created.json()["redirectUrl"])
        assert (link.scheme, link.host) == ("https", "apitest.vipps.no")
        assert call("GET", link.raw_path.decode()).status_code == 200


def test_pages_know_no_other_names_than_the_certificate(url: str, proof: Identity) -> None:
    with httpx.Client(base_url=url, verify=trusting(proof.ca_pem)) as http:
        statuses = {
            host: http.get("/sandbox/health", headers={"Host": host}).status_code
            for host in ("apitest.vipps.no", "pay.acme.example", "evil.example.com")
        }
    assert statuses == {"apitest.vipps.no": 200, "pay.acme.example": 200, "evil.example.com": 403}


def test_an_authority_that_is_kept_is_trusted_once_and_for_all(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    first, second = (identity(SETTINGS.names, folder=folder) for _ in range(2))
    assert first.ca_pem == second.ca_pem == (folder / "ca.pem").read_text()
    assert first.ca_file == folder / "ca.pem"
    assert {path.name for path in folder.iterdir()} == {"ca.pem", "ca-key.pem"}  # the server's own key is not kept
    assert stat.S_IMODE((folder / "ca-key.pem").stat().st_mode) == 0o600
    with running(SETTINGS, second.context) as url:
        assert httpx.get(f"{url}/sandbox/health", verify=trusting(first.ca_pem)).status_code == 200


def test_each_start_has_an_authority_of_its_own_otherwise(proof: Identity) -> None:
    assert identity(["localhost"]).ca_pem != proof.ca_pem


def test_the_command_writes_the_authority_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca = tmp_path / "ca.pem"
    with served("--tls", "--tls-ca-file", str(ca), "--tls-host", "a.test", "--tls-host", "b.test") as (url, _, _):
        assert url.startswith("https://127.0.0.1:")
        for name in ("a.test", "b.test"):
            assert health_as(name, url, ca.read_text()) == 200
        # the command's own commands too: `health` with the server's environment, `play` by the usual variable
        port = url.rsplit(":", 1)[1]
        code, output = command("health", env={"SANDBOX_TLS": "true", "SANDBOX_PORT": port})
        assert code == 0, output
        assert command("health", "--url", url)[0] == 1
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        (tmp_path / "story.yaml").write_text("scenario: x\nsteps:\n  - time.freeze:\n")
        assert command("play", str(tmp_path), "--url", url)[0] == 0


def test_the_environment_says_it_too(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    environment = {
        "SANDBOX_TLS": "1",
        "SANDBOX_TLS_HOSTS": json.dumps(["a.test"]),
        "SANDBOX_TLS_FOLDER": str(tmp_path / "authority"),
        "SANDBOX_TLS_CA_FILE": str(ca),
    }
    with served(**environment) as (url, _, _):
        assert health_as("a.test", url, ca.read_text()) == 200
    assert ca.read_text() == (tmp_path / "authority" / "ca.pem").read_text()


def test_without_a_file_the_authority_is_printed() -> None:
    with served("--tls") as (url, process, _):
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert "this authority" in next(lines)
        pem = ""
        for line in lines:
            pem += line
            if "END CERTIFICATE" in line:
                break
        assert httpx.get(f"{url}/sandbox/health", verify=trusting(pem.lstrip())).status_code == 200


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    code, output = command("serve", "--tls")
    assert (code, output) == (1, "Error: TLS needs the extra `tls`: pip install 'vipps-sandbox[tls]'.\n")


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"ca.pem": "x"}, "has one of ca.pem and ca-key.pem, and needs both or none"),
        ({"ca.pem": "x", "ca-key.pem": "y"}, "has no authority in ca.pem and ca-key.pem"),
    ],
)
def test_a_folder_with_something_else_is_refused(tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    code, output = command("serve", "--tls", "--tls-folder", str(tmp_path))
    assert code == 1
    assert output == f"Error: {tmp_path} {complaint}.\n"


def test_what_cannot_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for option in ("--tls-folder", "--tls-ca-file"):
        code, output = command("serve", "--tls", option, str(tmp_path / "file" / "below"))
        assert code == 1
        assert output.startswith("Error: No certificate can be made: ")
        assert output.count("\n") == 1


@pytest.mark.parametrize("host", ["", "a b", "a/b", "æ.no"])
def test_an_odd_name_is_refused(host: str) -> None:
    code, output = command("serve", "--tls", "--tls-host", host)
    assert code in {1, 2}
    assert output.startswith(("Error: ", "Usage: "))
    assert "Traceback" not in output
