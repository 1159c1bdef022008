.PHONY: setup run demo test fix requirements soak quality weights bench

PY := .venv/bin/python
READY := .venv/.installed
READY_DEV := .venv/.installed-dev
LABELLED ?= ../shared/eval

$(READY): requirements.txt
	python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

setup: $(READY)  ## prepare .venv and stop

demo: setup  ## two simulated weeks of deals, in the terminal, no tokens
	$(PY) -m bot demo

run: setup  ## the bot on config/; without tokens it posts to this terminal
	$(PY) -m bot run

test: $(READY_DEV)  ## everything CI runs, fastest first
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report --fail-under=90

fix: $(READY_DEV)  ## format, and mend what can be mended
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

requirements:  ## pin what pyproject.toml asks for, with hashes (needs uv)
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --custom-compile-command "make requirements" -o requirements.txt
	uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --custom-compile-command "make requirements" \
	    -c requirements.txt -o requirements-dev.txt

quality: setup  ## the score table on labelled stories, where they are present
	$(PY) -m scripts.quality

weights: .venv-train/.installed  ## learn config/kind.json, then sides.json and relevance.json, from labelled stories
	.venv-train/bin/python -m scripts.train_kind \
	    $(LABELLED)/train.jsonl $(LABELLED)/dev.jsonl $(LABELLED)/week.jsonl
	.venv-train/bin/python -m scripts.train_sides \
	    $(LABELLED)/train.jsonl $(LABELLED)/dev.jsonl $(LABELLED)/week.jsonl
	.venv-train/bin/python -m scripts.train_relevance \
	    $(LABELLED)/train.jsonl $(LABELLED)/dev.jsonl $(LABELLED)/week.jsonl --wild $(LABELLED)/wild.jsonl

.venv-train/.installed: requirements.txt requirements-train.txt
	python3 -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --require-hashes -r requirements.txt
	.venv-train/bin/python -m pip install --quiet --require-hashes -r requirements-train.txt
	touch $@

bench: $(READY_DEV)  ## ratios of speed, side by side with floors
	$(PY) -m bench.reading
	$(PY) -m bench.answers

soak: $(READY_DEV)  ## the long crash and fuzz runs
	.venv/bin/python -m pytest -m soak --timeout 3600
	.venv/bin/python -m pytest -m hypothesis --hypothesis-profile soak --timeout 3600
