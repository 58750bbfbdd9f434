# run: the product · test: every test · check: style, types, walls · bench: the budgets · e2e: as people use it
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench e2e train lock format clean

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo $(VENV)/uv/bin/uv)
PYTHON ?= python3

help:            ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.ready                     ## make .venv with everything that runs, tests and checks bunri

run: setup                                ## start the product on embedded servers: make run ARGS="--port 8001"
	$(BIN)/bunri up $(ARGS)

test: setup                               ## pass every test (ARGS goes to pytest)
	$(BIN)/pytest $(ARGS)

check: setup                              ## style, types and walls
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

e2e: setup                                ## the tests that use the product as people do: HTTP, terminal, faults
	$(BIN)/pytest tests/app tests/cli tests/faults $(ARGS)

bench: setup                              ## print each budget beside its peer or limit
	$(BIN)/python -m bench $(ARGS)

# The material model is taught in an environment of its own: PyTorch is not needed to run bunri.
DATA ?= ../shared/data
train:                                    ## teach the material model anew and measure it: make train DATA=folder
	test -x training/.venv/bin/python || $(PYTHON) -m venv training/.venv
	training/.venv/bin/pip install --quiet --disable-pip-version-check -r training/requirements.txt
	PYTHONPATH=src training/.venv/bin/python -m training $(DATA) --ship
	PYTHONPATH=src training/.venv/bin/python -m training.card $(DATA)

format: setup                             ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv writes the locks without any registry's address in them; the hashes pin the files.
lock: $(UV)                               ## renew requirements*.lock from pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		pyproject.toml --output-file requirements.lock
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:                                    ## remove what setup made (never the data directory)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/.ready: requirements-dev.lock pyproject.toml | $(UV)
	test -x $(BIN)/python || $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

# On a machine without uv, it gets its own small environment below .venv.
$(VENV)/uv/bin/uv:
	$(PYTHON) -m venv $(VENV)/uv
	$(VENV)/uv/bin/pip install --quiet --disable-pip-version-check uv
