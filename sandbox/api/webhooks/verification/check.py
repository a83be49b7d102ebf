"""Check a webhook's signature, and look for the mistake if it does not hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from sandbox.api.webhooks import mistakes
from sandbox.api.webhooks.signature import content_hash, place_of
from sandbox.api.webhooks.verification.computed import app_guesses
from sandbox.api.webhooks.verification.findings import (
    DATE_MISSING,
    ON_PURPOSE,
    PUBLISHED,
    body_changed,
    date_changed,
    host_changed,
    method_changed,
    secret_wrong,
    signature_of_another_length,
    target_changed,
)
from sandbox.api.webhooks.verification.model import (
    Finding,
    Ingredient,
    Received,
    Registered,
    Sent,
    Verification,
    signature_in,
)
from sandbox.api.webhooks.verification.search import Guess, Parts, search

__all__ = ["verify"]

_MOST_SKEW: Final = timedelta(seconds=300)  # that Vipps's own plugin for WooCommerce takes
_PUBLISHED_SIGNATURE: Final = "agAiSyogQbDHpeucoNwYz+yAr5nJ+v+zasdkSbqzv+U="
_PUBLISHED_SECRET: Final = f"{'A' * 86}=="
_REGISTRATIONS_TRIED: Final = 100  # whether the secret may be another's
_SHORTEST_SECRET: Final = 4  # characters of what is looked for as a secret: shorter, it may be part of any word


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
        self._parts = Parts(
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
            findings: tuple[Finding, ...] | None = (ON_PURPOSE,)
            parts = self._parts
        elif signature == _PUBLISHED_SIGNATURE and self._received.secret.strip() == _PUBLISHED_SECRET:
            findings, parts = (PUBLISHED,), self._parts
        else:
            parts, findings = self._explained(signature)
            findings = findings or self._hopeless(signature)
        if self._received.computed is not None:
            by_app = self._app_mistakes(parts, self._received.computed)
            findings = by_app if findings is None else (*findings, *by_app)
        return self._told(parts, findings, warnings)

    def _told(self, parts: Parts, findings: tuple[Finding, ...] | None, warnings: tuple[str, ...]) -> Verification:
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

    def _explained(self, signature: str) -> tuple[Parts, tuple[Finding, ...] | None]:
        """Return the parts that give the signature, and how they differ from those received; None if none do."""
        guesses = self._guesses()
        found = search(self._parts, guesses, signature)
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

    def _guesses(self) -> dict[str, list[Guess]]:
        """Return all that may have been otherwise when it was signed; what the sandbox knows comes first."""
        own, headers, known = self._parts, self._headers, self._known()
        target, host, date = (tuple(filter(None, (known.get(name),))) for name in ("target", "host", "date"))
        guesses = {
            "method": [Guess("POST", method_changed(own.method))] if own.method != "POST" else [],
            "key": list(self._key_guesses()),
            "target": [
                Guess(one, target_changed(own.target, one))
                for one in _others(own.target, target, mistakes.targets_before(own.target, headers))
            ],
            "host": [
                Guess(one, host_changed(own.host, one, headers))
                for one in _others(own.host, host, mistakes.hosts_before(own.host, headers))
            ],
            "hashed": list(self._body_guesses()),
            "date": [
                Guess(one, date_changed(own.date, one))
                for one in _others(own.date, date, mistakes.dates_before(own.date, headers))
            ],
        }
        return {name: options for name, options in guesses.items() if options}

    @property
    def _url(self) -> str | None:
        if self._received.url is not None:
            return self._received.url
        return None if self._own is None else self._own.url

    def _key_guesses(self) -> Iterator[Guess]:
        own = self._parts.key
        seen = {own}
        wrong = dict(reversed(list(mistakes.secrets_before(self._received.secret))))  # the first word for a key wins
        theirs = next((one for one in self._registered if one.secret.encode() == own), None)
        if self._own is not None and (key := self._own.secret.encode()) != own:
            seen.add(key)
            what = wrong.get(key)
            if what is None and theirs is not None:
                what = f"is that of registration {theirs.id} ({theirs.url})"
            yield Guess(key, secret_wrong(what or "is not that of the registration in Webhook-Id", self._own))
        for key, what in wrong.items():
            if key not in seen:
                seen.add(key)
                yield Guess(key, secret_wrong(what, None))
        for one in islice(self._registered, _REGISTRATIONS_TRIED):
            if (key := one.secret.encode()) not in seen:
                seen.add(key)
                yield Guess(key, secret_wrong("is not that of the registration which this was sent to", one))

    def _body_guesses(self) -> Iterator[Guess]:
        body, own = self._received.body, self._parts.hashed
        before = {content_hash(one): one for one in mistakes.bodies_before(body)}
        said = self._headers.get("x-ms-content-sha256")
        if self._sent is not None:
            before[content_hash(self._sent.body)] = self._sent.body
            said = content_hash(self._sent.body)
        hashes = before.keys() if said is None else [said]
        for hashed in hashes:
            if hashed != own:
                yield Guess(hashed, body_changed(body, before.get(hashed)))

    # --- What the app computed --------------------------------------------------------------------------

    def _app_mistakes(self, parts: Parts, computed: str) -> tuple[Finding, ...]:
        """Return what the app did otherwise than the recipe, if that is known."""
        if computed == parts.signature:
            return ()
        found = search(parts, app_guesses(parts, self._parts, self._received), computed)
        return () if found is None else found[1]

    def _hopeless(self, signature: str) -> tuple[Finding, ...] | None:
        """Return why no guess could have explained the signature, if it was not whole or had no date beside it."""
        if not self._parts.date:
            return (DATE_MISSING,)
        whole = len(self._parts.signature)
        return None if len(signature) == whole else (signature_of_another_length(len(signature), whole),)

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
            if signature_in(headers) is None:  # else it is a finding
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


def _others(own: str, *options: Iterable[str]) -> list[str]:
    """Return all options but *own*, each once, in their order."""
    every = dict.fromkeys(option for some in options for option in some if option)
    every.pop(own, None)
    return list(every)


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
