"""The command `vipps-sandbox`.

What a command needs is imported when it is called: a start is felt in every CI run.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandbox import __version__

if TYPE_CHECKING:
    from sandbox.playback import LoadedScenario

__all__ = ["main"]


class _WrongAddress(click.ClickException):
    """There is no sandbox where one was said to be; told in one line."""

    exit_code = 2


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
@click.option("--tls", is_flag=True, default=None, help="Serve https, with a certificate of a local authority.")
@click.option("--tls-host", "tls_hosts", multiple=True, help="A name that the certificate is for as well; give each.")
@click.option("--tls-folder", help="Keep the authority here.  [default: a new one at each start]")
@click.option("--tls-ca-file", help="Write the authority's certificate here.  [default: print it]")
@click.option("--log-level", help="debug, info, warning or error.  [default: info]")
@click.option("--log-format", help="text, or json for an object a line.  [default: text]")
def serve(**options: Any) -> None:
    """Serve the sandbox until it is told to stop.

    Each option is also an environment variable, such as SANDBOX_PORT; options win.
    """
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it is told
        _serve(options)


def _serve(options: dict[str, Any]) -> None:
    from sandbox.logs import log_to_stderr
    from sandbox.server import serve as run

    settings = _settings({**options, "tls_hosts": options["tls_hosts"] or None})
    log_to_stderr(settings)
    proof = _identity(settings) if settings.tls else None
    try:
        run(settings, lambda url: click.echo(_greeting(settings, url, proof)), proof and proof.context)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]  # what Python adds in brackets is said already
        raise click.ClickException(f"Cannot listen on {settings.host}:{settings.port}: {reason}.") from error


def _settings(options: dict[str, Any]) -> Any:
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from sandbox.settings import Settings

    _warn_of_unknown_variables([f"SANDBOX_{name.upper()}" for name in Settings.model_fields])
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in details["loc"])
        got = "" if details["loc"][0] == "units" else f" (got {details['input']!r})"  # credentials are not repeated
        raise click.UsageError(f"{name}: {details['msg']}{got}") from error
    except SettingsError as error:
        raise click.UsageError(f"{error}: {error.__cause__}") from error


def _warn_of_unknown_variables(known: list[str]) -> None:
    """A misspelt variable sets nothing, and would say nothing either."""
    import os
    from difflib import get_close_matches

    for name in sorted(os.environ.keys() - known):
        if name.startswith("SANDBOX_"):
            near = get_close_matches(name, known, n=1)
            click.echo(f"warning: {name} sets nothing{f'; did you mean {near[0]}?' if near else ''}", err=True)


def _identity(settings: Any) -> Any:
    from sandbox.tls import AuthorityUnusable, TlsMissing, identity

    try:
        return identity(settings.names, folder=settings.tls_folder, ca_file=settings.tls_ca_file)
    except (TlsMissing, AuthorityUnusable, ValueError) as error:
        raise click.ClickException(f"{error}.") from error
    except OSError as error:
        raise click.ClickException(f"No certificate can be made: {error}.") from error


def _greeting(settings: Any, url: str, proof: Any) -> str:
    """Return what is said once the server answers."""
    from sandbox.logs import as_json_line
    from sandbox.settings import LogFormat

    if settings.log_format is LogFormat.JSON:
        values = {"version": __version__, "url": url, "public_url": settings.public_url}
        values |= {"msn": settings.credentials[0].msn, "access": settings.access.value}
        if proof is not None:
            values |= {"ca_pem": proof.ca_pem, "ca_file": proof.ca_file}
        return as_json_line("listening", values)
    if proof is None:
        return _welcome(settings, url)
    if proof.ca_file is None:
        return (
            f"{_welcome(settings, url)}Its certificate is good for those who trust this authority:\n\n{proof.ca_pem}"
        )
    return f"{_welcome(settings, url)}Its certificate is good for those who trust the authority in {proof.ca_file}\n"


def _welcome(settings: Any, url: str) -> str:
    credentials = settings.credentials[0]
    return "\n".join(
        (
            f"Vipps sandbox {__version__} listens on {url} (not affiliated with Vipps MobilePay)",
            "",
            f"  base URL for your app       {settings.public_url or url}   instead of https://apitest.vipps.no",
            f"  client_id                   {credentials.client_id}",
            f"  client_secret               {credentials.client_secret}",
            f"  Ocp-Apim-Subscription-Key   {credentials.subscription_key}",
            f"  Merchant-Serial-Number      {credentials.msn}",
            f"  {_let_in(settings)}",
            "",
            f"  the dashboard               {settings.public_url or url}/",
            f"  a customer's phone          {settings.public_url or url}/phone/4791234567",
            f"  the sandbox's own API       {settings.public_url or url}/sandbox/units/{credentials.msn}",
            "",
        )
    )


def _let_in(settings: Any) -> str:
    from sandbox.settings import AccessMode

    if settings.access is AccessMode.OPEN:
        return "any other credentials and serial numbers do as well"
    others = len(settings.credentials) - 1
    if others == 0:
        return "only these are let in"
    return f"only these and {others} other declared sales unit{'s' if others > 1 else ''} are let in"


# --- health ---------------------------------------------------------------------------------------------


@main.command()
@click.option("--url", help="Where the sandbox listens.  [default: 127.0.0.1 and SANDBOX_PORT or 8080]")
@click.option("--timeout", default=2.0, show_default=True, help="How many seconds it may take to answer.")
def health(url: str | None, timeout: float) -> None:
    """Tell whether a sandbox is up; the exit code says it too."""
    import ssl
    from http.client import HTTPException
    from urllib.error import URLError
    from urllib.request import urlopen

    trust = None
    if url is None:
        url = _default_url()
        trust = ssl._create_unverified_context()  # noqa: S323, SLF001 - on loopback, and nothing secret is told
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(f"--url must begin with http:// or https://, not {url!r}")
    base = url.rstrip("/")
    try:
        with urlopen(f"{base}/sandbox/health", timeout=timeout, context=trust) as response:  # noqa: S310 - checked above
            answer = json.load(response)
        click.echo(f"{base} is {answer['status']}, version {answer['version']}")
    except (URLError, OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        click.echo(f"no sandbox answers at {base}: {str(error).strip() or type(error).__name__}", err=True)
        sys.exit(1)


def _default_url() -> str:
    """Return where the sandbox listens that is set up by the same environment."""
    import os

    scheme = "https" if os.environ.get("SANDBOX_TLS", "").lower() in {"1", "true", "t", "yes", "y", "on"} else "http"
    return f"{scheme}://127.0.0.1:{os.environ.get('SANDBOX_PORT', '8080')}"


# --- demo -----------------------------------------------------------------------------------------------


@main.command()
def demo() -> None:
    """Watch both invoice flows run over real HTTP, told as a story.

    Exits with 0 only if every check on the way held.
    """
    from sandbox.demo import run_demo

    sys.exit(0 if run_demo(click.echo) else 1)


# --- play -----------------------------------------------------------------------------------------------

_A_FILE = click.Path(dir_okay=False, path_type=Path)
_TOKEN = click.option("--token", envvar="SANDBOX_TOKEN", help="The token of the sandbox, if it has one.")


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE…")
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
@_TOKEN
@click.option("--junit", type=_A_FILE, help="Write how they went as JUnit XML.")
@click.option("--html", type=_A_FILE, help="Write how they went as one HTML page, with a sequence diagram of each.")
@click.option("--json", "as_json", type=_A_FILE, help="Write how they went as JSON.")
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

    from sandbox.playback import Play, StageRefused, play_all, scenario_files, written_reports
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

    def on_end(result: Play) -> None:
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
        raise _WrongAddress(str(refused)) from refused
    for path, written in (
        (junit, written_reports.as_junit),
        (html, written_reports.as_html),
        (as_json, written_reports.as_json),
    ):
        if path is not None:
            _write(path, written(plays))
    counts = Counter(result.outcome.value for result in plays)
    not_played = f", {counts['refused']} not played" if counts["refused"] else ""
    click.echo(f"{counts['passed']} passed, {counts['failed']} failed{not_played}")
    sys.exit(0 if counts["passed"] == len(plays) else 1)


def _understood(files: Sequence[Path]) -> list["LoadedScenario"]:
    """Return the scenarios of files, or tell every file that is not understood and leave."""
    from sandbox.playback import ScenarioInvalid, load

    scenarios, mistakes = [], []
    for file in files:
        try:
            scenarios += load(file)
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


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from error


def _a_sandbox(url: str | None) -> AbstractContextManager[str]:
    """Return the sandbox at a URL; without one, a sandbox of our own."""
    from sandbox.server import running

    return nullcontext(url) if url is not None else running(_settings({"port": 0, "access": "open"}))


# --- schema ---------------------------------------------------------------------------------------------


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for an editor to check and complete them."""
    from sandbox.playback import scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))


# --- record ---------------------------------------------------------------------------------------------


@main.command()
@click.option("--unit", "msn", required=True, help="The merchant serial number of the sales unit.")
@click.option("--url", help="Where the sandbox listens.  [default: 127.0.0.1 and SANDBOX_PORT or 8080]")
@click.option("-o", "--output", type=_A_FILE, help="Write the scenario to a file.  [default: print it]")
@_TOKEN
def record(msn: str, url: str | None, output: Path | None, token: str | None) -> None:
    """Tell what happened in a sales unit as a scenario file, which `play` plays the same again."""
    from sandbox.playback import Stage, StageRefused

    try:
        with Stage(url or _default_url(), token=token) as stage:
            scenario = stage.recording(msn)
    except StageRefused as refused:
        raise _WrongAddress(str(refused)) from refused
    if output is None:
        click.echo(scenario, nl=False)
    else:
        _write(output, scenario)


# --- checklist ------------------------------------------------------------------------------------------


@main.command()
@click.option("--unit", "msn", required=True, help="The merchant serial number of the sales unit.")
@click.option("--url", help="Where the sandbox listens.  [default: http://127.0.0.1 and SANDBOX_PORT or 8080]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="As what.",
)
@click.option("-o", "--output", type=_A_FILE, help="Write it to a file.  [default: print it]")
def checklist(msn: str, url: str | None, form: str, output: Path | None) -> None:
    """Fill in Vipps's go-live checklist from what an app did in a sales unit.

    Exits with 0 if nothing is broken, 1 if something is, 2 if there is no such sales unit or no sandbox.
    """
    import os

    from sandbox.checklist import reports
    from sandbox.playback import Stage, StageRefused

    try:
        with Stage(url or f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT', '8080')}") as stage:
            filled_in = stage.checklist(msn)
    except StageRefused as refused:
        raise _WrongAddress(str(refused)) from refused
    told = {"text": reports.as_text, "json": reports.as_indented_json, "junit": reports.as_junit}[form](filled_in)
    if output is None:
        click.echo(told)
    else:
        _write(output, f"{told}\n")
    sys.exit(1 if reports.broken_in(filled_in) else 0)


# --- verify-webhook -------------------------------------------------------------------------------------


@main.command("verify-webhook")
@click.option("--json", "document", type=click.File("rb"), metavar="FILE", help="All of it as JSON; - reads stdin.")
@click.option("--method", default="POST", show_default=True, help="The method as it was received.")
@click.option("--path", help="Path and query as they were received.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header; give each.")
@click.option("--body", type=click.File("rb"), metavar="FILE", help="The body's bytes; - reads stdin.")
@click.option(
    "--secret", envvar="VIPPS_WEBHOOK_SECRET", help="The registration's secret.  [env: VIPPS_WEBHOOK_SECRET]"
)
@click.option("--registered-url", help="The URL that was registered, if it is known.")
@click.option("--computed", help="The signature that your app came to, to learn how.")
@click.option("--url", help="A running sandbox that may know the delivery.")
def verify_webhook(document: Any, url: str | None, **parts: Any) -> None:
    """Say whether a webhook's signature holds, and if not, which ingredient is wrong.

    Exits with 0 if it holds, 1 if not, 2 if what was given is not understood.
    """
    sent = document.read() if document is not None else json.dumps(_webhook(**parts)).encode()
    told = _checked(sent) if url is None else _checked_by(url, sent)
    click.echo(told["summary"])
    for finding in told["findings"]:
        click.echo(f"  {finding['ingredient']}: {finding['change']}")
    for warning in told["warnings"]:
        click.echo(f"  note: {warning}")
    click.echo(f"  signed: {json.dumps(told['signed'], ensure_ascii=False)}\n  signature: {told['signature']}")
    sys.exit(0 if told["holds"] else 1)


def _webhook(
    *,
    path: str | None,
    headers: tuple[str, ...],
    body: Any,
    secret: str | None,
    registered_url: str | None,
    **rest: Any,
) -> dict[str, Any]:
    """Return the options as the JSON that the sandbox's own API takes."""
    from base64 import b64encode

    if path is None or secret is None or not headers:
        raise click.UsageError("say --path, --secret and each --header, or all of it by --json")
    split = [tuple(part.strip() for part in header.partition(":")[::2]) for header in headers]
    return {
        "path": path,
        "headers": split,
        "bodyBase64": b64encode(b"" if body is None else body.read()).decode(),
        "secret": secret,
        "url": registered_url,
        **rest,
    }


def _checked(sent: bytes) -> Mapping[str, Any]:
    from sandbox.control.parsing import understood
    from sandbox.control.problems import Problem
    from sandbox.control.webhook_check import WebhookCheck, check_webhook
    from sandbox.world.world import wall_clock

    try:
        return check_webhook(understood(WebhookCheck, sent), wall_clock())
    except Problem as problem:
        raise click.UsageError(str(problem)) from problem


def _checked_by(url: str, sent: bytes) -> Mapping[str, Any]:
    import httpx

    try:
        answer = httpx.post(f"{url.rstrip('/')}/sandbox/webhooks/verify", content=sent)
        told: dict[str, Any] = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise _WrongAddress(f"no sandbox answers at {url}: {error}") from error
    if answer.status_code != 200:
        raise click.UsageError(str(told.get("detail", answer.text)))
    return told
