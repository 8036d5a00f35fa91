# The same names serve a person and .ci/run; `make` alone lists them.

PYTHON ?= python3 python3.13 python3.12 python3.11
JOBS ?= 2
LOCK ?=
VENV := .venv
BENCH := .venv-bench
LABEL_STUDIO := .venv-label-studio
INSTALL := -m pip install -qq --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help run test check bench lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/ready ## start the workbench with its demo project on http://127.0.0.1:8000
	@exec $(VENV)/bin/workbench demo

test: $(VENV)/ready-to-test ## run all tests, on SQLite and PostgreSQL and in a real browser
	@$(VENV)/bin/python -m tests.machine
	@$(VENV)/bin/pytest --numprocesses=$(JOBS)

check: $(VENV)/ready-to-test ## check formatting, lint, types and import contracts
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(BENCH)/ready ## measure speed and quality beside other libraries
	@$(BENCH)/bin/python -m tests.machine
	@$(BENCH)/bin/python -m bench

lock: $(VENV)/bin/python ## pin all dependencies by hash; LOCK=--upgrade takes newer ones
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(VENV)/bin/python -m venv "$$tools" && "$$tools/bin/python" $(INSTALL) uv && \
	compile() { "$$tools/bin/uv" pip compile --quiet --universal \
	  --python-version 3.11 --generate-hashes --no-header --no-emit-index-url $(LOCK) "$$@"; } && \
	ours() { compile pyproject.toml "$$@"; } && \
	ours --group build --output-file requirements.lock && \
	ours --group dev --constraint requirements.lock --output-file requirements-dev.lock && \
	ours --group bench --constraint requirements-dev.lock --output-file requirements-bench.lock && \
	compile --group pyproject.toml:label-studio --output-file requirements-label-studio.lock

clean: ## remove the environments and everything that tools leave behind
	rm -rf $(VENV) $(BENCH) $(LABEL_STUDIO) build dist .*_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/ready: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "Installing the workbench into $(VENV) ..."
	@$< -m ensurepip --default-pip >/dev/null
	@$< $(INSTALL) --require-hashes -r requirements.lock
	@$< $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ready-to-test: $(VENV)/ready requirements-dev.lock
	@echo "Installing the tools of development into $(VENV) ..."
	@$(VENV)/bin/python $(INSTALL) --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

$(BENCH)/ready: $(BENCH)/bin/python requirements-bench.lock pyproject.toml
	@echo "Installing the libraries to compare with into $(BENCH) ..."
	@$< -m ensurepip --default-pip >/dev/null
	@$< $(INSTALL) --require-hashes -r requirements-bench.lock
	@$< $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Without pip at first: a half-made environment is then mended by the rules above.
$(VENV)/bin/python $(BENCH)/bin/python:
	@remedy="The workbench needs Python 3.11, 3.12 or 3.13; name one with: make PYTHON=..."; \
	for python in $(PYTHON); do \
	  "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	    || continue; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null \
	    && exec "$$python" -m venv --clear --without-pip $(@D:%/bin=%); \
	  remedy="$$python lacks its venv module; on Debian and Ubuntu: apt install python3-venv"; \
	done; \
	echo "$$remedy" >&2; exit 1
