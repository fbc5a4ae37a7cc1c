# Every target works on a fresh clone: the environment is made when it is missing.
PYTHON ?= python3
BIN := .venv/bin
SECONDS ?= 60

.PHONY: install check test lint types record checklist selftest wheel bench fuzz clean

install: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[dev,oracles]'
	touch $@

check: lint types test  ## everything that CI runs

test: install
	VCR_MODE=playback $(BIN)/pytest -n auto --dist loadgroup

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

checklist: install  ## the meta-test alone: every obligation against every adapter
	VCR_MODE=playback $(BIN)/pytest checklist -n auto --dist loadgroup

record: install  ## refresh our own cassettes from the virtual provider (synthetic, labelled so; live ones stay)
	$(BIN)/conformance record --all --from virtual

selftest: install  ## every fault of the catalogue against the rules
	$(BIN)/conformance selftest --missed

fuzz: install  ## coverage-guided fuzzing of decoding and judging, for a bounded time: make fuzz SECONDS=600
	$(BIN)/pip install -q -e '.[fuzz]'
	$(BIN)/python tests/fuzz/fuzz_answers.py -max_total_time=$(SECONDS) -max_len=8192

wheel: install
	$(BIN)/python -m build --wheel
	$(BIN)/pytest tests/wheel

bench: install
	$(BIN)/python -m benchmarks.decode
	$(BIN)/python -m benchmarks.judge
	$(BIN)/python -m benchmarks.line_and_plan
	$(BIN)/python -m benchmarks.candidates
	$(BIN)/python -m benchmarks.parts_and_items
	$(BIN)/python -m benchmarks.replay
	$(BIN)/python -m benchmarks.concurrent_streams
	$(BIN)/python -m benchmarks.long_streams

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
