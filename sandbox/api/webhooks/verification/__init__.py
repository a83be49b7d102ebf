"""Say whether a webhook's signature holds as an app received it, and if not, which ingredient is wrong.

No input or output, and no clock: what was received goes in, with what the sandbox knows of it, and words for the
developer come out. A mistake is told only if the signature comes out right without it: each known mistake is tried,
and every two together. No answer ever has a secret in it.
Source: Webhooks guide, "Request authentication".
"""

from sandbox.api.webhooks.verification.check import verify
from sandbox.api.webhooks.verification.model import (
    Finding,
    Ingredient,
    Received,
    Registered,
    Sent,
    Verification,
    signature_in,
)

__all__ = ["Finding", "Ingredient", "Received", "Registered", "Sent", "Verification", "signature_in", "verify"]
