# `make demo` and `make test` are all that a newcomer needs; `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
EXAMPLE := examples/aleppo-2016
OUT := out/aleppo-2016
# A folder with the Surf Coast's network and zones, which is not shipped; - for none.
SURF_COAST ?= -
BUNDLE := src/clearway/publish/static
LOCK := uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --extra import --extra headquarters --group build
WEB := $(shell find web -type f -not -path 'web/node_modules/*' 2>/dev/null)
KERNELS := $(shell find src/clearway/solve src/clearway/simulate src/clearway/borrow.py -name '*.py' 2>/dev/null)

# Nothing here calls home, asks a question, or waits at a prompt.
export PYTHONDONTWRITEBYTECODE :=
export PIP_NO_INPUT := 1

.DELETE_ON_ERROR:
.PHONY: help needs install demo test check crosscheck bench format lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

needs:
	@sh scripts/needs.sh

demo: install ## install what is needed, then plan the flagship into out/aleppo-2016
	$(BIN)/clearway run $(EXAMPLE) --out $(OUT)

test: check demo ## every check and every test
	@sh scripts/for-tests.sh
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

check: $(VENV)/dev.stamp ## style, types, architecture and budgets; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_house.py

crosscheck: install $(VENV)/dev.stamp ## the plan's optimum against other programs (part of `make test`)
	$(BIN)/python -m pytest -q tests/crosscheck

bench: install $(VENV)/dev.stamp ## all figures; rewrites docs/benchmarks.md; an hour or two
	$(BIN)/python benchmarks/solve.py
	$(BIN)/python benchmarks/simulate.py
	$(BIN)/python -m benchmarks.whole
	$(BIN)/python benchmarks/medevac.py
	$(BIN)/python examples/coquimbo/build.py --out out/coquimbo-scenario
	$(BIN)/python -m benchmarks.streets_bind out/coquimbo-scenario $(SURF_COAST) --out out/bench
	$(BIN)/python benchmarks/log.py
	$(BIN)/python -m benchmarks.replan --plan out/bench/plan.json
	$(BIN)/python -m benchmarks.pack --plan out/bench/plan.json
	$(BIN)/python -m benchmarks.canaries
	$(BIN)/python -m benchmarks.document

format: $(VENV)/dev.stamp ## lay out the code
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

lock: ## renew both lock files after a change in pyproject.toml (needs uv)
	$(LOCK) -o requirements.lock pyproject.toml
	$(LOCK) --group dev -o requirements-dev.lock pyproject.toml

install: $(VENV)/runtime.stamp $(BUNDLE)/.stamp $(VENV)/kernels.stamp ## .venv, the report's bundle, compiled kernels

clean: ## remove all that was built
	rm -rf $(VENV) $(BUNDLE) out build dist web/node_modules .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/venv.stamp: | needs
	@echo "making $(VENV) with $$(sh scripts/needs.sh python)"
	@"$$(sh scripts/needs.sh python)" -m venv --clear $(VENV)
	@touch $@

$(VENV)/runtime.stamp: requirements.lock pyproject.toml $(VENV)/venv.stamp
	@echo "installing the locked dependencies"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/runtime.stamp
	@echo "installing the locked tools for tests and checks"
	@# The lock names everything; what it leaves out on purpose (a window for JuPedSim) is not wanted.
	@$(PIP) install --no-deps --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

$(BUNDLE)/.stamp: $(WEB) | needs
	@echo "building the report's bundle"
	@cd web && npm ci --silent --no-audit --no-fund && npm run --silent build
	@touch $@

$(VENV)/kernels.stamp: $(KERNELS) $(VENV)/runtime.stamp
	@echo "compiling the kernels"
	@# Numba looks at a kernel's own file alone: what it calls may have changed in another.
	@find src/clearway -name '*.nb[ci]' -delete
	@$(BIN)/python -m clearway.solve.warm
	@$(BIN)/python -m clearway.simulate.warm
	@touch $@
