"""Colours can be told apart by eyes that see little: WCAG 2.2, "Contrast" and "Non-text contrast"."""

import re
from pathlib import Path

import pytest

from sandbox import ui

TOKENS = (Path(ui.__file__).parent / "static" / "tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
IN_EITHER = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(TOKENS)} | {
    name: {"light": colour, "dark": colour} for name, colour in IN_EITHER.findall(TOKENS)
}
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\brgb\(|\bhsl\(|\blight-dark\(")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *((text, ground, 7) for text in ("text", "text-quiet") for ground in ("ground", "panel", "panel-raised")),
        *(("accent-text", ground, 7) for ground in ("ground", "panel", "panel-raised")),
        *((f"{state}-text", f"{state}-soft", 7) for state in ("waiting", "good", "bad", "ended", "info")),
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-hover", 4.5),
        ("accent-text", "accent-soft", 4.5),
        ("text", "sunken", 7),
        ("line-control", "panel", 3),
        ("line-control", "ground", 3),
        ("focus", "ground", 3),
        *((f"{state}-text", "panel", 7) for state in ("good", "bad", "ended")),
        *((text, ground, 7) for text in ("text", "text-quiet") for ground in ("banner", "banner-hover")),
        *(
            (text, f"lock-{place}", 7)
            for text in ("on-lock", "on-lock-quiet")
            for place in ("top", "middle", "bottom")
        ),
        ("on-device", "device", 7),
        ("on-card-face", "card-face", 7),
    ],
)
def test_contrast(theme: str, text: str, ground: str, least: float) -> None:
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= least


@pytest.mark.parametrize("room", ["phone", "ui"])
def test_colours_come_from_the_tokens(room: str) -> None:
    """So that both themes are in one file, and contrast is reckoned here."""
    sheets = (Path(ui.__file__).parent.parent / room / "static").glob("*.css")
    own = {sheet.name: COLOUR.findall(sheet.read_text()) for sheet in sheets if sheet.name != "tokens.css"}
    assert own
    assert [name for name, colours in own.items() if colours] == []
