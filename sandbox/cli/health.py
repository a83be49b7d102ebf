"""The command `health`."""

import json
import sys

import click

from sandbox.cli.addresses import URL, default_url

__all__ = ["health"]


@click.command(short_help="Tell whether a sandbox is up.")
@URL
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="How many seconds it may take to answer.",
)
def health(url: str | None, timeout: float) -> None:
    """Tell whether a sandbox is up; the exit code says it too."""
    import ssl
    from http.client import HTTPException
    from urllib.error import URLError
    from urllib.request import urlopen

    trust = None
    if url is None:
        url = default_url()
        trust = ssl._create_unverified_context()  # noqa: S323, SLF001 - on loopback, and nothing secret is told
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(f"--url must begin with http:// or https://, not {url!r}")
    base = url.rstrip("/")
    try:
        with urlopen(f"{base}/sandbox/health", timeout=timeout, context=trust) as response:  # noqa: S310 - checked above
            answer = json.load(response)
        click.echo(f"{base} is {answer['status']}, version {answer['version']}")
    except (URLError, OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        reason = getattr(error, "reason", error)  # what an URLError wraps
        click.echo(f"no sandbox answers at {base}: {str(reason).strip() or type(reason).__name__}", err=True)
        sys.exit(1)
