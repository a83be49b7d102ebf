"""The command `schema`."""

import json

import click

__all__ = ["schema"]


@click.command(short_help="Print the JSON Schema of scenario files.")
def schema() -> None:
    """Print the JSON Schema of scenario files, for an editor to check and complete them."""
    from sandbox.playback import scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))
