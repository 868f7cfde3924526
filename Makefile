# Two commands do all the set-up: `make book` and `make test`. Everything is installed below this folder.

PYTHON ?= python3
CONSTRAINTS ?= constraints.txt
PORT ?= 8000
# One test process a core, each on one thread: two threads each would only wait for one another. The files go in their own
# order, in which the browser's come first: by the number of their tests these few long ones would come last.
SIDE_BY_SIDE := -n auto --no-loadscope-reorder --dist
unit strict pages: export OMP_NUM_THREADS = 1
# A hundred processes import torch and pandas: where Python may not keep what it compiled, each compiles them anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
READY := .venv/.ready
VENDOR := book/_static/vendor/.ready
HOME_MADE := _build build .pytest_cache .ruff_cache .hypothesis

.PHONY: help student book test test-all lint unit strict built pages pdf lab serve results bench format strip vendor clean distclean
.DEFAULT_GOAL := help

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: $(READY) $(VENDOR) ## set up, execute the chapters, build the pages into _build/html
	$(BIN)/jupyter-book build .
	$(BIN)/python tools/slides.py

test: $(READY) $(VENDOR) ## set up, then everything CI checks: lint, unit tests, strict clean book, pages
	$(MAKE) lint
	@# the book is built by one process and opened as soon as it stands: the tests take what this leaves of both cores
	$(MAKE) -j2 unit built

test-all: test student ## make test, then every chapter and student notebook from the built wheel in a fresh environment
	$(BIN)/python -m pytest -q -m long --long
	$(BIN)/python tools/try_wheel.py --constraints $(CONSTRAINTS)

lint: $(READY) ## style and format of the code and the chapters, spelling of everything, who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports

unit: $(READY) ## the tests of the package
	nice -n 10 $(BIN)/python -m pytest -q -m "not book" --durations 12 $(SIDE_BY_SIDE) loadfile

strict: $(READY) $(VENDOR) ## build the book from nothing, executing every chapter; any warning is an error
	rm -rf _build
	$(BIN)/jupyter-book build . -W --keep-going
	$(BIN)/python tools/slides.py

built: strict
	$(MAKE) pages

pages: $(READY) $(VENDOR) ## check the built pages: links, and every page in a real Chromium
	$(BIN)/python -m pytest -q -m book --durations 12 $(SIDE_BY_SIDE) worksteal

pdf: book ## print the whole book into _build/bumpworld.pdf, through Chromium
	$(BIN)/python tools/print_book.py

lab: $(READY) $(VENDOR) ## open the chapters in JupyterLab
	$(BIN)/jupyter lab notebooks

serve: book ## build the book and show it at http://127.0.0.1:8000 (PORT=...)
	@echo "The book is at http://127.0.0.1:$(PORT) (Ctrl-C ends it)"
	$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

student: $(READY) ## write the chapters without their solutions into _build/student
	$(BIN)/python tools/student.py

results: $(READY) ## train what results/ lacks (quick preset; hours: see book/how_to_run.md)
	$(BIN)/bumpworld run
	$(BIN)/bumpworld study
	$(BIN)/bumpworld nulls

bench: $(READY) $(VENDOR) ## time our training, our clusters and the living model beside their peers (on an idle machine)
	$(BIN)/python benchmarks/time_to_accuracy.py --out results/benchmarks/time_to_accuracy.json
	$(BIN)/python benchmarks/paper_world.py --out results/benchmarks/paper_world.json
	$(BIN)/python benchmarks/preset_steps.py --out results/benchmarks/preset_steps.json
	$(BIN)/python benchmarks/percolation.py --out results/benchmarks/percolation.json
	$(BIN)/python benchmarks/browser.py --out results/benchmarks/browser.json
	$(BIN)/python benchmarks/browser_training.py --out results/benchmarks/browser_training.json
	$(BIN)/python benchmarks/lab_steps.py --out results/benchmarks/lab_steps.json

format: $(READY) ## put code and chapters into the house format
	$(BIN)/python tools/first_cell.py
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

strip: $(READY) ## take the outputs out of the chapters before they go into git
	$(BIN)/nbstripout --keep-id notebooks/*.ipynb

vendor: $(VENDOR) ## fetch the scripts that the pages carry along

clean: ## remove what was built; the environment and results/ stay
	rm -rf $(HOME_MADE) book/_static/vendor tools/node_modules

distclean: clean ## remove the environment as well
	rm -rf .venv src/bumpworld.egg-info

$(READY): pyproject.toml $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "bumpworld needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo "this Python cannot make an environment; on Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	@echo "Installing the environment (about 2 GB, some minutes) ..."
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c $(CONSTRAINTS) -e ".[book,test,scale]"
	@touch $@

$(VENDOR): $(READY) tools/vendor.py tools/package.json tools/package-lock.json
	$(BIN)/python tools/vendor.py
	@touch $@
