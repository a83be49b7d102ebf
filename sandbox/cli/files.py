"""Files that commands write."""

from pathlib import Path

import click

__all__ = ["A_FILE", "give", "write"]

A_FILE = click.Path(dir_okay=False, path_type=Path)


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
