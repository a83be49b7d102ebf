"""The sandbox and the merchants of `tests/api`."""

from tests.api.conftest import anyio_backend, http, merchant, merchants, strict, wall

__all__ = ["anyio_backend", "http", "merchant", "merchants", "strict", "wall"]
