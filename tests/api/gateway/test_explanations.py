"""What the request log tells about a refusal: the rule, the state it met, what would do, and where that is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.api.gateway.access import ClientUnknown, SecretWrong
from sandbox.api.gateway.explanations import ROWS, Circumstances, Documented, Explanation, explain, pages
from sandbox.api.gateway.problems import GatewayRefusal
from sandbox.domain.errors import InternalError, NotOnScreen, Refusal
from sandbox.server import Sandbox
from sandbox.world import World
from tests.api.merchant import ADA, INVOICE, Merchant, WallClock, order
from tests.contract.outcomes import OWN

_EPAYMENT = "https://developer.vippsmobilepay.com/docs/APIs/epayment-api/api-guide"
_KNOWLEDGE = "https://developer.vippsmobilepay.com/docs/knowledge-base"
_REFERENCE = "acme-shop-1"
_AT = "2023-08-25T08:00:00Z"
_NOTHING_MET = Circumstances(world=World(), unit=None, operation=None, params={}, headers={}, method="GET", path="/")


async def _why(merchant: Merchant) -> dict[str, Any]:
    explanation: dict[str, Any] = (await merchant.last_request())["explanation"]
    return explanation


async def _met_and_accepted(merchant: Merchant) -> tuple[str, str]:
    why = await _why(merchant)
    return why["met"], why["accepted"]


async def _why_stray(merchant: Merchant) -> dict[str, Any]:
    """Return why the last call was refused that reached no sales unit."""
    strays = (await merchant.http.get("/sandbox/requests?limit=1000")).json()["requests"]
    explanation: dict[str, Any] = strays[-1]["explanation"]
    return explanation


# --- All of them ----------------------------------------------------------------------------------------


def _leaves(kind: type[Exception]) -> Iterator[type[Exception]]:
    below = kind.__subclasses__()
    if not below:
        yield kind
    for one in below:
        yield from _leaves(one)


def test_every_refusal_has_its_row() -> None:
    """A new refusal needs a row in the module of `explanations` for its subject, or in `access` if the gateway's own.

    What only a fault brings about is explained by the fault.
    """
    refusals = {*_leaves(Refusal), *_leaves(GatewayRefusal)}
    assert refusals - OWN - {InternalError} - ROWS.keys() == set()
    assert ROWS.keys() - refusals == {ClientUnknown, SecretWrong}


@pytest.mark.parametrize("row", [pytest.param(row, id=kind.__name__) for kind, row in ROWS.items()])
def test_a_row_is_told_in_sentences(row: Any) -> None:
    for text in (row.rule, row.accepted, row.met, row.summary):
        assert not isinstance(text, str) or (text.endswith(".") or text.startswith("https://"))


def test_pages_are_vippss_own_or_the_manuals() -> None:
    documented = [page for page in vars(pages).values() if isinstance(page, Documented)]
    assert len(documented) > 20
    for page in documented:
        own = page.title.startswith("Manual of the sandbox")
        assert own == (page.url is None)
        assert own or str(page.url).startswith("https://developer.vippsmobilepay.com/docs/")


def test_the_form_of_every_apis_calls_is_told_somewhere() -> None:
    operations = Sandbox()._gateway._recognise._operations
    assert {operation.api.name for operation in operations} - pages.OF_API.keys() == set()
    assert pages.OF_OPERATION.keys() - {operation.id for operation in operations} == set()


# --- Payments -------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_capture_too_high_is_told_what_is_left(merchant: Merchant) -> None:
    reference = await merchant.approved_payment(
        order(reference=_REFERENCE, amount={"currency": "NOK", "value": 50_000})
    )
    await merchant.capture(reference, 30_000)
    await merchant.capture(reference, 20_001)
    assert await _why(merchant) == {
        "summary": "200.01 NOK were asked of acme-shop-1; 200.00 NOK are left to capture.",
        "rule": "Captures together are at most what was approved, less what was cancelled.",
        "met": (
            "AUTHORIZED: 500.00 NOK approved, 300.00 captured, 0.00 cancelled; capture until 2024-02-21T08:00:00Z."
        ),
        "accepted": "Capture up to 200.00 NOK (value 20000), until 2024-02-21T08:00:00Z.",
        "documented": {"title": "ePayment API guide: Capture", "url": f"{_EPAYMENT}/operations/capture/"},
        "fields": [],
    }


@pytest.mark.anyio
async def test_a_capture_before_approval_is_told_how_the_customer_approves(merchant: Merchant) -> None:
    """And doing what it says makes the capture work."""
    reference = await merchant.new_payment(order(reference=_REFERENCE, userFlow="PUSH_MESSAGE"))
    await merchant.capture(reference, 2000)
    assert await _met_and_accepted(merchant) == (
        f"CREATED, waiting on the phone of {ADA}; expires at 2023-08-25T08:10:00Z.",
        (
            "Capture once GET payment says AUTHORIZED. To have the customer approve: "
            f'POST /sandbox/units/{merchant.msn}/customers/{ADA}/{{action}} with {{"reference": "acme-shop-1"}}; '
            "the actions are open, then approve."
        ),
    )
    for action in ("open", "approve"):
        path = f"/sandbox/units/{merchant.msn}/customers/{ADA}/{action}"
        assert (await merchant.http.post(path, json={"reference": "acme-shop-1"})).status_code == 200
    assert (await merchant.capture(reference, 2000)).status_code == 200


@pytest.mark.anyio
async def test_a_customer_who_is_asked_for_consent_shares_first(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(profile={"scope": "name"}, customer=None))
    await merchant.capture(reference, 2000)
    met, accepted = await _met_and_accepted(merchant)
    assert met == "CREATED, its link not yet followed by anybody; expires at 2023-08-25T08:10:00Z."
    assert "/customers/{phone}/{action}" in accepted
    assert accepted.endswith("the actions are open, then share, then approve.")


@pytest.mark.anyio
async def test_an_approval_whose_outcome_is_open_is_waited_for(merchant: Merchant) -> None:
    body = order(userFlow="PUSH_MESSAGE", amount={"currency": "NOK", "value": 201})
    reference = await merchant.new_payment(body)
    await merchant.customer().open(reference)
    await merchant.customer().approve(reference)
    await merchant.capture(reference, 201)
    met, accepted = await _met_and_accepted(merchant)
    assert met == "CREATED: the customer approved, and the outcome is known at 2023-08-25T09:00:00Z."
    assert accepted == "Capture once GET payment says AUTHORIZED."


@pytest.mark.anyio
async def test_a_payment_that_the_customer_ended_tells_when_and_how(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await merchant.customer().open(reference)
    await merchant.customer().reject(reference)
    await merchant.capture(reference, 2000)
    assert await _met_and_accepted(merchant) == (
        f"ABORTED since {_AT} (rejected); that is final.",
        "Nothing, for this payment: create a new one, with a new reference.",
    )


@pytest.mark.anyio
async def test_a_payment_that_a_setting_let_expire_tells_which(merchant: Merchant) -> None:
    await merchant.configure(claimTimeout="PT5M")
    reference = await merchant.new_payment(order())
    await merchant.advance("PT5M")
    await merchant.capture(reference, 2000)
    met, _ = await _met_and_accepted(merchant)
    assert met == "EXPIRED since 2023-08-25T08:05:00Z (by the setting claimTimeout); that is final."


@pytest.mark.anyio
async def test_a_cancel_of_what_was_captured_is_told_to_refund(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.capture(reference, 2000)
    await merchant.refund(reference, 500)
    await merchant.cancel(reference)
    assert await _met_and_accepted(merchant) == (
        (
            "AUTHORIZED: 20.00 NOK approved, 20.00 captured, 0.00 cancelled, 5.00 refunded; "
            "capture until 2024-02-21T08:00:00Z."
        ),
        "Refund up to 15.00 NOK (value 1500): what was captured can only be given back.",
    )


@pytest.mark.anyio
async def test_the_state_is_that_which_the_call_met(merchant: Merchant) -> None:
    """What happens before the log is read changes nothing in it."""
    reference = await merchant.new_payment(order(userFlow="PUSH_MESSAGE"))
    await merchant.capture(reference, 2000)
    met = await _met_and_accepted(merchant)
    await merchant.customer().open(reference)
    await merchant.customer().approve(reference)
    assert await _met_and_accepted(merchant) == met


@pytest.mark.anyio
async def test_trouble_that_was_asked_for_tells_how_it_ends(merchant: Merchant) -> None:
    reference = await merchant.approved_payment()
    await merchant.configure(captureTrouble="try_again")
    await merchant.capture(reference, 2000)
    met, accepted = await _met_and_accepted(merchant)
    assert met.startswith("The setting captureTrouble is try_again. The payment is AUTHORIZED: ")
    assert accepted == (
        "The same call again, with the same Idempotency-Key, "
        f'after PATCH /sandbox/units/{merchant.msn}/settings {{"captureTrouble": null}}.'
    )


# --- References and keys --------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_reference_that_is_almost_one_is_told_the_nearest(merchant: Merchant) -> None:
    await merchant.new_payment(order(reference="acme-shop-77"))
    await merchant.get("acme_shop-77")
    assert await _met_and_accepted(merchant) == (
        f"Sales unit {merchant.msn} has no such payment; the nearest of its newest references is acme-shop-77.",
        "The reference acme-shop-77, if that is it.",
    )


@pytest.mark.anyio
async def test_a_reference_that_is_like_none_says_how_many_there_are(merchant: Merchant) -> None:
    await merchant.new_payment(order(reference="acme-shop-77"))
    for wanted in ("zzz", "x" * 10_000):
        await merchant.get(wanted)
        assert await _met_and_accepted(merchant) == (
            f"Sales unit {merchant.msn} has no such payment, of 1 in all.",
            "The reference of a payment that was created.",
        )


@pytest.mark.anyio
async def test_a_reference_of_another_sales_unit_is_told_whose_it_is(merchants: Any) -> None:
    """The answer keeps that to itself, as Vipps's does."""
    one, other = await merchants(), await merchants()
    await one.new_payment(order(reference=_REFERENCE))
    answer = await other.get(_REFERENCE)
    assert one.msn not in answer.text
    assert await _met_and_accepted(other) == (
        f"Sales unit {other.msn} has no such payment; sales unit {one.msn} has one.",
        f"The same call with Merchant-Serial-Number: {one.msn}, and that sales unit's token.",
    )


@pytest.mark.anyio
async def test_a_reused_key_is_told_what_it_was_used_for_first(merchant: Merchant, wall: WallClock) -> None:
    reference = await merchant.approved_payment(order(reference=_REFERENCE))
    await merchant.create(order(reference="acme-shop-2"), key="k1")
    await merchant.capture(reference, 1000, key="k1")
    await merchant.refund(reference, 500, key="k1")
    await merchant.refund(reference, 1001, key="k2")
    wall.now = wall.now.replace(minute=5)
    told = []
    for call in (
        merchant.create(order(), key="k1"),
        merchant.capture(reference, 999, key="k1"),
        merchant.refund(reference, 499, key="k1"),
        merchant.refund(reference, 1, key="k2"),
    ):
        assert (await call).status_code == 409
        told.append((await _why(merchant))["met"])
    assert told == [
        f"The key came first at {_AT}, and created acme-shop-2 over 20.00 NOK.",
        f"The key came first at {_AT}, and captured 10.00 NOK.",
        f"The key came first at {_AT}, and refunded 5.00 NOK.",
        (
            f"The key came first at {_AT}, and was refused: "
            "10.01 NOK were asked of acme-shop-1; 5.00 NOK are left to refund."
        ),
    ]


@pytest.mark.anyio
async def test_a_remembered_refusal_says_what_became_of_the_payment(merchant: Merchant) -> None:
    reference = await merchant.new_payment(order(reference=_REFERENCE))
    await merchant.capture(reference, 2000, key="k1")
    await merchant.force_approve(reference, {"customer": {"phoneNumber": ADA}})
    await merchant.capture(reference, 2000, key="k1")
    why = await _why(merchant)
    assert why["rule"].startswith("An Idempotency-Key keeps its first answer. What that was about: ")
    assert why["met"] == (
        f"The key came first at {_AT}; nothing was looked at anew. "
        "The payment is now AUTHORIZED: 20.00 NOK approved, 0.00 captured, 0.00 cancelled; "
        "capture until 2024-02-21T08:00:00Z."
    )
    assert why["accepted"] == (
        "The same request with a new Idempotency-Key, if it is allowed by now; this key keeps its answer."
    )
    assert why["documented"]["url"] == f"{_KNOWLEDGE}/http-headers#idempotency"


@pytest.mark.anyio
@pytest.mark.parametrize(("key", "told"), [("k1", "with this Idempotency-Key"), ("k2", "with another key")])
async def test_a_taken_reference_is_told_by_what_it_was_taken(merchant: Merchant, key: str, told: str) -> None:
    """The same key with the same reference and other content is told of the key, not of the reference."""
    await merchant.create(order(reference=_REFERENCE), key="k1")
    await merchant.create(order(reference=_REFERENCE, paymentDescription="Another"), key=key)
    met = (await _why(merchant))["met"]
    if key == "k1":
        assert met == f"The key came first at {_AT}, and created acme-shop-1 over 20.00 NOK."
    else:
        assert met.startswith(f"Created at {_AT} {told}. It is CREATED, ")


# --- Order Management, user information, the phone -----------------------------------------------------

_CATEGORY = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/1"}
_NOBODYS = "c06c4afe-d9e1-4c5d-939a-177d752a0944"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "body", "met", "accepted"),
    [
        (
            "GET",
            "/order-management/v2/ecom/order-1",
            None,
            "Sales unit 654001 has neither for ECOM order-1.",
            "PUT a category or POST a receipt for order-1 first.",
        ),
        (
            "PUT",
            "/order-management/v2/ecom/categories/order-1",
            _CATEGORY | {"imageId": "logo"},
            "0 images were uploaded, and not logo.",
            (
                "POST /order-management/v1/images with imageId logo first; "
                'or any imageId, after PATCH /sandbox/units/654001/settings {"imageMustExist": false}.'
            ),
        ),
        (
            "PUT",
            "/order-management/v2/ecom/categories/order-1",
            _CATEGORY | {"orderDetailsUrl": "ftp://example.com"},
            "The profile is lenient, and the URL is of another form.",
            "A link such as https://example.com/orderdetails/1, at most 2048 characters.",
        ),
        (
            "GET",
            f"/order-management/v3/categories/{_NOBODYS}",
            None,
            "0 ids were given here, none of them for this one now.",
            "An id that POST /order-management/v3/categories answered, or that GET lists for the order.",
        ),
        (
            "POST",
            "/order-management/v1/images",
            {"imageId": "a", "src": "!", "type": "base64"},
            "The field Src must be the picture's bytes in base64, without a data: prefix.",
            "Such a picture, as plain base64 in src.",
        ),
        (
            "POST",
            "/order-management/v2/ecom/receipts/acme-order-1",
            INVOICE["receipt"],
            "ECOM acme-order-1 has its receipt.",
            "Nothing more: the first receipt stays.",
        ),
        (
            "GET",
            f"/vipps-userinfo-api/userinfo/{_NOBODYS}",
            None,
            "0 customers have shared anything with 654001.",
            "The sub that GET payment shows once a payment with profile.scope is AUTHORIZED.",
        ),
    ],
)
async def test_other_apis_are_explained_by_their_state(
    merchant: Merchant, method: str, path: str, body: Any, met: str, accepted: str
) -> None:
    await merchant.new_payment(order(reference="acme-order-1", receipt=INVOICE["receipt"]))
    assert 400 <= (await merchant.call(method, path, body)).status_code < 500
    assert await _met_and_accepted(merchant) == (met, accepted)


def test_what_the_phone_does_not_show_is_explained_by_what_it_shows() -> None:
    """No API of Vipps's meets it; the row is there for all who show refusals."""
    told = explain(NotOnScreen("approve", _REFERENCE, ADA, "the request is in the list."), _NOTHING_MET)
    assert (told.met, told.accepted) == (
        "On the phone: the request is in the list.",
        f"What GET /sandbox/units//customers/{ADA} lists as actions.",
    )


# --- The form of a request ------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_wrong_fields_are_told_what_each_may_be(strict: Merchant) -> None:
    body = order(
        amount={"currency": "XYZ", "value": -1},
        reference="short",
        userflow="QR",
        paymentDescription="x",
        customer={"phonenumber": ADA},
        receipt={"orderLines": [{**INVOICE["receipt"]["orderLines"][0], "discount": "1"}], "bottomLine": 1},
        metadata={"a": 1},
    )
    await strict.create(body)
    why = await _why(strict)
    accepted = {field["name"]: field["accepted"] for field in why["fields"]}
    names = accepted.pop("userflow")
    assert names.startswith("userFlow, if that was meant; the fields here are amount, paymentMethod, reference, ")
    assert accepted == {
        "amount.currency": "one of NOK, DKK, EUR, SEK, USD, GBP",
        "amount.value": "a whole number from 0 to 65000000",
        "reference": "a text that matches ^[a-zA-Z0-9-]{8,64}$",
        "customer.phonenumber": (
            "phoneNumber, if that was meant; the fields here are phoneNumber, personalQr, customerToken"
        ),
        "paymentDescription": "a text of 3 to 100 characters",
        "metadata.a": "a text",
        "receipt.orderLines[0].discount": "a whole number, 0 or more",
        "receipt.bottomLine": "an object with currency",
    }
    assert why["fields"][0]["reason"] == "The value 'XYZ' is not valid for Currency."
    assert why["documented"] == {"title": "ePayment API guide: Create", "url": f"{_EPAYMENT}/operations/create/"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "body", "accepted"),
    [
        ("/epayment/v1/payments", b"{", "$: an object with amount, paymentMethod, reference, userFlow"),
        ("/epayment/v1/payments/a/cancel", {"cancelTransactionOnly": "x"}, "cancelTransactionOnly: true or false"),
        ("/epayment/v1/test/payments/a/approve", [], "$: an object of customer, token"),
        ("/order-management/v1/images", {"imageId": "a", "src": "x", "type": "x"}, "type: base64"),
        (
            "/epayment/v1/payments",
            order(customer={"personalQr": "x"}, receipt={"orderLines": 1, "bottomLine": {"currency": "NOK"}}),
            (
                "customer.personalQr: a text of 5 to 255 characters; receipt.orderLines: a list, each of it "
                "an object with name, id, totalAmount, totalAmountExcludingTax, totalTaxAmount"
            ),
        ),
        ("/epayment/v1/payments", order(metadata=1), "metadata: an object, each member of it a text"),
    ],
)
async def test_what_a_body_may_be_is_told_in_words(merchant: Merchant, path: str, body: Any, accepted: str) -> None:
    assert (await merchant.call("POST", path, body, key="k")).status_code == 400
    assert (await _why(merchant))["accepted"] == accepted


@pytest.mark.anyio
async def test_a_header_that_is_missing_is_told_what_it_is_for(merchant: Merchant) -> None:
    await merchant.call("POST", "/epayment/v1/payments", order())
    why = await _why(merchant)
    assert why["accepted"] == (
        "Idempotency-Key: a text of 1 to 50 characters: a new one for each operation, the same one to try it again"
    )
    assert why["documented"]["url"] == f"{_KNOWLEDGE}/http-headers/"


@pytest.mark.anyio
async def test_a_header_of_another_form_is_told_before_the_sales_unit_is_known(merchant: Merchant) -> None:
    await merchant.call("GET", "/epayment/v1/payments/a", headers={"Merchant-Serial-Number": "x"})
    assert (await _why_stray(merchant))["accepted"] == (
        "Merchant-Serial-Number: the sales unit's serial number, 4 to 10 digits"
    )


# --- The gateway ----------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("headers", "met"),
    [
        ({"Authorization": None}, "The call has no header Authorization."),
        ({"Authorization": ""}, "The header Authorization is there and empty."),
        ({"Authorization": "Basic YTpi"}, "The header Authorization begins with Basic."),
        (
            {"Authorization": "a-token"},
            "The header Authorization begins with another word, or with the token itself.",
        ),
        (
            {"Authorization": "Bearer nonsense"},
            "The token's signature is not this sandbox's, or what was sent is no token.",
        ),
        (
            {"Ocp-Apim-Subscription-Key": None, "Ocp-Apim-SubscriptionKey": "k"},
            "The call has no header Ocp-Apim-Subscription-Key, but ocp-apim-subscriptionkey.",
        ),
    ],
)
async def test_what_is_wrong_with_keys_is_told(merchant: Merchant, headers: dict[str, str | None], met: str) -> None:
    await merchant.new_payment()
    assert (await merchant.call("GET", "/epayment/v1/payments/a", headers=headers)).status_code == 401
    assert (await _why(merchant))["met"] == met


@pytest.mark.anyio
async def test_an_expired_token_tells_its_age(merchant: Merchant, wall: WallClock) -> None:
    wall.wait(timedelta(seconds=1))
    await merchant.advance("PT90M")
    await merchant.get(_REFERENCE)
    assert await _met_and_accepted(merchant) == (
        "The token is 1:30:01 old by the sales unit's clock, and lives for 1:00:00.",
        "A new token: POST /accesstoken/get. Moving the clock forward makes tokens older, too.",
    )


@pytest.mark.anyio
async def test_a_rate_limit_tells_the_wait(merchant: Merchant) -> None:
    await merchant.configure(rateLimits=True)
    for _ in range(6):
        await merchant.cancel(_REFERENCE)
    assert await _met_and_accepted(merchant) == (
        "More than 5 calls of this kind for this payment within the minute.",
        "The same call in 60 seconds, as Retry-After says; or any, once the setting rateLimits is false.",
    )


@pytest.mark.anyio
async def test_access_trouble_that_was_asked_for_tells_how_it_ends(merchant: Merchant) -> None:
    await merchant.configure(accessTrouble="login_only")
    await merchant.get(_REFERENCE)
    assert await _met_and_accepted(merchant) == (
        "The setting accessTrouble is login_only: the sales unit is approved for Login only.",
        f'Any call, after PATCH /sandbox/units/{merchant.msn}/settings {{"accessTrouble": null}}.',
    )


@pytest.mark.anyio
async def test_a_body_that_is_too_large_is_told_the_bound(merchant: Merchant) -> None:
    await merchant.new_payment()
    await merchant.create(b" " * (1024 * 1024 + 1))
    assert (await _why(merchant))["accepted"] == "A body of at most 1048576 bytes."


@pytest.mark.anyio
async def test_the_access_token_api_is_explained_too(merchant: Merchant) -> None:
    await merchant.http.post("/accesstoken/get", headers={"Ocp-Apim-Subscription-Key": "k", "client_id": "a"})
    assert (await _why_stray(merchant))[
        "accepted"
    ] == "client_secret: the client_secret of the sales unit, as a header"


@pytest.mark.anyio
async def test_logins_endpoint_says_whose_token_it_takes(merchant: Merchant) -> None:
    await merchant.call("GET", "/vipps-userinfo-api/userinfo/")
    assert (await _why(merchant))["accepted"] == (
        "GET /vipps-userinfo-api/userinfo/{sub}, with the sub that GET payment shows."
    )


# --- Paths that are none --------------------------------------------------------------------------------

_ONE = "/epayment/v1/payments/{reference}"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("call", "nearest", "differs"),
    [
        ("GET /epayment/v1/payments", "POST /epayment/v1/payments", "the method, GET instead of POST"),
        ("GET /v1/payments/a", f"GET {_ONE}", "it lacks the prefix /epayment"),
        ("GET /epayment/v2/payments/a", f"GET {_ONE}", "the version, v2 instead of v1"),
        ("GET /epayment/v1/payments/a/", f"GET {_ONE}", "the slash at its end"),
        ("GET /vipps-userinfo-api/userinfo", "GET /vipps-userinfo-api/userinfo/{sub}", "it lacks {sub}"),
        ("GET /epayment//v1/payments/a", f"GET {_ONE}", "a slash that is doubled"),
        ("GET /epayment/v1/payments//events", f"GET {_ONE}/events", "{reference} is empty"),
        ("GET /EPAYMENT/v1/Payments/a", f"GET {_ONE}", "EPAYMENT instead of epayment"),
        ("GET /vipps/api/epayment/v1/payments/a", f"GET {_ONE}", "/vipps/api before it, which is not part of it"),
        ("POST /epayment/v1/payment", "POST /epayment/v1/payments", "the spelling, payment instead of payments"),
        (
            "PUT /v1/payments/a/captures",
            f"POST {_ONE}/capture",
            (
                "it lacks the prefix /epayment; the spelling, captures instead of capture; "
                "the method, PUT instead of POST"
            ),
        ),
        (
            "POST /epayment/v1/payments/a/approve",
            "POST /epayment/v1/test/payments/{reference}/approve",
            "it lacks /test",
        ),
        ("POST /epayment/payments/v1/a/capture", f"POST {_ONE}/capture", "it has other segments"),
    ],
)
async def test_an_unknown_path_is_told_the_nearest_and_what_differs(
    merchant: Merchant, call: str, nearest: str, differs: str
) -> None:
    method, path = call.split()
    assert (await merchant.call(method, path)).status_code == 404
    why = await _why_stray(merchant)
    assert why["accepted"] == nearest
    assert why["met"].startswith(f"The nearest is {nearest}. What differs: ")
    assert differs in why["met"]


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/q", "/recurring/v3/agreements", "/" + "a/" * 5_000, "/" + "x" * 10_000])
async def test_a_path_that_is_near_none_is_told_so(merchant: Merchant, path: str) -> None:
    assert (await merchant.call("GET", path)).status_code == 404
    why = await _why_stray(merchant)
    assert why["met"] == "Nothing here is near it."
    assert len(why["summary"]) < 300


# --- Secrets, and mishaps -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_an_explanation_repeats_no_secret_of_the_call(http: httpx.AsyncClient, merchant: Merchant) -> None:
    """Not even one that was put where it does not belong, and would be repeated there."""
    merchant.subscription_key = "a-subscription-key-of-some-length"
    await merchant.new_payment()
    secrets = (merchant.token, merchant.subscription_key)
    for secret in secrets:
        await merchant.get(secret)
        await merchant.call("GET", f"/{secret}")
        await merchant.create(order(paymentMethod={"type": secret}))
        await merchant.create(order(profile={"scope": secret}))
        await merchant.create(order(reference=f"no reference {secret}"), key=secret)
        await merchant.call("GET", "/epayment/v1/payments/a", headers={"Merchant-Serial-Number": secret})
        await merchant.call("GET", "/epayment/v1/payments/a", headers={"Authorization": secret})
    own = (await merchant.control("GET", "/requests?limit=1000")).json()["requests"]
    strays = (await http.get("/sandbox/requests?limit=1000")).json()["requests"]
    told = [request["explanation"] for request in (*own, *strays) if request["explanation"] is not None]
    assert len(told) == 7 * len(secrets)
    for secret in secrets:
        assert secret not in str(told)


@pytest.mark.anyio
async def test_an_explanation_is_not_longer_than_it_must_be(merchant: Merchant) -> None:
    await merchant.get("x" * 50_000)
    assert len((await _why(merchant))["summary"]) == 1_001


@pytest.mark.anyio
async def test_an_explanation_that_fails_leaves_the_answer_as_it_is(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("sandbox.api.gateway.gateway.explain", broken)
    assert (await merchant.get(_REFERENCE)).status_code == 404
    assert (await _why(merchant))["summary"] == "This call was refused; why is in the answer."
    assert "explanation failed" in caplog.messages


def test_a_refusal_without_a_row_is_told_in_its_own_words() -> None:
    """As one would be that came with a faulty merge; nothing is made up for it."""
    assert explain(ZeroDivisionError("Not today"), _NOTHING_MET) == Explanation("Not today")
