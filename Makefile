# Everything a newcomer and a maintainer run. `make help` lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
PORT ?= 8000

# The demonstration keeps its data apart, and says whose desk it plays (charter rule C9).
DEMO := SOI_DATA_DIR=var/demo \
  SOI_DESK_NAME="Bàn kiểm chứng Sông Xanh" \
  SOI_DESK_OWNER="Hội người tiêu dùng Sông Xanh" \
  SOI_DESK_FUNDING="phí hội viên; không nhận quảng cáo" \
  SOI_BASE_URL=http://localhost:$(PORT)

# Pins and hashes, and no address of any index: whoever installs uses their own.
LOCK := $(BIN)/pip-compile -q --upgrade --generate-hashes --allow-unsafe --strip-extras \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help demo test test-browser test-postgres check lint bench evaluate lock strings clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Soi needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)

$(RUN): $(VENV)/bin/python requirements/run.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(DEV): $(RUN) requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.lock
	touch $@

demo: $(RUN) ## Install, load the demonstration desk and serve it
	$(DEMO) $(BIN)/soi init
	$(DEMO) $(BIN)/soi demo load --work
	$(DEMO) $(BIN)/soi demo invite
	$(DEMO) $(BIN)/soi serve --port $(PORT)

test: $(DEV) ## Install and run the tests (no service and no network needed)
	$(BIN)/python -m pytest -q -n auto -m "not browser"

test-browser: $(DEV) ## The tests that need Debian's chromium
	$(BIN)/python -m pytest -q -m browser

test-postgres: $(DEV) ## The tests that use a database, on PostgreSQL: DATABASE_URL names it
	@test -n "$$DATABASE_URL" || { echo "Set DATABASE_URL to a PostgreSQL database."; exit 2; }
	$(BIN)/python -m pytest -q -n auto -m "not browser" \
	  --ignore=tests/core --ignore=tests/evaluation

lint: $(DEV) ## Style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## lint and test

bench: $(DEV) ## Measure speed and memory, as ratios of alternatives in one run
	$(BIN)/python -m benchmarks

evaluate: $(DEV) ## Measure matching and lookalikes: make evaluate DATA=path/to/data
	@test -n "$(DATA)" || { echo "Say where the data sets are: make evaluate DATA=path"; exit 2; }
	$(BIN)/soi evaluate matching --data $(DATA)/claims
	$(BIN)/soi evaluate names --register $(DATA)/accounts/register-dev.csv --names $(DATA)/accounts/names-dev.csv

lock: $(DEV) ## Resolve the dependencies anew
	$(BIN)/python -m pip install --quiet pip-tools
	$(LOCK) --build-deps-for editable -o requirements/run.lock pyproject.toml
	$(LOCK) --extra dev -c requirements/run.lock -o requirements/dev.lock pyproject.toml

strings: $(DEV) ## Collect the strings to translate and compile the catalogues
	$(BIN)/python -m tests.repo.catalogues --write

clean: ## Remove what was built here; data in var/ stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
