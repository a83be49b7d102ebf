"""The command `checklist`."""

import sys
from pathlib import Path

import click

from sandbox.cli.addresses import TOKEN, UNIT, URL, stage_at
from sandbox.cli.files import A_FILE, give

__all__ = ["checklist"]


@click.command(short_help="Fill in Vipps's go-live checklist.")
@UNIT
@URL
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="As what.",
)
@click.option("-o", "--output", type=A_FILE, help="Write it to a file.  [default: print it]")
@TOKEN
def checklist(msn: str, url: str | None, form: str, output: Path | None, token: str | None) -> None:
    """Fill in Vipps's go-live checklist from what an app did in a sales unit.

    Exits with 0 if nothing is broken, 1 if something is, 2 if there is no such sales unit or no sandbox.
    """
    from sandbox.checklist import reports

    with stage_at(url, token) as stage:
        filled_in = stage.checklist(msn)
    told = {"text": reports.as_text, "json": reports.as_indented_json, "junit": reports.as_junit}[form](filled_in)
    give(f"{told}\n", output)
    sys.exit(1 if reports.broken_in(filled_in) else 0)
