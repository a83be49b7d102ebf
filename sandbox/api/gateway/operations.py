"""What an API is made of: operations, the calls that reach them, and the answers that they give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, Protocol

from pydantic import BaseModel
from pydantic_core import to_json

from sandbox.api.gateway.problems import PROBLEM_JSON, InvalidInput, trace_id
from sandbox.domain.errors import Refusal
from sandbox.domain.state import UnitState
from sandbox.domain.values import value
from sandbox.world import Partner, SalesUnit, World

__all__ = [
    "JSON",
    "PROBLEM_JSON",
    "Answer",
    "Api",
    "Call",
    "Handler",
    "Operation",
    "Parameter",
    "ProblemRow",
    "Shape",
    "json_answer",
    "trace_id",
]

JSON: Final = "application/json; charset=utf-8"

Shape = Any  # a type that pydantic can describe: what a JSON body looks like; None stands for no body


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Call:
    """One call that passed the gateway; header names are in lower case."""

    operation: "Operation"
    sales_unit: SalesUnit | None  # None only where no bearer token is asked
    params: Mapping[str, str]  # of the path
    headers: Mapping[str, str]
    query: bytes
    body: bytes
    path: str
    base_url: str  # that links of ours begin with
    partner: Partner | None = None  # for all of whose sales units the call is
    notes: list[str] = field(default_factory=list)  # what production may object to
    refusal: Exception | None = None  # what the answer says no to, where the API has words of its own for it

    @property
    def unit(self) -> SalesUnit:
        if self.sales_unit is None:
            raise RuntimeError(f"{self.operation.id} is not about a sales unit")
        return self.sales_unit

    @property
    def state(self) -> UnitState:
        return self.unit.up_to_date()

    def note(self, text: str) -> None:
        self.notes.append(text)


Handler = Callable[[Call], Answer]


class ProblemRow(Protocol):
    """What the OpenAPI document tells of a row in an API's table of problems."""

    @property
    def status(self) -> int: ...

    @property
    def summary(self) -> str: ...


@value
class Api:
    """One of Vipps's APIs, with its own way to say no; both ways are told the path that was called."""

    name: str
    refuse: Callable[[str, Refusal], Answer]
    reject_input: Callable[[str, InvalidInput], Answer]
    # For the OpenAPI document: the form of what these two answer, the refusals there are, the parameters of paths.
    problem: Shape = None
    problem_content_type: str = PROBLEM_JSON
    problems: Mapping[type[Refusal], ProblemRow] = field(default_factory=dict)
    params: Mapping[str, Shape] = field(default_factory=dict)


@value
class Parameter:
    """A header or a parameter of the query, for the OpenAPI document."""

    name: str
    place: Literal["header", "query"]
    about: str
    shape: Shape = str
    required: bool = True


@value
class Operation:
    """One method on one path; *path* has its parameters in braces.

    Handlers do not wait: a call is parsed, decided, recorded and rendered in one go, which makes it atomic. The first
    line of a handler's docstring is the operation's summary in the OpenAPI document; what it takes and may answer
    is told here, and what the gateway itself may answer follows from the rest.
    """

    id: str  # its operationId in the published specification
    api: Api
    method: str
    path: str
    handler: Handler
    takes: type[BaseModel] | None = None
    may_lack_body: bool = False
    parameters: tuple[Parameter, ...] = ()
    answers: Mapping[int, Shape]  # in JSON, by status, what the API refuses apart
    refuses: tuple[type[Refusal], ...] = ()  # those of them and below that the API has a row for
    needs_subscription_key: bool = True  # else as the sales unit's setting userinfoSubscriptionKey has it
    needs_token: bool = True
    # Finds the sales unit by what the path names, where the header Merchant-Serial-Number may be left out.
    finds_unit: "Callable[[World, Mapping[str, str]], SalesUnit | None] | None" = None
    for_partners: bool = False  # whether a partner that names no sales unit calls for all of its own
    rate_limit: int | None = None  # calls a minute for one payment
    body_limit: int = 1024 * 1024  # bytes
    specified: bool = True  # else a path that only lenience takes, which no document tells
    any_case: bool = False  # whether the path counts in any case


def json_answer(content: Any, status: int = 200, content_type: str = JSON) -> Answer:
    return Answer(status, to_json(content), content_type)
