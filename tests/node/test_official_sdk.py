"""The official Node SDK drives the sandbox over a socket, pointed at it as the manual says."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.server import running
from sandbox.settings import LogLevel, Settings
from sandbox.tls import identity
from tests.docs.test_examples import named

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "node.md"
SDK = HERE / "node_modules" / "@vippsmobilepay" / "sdk"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is missing"),
    pytest.mark.skipif(not SDK.is_dir(), reason="the SDK is missing: npm install --prefix tests/node"),
]


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_the_official_sdk_pays_captures_cancels_refunds_registers_and_is_refused(tls: bool, tmp_path: Path) -> None:
    for name, program in named(PAGE, "js").items():
        (tmp_path / name).write_text(program)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    proof = identity(["localhost"])
    (tmp_path / "ca.pem").write_text(proof.ca_pem)
    settings = Settings(port=0, tls=tls, log_level=LogLevel.WARNING)
    with running(settings, proof.context if tls else None) as url:
        done = subprocess.run(
            ["node", "--import", "./to-sandbox.mjs", "pay.mjs"],
            cwd=tmp_path,
            env=os.environ
            | {"VIPPS_SANDBOX_URL": url.replace("127.0.0.1", "localhost"), "NODE_EXTRA_CA_CERTS": "ca.pem"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {
        "state": "AUTHORIZED",
        "captured": 30_000,
        "cancelled": 19_900,
        "refunded": 10_000,
        "events": ["CREATED", "AUTHORIZED", "CAPTURED", "CANCELLED", "REFUNDED"],
        "webhooks": [1, True, 88, True],
        "tooMuch": "Cannot capture a cancelled payment",
    }
