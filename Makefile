# One command does each job. On Windows see README.md: the same steps with pip.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo test lint test-slow torture bench simulate fuzz county kit lock messages page clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: setup
	$(BIN)/python -m cli.demo

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-slow: setup
	$(BIN)/python -m pytest -m slow

# Power cuts, kills, refusals of the kernel and of the disk, crowds: an hour at most, as root for all of it.
# strace, faketime, bindfs, e2fsprogs and postgresql are packages of the system; what is missing is skipped and said.
torture: setup
	$(BIN)/python -c 'import apsw' 2>/dev/null || $(BIN)/python -m pip install --quiet --no-build-isolation -e '.[torture]'
	$(BIN)/python -m tests.torture

bench: setup
	$(BIN)/python -c 'import psycopg_pool, pymerkle, consistent_sampler, cryptorandom' 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet --no-build-isolation -e '.[bench]'
	$(BIN)/python -m tests.bench

# Every parser that reads bytes from outside, one after the other, SECONDS each; see tests/fuzz.
SECONDS ?= 120
fuzz: setup
	$(BIN)/python -m pip install --quiet 'atheris>=3.0'
	nice $(BIN)/python -m tests.fuzz all --seconds $(SECONDS)

# Error rates of fairness and forensics, by simulation: writes the tables of their pages in specs/.
simulate: setup
	$(BIN)/python -m tests.simulate

# Five years of a simulated county, honest and with eight kinds of cheating: build/county/{honest,cheat}.
county: setup
	$(BIN)/python -m tests.county build/county

# A folder for machines without network: wheels by hash, a script for Windows and one for Linux.
kit: setup
	$(BIN)/python -m cli.kit build/kit

# The page that verifies, as one file: build/verify.html.
page: setup
	$(BIN)/python -m verifier.page

# Compiles cli/locale/zh_CN/*.po and names what has no Chinese.
messages: setup
	$(BIN)/python -m cli.catalogue

# Needs pip-tools; writes no host names and no paths. Then commit requirements.lock.
lock:
	$(BIN)/python -m pip install --quiet pip-tools
	env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL $(BIN)/pip-compile --quiet --upgrade \
	  --generate-hashes --extra dev --strip-extras --allow-unsafe --no-header --no-annotate \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  --output-file requirements.lock pyproject.toml

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
