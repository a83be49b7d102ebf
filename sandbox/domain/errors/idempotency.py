"""Refusals that an Idempotency-Key brings about."""

from datetime import datetime

from sandbox.domain.errors.refusal import Refusal, instant_text

__all__ = [
    "CaptureKeyReused",
    "CreateKeyReused",
    "KeyReused",
    "RefundKeyReused",
    "RememberedAnswer",
]


class KeyReused(Refusal):
    """The Idempotency-Key came before, with other content."""

    idempotency_key: str

    def __str__(self) -> str:
        return f"Idempotency-Key {self.idempotency_key} already exists."


class CreateKeyReused(KeyReused): ...


class CaptureKeyReused(KeyReused): ...


class RefundKeyReused(KeyReused): ...


class RememberedAnswer(Exception):
    """Why a refusal came: not for the state that the call met, but because its key remembers it."""

    def __init__(self, idempotency_key: str, first: datetime) -> None:
        super().__init__(idempotency_key, first)
        self.idempotency_key = idempotency_key
        self.first = first

    def __str__(self) -> str:
        return (
            f"This is what Idempotency-Key {self.idempotency_key} was answered first, at {instant_text(self.first)}."
        )
