"""Colours can be told apart by eyes that see little: WCAG 2.2, "Contrast" and "Non-text contrast"."""

import re
from pathlib import Path

import pytest

from sandbox import ui

TOKENS = (Path(ui.__file__).parent / "static" / "tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(TOKENS)}


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
    ],
)
def test_contrast(theme: str, text: str, ground: str, least: float) -> None:
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= least
