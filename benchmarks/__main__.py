"""The command `python -m benchmarks`."""

import argparse
import os
import shutil
import sys

from benchmarks.measures import FULL, MEASURES, QUICK, Row
from benchmarks.reactions import REACTIONS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the sandbox.")
    parser.add_argument("--quick", action="store_true", help="see whether it runs at all; demand nothing")
    quick = parser.parse_args().quick
    if shutil.which("wrk") is None:
        parser.error("wrk is not installed; in Debian it is the package wrk")
    print(f"load average before: {os.getloadavg()[0]:.1f}, processors: {os.cpu_count()}", file=sys.stderr)
    rows: list[Row] = []
    for measure in (*MEASURES, *REACTIONS):
        print(f"measuring: {measure.__name__.replace('_', ' ')} …", file=sys.stderr, flush=True)
        rows += measure(QUICK if quick else FULL)
    _print_table(rows, judged=not quick)
    return 0 if quick or all(row.met is not False for row in rows) else 1


def _print_table(rows: list[Row], *, judged: bool) -> None:
    lines = [["what", "reference", "sandbox", "ratio", "demanded", ""]]
    for row in rows:
        verdict = {True: "met", False: "MISSED", None: ""}[row.met] if judged else ""
        lines.append([row.what, row.reference, row.sandbox, row.ratio, row.demanded, verdict])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for what, *cells in lines:
        aligned = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        print("  ".join([what.ljust(widths[0]), *aligned]).rstrip())
    for row in rows:
        if judged and row.met is False:
            print(f"MISSED: {row.what}. What limits it: {row.limit}.")


if __name__ == "__main__":
    sys.exit(main())
