"""The command `vipps-sandbox`: a module for each command below it.

A command is imported when it is called, and what it needs likewise: a start is felt in every CI run.
"""

from importlib import import_module
from typing import Final

import click

from sandbox import __version__

__all__ = ["main"]

_COMMANDS: Final = ("checklist", "demo", "health", "play", "record", "schema", "serve", "verify-webhook")


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"sandbox.cli.{name}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vipps-sandbox")
def main() -> None:
    """A stateful fake of Vipps MobilePay for integration testing, with a customer and a clock.

    Not affiliated with Vipps MobilePay.
    """
