# What newcomers and developers run; `make` alone lists it.
export PYTHON ?= python3
BIN := .venv/bin
# What is derived from the pinned packages, so that no synth begins with it.
SHIPPED := tanada/stacks/fast/shipped
# Of that, what is known of the models of a declaration.
MODELS := $(SHIPPED)/models
# What lays pictures out, and goes into wheels that `tanada init` makes.
PICTURES := node_modules/elkjs/package.json
# In a clone's first minutes nothing of ours is on PATH but what stands here.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# CDKTF's command line and terraform ask for news of themselves otherwise.
export CHECKPOINT_DISABLE := 1
# Where an image says it, every start of Python would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test quick checkov check-code check-style bench soak format lock new-capability release-state requests setup update update-schemas

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

demo: .venv/.installed $(MODELS) $(PICTURES) ## synthesize the default system and plan it, without an AWS account
	@scripts/prerequisites.sh demo
	@scripts/demo.sh

test: setup ## everything: lint, types, layers, shell, all tests
	@scripts/prerequisites.sh test
	@$(MAKE) --no-print-directory check-style
	@# mypy is busy for half a minute, with one processor: the tests begin beside it.
	$(BIN)/mypy & types=$$!; $(BIN)/pytest -n 3 --dist loadgroup; tests=$$?; wait $$types || { echo 'mypy found mistakes, printed above' >&2; exit 1; }; exit $$tests

quick: setup ## the inner loop: what needs no container and no terraform
	@$(MAKE) --no-print-directory check-code
	$(BIN)/pytest -n 2 --dist loadgroup -m "not docker and not terraform and not slow"

checkov: setup .venv-checked/.installed ## what checkov and parliament say against what is emitted, and why it stays
	@$(BIN)/python -m tests.checked.show

check-code: check-style
	$(BIN)/mypy

check-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/shellcheck scripts/*.sh .ci/run

bench: setup ## how long synth takes, beside its peers (25 minutes, writes benchmarks/; BENCH=--quick and BENCH=--ours are shorter)
	@$(BIN)/python -m benchmarks.run $(BENCH)

soak: setup ## two hundred disasters in the middle of runs, on states in a bucket (half an hour; goes on where it was stopped, writes docs/soak.md)
	@$(BIN)/python -m tests.soak $(SOAK)

format: .venv/.installed ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

update: setup ## write the guide's tables, schemas and golden files anew; read the difference like code
	TANADA_UPDATE=1 $(BIN)/pytest -q tests/resources/test_asked.py tests/declarations tests/stacks/test_addresses.py tests/stacks/test_emitted.py \
		tests/capabilities tests/comment tests/docs/test_pages.py tests/cli/test_app.py

new-capability: .venv/.installed ## the skeleton of a store's kind: make new-capability NAME=database
	@$(BIN)/python scripts/new_capability.py "$(NAME)"

release-state: .venv/.installed $(MODELS) ## what this release applies, kept for later plans: make release-state NAME=0.1.0-2026-11-26
	@$(BIN)/python -m tests.releases.releases "$(NAME)"

lock: .venv/.installed ## pin the newest allowed versions of all packages (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --extra dev -c requirements.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt
	uv pip compile requirements-checked.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-checked.txt

update-schemas: .venv/.installed ## the provider's schemas that the package ships, from the installed bindings
	$(BIN)/python -m scripts.provider_schemas

requests: .venv/.installed $(MODELS) ## what neither botocore nor CloudFormation knows of what is emitted, and each answer
	@$(BIN)/python -m tests.requests.show

setup: .venv/.installed $(MODELS) node_modules/.installed ## .venv and node_modules, from their lock files

.venv/.installed: requirements-dev.txt pyproject.toml
	@scripts/prerequisites.sh python
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.txt
	@# By all processors, and without the 230 MB of bindings, of which a synth takes what it needs: half a minute less.
	@$(BIN)/python -m compileall -q -j 0 -x cdktf_cdktf_provider_aws/ .venv/lib >/dev/null || true
	@echo "Preparing CDKTF for this checkout, some seconds"
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# checkov and parliament, which are asked as a program: their packages are none of ours. No pip of its own: 4 s less.
.venv-checked/.installed: requirements-checked.txt | .venv/.installed
	$(PYTHON) -m venv --without-pip .venv-checked
	$(BIN)/pip --python .venv-checked/bin/python install --quiet --disable-pip-version-check --no-compile --no-deps \
		--require-hashes -r requirements-checked.txt
	@touch $@

# Made by the installation; anew where it does not fit an edit any more.
$(SHIPPED): $(wildcard tanada/declared/*.py tanada/stacks/*.py tanada/stacks/fast/*.py tanada/stacks/fast/native/* modules/*.py) | .venv/.installed
	@[ -d $@ ] && [ -z "$$(find $^ -newer $@)" ] || { \
	    echo "Preparing CDKTF for what was edited, some seconds" && $(BIN)/python -m scripts.build_hook; }

# All that models import decides on what is known of them, and it is quickly made.
$(MODELS): $(wildcard tanada/*.py tanada/cache/*.py tanada/declarations/*.py tanada/declarations/*/*.py tanada/declared/*.py) | $(SHIPPED)
	@[ -f $@ ] && [ -z "$$(find $^ -newer $@)" ] || PYTHONPATH=. $(BIN)/python scripts/models.py

# It alone, where the tests' packages weren't installed, which takes a minute.
$(PICTURES): package-lock.json
	@scripts/prerequisites.sh node
	@[ node_modules/.installed -nt $< ] || npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

node_modules/.installed: package-lock.json
	@scripts/prerequisites.sh node
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
