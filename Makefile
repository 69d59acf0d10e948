# `make run` plays, `make test` checks everything. Both need only GNU make and Python 3.11 or newer with venv.

HOST ?= 127.0.0.1
PORT ?= 8000

USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(USABLE)' 2>/dev/null && echo $$python && break; done)

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MANAGE := $(BIN)/python manage.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test lint format clean

help: ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)
	@echo "HOST=, PORT= and DATABASE_URL= change where 'make run' serves and keeps its data."

# exec: Ctrl-C and SIGTERM must reach the server itself, which then says goodbye to its players.
run: $(VENV)/installed ## serve the site at http://127.0.0.1:8000/, creating what it needs
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) open_tables
	@exec $(MANAGE) serve --host "$(HOST)" --port "$(PORT)"

test: lint ## check the code and run the whole suite
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: $(VENV)/installed-dev ## check style, types, import contracts and migrations
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports --no-logo
	@$(MANAGE) makemigrations --check --dry-run

format: $(VENV)/installed-dev ## format the code and mend what ruff can mend
	@$(BIN)/python -m ruff check --fix
	@$(BIN)/python -m ruff format

clean: ## remove the environment and the caches, never the site's data
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache tests/asyncapi/node_modules tests/axe/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: requirements.txt | $(BIN)/python
	@echo "Installing requirements.txt into $(VENV) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing requirements-dev.txt into $(VENV) ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(or $(PYTHON),false) -c '$(USABLE)' || { \
		echo "CardSharp needs Python 3.11 or newer with venv (on Debian: apt-get install python3-venv)." >&2; \
		echo "If it is not on the PATH, name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
