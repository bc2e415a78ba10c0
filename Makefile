# The two commands of the README are `demo` and `test`; `check` is what a reviewer's machine asks for.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo demo-headless shots test check install format lock image clean

demo: install
	$(BIN)/dreamreel demo

demo-headless: install
	$(BIN)/dreamreel demo --headless

# The README's pictures, from the browser tests' own.
shots: install
	BROWSER_TESTS=required $(BIN)/pytest tests/browser/test_page.py
	cp build/shots/demo.png build/shots/demo-narrow.png docs/

test: install
	$(BIN)/pytest

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Made anew only when pyproject.toml asks for other versions. Each holds for every Python from 3.11 on, whichever runs
# this, and the image's locks name the versions of requirements.lock. No index address is written into them.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-header

lock: install
	$(COMPILE) --extra demo --extra dev --output-file requirements.lock pyproject.toml
	$(COMPILE) --constraint requirements.lock --output-file image/bot.lock pyproject.toml
	$(COMPILE) --constraint requirements.lock --extra demo --output-file image/demo.lock pyproject.toml
	echo "setuptools" | $(COMPILE) --constraint requirements.lock --output-file image/build.lock -

image:
	docker build --tag dreamreel .

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
