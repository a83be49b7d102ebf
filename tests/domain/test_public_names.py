"""What a domain module says is public, and what it defines, are the same."""

import ast
from importlib import import_module
from inspect import getsource
from pkgutil import walk_packages
from types import ModuleType

import pytest

from sandbox import domain

MODULES = [import_module(found.name) for found in walk_packages(domain.__path__, "sandbox.domain.")]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_public_names_are_in_all(module: ModuleType) -> None:
    """A name without underscore that is not in `__all__` is there by mistake, or forgotten.

    What a package has is what it imports from its own modules.
    """
    defined = {name for statement in ast.parse(getsource(module)).body for name in names_of(statement, module)}
    assert sorted(module.__all__) == sorted(name for name in defined if not name.startswith("_"))


def names_of(statement: ast.stmt, module: ModuleType) -> list[str]:
    match statement:
        case ast.ImportFrom(module=str(home), names=names) if home.startswith(f"{module.__name__}."):
            return [alias.name for alias in names]
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        case _:
            return []
