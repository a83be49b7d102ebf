"""The verifier: what holds, and the known mistakes, each told by the ingredient that is wrong."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, Final

import pytest

from sandbox.api.webhooks.verification import Ingredient, Received, Registered, Sent, Verification, verify
from tests.api.webhooks.recipe import body_hash, headers_for, signature_of

SECRET: Final = "A0+AeKBRG2KRGvnNwJpQlb6IJFk48CKXCIcrLoHncVJKDILsQSxS6NWCccwWm6r6FhGKhiHTBsG2wo/xU6FY/A=="
OTHER_SECRET: Final = "090a478d-37ff-4e77-970e-d457aeb26a3a"
HOST: Final = "shop.example:8443"
PATH: Final = "/api/hooks/vipps%20pay?shop=7&x=a%20b"
DATE: Final = "Mon, 14 Aug 2023 12:48:46 GMT"
NOW: Final = datetime(2023, 8, 14, 12, 48, 50, tzinfo=UTC)
BODY: Final = (
    '{"msn":"123456","reference":"acme-shop-123-order123abc","pspReference":"1234567891","name":"AUTHORIZED",'
    '"amount":{"currency":"NOK","value":35000},"timestamp":"2023-08-14T12:48:46.260Z","success":true,'
    '"userDetails":{"email":"a/b@example.com","firstName":"Åse"}}'
).encode()
ID: Final = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
OTHER_ID: Final = "59c2aa3b-1b2e-4cd6-9b0a-7d8a1d9d2f11"
OWN: Final = Registered(id=ID, holder="sales unit 654321", url=f"https://{HOST}{PATH}", secret=SECRET)
OTHER: Final = Registered(id=OTHER_ID, holder="sales unit 654321", url=OWN.url, secret=OTHER_SECRET)


def got(
    *,
    method: str = "POST",
    path: str = PATH,
    body: bytes = BODY,
    secret: str = SECRET,
    headers: Mapping[str, str | None] | None = None,
    **more: Any,
) -> Received:
    """Return a webhook as an app received it; a header that is None did not arrive."""
    arrived = {**headers_for(SECRET, PATH, DATE, HOST, BODY), "Webhook-Id": ID, **(headers or {})}
    given = tuple((name, value) for name, value in arrived.items() if value is not None)
    return Received(method=method, path=path, headers=given, body=body, secret=secret, **more)


def checked(received: Received, *registered: Registered, sent: Sent | None = None) -> Verification:
    return verify(received, NOW, registered, sent)


def sent(**changes: Any) -> Sent:
    signed = f"POST\n{PATH}\n{DATE};{HOST};{body_hash(BODY)}"
    headers = tuple(headers_for(SECRET, PATH, DATE, HOST, BODY).items())
    known = {"delivery_id": "a-delivery", "msn": "654321", "headers": headers, "body": BODY, "signed": signed}
    return Sent(**{**known, "wrong_signature": False, **changes})


def reserialised(**options: Any) -> bytes:
    return json.dumps(json.loads(BODY), **options).encode()


# --- What holds -----------------------------------------------------------------------------------------


def test_what_came_as_it_was_sent_holds() -> None:
    told = checked(got())
    assert told == Verification(
        holds=True,
        summary="The signature holds.",
        findings=(),
        warnings=(),
        content_hash=body_hash(BODY),
        signed=f"POST\n{PATH}\n{DATE};{HOST};{body_hash(BODY)}",
        signature=signature_of(SECRET, PATH, DATE, HOST, BODY),
    )


def test_both_worked_vectors_hold() -> None:
    """The vendor's of 2023, and one with a port and a query."""
    first = Received(
        method="POST",
        path="/e2cee29b-012e-4f1d-8ef4-e95fd74a7a63",
        headers=(
            ("Host", "webhook.site"),
            ("x-ms-date", "Thu, 30 Mar 2023 08:38:32 GMT"),
            ("x-ms-content-sha256", "lNlsp1XA03N34HrQsVzPgJKtC+r7l/RBF4V3JQUWMj4="),
            (
                "Authorization",
                "HMAC-SHA256 SignedHeaders=x&Signature=agAiSyogQbDHpeucoNwYz+yAr5nJ+v+zasdkSbqzv+U=",
            ),
        ),
        body=b'{"some-unique-content":"ee6e441b-cc4a-46f8-895d-a5af79bcc233/hello-world"}',
        secret=SECRET,
    )
    assert checked(first).holds
    second = Received(
        method="POST",
        path="/hooks/vipps?shop=7&x=a%20b",
        headers=(
            ("Host", "127.0.0.1:8099"),
            ("x-ms-date", "Mon, 14 Aug 2023 12:48:46 GMT"),
            ("Authorization", "Signature=LvwHwf/m5EvVk6i9y6dtnnLJAkm9UQQ85//ORzjzcRY="),
        ),
        body=(
            b'{"msn":"123456","reference":"acme-shop-123-order123abc","pspReference":"1234567891",'
            b'"name":"AUTHORIZED","amount":{"currency":"NOK","value":35000},"timestamp":"2023-08-14T12:48:46.260Z",'
            b'"idempotencyKey":"49ca711a9487112e1def","success":true}'
        ),
        secret=OTHER_SECRET,
    )
    assert checked(second).holds


def test_the_published_vector_is_a_trap_and_known() -> None:
    """The documentation replaced the secret and kept the signature."""
    signature = "HMAC-SHA256 SignedHeaders=x&Signature=agAiSyogQbDHpeucoNwYz+yAr5nJ+v+zasdkSbqzv+U="
    told = checked(got(secret=f"{'A' * 86}==", headers={"Authorization": signature}))
    assert not told.holds
    assert [finding.ingredient for finding in told.findings] == [Ingredient.SECRET]
    assert "documentation" in told.summary


@pytest.mark.parametrize(
    ("headers", "warning"),
    [
        ({"Authorization": None}, "Authorization is missing"),
        ({"Authorization": "Basic YTpi"}, "Authorization is somebody else's"),
        ({"x-ms-content-sha256": None}, "x-ms-content-sha256 is missing"),
        ({"x-ms-content-sha256": "mangled"}, "x-ms-content-sha256 is not the hash"),
    ],
)
def test_what_can_be_done_without_is_a_warning(headers: dict[str, str | None], warning: str) -> None:
    told = checked(got(headers=headers))
    assert told.holds
    assert len(told.warnings) == 1
    assert warning in told.warnings[0]


def test_header_names_may_be_those_of_cgi() -> None:
    given = headers_for(SECRET, PATH, DATE, HOST, BODY)
    cgi = tuple((f"HTTP_{name.upper().replace('-', '_')}", value) for name, value in given.items())
    assert checked(Received(method="POST", path=PATH, headers=cgi, body=BODY, secret=SECRET)).holds


@pytest.mark.parametrize(("off", "word"), [(timedelta(seconds=301), "old"), (timedelta(seconds=-301), "ahead")])
def test_an_old_date_is_a_warning_only(off: timedelta, word: str) -> None:
    told = verify(got(), datetime(2023, 8, 14, 12, 48, 46, tzinfo=UTC) + off)
    assert told.holds
    assert f"301 seconds {word}" in told.warnings[0]
    assert verify(got(), NOW + timedelta(seconds=295)).warnings == ()


# --- One mistake ----------------------------------------------------------------------------------------

_MISTAKES: Final[Mapping[str, tuple[Ingredient, dict[str, Any], str]]] = {
    "method": (Ingredient.METHOD, {"method": "GET"}, "The method is GET"),
    "method in lower case": (Ingredient.METHOD, {"method": "post"}, "The method is post"),
    "slash added": (
        Ingredient.PATH,
        {"path": "/api/hooks/vipps%20pay/?shop=7&x=a%20b"},
        "slash at the end was added",
    ),
    "percent-decoded": (Ingredient.PATH, {"path": "/api/hooks/vipps pay?shop=7&x=a%20b"}, "percent-decoded"),
    "query decoded": (
        Ingredient.PATH,
        {"path": "/api/hooks/vipps%20pay?shop=7&x=a b"},
        "query was written in another",
    ),
    "query in another order": (Ingredient.PATH, {"path": "/api/hooks/vipps%20pay?x=a%20b&shop=7"}, "another order"),
    "prefix added": (Ingredient.PATH, {"path": f"/public{PATH}"}, "prefix /public was added"),
    "query added": (Ingredient.PATH, {"path": f"{PATH}&_=1", "url": OWN.url}, "another query"),
    "whole URL": (Ingredient.PATH, {"path": f"https://{HOST}{PATH}"}, "whole URL"),
    "no slash at the beginning": (Ingredient.PATH, {"path": PATH[1:]}, "slash at the beginning was taken"),
    "prefix stripped": (
        Ingredient.PATH,
        {"path": PATH.removeprefix("/api"), "headers": {"X-Forwarded-Prefix": "/api"}},
        "prefix /api was taken away",
    ),
    "rewritten": (Ingredient.PATH, {"path": "/index.php", "headers": {"X-Original-URI": PATH}}, "query was lost"),
    "query lost": (Ingredient.PATH, {"path": "/api/hooks/vipps%20pay", "url": OWN.url}, "the query was lost"),
    "port lost": (Ingredient.HOST, {"headers": {"Host": "shop.example"}}, "the port was lost"),
    "host in another case": (Ingredient.HOST, {"headers": {"Host": "SHOP.example:8443"}}, "another case"),
    "behind a proxy": (
        Ingredient.HOST,
        {"headers": {"Host": "app:3000", "X-Forwarded-Host": HOST}},
        "into X-Forwarded-Host",
    ),
    "Forwarded": (
        Ingredient.HOST,
        {"headers": {"Host": "app:3000", "Forwarded": f'for=10.0.0.1;host="{HOST}"'}},
        "host is another one",
    ),
    "no host": (Ingredient.HOST, {"headers": {"Host": None}, "url": OWN.url}, "Host is missing"),
    "port in a header of its own": (
        Ingredient.HOST,
        {"headers": {"Host": "app", "X-Forwarded-Host": "shop.example", "X-Forwarded-Port": "8443"}},
        "host is another one",
    ),
    "date written anew": (Ingredient.DATE, {"headers": {"x-ms-date": "2023-08-14T12:48:46Z"}}, "x-ms-date"),
    "only Date": (Ingredient.DATE, {"headers": {"x-ms-date": None, "Date": DATE}}, "x-ms-date"),
    "spaces": (Ingredient.BODY, {"body": reserialised(ensure_ascii=False)}, "spaces or line breaks"),
    "indented": (Ingredient.BODY, {"body": reserialised(ensure_ascii=False, indent=2)}, "spaces or line breaks"),
    "key order": (
        Ingredient.BODY,
        {"body": reserialised(ensure_ascii=False, separators=(",", ":"), sort_keys=True)},
        "members are in another order",
    ),
    "escapes": (Ingredient.BODY, {"body": reserialised(separators=(",", ":"))}, r"letters are written as \u…"),
    "slashes": (Ingredient.BODY, {"body": BODY.replace(b"/", rb"\/")}, r"slashes are written as \/"),
    "newline": (Ingredient.BODY, {"body": BODY + b"\n"}, "a line end was added"),
    "blanks around": (Ingredient.BODY, {"body": b" " + BODY}, "spaces were added around"),
    "byte order mark": (Ingredient.BODY, {"body": b"\xef\xbb\xbf" + BODY}, "byte order mark"),
    "base64": (Ingredient.BODY, {"body": base64.b64encode(BODY)}, "base64"),
    "Latin-1": (Ingredient.BODY, {"body": BODY.decode("latin-1").encode()}, "Latin-1"),
    "JSON in JSON": (Ingredient.BODY, {"body": json.dumps(BODY.decode()).encode()}, "text into other JSON"),
    "read before": (Ingredient.BODY, {"body": b""}, "The body is empty"),
    "another body": (Ingredient.BODY, {"body": b"{}"}, "not those that were sent"),
    "white space around the secret": (Ingredient.SECRET, {"secret": f" {SECRET}\n"}, "white space around"),
    "quotes around the secret": (Ingredient.SECRET, {"secret": f'"{SECRET}"'}, "quotes around"),
    "secret from a form": (Ingredient.SECRET, {"secret": SECRET.replace("+", " ")}, "plus signs"),
    "secret percent-encoded": (Ingredient.SECRET, {"secret": SECRET.replace("=", "%3D")}, "percent-encoded"),
    "secret for URLs": (Ingredient.SECRET, {"secret": SECRET.replace("+", "-").replace("/", "_")}, "base64 for URLs"),
    "secret escaped": (Ingredient.SECRET, {"secret": SECRET.replace("/", r"\/")}, r"slashes written as \/"),
    "secret without its end": (Ingredient.SECRET, {"secret": SECRET[:-2]}, "lost the equals signs"),
    "secret in two lines": (Ingredient.SECRET, {"secret": f"{SECRET[:64]}\n{SECRET[64:]}"}, "line breaks or blanks"),
    "secret encoded again": (Ingredient.SECRET, {"secret": base64.b64encode(SECRET.encode()).decode()}, "Kubernetes"),
    "no date": (Ingredient.DATE, {"headers": {"x-ms-date": None}}, "x-ms-date is missing"),
    "half a signature": (
        Ingredient.SIGNATURE,
        {"headers": {"Authorization": "HMAC-SHA256 Signature=AAAA", "X-Vipps-Authorization": None}},
        "has 4 characters, and a signature has 44",
    ),
    "no signature": (
        Ingredient.SIGNATURE,
        {"headers": {"Authorization": None, "X-Vipps-Authorization": None}},
        "are missing",
    ),
    "no signature in it": (
        Ingredient.SIGNATURE,
        {"headers": {"Authorization": "HMAC-SHA256", "X-Vipps-Authorization": None}},
        "no Signature=",
    ),
}
_SIGNATURE: Final = signature_of(SECRET, PATH, DATE, HOST, BODY)


@pytest.mark.parametrize(("ingredient", "changes", "words"), _MISTAKES.values(), ids=_MISTAKES.keys())
def test_a_known_mistake_is_told_by_its_ingredient(
    ingredient: Ingredient, changes: dict[str, Any], words: str
) -> None:
    told = checked(got(**changes))
    assert not told.holds
    assert [finding.ingredient for finding in told.findings] == [ingredient]
    assert words.lower() in told.summary.lower()
    assert told.findings[0].change


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        (_SIGNATURE.lower(), "another case"),
        (_SIGNATURE.rstrip("="), "equals signs"),
        (f'"{_SIGNATURE}"', "blanks or quotes"),
        (_SIGNATURE.replace("=", "%3D"), "percent-encoded"),
    ],
)
def test_a_signature_that_was_mangled_is_known(signature: str, words: str) -> None:
    told = checked(got(headers={"Authorization": f"HMAC-SHA256 SignedHeaders=x&Signature={signature}"}))
    assert not told.holds
    assert [finding.ingredient for finding in told.findings] == [Ingredient.SIGNATURE]
    assert words in told.summary


def test_a_signature_that_went_through_a_form_is_known() -> None:
    body = next(body for body in (f"{number}".encode() for number in range(99)) if "+" in _signed(body))
    headers = headers_for(SECRET, PATH, DATE, HOST, body)
    told = checked(
        got(body=body, headers=headers | {"Authorization": f"Signature={_signed(body).replace('+', ' ')}"})
    )
    assert "blanks where the plus signs were" in told.summary


def _signed(body: bytes) -> str:
    return signature_of(SECRET, PATH, DATE, HOST, body)


def test_a_secret_that_was_decoded_to_text_is_known() -> None:
    """Somebody decoded what looked like base64, and stored that."""
    secret = base64.b64encode(b"a secret in plain text").decode()
    headers = headers_for(secret, PATH, DATE, HOST, BODY)
    told = checked(got(secret="a secret in plain text", headers=headers))
    assert [finding.ingredient for finding in told.findings] == [Ingredient.SECRET]
    assert "decoded from base64" in told.summary


# --- Two mistakes ---------------------------------------------------------------------------------------

_PAIRED: Final = {
    "method": "method",
    "path": "slash added",
    "host": "behind a proxy",
    "body": "spaces",
    "secret": "white space around the secret",
    "date": "date written anew",
}


@pytest.mark.parametrize(("one", "other"), list(combinations(_PAIRED, 2)))
def test_two_mistakes_together_are_both_told(one: str, other: str) -> None:
    (_, first, _), (_, second, _) = _MISTAKES[_PAIRED[one]], _MISTAKES[_PAIRED[other]]
    told = checked(got(**{**first, **second, "headers": {**first.get("headers", {}), **second.get("headers", {})}}))
    assert not told.holds
    assert {finding.ingredient.value for finding in told.findings} == {one, other}


def test_three_mistakes_are_not_guessed() -> None:
    told = checked(got(method="GET", secret=f" {SECRET}", headers={"Host": "shop.example"}))
    assert not told.holds
    assert told.findings == ()
    assert "no known mistake" in told.summary


# --- What the sandbox knows -----------------------------------------------------------------------------


def test_the_secret_of_another_registration_is_known() -> None:
    told = checked(got(secret=OTHER_SECRET), OTHER, OWN)
    assert [finding.ingredient for finding in told.findings] == [Ingredient.SECRET]
    assert OTHER_ID in told.findings[0].what
    assert ID in told.findings[0].change


def test_the_secret_of_another_registration_is_known_without_webhook_id() -> None:
    told = checked(got(secret="nobody's", headers={"Webhook-Id": None}), OTHER, OWN)
    assert [finding.ingredient for finding in told.findings] == [Ingredient.SECRET]
    assert ID in told.findings[0].change


def test_what_differs_from_a_known_delivery_is_told_however_much_it_is() -> None:
    received = got(
        method="GET",
        path="/",
        body=b"{}",
        secret="nobody's",
        headers={"Host": "app:3000", "x-ms-date": "Mon, 14 Aug 2023 12:48:47 GMT"},
    )
    told = checked(received, OWN, sent=sent())
    assert {finding.ingredient for finding in told.findings} == set(Ingredient) - {
        Ingredient.SIGNATURE,
        Ingredient.RECIPE,
    }
    by_ingredient = {finding.ingredient: finding for finding in told.findings}
    assert (by_ingredient[Ingredient.PATH].received, by_ingredient[Ingredient.PATH].signed) == ("/", PATH)
    assert by_ingredient[Ingredient.BODY].signed == BODY.decode()
    assert told.signed == sent().signed


def test_a_delivery_signed_wrongly_on_purpose_is_told_to_be() -> None:
    told = checked(got(secret="nobody's"), OWN, sent=sent(wrong_signature=True))
    assert not told.holds
    assert "on purpose" in told.summary


def test_a_failure_without_explanation_points_at_registrations_of_one_url() -> None:
    headers = headers_for("a third secret", PATH, DATE, HOST, BODY)
    told = checked(got(headers=headers), OWN, OTHER)
    assert not told.holds
    assert "2 registrations have this URL" in told.summary
    assert "find yours by Webhook-Id" in told.summary


# --- What the app computed ------------------------------------------------------------------------------


def _wrongly(
    key: bytes = SECRET.encode(), path: str = PATH, host: str = HOST, hashed: str | None = None, form: str = "{}"
) -> str:
    string = form.format(f"POST\n{path}\n{DATE};{host};{hashed or body_hash(BODY)}")
    return base64.b64encode(hmac.digest(key, string.encode(), "sha256")).decode()


_BY_APP: Final[Mapping[str, tuple[Ingredient, str, str]]] = {
    "key decoded": (Ingredient.SECRET, _wrongly(base64.b64decode(SECRET)), "decoded from base64"),
    "key with a line end": (Ingredient.SECRET, _wrongly(f"{SECRET}\n".encode()), "with a line end"),
    "no query": (Ingredient.PATH, _wrongly(path=PATH.partition("?")[0]), "without its query"),
    "no port": (Ingredient.HOST, _wrongly(host="shop.example"), "the host shop.example"),
    "hexadecimal hash": (Ingredient.BODY, _wrongly(hashed=hashlib.sha256(BODY).hexdigest()), "hexadecimal"),
    "parsed": (Ingredient.BODY, _wrongly(hashed=body_hash(reserialised())), "parsed and written anew"),
    "line end": (Ingredient.RECIPE, _wrongly(form="{}\n"), "a line end after the hash"),
    "hexadecimal": (
        Ingredient.RECIPE,
        base64.b64decode(_SIGNATURE).hex(),
        "the HMAC in hexadecimal",
    ),
    "lower case": (Ingredient.SIGNATURE, _SIGNATURE.lower(), "another case"),
}


@pytest.mark.parametrize(("ingredient", "computed", "words"), _BY_APP.values(), ids=_BY_APP.keys())
def test_what_an_app_computed_otherwise_is_known(ingredient: Ingredient, computed: str, words: str) -> None:
    told = checked(got(computed=computed))
    assert told.holds
    assert [finding.ingredient for finding in told.findings] == [ingredient]
    assert words in told.summary


def test_what_an_app_computed_is_right_or_unknown() -> None:
    assert checked(got(computed=_SIGNATURE)).findings == ()
    assert checked(got(computed="nonsense")).findings == ()


def test_what_an_app_computed_is_explained_beside_what_was_changed_on_the_way() -> None:
    computed = _wrongly(base64.b64decode(SECRET), host="app:3000")
    told = checked(got(computed=computed, headers={"Host": "app:3000", "X-Forwarded-Host": HOST}))
    assert not told.holds
    assert [finding.ingredient for finding in told.findings] == [Ingredient.HOST, Ingredient.SECRET, Ingredient.HOST]


# --- Secrets, and anything at all -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes", [*(changes for _, changes, _ in _MISTAKES.values()), {"path": f"/{SECRET}", "url": OWN.url}]
)
def test_no_secret_is_ever_told(changes: dict[str, Any]) -> None:
    told = checked(got(**changes), OWN, OTHER, sent=sent())
    for secret in (SECRET, OTHER_SECRET, changes.get("secret", SECRET)):
        assert secret.strip() not in repr(told)
    assert SECRET not in repr(got())


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "{0}{method}", "http://[", "%", "?" * 40, "/" * 200])
def test_anything_at_all_is_answered(text: str) -> None:
    body = text.encode(errors="replace")
    names = ("Host", "x-ms-date", "Forwarded", "X-Forwarded-Port", "X-Original-URL")
    headers: dict[str, str | None] = dict.fromkeys(names, text)
    told = checked(
        got(method=text, path=text, body=body, secret=text or "x", headers=headers, computed=text, url=text)
    )
    assert not told.holds


def test_json_that_is_deep_or_huge_is_answered() -> None:
    for body in (b"[" * 100_000, b"9" * 10_000, b'"\\ud800"', b"1e999"):
        assert not checked(got(body=body)).holds
