"""Settings, from a command's options and the environment."""

from typing import Any

import click

__all__ = ["settings_from"]


def settings_from(options: dict[str, Any]) -> Any:
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
