"""The known mistakes about a webhook's signature: what else each ingredient may have been.

Each ingredient has a module here. A function takes an ingredient as it was received and gives what may have been
signed instead, likeliest first; or, for what an app computed itself, what it may have taken by mistake. Nothing here
decides: a guess counts only if the signature comes out right with it.
Source: reports of merchants whose signature checks failed; see the Webhooks contract, "Client-side checks seen".
"""

from sandbox.api.webhooks.mistakes.bodies import bodies_before, hashes_mistaken, how_body_differs
from sandbox.api.webhooks.mistakes.dates import dates_before, instant_of
from sandbox.api.webhooks.mistakes.hosts import hosts_before, how_host_differs
from sandbox.api.webhooks.mistakes.secrets import keys_mistaken, secrets_before
from sandbox.api.webhooks.mistakes.signatures import signature_forms
from sandbox.api.webhooks.mistakes.targets import how_target_differs, targets_before, targets_mistaken

__all__ = [
    "bodies_before",
    "dates_before",
    "hashes_mistaken",
    "hosts_before",
    "how_body_differs",
    "how_host_differs",
    "how_target_differs",
    "instant_of",
    "keys_mistaken",
    "secrets_before",
    "signature_forms",
    "targets_before",
    "targets_mistaken",
]
