"""The Access Token API: credentials in, bearer token out."""

from sandbox.api.access_token.routes import operations

__all__ = ["operations"]
