"""Where a sandbox is that a command speaks to."""

import click

__all__ = ["TOKEN", "WrongAddress", "default_url"]

TOKEN = click.option("--token", envvar="SANDBOX_TOKEN", help="The token of the sandbox, if it has one.")


class WrongAddress(click.ClickException):
    """There is no sandbox where one was said to be; told in one line."""

    exit_code = 2


def default_url() -> str:
    """Return where the sandbox listens that is set up by the same environment."""
    import os

    scheme = "https" if os.environ.get("SANDBOX_TLS", "").lower() in {"1", "true", "t", "yes", "y", "on"} else "http"
    return f"{scheme}://127.0.0.1:{os.environ.get('SANDBOX_PORT', '8080')}"
