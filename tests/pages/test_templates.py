"""Templates and their contexts belong together, and cost nothing before the first page."""

import inspect
import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import pytest

from sandbox.phone import pages
from sandbox.phone.pages.parts import Page, ProblemPage
from sandbox.phone.rendering import TEMPLATES, render
from sandbox.phone.words import ENGLISH


def test_every_template_has_one_context_and_every_context_its_template() -> None:
    """One template file per screen, one frozen dataclass as all that it knows."""
    modules = [import_module(module.name) for module in iter_modules(pages.__path__, "sandbox.phone.pages.")]
    classes = {value for module in modules for value in vars(module).values() if inspect.isclass(value)}
    contexts = [one for one in classes if issubclass(one, Page) and hasattr(one, "template")]
    assert sorted(context.template for context in contexts) == sorted(
        path.name for path in TEMPLATES.glob("*.html") if not path.name.startswith("_")
    )


def test_value_that_a_context_lacks_is_an_error() -> None:
    """A slip of the pen in a template fails; it does not leave a gap in the page."""
    from jinja2 import UndefinedError  # noqa: PLC0415 - as the module under test does

    problem = ProblemPage(words=ENGLISH, heading="Sorry", text="No.", link="neither None nor a Link")  # type: ignore[arg-type]
    with pytest.raises(UndefinedError):
        render(problem)


def test_start_does_not_pay_for_templates() -> None:
    """The template engine is imported with the first page."""
    code = "import sys; import sandbox.server; sandbox.server.Sandbox(); print('jinja2' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
