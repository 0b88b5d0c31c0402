# The two commands a newcomer needs: make serve, make test. Both build .venv first, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_READY := $(VENV)/.bench-ready
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: serve test check format messages bench lock clean

serve: $(READY)
	$(BIN)/feedservice serve --content content --host $(HOST) --port $(PORT)

# More workers than most machines have cores: many tests wait for processes that they started.
test: $(READY)
	$(BIN)/python -m pytest --numprocesses 4

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Brings the Arabic catalogue up to date with the English sentences of the source.
messages: $(READY)
	$(BIN)/pybabel -q extract --mapping pyproject.toml --no-location --sort-output --output messages.pot feedservice
	$(BIN)/pybabel -q update --input-file messages.pot --output-file feedservice/locale/ar.po --locale ar --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@rm messages.pot

# Some fifteen minutes on an idle machine; needs wrk and nginx, and says so.
bench: $(BENCH_READY)
	$(BIN)/python -m benchmarks.growth

# Pins what the newest allowed versions are; look at the difference before committing it.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --upgrade pip
	.venv-lock/bin/python -m pip install --quiet --group dev .
	.venv-lock/bin/python -m pip freeze --exclude feedservice > requirements.lock
	.venv-lock/bin/python -m pip install --quiet --constraint requirements.lock --group bench
	.venv-lock/bin/python -m pip freeze --exclude feedservice | grep -vxFf requirements.lock > benchmarks/requirements.lock
	rm -rf .venv-lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "feedservice needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH_READY): benchmarks/requirements.lock $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.lock
	@touch $@

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
