"""The official Node SDK drives the sandbox over a socket, pointed at it as the manual says."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.server import running
from sandbox.settings import LogLevel, Settings

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "node.md"
SDK = HERE / "node_modules" / "@vippsmobilepay" / "sdk"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is missing"),
    pytest.mark.skipif(not SDK.is_dir(), reason="the SDK is missing: npm install --prefix tests/node"),
]


def test_the_official_sdk_pays_captures_cancels_refunds_registers_and_is_refused(tmp_path: Path) -> None:
    loader, app = re.findall(r"^```js\n(.*?)^```$", PAGE.read_text(), flags=re.DOTALL | re.MULTILINE)
    (tmp_path / "to-sandbox.mjs").write_text(loader)
    (tmp_path / "pay.mjs").write_text(app)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    with running(Settings(port=0, log_level=LogLevel.WARNING)) as url:
        done = subprocess.run(
            ["node", "--import", "./to-sandbox.mjs", "pay.mjs"],
            cwd=tmp_path,
            env=os.environ | {"VIPPS_SANDBOX_URL": url},
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
