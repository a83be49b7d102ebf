"""Find which ingredients give a signature: those received, or known mistakes about them."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from itertools import combinations, product
from typing import Any, NamedTuple

from sandbox.api.webhooks import mistakes
from sandbox.api.webhooks.verification.findings import signature_mangled
from sandbox.api.webhooks.verification.model import Finding

__all__ = ["Guess", "Guesses", "Parts", "search"]


class Parts(NamedTuple):
    """All ingredients; *layout* and *encode* are the recipe."""

    method: str
    target: str
    date: str
    host: str
    hashed: str
    key: bytes
    layout: str = "{method}\n{target}\n{date};{host};{hashed}"
    encode: Callable[[bytes], bytes] = b64encode

    @property
    def signed(self) -> str:
        values = {name: value for name, value in self._asdict().items() if isinstance(value, str)}
        return self.layout.format(**values)

    @property
    def signature(self) -> str:
        signed = self.signed.encode(errors="replace")
        return self.encode(hmac.digest(self.key, signed, sha256)).decode()


class Guess(NamedTuple):
    """Another value for one of the parts, and what it means if it is the right one."""

    value: Any
    finding: Finding


Guesses = Mapping[str, Sequence[Guess]]  # by the name of the part


def search(parts: Parts, guesses: Guesses, signature: str) -> tuple[Parts, tuple[Finding, ...]] | None:
    """Return the parts that give *signature* with as few guesses as will do, two at most, and what these tell."""
    for number in range(3):
        for names in combinations(guesses, number):
            for chosen in product(*(guesses[name] for name in names)):
                tried = parts._replace(**{name: guess.value for name, guess in zip(names, chosen, strict=True)})
                form = mistakes.signature_forms(tried.signature, signature)
                if form is not None:
                    findings = [guess.finding for guess in chosen]
                    if form:
                        findings.append(signature_mangled(form))
                    return tried, tuple(findings)
    return None
