"""Say whether a webhook's signature holds as an app received it, and if not, which ingredient is wrong.

No input or output, and no clock: what was received goes in, with what the sandbox knows of it, and words for the
developer come out. A mistake is told only if the signature comes out right without it: each known mistake is tried,
and every two together. No answer ever has a secret in it.
Source: Webhooks guide, "Request authentication".
"""

import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import combinations, islice, product
from typing import Any, Final, NamedTuple

from sandbox.api.webhooks import mistakes
from sandbox.api.webhooks.signature import content_hash, place_of

__all__ = ["Finding", "Ingredient", "Received", "Registered", "Sent", "Verification", "signature_in", "verify"]

_MOST_SKEW: Final = timedelta(seconds=300)  # that Vipps's own plugin for WooCommerce takes
_PUBLISHED_SIGNATURE: Final = "agAiSyogQbDHpeucoNwYz+yAr5nJ+v+zasdkSbqzv+U="
_PUBLISHED_SECRET: Final = f"{'A' * 86}=="
_REGISTRATIONS_TRIED: Final = 100  # whether the secret may be another's
_SHORTEST_SECRET: Final = 4  # characters of what is looked for as a secret: shorter, it may be part of any word


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A registration that the sandbox knows."""

    id: str
    msn: str
    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the sandbox sent, if it knows the delivery."""

    delivery_id: str
    msn: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    signed: str  # the string that the signature is of
    wrong_signature: bool  # on purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with one ingredient, and what to change; *signed* is what it was when Vipps signed."""

    ingredient: Ingredient
    what: str
    change: str
    received: str | None = None
    signed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
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


class _Parts(NamedTuple):
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


class _Guess(NamedTuple):
    """Another value for one of the parts, and what it means if it is the right one."""

    value: Any
    finding: Finding


_Guesses = Mapping[str, Sequence[_Guess]]  # by the name of the part


def signature_in(headers: Mapping[str, str]) -> str | None:
    """Return the signature that headers (names in lower case) have; None if there is none."""
    for name in ("authorization", "x-vipps-authorization"):
        _, mark, rest = headers.get(name, "").partition("Signature=")
        if mark:
            return rest.partition("&")[0].partition(",")[0]
    return None


def verify(
    received: Received, now: datetime, registered: Sequence[Registered] = (), sent: Sent | None = None
) -> Verification:
    """Check a webhook's signature, and look for the mistake if it does not hold.

    Args:
        now: The wall clock, by which the webhook's date is judged.
        registered: All registrations that the sandbox knows.
        sent: The delivery that it is, if the sandbox knows it.
    """
    told = _Check(received, registered, sent).verification(now)
    hidden = {received.secret, received.secret.strip(), *(one.secret for one in registered)}
    return _without(told, sorted((one for one in hidden if len(one) >= _SHORTEST_SECRET), key=len, reverse=True))


class _Check:
    """One check."""

    def __init__(self, received: Received, registered: Sequence[Registered], sent: Sent | None) -> None:
        self._received = received
        self._headers = received.named
        self._registered = registered
        self._sent = sent
        self._own = next((one for one in registered if one.id == self._headers.get("webhook-id", "").lower()), None)
        self._parts = _Parts(
            method=received.method,
            target=received.path,
            date=self._headers.get("x-ms-date", ""),
            host=self._headers.get("host", ""),
            hashed=content_hash(received.body),
            key=received.secret.encode(errors="replace"),
        )

    def verification(self, now: datetime) -> Verification:
        signature = signature_in(self._headers)
        warnings = tuple(self._warnings(now))
        if signature is None:
            return self._told(self._parts, (self._no_signature(),), warnings)
        if self._sent is not None and self._sent.wrong_signature:
            findings: tuple[Finding, ...] | None = (_ON_PURPOSE,)
            parts = self._parts
        elif signature == _PUBLISHED_SIGNATURE and self._received.secret.strip() == _PUBLISHED_SECRET:
            findings, parts = (_PUBLISHED,), self._parts
        else:
            parts, findings = self._explained(signature)
        if self._received.computed is not None:
            by_app = self._app_mistakes(parts, self._received.computed)
            findings = by_app if findings is None else (*findings, *by_app)
        return self._told(parts, findings, warnings)

    def _told(self, parts: _Parts, findings: tuple[Finding, ...] | None, warnings: tuple[str, ...]) -> Verification:
        """Return the outcome; findings that are None stand for a failure without explanation."""
        signature = signature_in(self._headers)
        holds = signature is not None and self._parts.signature == signature
        if holds and not findings:
            summary = "The signature holds."
        elif holds:
            summary = f"The signature holds; the app computes another one. {_sentences(findings)}"
        elif findings:
            summary = f"The signature does not hold. {_sentences(findings)}"
        else:
            summary = f"The signature does not hold, and no known mistake explains it. {self._advice()}"
        return Verification(
            holds=holds,
            summary=summary,
            findings=findings or (),
            warnings=warnings,
            content_hash=parts.hashed,
            signed=parts.signed,
            signature=parts.signature,
        )

    # --- What was received against what was signed ------------------------------------------------------

    def _explained(self, signature: str) -> tuple[_Parts, tuple[Finding, ...] | None]:
        """Return the parts that give the signature, and how they differ from those received; None if none do."""
        guesses = self._guesses()
        found = _search(self._parts, guesses, signature)
        if found is not None:
            return found
        parts = self._parts._replace(**self._known())
        if mistakes.signature_forms(parts.signature, signature) is None:
            return self._parts, None
        told = (
            guess.finding
            for name, options in guesses.items()
            for guess in options
            if guess.value == getattr(parts, name)  # no option is what was received
        )
        return parts, tuple(told)

    def _known(self) -> dict[str, Any]:
        """Return what the sandbox knows of the parts as they were signed."""
        known = dict[str, Any]()
        if self._url is not None:
            place = place_of(self._url)
            known |= {"target": place.target, "host": place.host}
        if self._sent is not None:
            method, target, rest = self._sent.signed.split("\n")
            date, host, hashed = rest.split(";")
            known |= {"method": method, "target": target, "date": date, "host": host, "hashed": hashed}
        if self._own is not None:
            known["key"] = self._own.secret.encode()
        return known

    def _guesses(self) -> dict[str, list[_Guess]]:
        """Return all that may have been otherwise when it was signed; what the sandbox knows comes first."""
        own, headers, known = self._parts, self._headers, self._known()
        target, host, date = (tuple(filter(None, (known.get(name),))) for name in ("target", "host", "date"))
        guesses = {
            "method": [_Guess("POST", _method_changed(own.method))] if own.method != "POST" else [],
            "key": list(self._key_guesses()),
            "target": [
                _Guess(one, _target_changed(own.target, one))
                for one in _others(own.target, target, mistakes.targets_before(own.target, headers))
            ],
            "host": [
                _Guess(one, _host_changed(own.host, one, headers))
                for one in _others(own.host, host, mistakes.hosts_before(own.host, headers))
            ],
            "hashed": list(self._body_guesses()),
            "date": [
                _Guess(one, _date_changed(own.date, one))
                for one in _others(own.date, date, mistakes.dates_before(own.date, headers))
            ],
        }
        return {name: options for name, options in guesses.items() if options}

    @property
    def _url(self) -> str | None:
        if self._received.url is not None:
            return self._received.url
        return None if self._own is None else self._own.url

    def _key_guesses(self) -> Iterator[_Guess]:
        own = self._parts.key
        seen = {own}
        wrong = dict(reversed(list(mistakes.secrets_before(self._received.secret))))  # the first word for a key wins
        theirs = next((one for one in self._registered if one.secret.encode() == own), None)
        if self._own is not None and (key := self._own.secret.encode()) != own:
            seen.add(key)
            what = wrong.get(key)
            if what is None and theirs is not None:
                what = f"is that of registration {theirs.id} ({theirs.url})"
            yield _Guess(key, _secret_wrong(what or "is not that of the registration in Webhook-Id", self._own))
        for key, what in wrong.items():
            if key not in seen:
                seen.add(key)
                yield _Guess(key, _secret_wrong(what, None))
        for one in islice(self._registered, _REGISTRATIONS_TRIED):
            if (key := one.secret.encode()) not in seen:
                seen.add(key)
                yield _Guess(key, _secret_wrong("is not that of the registration which this was sent to", one))

    def _body_guesses(self) -> Iterator[_Guess]:
        body, own = self._received.body, self._parts.hashed
        before = {content_hash(one): one for one in mistakes.bodies_before(body)}
        said = self._headers.get("x-ms-content-sha256")
        if self._sent is not None:
            before[content_hash(self._sent.body)] = self._sent.body
            said = content_hash(self._sent.body)
        hashes = before.keys() if said is None else [said]
        for hashed in hashes:
            if hashed != own:
                yield _Guess(hashed, _body_changed(body, before.get(hashed)))

    # --- What the app computed --------------------------------------------------------------------------

    def _app_mistakes(self, parts: _Parts, computed: str) -> tuple[Finding, ...]:
        """Return what the app did otherwise than the recipe, if that is known."""
        if computed == parts.signature:
            return ()
        found = _search(parts, _app_guesses(parts, self._parts, self._received), computed)
        return () if found is None else found[1]

    # --- Words ------------------------------------------------------------------------------------------

    def _no_signature(self) -> Finding:
        given = [name for name in ("authorization", "x-vipps-authorization") if name in self._headers]
        if given:
            return Finding(
                ingredient=Ingredient.SIGNATURE,
                what=f"The header {' and '.join(given)} has no Signature= in it.",
                change="Give the header whole: HMAC-SHA256 SignedHeaders=…&Signature=….",
            )
        return Finding(
            ingredient=Ingredient.SIGNATURE,
            what="The headers Authorization and X-Vipps-Authorization are missing.",
            change=(
                "Apache and PHP strip Authorization: read X-Vipps-Authorization, which has the same value, or set "
                "CGIPassAuth On. A proxy must pass both."
            ),
        )

    def _warnings(self, now: datetime) -> Iterator[str]:
        headers = self._headers
        authorization = headers.get("authorization")
        if "Signature=" in headers.get("x-vipps-authorization", "") and "Signature=" not in (authorization or ""):
            became = "is missing, as behind Apache or PHP" if authorization is None else "is somebody else's"
            yield f"The header Authorization {became}; X-Vipps-Authorization has the signature, and was used."
        said = headers.get("x-ms-content-sha256")
        if said is None:
            yield "The header x-ms-content-sha256 is missing; the body's hash was computed."
        elif said != self._parts.hashed:
            yield "The header x-ms-content-sha256 is not the hash of this body."
        if not self._parts.date:
            yield "The header x-ms-date is missing: without it the signature cannot be checked."
        elif (instant := mistakes.instant_of(self._parts.date)) is None:
            yield "The header x-ms-date is no date."
        elif abs(now - instant) > _MOST_SKEW:
            seconds, way = abs(now - instant).total_seconds(), "old" if now > instant else "ahead"
            yield (
                f"x-ms-date is {seconds:.0f} seconds {way}: "
                "apps that take 300 seconds at most, as Vipps's plugin for WooCommerce does, refuse it."
            )

    def _advice(self) -> str:
        same = [one for one in self._registered if self._own is not None and one.url == self._own.url]
        if len(same) > 1:
            return f"{len(same)} registrations have this URL, each with its own secret: find yours by Webhook-Id."
        if self._own is not None:
            return "Compare the string that was signed with the one that the sandbox shows for this delivery."
        return (
            "Look first whether the secret is that of the registration which Webhook-Id names, and give the "
            "registered URL, so that path and host can be compared with it."
        )


def _search(parts: _Parts, guesses: _Guesses, signature: str) -> tuple[_Parts, tuple[Finding, ...]] | None:
    """Return the parts that give *signature* with as few guesses as will do, two at most, and what these tell."""
    for number in range(3):
        for names in combinations(guesses, number):
            for chosen in product(*(guesses[name] for name in names)):
                tried = parts._replace(**{name: guess.value for name, guess in zip(names, chosen, strict=True)})
                form = mistakes.signature_forms(tried.signature, signature)
                if form is not None:
                    findings = [guess.finding for guess in chosen]
                    if form:
                        findings.append(_signature_mangled(form))
                    return tried, tuple(findings)
    return None


def _app_guesses(parts: _Parts, as_received: _Parts, received: Received) -> _Guesses:
    """Return what an app may do otherwise than the recipe."""
    headers = received.named
    hosts = ((one, f"the host {one}") for one in mistakes.hosts_before(parts.host, headers))
    received_host = [(as_received.host, "the Host as it was received")]
    received_target = [(as_received.target, "the path as it was received")]
    return {
        name: [
            _Guess(value, _app_used(ingredient, what, change))
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

_ON_PURPOSE: Final = Finding(
    ingredient=Ingredient.SIGNATURE,
    what="The sandbox signed this wrongly on purpose, as it was asked to.",
    change="Nothing: an app that refuses it is right.",
)
_PUBLISHED: Final = Finding(
    ingredient=Ingredient.SECRET,
    what=(
        "These are secret and signature of the example in Vipps's documentation, which do not belong together: the "
        "page replaced the secret by As and kept the signature of the real one."
    ),
    change="Test with a webhook that you received, or with the vectors in the sandbox's manual.",
)


def _method_changed(received: str) -> Finding:
    return Finding(
        ingredient=Ingredient.METHOD,
        what=f"The method is {received[:20]}; webhooks are sent and signed as POST.",
        change="Sign POST in upper case; a redirect on the way that turns POST into GET must go.",
        received=received,
        signed="POST",
    )


def _target_changed(received: str, signed: str) -> Finding:
    return Finding(
        ingredient=Ingredient.PATH,
        what=f"{_capital(mistakes.how_target_differs(received, signed))}: {received} was received, {signed} signed.",
        change="Sign path and query as they were registered: take them from before the rewriting, or from a setting.",
        received=received,
        signed=signed,
    )


def _host_changed(received: str, signed: str, headers: Mapping[str, str]) -> Finding:
    how = mistakes.how_host_differs(received, signed, headers)
    return Finding(
        ingredient=Ingredient.HOST,
        what=f"{_capital(how)}: {received or 'nothing'} was received, {signed} signed.",
        change="Sign the host of the registered URL, with its port if it has one; or have the proxy keep the Host.",
        received=received,
        signed=signed,
    )


def _date_changed(received: str, signed: str) -> Finding:
    return Finding(
        ingredient=Ingredient.DATE,
        what=f"The header x-ms-date is not as it was sent: {received or 'nothing'} was received, {signed} signed.",
        change="Sign the header's text as it came, without parsing it and writing it anew.",
        received=received,
        signed=signed,
    )


def _body_changed(received: bytes, before: bytes | None) -> Finding:
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


def _secret_wrong(what: str, right: Registered | None) -> Finding:
    use = "Store the secret as it was given, character for character."
    if right is not None:
        use = f"Use the secret that came with registration {right.id} of sales unit {right.msn} ({right.url})."
    return Finding(ingredient=Ingredient.SECRET, what=f"The secret {what}.", change=use)


def _signature_mangled(form: str) -> Finding:
    return Finding(
        ingredient=Ingredient.SIGNATURE,
        what=f"The signature {form}.",
        change="Take all that stands behind Signature= as it is.",
    )


def _app_used(ingredient: Ingredient, what: str, change: str) -> Finding:
    return Finding(ingredient=ingredient, what=f"What the app computed is made with {what}.", change=change)


def _header_name(name: str) -> str:
    bare = name.strip().lower()
    if "_" in bare:
        bare = bare.removeprefix("redirect_").removeprefix("http_").replace("_", "-")
    return bare


def _others(own: str, *options: Iterable[str]) -> list[str]:
    """Return all options but *own*, each once, in their order."""
    every = dict.fromkeys(option for some in options for option in some if option)
    every.pop(own, None)
    return list(every)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _sentences(findings: Sequence[Finding] | None) -> str:
    return " ".join(finding.what for finding in findings or ())


def _without(told: Verification, secrets: Sequence[str]) -> Verification:
    """Return the outcome without the secrets, should what was received have them in a wrong place."""

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "…")
        return text

    def clean_maybe(text: str | None) -> str | None:
        return None if text is None else clean(text)

    return replace(
        told,
        summary=clean(told.summary),
        warnings=tuple(map(clean, told.warnings)),
        signed=clean(told.signed),
        findings=tuple(
            replace(
                finding,
                what=clean(finding.what),
                change=clean(finding.change),
                received=clean_maybe(finding.received),
                signed=clean_maybe(finding.signed),
            )
            for finding in told.findings
        ),
    )
