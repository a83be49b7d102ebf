"""What the code of an answer is: Vipps's own, or a short one of ours for answers that have none.

Vipps's own are the ErrorCode of the ePayment API and the AADSTS number of the Access Token API. All other refusals
are known by the words that tell them apart, here and nowhere else; a success has no code.
"""

import re
from dataclasses import dataclass
from typing import Final

import httpx

from sandbox.api.gateway import problems as gateway
from sandbox.domain import errors

__all__ = ["FIELDS", "SHORT_CODES", "ShortCode", "code_of"]

_AADSTS: Final = re.compile(r"AADSTS\d+")


@dataclass(frozen=True, slots=True)
class ShortCode:
    """What a refusal without a code of Vipps's is called here; its body contains one of *words*."""

    code: str
    meaning: str
    words: tuple[str, ...]
    error: type[Exception] | None = None  # that brings it about


# Headers, path or body do not have the form that the specification asks for; each API has its own words.
FIELDS: Final = ShortCode(
    "fields",
    "fields of the wrong form, or missing",
    ("See extraDetails for further details", "One or more validation errors", "parameters didn't validate"),
)

# The first whose words are found counts.
SHORT_CODES: Final = (
    ShortCode("no key", "no subscription key", ("due to missing subscription key",), gateway.SubscriptionKeyMissing),
    ShortCode("bad key", "nobody's subscription key", ("invalid subscription key",), gateway.SubscriptionKeyInvalid),
    ShortCode("no product", "a key that is for nothing", ("Subscription not found",), gateway.SubscriptionNotFound),
    ShortCode("bad token", "no access token, or a wrong or old one", ('"responseInfo"',), gateway.Unauthorized),
    ShortCode("msn", "somebody else's sales unit", ("Check your API keys",), gateway.MsnNotAllowed),
    ShortCode("partner", "a sales unit that is not the partner's", ("supermerchant ID",), gateway.MsnNotConnected),
    ShortCode("login only", "a sales unit without ePayment", ("Merchant Not Allowed",), gateway.MerchantNotAllowed),
    ShortCode("no path", "no such operation", ('"Resource not found"',), gateway.ResourceNotFound),
    ShortCode("too large", "a body that is too large", ("Request body is larger",), gateway.BodyTooLarge),
    ShortCode("rate limit", "too many calls in a minute", ("Rate limit is exceeded",), gateway.RateLimitExceeded),
    ShortCode("bug", "something broke", ('"Internal server error"',)),
    ShortCode(
        "webhook url", "a URL that Vipps cannot reach", ("The url must be an absolute",), errors.WebhookUrlInvalid
    ),
    ShortCode("url", "a link that is no https URL", ("must be an absolute https URL",), errors.OrderUrlInvalid),
    ShortCode(
        "image",
        "a picture that does not do",
        ("of the image is", "neither PNG nor JPEG", "picture's bytes in base64"),
        errors.ImageInvalid,
    ),
    ShortCode("no image", "an unknown image", ("There is no image",), errors.ImageUnknown),
    ShortCode("image taken", "an image that was uploaded before", ("Duplicate image",), errors.ImageTaken),
    ShortCode("no order", "neither category nor receipt", ("neither a category nor a receipt",), errors.OrderUnknown),
    ShortCode("no category", "an unknown category", ("There is no category",), errors.CategoryUnknown),
    ShortCode("receipt taken", "a second receipt", ("There is a receipt for",), errors.ReceiptTaken),
    ShortCode("no user", "an unknown sub", ('"User not found"',), errors.UnknownSub),
    ShortCode("window over", "asked after 168 hours", ("The time to fetch",), errors.UserInfoWindowOver),
    ShortCode("no events", "no event type", ("At least one event type",), errors.WebhookEventsMissing),
    ShortCode("bad event", "an unknown event type", ("The event type ",), errors.WebhookEventUnknown),
    ShortCode(
        "too many",
        "25 webhooks for one event",
        ("A sales unit may have", "A partner may have"),
        errors.TooManyRegistrations,
    ),
    ShortCode("bad id", "an id that is no UUID", ("The id '",), errors.RegistrationIdInvalid),
    ShortCode("no webhook", "an unknown id", ("has no webhook",), errors.RegistrationUnknown),
    ShortCode("login token", "a merchant's token, not a user's", ("token of a user who logged in",)),
    FIELDS,
)


def code_of(answer: httpx.Response) -> str:
    """Return the code of an answer that has been read: empty for a success, and for what nothing here knows."""
    if answer.status_code < 400:
        return ""
    own = _error_code(answer) or _AADSTS.search(answer.text)
    if own is not None:
        return own if isinstance(own, str) else own[0]
    return next((one.code for one in SHORT_CODES if any(words in answer.text for words in one.words)), "")


def _error_code(answer: httpx.Response) -> str | None:
    if answer.headers.get("content-type") != "application/problem+json" or not answer.content:  # as of HEAD
        return None
    details: list[dict[str, str]] = answer.json().get("extraDetails") or []
    return next((detail["reason"] for detail in details if detail["name"] == "ErrorCode"), None)
