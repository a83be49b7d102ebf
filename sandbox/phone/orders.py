"""What a payment is for, as the app shows it: the category's button, and the receipt with its sums.

Source: Order Management guide; landing page and app guides, "Details sheet". Totals are derived from the lines.
"""

from collections.abc import Mapping
from typing import Final

from sandbox.domain.commands import AttachCategory, CategoryType, PaymentType
from sandbox.domain.money import Amount
from sandbox.domain.orders import shown_category
from sandbox.domain.receipts import OrderLine, Receipt
from sandbox.domain.sales_unit import AppSkin
from sandbox.phone.formats import day_text, percent_text
from sandbox.phone.looking import Look
from sandbox.phone.pages.orders import DetailsPage, OrderLink, OrderPage, ReceiptLine
from sandbox.phone.pages.parts import Link, Row
from sandbox.phone.places import is_web_link
from sandbox.world.people import local_date

__all__ = ["category_of", "details_link", "details_page", "order_link", "order_page"]

_ICONS: Final[Mapping[CategoryType, str]] = {
    CategoryType.RECEIPT: "receipt",
    CategoryType.ORDER_CONFIRMATION: "bag",
    CategoryType.DELIVERY: "parcel",
    CategoryType.TICKET: "ticket",
    CategoryType.BOOKING: "calendar",
    CategoryType.GENERAL: "info",
}


def category_of(look: Look) -> AttachCategory | None:
    return shown_category(look.unit.state, PaymentType.ECOM, look.payment.reference)


def details_link(look: Look) -> Link | None:
    """Return the pill that leads to the details; None where nothing was attached."""
    if category_of(look) is None and _receipt_of(look) is None:
        return None
    text = look.words.see_details if look.skin is AppSkin.SEED else look.words.show_details
    return Link(text, f"{look.url}/details")


def order_link(look: Look) -> OrderLink | None:
    """Return the category's button; None without one, and for a link that is not one to follow."""
    category = category_of(look)
    if category is None or not is_web_link(category.order_details_url):
        return None
    has_picture = category.image_id in look.unit.state.images
    return OrderLink(
        text=look.words.categories[category.category],
        url=f"{look.url}/order",
        icon=_ICONS[category.category],
        picture_url=f"{look.url}/picture" if has_picture else None,
    )


def order_page(look: Look) -> OrderPage | None:
    """Return the sheet with the merchant's page; None where there is none to show."""
    category = category_of(look)
    if category is None or not is_web_link(category.order_details_url):
        return None
    return OrderPage(
        words=look.words,
        device=look.phone.device,
        heading=look.words.categories[category.category],
        back_url=f"{look.url}/details",
        url=category.order_details_url,
    )


def details_page(look: Look) -> DetailsPage:
    words, receipt, link, category = look.words, _receipt_of(look), order_link(look), category_of(look)
    rows = [
        Row(words.order_id, look.payment.reference),
        Row(words.issue_date, day_text(local_date(look.phone.number, look.payment.created.at))),
    ]
    due = look.payment.created.command.expires_at
    if due is not None:
        rows.append(Row(words.due_date, day_text(local_date(look.phone.number, due))))
    if receipt is not None and receipt.bottom_line.receipt_number:
        rows.append(Row(words.receipt_number, receipt.bottom_line.receipt_number))
    return DetailsPage(
        words=words,
        device=look.phone.device,
        request_url=look.url,
        merchant=look.merchant,
        rows=tuple(rows),
        lines=() if receipt is None else _lines(look, receipt),
        extras=() if receipt is None else _extras(look, receipt),
        total_text=None if receipt is None else _money(look, receipt, receipt.total + _tip(receipt)),
        taxes=() if receipt is None else _taxes(look, receipt),
        sources=() if receipt is None else _sources(look, receipt),
        order_link=link,
        order_text=category.order_details_url if category is not None and link is None else None,
    )


def _receipt_of(look: Look) -> Receipt | None:
    return look.unit.state.receipts.get((PaymentType.ECOM, look.payment.reference))


def _lines(look: Look, receipt: Receipt) -> tuple[ReceiptLine, ...]:
    """Return the goods; what is shipping is told in one sum below them."""
    return tuple(
        ReceiptLine(
            name=line.name,
            amount_text=_money(look, receipt, _signed(line, line.total_amount)),
            quantity_text=_quantity_text(look, receipt, line),
            original_text=_money(look, receipt, _signed(line, line.total_amount + line.discount))
            if line.discount
            else None,
        )
        for line in receipt.order_lines
        if not line.is_shipping
    )


def _extras(look: Look, receipt: Receipt) -> tuple[Row, ...]:
    shipping = [line for line in receipt.order_lines if line.is_shipping]
    discount = sum(_signed(line, line.discount or 0) for line in receipt.order_lines)
    rows = []
    if shipping:
        sent = sum(_signed(line, line.total_amount) for line in shipping)
        rows.append(Row(look.words.shipping, _money(look, receipt, sent)))
    if _tip(receipt):
        rows.append(Row(look.words.tips, _money(look, receipt, _tip(receipt))))
    if discount:
        rows.append(Row(look.words.discount, _money(look, receipt, -discount)))
    return tuple(rows)


def _taxes(look: Look, receipt: Receipt) -> tuple[Row, ...]:
    """Return the tax in the total, one row a rate, highest first."""
    by_rate: dict[int, int] = {}
    for line in receipt.order_lines:
        rate = line.tax_rate if line.tax_rate is not None else (line.tax_percentage or 0) * 100
        by_rate[rate] = by_rate.get(rate, 0) + _signed(line, line.total_tax_amount)
    return tuple(
        Row(look.words.with_vat.format(rate=percent_text(rate)), _money(look, receipt, by_rate[rate]))
        for rate in sorted(by_rate, reverse=True)
    )


def _sources(look: Look, receipt: Receipt) -> tuple[Row, ...]:
    sources = receipt.bottom_line.payment_sources
    if sources is None:
        return ()
    paid = {
        "gift_card": sources.gift_card,
        "card": sources.card,
        "voucher": sources.voucher,
        "cash": sources.cash,
    }
    labels = look.words.paid_by_other_means
    return tuple(Row(labels[kind], _money(look, receipt, value)) for kind, value in paid.items() if value)


def _quantity_text(look: Look, receipt: Receipt, line: OrderLine) -> str | None:
    """Return a line's quantity with its unit, and what one costs."""
    info = line.unit_info
    if info is None:
        return None
    quantity = f"{info.quantity} {look.words.units[info.quantity_unit]}"
    if info.unit_price is None:
        return quantity
    return f"{quantity} × {_money(look, receipt, info.unit_price)}"  # noqa: RUF001 - a multiplication sign is meant


def _signed(line: OrderLine, value: int) -> int:
    return -value if line.is_return else value


def _tip(receipt: Receipt) -> int:
    return receipt.bottom_line.tip_amount or 0


def _money(look: Look, receipt: Receipt, value: int) -> str:
    return look.phone.money(Amount(receipt.bottom_line.currency, value))
