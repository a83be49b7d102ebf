"""`make bench` runs: every measure once, short, and without demands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif("CI" not in os.environ, reason="takes long; CI does it")
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is missing")
def test_the_benchmark_measures_all_that_it_should() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for measure in (
        "process start",
        "memory after",
        "memory per stored payment",
        "create",
        "p99 of create",
        "get",
        "webhooks delivered",
        "advance over open payments: each of 50 ",
        "advance over open payments, 3 registrations: each of 50 ",
        "flow A",
    ):
        assert f"\n{measure}" in done.stdout
