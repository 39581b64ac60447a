# Two commands matter: `make serve` shows the book, `make test` runs everything that CI runs; `make` lists all.
# The environment of requirements.lock is set up in .venv on first use.

PYTHON ?= python3
PORT   ?= 8000
BIN    := .venv/bin
READY  := .venv/.ready
# uv is quick, and knows nothing of a mirror that pip's own file tells of: then pip does it.
install = $(BIN)/uv pip install --python $(BIN)/python $(1) || $(BIN)/python -m pip install $(1)
export PATH := $(CURDIR)/$(BIN):$(PATH)
ifdef PIP_INDEX_URL  # which uv does not read
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
unexport PYTHONDONTWRITEBYTECODE  # else every process of every test would compile anew
# Without its Python, or with one too old, .venv is set up anew. So it is where that was interrupted: .ready is missing.
version_fits = import sys; sys.exit(sys.version_info < (3, 11))
$(shell $(BIN)/python -c "$(version_fits)" 2>/dev/null || rm -f $(READY))

.PHONY: help setup book site pdf epub serve test pytest test-fast test-lab test-firefox lint links notebooks refresh translate-status release-check bench drags mutate libraries lock clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s%s\n", $$1, $$2 }' Makefile

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -e $@ || rm -rf .venv
	@rm -f $@
	@$(PYTHON) -c "import venv, ensurepip; $(version_fits)" || \
	  { echo "Python 3.11 or newer with venv is needed (Debian and Ubuntu: apt-get install python3-venv); name it by make PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv from requirements.lock; the first time takes a minute or two."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --constraint requirements.lock uv
	$(call install,-r requirements.lock -e .)
	@touch $@

.venv/.%-ready: requirements-%.txt $(READY)  # what one command needs besides
	@rm -f $(READY)
	$(call install,-r $< -c requirements.lock)
	@touch $(READY) $@

book: $(READY)  ## build the site, both languages, into _build/html
	python press/build.py

site: .venv/.lab-ready  ## the book and the lab, in which every notebook runs in the browser (minutes the first time)
	python -m press.lab.build
	python press/build.py

pdf: book  ## each language as a PDF to print, into _build/print (minutes); the book's first page then links it
	python press/browsers.py chromium --install
	python -m press.print.pdf
	python press/build.py

epub: .venv/.print-ready book  ## each as an EPUB that EPUBCheck accepts, likewise
	python press/browsers.py chromium --install
	python -m press.print.epub
	python press/build.py

serve: book  ## set up, build, and serve the book on a local port (PORT=8000)
	python press/serve.py _build/html --port $(PORT)

test: $(READY)  ## everything that CI runs
	python press/browsers.py chromium --install
	@$(MAKE) --no-print-directory --jobs 2 lint pytest

pytest: $(READY)
	python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-fast: $(READY)  ## the inner loop: no kernels, no browser
	python -m pytest -n auto --dist loadfile -m "not browser" tests klhelpers press/tests/test_rules.py

test-lab: site  ## run every notebook in the lab, in a real browser (minutes)
	python press/browsers.py chromium --install
	TEST_LAB=1 python -m pytest press/lab/tests

test-firefox: site  ## the pages, the explorables and chapter 1 in the lab, in Firefox (minutes)
	python press/browsers.py firefox --install
	TEST_BROWSER=firefox python -m pytest -n auto --dist loadfile -m "browser and not chromium" tests/browser
	TEST_BROWSER=firefox TEST_LAB=1 python -m pytest press/lab/tests/test_in_browser.py -k "to_its_end and en/01"

lint: $(READY)
	ruff check .
	ruff format --check .
	mypy
	codespell

links: $(READY)  ## ask every address outside the book whether it is still there (needs the network)
	jupyter-book build . --builder linkcheck --path-output _build/links

notebooks: $(READY)  ## JupyterLab on the notebooks; EDITION=zh on the Chinese ones, as they are built
ifeq ($(EDITION),zh)
	python press/build.py --sources
	jupyter lab _build/zh/notebooks
else
	jupyter lab notebooks
endif

refresh: $(READY)  ## re-execute the notebooks in clean kernels, break each check on purpose, and store what was found (some: CHAPTERS=NN-name)
	python -m press.claims.refresh $(CHAPTERS)

bench: $(READY)  ## accuracy and time beside other libraries, into benchmarks.md of both languages (minutes)
	python -m tools.benchmarks

drags: book  ## how long a page is busy from a moved pointer to the painted frame, for each explorable
	python -m tools.drags

mutate: $(READY)  ## plant faults in klhelpers; fails where the tests catch less than 97 in 100 (an hour; resumable)
	mutmut run
	mutmut results
	mutmut export-cicd-stats
	python -c "import json; n = json.load(open('mutants/mutmut-cicd-stats.json')); \
	  share = (n['killed'] + n['timeout']) / n['total']; print(f'caught: {share:.1%} of', n['total']); assert share >= 0.97"

translate-status: $(READY)  ## what the Chinese edition lacks, with the English
	python press/translation.py

release-check: $(READY)  ## fail if it lacks anything
	python press/translation.py --release

libraries: $(READY)  ## hold chapters 4's and 7's lines against the libraries (ONLY=name for one, LATEST=1 for the newest)
	python tools/libraries.py $(ONLY)

lock: $(READY)  ## write requirements.lock anew from requirements*.txt
	uv pip compile --universal --python-version 3.11 --upgrade --no-emit-package klhelpers --no-header \
	  requirements.txt requirements-dev.txt -o requirements.lock

clean:  ## remove what was built
	rm -rf _build
