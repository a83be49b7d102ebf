"""The UserInfo API: what a customer consented to share."""

from sandbox.api.userinfo.routes import OPERATIONS

__all__ = ["OPERATIONS"]
