"""The programs of the languages' pages run as they stand: they pay, over https too, and check what they are sent."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from sandbox.server import running
from sandbox.settings import LogLevel, Settings
from sandbox.tls import identity
from tests.docs.test_examples import ROOT, named

MSN = "654321"
SETTINGS = Settings(port=0, log_level=LogLevel.WARNING)
PATIENCE = 120.0  # seconds; compilers share the machine with all other tests


@dataclass(frozen=True)
class Language:
    """A page's programs and how they are started; *ca.pem* beside them is the authority to be trusted over TLS."""

    page: str
    fence: str
    needs: tuple[str, ...]  # commands; without one of them the tests are skipped
    hook: tuple[str, ...]
    pay: tuple[str, ...] = ()
    build: tuple[tuple[str, ...], ...] = ()
    trusts: tuple[tuple[str, ...], ...] = ()  # run first
    trusting: tuple[str, ...] = ()  # what pays over TLS
    trusted_by: Mapping[str, str] = field(default_factory=dict)


_SSL_CERT_FILE = {"SSL_CERT_FILE": "ca.pem"}
_KEYTOOL = "keytool -importcert -noprompt -alias vipps-sandbox -file ca.pem -keystore trust.p12 -storepass changeit"
LANGUAGES = (
    Language(
        "php",
        "php",
        needs=("php",),
        pay=("php", "pay.php"),
        hook=("php", "-S", "127.0.0.1:{port}", "hook.php"),
        trusting=("php", "-d", "curl.cainfo=ca.pem", "pay.php"),
    ),
    Language(
        "ruby",
        "ruby",
        needs=("ruby",),
        pay=("ruby", "-w", "pay.rb"),
        hook=("ruby", "-w", "hook.rb"),
        trusting=("ruby", "-w", "pay.rb"),
        trusted_by=_SSL_CERT_FILE,
    ),
    Language(
        "go",
        "go",
        needs=("go", "gofmt"),
        build=(("go", "vet", "pay.go"), ("go", "build", "pay.go"), ("go", "build", "hook.go")),
        pay=("./pay",),
        hook=("./hook",),
        trusting=("./pay",),
        trusted_by=_SSL_CERT_FILE,
    ),
    Language(
        "dotnet",
        "csharp",
        needs=("mcs", "mono"),
        build=(
            ("mcs", "-warnaserror", "-r:System.Net.Http.dll", "Pay.cs"),
            ("mcs", "-warnaserror", "Hook.cs"),
        ),
        pay=("mono", "Pay.exe"),
        hook=("mono", "Hook.exe"),
    ),
    Language(
        "java",
        "java",
        needs=("javac",),
        build=(("javac", "-Xlint:all", "-Werror", "Pay.java", "Hook.java"),),
        pay=("java", "Pay"),
        hook=("java", "Hook"),
        trusts=(tuple(_KEYTOOL.split()),),
        trusting=(
            "java",
            "-Djavax.net.ssl.trustStore=trust.p12",
            "-Djavax.net.ssl.trustStorePassword=changeit",
            "Pay",
        ),
    ),
    # What pays here is the official SDK, in tests/node.
    Language("node", "js", needs=("node",), hook=("node", "hook.mjs")),
)


PAYING = [language for language in LANGUAGES if language.pay]
TRUSTING = [language for language in LANGUAGES if language.trusting]  # Mono trusts its own store only


@pytest.fixture(scope="module", params=LANGUAGES, ids=lambda language: language.page)
def language(request: pytest.FixtureRequest) -> Language:
    language: Language = request.param
    missing = [command for command in language.needs if shutil.which(command) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} of {language.page} is missing")
    return language


@pytest.fixture(scope="module")
def built() -> dict[str, Path]:
    """By language: its page's programs, which each test takes as they are."""
    return {}


@pytest.fixture
def folder(language: Language, built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's programs, built once."""
    if language.page not in built:
        folder = tmp_path_factory.mktemp(language.page)
        for name, program in named(ROOT / "docs" / f"{language.page}.md", language.fence).items():
            (folder / name).write_text(program, encoding="utf-8")
        for command in language.build:
            run(folder, command)
        built[language.page] = folder
    return built[language.page]


def run(folder: Path, command: tuple[str, ...], **environment: str) -> str:
    done = start(folder, command, **environment)
    said, complaint = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0, said + complaint
    return said


def start(folder: Path, command: tuple[str, ...], **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"CGO_ENABLED": "0"} | environment,  # so Go needs no C compiler
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def url() -> Iterator[str]:
    with running(SETTINGS) as url:
        yield url


@pytest.mark.parametrize("language", PAYING, indirect=True, ids=lambda language: language.page)
def test_the_program_pays_and_production_would_not_object(language: Language, folder: Path, url: str) -> None:
    said = run(folder, language.pay, VIPPS_BASE_URL=url)
    assert "AUTHORIZED" in said
    assert "49900" in said
    unit = f"{url}/sandbox/units/{MSN}"
    (payment,) = httpx.get(f"{unit}/payments").json()["payments"]
    assert (payment["state"], payment["captured"]) == ("AUTHORIZED", 49900)
    requests = httpx.get(f"{unit}/requests").json()["requests"]
    assert [one["operation"] for one in requests] == [
        "fetchAuthorizationTokenUsingPost",
        "createPayment",
        "getPayment",
        "capturePayment",
        "getPayment",
    ]
    for one in requests:
        assert one["notes"] == []
        assert {"merchant-serial-number", "vipps-system-name", "vipps-system-version"} <= one["requestHeaders"].keys()


@pytest.mark.parametrize("language", TRUSTING, indirect=True, ids=lambda language: language.page)
def test_the_program_trusts_the_authority_as_the_manual_says(language: Language, folder: Path) -> None:
    proof = identity(["localhost"])
    (folder / "ca.pem").write_text(proof.ca_pem)
    for command in language.trusts:
        run(folder, command)
    with running(SETTINGS.model_copy(update={"tls": True}), proof.context) as url:
        base = url.replace("127.0.0.1", "localhost")
        assert "49900" in run(folder, language.trusting, VIPPS_BASE_URL=base, **language.trusted_by)
        untrusting = start(folder, language.pay, VIPPS_BASE_URL=base)
        untrusting.communicate(timeout=PATIENCE)
        assert untrusting.returncode != 0


def test_the_receiver_takes_what_is_signed_and_refuses_all_else(language: Language, folder: Path, url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with httpx.Client(base_url=url) as vipps:
        keys = {"client_id": "any", "client_secret": "any", "Ocp-Apim-Subscription-Key": "any"}
        token = vipps.post("/accesstoken/get", headers=keys).json()["access_token"]
        vipps.headers.update(keys | {"Authorization": f"Bearer {token}", "Merchant-Serial-Number": MSN})
        hook = f"http://127.0.0.1:{port}/hook?shop=7&x=a%20b"
        registration = {"url": hook, "events": ["epayments.payment.created.v1"]}
        secret = vipps.post("/webhooks/v1/webhooks", json=registration).json()["secret"]
        with receiving(language, folder, port, secret):
            order = {
                "amount": {"currency": "NOK", "value": 2000},
                "paymentMethod": {"type": "WALLET"},
                "reference": "acme-shop-0001",
                "userFlow": "QR",
            }
            vipps.post("/epayment/v1/payments", json=order, headers={"Idempotency-Key": "1"})
            vipps.post(f"/sandbox/units/{MSN}/clock/advance", json={"by": "PT1S"})  # answers when it is delivered
            (sent,) = vipps.get(f"/sandbox/units/{MSN}/webhooks/deliveries").json()["deliveries"]
            assert [attempt["status"] for attempt in sent["attempts"]] == [200]
            for forged in ({}, {"Authorization": "x"}, {"X-Vipps-Authorization": "x"}):
                assert httpx.post(hook, json={"name": "CREATED"}, headers=forged).status_code == 401


@contextmanager
def receiving(language: Language, folder: Path, port: int, secret: str) -> Iterator[None]:
    """Run the page's receiver while it is needed."""
    command = tuple(word.format(port=port) for word in language.hook)
    process = start(folder, command, PORT=str(port), VIPPS_WEBHOOK_SECRET=secret)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None, "".join(process.communicate())
        yield
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def test_every_language_is_in_the_overview() -> None:
    overview = (ROOT / "docs" / "any-language.md").read_text(encoding="utf-8")
    for one in LANGUAGES:
        assert f"({one.page}.md) |" in overview


def test_go_is_formatted(tmp_path: Path) -> None:
    if shutil.which("gofmt") is None:
        pytest.skip("gofmt of go is missing")
    for name, program in named(ROOT / "docs" / "go.md", "go").items():
        (tmp_path / name).write_text(program, encoding="utf-8")
    assert run(tmp_path, ("gofmt", "-l", ".")) == ""


def test_go_sends_elsewhere_what_is_meant_for_vipps(tmp_path: Path, url: str) -> None:
    if shutil.which("go") is None:
        pytest.skip("go is missing")
    (tmp_path / "redirect.go").write_text(named(ROOT / "docs" / "go.md", "go")["redirect.go"])
    assert run(tmp_path, ("go", "run", "redirect.go"), VIPPS_BASE_URL=url) == "200 OK\n"
