"""The Userinfo API: what a customer has agreed to share.

Source: Userinfo OpenAPI 2.0.3; Recurring API guide, "Userinfo".
"""

from sandbox.client._models import UserInfo
from sandbox.client._session import Session, call, segment, understood
from sandbox.client._steps import Steps

__all__ = ["get_userinfo"]


def get_userinfo(vipps: Session, sub: str) -> Steps[UserInfo]:
    """Return what the customer *sub* shares; for seven days after their consent."""
    # A subscription key here was answered with 401 for years, and is not needed.
    path = f"/vipps-userinfo-api/userinfo/{segment(sub)}"
    return understood(UserInfo, (yield from call(vipps, "GET", path, subscription_key=False)))
