"""What the package exports, and what its modules hold, are the same."""

from inspect import ismodule

from sandbox import testing


def test_every_public_name_is_exported() -> None:
    """A name without underscore that is not in `__all__` is there by mistake, or forgotten."""
    found = {name for name, value in vars(testing).items() if not name.startswith("_") and not ismodule(value)}
    assert sorted(testing.__all__) == sorted(found)
