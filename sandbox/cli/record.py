"""The command `record`."""

from pathlib import Path

import click

from sandbox.cli.addresses import TOKEN, UNIT, URL, stage_at
from sandbox.cli.files import A_FILE, give

__all__ = ["record"]


@click.command(short_help="Tell what happened as a scenario file.")
@UNIT
@URL
@click.option("-o", "--output", type=A_FILE, help="Write the scenario to a file.  [default: print it]")
@TOKEN
def record(msn: str, url: str | None, output: Path | None, token: str | None) -> None:
    """Tell what happened in a sales unit as a scenario file, which `play` plays the same again."""
    with stage_at(url, token) as stage:
        scenario = stage.recording(msn)
    give(scenario, output)
