"""The folder of scenarios that a server is given."""

from pathlib import Path

import pytest

from sandbox.watching.library import Library

STORY = "scenario: {title}\nabout: When it matters.\nsteps:\n  - time.freeze:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with another beside it."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    return tmp_path / "inside"


def write(path: Path, title: str = "A story") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(STORY.format(title=title))
    return path


def names(folder: Path) -> list[str]:
    return [entry.name for entry in Library(folder).entries()]


def test_files_are_found_in_folders_too_but_not_what_others_include_or_hide(folder: Path) -> None:
    for name in ("b.yaml", "a/one.yml", "_opening.yaml", ".git/x.yaml", ".hidden.yaml", "notes.txt"):
        write(folder / name)
    assert names(folder) == ["a/one.yml", "b.yaml"]
    assert names(folder / "nowhere") == []
    assert Library(None).entries() == ()


def test_files_are_read_again_when_they_change(folder: Path) -> None:
    """And what they include, too."""
    library = Library(folder)
    path = write(folder / "story.yaml")
    assert [entry.title for entry in library.entries()] == ["A story"]
    write(path, "Another story")
    assert [entry.title for entry in library.entries()] == ["Another story"]
    path.write_text("scenario: x\ninclude: _opening.yaml\nsteps:\n  - time.resume:\n")
    assert library.entries()[0].mistake is not None
    write(folder / "_opening.yaml")
    (entry,) = library.entries()
    assert (entry.mistake, len(entry.scenarios[0].steps)) == (None, 2)
    path.unlink()
    assert library.entries() == []


def test_a_mistake_is_told_with_its_place_below_the_folder(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "odd-one.yaml").write_text("scenario: x\nsteps:\n  - merchant.captur: x\n")
    (entry,) = Library(folder).entries()
    assert entry.title == "Odd one"
    assert entry.mistake is not None
    assert entry.mistake.startswith("a/odd-one.yaml:3:5: step 1: there is no step 'merchant.captur'; did you mean")
    assert not entry.suits_an_application
    (folder / "a" / "odd-one.yaml").write_text("scenario: x\nsettings: {market: Norge}\nsteps:\n  - time.freeze:\n")
    assert "a/odd-one.yaml:2:20: settings: market: " in str(Library(folder).entries()[0].mistake)


def test_nothing_outside_the_folder_is_read(folder: Path) -> None:
    secret = write(folder.parent / "outside" / "secret.yaml")
    inner = write(folder / "a" / "inner.yaml")
    (folder / "link.yaml").symlink_to(secret)
    (folder / "all").symlink_to(secret.parent, target_is_directory=True)
    (folder / "around.yaml").symlink_to(folder / "around.yaml")
    (folder / "gone.yaml").symlink_to(folder / "nowhere.yaml")
    (folder / "alias.yaml").symlink_to(inner)
    (folder / "includes.yaml").write_text("scenario: x\ninclude: ../outside/secret.yaml\nsteps:\n  - time.freeze:\n")
    library = Library(folder)
    assert [entry.name for entry in library.entries()] == ["a/inner.yaml", "alias.yaml", "includes.yaml"]
    includes = library.find("includes.yaml")
    assert includes is not None
    assert includes.mistake is not None
    assert "is outside the folder" in includes.mistake
    for name in ("../outside/secret.yaml", "link.yaml", "all/secret.yaml", str(secret), "a/../a/inner.yaml", "a", ""):
        assert library.find(name) is None
        assert library.text(name) is None


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (b"#" * 1_000_001, "story.yaml:1:1: the file is larger than 1,000,000 bytes"),
        (b"\xff", "story.yaml:1:1: this is not UTF-8"),
        (
            b"scenario: x ${case}\neach: [" + b"{case: 1}," * 20 + b"]\nsteps:\n"
            b"  - repeat: {times: 1000, steps: [{time.freeze: null}]}\n",
            "story.yaml: its stories have more than 10,000 steps together",
        ),
    ],
)
def test_what_is_too_much_is_not_understood(folder: Path, text: bytes, mistake: str) -> None:
    (folder / "story.yaml").write_bytes(text)
    (entry,) = Library(folder).entries()
    assert entry.mistake is not None
    assert entry.mistake.startswith(mistake)


def test_steps_on_the_way_of_a_call_have_their_place_below_the_folder_and_count(folder: Path) -> None:
    on_its_way = ", ".join(["repeat: {times: 1000, steps: [time.freeze: ]}"] * 4)
    text = f"""scenario: x ${{case}}
each: [{{case: 1}}, {{case: 2}}]
steps:
  - merchant.create_payment: {{body: {{}}, before_it_arrives: [{on_its_way}]}}
"""
    (folder / "story.yaml").write_text(text)
    (entry,) = Library(folder).entries()
    assert {step.path for scenario in entry.scenarios for step in scenario.every_step()} == {Path("story.yaml")}
    (folder / "story.yaml").write_text(text.replace("{case: 2}", "{case: 2}, {case: 3}"))
    (entry,) = Library(folder).entries()
    assert entry.mistake == "story.yaml: its stories have more than 10,000 steps together"


def test_a_file_is_shown_as_it_stands(folder: Path) -> None:
    write(folder / "story.yaml")
    (folder / "odd.yaml").write_bytes(b"\xff")
    library = Library(folder)
    assert library.text("story.yaml") == STORY.format(title="A story")
    assert library.text("odd.yaml") is None


def test_of_very_many_files_not_all_are_read(folder: Path) -> None:
    for number in range(1010):
        (folder / f"{number:04}.yaml").write_text("x")
    assert len(Library(folder).entries()) == 1000


def test_a_story_that_needs_the_players_own_receiver_suits_no_application(folder: Path) -> None:
    (folder / "story.yaml").write_text("scenario: x\nsteps:\n  - network.receiver_down: 503\n")
    (entry,) = Library(folder).entries()
    assert (entry.mistake, entry.suits_an_application) == (None, False)
