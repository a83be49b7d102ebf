"""From YAML files to scenarios; every mistake is told with its file, line, column and step.

Nothing is played before all of a file is understood: every step and every name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import ValidationError

from sandbox.playback import references
from sandbox.playback.complaints import complaint
from sandbox.playback.language import STEPS, Repeat, Step
from sandbox.playback.language.base import Members
from sandbox.playback.language.customer import Is
from sandbox.playback.language.merchant import MEANWHILE, CreatePayment, RegisterWebhook, Underway
from sandbox.playback.nearest import did_you_mean, instead
from sandbox.playback.patterns import PatternWrong, check_patterns
from sandbox.playback.references import ReferenceWrong
from sandbox.playback.sources import Passage, Source, source_at
from sandbox.playback.yaml_text import Place

__all__ = ["Judge", "LoadedScenario", "LoadedStep", "load"]

_MOST_STEPS: Final = 5_000  # of a story, with what it repeats
_MOST_CASES: Final = 1_000
_MOST_STEPS_OF_ALL: Final = 100_000  # of all cases together
_BY_PERSONA: Final[Mapping[str, str]] = {
    "approves": "4790000001",
    "declines": "4790000002",
    "pays_later": "4790000003",
    "never_answers": "4790000004",
    "refuses_consent": "4790000005",
    "card_declined_once": "4790000006",
    "card_declined": "4790000007",
    "slow": "4790000008",
    "too_young": "4790000014",
    "unknown": "4790000404",
}
_OF_EVERY_PLAY: Final[Members] = {references.NOW: {}, "app": {"url": {}}, "unit": {"msn": {}}, "unique": {}}


class Judge(Protocol):
    """Who knows which values a sandbox takes; each returns what is wrong with one, or None."""

    def setting(self, name: str, value: Any) -> str | None: ...

    def person(self, name: str, value: Any) -> str | None: ...


@dataclass(frozen=True, slots=True)
class LoadedStep(Passage):
    """A step, and where it stands."""

    step: Step
    content: Any  # of the key, with references as they are and without *meanwhile*
    meanwhile: Sequence["LoadedStep"] = ()  # what is done while the step is on its way


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    """A story that can be played: one of the cases of a file, if it has a table of them."""

    path: Path
    title: str
    about: str | None
    clock: datetime | str | None  # a text refers to the clock as it is: `${now + P1D}`
    settings: Mapping[str, Any]
    names: Mapping[str, Any]  # the people and the case
    limit: timedelta | None
    passages: Mapping[str, Passage]  # `scenario`, `clock`, `settings`, as far as they can be blamed
    steps: Sequence[LoadedStep]

    def every_step(self) -> Iterator[LoadedStep]:
        """Give all steps in the order in which they end: what is done meanwhile before what it is done within."""
        return _as_they_end(self.steps)

    @property
    def count(self) -> int:
        """How many steps there are."""
        return sum(1 for _ in self.every_step())


def _as_they_end(steps: Sequence[LoadedStep]) -> Iterator[LoadedStep]:
    for step in steps:
        yield from _as_they_end(step.meanwhile)
        yield step


def load(path: Path, judge: Judge | None = None) -> list[LoadedScenario]:
    """Read the scenarios of a file: one, or one for each of its cases.

    Args:
        judge: Of the values of settings and persons; without one, they are judged when the story is played.

    Raises:
        ScenarioInvalid: it cannot be read, or is not understood.
    """
    source = source_at(path)
    cases = source.scenario.each
    if cases is None:
        return [_case(source, 0, None, judge)]
    if len(cases) > _MOST_CASES:
        source.blame(("each",), f"there are more than {_MOST_CASES} cases")
    _make_sure_of_columns(source, cases)
    first = _case(source, 0, cases[0], judge)
    if first.count * len(cases) > _MOST_STEPS_OF_ALL:
        source.blame(("each",), f"all cases together have more than {_MOST_STEPS_OF_ALL:,} steps")
    return [first, *(_case(source, number, row, judge) for number, row in enumerate(cases[1:], start=1))]


def _make_sure_of_columns(source: Source, cases: Sequence[Mapping[str, Any]]) -> None:
    columns = cases[0]
    for number, row in enumerate(cases):
        for name in row:
            if name not in columns:
                near = instead(name, [column for column in columns if column not in row] or columns)
                said = f"each: case {number + 1} has {name!r}, which the first has not{near}"
                source.blame(("each", number, name), said, at_key=True)
        missing = [name for name in columns if name not in row]
        if missing:
            source.blame(("each", number), f"each: case {number + 1} has no {missing[0]!r}, which the first has")


# --- A case ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Given:
    """What a story begins with, as all parts of its file have it: a later part says more, or otherwise."""

    people: Mapping[str, Any]
    settings: Mapping[str, Any]
    clock: datetime | str | None
    passages: Mapping[str, Passage]


def _given(source: Source) -> _Given:
    people: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    clock: datetime | str | None = None
    passages = {"scenario": source.passage(("scenario",), "scenario")}
    for part in source.in_order():
        given = part.scenario.given
        for name, person in given.people.items():
            if name in _OF_EVERY_PLAY:
                part.blame(("given", "people", name), f"{name!r} is the name of something else", at_key=True)
            phone = person.phone or _BY_PERSONA[str(person.persona)]
            people[name] = {"phone": phone} | ({"persona": person.persona} if person.persona else {})
        if given.unit or part.scenario.settings:
            place: Place = ("given", "unit") if given.unit else ("settings",)
            settings |= given.unit or part.scenario.settings
            passages["settings"] = part.passage(place, ".".join(map(str, place)))
        begins = given.clock or part.scenario.clock
        if begins is not None:
            clock = begins
            place = ("given", "clock") if given.clock is not None else ("clock",)
            passages["clock"] = part.passage(place, ".".join(map(str, place)))
    return _Given(people, settings, clock, passages)


def _case(source: Source, number: int, row: Mapping[str, Any] | None, judge: Judge | None) -> LoadedScenario:
    given = _given(source)
    for name in row or {}:
        if name in given.people or name in _OF_EVERY_PLAY:
            source.blame(("each", number, name), f"{name!r} is the name of something else", at_key=True)
    names = {**given.people, **(row or {})}
    try:
        title = str(references.substituted(source.scenario.scenario, names))
        settings = references.substituted(given.settings, names)
    except ReferenceWrong as wrong:
        source.blame(("each", number), str(wrong))
    _make_sure_of_settings(source, names, judge)
    if row is not None and title == source.scenario.scenario:
        title = f"{title} ({', '.join(map(str, row.values()))})"
    steps = _Steps(names, judge)
    steps.add(list(source.in_order()))
    return LoadedScenario(
        path=source.path,
        title=" ".join(title.split()),
        about=source.scenario.about,
        clock=given.clock,
        settings=settings,
        names=names,
        limit=source.scenario.limit,
        passages=given.passages,
        steps=steps.loaded,
    )


def _make_sure_of_settings(source: Source, names: Mapping[str, Any], judge: Judge | None) -> None:
    if judge is None:
        return
    for part in source.in_order():
        given = part.scenario.given.unit
        place: Place = ("given", "unit") if given else ("settings",)
        for written, value in (given or part.scenario.settings).items():
            ((name, meant),) = references.substituted({written: value}, names).items()
            if (said := judge.setting(name, meant)) is not None:
                part.blame((*place, written), f"{'.'.join(map(str, place))}: {said}")


class _Steps:
    """Understands the steps of a case, one after another, with the names that they can refer to."""

    def __init__(self, names: Mapping[str, Any], judge: Judge | None) -> None:
        self.loaded: list[LoadedStep] = []
        self._judge = judge
        self._names = names
        self._known: dict[str, Members | None] = {**dict.fromkeys(names), **_OF_EVERY_PLAY}
        self._payments: list[str] = []  # what a payment can be called by now: its name and its reference
        self._count = 0

    def add(self, parts: Sequence[Source]) -> None:
        for part in parts:
            if part.scenario.given.webhooks is not None:
                self._add_webhook(part, part.scenario.given.webhooks)
        for part in parts:
            for index, content in enumerate(part.scenario.steps):
                self.loaded += self._add(part, ("steps", index), f"step {index + 1}", content, self._names)

    def _add_webhook(self, source: Source, events: list[str]) -> None:
        """Have a webhook registered before anything else happens."""
        passage = source.passage(("given", "webhooks"), "given.webhooks")
        step = RegisterWebhook(events=events)
        self._known[step.name] = step.members()
        self.loaded.append(
            LoadedStep(passage.path, passage.name, passage.line, passage.text, step, {"events": events})
        )

    def _add(
        self, source: Source, place: Place, name: str, content: Any, names: Mapping[str, Any]
    ) -> Iterator[LoadedStep]:
        """Give the step that is written in a place, or all that it repeats."""
        if not isinstance(content, dict) or len(content) != 1:
            source.blame(place, f"{name}: a step has one key, `actor.action`")
        key, value = next(iter(content.items()))
        if key == "repeat":
            yield from self._repeat(source, (*place, key), name, value, names)
            return
        kind = STEPS.get(key)
        if kind is None:
            source.blame((*place, key), f"{name}: there is no step {key!r}{instead(key, STEPS)}", at_key=True)
        self._count += 1
        if self._count > _MOST_STEPS:
            source.blame(place, f"{name}: the story has more than {_MOST_STEPS:,} steps, counting what it repeats")
        where, entry, place = f"{name} {key}", place, (*place, key)
        within: dict[str, Any] = {}
        if isinstance(value, dict) and issubclass(kind, Underway):
            within = {member: value[member] for member in MEANWHILE if member in value}
            value = {member: inner for member, inner in value.items() if member not in within}
        try:
            value = references.substituted(value, names)
            used = set(references.paths_in(value))
        except ReferenceWrong as wrong:
            source.blame(place, f"{where}: {wrong}")
        try:
            step = kind.model_validate(value | within if within else value)
        except ValidationError as error:
            inner, said, at_key = complaint(kind, error, has_fields=isinstance(value, dict))
            source.blame((*place, *inner), f"{where}: {said}", at_key=at_key)
        self._check(source, place, where, step, used)
        if isinstance(step, Is) and self._judge is not None:
            self._check_person(source, place, where, step.person, self._judge)
        meanwhile = list(self._meanwhile(source, place, name, step, names))
        self._known |= dict.fromkeys(step.makes(), step.members())
        mark, passage = source.document.key_mark(place), source.document.passage(entry)
        yield LoadedStep(source.path, name, mark.line, passage, step, value, meanwhile)

    def _meanwhile(
        self, source: Source, place: Place, name: str, step: Step, names: Mapping[str, Any]
    ) -> Iterator[LoadedStep]:
        """Give what is done while a step is on its way: a payment is not there before its call has arrived."""
        before_it_arrives, before_its_answer = (getattr(step, member, None) or () for member in MEANWHILE)
        for index, content in enumerate(before_it_arrives):
            inner = (*place, "before_it_arrives", index)
            yield from self._add(source, inner, f"{name}.{index + 1}", content, names)
        if isinstance(step, CreatePayment):
            reference = str(step.body.get("reference", "")) if isinstance(step.body, dict) else ""
            self._payments += [name for name in (step.name, reference) if name]
        for index, content in enumerate(before_its_answer):
            inner = (*place, "before_its_answer", index)
            yield from self._add(source, inner, f"{name}.{index + 1}", content, names)

    def _repeat(
        self, source: Source, place: Place, name: str, value: Any, names: Mapping[str, Any]
    ) -> Iterator[LoadedStep]:
        try:
            repeat = Repeat.model_validate(value)
        except ValidationError as error:
            inner, said, at_key = complaint(Repeat, error)
            source.blame((*place, *inner), f"{name} repeat: {said}", at_key=at_key)
        if repeat.name in self._known or repeat.name in names:
            source.blame((*place, "as"), f"{name} repeat: {repeat.name!r} is the name of something else")
        try:
            rounds = references.substituted(repeat.rounds(), names)
        except ReferenceWrong as wrong:
            source.blame((*place, "each"), f"{name} repeat: {wrong}")
        for entry in rounds:
            for index, content in enumerate(repeat.steps):
                inner_name = f"{name}.{index + 1} ({repeat.name} {entry})"
                inner_names = {**names, repeat.name: entry}
                yield from self._add(source, (*place, "steps", index), inner_name, content, inner_names)

    @staticmethod
    def _check_person(source: Source, place: Place, where: str, person: Mapping[str, Any], judge: Judge) -> None:
        for name, value in person.items():
            is_known = next(references.paths_in({name: value}), None) is None  # else the play knows it
            said = judge.person(name, value) if is_known else None
            if said is not None:
                source.blame((*place, "person", name), f"{where}: {said}")

    def _check(self, source: Source, place: Place, where: str, step: Step, used: set[tuple[str, ...]]) -> None:
        for path in sorted(used):
            if path[0] not in self._known:
                near = did_you_mean(path[0], self._known.keys() - _OF_EVERY_PLAY.keys())
                source.blame(_place_of(path, source, place), f"{where}: nothing is called {path[0]!r} yet{near}")
            try:
                references.check_members(path, self._known)
            except ReferenceWrong as wrong:
                source.blame(_place_of(path, source, place), f"{where}: {wrong}")
        for name in step.makes():
            if name in _OF_EVERY_PLAY or name in self._names:
                source.blame((*place, "as"), f"{where}: as: {name!r} is the name of something else")
        try:
            check_patterns(list(step.expectations()))
        except PatternWrong as wrong:
            source.blame(place, f"{where}: {wrong}")
        payment = getattr(step, "payment", None)
        if payment is not None and "${" not in payment and payment not in self._payments:
            known = f"there are {', '.join(self._payments[:10])}" if self._payments else "none is created before"
            near = did_you_mean(payment, self._payments)
            source.blame((*place, "payment"), f"{where}: payment: there is no payment {payment!r}; {known}{near}")


def _place_of(path: Sequence[str], source: Source, place: Place) -> Place:
    """Return where below *place* something is referred to first."""
    name = ".".join(path)
    texts = [
        (mark.begin, inner)
        for inner, mark in source.document.marks.items()
        if inner[: len(place)] == place and f"${{{name}" in source.document.text[mark.begin : mark.end]
    ]
    return max(texts, key=lambda text: len(text[1]))[1] if texts else place
