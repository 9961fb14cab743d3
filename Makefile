# The commands of this repository. `make` alone lists them.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --quiet
PYTEST := $(RUN) pytest --verbose --numprocesses=3 --dist=loadgroup
OUT ?= $(or $(TMPDIR),/tmp)/groundwork-service
ANSWERS ?=

.DEFAULT_GOAL := help
.PHONY: help setup test test-fast test-full test-update demo render bench release

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: $(UV) ## install what the tests need
	@$(UV) sync --quiet

test: setup ## every combination rendered and checked; suites that hold any three answers
	$(PYTEST) tests

test-fast: setup ## rendering, quality and a covering subset of suites
	$(PYTEST) --fast -m "not heavy" tests

test-full: setup ## all of `make test`, and suites and heavy tests of every combination
	$(PYTEST) --full tests

test-update: setup ## what `copier update` does to services: every version, other answers, accidents
	$(PYTEST) tests/update tests/commands/test_release.py

demo: setup ## the default service: made, migrated, tested, started, asked over HTTP
	@$(RUN) python -m tests.commands.demo

render: setup ## make render OUT=folder ANSWERS="-d database=postgresql": look at a result
	@$(RUN) python -m tests.commands.render "$(OUT)" $(ANSWERS)

bench: setup ## what rendering, importing and installing cost; sizes of services with their limits
	@$(RUN) python -m tests.commands.bench

release: setup ## make release VERSION=0.1.0: check everything, write, commit, tag; TESTS=skip skips the tests
	@$(RUN) python -m tests.commands.release "$(VERSION)" $(if $(filter skip,$(TESTS)),--skip-tests)

.tools/bin/uv:
	@python3 -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv
