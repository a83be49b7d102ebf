"""Which operation a method and a path mean."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from sandbox.api.gateway.near_paths import nearest_operation
from sandbox.api.gateway.operations import Operation
from sandbox.api.gateway.problems import ResourceNotFound

__all__ = ["Recognition"]

_SHOWN: Final = 200  # characters of a path
_PARAMETER: Final = re.compile(r"\{(\w+)\}")


class Recognition:
    """A table of operations, looked up by method and number of path segments, then by pattern."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = tuple(operations)
        self._methods = {operation.method for operation in self._operations}
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._patterns: dict[tuple[str, int], list[tuple[re.Pattern[str], Operation]]] = {}
        for operation in self._operations:
            if "{" not in operation.path and not operation.any_case:
                self._fixed[operation.method, operation.path] = operation
            else:
                key = operation.method, operation.path.count("/")
                self._patterns.setdefault(key, []).append((_pattern(operation), operation))

    def __call__(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """Return the operation and the parameters in its path; None if there is no such operation."""
        fixed = self._fixed.get((method, path))
        if fixed is not None:
            return fixed, {}
        for pattern, operation in self._patterns.get((method, path.count("/")), ()):
            match = pattern.fullmatch(path)
            if match is not None:
                return operation, match.groupdict()
        return None

    def nearest(self, method: str, path: str) -> ResourceNotFound:
        """Return why a method and a path mean no operation, with the operation that comes nearest to them."""
        shown = path[:_SHOWN]
        others = sorted({known for known in self._methods if known != method and self(known, path) is not None})
        if others:
            takes = " or ".join(others)
            return ResourceNotFound(
                f"{shown} takes {takes}, not {method}.",
                nearest=f"{takes} {shown}",
                differs=(f"the method, {method} instead of {takes}",),
            )
        near, differs = nearest_operation(self._operations, method, shown)
        hint = "" if near is None else f"; the nearest is {near.path}"
        return ResourceNotFound(
            f"No operation of this version of the sandbox has the path {shown}{hint}.",
            nearest=None if near is None else f"{near.method} {near.path}",
            differs=differs,
        )


def _pattern(operation: Operation) -> re.Pattern[str]:
    literal_and_name = _PARAMETER.split(operation.path)
    text = "".join(
        f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(literal_and_name)
    )
    return re.compile(text, re.IGNORECASE if operation.any_case else 0)
