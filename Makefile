# Everything runs in .venv, made from requirements.lock. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := runtime codegen tests

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lint type contracts sync generate generated-check report models mutants prove bench serve lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with the locked packages and this checkout

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=python3.x" >&2; exit 1; }
	@echo "setting up $(VENV) (once)" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup ## See the whole job: plan, diff, approve, apply, audit against a local AWS double
	@$(BIN)/python tests/demo/demo.py

test: setup ## Run the whole test suite
	@$(BIN)/python -m pytest -n 2 -q

check: setup format lint type contracts test generated-check ## All that CI checks

format: setup ## Check the formatting (black)
	@$(BIN)/black --quiet --check $(SOURCES)

lint: setup ## Lint (ruff)
	@$(BIN)/ruff check --quiet $(SOURCES)

type: setup ## Type-check (mypy --strict), the generated tree included
	@$(BIN)/mypy runtime/smithgate codegen/smithgate_codegen tests generated

contracts: setup ## Check the import directions (import-linter)
	@$(BIN)/lint-imports

sync: setup ## Bring the models of smithy-models/services.yaml into cache and lock
	@$(BIN)/smithgate-codegen sync

generate: setup ## Regenerate generated/ from the locked models
	@$(BIN)/smithgate-codegen generate --strict

generated-check: setup ## Fail when generated/ is not what models and templates give
	@$(BIN)/smithgate-codegen check --strict

report: setup ## Say what generated/ changes against BASE (default: origin/main)
	@$(BIN)/smithgate-codegen report --base $(or $(BASE),origin/main)

models: setup ## Measure schemas, text safety, risks and speed over every AWS model (minutes)
	@$(BIN)/python tests/models/run.py

prove: setup ## Show by counts that apply, audit and approvals hold (up to 15 minutes)
	@$(BIN)/python tests/prove/prove.py

mutants: setup ## Take each guard of policy, approval and apply away; no test may miss it
	@$(BIN)/python tests/mutation/mutate.py

bench: setup ## Measure against baselines of the same run; JSON on stdout
	@$(BIN)/python tests/bench/bench.py

serve: setup ## Run the server over stdio with policy.yaml
	@$(BIN)/smithgate serve --policy policy.yaml

lock: setup ## Resolve requirements.lock anew (needs uv on PATH)
	@{ echo '# Exact versions that set-up installs, for every Python from 3.11 on. Made by `make lock`.'; \
	  uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --quiet \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

clean: ## Remove .venv and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
