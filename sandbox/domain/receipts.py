"""A receipt: order lines and a bottom line, as Order Management and `receipt` on create share them.

Vipps checks no sums since August 2022 and derives the totals from the lines, returns counting negative.
Source: Order Management OpenAPI 2.1, `Receipt`; its changelog.
"""

from enum import StrEnum

from sandbox.domain.money import Currency
from sandbox.domain.values import value

__all__ = [
    "Barcode",
    "BarcodeFormat",
    "BottomLine",
    "OrderLine",
    "PaymentSources",
    "QuantityUnit",
    "Receipt",
    "UnitInfo",
]


class QuantityUnit(StrEnum):
    PCS = "PCS"
    KG = "KG"
    KM = "KM"
    MINUTE = "MINUTE"
    LITRE = "LITRE"
    KWH = "KWH"


class BarcodeFormat(StrEnum):
    EAN_13 = "EAN-13"
    CODE_39 = "CODE 39"
    CODE_128 = "CODE 128"


@value
class UnitInfo:
    unit_price: int | None  # minor units with tax, before discount
    quantity: str
    quantity_unit: QuantityUnit = QuantityUnit.PCS


@value
class OrderLine:
    """One line; amounts in minor units, after discount; *tax_rate* in hundredths of a percent."""

    name: str
    id: str
    total_amount: int
    total_amount_excluding_tax: int
    total_tax_amount: int
    tax_rate: int | None = None
    tax_percentage: int | None = None  # deprecated form of tax_rate, in whole percent
    unit_info: UnitInfo | None = None
    discount: int | None = None
    product_url: str | None = None
    is_return: bool | None = None
    is_shipping: bool | None = None


@value
class PaymentSources:
    """What was paid by other means, in minor units."""

    gift_card: int | None = None
    card: int | None = None
    voucher: int | None = None
    cash: int | None = None


@value
class Barcode:
    format: BarcodeFormat
    data: str


@value
class BottomLine:
    currency: Currency
    tip_amount: int | None = None
    pos_id: str | None = None
    payment_sources: PaymentSources | None = None
    barcode: Barcode | None = None
    receipt_number: str | None = None


@value
class Receipt:
    order_lines: tuple[OrderLine, ...]
    bottom_line: BottomLine

    @property
    def total(self) -> int:
        """The sum of the lines in minor units, as the app shows it."""
        return sum(-line.total_amount if line.is_return else line.total_amount for line in self.order_lines)
