# Two commands do everything: `make demo` and `make test`. Nothing is needed but Python, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HELM := build/tools/helm
HELM_VERSION := v3.18.4

.DEFAULT_GOAL := help
.PHONY: help demo test lint types layers tests coverage format clean

help:
	@echo "make demo      install guardrail into .venv and watch it judge a pull request"
	@echo "make test      lint, types, layers, tests"
	@echo "make coverage  which lines no test in the same process runs"
	@echo "make format    format the code"

demo: $(VENV)/installed
	$(BIN)/python tools/demo.py

test: lint types layers tests

lint: $(VENV)/developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/developer
	$(BIN)/mypy

layers: $(VENV)/developer
	$(BIN)/lint-imports

tests: $(VENV)/developer $(HELM)
	$(BIN)/pytest --numprocesses=auto

coverage: $(VENV)/developer
	$(BIN)/pytest --numprocesses=auto --cov --cov-report=term:skip-covered tests/unit tests/contract

format: $(VENV)/developer
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/developer: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/installed

# The tests of charts need Helm, as users have it. It is built where there is Go, once; else they are skipped, and say so.
$(HELM):
	@if command -v helm; then :; elif command -v go; then echo "building helm $(HELM_VERSION) for the tests" && \
		CGO_ENABLED=0 GOBIN=$(CURDIR)/build/tools go install helm.sh/helm/v3/cmd/helm@$(HELM_VERSION); \
	else false; fi || echo "there is neither helm nor a way to build it: charts are not tested"

clean:
	rm -rf $(VENV) .demo dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
