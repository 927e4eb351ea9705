# From a clone to a running server: `make run`. Every other command is listed by `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.ONESHELL:
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
# The locks name every package, so pip need not ask what they depend on. What is never imported is
# never compiled: half of the time goes there.
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile
unexport PYTHONDONTWRITEBYTECODE
MANAGE := $(PYTHON) manage.py
TEMPLATES := $(shell find templates */templates -name '*.html' 2>/dev/null)

# Written when a set of requirements is installed, so that a second run has nothing to do.
CREATED := $(VENV)/.created
RUNTIME := $(VENV)/.installed-runtime
DEMO := $(VENV)/.installed-demo
DEV := $(VENV)/.installed-dev
# What some capabilities need besides: `make serve EXTRAS=` goes without.
EXTRAS ?= text models video
EXTRA := $(VENV)/.installed-extra-
TEXT := $(EXTRA)text
MODELS := $(EXTRA)models
VIDEO := $(EXTRA)video

# Where the simulated Check listens; the demo may post there, and to no other address like it.
CHECK_PORT ?= 8100

.PHONY: help setup run demo-check serve test quick suite coverage seeded-bugs check check-types \
	check-others kernels fix messages lock notice upgrade bench

help:  ## List the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 16

setup: $(RUNTIME) $(DEMO) $(TEXT) $(MODELS) $(VIDEO)  ## Create .venv and install what `make run` needs

run: export BIND ?= 127.0.0.1
run: export FETCH_ALLOW_HOSTS ?= 127.0.0.1:$(CHECK_PORT)
run: setup  ## Serve the demo at http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(MANAGE) collectstatic --no-input --verbosity 0
	$(MANAGE) migrate --no-input --verbosity 0
	$(MANAGE) load_demo
	exec $(PYTHON) -m gunicorn

demo-check: export CHECK_PORT := $(CHECK_PORT)
demo-check: $(DEMO)  ## Play a tipline that asks the running demo (ARGS=--decides: and its analyst)
	@PYTHONPATH=client exec $(PYTHON) -m scripts.simulated_check $(ARGS)

serve: $(RUNTIME) $(EXTRAS:%=$(EXTRA)%)  ## Serve in production: no demo data, BIND 0.0.0.0, settings from the environment
	@$(MANAGE) collectstatic --no-input --verbosity 0
	$(MANAGE) migrate --no-input
	exec $(PYTHON) -m gunicorn

# Compiling takes about as long as a second core would wait for mypy.
test: $(DEV)  ## Check everything, then run all tests on SQLite and PostgreSQL
	@$(MAKE) --jobs=2 --output-sync check-types check-others kernels
	$(MAKE) suite

quick: $(DEV)  ## Run what answers within a minute: SQLite, no browser, no other process
	@$(PYTHON) -m scripts.test --quick $(ARGS)

suite: $(DEV)  ## Run all tests (ARGS="tests/jobs -k lease" for some, where they belong)
	@$(PYTHON) -m scripts.test $(ARGS)

coverage: $(DEV)  ## Measure lines and branches that the tests on SQLite reach; fail below before
	@$(PYTHON) -m scripts.coverage

seeded-bugs: $(DEV)  ## Plant known bugs one by one, and fail unless the tests notice each
	@$(PYTHON) -m scripts.seeded_bugs $(ARGS)

check: $(DEV)  ## Formatting, errors, types, imports, templates, spelling, settings, migrations
	@$(MAKE) --jobs=2 --output-sync check-types check-others

check-types: $(DEV)
	$(PYTHON) -m mypy .

check-others: $(DEV)
	@set -x
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(VENV)/bin/lint-imports --no-logo
	$(if $(TEMPLATES),$(PYTHON) -m djlint --quiet --check $(TEMPLATES))
	$(if $(TEMPLATES),$(PYTHON) -m djlint --quiet --lint $(TEMPLATES))
	$(if $(TEMPLATES),$(VENV)/bin/djade --check --target-version 5.2 $(TEMPLATES))
	$(VENV)/bin/typos
	HTTPS=1 $(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run
	$(PYTHON) -m scripts.audit
	$(PYTHON) -m pytest --quiet tests/architecture

kernels: $(DEV)
	$(PYTHON) -m scripts.kernels

fix: $(DEV)  ## Repair what the checks can repair by themselves
	@$(PYTHON) -m ruff check --fix-only .
	$(PYTHON) -m ruff format .
	$(if $(TEMPLATES),$(PYTHON) -m djlint --quiet --reformat $(TEMPLATES) || true)
	$(if $(TEMPLATES),$(VENV)/bin/djade --target-version 5.2 $(TEMPLATES) || true)
	$(VENV)/bin/typos --write-changes

messages: $(DEV)  ## Collect what is said to people into locale/, and compile the translations
	@$(PYTHON) -m scripts.messages

# A release must be seven days old: broken and hijacked ones are mostly found by then.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(PYTHON) -m uv pip compile --quiet \
	--generate-hashes --python-version 3.11 --exclude-newer "7 days" \
	--no-emit-index-url --no-emit-find-links

lock: $(DEV)  ## Write requirements*.txt from requirements*.in
	@for set in requirements-pip requirements requirements-demo requirements-dev requirements-models requirements-text requirements-video; do
		own=$$set-overrides.in
		[ -f $$own ] || own=requirements-overrides.in
		$(COMPILE) $(UPGRADE) $$set.in --override requirements-overrides.in --override $$own --output-file $$set.txt
	done

notice: $(DEV)  ## Write NOTICE: the licences of everything that is shipped or installed
	@$(PYTHON) -m scripts.notice

upgrade:  ## Lock the newest versions
	@$(MAKE) lock UPGRADE=--upgrade

bench: $(DEV)  ## Measure speed and accuracy (PHOTOS=folder also reading and comparing texts)
	@for measurement in edits cost bench_search; do
		$(PYTHON) -m bench.$$measurement
	done
	for measurement in $(if $(PHOTOS),reading planted_text text_pairs); do
		$(PYTHON) -m bench.$$measurement "$(PHOTOS)"
	done

$(CREATED): scripts/create_venv.sh requirements-pip.txt
	@scripts/create_venv.sh $(VENV)
	$(PIP) -r requirements-pip.txt
	touch $@

$(RUNTIME): requirements.txt $(CREATED)
	@echo "Installing what Lookalike runs on"
	$(PIP) -r requirements.txt
	touch $@

$(DEMO): requirements-demo.txt $(RUNTIME)
	@echo "Installing the photographs of the demo"
	$(PIP) -r requirements-demo.txt
	touch $@

$(EXTRA)%: requirements-%.txt $(RUNTIME)
	@echo "Installing what is needed for: $*"
	$(PIP) -r $<
	touch $@

$(DEV): requirements-dev.txt $(DEMO) $(TEXT) $(MODELS) $(VIDEO)
	@echo "Installing the tools for tests and checks"
	$(PIP) -r requirements-dev.txt
	touch $@
