"""What the package exports, and what its modules hold, are the same."""

from inspect import ismodule

from sandbox import client
from sandbox.client import _errors


def test_every_public_name_is_exported() -> None:
    """A name without underscore that is not in `__all__` is there by mistake, or forgotten."""
    found = {name for name, value in vars(client).items() if not name.startswith("_") and not ismodule(value)}
    assert sorted(client.__all__) == sorted(found)


def test_every_error_is_exported_and_drawn_in_the_tree() -> None:
    errors = {
        name
        for name, value in vars(_errors).items()
        if isinstance(value, type) and issubclass(value, client.VippsError)
    }
    drawn = {word for word in (_errors.__doc__ or "").replace("─", " ").split() if word in errors}
    assert errors <= set(client.__all__)
    assert drawn == errors
