"""Which operation a method and a path mean."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from sandbox.api.gateway.operations import Operation

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

    def nearest(self, method: str, path: str) -> str:
        """Return what is wrong with a method and a path that mean no operation, for a developer to read."""
        others = sorted({known for known in self._methods if known != method and self(known, path) is not None})
        if others:
            return f"{path[:_SHOWN]} takes {' or '.join(others)}, not {method}."
        near = get_close_matches(path[:_SHOWN], [operation.path for operation in self._operations], n=1, cutoff=0.5)
        hint = f"; the nearest is {near[0]}" if near else ""
        return f"No operation of this version of the sandbox has the path {path[:_SHOWN]}{hint}."


def _pattern(operation: Operation) -> re.Pattern[str]:
    literal_and_name = _PARAMETER.split(operation.path)
    text = "".join(
        f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(literal_and_name)
    )
    return re.compile(text, re.IGNORECASE if operation.any_case else 0)
