"""The command `demo`."""

import sys

import click

__all__ = ["demo"]


@click.command(short_help="Watch both invoice flows, told as a story.")
def demo() -> None:
    """Watch both invoice flows run over real HTTP, told as a story.

    Exits with 0 only if every check on the way held.
    """
    from sandbox.demo import run_demo

    sys.exit(0 if run_demo(click.echo) else 1)
