"""What goes into a check of a webhook's signature, and what comes of it."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from sandbox.domain.values import value

__all__ = [
    "Finding",
    "Ingredient",
    "Received",
    "Registered",
    "Sent",
    "Verification",
    "signature_in",
]


class Ingredient(StrEnum):
    """What a signature is made of."""

    METHOD = "method"
    PATH = "path"
    DATE = "date"
    HOST = "host"
    BODY = "body"
    SECRET = "secret"  # noqa: S105 - the name of one
    RECIPE = "recipe"  # how they are put together
    SIGNATURE = "signature"


@value
class Received:
    """A webhook as an app received it, and the secret that the app has for it.

    *url* is what was registered, if the app knows; *computed* the signature that the app came to itself.
    """

    method: str
    path: str  # and query
    headers: tuple[tuple[str, str], ...]
    body: bytes
    secret: str = field(repr=False)
    url: str | None = None
    computed: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """The headers by their names in lower case, those that PHP and CGI give (HTTP_X_MS_DATE) included."""
        return {_header_name(name): value for name, value in self.headers}


@value
class Registered:
    """A registration that the sandbox knows."""

    id: str
    holder: str  # such as "sales unit 654321"
    url: str
    secret: str = field(repr=False)


@value
class Sent:
    """What the sandbox sent, if it knows the delivery."""

    delivery_id: str
    msn: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    signed: str  # the string that the signature is of
    wrong_signature: bool  # on purpose


@value
class Finding:
    """What is wrong with one ingredient, and what to change; *signed* is what it was when Vipps signed."""

    ingredient: Ingredient
    what: str
    change: str
    received: str | None = None
    signed: str | None = None


@value
class Verification:
    """What came of checking a signature.

    *content_hash*, *signed* and *signature* are what the recipe gives: for what was received, or, where the mistake
    was found, for what was sent.
    """

    holds: bool
    summary: str
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    content_hash: str
    signed: str
    signature: str


def signature_in(headers: Mapping[str, str]) -> str | None:
    """Return the signature that headers (names in lower case) have; None if there is none."""
    for name in ("authorization", "x-vipps-authorization"):
        _, mark, rest = headers.get(name, "").partition("Signature=")
        if mark:
            return rest.partition("&")[0].partition(",")[0]
    return None


def _header_name(name: str) -> str:
    bare = name.strip().lower()
    if "_" in bare:
        bare = bare.removeprefix("redirect_").removeprefix("http_").replace("_", "-")
    return bare
