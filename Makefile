# Two commands matter: `make run` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEED ?= 1
SEEDS ?= 200
# Into how many processes the tests are split, a file at a time, each with a PostgreSQL of its own; 0: one after another.
# What starts programs or a browser is never split. A process that dies fails the run and is not replaced: with a file at
# a time, what replaces it may wait for ever (pytest-xdist 3.8, issue 1378).
WORKERS ?= 0
# What `tarazy up` is told besides: make run UP="--port 8081 --fresh"
UP ?=

.PHONY: run test check bench simulate lock clean setup

setup: $(VENV)/.installed

$(VENV)/.installed: requirements/all.txt pyproject.toml
	@echo "Setting up in $(VENV), once: packages are fetched and installed, which takes a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

run: $(VENV)/.installed
	$(BIN)/tarazy up $(UP)

test: $(VENV)/.installed
	sh tests/browser/install-chromium.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --max-worker-restart 0 -m "not browser and not processes"
	$(BIN)/python -m pytest -m "processes and not browser"
	$(BIN)/python -m pytest -m browser

check: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -x -m "not postgres and not processes and not browser" \
		--ignore=tests/simulation --ignore=tests/properties --ignore=tests/unit/cli --ignore=tests/unit/edge

bench: $(VENV)/.installed
	$(BIN)/python -m bench

simulate: $(VENV)/.installed
	$(BIN)/tarazy simulate --seed $(SEED) --seeds $(SEEDS)

lock: $(VENV)/.installed
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --all-extras --generate-hashes --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 -o requirements/all.txt

clean:
	rm -rf $(VENV) var
