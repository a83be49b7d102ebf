"""Identifiers are derived: the same on every machine, and no two the same."""

import re
from uuid import UUID

import pytest

from sandbox.domain.identity import category_id, event_psp_reference, receipt_id, session_id, sub
from tests.domain.shop import ADA, EMMA, MSN


def test_identifiers_never_change() -> None:
    """Tests of merchants may have written them down."""
    assert [
        sub(MSN, ADA),
        session_id(MSN, ADA),
        event_psp_reference(MSN, "order-0001", 0),
        category_id(MSN, "ECOM", "order-0001"),
        receipt_id(MSN, "ECOM", "order-0001"),
    ] == [
        "bf0bd1f8-4d2b-4976-b64b-760b9cbce0e2",
        "7f4e920439882746",
        "de7efa71-5f32-41a2-ac2b-a2981a68e120",
        "13a24a33-17dc-45eb-a6bd-733034e3b09c",
        "b45743c5-61c6-4478-a032-9683ef71f645",
    ]


@pytest.mark.parametrize(
    "identifier", [sub(MSN, ADA), event_psp_reference(MSN, "order-0001", 0), category_id(MSN, "ECOM", "order-0001")]
)
def test_an_identifier_has_the_shape_of_a_random_uuid(identifier: str) -> None:
    assert (UUID(identifier).version, str(UUID(identifier))) == (4, identifier)


def test_a_session_has_sixteen_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{16}", session_id(MSN, ADA))


def test_a_customer_is_another_to_each_sales_unit() -> None:
    assert len({sub(msn, phone) for msn in (MSN, "654321") for phone in (ADA, EMMA)}) == 4


def test_an_orders_ids_are_all_different() -> None:
    given = [category_id(MSN, "ECOM", "order-0001", place) for place in range(3)]
    assert len({*given, receipt_id(MSN, "ECOM", "order-0001"), category_id(MSN, "RECURRING", "order-0001")}) == 5


def test_parts_do_not_run_together() -> None:
    assert sub("1234", "5" + ADA) != sub("12345", ADA)
