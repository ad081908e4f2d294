# Two commands: `make run` and `make test`. Everything they need is installed into .venv from the lock files.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# The pip of a Python 3.11 venv resolves slowly; the lock files need no resolving, and this one reads them fast.
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test coverage install format bench-ingest bench-quick chromium servers

run: install
	$(BIN)/ontherecord ingest data/releases
	$(BIN)/ontherecord serve

install: .venv/installed

.venv/installed: requirements.lock requirements-data.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) install -q --upgrade pip==26.3
	$(PIP) install -q --no-deps -r requirements.lock
	$(PIP) install -q --no-deps --require-hashes -r requirements-data.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(PIP) install -q --no-deps -r requirements-dev.lock
	touch $@

# The browser tests drive the system's Chromium; where apt is there, it is installed.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else echo "Chromium is not installed, and the browser tests need it: install the package chromium." >&2; exit 1; fi

# Tests of several servers use a real Redis and a real Postgres; where neither is there nor can be installed, they are skipped.
servers:
	@if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		command -v redis-server >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server >/dev/null || true; \
		ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null || true; fi

test: .venv/installed-dev chromium servers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python .ci/licences
	$(BIN)/pytest -n 2 --dist loadfile

# What no test runs; servers in processes of their own are not seen.
coverage: .venv/installed-dev chromium
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term-missing:skip-covered

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Benchmarks read question sets and corpora that are not part of the project. SHARED=… says where they are.
SHARED ?= ../shared

# Fails where an answer figure has fallen under benchmarks/floors.json; 460 releases, 80 questions, about two minutes.
bench-quick: .venv/installed
	$(BIN)/python -m benchmarks.questions $(SHARED)/eval/new-mexico-2004-2008.jsonl \
		$(SHARED)/corpora/new-mexico-2004-2008.jsonl.gz --scorer $(SHARED)/tools/score.py \
		--work .bench/quick --releases 400 --floors benchmarks/floors.json

bench-ingest: .venv/installed
	$(BIN)/python -m benchmarks.ingest $(SHARED)/corpora/new-mexico-2004-2008.jsonl.gz
