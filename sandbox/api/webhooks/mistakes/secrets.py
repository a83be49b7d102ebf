"""What else a webhook's secret may have been, or the key made of it; never told itself."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

from sandbox.api.webhooks.mistakes.decoding import from_base64

__all__ = ["keys_mistaken", "secrets_before"]


def secrets_before(secret: str) -> Iterator[tuple[bytes, str]]:
    """Give what a secret may have been before it was stored, and what became of it there; never the secret."""
    bare = secret.strip()
    yield _key(bare), "has white space around it"
    for mark in "\"'`":
        if len(bare) > 1 and bare[0] == bare[-1] == mark:
            yield _key(bare[1:-1]), "has quotes around it"
    yield _key(bare.replace(" ", "+")), "has blanks where the plus signs were, as after being sent in a form"
    yield _key(unquote(bare)), "is percent-encoded"
    yield _key(bare.replace(r"\/", "/")), r"has its slashes written as \/"
    yield _key(bare.replace("-", "+").replace("_", "/")), "has - and _ where + and / were, as in base64 for URLs"
    yield _key(bare.rstrip("=") + "=" * (-len(bare.rstrip("=")) % 4)), "has lost the equals signs at its end"
    yield _key("".join(bare.split())), "has line breaks or blanks within it"
    if (decoded := from_base64(_key(bare))) is not None:
        yield decoded.strip(), "was encoded in base64 once more, as in a Kubernetes secret"
    yield b64encode(_key(bare)), "was decoded from base64: the secret is the text, as it was given"


def keys_mistaken(secret: bytes) -> Iterator[tuple[bytes, str]]:
    """Give what an app may take for the key, and what that is called; never the key."""
    for padding in (b"", b"=", b"=="):
        if (decoded := from_base64(secret + padding)) is not None:
            yield decoded, "the secret decoded from base64 instead of its text"
    yield secret + b"\n", "the secret with a line end"
    yield b64encode(secret), "the secret encoded in base64 once more"
    with suppress(ValueError):
        yield bytes.fromhex(secret.decode().replace("-", "")), "the secret decoded from hexadecimal"


def _key(secret: str) -> bytes:
    return secret.encode(errors="replace")
