"""Files that commands read and write."""

from pathlib import Path
from typing import Any

import click

__all__ = ["A_FILE", "THAT_IS_THERE", "give", "write"]


class _ThatIsThere(click.Path):
    """A file or folder that exists; for another, the nearest beside it is told."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from sandbox.playback.nearest import did_you_mean

        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            path = Path(value)
            beside = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
            self.fail(f"{error.message.rstrip('.')}{did_you_mean(path.name, beside) or '.'}", param, ctx)


A_FILE = click.Path(dir_okay=False, path_type=Path)
THAT_IS_THERE = _ThatIsThere(exists=True, path_type=Path)


def write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from error


def give(text: str, path: Path | None) -> None:
    """Write a text, which ends with its line, to a file; without one, print it."""
    if path is None:
        click.echo(text, nl=False)
    else:
        write(path, text)
