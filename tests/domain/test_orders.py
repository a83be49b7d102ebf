"""What Order Management keeps, with a payment and without."""

from typing import Any

import pytest

from sandbox.domain.commands import AttachCategory, CategoryType, PaymentType, RemoveCategory
from sandbox.domain.errors import CategoryUnknown, ImageInvalid, OrderUnknown, OrderUrlInvalid, ReceiptTaken
from sandbox.domain.facts import CategoryAttached, CategoryRemoved, ImageUploaded, ReceiptAttached
from sandbox.domain.identity import category_id
from sandbox.domain.money import Currency
from sandbox.domain.orders import Order, categories_of, category, order, remove_category, shown_category
from sandbox.domain.receipts import BottomLine, OrderLine, Receipt
from sandbox.domain.sales_unit import Profile
from tests.domain.shop import DETAILS_URL, MSN, NOON, RECEIPT, REFERENCE, Shop, category_command, png

ECOM, RECURRING = PaymentType.ECOM, PaymentType.RECURRING
LONGEST = "https://example.com/".ljust(2048, "x")
OTHER_RECEIPT = Receipt(order_lines=(), bottom_line=BottomLine(currency=Currency.NOK))


def id_of(place: int = 0, payment_type: PaymentType = ECOM) -> str:
    return category_id(MSN, payment_type, REFERENCE, place)


def attach(shop: Shop, **changes: Any) -> str:
    """Attach a category and return its id."""
    (fact,) = shop.attach_category(**changes)
    assert isinstance(fact, CategoryAttached)
    return fact.category_id


def remove(shop: Shop, wanted: str) -> list[Any]:
    return shop.do(remove_category, RemoveCategory(category_id=wanted))


# --- Categories -----------------------------------------------------------------------------------------


def test_a_category_comes_before_its_payment_or_after() -> None:
    """Whether the order exists is never checked."""
    early, late = Shop(), Shop()
    attached = CategoryAttached(at=NOON, category_id=id_of(), command=category_command())
    assert early.attach_category() == [attached]
    early.create()
    late.create()
    late.attach_category()
    for shop in (early, late):
        assert order(shop.state, ECOM, REFERENCE) == Order(category=category_command(), receipt=None)
        assert category(shop.state, id_of()) == attached
        assert shop.replayed == shop.state


def test_a_second_category_of_version_2_replaces_the_first() -> None:
    """It is the same category, changed: its id stays."""
    shop = Shop()
    first = attach(shop)
    second = attach(shop, category=CategoryType.RECEIPT, order_details_url="https://example.com/receipt")
    changed = category_command(category=CategoryType.RECEIPT, order_details_url="https://example.com/receipt")
    assert second == first
    assert [given.command for given in categories_of(shop.state, REFERENCE)] == [changed]
    assert shown_category(shop.state, ECOM, REFERENCE) == changed


def test_categories_of_version_3_stand_beside_each_other_and_the_newest_is_shown() -> None:
    shop = Shop()
    kinds = [CategoryType.GENERAL, CategoryType.TICKET, CategoryType.DELIVERY]
    ids = [attach(shop, category=kind, replaces=False) for kind in kinds]
    assert ids == [id_of(place) for place in range(3)]
    assert [given.command.category for given in categories_of(shop.state, REFERENCE)] == kinds
    assert shown(shop) is CategoryType.DELIVERY
    assert remove(shop, ids[2]) == [CategoryRemoved(at=NOON, category_id=ids[2])]
    assert shown(shop) is CategoryType.TICKET
    assert shop.replayed == shop.state


def shown(shop: Shop) -> CategoryType | None:
    found: AttachCategory | None = shown_category(shop.state, ECOM, REFERENCE)
    return None if found is None else found.category


def test_a_category_that_was_removed_is_gone_and_its_id_is_given_to_no_other() -> None:
    shop = Shop()
    first = attach(shop, replaces=False)
    remove(shop, first)
    with pytest.raises(CategoryUnknown) as caught:
        remove(shop, first)
    assert caught.value == CategoryUnknown(first)
    with pytest.raises(OrderUnknown):
        order(shop.state, ECOM, REFERENCE)
    assert attach(shop) != first
    assert categories_of(shop.state, REFERENCE) != []
    assert shop.replayed == shop.state


def test_version_2_replaces_all_that_version_3_gave() -> None:
    shop = Shop()
    early, newest = attach(shop, replaces=False), attach(shop, replaces=False)
    assert attach(shop, replaces=True) == newest
    with pytest.raises(CategoryUnknown):
        category(shop.state, early)
    assert [given.category_id for given in categories_of(shop.state, REFERENCE)] == [newest]


def test_orders_of_the_two_payment_types_never_meet() -> None:
    shop = Shop()
    shop.create(receipt=RECEIPT)
    attach(shop, payment_type=RECURRING)
    assert order(shop.state, RECURRING, REFERENCE).receipt is None
    assert shown_category(shop.state, ECOM, REFERENCE) is None
    assert [given.category_id for given in categories_of(shop.state, REFERENCE)] == [id_of(0, RECURRING)]


@pytest.mark.parametrize("payment_type", [ECOM, RECURRING])
def test_an_order_without_category_and_receipt_is_unknown(payment_type: PaymentType) -> None:
    shop = Shop()
    shop.create()
    with pytest.raises(OrderUnknown) as caught:
        order(shop.state, payment_type, REFERENCE)
    assert caught.value == OrderUnknown(payment_type, REFERENCE)


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize(
    ("url", "profiles"),
    [
        (DETAILS_URL, {Profile.LENIENT, Profile.STRICT}),
        (LONGEST, {Profile.LENIENT, Profile.STRICT}),
        ("http://localhost:3000/order", {Profile.LENIENT}),
        ("https://example.com/order~1", {Profile.LENIENT}),  # not in the pattern that production quotes
        (LONGEST + "x", set()),
        ("http://example.com/order", set()),
        ("myapp://order", set()),
        ("order", set()),
    ],
)
def test_a_link_is_a_web_page(url: str, profiles: set[Profile], profile: Profile) -> None:
    shop = Shop(profile=profile)
    if profile in profiles:
        shop.attach_category(order_details_url=url)
        return
    with pytest.raises(OrderUrlInvalid) as caught:
        shop.attach_category(order_details_url=url)
    assert caught.value == OrderUrlInvalid("OrderDetailsUrl", url)
    assert not shop.state.categories


# --- Receipts -------------------------------------------------------------------------------------------


def test_a_payments_receipt_is_its_orders() -> None:
    shop = Shop()
    shop.create(receipt=RECEIPT)
    assert order(shop.state, ECOM, REFERENCE) == Order(category=None, receipt=RECEIPT)
    shop.attach_category()
    assert order(shop.state, ECOM, REFERENCE) == Order(category=category_command(), receipt=RECEIPT)
    with pytest.raises(ReceiptTaken):
        shop.attach_receipt(receipt=OTHER_RECEIPT)


def test_a_receipt_comes_before_its_payment_or_after_and_the_first_stays() -> None:
    early, late = Shop(), Shop()
    early.attach_receipt(receipt=OTHER_RECEIPT)
    early.create(receipt=RECEIPT)
    late.create()
    (fact,) = late.attach_receipt(receipt=OTHER_RECEIPT)
    assert isinstance(fact, ReceiptAttached)
    for shop in (early, late):
        assert order(shop.state, ECOM, REFERENCE) == Order(category=None, receipt=OTHER_RECEIPT)
        assert shop.replayed == shop.state


def test_a_receipts_total_counts_returns_negative() -> None:
    """Source: Order Management changelog, August 2022."""

    def line(total: int, *, is_return: bool | None) -> OrderLine:
        return OrderLine(
            name="Shoes",
            id="1",
            total_amount=total,
            total_amount_excluding_tax=total,
            total_tax_amount=0,
            is_return=is_return,
        )

    lines = (line(1000, is_return=None), line(500, is_return=False), line(300, is_return=True))
    assert Receipt(order_lines=lines, bottom_line=BottomLine(currency=Currency.NOK)).total == 1200


# --- Images ---------------------------------------------------------------------------------------------


def test_an_image_is_uploaded_once_and_referred_to_by_categories() -> None:
    shop = Shop()
    content = png(167)
    assert shop.upload_image("logo", content) == [
        ImageUploaded(at=NOON, image_id="logo", media_type="image/png", width=800, height=167, content=content)
    ]
    shop.attach_category(image_id="logo")
    assert shop.replayed == shop.state


def test_an_image_that_is_not_there_can_be_allowed() -> None:
    Shop(image_must_exist=False).attach_category(image_id="logo")


def test_an_image_is_as_large_as_two_megabytes() -> None:
    most = 2 * 1024 * 1024
    Shop().upload_image(content=png(size=most))
    with pytest.raises(ImageInvalid) as caught:
        Shop().upload_image(content=png(size=most + 1))
    assert caught.value == ImageInvalid("The size of the image is 2097153 bytes; 2097152 are allowed.")


def test_what_is_no_picture_is_no_image() -> None:
    with pytest.raises(ImageInvalid) as caught:
        Shop().upload_image(content=b"GIF89a")
    assert caught.value == ImageInvalid("The image is neither PNG nor JPEG.")
