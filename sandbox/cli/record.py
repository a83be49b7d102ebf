"""The command `record`."""

from pathlib import Path

import click

from sandbox.cli.addresses import TOKEN, WrongAddress, default_url
from sandbox.cli.files import A_FILE, write

__all__ = ["record"]


@click.command(short_help="Tell what happened as a scenario file.")
@click.option("--unit", "msn", required=True, help="The merchant serial number of the sales unit.")
@click.option("--url", help="Where the sandbox listens.  [default: 127.0.0.1 and SANDBOX_PORT or 8080]")
@click.option("-o", "--output", type=A_FILE, help="Write the scenario to a file.  [default: print it]")
@TOKEN
def record(msn: str, url: str | None, output: Path | None, token: str | None) -> None:
    """Tell what happened in a sales unit as a scenario file, which `play` plays the same again."""
    from sandbox.playback import Stage, StageRefused

    try:
        with Stage(url or default_url(), token=token) as stage:
            scenario = stage.recording(msn)
    except StageRefused as refused:
        raise WrongAddress(str(refused)) from refused
    if output is None:
        click.echo(scenario, nl=False)
    else:
        write(output, scenario)
