# make serve: everything from nothing to a page that answers. make test: what CI runs.
# PYTHON=python3.12 chooses the interpreter; PIP_ARGS="…" goes to pip (for example an index with CPU-only torch builds).

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_ARGS ?=
# Serving on a CPU needs no torch; a machine with an NVIDIA GPU gets it. EXTRAS= or EXTRAS=torch decides by hand.
EXTRAS ?= $(if $(wildcard /dev/nvidia0 /dev/dxg),torch)
ARGS ?=
# The tests without ARGS. What is served and seen runs in real time and has the machine to itself; then units, which are a core's
# work, beside all others. A process each: what a hundred closed servers leave of their native libraries, gigabytes and threads,
# does not reach the next. All run, also after one that failed; what runs beside another says all at its end.
ALONE = tests/browser tests/session
test-alone: PARTS = "$(ALONE)"
test-units: PARTS = "tests/unit --ignore=tests/unit/train"
test-others: PARTS = "tests $(addprefix --ignore=,tests/unit $(ALONE))" "tests/unit/train"
export OMP_WAIT_POLICY = PASSIVE
export PYTHONUNBUFFERED = 1

.PHONY: setup dev system models serve test test-alone test-units test-others coverage test-coqui lint format

setup: system $(VENV)/.runtime models  ## install what serving needs

dev: system $(VENV)/.dev models  ## install what the tests need too

system:
	@sh scripts/system.sh runtime

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "talking-head needs Python 3.11 or newer; say which one with: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.runtime: pyproject.toml setup.py $(BIN)/python
	$(BIN)/python -m pip install $(PIP_ARGS) --editable '.$(if $(EXTRAS),[$(EXTRAS)])'
	@touch $@

$(VENV)/.dev: pyproject.toml setup.py $(BIN)/python
	$(BIN)/python -m pip install $(PIP_ARGS) --editable '.[dev]'
	@touch $@ $(VENV)/.runtime

models:
	$(BIN)/talking-head pull

serve: setup  ## a page at http://127.0.0.1:8000
	$(BIN)/talking-head serve $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: dev
	@sh scripts/system.sh browser
	$(MAKE) --no-print-directory lint
ifeq ($(ARGS),)
	@failed=0; $(MAKE) --no-print-directory test-alone || failed=1; \
	$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync test-units test-others || failed=1; exit $$failed
else
	$(BIN)/python -m pytest $(ARGS)
endif

test-alone test-units test-others:
	@failed=0; for part in $(PARTS); do $(BIN)/python -m pytest $$part || failed=1; done; exit $$failed

coverage: dev  ## the same tests, slower, with the share of lines that they run
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered $(ARGS)

test-coqui: dev  ## the speech contract over Coqui, in an environment of its own beside this one
	$(BIN)/python -m venv $(VENV)-coqui
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > `$(VENV)-coqui/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'`/beside.pth
	$(VENV)-coqui/bin/python -m pip install $(PIP_ARGS) 'coqui-tts[codec]>=0.28,<0.29' torchaudio six
	$(VENV)-coqui/bin/python -m pytest tests/contract -k 'speech and coqui'
