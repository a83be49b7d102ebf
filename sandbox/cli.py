"""The command `vipps-sandbox`.

What a command needs is imported when it is called: a start is felt in every CI run.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click

from sandbox import __version__

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vipps-sandbox")
def main() -> None:
    """A stateful fake of Vipps MobilePay for integration testing, with a customer and a clock.

    Not affiliated with Vipps MobilePay.
    """


# --- serve ----------------------------------------------------------------------------------------------


@main.command()
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on; 0 takes a free one.  [default: 8080]")
@click.option("--public-url", help="What links begin with.  [default: the host that a request came to]")
@click.option("--access", help="Whom to let in: open or declared.  [default: open]")
@click.option("--customer", help="How customers answer when nobody plays them: a persona.  [default: manual]")
@click.option("--profile", help="lenient takes what production likely takes, strict the specification.  [lenient]")
@click.option("--log-level", help="debug, info, warning or error.  [default: info]")
def serve(**options: Any) -> None:
    """Serve the sandbox until it is told to stop.

    Each option is also an environment variable, such as SANDBOX_PORT; options win.
    """
    from sandbox.server import serve as run

    settings = _settings(options)
    _log_to_stderr(settings.log_level.upper())
    try:
        run(settings, lambda url: click.echo(_welcome(settings, url)))
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]  # what Python adds in brackets is said already
        raise click.ClickException(f"Cannot listen on {settings.host}:{settings.port}: {reason}.") from error


def _settings(options: dict[str, Any]) -> Any:
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from sandbox.settings import Settings

    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in details["loc"])
        raise click.UsageError(f"{name}: {details['msg']} (got {details['input']!r})") from error
    except SettingsError as error:
        raise click.UsageError(f"{error}: {error.__cause__}") from error


def _log_to_stderr(level: str) -> None:
    import logging

    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.getLogger("httpx").setLevel(max(logging.WARNING, logging.getLogger().level))


def _welcome(settings: Any, url: str) -> str:
    from sandbox.settings import AccessMode

    credentials = settings.credentials[0]
    is_open = settings.access is AccessMode.OPEN
    return "\n".join(
        (
            f"Vipps sandbox {__version__} listens on {url} (not affiliated with Vipps MobilePay)",
            "",
            f"  base URL for your app       {settings.public_url or url}   instead of https://apitest.vipps.no",
            f"  client_id                   {credentials.client_id}",
            f"  client_secret               {credentials.client_secret}",
            f"  Ocp-Apim-Subscription-Key   {credentials.subscription_key}",
            f"  Merchant-Serial-Number      {credentials.msn}",
            "  any other credentials and serial numbers do as well"
            if is_open
            else f"  only these and {len(settings.credentials) - 1} other declared sales units are let in",
            "",
            f"  a customer's phone          {settings.public_url or url}/phone/4791234567",
            f"  the sandbox's own API       {settings.public_url or url}/sandbox/units/{credentials.msn}",
            "",
        )
    )


# --- health ---------------------------------------------------------------------------------------------


@main.command()
@click.option("--url", help="Where the sandbox listens.  [default: http://127.0.0.1 and SANDBOX_PORT or 8080]")
@click.option("--timeout", default=2.0, show_default=True, help="How many seconds it may take to answer.")
def health(url: str | None, timeout: float) -> None:
    """Tell whether a sandbox is up; the exit code says it too."""
    import os
    from urllib.error import URLError
    from urllib.request import urlopen

    base = (url or f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT', '8080')}").rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise click.UsageError(f"--url must begin with http:// or https://, not {base!r}")
    try:
        with urlopen(f"{base}/sandbox/health", timeout=timeout) as response:  # noqa: S310 - checked above
            answer = json.load(response)
        click.echo(f"{base} is {answer['status']}, version {answer['version']}")
    except (URLError, OSError, ValueError, KeyError, TypeError) as error:
        click.echo(f"no sandbox answers at {base}: {error}", err=True)
        sys.exit(1)


# --- demo -----------------------------------------------------------------------------------------------


@main.command()
def demo() -> None:
    """Watch both invoice flows run over real HTTP, told as a story.

    Exits with 0 only if every check on the way held.
    """
    from sandbox.demo import run_demo

    sys.exit(0 if run_demo(click.echo) else 1)


# --- play -----------------------------------------------------------------------------------------------


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE…")
@click.option("--url", help="A running sandbox to play against; without it one is started.")
@click.option("-v", "--verbose", is_flag=True, help="Tell every step.")
def play(paths: tuple[Path, ...], url: str | None, verbose: bool) -> None:
    """Play scenario files, or all *.yaml below a folder, against a sandbox.

    Exits with 0 if all passed, 1 if one failed, 2 if one was not understood.
    """
    from contextlib import nullcontext

    from sandbox.playback import ScenarioInvalid, Stage, load
    from sandbox.playback import play as play_one
    from sandbox.playback.reports import step_line, told
    from sandbox.server import running
    from sandbox.settings import Settings

    files = [file for path in paths for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    if not files:
        raise click.UsageError("there are no *.yaml files below what was given")
    try:
        scenarios = [load(file) for file in files]
    except ScenarioInvalid as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    with running(Settings(port=0)) if url is None else nullcontext(url) as base_url, Stage(base_url) as stage:
        plays = []
        for scenario in scenarios:
            result = play_one(scenario, stage, on_step=lambda step: click.echo(step_line(step)) if verbose else None)
            plays.append(result)
            click.echo("\n".join(told(result)))
    failed = sum(not result.passed for result in plays)
    click.echo(f"{len(plays) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
