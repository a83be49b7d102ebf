"""Settings, from a command's options and the environment."""

from typing import Any

import click

__all__ = ["settings_from"]


def settings_from(options: dict[str, Any]) -> Any:
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from sandbox.settings import Settings

    _warn_of_unknown_variables([_variable(name) for name in Settings.model_fields])
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in details["loc"])
        if details["loc"][0] not in given:
            name = f"{_variable(str(details['loc'][0]))}: {name}"
        got = "" if details["loc"][0] == "units" else f" (got {details['input']!r})"  # credentials are not repeated
        raise click.UsageError(f"{name}: {details['msg']}{got}") from error
    except SettingsError as error:
        field = str(error).partition('"')[2].partition('"')[0]
        raise click.UsageError(f"{_variable(field)} is no JSON: {error.__cause__}") from error


def _variable(field: str) -> str:
    return f"SANDBOX_{field.upper()}"


def _warn_of_unknown_variables(known: list[str]) -> None:
    """A misspelt variable sets nothing, and would say nothing either; nor do those of a sales unit's settings."""
    import os
    from dataclasses import fields
    from difflib import get_close_matches

    from sandbox.domain.sales_unit import UnitSettings

    of_units = {_variable(field.name) for field in fields(UnitSettings)} - set(known)
    for name in sorted(os.environ.keys() - known):
        if not name.startswith("SANDBOX_"):
            continue
        near = next(iter(get_close_matches(name, [*known, *of_units], n=1, cutoff=0.8)), None)
        if near in of_units:
            hint = ": that is a setting of each sales unit, changed by PATCH /sandbox/units/{msn}/settings"
        else:
            hint = "" if near is None else f"; did you mean {near}?"
        click.echo(f"warning: {name} sets nothing{hint}", err=True)
