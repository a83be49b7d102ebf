# Each target sets up what it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin
# One more than there are processors: now and then a test waits for a browser, or for a program of a merchant's.
WORKERS = $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)')

.PHONY: demo test check bench coverage reference docs serve screenshots clean

demo: .venv/.run  ## Watch both invoice flows
	$(BIN)/vipps-sandbox demo

serve: .venv/.run  ## Serve on http://127.0.0.1:8080
	$(BIN)/vipps-sandbox serve

test: .venv/.dev  ## Check the code and run all tests
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

check: .venv/.dev  ## Lint, types, and the floors of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev  ## Measure against a bare Starlette app (needs wrk)
	$(BIN)/python -m benchmarks

coverage: .venv/.dev  ## Write docs/coverage.md: which test shows which documented outcome
	$(BIN)/python -m tests.contract.coverage

reference: .venv/.dev  ## Write the pages of the manual that are made from code
	$(BIN)/python -m tests.docs.reference

docs: .venv/.docs  ## Build the manual into build/manual
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

screenshots: .venv/.dev  ## Take the manual's pictures anew (needs Chromium)
	$(BIN)/python -m tests.pages.screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/.run: pyproject.toml
	@echo "Setting up .venv; this takes half a minute, once."
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/.dev: pyproject.toml
	@echo "Setting up .venv; this takes half a minute, once."
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch .venv/.run $@

.venv/.docs: .venv/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@
