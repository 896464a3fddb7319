# Tandem: `make run` needs Python 3.11 or newer and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help run test check shell bench install lock clean
MAKEFLAGS += --no-print-directory

# Set PYTHON to choose one; otherwise the newest suitable Python on the PATH makes .venv.
PYTHON ?=
# Text is UTF-8 whatever the locale says; the same for the processes that these start.
EMBEDDED = .venv/bin/python -X utf8 -m reviews.core.embedded

define bootstrap
@for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python3.14); do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		exec $$python -I -X utf8 reviews/core/embedded/bootstrap.py $(1); \
	fi; \
done; \
echo "tandem: no Python 3.11 or newer was found: install one (on Debian or Ubuntu: apt-get install python3 python3-venv), or name it: PYTHON=/path/to/python3 make" >&2; \
exit 1
endef

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: ## install what is missing and start Tandem; Ctrl-C stops it
	$(call bootstrap,base)
	@exec $(EMBEDDED) run

test: ## lint, types, contracts and all tests, as in CI
	$(call bootstrap,dev)
	@exec $(EMBEDDED) test

check: ## some tests beside what they need: make check T="tests/db/test_x.py -x"; all of them thoroughly without T
	$(call bootstrap,dev)
	@exec $(EMBEDDED) check "$$T"

shell: ## a Django shell on the data of `make run`
	$(call bootstrap,base)
	@exec $(EMBEDDED) services --live -- .venv/bin/python manage.py shell

bench: ## measure the budgets on a database made for it
	$(call bootstrap,dev)
	@exec $(EMBEDDED) services -- .venv/bin/python -m tests.bench

install: ## only make .venv with all requirements
	$(call bootstrap,dev)

lock: ## renew requirements/*.txt from requirements/*.in (needs uv)
	@command -v uv >/dev/null || { echo "tandem: uv is missing: install it (pipx install uv) and run make lock again." >&2; exit 1; }
	@cd requirements && for name in base dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --no-header --output-file $$name.txt $$name.in || exit 1; \
	done

clean: ## remove .venv and caches; the data in var/ stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
