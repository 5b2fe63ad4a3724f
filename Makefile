# `make help` lists what there is. Everything is installed into .venv, with the versions and hashes of requirements/.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --no-deps
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header $(UPGRADE)

.PHONY: help
help:  ## this list
	@echo "make run [ARGS='--port 8001'] starts everything; make test checks everything. All targets:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/runtime.stamp  ## set up, then Steadfast with its sample programme, on embedded parts
	@exec $(BIN)/steadfast up --sample $(ARGS)

.PHONY: test
test: check-format lint types imports tests  ## set up, then everything that CI checks

.PHONY: setup
setup: $(VENV)/dev.stamp chromium  ## the environment with all tools; does nothing when it is up to date

.PHONY: chromium
chromium:  ## the browser of the tests: Debian's package, unless there is one
	@tests/browser/install.sh

.PHONY: format
format: $(VENV)/dev.stamp  ## bring the code into its format
	$(BIN)/ruff check --select I --fix --quiet .
	$(BIN)/ruff format .

.PHONY: check-format
check-format: $(VENV)/dev.stamp  ## is the code in its format?
	$(BIN)/ruff format --check .

.PHONY: lint
lint: $(VENV)/dev.stamp  ## the linter
	$(BIN)/ruff check .

.PHONY: types
types: $(VENV)/dev.stamp  ## the types
	$(BIN)/mypy .

.PHONY: imports
imports: $(VENV)/dev.stamp  ## the arrows between the rooms
	$(BIN)/lint-imports

.PHONY: tests
tests: $(VENV)/dev.stamp chromium  ## the tests alone; ARGS='tests/test_codec.py -k rotation' runs some
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist load --maxschedchunk 1 $(ARGS)

.PHONY: pressure
pressure: $(VENV)/dev.stamp  ## 300 rounds of 50 acceptances of one place, and the like, on both databases
	PRESSURE_ROUNDS=300 PRESSURE_ENGINE_ROUNDS=5 $(BIN)/python -m pytest --numprocesses 2 \
	  tests/store/test_pressure.py tests/workflows/test_pressure.py $(ARGS)

.PHONY: faults
faults: $(VENV)/dev.stamp  ## kill, stop and disturb every part while 200 lives run; ARGS='--database sqlite --lives 20 --seed 7'
	$(BIN)/python -m tests.faults.run $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/dev.stamp  ## Schemathesis at length, as everybody; FUZZ_EXAMPLES=300 per operation, or another number
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),300) $(BIN)/python -m pytest tests/fuzz $(ARGS)

.PHONY: docs
docs: $(VENV)/dev.stamp  ## write anew what docs/ takes from the code: state diagrams, the table of access
	$(BIN)/python docs/diagrams.py
	$(BIN)/python -m tests.access.document

.PHONY: pictures
pictures: $(VENV)/dev.stamp chromium  ## take the README's pictures anew, into docs/pictures
	$(BIN)/python bench/shots.py docs/pictures --groups links,search,crowd --only link-decide,mentors,stalled --exact \
	  --first-screen --widths 390,1024 --schemes light
	rm docs/pictures/link-decide-1024-light.png docs/pictures/mentors-390-light.png docs/pictures/stalled-390-light.png

.PHONY: bench
bench: $(VENV)/dev.stamp  ## measure; ARGS='actions lifecycle --database postgresql' runs some, docs/performance.md says more
	$(BIN)/python -m bench.run $(ARGS)

.PHONY: lock
lock: $(VENV)/dev.stamp  ## write requirements/ anew from pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(COMPILE) --extra dev --extra build --output-file requirements/dev.lock pyproject.toml
	$(COMPILE) --extra build --constraint requirements/dev.lock --output-file requirements/runtime.lock pyproject.toml

.PHONY: clean
clean:  ## remove the environment and everything built; steadfast-data stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The tools include all that Steadfast needs to run, so whoever has them need not install it again.
$(VENV)/dev.stamp: requirements/dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing Steadfast and its tools into $(VENV); the first time this takes about a minute."
	@$(INSTALL) --require-hashes --requirement requirements/dev.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@ $(VENV)/runtime.stamp

$(VENV)/runtime.stamp: requirements/runtime.lock pyproject.toml | $(BIN)/python
	@echo "Installing Steadfast into $(VENV); the first time this takes about a minute."
	@$(INSTALL) --require-hashes --requirement requirements/runtime.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || \
	  { echo "Python 3.11 or newer is needed and $(PYTHON) was not found; name it with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed and $(PYTHON) is older; name another with make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu install the package python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
