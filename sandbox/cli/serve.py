"""The command `serve`."""

import gc
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from sandbox import __version__
from sandbox.cli.configuration import settings_from

__all__ = ["serve"]


@click.command()
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on; 0 takes a free one.  [default: 8080]")
@click.option("--public-url", help="What links begin with.  [default: the host that a request came to]")
@click.option("--access", help="Whom to let in: open or declared.  [default: open]")
@click.option("--customer", help="How customers answer when nobody plays them: a persona.  [default: manual]")
@click.option(
    "--profile", help="lenient takes what production likely takes, strict the specification.  [default: lenient]"
)
@click.option("--scenarios", help="A folder of scenarios to play on the dashboard.  [default: ./scenarios, if there]")
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
    gc.disable()  # until `sandbox.server.serve` enables it: to look for garbage among imports is a tenth of a start
    try:
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it is told
            _serve(options)
    finally:
        gc.enable()


def _serve(options: dict[str, Any]) -> None:
    import errno

    from sandbox.logs import log_to_stderr
    from sandbox.server import serve as run

    settings = settings_from(
        {**options, "tls_hosts": options["tls_hosts"] or None, "scenarios": _scenarios(options["scenarios"])}
    )
    _refuse_what_would_do_nothing(settings)
    log_to_stderr(settings)
    proof = _identity(settings) if settings.tls else None
    try:
        run(settings, lambda url: click.echo(_greeting(settings, url, proof)), proof and proof.context)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]  # what Python adds in brackets is said already
        to_do = " Say another with --port; 0 takes a free one." if error.errno == errno.EADDRINUSE else ""
        raise click.ClickException(f"Cannot listen on {settings.host}:{settings.port}: {reason}.{to_do}") from error


def _scenarios(asked: str | None) -> str | None:
    """Return the folder that is asked for, else the one that lies where the server is started; nothing is none."""
    import os

    if asked is None and "SANDBOX_SCENARIOS" not in os.environ and Path("scenarios").is_dir():
        return "scenarios"
    return asked


def _refuse_what_would_do_nothing(settings: Any) -> None:
    """Refuse a folder of scenarios that is not there, and settings of TLS without it; `SANDBOX_TLS=false` means that.

    Raises:
        click.UsageError: naming the setting.
    """
    import os

    if settings.scenarios is not None and not os.path.isdir(settings.scenarios):  # noqa: PTH112 - it raises nothing
        raise click.UsageError(f"scenarios: there is no folder {str(settings.scenarios)!r}")
    if "tls" not in settings.model_fields_set:
        for name in ("tls_hosts", "tls_folder", "tls_ca_file"):
            if getattr(settings, name):
                raise click.UsageError(f"{name}: this does nothing without TLS; add --tls (or SANDBOX_TLS=true)")


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
