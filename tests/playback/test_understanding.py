"""Scenario files: what is understood, and how a mistake is told before anything is played."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic.alias_generators import to_camel

from sandbox.control import judging
from sandbox.domain.sales_unit import UnitSettings
from sandbox.playback import ScenarioInvalid, load, scenario_files
from sandbox.playback.language.base import SETTINGS

Write = Callable[..., Path]

STEPS = "scenario: x\nsteps:\n"
PAYMENT = """
  - merchant.create_payment:
      as: order
      body: {amount: {currency: NOK, value: 49900}, paymentMethod: {type: WALLET}, reference: acme-shop-0001,
             customer: {phoneNumber: "4791234567"}, returnUrl: "https://example.com", userFlow: WEB_REDIRECT}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, name: str = "story.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def complaint_about(path: Path) -> str:
    with pytest.raises(ScenarioInvalid) as caught:
        load(path)
    said = str(caught.value)
    assert said.startswith(f"{path.parent}/")
    return said.removeprefix(str(path))


@pytest.mark.parametrize(
    ("story", "complaint"),
    [
        ("", ":1:1: the file is empty"),
        ("scenario: x\nsteps: []\n", ":2:8: steps: is empty"),
        ("scenario: x\n", ":1:1: steps: Field required"),
        ("scenario: x\nstep: []\n", ":2:1: step: unknown; did you mean 'steps'?"),
        ("scenario: x\nsteps: [time.freeze: ]\nclok: 1\n", ":3:1: clok: unknown; did you mean 'clock'?"),
        (
            "scenario: x\nsteps: [time.freeze: ]\nzzz: 1\n",
            ":3:1: zzz: unknown; there are scenario, about, given, clock, settings, include, each, limit, steps",
        ),
        ("- a\n", ":1:1: a scenario is a mapping with `scenario` and `steps`"),
        ("\njust words\n", ":2:1: a scenario is a mapping with `scenario` and `steps`"),
        (f"{STEPS}  - customer.open: {{payment: a\n", ":4:1: expected ',' or '}'"),
        ("scenario: x\nscenario: y\nsteps: [time.freeze: ]\n", ":2:1: the key 'scenario' comes twice"),
        (
            f"{STEPS}  - time.freeze:\n  - customer.aprove:\n",
            ":4:5: step 2: there is no step 'customer.aprove'; did you mean 'customer.approve'?",
        ),
        (f"{STEPS}  - time.freeze:\n    time.resume:\n", ":3:5: step 1: a step has one key"),
        (f"{STEPS}  - just words\n", ":3:5: step 1: a step has one key"),
        (f"{STEPS}  - time.advance: 1 dag\n", ":3:19: step 1 time.advance: by: say a duration such as P1D or PT10M"),
        (f"{STEPS}  - time.advance: 630\n", ":3:19: step 1 time.advance: by: say a duration such as P1D or PT10M"),
        (f"{STEPS}  - time.advance: [1]\n", ":3:19: step 1 time.advance: by: say a duration such as P1D or PT10M"),
        (f"{STEPS}  - time.advance:\n", ":3:18: step 1 time.advance: say either `by`"),
        (
            f"{STEPS}  - time.set: 2023-09-15\n",
            ":3:15: step 1 time.set: now: say an instant such as 2023-09-15T00:00:00Z",
        ),
        (
            f"{STEPS}  - customer.open: {{phone: 4791234567}}\n",
            ":3:28: step 1 customer.open: phone: Input should be a valid string (quote it)",
        ),
        (
            f"{STEPS}  - customer.open: {{phone: ada}}\n",
            ":3:28: step 1 customer.open: phone: say a phone number as 9",
        ),
        (
            f"{STEPS}  - customer.open: {{who: me}}\n",
            ":3:21: step 1 customer.open: who: unknown; there are payment, phone, refused",
        ),
        (
            f"{STEPS}  - merchant.get_order: {{order: a, expect: {{stauts: 404}}}}\n",
            ":3:45: step 1 merchant.get_order: expect.stauts: unknown; did you mean 'status'?",
        ),
        (
            f"{STEPS}  - expect.payment: {{state: AUTORIZED}}\n",
            ":3:29: step 1 expect.payment: state: there is no state 'AUTORIZED'; did you mean 'AUTHORIZED'?",
        ),
        (
            f"{STEPS}  - expect.payment: {{state: paid}}\n",
            (
                ":3:29: step 1 expect.payment: state: there is no state 'paid'; "
                "there are CREATED, AUTHORIZED, ABORTED, EXPIRED, TERMINATED"
            ),
        ),
        (f"{STEPS}  - expect.payment: {{captured: '1'}}\n", ":3:32: step 1 expect.payment: captured: say a whole"),
        (f"{STEPS}  - expect.events:\n", ":3:19: step 1 expect.events: say `events`"),
        (
            f"{STEPS}  - expect.events: [CREATED, captured]\n",
            ":3:30: step 1 expect.events: events.1: there is no event 'captured'; did you mean 'CAPTURED'?",
        ),
        (
            f"{STEPS}  - customer.approve: invoice\n",
            ":3:23: step 1 customer.approve: payment: there is no payment 'invoice'; none is created before",
        ),
        (
            f"scenario: x\nsteps:{PAYMENT}  - customer.approve: ordre\n",
            (
                ":7:23: step 2 customer.approve: payment: there is no payment 'ordre'; "
                "there are order, acme-shop-0001; did you mean 'order'?"
            ),
        ),
        (
            (
                f"scenario: x\nsteps:{PAYMENT}  - expect.payment: {{payment: second}}\n"
                "  - merchant.create_payment: {as: second, body: {}}\n"
            ),
            ":7:31: step 2 expect.payment: payment: there is no payment 'second'; there are order, acme-shop-0001",
        ),
        (
            "scenario: x\nclock: yesterday\nsteps:\n  - time.freeze:\n",
            ":2:8: clock: say an instant such as 2023-09-15T00:00:00Z",
        ),
        (
            (
                "scenario: x\nclock: 2023-09-15T00:00:00Z\ngiven: {clock: 2023-09-15T00:00:00Z}\n"
                "steps:\n  - time.freeze:\n"
            ),
            ":1:1: the clock is given twice",
        ),
        (
            "scenario: x\ngiven: {people: {ada: {persona: aproves}}}\nsteps: [time.freeze: ]\n",
            ":2:33: given.people.ada.persona: there is no 'aproves'; did you mean 'approves'?",
        ),
        (
            f"{STEPS}  - customer.open: {{phone: '${{ada.phone}}'}}\n",
            ":3:28: step 1 customer.open: nothing is called 'ada' yet",
        ),
        (
            f"scenario: x\nsteps:{PAYMENT}  - merchant.get_order: {{order: '${{ordre.reference}}'}}\n",
            ":7:33: step 2 merchant.get_order: nothing is called 'ordre' yet; did you mean 'order'?",
        ),
        (f"{STEPS}  - merchant.get_order: {{order: '${{a b}}'}}\n", ":3:25: step 1 merchant.get_order: ${a b} is no"),
        (
            f"{STEPS}  - merchant.get_order: {{order: a, expect: {{body: '<any uid>'}}}}\n",
            ":3:25: step 1 merchant.get_order: <any uid> is no pattern; did you mean '<any uuid>'?",
        ),
        (
            f"{STEPS}  - merchant.get_order: {{order: a, expect: {{body: ['<between 1 and x>']}}}}\n",
            ":3:25: step 1 merchant.get_order: <between 1 and x> is no pattern; there are <any>",
        ),
        (
            f"{STEPS}  - repeat: {{times: 2}}\n",
            ":3:13: step 1 repeat: steps: Field required",
        ),
        (
            f"{STEPS}  - repeat: {{steps: [time.freeze: ]}}\n",
            ":3:13: step 1 repeat: say either `times` or `each`",
        ),
        (
            f"{STEPS}  - repeat: {{times: 1000, steps: [{', '.join(['time.freeze: '] * 6)}]}}\n",
            ":3:65: step 1.3 (n 834): the story has more than 5,000 steps",
        ),
        (
            f"{STEPS}  - repeat: {{times: 2, as: unit, steps: [time.freeze: ]}}\n",
            ":3:28: step 1 repeat: 'unit' is the name of something else",
        ),
        (
            "scenario: x\neach: [{unit: red}]\nsteps: [time.freeze: ]\n",
            ":2:9: 'unit' is the name of something else",
        ),
        (
            f"scenario: x\neach: [{', '.join(['{a: 1}'] * 1001)}]\nsteps: [time.freeze: ]\n",
            ":2:7: there are more than 1000 cases",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(write: Write, story: str, complaint: str) -> None:
    assert complaint_about(write(story)).startswith(complaint)


@pytest.mark.parametrize(
    ("story", "complaint"),
    [
        (f"{STEPS}  - 1: 2\n", ":3:5: the key 1 is not text: quote it"),
        (f"{STEPS}  - [a]: 2\n", ":3:5: a key is one word"),
        (
            "scenario: x\nsettings: {market: NO}\nsteps: [time.freeze: ]\n",
            ':2:20: YAML reads NO as false: write "NO" in quotes, or false',
        ),
        ("scenario: yes\n", ':1:11: YAML reads yes as true: write "yes" in quotes, or true'),
        (f"{STEPS}  - time.advance: 10:30\n", ':3:19: YAML reads 10:30 as a number of another kind: write "10:30"'),
        (
            f"{STEPS}  - customer.open: {{phone: +4791234567}}\n",
            ":3:28: YAML reads +4791234567 as a number of another kind",
        ),
        (f"{STEPS}  - merchant.create_payment: {{body: {{a: 007}}}}\n", ":3:41: YAML reads 007 as a number"),
        (f"{STEPS}  - merchant.create_payment: {{body: {{a: .inf}}}}\n", ":3:41: YAML reads .inf as a number"),
        (f"{STEPS}  - merchant.create_payment: {{body: {{a: 1_000}}}}\n", ":3:41: YAML reads 1_000 as a number"),
        (f"{STEPS}  - &a [*a]\n", ":3:5: this is nested deeper than 60 levels, or holds itself"),
        (f"{STEPS}  - {'[' * 5000}\n", ":"),
        ("a: &a {b: 1}\nc: {<<: *a}\n", ":2:5: `<<` merges mappings, which is not done here"),
        (
            "a: !!python/object:os.system {}\n",
            ":1:4: could not determine a constructor for the tag '!!python/object:os.system'",
        ),
        (f"scenario: x\nabout: {'x' * 1_000_001}\n", ":1:1: the file is larger than 1,000,000 bytes"),
        ("scenario: x\nsteps:\n\t- time.freeze:\n", ":3:1: YAML is indented by spaces: a tab cannot begin"),
        ("scenario: x\0\n", ":1:12: the character U+0000 is not allowed"),
        (f'{STEPS}  - merchant.get_order: "\\ud800"\n', ":3:25: half a character stands here"),
        (f'{STEPS}  - merchant.call: {{"\\udfff": 1}}\n', ":3:21: half a character stands here"),
        (
            f'{STEPS}  - merchant.get_order: "abc\n',
            ":4:1: found unexpected end of stream, while scanning a quoted scalar that begins in line 3",
        ),
        (f"{STEPS}  - merchant.capture: {{amount: {'9' * 5000}}}\n", ":3:32: this number is too large"),
        (f"{STEPS}  - merchant.call: {{body: {{a: 1.0e+999}}}}\n", ":3:31: this number is too large"),
        (f"{STEPS}  - merchant.call: {{body: {{a: 1e3}}}}\n", ':3:31: YAML reads 1e3 as text: write "1e3" in quotes'),
        ("scenario: x\nlimit: PT0S\nsteps: [time.freeze: ]\n", ":2:8: limit: say a duration of at most PT1H"),
        ("scenario: x\nlimit: -PT1S\nsteps: [time.freeze: ]\n", ":2:8: limit: say a duration of at most PT1H"),
        ("scenario: x\nlimit: P1D\nsteps: [time.freeze: ]\n", ":2:8: limit: say a duration of at most PT1H"),
        ("scenario: x\nlimit: '${now}'\nsteps: [time.freeze: ]\n", ":2:8: limit: say a duration of at most PT1H"),
        (f"{STEPS}  - time.advance: -P1D\n", ":3:19: step 1 time.advance: by: say a duration such as P1D or PT10M; "),
        (f"{STEPS}  - time.set: 2023-09-15T00:00:00\n", ":3:15: step 1 time.set: now: say an instant such as"),
        (f"{STEPS}  - network.delay: {{by: -PT1S}}\n", ":3:25: step 1 network.delay: by: say a duration of at most"),
        (f"{STEPS}  - network.delay: {{by: PT6M}}\n", ":3:25: step 1 network.delay: by: say a duration of at most"),
        (
            f"{STEPS}  - network.drop: {{times: 0}}\n",
            ":3:27: step 1 network.drop: times: say a whole number between 1",
        ),
        (f"{STEPS}  - expect.screen: {{pending: -1}}\n", ":3:30: step 1 expect.screen: pending: say a whole number"),
        (
            f"{STEPS}  - merchant.capture: {{expect: {{status: 4000}}}}\n",
            ":3:41: step 1 merchant.capture: expect.status: say a whole number between 100 and 599",
        ),
        (
            f"{STEPS}  - merchant.get_token: {{as: now}}\n",
            ":3:30: step 1 merchant.get_token: as: 'now' is the name of something else",
        ),
        (
            "scenario: x\ngiven: {people: {unit: {persona: approves}}}\nsteps: [time.freeze: ]\n",
            ":2:18: 'unit' is the name of something else",
        ),
        (
            f"{STEPS}  - merchant.get_order: '${{order.id'\n",
            ":3:25: step 1 merchant.get_order: `${` has no `}` here: write ${name}, or $${ where no",
        ),
        (
            f"{STEPS}  - merchant.get_order: '${{now + PT}}'\n",
            ":3:25: step 1 merchant.get_order: ${now + PT}: PT is no duration such as P14D or PT10M",
        ),
        (
            "scenario: x\neach: [{a: 1, b: 2}, {a: 1}]\nsteps: [time.freeze: ]\n",
            ":2:22: each: case 2 has no 'b', which the first has",
        ),
        (
            "scenario: x\neach: [{amount: 1}, {amont: 1}]\nsteps: [time.freeze: ]\n",
            ":2:22: each: case 2 has 'amont', which the first has not; did you mean 'amount'?",
        ),
        ("scenario: x\neach: [{'a b': 1}]\nsteps: [time.freeze: ]\n", ":2:9: each.0.a b: 'a b' cannot be used here"),
        ("scenario: x\neach: [{}]\nsteps: [time.freeze: ]\n", ":2:8: each.0: is empty"),
        (
            f"scenario: x\neach: [{', '.join(['{a: 1}'] * 1000)}]\nsteps: [{', '.join(['time.freeze: '] * 101)}]\n",
            ":2:7: all cases together have more than 100,000 steps",
        ),
    ],
)
def test_what_yaml_would_misread_is_refused(write: Write, story: str, complaint: str) -> None:
    assert complaint_about(write(story)).startswith(complaint)


def test_aliases_that_explode_are_refused(write: Write) -> None:
    """Nine lists, each nine times the one before: 387 million values in a few lines."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "there are more than 50,000 values, counting what aliases repeat" in complaint_about(
        write("\n".join(lines))
    )


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(ScenarioInvalid, match="cannot be read"):
            load(path)


def test_what_is_not_utf_8_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("about: é\nscenario: bråte\n".encode() + "scenario: bråte\n".encode("latin-1"))
    assert complaint_about(path) == ":3:13: this is not UTF-8: save the file as UTF-8"


@pytest.mark.parametrize(
    "text", [f"\ufeff{STEPS}  - time.freeze:\n", f"{STEPS}  - time.freeze:\n".replace("\n", "\r\n")]
)
def test_files_of_other_systems_are_understood(write: Write, text: str) -> None:
    assert [step.step.key for step in load(write(text))[0].steps] == ["time.freeze"]


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(ScenarioInvalid, match=r"^/dev/zero:1:1: the file is larger than 1,000,000 bytes$"):
        load(Path("/dev/zero"))


def test_files_that_are_included_again_and_again_are_counted(write: Write) -> None:
    """Each includes the next one ten times: ten million files in seven."""
    for number in range(7):
        write(f"include: [{', '.join([f'_{number + 1}.yaml'] * 10)}]\n{STEPS}  - time.freeze:\n", f"_{number}.yaml")
    write(f"{STEPS}  - time.freeze:\n", "_7.yaml")
    with pytest.raises(ScenarioInvalid, match="more than 100 files are included, counting each time"):
        load(write(f"include: _0.yaml\n{STEPS}  - time.freeze:\n"))


def test_a_body_is_passed_on_as_it_stands(write: Write) -> None:
    """Instants stay text, numbers numbers, and text that is no JSON stays what it is."""
    path = write(
        f"{STEPS}  - merchant.create_payment: {{body: {{at: 2023-09-15T00:00:00Z, n: 4791234567, f: 1.5}}}}\n"
    )
    (story,) = load(path)
    assert story.steps[0].content == {"body": {"at": "2023-09-15T00:00:00Z", "n": 4791234567, "f": 1.5}}
    (story,) = load(write(f"{STEPS}  - merchant.create_payment: {{body: '{{\"trailing\": 1,}}'}}\n"))
    assert story.steps[0].content == {"body": '{"trailing": 1,}'}


@pytest.mark.parametrize(
    ("story", "complaint"),
    [
        (
            f"{STEPS}  - customer.is: {{phone: '4791234567', persona: approve}}\n",
            ":3:49: step 1 customer.is: persona: there is no 'approve'; did you mean 'approves'?",
        ),
        (
            f"{STEPS}  - customer.see_inbox: ada\n",
            ":3:25: step 1 customer.see_inbox: phone: say a phone number as 9 to 15 digits with country code and",
        ),
        (
            f"{STEPS}  - expect.webhooks: CREATED\n",
            ":3:22: step 1 expect.webhooks: events: say a list, such as [one, another]",
        ),
        (
            "scenario: x\ngiven: {unit: red}\nsteps: [time.freeze: ]\n",
            ":2:15: given.unit: say members, such as {name: value}",
        ),
        (
            f"{STEPS}  - merchant.get_token: {{as: my token}}\n",
            ":3:30: step 1 merchant.get_token: as: 'my token' cannot be used here: a name has no space, dot, plus or",
        ),
        (
            "scenario: x\ngiven: {unit: {market: NOK, pushAllowed: false}}\nsteps: [time.freeze: ]\n",
            ":2:29: given.unit.pushAllowed: there is no setting 'pushAllowed'; did you mean 'pushMessageAllowed'?",
        ),
        (
            "scenario: x\nsettings: {reminder: false}\nsteps: [time.freeze: ]\n",
            ":2:12: settings.reminder: there is no setting 'reminder'; did you mean 'reminders'?",
        ),
        (
            "scenario: x\ngiven: {people: ['4791234567']}\nsteps: [time.freeze: ]\n",
            ':2:17: given.people: give everybody a name, such as {ada: "4791234567"}',
        ),
        (
            "scenario: x\ngiven: {webhooks: [epayments.payment.captured.v1]}\nsteps: [time.freeze: ]\n",
            ":2:20: given.webhooks.0: there is no event 'epayments.payment.captured.v1'; did you mean 'CAPTURED'?",
        ),
        (
            "scenario: x\nclock: 1969-12-31T23:59:59Z\nsteps: [time.freeze: ]\n",
            ":2:8: clock: 1969-12-31T23:59:59+00:00 is out of reach: the clock goes from 1970 to 3000",
        ),
        (
            f"{STEPS}  - time.advance: {{to: 9999-12-31T23:59:59-01:00}}\n",
            ":3:24: step 1 time.advance: to: 9999-12-31T23:59:59-01:00 is out of reach",
        ),
        (
            f"{STEPS}  - time.advance: P400000D\n",
            ":3:19: step 1 time.advance: by: this is out of reach: the clock goes to 3000",
        ),
        (
            f"{STEPS}  - merchant.get_order: '${{now + P400000D}}'\n",
            ":3:25: step 1 merchant.get_order: ${now + P400000D}: there is no such instant",
        ),
        (
            f"{STEPS}  - merchant.call: {{method: GET, path: /, headers: {{X-Name: 'å'}}}}\n",
            ":3:61: step 1 merchant.call: headers.X-Name: a header cannot be sent with this",
        ),
        (
            f'{STEPS}  - merchant.call: {{method: GET, path: /, headers: {{X-Name: "a\\nb"}}}}\n',
            ":3:61: step 1 merchant.call: headers.X-Name: a header cannot be sent with this",
        ),
        (
            f"{STEPS}  - merchant.call: {{method: GET, path: /, headers: {{X Name: a}}}}\n",
            ":3:53: step 1 merchant.call: headers.X Name: 'X Name' cannot be the name of a header",
        ),
        (
            f"{STEPS}  - merchant.trigger: {{http: {{url: 'http://a', headers: {{X-Name: ' a'}}}}}}\n",
            ":3:66: step 1 merchant.trigger: http.headers.X-Name: a header cannot be sent with this",
        ),
        (
            f"{STEPS}  - merchant.create_payment: {{body: {{}}, idempotency_key: 'blå'}}\n",
            ":3:58: step 1 merchant.create_payment: idempotency_key: say an Idempotency-Key of 1 to 50",
        ),
        (
            f"{STEPS}  - merchant.create_payment: {{body: {{}}, idempotency_key: ''}}\n",
            ":3:58: step 1 merchant.create_payment: idempotency_key: say an Idempotency-Key of 1 to 50",
        ),
    ],
)
def test_what_could_not_be_done_is_told_before_it_is_tried(write: Write, story: str, complaint: str) -> None:
    assert complaint_about(write(story)).startswith(complaint)


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (
            "merchant.get_order: '${order.refrence}'",
            ":7:25: step 2 merchant.get_order: order has no 'refrence'; did you",
        ),
        (
            "merchant.get_order: 'x ${order.amount.valu}'",
            ":7:25: step 2 merchant.get_order: order.amount has no 'valu'",
        ),
        (
            "merchant.get_order: '${unit.mns}'",
            ":7:25: step 2 merchant.get_order: unit has no 'mns'; did you mean 'msn'?",
        ),
        ("merchant.get_order: '${unique.id}'", ":7:25: step 2 merchant.get_order: unique has no 'id'"),
    ],
)
def test_a_member_that_cannot_be_there_is_told(write: Write, step: str, complaint: str) -> None:
    path = write(f"{STEPS.rstrip()}{PAYMENT}  - {step}\n")
    assert complaint in complaint_about(path)


@pytest.mark.parametrize(
    ("call", "member"),
    [
        ("merchant.get_payment: {as: it}", "stat"),
        ("merchant.capture: {as: it}", "agregate"),
        ("merchant.refund: {as: it}", "aggregate.refunded"),
        ("merchant.cancel: {as: it}", "references"),
        ("merchant.register_webhook: {as: it}", "secrets"),
    ],
)
def test_what_a_call_is_answered_with_has_the_members_of_its_kind(write: Write, call: str, member: str) -> None:
    story = f"{STEPS.rstrip()}{PAYMENT}  - {call}\n  - expect.equal: {{this: '${{it.{member}}}', to: x}}\n"
    assert f"has no {member.rpartition('.')[2]!r}; did you mean" in complaint_about(write(story))


@pytest.mark.parametrize("expect", ["{status: 400}", "{code: '6080'}", "{no_answer: true}", "{status: '${code}'}"])
def test_what_a_refusal_holds_nobody_can_tell(write: Write, expect: str) -> None:
    story = (
        f"each: [{{code: 400}}]\n{STEPS.rstrip()}{PAYMENT}  - merchant.capture: {{as: it, expect: {expect}}}\n"
        "  - expect.equal: {this: '${it.title}', to: x}\n"
    )
    assert len(load(write(story))[0].steps) == 3


def test_the_settings_of_a_sales_unit_are_all_known() -> None:
    assert {to_camel(name) for name in UnitSettings.__dataclass_fields__} == set(SETTINGS)


GIVEN = "steps:\n  - time.freeze:\n"


@pytest.mark.parametrize(
    ("story", "complaint"),
    [
        (
            f"given:\n  unit:\n    name: x\n    captureWindow: 14\n{GIVEN}",
            ":5:20: given.unit: captureWindow: Input should be a valid duration",
        ),
        (f"settings: {{customer: generous}}\n{GIVEN}", ":2:22: settings: customer: Input should be 'manual', "),
        (
            f"settings: {{longLivingMaximum: P1000000D}}\n{GIVEN}",
            ":2:31: settings: longLivingMaximum must be from 0 to 36525 days.",
        ),
        (
            f"each: [{{v: true}}, {{v: perhaps}}]\nsettings: {{rateLimits: '${{v}}'}}\n{GIVEN}",
            ":3:24: settings: rateLimits: Input should be a valid boolean",
        ),
        (
            f"each: [{{s: rateLimit}}]\nsettings: {{'${{s}}': true}}\n{GIVEN}",
            ":3:20: settings: There is no setting 'rateLimit'; did you mean 'rateLimits'? There are name, ",
        ),
        (
            "steps:\n  - customer.is: {phone: '4791234567', person: {birthDate: 1.1.1980}}\n",
            ":3:60: step 1 customer.is: person.birthDate: Input should be a valid date",
        ),
        (
            "steps:\n  - customer.is:\n      phone: '4791234567'\n      person:\n        givenNam: Ada\n",
            ":6:19: step 1 customer.is: There is no 'person.givenNam'; there is only givenName, ",
        ),
    ],
)
def test_values_that_no_sandbox_takes_are_told_before(write: Write, story: str, complaint: str) -> None:
    """By whoever knows what a sandbox takes; the player itself finds it out when the story begins."""
    path = write(f"scenario: x\n{story}")
    with pytest.raises(ScenarioInvalid) as caught:
        load(path, judging)
    assert f"{path}{complaint}" in str(caught.value)
    assert load(path)


def test_what_only_the_play_knows_is_judged_by_the_play(write: Write) -> None:
    steps = "steps:\n  - customer.is: {phone: '4791234567', person: {birthDate: '${now}', email: ada@acme.test}}\n"
    assert load(write(f"scenario: x\nsettings: {{captureWindow: P14D}}\n{steps}"), judging)


# --- Cases, repetition, people --------------------------------------------------------------------------


def test_a_table_of_cases_makes_a_story_of_each(write: Write) -> None:
    path = write("scenario: pays ${sum} øre\neach:\n  - {sum: 100}\n  - {sum: 200}\nsteps: [time.freeze: ]\n")
    assert [story.title for story in load(path)] == ["pays 100 øre", "pays 200 øre"]
    path = write("scenario: pays\neach:\n  - {sum: 100, who: ada}\nsteps: [time.freeze: ]\n")
    assert [story.title for story in load(path)] == ["pays (100, ada)"]


def test_a_case_keeps_the_kind_of_its_values(write: Write) -> None:
    path = write(f"scenario: x\neach: [{{sum: 100}}]\nsteps:{PAYMENT}  - merchant.capture: {{amount: '${{sum}}'}}\n")
    (story,) = load(path)
    assert story.steps[1].content == {"amount": 100}


def test_steps_are_repeated_with_a_number_or_an_entry(write: Write) -> None:
    path = write(
        f"{STEPS}  - repeat: {{times: 2, from: 7, as: day, steps: [merchant.get_order: 'order-${{day}}']}}\n"
        "  - repeat: {each: [{id: a}, {id: b}], as: one, steps: [merchant.get_order: '${one.id}']}\n"
    )
    (story,) = load(path)
    assert [step.content for step in story.steps] == ["order-7", "order-8", "a", "b"]
    assert [step.name for step in story.steps] == [
        "step 1.1 (day 7)",
        "step 1.1 (day 8)",
        "step 2.1 (one {'id': 'a'})",
        "step 2.1 (one {'id': 'b'})",
    ]
    assert [step.line for step in story.steps] == [3, 3, 4, 4]


def test_people_have_a_number_or_a_persona(write: Write) -> None:
    given = "given: {people: {ada: '4791234567', bob: {persona: pays_later}}}"
    path = write(f"scenario: x\n{given}\nsteps:\n  - customer.see_inbox: '${{ada.phone}}'\n  - time.freeze:\n")
    (story,) = load(path)
    assert story.steps[0].content == "4791234567"
    assert story.names["bob"] == {"phone": "4790000003", "persona": "pays_later"}


# --- Including ------------------------------------------------------------------------------------------


def test_what_is_included_comes_first_and_what_includes_wins(write: Write) -> None:
    write(
        f"scenario: opening\nclock: 2023-01-01T00:00:00Z\nsettings: {{name: A, market: DK}}\nsteps:{PAYMENT}",
        "_a.yaml",
    )
    path = write("scenario: x\ninclude: _a.yaml\nsettings: {name: B}\nsteps:\n  - customer.approve: order\n")
    (story,) = load(path)
    assert [step.step.key for step in story.steps] == ["merchant.create_payment", "customer.approve"]
    assert [step.path.name for step in story.steps] == ["_a.yaml", "story.yaml"]
    assert story.settings == {"name": "B", "market": "DK"}
    assert story.passages["clock"].path.name == "_a.yaml"
    assert story.title == "x"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("../secret.yaml", ":2:10: include: '../secret.yaml' is outside the folder of this file"),
        ("/etc/passwd", ":2:10: include: '/etc/passwd' is outside the folder of this file"),
        ("link.yaml", ":2:10: include: 'link.yaml' is outside the folder of this file"),
        ("_opennig.yaml", ":2:10: include: there is no file '_opennig.yaml' beside this one; did you mean '_opening"),
        ("story.yaml", ":2:10: include: 'story.yaml' includes this file in turn"),
        ('"a\\0b"', ":2:10: include: 'a\\x00b' is no file name"),
    ],
)
def test_only_what_lies_in_the_folder_is_included(
    write: Write, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, name: str, complaint: str
) -> None:
    write(f"{STEPS}  - time.freeze:\n", "_opening.yaml")
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text(f"{STEPS}  - time.freeze:\n")
    (tmp_path / "link.yaml").symlink_to(outside)
    path = write(f"scenario: x\ninclude: {name}\nsteps:\n  - time.freeze:\n")
    assert complaint_about(path).startswith(complaint)


def test_a_mistake_in_what_is_included_is_told_where_it_is(write: Write, tmp_path: Path) -> None:
    write(f"{STEPS}  - time.freez:\n", "_a.yaml")
    path = write("scenario: x\ninclude: [_a.yaml]\nsteps:\n  - time.freeze:\n")
    assert complaint_about(
        path
    ) == f"{tmp_path}/_a.yaml:3:5: step 1: there is no step 'time.freez'; did you mean " + ("'time.freeze'?")


def test_of_a_folder_all_stories_are_meant_but_what_is_only_included(write: Write, tmp_path: Path) -> None:
    for name in ("b/two.yml", "a/one.yaml", "a/_opening.yaml", "a/notes.txt"):
        write("", name)
    assert [path.name for path in scenario_files([tmp_path, tmp_path / "a" / "one.yaml"])] == ["one.yaml", "two.yml"]
