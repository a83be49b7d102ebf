"""A receipt on the wire, the same in ePayment's create and in Order Management.

Source: Order Management OpenAPI 2.1; ePayment OpenAPI 1.8.1.
"""

from typing import Annotated, NotRequired

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from sandbox.api.gateway.parsing import Wire
from sandbox.domain import receipts
from sandbox.domain.money import Currency
from sandbox.domain.receipts import BarcodeFormat, QuantityUnit

__all__ = ["Receipt", "ReceiptResponse", "receipt_view"]

Minor = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]  # int64, as specified
NotNegative = Annotated[int, Field(ge=0, le=2**63 - 1)]


class UnitInfo(Wire):
    unit_price: NotNegative | None
    quantity: Annotated[str, Field(max_length=10, pattern=r"^\d+([\.]\d{1,8})?$")]
    quantity_unit: QuantityUnit | None = None

    def to_domain(self) -> receipts.UnitInfo:
        return receipts.UnitInfo(
            unit_price=self.unit_price,
            quantity=self.quantity,
            quantity_unit=self.quantity_unit or QuantityUnit.PCS,
        )


class OrderLine(Wire):
    """One line; amounts in minor units with tax and after discount."""

    name: str
    id: str
    total_amount: Minor
    total_amount_excluding_tax: Minor
    total_tax_amount: Minor
    tax_rate: Annotated[int, Field(ge=0, le=10_000)] | None = None
    tax_percentage: Annotated[int, Field(ge=0, le=100)] | None = None
    unit_info: UnitInfo | None = None
    discount: NotNegative | None = None
    product_url: str | None = None
    is_return: bool | None = None
    is_shipping: bool | None = None

    @model_validator(mode="after")
    def _one_tax(self) -> "OrderLine":
        if (self.tax_rate is None) == (self.tax_percentage is None):
            raise PydanticCustomError("tax", "Exactly one of taxRate and taxPercentage must be set")
        return self

    def to_domain(self) -> receipts.OrderLine:
        return receipts.OrderLine(
            name=self.name,
            id=self.id,
            total_amount=self.total_amount,
            total_amount_excluding_tax=self.total_amount_excluding_tax,
            total_tax_amount=self.total_tax_amount,
            tax_rate=self.tax_rate,
            tax_percentage=self.tax_percentage,
            unit_info=None if self.unit_info is None else self.unit_info.to_domain(),
            discount=self.discount,
            product_url=self.product_url,
            is_return=self.is_return,
            is_shipping=self.is_shipping,
        )


class PaymentSources(Wire):
    gift_card: Minor | None = None
    card: Minor | None = None
    voucher: Minor | None = None
    cash: Minor | None = None


class Barcode(Wire):
    format: BarcodeFormat
    data: str


class ShippingInfo(Wire):
    """Deprecated, accepted and ignored."""

    amount: Minor
    amount_excluding_tax: Minor
    tax_amount: Minor
    tax_percentage: Minor


class BottomLine(Wire):
    """Totals are derived from the lines: the fields that state them are deprecated, accepted and ignored."""

    currency: Currency
    tip_amount: NotNegative | None = None
    pos_id: str | None = None
    terminal_id: str | None = None  # deprecated form of posId
    payment_sources: PaymentSources | None = None
    barcode: Barcode | None = None
    receipt_number: str | None = None
    gift_card_amount: Minor | None = None
    total_amount: Minor | None = None
    total_tax: Minor | None = None
    total_discount: Minor | None = None
    shipping_amount: Minor | None = None
    shipping_info: ShippingInfo | None = None

    def to_domain(self) -> receipts.BottomLine:
        sources, barcode = self.payment_sources, self.barcode
        return receipts.BottomLine(
            currency=self.currency,
            tip_amount=self.tip_amount,
            pos_id=self.pos_id or self.terminal_id,
            payment_sources=None
            if sources is None
            else receipts.PaymentSources(
                gift_card=sources.gift_card, card=sources.card, voucher=sources.voucher, cash=sources.cash
            ),
            barcode=None if barcode is None else receipts.Barcode(format=barcode.format, data=barcode.data),
            receipt_number=self.receipt_number,
        )


class Receipt(Wire):
    order_lines: Annotated[list[OrderLine], Field(min_length=1)]
    bottom_line: BottomLine

    def to_domain(self) -> receipts.Receipt:
        return receipts.Receipt(
            order_lines=tuple(line.to_domain() for line in self.order_lines),
            bottom_line=self.bottom_line.to_domain(),
        )


class BarcodeResponse(TypedDict):
    format: BarcodeFormat
    data: str


class PaymentSourcesResponse(TypedDict, total=False):
    giftCard: int
    card: int
    voucher: int
    cash: int


class BottomLineResponse(TypedDict):
    currency: Currency
    tipAmount: NotRequired[int]
    posId: NotRequired[str]
    paymentSources: NotRequired[PaymentSourcesResponse]
    barcode: NotRequired[BarcodeResponse]
    receiptNumber: NotRequired[str]


class UnitInfoResponse(TypedDict):
    unitPrice: int | None
    quantity: str
    quantityUnit: QuantityUnit


class OrderLineResponse(TypedDict):
    name: str
    id: str
    totalAmount: int
    totalAmountExcludingTax: int
    totalTaxAmount: int
    taxRate: NotRequired[int]
    taxPercentage: NotRequired[int]
    unitInfo: NotRequired[UnitInfoResponse]
    discount: NotRequired[int]
    productUrl: NotRequired[str]
    isReturn: NotRequired[bool]
    isShipping: NotRequired[bool]


class ReceiptResponse(TypedDict):
    """A receipt as it was given, without what was ignored."""

    orderLines: list[OrderLineResponse]
    bottomLine: BottomLineResponse


def receipt_view(receipt: receipts.Receipt) -> ReceiptResponse:
    """Return a receipt as the wire shows it: without what was not given."""
    return {
        "orderLines": [_line_view(line) for line in receipt.order_lines],
        "bottomLine": _bottom_line_view(receipt.bottom_line),
    }


def _bottom_line_view(bottom: receipts.BottomLine) -> BottomLineResponse:
    view: BottomLineResponse = {"currency": bottom.currency}
    if bottom.tip_amount is not None:
        view["tipAmount"] = bottom.tip_amount
    if bottom.pos_id is not None:
        view["posId"] = bottom.pos_id
    if bottom.payment_sources is not None:
        view["paymentSources"] = _sources_view(bottom.payment_sources)
    if bottom.barcode is not None:
        view["barcode"] = {"format": bottom.barcode.format, "data": bottom.barcode.data}
    if bottom.receipt_number is not None:
        view["receiptNumber"] = bottom.receipt_number
    return view


def _sources_view(sources: receipts.PaymentSources) -> PaymentSourcesResponse:
    view: PaymentSourcesResponse = {}
    if sources.gift_card is not None:
        view["giftCard"] = sources.gift_card
    if sources.card is not None:
        view["card"] = sources.card
    if sources.voucher is not None:
        view["voucher"] = sources.voucher
    if sources.cash is not None:
        view["cash"] = sources.cash
    return view


def _line_view(line: receipts.OrderLine) -> OrderLineResponse:
    view: OrderLineResponse = {
        "name": line.name,
        "id": line.id,
        "totalAmount": line.total_amount,
        "totalAmountExcludingTax": line.total_amount_excluding_tax,
        "totalTaxAmount": line.total_tax_amount,
    }
    if line.tax_rate is not None:
        view["taxRate"] = line.tax_rate
    if line.tax_percentage is not None:
        view["taxPercentage"] = line.tax_percentage
    if line.unit_info is not None:
        info = line.unit_info
        view["unitInfo"] = {
            "unitPrice": info.unit_price,
            "quantity": info.quantity,
            "quantityUnit": info.quantity_unit,
        }
    if line.discount is not None:
        view["discount"] = line.discount
    if line.product_url is not None:
        view["productUrl"] = line.product_url
    if line.is_return is not None:
        view["isReturn"] = line.is_return
    if line.is_shipping is not None:
        view["isShipping"] = line.is_shipping
    return view
