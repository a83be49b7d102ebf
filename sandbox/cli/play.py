"""The command `play`."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandbox.cli.addresses import TOKEN, WrongAddress
from sandbox.cli.configuration import settings_from
from sandbox.cli.files import A_FILE, THAT_IS_THERE, write

if TYPE_CHECKING:
    from sandbox.playback import LoadedScenario, Play

__all__ = ["play"]


@click.command(short_help="Play scenario files.")
@click.argument("paths", nargs=-1, required=True, type=THAT_IS_THERE, metavar="FILE…")
@click.option(
    "--url", help="A running sandbox to play against, or https://apitest.vipps.no; without it one is started."
)
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many play at once.")
@click.option("--limit", type=click.FloatRange(0.1, 3600), help="Seconds for each.  [default: 30; with people 600]")
@click.option(
    "--merchant",
    type=click.Choice(["client", "mine"]),
    default="client",
    show_default=True,
    help="Who the merchant is: the reference client, or your application, which is waited for.",
)
@click.option("--unit", "msn", help="The sales unit that your application uses.  [default: the printed one]")
@click.option("--app", help="Where your application listens, as ${app.url} in scenarios.")
@click.option(
    "--patience",
    type=click.FloatRange(0.1, 3600),
    default=10,
    show_default=True,
    help="Seconds that a step waits for your application.",
)
@click.option("--allow-commands", is_flag=True, help="Let merchant.trigger run commands that the files name.")
@click.option(
    "--customer",
    type=click.Choice(["played", "human"]),
    default="played",
    show_default=True,
    help="Who the customer is: the player, or somebody with the phone open.",
)
@TOKEN
@click.option("--junit", type=A_FILE, help="Write how they went as JUnit XML.")
@click.option("--html", type=A_FILE, help="Write how they went as one HTML page, with a sequence diagram of each.")
@click.option("--json", "as_json", type=A_FILE, help="Write how they went as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Tell every step.")
def play(
    paths: tuple[Path, ...],
    url: str | None,
    jobs: int,
    limit: float | None,
    junit: Path | None,
    html: Path | None,
    as_json: Path | None,
    verbose: bool,
    token: str | None,
    customer: str,
    **application: Any,
) -> None:
    """Play scenario files, or all *.yaml below a folder, each in a sales unit of its own.

    With --merchant mine, your application is the merchant: each of the merchant's steps waits for its call, in the
    application's sales unit.

    Against Vipps's own test environment, scenarios play that need no sandbox; its credentials are taken from
    VIPPS_CLIENT_ID, VIPPS_CLIENT_SECRET, VIPPS_SUBSCRIPTION_KEY and VIPPS_MSN.

    Exits with 0 if all passed, 1 if one failed or could not be played there, 2 if nothing was played: a file was
    not understood, or at the URL there is no sandbox with open access.
    """
    from datetime import timedelta

    from sandbox.playback import StageRefused, play_all, scenario_files, written_reports
    from sandbox.playback.reports import Progress, step_line, told

    cast = _cast(customer, url, jobs, **application)
    if limit is None:
        limit = 600 if cast.customer is not None else 30
    files = scenario_files(paths)
    if not files:
        raise click.UsageError("there are no *.yaml files below what was given")
    scenarios = _understood(files)
    progress = Progress(len(scenarios), on_terminal=sys.stderr.isatty())
    tells_steps = verbose and jobs == 1

    def on_end(result: "Play") -> None:
        with progress.aside():
            if verbose and not tells_steps:
                click.echo("\n".join(map(step_line, result.performed)))
            click.echo("\n".join(told(result, story=not verbose)))

    try:
        with _venue(url, token) as venue:
            plays = play_all(
                scenarios,
                venue,
                at_once=jobs,
                limit=timedelta(seconds=limit),
                cast=cast,
                on_step=lambda done: click.echo(step_line(done)) if tells_steps else None,
                on_end=on_end,
            )
    except StageRefused as refused:
        raise WrongAddress(str(refused)) from refused
    for path, written in (
        (junit, written_reports.as_junit),
        (html, written_reports.as_html),
        (as_json, written_reports.as_json),
    ):
        if path is not None:
            write(path, written(plays))
    click.echo(_counted(plays))
    sys.exit(0 if all(result.passed for result in plays) else 1)


def _counted(plays: Sequence["Play"]) -> str:
    counts = Counter(result.outcome.value for result in plays)
    not_played = f", {counts['refused']} not played" if counts["refused"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{not_played}"


def _understood(files: Sequence[Path]) -> list["LoadedScenario"]:
    """Return the scenarios of files, or tell every file that is not understood and leave."""
    from sandbox.control import judging
    from sandbox.playback import ScenarioInvalid, load

    scenarios, mistakes = [], []
    for file in files:
        try:
            scenarios += load(file, judging)
        except ScenarioInvalid as error:
            mistakes.append(str(error))
    if mistakes:
        click.echo("\n".join(mistakes), err=True)
        sys.exit(2)
    return scenarios


def _cast(
    customer: str,
    url: str | None,
    jobs: int,
    *,
    merchant: str,
    msn: str | None,
    app: str | None,
    patience: float,
    allow_commands: bool,
) -> Any:
    """Return who plays whom, as the options have it."""
    from datetime import timedelta

    from sandbox.playback import Cast, Mine, Person
    from sandbox.settings import HOME

    mine = None
    if merchant == "mine":
        if url is None:
            raise click.UsageError("--merchant mine needs --url: the sandbox that your application uses")
        if jobs > 1:
            raise click.UsageError("--merchant mine plays one story at a time: leave out -j")
        mine = Mine(msn or HOME.msn, app, timedelta(seconds=patience), allows_commands=allow_commands)
    elif msn is not None or app is not None or allow_commands:
        raise click.UsageError("--unit, --app and --allow-commands go with --merchant mine")
    if customer == "human" and url is None:
        raise click.UsageError("--customer human needs --url: the sandbox whose phone somebody has open")
    return Cast(mine, None if customer == "played" else Person(lambda what: click.echo(f"  → {what}")))


@contextmanager
def _venue(url: str | None, token: str | None) -> Iterator[Any]:
    """Give where scenarios are played: the sandbox at a URL, one of our own, or Vipps's test environment."""
    import os

    from sandbox.client import Credentials
    from sandbox.playback import Stage, real_stage

    with _a_sandbox(url) as base_url, Stage(base_url, token=token) as stage:
        keys = [
            os.environ.get(f"VIPPS_{name}", "") for name in ("CLIENT_ID", "CLIENT_SECRET", "SUBSCRIPTION_KEY", "MSN")
        ]
        if url is not None and all(keys) and not stage.is_sandbox():
            yield real_stage(base_url, Credentials(*keys), stage.transport)
        else:
            stage.check()
            yield stage


def _a_sandbox(url: str | None) -> AbstractContextManager[str]:
    """Return the sandbox at a URL; without one, a sandbox of our own."""
    from sandbox.server import running

    return nullcontext(url) if url is not None else running(settings_from({"port": 0, "access": "open"}))
