"""What an app may do otherwise than the recipe when it computes a signature itself."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Final

from sandbox.api.webhooks import mistakes
from sandbox.api.webhooks.verification.findings import app_used
from sandbox.api.webhooks.verification.model import Ingredient, Received
from sandbox.api.webhooks.verification.search import Guess, Guesses, Parts

__all__ = ["app_guesses"]

_LAYOUTS: Final = (
    ("{method}\r\n{target}\r\n{date};{host};{hashed}", "line ends CRLF instead of LF"),
    ("{method}\n{target}\n{date};{host};{hashed}\n", "a line end after the hash"),
    ("{method}\\n{target}\\n{date};{host};{hashed}", r"the two characters \n instead of a line end"),
    ("{method}{target}{date};{host};{hashed}", "no line ends"),
    ("{method}\n{target}\n{date}\n{host}\n{hashed}", "line ends instead of semicolons"),
    ("{method}\n{target}\n{host};{date};{hashed}", "the host before the date"),
    ("{method}\n{target}\n{date};{hashed};{host}", "the hash before the host"),
    ("{target}\n{date};{host};{hashed}", "no method"),
)


def _hexadecimal(digest: bytes) -> bytes:
    return digest.hex().encode()


def _hexadecimal_in_base64(digest: bytes) -> bytes:
    return b64encode(_hexadecimal(digest))


_ENCODINGS: Final[Sequence[tuple[Callable[[bytes], bytes], str]]] = (
    (_hexadecimal, "the HMAC in hexadecimal"),
    (_hexadecimal_in_base64, "the base64 of the HMAC's hexadecimal text"),
    (urlsafe_b64encode, "base64 for URLs"),
)


def app_guesses(parts: Parts, as_received: Parts, received: Received) -> Guesses:
    """Return what an app may do otherwise than the recipe."""
    headers = received.named
    hosts = ((one, f"the host {one}") for one in mistakes.hosts_before(parts.host, headers))
    received_host = [(as_received.host, "the Host as it was received")]
    received_target = [(as_received.target, "the path as it was received")]
    return {
        name: [
            Guess(value, app_used(ingredient, what, change))
            for value, what in options
            if value != getattr(parts, name)
        ]
        for name, ingredient, options, change in (
            ("key", Ingredient.SECRET, mistakes.keys_mistaken(parts.key), "Take the secret's text as UTF-8."),
            (
                "target",
                Ingredient.PATH,
                [*received_target, *mistakes.targets_mistaken(parts.target)],
                f"Sign {parts.target}: path and query, as they were registered.",
            ),
            ("host", Ingredient.HOST, [*received_host, *hosts], f"Sign the host {parts.host}."),
            (
                "hashed",
                Ingredient.BODY,
                mistakes.hashes_mistaken(received.body),
                "Hash the body's bytes before anything parses them, and write the hash in base64.",
            ),
            ("layout", Ingredient.RECIPE, _LAYOUTS, "Sign METHOD, path and query, and date;host;hash: see `signed`."),
            ("encode", Ingredient.RECIPE, _ENCODINGS, "Write the HMAC's bytes in base64."),
        )
    }
