"""Delete from an installation what the sandbox never loads; the image's build runs it.

    python shrink.py SITE_PACKAGES

Faker speaks a hundred languages, and people here have names in four. What to keep is not listed but seen: people of
every country are made up, and each language that Faker did not load for them goes.
"""

import shutil
import sys
from pathlib import Path
from typing import Final

__all__ = ["shrink"]

# One telephone number of each country that people are made up for (sandbox/world/people.py).
_ONE_OF_EACH: Final = ("4799999999", "4599999999", "358509999999", "46709999999")
_SOURCES_OF_BINARIES: Final = ("*.pyx", "*.pxd", "*.pxi", "*.c", "*.h")


def shrink(site_packages: Path) -> None:
    """Delete Faker's unused languages, and what compiled modules were once made from."""
    for folder in unused_languages(site_packages / "faker" / "providers"):
        shutil.rmtree(folder)
    for pattern in _SOURCES_OF_BINARIES:
        for path in site_packages.rglob(pattern):
            path.unlink()


def unused_languages(providers: Path) -> list[Path]:
    """Return the packages of languages that are not loaded for anybody: `person/nl_NL`, but never `person` itself."""
    from sandbox.world.people import person  # noqa: PLC0415 - where this runs, only the installation has it

    for number in _ONE_OF_EACH:
        person(number)
    return [
        module.parent
        for module in sorted(providers.glob("*/*/__init__.py"))
        if f"faker.providers.{module.parent.parent.name}.{module.parent.name}" not in sys.modules
    ]


if __name__ == "__main__":
    shrink(Path(sys.argv[1]))
