"""Nothing is needed beyond this machine."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CUT_OFF = ("unshare", "--map-root-user", "--net", "sh", "-ec", 'ip link set lo up; exec "$@"', "sh")


def cut_off(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a network of its own, that has the loopback and nothing else."""
    return subprocess.run([*CUT_OFF, *command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(autouse=True)
def _can_be_cut_off() -> None:
    missing = [command for command in ("unshare", "ip") if shutil.which(command) is None]
    if missing or cut_off("true").returncode != 0:
        pytest.skip(f"{', '.join(missing) or 'a network of its own'} cannot be had here")


def test_both_flows_run_without_any_network() -> None:
    elsewhere = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    assert "Network is unreachable" in cut_off(sys.executable, "-c", elsewhere).stderr
    done = cut_off(sys.executable, "-m", "sandbox", "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 of 12 checks held." in done.stdout
