"""What every call to a Vipps API passes: recognition, keys, tokens, sales unit, and the request log."""

from sandbox.api.gateway.access import Access, Credentials, DeclaredAccess, OpenAccess
from sandbox.api.gateway.gateway import Gateway
from sandbox.api.gateway.operations import Answer, Api, Call, Operation, json_answer
from sandbox.api.gateway.request_log import Exchange, RequestLog

__all__ = [
    "Access",
    "Answer",
    "Api",
    "Call",
    "Credentials",
    "DeclaredAccess",
    "Exchange",
    "Gateway",
    "OpenAccess",
    "Operation",
    "RequestLog",
    "json_answer",
]
