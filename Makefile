# The two commands of the README are `demo` and `test`; `check` is what a reviewer's machine asks for.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo demo-headless shots words test prove bench check install format lock image clean

demo: install
	$(BIN)/dreamreel demo

demo-headless: install
	$(BIN)/dreamreel demo --headless

# The pictures of the README and of docs/cards.md, from the browser tests' own; all that was seen is in build/shots.
shots: install
	SHOTS=1 BROWSER_TESTS=required $(BIN)/pytest tests/browser/test_page.py tests/browser/test_under_a_result.py
	$(BIN)/python -m tests.browser.states build/shots/states
	cp build/shots/demo.png build/shots/demo-narrow.png docs/
	$(BIN)/python -m tests.browser.sheet build/shots/states docs

# Brings the catalogues in bot/languages up to date with the sentences in the code.
words: install
	$(BIN)/python -m tests.languages

# Two at a time; what measures or disturbs how fast the bot is has the machine to itself.
TIMED := $(addprefix tests/wire/test_,$(addsuffix .py,answering clock damage discord_faults disk local_limits relay_faults signals))

test: install
	$(BIN)/pytest --numprocesses 2 --dist loadfile $(addprefix --ignore=,$(TIMED))
	$(BIN)/pytest $(TIMED)

# What `test` does in short, at length and by chance: some three quarters of an hour. docs/reliability.md says what it shows.
prove: install
	$(BIN)/python -m tests.prove kills --rounds 200
	$(BIN)/python -m tests.prove.hardship
	$(BIN)/python -m tests.prove.relay_faults
	$(BIN)/python -m tests.prove.discord_faults
	$(BIN)/python -m tests.crowd 1000
	$(BIN)/pytest --hypothesis-profile=prove tests/fuzz
	$(BIN)/pytest --hypothesis-profile=default tests/contract/test_quota_machine.py

# Against a baseline, on a machine that does nothing else: less than ten minutes.
bench: install
	$(BIN)/python -m benchmarks

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
