# Khabar: `make demo` shows it at work, `make test` checks it. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup setup-train demo test test-slow deploy-tools deploy-test dashboard licences sbom fuzz lint format schemas lock train train-smoke export engine-diff quality clean

BIN := .venv/bin
# treebank and named-entity data for training; `make train DATA=/path` names another
DATA ?= ../shared/data

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

setup: ## make .venv/ ready, with Java and Kafka for the demo and the tests
	@deploy/setup.sh dev

setup-train: ## the same, with Stanza and torch to train models and compare with (3 GB)
	@deploy/setup.sh train

demo: setup ## run the whole pipeline on a real Kafka broker and a recorded news site
	$(BIN)/khabar demo

test: setup deploy-tools ## run every test but the slow ones (minutes)
	$(BIN)/pytest -ra --durations=10 -m "not slow"

test-slow: setup ## run the slow tests (long)
	$(BIN)/pytest -ra --durations=10 -m slow

deploy-tools: setup ## install what checks the chart: Helm, schemas, linters (130 MB)
	@deploy/tools.sh python

deploy-test: deploy-tools ## build the images and run them: alone, by compose, as pods (long)
	@deploy/tools.sh containers
	@deploy/tools.sh kube-score
	$(BIN)/pytest -ra --durations=10 tests/deploy

# seconds of `make fuzz`; FUZZ_SEED=n repeats a run that failed
FUZZ_SECONDS ?= 600
FUZZ_SEED ?= $(shell date +%s)
fuzz: setup ## damage feeds and pages at random: each is read or refused (20 minutes)
	FUZZ_SEED=$(FUZZ_SEED) FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/pytest -ra tests/unit/stages/feeds/test_fuzz.py \
	  tests/unit/stages/pages/test_fuzz.py

lint: setup ## check style, types, layers and the deployment files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/yamllint --strict deploy tests/deploy .yamllint.yaml

format: setup ## format the code and repair what can be repaired
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schemas: setup ## write schemas/ and the pages of docs/ that come from the code
	$(BIN)/khabar schemas write
	$(BIN)/khabar topics describe > docs/topics.md
	$(BIN)/khabar settings --markdown > docs/settings.md
	$(BIN)/khabar metrics --markdown > docs/metrics.md

dashboard: setup ## write Grafana's dashboard anew
	$(BIN)/python deploy/grafana/dashboard.py > deploy/helm/khabar/files/dashboard.json

licences: setup ## write docs/licences.md anew
	$(BIN)/python deploy/licences.py > docs/licences.md

sbom: deploy-tools ## write the bill of materials, build/khabar.cdx.json
	deploy/sbom.sh build/khabar.cdx.json

quality: setup ## print the extraction's quality beside other libraries'
	$(BIN)/python -m benchmarks.extraction

train: setup-train ## train the Stanza models (hours)
	$(BIN)/python -m models.training.train --data $(DATA) --work build/train

train-smoke: setup-train ## run the training's whole path on a little data (minutes)
	$(BIN)/python -m models.training.train --data $(DATA) --work build/train --smoke

export: setup-train ## make models/engine/ from the trained models, and store what Stanza says
	$(BIN)/python -m models.export
	$(BIN)/python -m tests.support.quality.stanza_outputs

engine-diff: setup-train ## compare the engine with Stanza on hundreds of documents (minutes)
	$(BIN)/pytest -ra tests/quality/test_engine_identical.py -m slow

# Names, versions and hashes of every package, for every platform; no index addresses.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
  --python-version 3.11 --generate-hashes --no-emit-index-url
lock: setup ## write requirements/*.txt anew from pyproject.toml
	$(COMPILE) --group setup -o requirements/uv.txt
	$(COMPILE) --group build -o requirements/build.txt
	$(COMPILE) --group java -o requirements/java.txt
	$(COMPILE) pyproject.toml -o requirements/run.txt
	$(COMPILE) pyproject.toml --extra stanza -c requirements/run.txt \
	  -o requirements/stanza.txt
	$(COMPILE) pyproject.toml --group dev --group build \
	  -c requirements/stanza.txt -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra stanza --group dev --group build --group train \
	  -c requirements/stanza.txt -c requirements/dev.txt -o requirements/train.txt
	$(COMPILE) --group deploy -c requirements/train.txt -o requirements/deploy.txt
	$(COMPILE) --group benchmark -c requirements/train.txt -o requirements/benchmark.txt

clean: ## remove .venv/ and everything made (Kafka's jars stay in the cache folder)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
