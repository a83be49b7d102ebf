"""What every screen of the customer's is made of, and the page that says in words why not."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.phone.words import Words

__all__ = ["Button", "LanguageChoice", "Link", "Merchant", "Page", "ProblemPage", "Row", "Status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    template: ClassVar[str]

    words: Words


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """A form of one button."""

    id: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Merchant:
    name: str
    line: str  # "#123456 · Acme AS"
    initial: str  # stands for the icon that we do not have


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    value: str  # may have several lines
    icon: str = "info"


@dataclass(frozen=True, slots=True)
class Status:
    """A word with its look, `good`, `bad`, `waiting`, `info`, `new` or `ended`, and an icon."""

    text: str
    look: str
    icon: str


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage(Page):
    """Something was asked that cannot be had (problem.html)."""

    template: ClassVar = "problem.html"

    heading: str
    text: str
    link: Link | None
