"""Say in words what is wrong with an ingredient, and what to change."""

from collections.abc import Mapping
from typing import Final

from sandbox.api.webhooks import mistakes
from sandbox.api.webhooks.verification.model import Finding, Ingredient, Registered

__all__ = [
    "DATE_MISSING",
    "ON_PURPOSE",
    "PUBLISHED",
    "app_used",
    "body_changed",
    "date_changed",
    "host_changed",
    "method_changed",
    "secret_wrong",
    "signature_mangled",
    "signature_of_another_length",
    "target_changed",
]

DATE_MISSING: Final = Finding(
    ingredient=Ingredient.DATE,
    what="The header x-ms-date is missing: without it the signature cannot be checked.",
    change="Have x-ms-date come through as it was sent; a proxy must pass it.",
)
ON_PURPOSE: Final = Finding(
    ingredient=Ingredient.SIGNATURE,
    what="The sandbox signed this wrongly on purpose, as it was asked to.",
    change="Nothing: an app that refuses it is right.",
)
PUBLISHED: Final = Finding(
    ingredient=Ingredient.SECRET,
    what=(
        "These are secret and signature of the example in Vipps's documentation, which do not belong together: the "
        "page replaced the secret by As and kept the signature of the real one."
    ),
    change="Test with a webhook that you received, or with the vectors in the sandbox's manual.",
)


def method_changed(received: str) -> Finding:
    return Finding(
        ingredient=Ingredient.METHOD,
        what=f"The method is {received[:20]}; webhooks are sent and signed as POST.",
        change="Sign POST in upper case; a redirect on the way that turns POST into GET must go.",
        received=received,
        signed="POST",
    )


def target_changed(received: str, signed: str) -> Finding:
    return Finding(
        ingredient=Ingredient.PATH,
        what=f"{_capital(mistakes.how_target_differs(received, signed))}: {received} was received, {signed} signed.",
        change="Sign path and query as they were registered: take them from before the rewriting, or from a setting.",
        received=received,
        signed=signed,
    )


def host_changed(received: str, signed: str, headers: Mapping[str, str]) -> Finding:
    how = mistakes.how_host_differs(received, signed, headers)
    return Finding(
        ingredient=Ingredient.HOST,
        what=f"{_capital(how)}: {received or 'nothing'} was received, {signed} signed.",
        change="Sign the host of the registered URL, with its port if it has one; or have the proxy keep the Host.",
        received=received,
        signed=signed,
    )


def date_changed(received: str, signed: str) -> Finding:
    return Finding(
        ingredient=Ingredient.DATE,
        what=f"The header x-ms-date is not as it was sent: {received or 'nothing'} was received, {signed} signed.",
        change="Sign the header's text as it came, without parsing it and writing it anew.",
        received=received,
        signed=signed,
    )


def signature_of_another_length(length: int, whole: int) -> Finding:
    return Finding(
        ingredient=Ingredient.SIGNATURE,
        what=f"What follows Signature= has {length} characters, and a signature has {whole}.",
        change="Give the header whole, as it was received: HMAC-SHA256 SignedHeaders=…&Signature=….",
    )


def body_changed(received: bytes, before: bytes | None) -> Finding:
    if not received:
        what = "The body is empty: something read it before"
    elif before is None:
        what = "The body's bytes are not those that were sent"
    else:
        what = f"The body is not as it was sent: {mistakes.how_body_differs(received, before)}"
    return Finding(
        ingredient=Ingredient.BODY,
        what=f"{what}.",
        change="Hash the request's raw bytes, before any middleware parses them.",
        received=received.decode(errors="replace"),
        signed=None if before is None else before.decode(errors="replace"),
    )


def secret_wrong(what: str, right: Registered | None) -> Finding:
    use = "Store the secret as it was given, character for character."
    if right is not None:
        use = f"Use the secret that came with registration {right.id} of {right.holder} ({right.url})."
    return Finding(ingredient=Ingredient.SECRET, what=f"The secret {what}.", change=use)


def signature_mangled(form: str) -> Finding:
    return Finding(
        ingredient=Ingredient.SIGNATURE,
        what=f"The signature {form}.",
        change="Take all that stands behind Signature= as it is.",
    )


def app_used(ingredient: Ingredient, what: str, change: str) -> Finding:
    return Finding(ingredient=ingredient, what=f"What the app computed is made with {what}.", change=change)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
