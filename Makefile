# Two commands matter: `make demo` shows it, `make test` proves it. Both need Python 3.11 or newer and nothing else.

# The first that runs: a version manager's stand-in may be on the PATH for a Python that isn't chosen.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v "$$name" && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
# One worker more than cores: many tests wait for a server to come up or go down.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# The files name everything down to the last, so nothing is resolved: some pips misread names of extras, and warn.
INSTALL := $(PIP) install --no-deps
RUN_STAMP := $(VENV)/.installed-run
DEVELOP_STAMP := $(VENV)/.installed-develop

# Another Python than the environment was made with, asked for by name, has it made anew.
VERSION := -c 'import sys; print(sys.version_info[:3] if sys.version_info >= (3, 11) else "")' 2>/dev/null
ifneq ($(origin PYTHON),file)
WANTED := $(shell "$(PYTHON)" $(VERSION))
ifneq ($(and $(WANTED),$(wildcard $(BIN)/python)),)
ifneq ($(WANTED),$(shell $(BIN)/python $(VERSION)))
$(shell rm -rf $(VENV))
endif
endif
endif

.DEFAULT_GOAL := help
.PHONY: help demo up dashboard try-dashboard test check format pictures bench which-python clean

help: ## Show this list.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

demo: $(RUN_STAMP) try-dashboard ## Start everything with a simulated web and watch alerts arrive.
	@$(BIN)/headwater demo $(ARGS)

up: $(RUN_STAMP) try-dashboard ## Start everything for real.
	@$(BIN)/headwater up $(ARGS)

dashboard: $(RUN_STAMP) ## Build the dashboard, where it changed.
	@$(BIN)/python dashboard/build.py --check || { \
		$(INSTALL) --require-hashes -r requirements/dashboard.txt && $(BIN)/python dashboard/build.py; }

# Everything else works without it, so that it can't be built is said and stops nothing.
try-dashboard: $(RUN_STAMP)
	@$(BIN)/python dashboard/build.py --check || { \
		$(INSTALL) --require-hashes -r requirements/dashboard.txt 2>/dev/null; \
		$(BIN)/python dashboard/build.py --lenient; }

test: $(DEVELOP_STAMP) check ## Run the whole suite.
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: $(DEVELOP_STAMP) ## Lint, types, import contracts, SQL.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.lint

format: $(DEVELOP_STAMP) ## Format the code.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pictures: $(DEVELOP_STAMP) ## Take the dashboard's pictures anew for the README.
	$(BIN)/python -m pytest -n0 tests/dashboard $(ARGS)
	$(BIN)/python -m tests.dashboard.pictures

bench: $(DEVELOP_STAMP) ## Measure; each script prints one JSON line. Chaos is run by hand.
	@for script in $(filter-out bench/chaos.py,$(wildcard bench/*.py)); do \
		$(BIN)/python -m bench.$$(basename $$script .py) || exit 1; \
	done

which-python: # The Python that the environment is made with.
	@echo "$(PYTHON)"

clean: ## Remove the environment and what tests left behind; data stays.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache test-artifacts dashboard/node_modules dashboard/dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Headwater needs Python 3.11 or newer on the PATH; or set PYTHON=..."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Headwater needs Python 3.11 or newer; $(PYTHON) is none. Set PYTHON=..."; exit 1; }
	@echo "Making the environment (once)."
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "This Python can't make environments. On Debian and Ubuntu: apt install python3-venv. Elsewhere: set PYTHON=... to another."; exit 1; }

$(RUN_STAMP): $(BIN)/python requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing (once; a minute or so)."
	@$(INSTALL) --require-hashes -r requirements/build.txt
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(DEVELOP_STAMP): $(RUN_STAMP) requirements/develop.txt
	@$(INSTALL) --require-hashes -r requirements/develop.txt
	@touch $@
