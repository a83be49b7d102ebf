"""Where a sandbox is that a command speaks to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from sandbox.playback import Stage

__all__ = ["TOKEN", "UNIT", "URL", "WrongAddress", "default_url", "stage_at"]

URL = click.option("--url", help="Where the sandbox listens.  [default: 127.0.0.1 and SANDBOX_PORT or 8080]")
UNIT = click.option("--unit", "msn", required=True, help="The merchant serial number of the sales unit.")
TOKEN = click.option("--token", envvar="SANDBOX_TOKEN", help="The token of the sandbox, if it has one.")

_TO_DO: Final = "; start one with `vipps-sandbox serve`, or say by --url where it listens"


class WrongAddress(click.ClickException):
    """There is no sandbox where one was said to be; told in one line."""

    exit_code = 2


def default_url() -> str:
    """Return where the sandbox listens that is set up by the same environment."""
    import os

    scheme = "https" if os.environ.get("SANDBOX_TLS", "").lower() in {"1", "true", "t", "yes", "y", "on"} else "http"
    return f"{scheme}://127.0.0.1:{os.environ.get('SANDBOX_PORT', '8080')}"


@contextmanager
def stage_at(url: str | None, token: str | None) -> Iterator["Stage"]:
    """Give a client of the sandbox at a URL, or where `default_url` says; what it refuses is told in one line."""
    from sandbox.playback import Stage, StageRefused

    try:
        with Stage(url or default_url(), token=token) as stage:
            yield stage
    except StageRefused as refused:
        to_do = _TO_DO if str(refused).startswith("no sandbox answers") else ""
        raise WrongAddress(f"{refused}{to_do}") from refused
