"""The command `verify-webhook`."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import click

from sandbox.cli.addresses import WrongAddress

__all__ = ["verify_webhook"]


@click.command("verify-webhook", short_help="Say why a webhook's signature does not hold.")
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
    sent = _read(document) if document is not None else json.dumps(_webhook(**parts)).encode()
    told = _checked(sent) if url is None else _checked_by(url, sent)
    click.echo(told["summary"])
    for finding in told["findings"]:
        click.echo(f"  {finding['ingredient']}: {finding['change']}")
    for warning in told["warnings"]:
        click.echo(f"  note: {warning}")
    click.echo(f"  signed: {json.dumps(told['signed'], ensure_ascii=False)}\n  signature: {told['signature']}")
    sys.exit(0 if told["holds"] else 1)


def _read(document: Any) -> bytes:
    sent: bytes = document.read()
    try:
        json.loads(sent)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{document.name} is no JSON: {error}") from error
    return sent


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
    for header in headers:
        if ":" not in header:
            raise click.UsageError(f"a header is given as 'NAME: VALUE', not as {header!r}")
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
        raise WrongAddress(f"no sandbox answers at {url}: {error}") from error
    if answer.status_code != 200:
        raise click.UsageError(str(told.get("detail", answer.text)))
    return told
