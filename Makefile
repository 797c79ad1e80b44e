# From a clean clone on Debian 12 with Python 3.11 and Node 20, each of these needs nothing else:
#   make run    install, migrate, create the demo county, serve on http://127.0.0.1:8000
#   make test   the suite on SQLite, then what has a database on PostgreSQL and Redis (ARGS= to pytest)
#   make check  format, lint, types, import order, templates, scripts, dead links
#   make bench  benchmarks beside their peers; writes bench/results.json
# Everything goes into the checkout: .venv, node_modules, static/vendor, var, test-results.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:
	@sed -n 's/^#   //p' Makefile

.PHONY: install install-dev
install:
	@scripts/debian-packages run
	@scripts/install run
install-dev:
	@scripts/debian-packages test
	@scripts/install dev

.PHONY: run
run: export DEMO := 1
run: install
	@$(PY) -m app migrate
	@$(PY) -m app demo
	@exec $(PY) -m app serve

.PHONY: test
test: install-dev
	@$(PY) scripts/run_tests.py $(ARGS)

.PHONY: check
check: install-dev
	@scripts/check

.PHONY: bench
bench: install-dev
	@scripts/debian-packages bench
	@$(PY) -m bench $(ARGS)

# --- upkeep ---------------------------------------------------------------------------------

.PHONY: format lock clean
format: install-dev
	@ruff check --fix --quiet . && ruff format .
	@djlint --profile=jinja --reformat --quiet . || true

# After a change of requirements/*.in; package.json is locked by "npm install".
lock: install-dev
	@scripts/lock

clean:
	rm -rf .venv node_modules static/vendor test-results .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -r {} +
