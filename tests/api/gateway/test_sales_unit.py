"""Which sales unit a call is for."""

import httpx
import pytest

from sandbox.settings import HOME
from tests.api.merchant import Merchant, order, schema_problem, told


async def _units(http: httpx.AsyncClient) -> list[str]:
    """Return the sales units that came to be after the start; the printed credentials' own is there from it."""
    units = (await http.get("/sandbox/units")).json()["units"]
    return [unit["msn"] for unit in units if unit["msn"] != HOME.msn]


@pytest.mark.anyio
async def test_a_sales_unit_comes_to_be_when_it_is_first_called(http: httpx.AsyncClient, merchant: Merchant) -> None:
    assert await _units(http) == []
    assert (await merchant.create(order())).status_code == 201
    assert await _units(http) == [merchant.msn]
    assert [fact["fact"] for fact in await merchant.facts()] == ["UnitProvisioned", "PaymentCreated"]


@pytest.mark.anyio
async def test_a_token_request_makes_no_sales_unit(http: httpx.AsyncClient, merchant: Merchant) -> None:
    await merchant.log_in()
    assert await _units(http) == []


@pytest.mark.anyio
async def test_without_serial_number_the_client_id_decides_and_always_the_same(
    http: httpx.AsyncClient, merchant: Merchant
) -> None:
    """A merchant's own keys work without the header on the real test environment."""
    without = {"client_id": "a-client-id", "client_secret": "x", "Ocp-Apim-Subscription-Key": "a-subscription-key"}
    merchant.token = (await http.post("/accesstoken/get", headers=without)).json()["access_token"]
    for reference in ("acme-shop-a", "acme-shop-b"):
        created = await merchant.call(
            "POST",
            "/epayment/v1/payments",
            order(reference=reference),
            key=merchant.new_key(),
            headers={"Merchant-Serial-Number": None},
        )
        assert created.status_code == 201
    assert await _units(http) == ["7935181"]


@pytest.mark.anyio
async def test_without_serial_number_that_of_the_request_for_the_token_counts(
    http: httpx.AsyncClient, merchant: Merchant
) -> None:
    created = await merchant.call(
        "POST", "/epayment/v1/payments", order(), key="a", headers={"Merchant-Serial-Number": None}
    )
    assert created.status_code == 201
    assert await _units(http) == [merchant.msn]


@pytest.mark.anyio
async def test_two_clients_without_serial_number_do_not_meet(http: httpx.AsyncClient, merchant: Merchant) -> None:
    other = Merchant(http, "", client_id="another-client-id")
    for one in (merchant, other):
        await one.log_in()
        created = await one.call(
            "POST",
            "/epayment/v1/payments",
            order(reference="acme-shop-1"),
            key="a-key",
            headers={"Merchant-Serial-Number": None},
        )
        assert created.status_code == 201
    assert len(await _units(http)) == 2


@pytest.mark.anyio
async def test_the_printed_credentials_mean_their_own_sales_unit(http: httpx.AsyncClient) -> None:
    merchant = Merchant(http, HOME.msn, HOME.client_id, HOME.client_secret, HOME.subscription_key)
    await merchant.log_in()
    answer = await merchant.call("GET", "/epayment/v1/payments/a", headers={"Merchant-Serial-Number": None})
    assert told(answer)["detail"] == "The reference a does not exist for MSN 654321"


@pytest.mark.shows("getPayment", 404, "5090")
@pytest.mark.anyio
async def test_a_reference_of_another_sales_unit_is_unknown(merchant: Merchant, strict: Merchant) -> None:
    reference = await merchant.new_payment()
    answer = await strict.get(reference)
    assert (answer.status_code, told(answer)["detail"]) == (
        404,
        f"The reference {reference} does not exist for MSN {strict.msn}",
    )


@pytest.mark.shows("getPayment", 400, "fields")
@pytest.mark.anyio
@pytest.mark.parametrize("msn", ["", "123", "12345678901", "12345a", "-12345", " 12345x", "\uff11\uff12".encode()])
async def test_a_malformed_serial_number_is_refused(
    http: httpx.AsyncClient, merchant: Merchant, msn: str | bytes
) -> None:
    answer = await merchant.call("GET", "/epayment/v1/payments/a", headers={"Merchant-Serial-Number": msn})
    assert (answer.status_code, told(answer)) == (
        400,
        schema_problem(
            "/v1/payments/a",
            {
                "Merchant-Serial-Number": "The field MerchantSerialNumber must match the regular expression "
                "'^[0-9]{4,10}$'."
            },
        ),
    )
    assert await _units(http) == []


@pytest.mark.shows("get-order-v2", 400, "fields")
@pytest.mark.anyio
async def test_a_malformed_serial_number_is_refused_in_the_words_of_order_management(merchant: Merchant) -> None:
    answer = await merchant.call(
        "GET", "/order-management/v2/ecom/a", headers={"Merchant-Serial-Number": "not a number"}
    )
    assert (answer.status_code, told(answer)) == (
        400,
        {
            "type": "https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.1",
            "title": "One or more validation errors occurred.",
            "detail": "BadRequest",
            "instance": "…",
            "invalidParams": [
                {
                    "name": "Merchant-Serial-Number",
                    "reason": "The field MerchantSerialNumber must match the regular expression '^[0-9]{4,10}$'.",
                }
            ],
        },
    )


@pytest.mark.anyio
async def test_the_key_is_asked_before_the_token_and_the_token_before_the_serial_number(merchant: Merchant) -> None:
    wrong: dict[str, str | bytes | None] = {"Authorization": "Bearer x", "Merchant-Serial-Number": "x"}
    without_key = await merchant.call(
        "GET", "/epayment/v1/payments/a", headers=wrong | {"Ocp-Apim-Subscription-Key": ""}
    )
    assert "subscription key" in without_key.json()["message"]
    assert (await merchant.call("GET", "/epayment/v1/payments/a", headers=wrong)).status_code == 401
    del wrong["Authorization"]
    assert (await merchant.call("GET", "/epayment/v1/payments/a", headers=wrong)).status_code == 400
