"""What a merchant asks for: a new payment, and the bodies that are sent as they stand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sandbox.client._models import Amount

__all__ = ["Body", "NewPayment", "encoded"]

# A mapping is sent as JSON, nothing added and nothing checked; bytes and text are sent byte for byte.
Body: TypeAlias = Mapping[str, Any] | bytes | str


def encoded(body: Body) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return json.dumps(dict(body), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayment:
    """A payment to be created.

    Args:
        reference: 8 to 64 letters, digits and dashes, never used before at this sales unit.
        user_flow: `WEB_REDIRECT`, `PUSH_MESSAGE`, `QR` or `NATIVE_REDIRECT`.
        return_url: Where the customer's browser goes afterwards, paid or not.
        phone_number: The customer's, with country code and without plus: `4791234567`.
        payment_description: 3 to 100 characters; the customer sees it.
        expires_at: Makes the payment long-living, 10 minutes to 60 days; None means 10 minutes.
        scope: What the customer is asked to share, separated by blanks: `name phoneNumber`.
        receipt: Order lines and bottom line as Vipps spells them.

    Raises:
        ValueError: *expires_at* has no time zone.

    Source: ePayment OpenAPI 1.8.1, `CreatePaymentRequest`.
    """

    reference: str
    amount: Amount
    user_flow: str = "WEB_REDIRECT"
    payment_method: str = "WALLET"
    return_url: str | None = None
    phone_number: str | None = None
    payment_description: str | None = None
    expires_at: datetime | None = None
    scope: str | None = None
    receipt: Mapping[str, Any] | None = None
    metadata: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.expires_at is not None and self.expires_at.tzinfo is None:
            raise ValueError(f"expires_at {self.expires_at} has no time zone")

    def body(self) -> dict[str, Any]:
        """Return the JSON body, without what was not given."""
        given: dict[str, Any] = {
            "amount": {"currency": self.amount.currency, "value": self.amount.value},
            "paymentMethod": {"type": self.payment_method},
            "reference": self.reference,
            "userFlow": self.user_flow,
        }
        if self.phone_number is not None:
            given["customer"] = {"phoneNumber": self.phone_number}
        if self.scope is not None:
            given["profile"] = {"scope": self.scope}
        if self.return_url is not None:
            given["returnUrl"] = self.return_url
        if self.expires_at is not None:
            given["expiresAt"] = _rfc_3339(self.expires_at)
        if self.payment_description is not None:
            given["paymentDescription"] = self.payment_description
        if self.receipt is not None:
            given["receipt"] = dict(self.receipt)
        if self.metadata is not None:
            given["metadata"] = dict(self.metadata)
        return given


def _rfc_3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
