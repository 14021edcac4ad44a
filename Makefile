# make report   the interim report of the shipped simulated cohort, in ./report
# make test     the tests that need no whole report, in ten minutes on two cores
# make test-reports   those that do, and others as long
# make docs     the documentation as a site, in build/site
# make first-engine   the package without lifelines and statsmodels, with the newest versions of the others
# Each sets up what it needs in ./.venv, with the versions of the lock files.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DATA   ?=
OUT    ?= report
TESTS  := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

.PHONY: report first-engine test test-reports check lint types bench lock docs clean
.DEFAULT_GOAL := report

report: $(VENV)/.runtime
	$(BIN)/duonen report interim $(DATA) --out $(OUT)

# The newest versions that the pins allow; what the lock files contain is not installed here.
first-engine: $(VENV)/bin/python
	$(BIN)/python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	  print(*(one for one in project["dependencies"] if not one.startswith(("lifelines", "statsmodels"))), sep="\n")' \
	  > $(VENV)/first-engine.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(VENV)/first-engine.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps .

test: $(VENV)/.dev
	$(TESTS) -m "not whole_report and not long"

test-reports: $(VENV)/.dev
	$(TESTS) -m "whole_report or long"

check: lint types test test-reports

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/report_time.py

docs: $(VENV)/.dev
	$(BIN)/python -m duonen_stats.commands.dictionary_page
	$(BIN)/python -m duonen_stats.commands.plan_page
	$(BIN)/python -m duonen_stats.commands.audit_page
	$(BIN)/python -m duonen_stats.qualification.methods_page
	$(BIN)/python -m duonen_stats.document.language.terms_page
	$(BIN)/mkdocs build --strict

$(VENV)/bin/python:
	@$(PYTHON) -c '' 2>/dev/null || \
	  { echo "$(PYTHON) does not run here; name a Python 3.11 to 3.13 that is installed: make PYTHON=/path/to/python ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11 to 3.13 is needed; $(PYTHON) is another; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-strip-extras --extra io --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-strip-extras --extra io --group build --group dev --group docs pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) $(OUT) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
