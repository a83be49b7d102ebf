"""What would be accepted instead, as many an explanation says it."""

from typing import Final

from sandbox.api.gateway.explanations.model import Circumstances, Text
from sandbox.domain import errors

__all__ = ["NEW_PAYMENT", "patch", "setting"]

NEW_PAYMENT: Final = "Nothing, for this payment: create a new one, with a new reference."


def setting(name: str, value: str) -> Text:
    """Tell that nothing is accepted until a setting of the sandbox, at Vipps a matter of contract, is another."""

    def accepted(refusal: errors.Refusal, circumstances: Circumstances) -> str:
        return f"This call, after {patch(circumstances, name, value)}; at Vipps that is agreed on for the sales unit."

    return accepted


def patch(circumstances: Circumstances, name: str, value: str) -> str:
    return f'PATCH /sandbox/units/{circumstances.state.msn}/settings {{"{name}": {value}}}'
