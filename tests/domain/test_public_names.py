"""What a domain module says is public, and what it defines, are the same."""

import ast
from importlib import import_module
from inspect import getsource
from pkgutil import iter_modules
from types import ModuleType

import pytest

from sandbox import domain

MODULES = [import_module(f"sandbox.domain.{found.name}") for found in iter_modules(domain.__path__)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_public_names_are_in_all(module: ModuleType) -> None:
    """A name without underscore that is not in `__all__` is there by mistake, or forgotten."""
    defined = {name for statement in ast.parse(getsource(module)).body for name in names_of(statement)}
    assert sorted(module.__all__) == sorted(name for name in defined if not name.startswith("_"))


def names_of(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        case _:
            return []
