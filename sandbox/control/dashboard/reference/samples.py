"""What a first call of each operation may send: the bodies and the values that the commands show.

A test holds every body to the document, and sends each of them.
"""

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["BODIES", "FILES", "VALUES"]

_REFERENCE: Final = "acme-shop-order-1"

# Of parameters in the path and in headers; what is not here is put in by whoever calls.
VALUES: Final[Mapping[str, str]] = {
    "Idempotency-Key": "a-new-one-for-each-deed",
    "Merchant-Serial-Number": "654321",
    "Ocp-Apim-Subscription-Key": "any",
    "action": "open",
    "client_id": "any",
    "client_secret": "any",
    "msn": "654321",
    "orderId": _REFERENCE,
    "paymentType": "ecom",
    "phone": "4791234567",
    "reference": _REFERENCE,
    "fault": "fault-1",
}

_MONEY: Final = {"modificationAmount": {"currency": "NOK", "value": 49900}}
_CATEGORY: Final = {"category": "GENERAL", "orderDetailsUrl": "https://example.com/orders/1"}
_RECEIPT: Final = {
    "orderLines": [
        {
            "name": "A pair of socks",
            "id": "socks-1",
            "totalAmount": 49900,
            "totalAmountExcludingTax": 39920,
            "totalTaxAmount": 9980,
            "taxPercentage": 25,
        }
    ],
    "bottomLine": {"currency": "NOK"},
}

# White, as low as a picture may be; a PNG in base64.
_PICTURE: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAKcAAACnAQAAAABcbXFBAAAAJUlEQVR42u3IQQEAAAQEMPTvfAIQYXuu"
    "U1emPtZaa6211lpr7bXunQNMkjjplwAAAABJRU5ErkJggg=="
)

BODIES: Final[Mapping[str, Any]] = {
    "createPayment": {
        "amount": {"currency": "NOK", "value": 49900},
        "paymentMethod": {"type": "WALLET"},
        "customer": {"phoneNumber": "4791234567"},
        "reference": _REFERENCE,
        "userFlow": "WEB_REDIRECT",
        "returnUrl": "https://example.com/thanks?order=1",
        "paymentDescription": "One pair of socks",
    },
    "cancelPayment": {"cancelTransactionOnly": False},
    "capturePayment": _MONEY,
    "refundPayment": _MONEY,
    "forceApprove": {"customer": {"phoneNumber": "4791234567"}},
    "post-image": {
        "imageId": "socks",
        "src": _PICTURE,
        "type": "base64",
    },
    "put-order": _CATEGORY,
    "post-receipt": _RECEIPT,
    "put-category-v2": _CATEGORY,
    "post-receipt-v2": _RECEIPT,
    "post-category-v3": {
        "orderId": _REFERENCE,
        "paymentType": "ECOM",
        "type": "GENERAL",
        "url": "https://example.com/orders/1",
    },
    "registerWebhook": {"url": "http://localhost:3000/hook", "events": ["epayments.payment.authorized.v1"]},
    "makeUnit": {"settings": {"name": "Bokhandelen"}},
    "changeSettings": {"captureWindow": "P14D", "partialCaptureAllowed": False},
    "setClock": {"now": "2030-09-01T08:00:00Z", "frozen": True},
    "advanceClock": {"by": "P14D"},
    "setClocks": {"frozen": True},
    "advanceClocks": {"to": "next due"},
    "configureCustomer": {"persona": "pays_later", "person": {"givenName": "Ada"}},
    "useCardForm": {"action": "enter", "number": "4111111111111111"},
    "actAsCustomer": {"reference": _REFERENCE},
    "verifyWebhook": {
        "path": "/hook",
        "headers": {"x-ms-date": "Fri, 01 Sep 2023 08:00:00 GMT", "Authorization": "HMAC-SHA256 SignedHeaders=…"},
        "body": "{}",
        "secret": "the secret that the registration was answered with",
    },
    "holdWebhooks": {},
    "releaseWebhooks": {"order": "newest first"},
    "redeliver": {"wrongSignature": True},
    "armFault": {"match": {"operation": "capturePayment"}, "times": 2, "then": {"drop": "after"}},
}


# Bodies that whoever calls has in a file.
FILES: Final[Mapping[str, str]] = {"restore": "snapshot.json", "playScenario": "scenario.yaml"}
