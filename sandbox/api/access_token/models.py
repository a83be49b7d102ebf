"""What the Access Token API answers with. Source: Access Token OpenAPI 2.0.0."""

from pydantic import BaseModel, ConfigDict

__all__ = ["AccessToken"]


class AccessToken(BaseModel):
    """A bearer token; every value is a string, the times in epoch seconds on the sales unit's clock."""

    model_config = ConfigDict(frozen=True)

    token_type: str = "Bearer"  # noqa: S105 - not a secret
    expires_in: str
    ext_expires_in: str
    expires_on: str
    not_before: str
    resource: str
    access_token: str
