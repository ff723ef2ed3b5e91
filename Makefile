.DEFAULT_GOAL := help
PYTHON ?= python3
PORT := 8000
BIN := .venv/bin
STAMP := .venv/installed

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv and install the locked dependencies

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

run: setup ## start web and worker at http://127.0.0.1:8000 (another port: PORT=8001)
	@$(BIN)/python -m flask --app app serve --port $(PORT)

test: setup check ## everything that must pass: checks, tests, the browser
	@bash tests/system.sh
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: setup ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: setup ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## what the site costs, beside anchors of the same run (smaller: SIZE=100k)
	$(BIN)/python -m tests.bench

prove: setup ## everything on both engines, then long proofs at full count, with figures
	PROVE=full $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --ignore tests/prove
	PROVE=full $(BIN)/python -m pytest tests/prove -s

lock: ## pin every dependency anew (needs uv)
	uv pip compile pyproject.toml --extra dev --extra postgres --extra several --universal --generate-hashes \
		--custom-compile-command "make lock" --quiet -o requirements.lock

audit: ## ask the public advisories about the locked dependencies (needs pip-audit)
	pip-audit --strict --disable-pip --require-hashes -r requirements.lock

.PHONY: help setup run test check fix bench prove lock audit
