"""Which operation a method and a path mean."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from sandbox.api.gateway.operations import Operation

__all__ = ["Recognition"]

_PARAMETER: Final = re.compile(r"\{(\w+)\}")


class Recognition:
    """A table of operations, looked up by method and number of path segments, then by pattern."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._patterns: dict[tuple[str, int], list[tuple[re.Pattern[str], Operation]]] = {}
        for operation in operations:
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


def _pattern(operation: Operation) -> re.Pattern[str]:
    literal_and_name = _PARAMETER.split(operation.path)
    text = "".join(
        f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(literal_and_name)
    )
    return re.compile(text, re.IGNORECASE if operation.any_case else 0)
