# Starbridge: `make run` to look at it, `make test` before you send a change, `make help` for the rest.
# Needs Rust 1.95, Node 22 or 24 with npm, build-essential and git. `make test` installs what else it needs.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

# One place for what is built, whatever the environment says: the recipes below name files in it.
export CARGO_TARGET_DIR := $(CURDIR)/target
STAGE := scripts/stage.sh
# Where papers are tested they are made, and not passed over because nobody built the program.
test-sqlite test-postgres: export STARBRIDGE_TEST_PAPER := 1
# Other solvers, for comparison only.
PEERS := $(CARGO_TARGET_DIR)/tmp/peers

## ---- work with it

.PHONY: run
run: assets ## build, fill data/ with the demo district on the first start, serve http://127.0.0.1:8080
	@$(STAGE) "Optimised build" cargo build --release --locked
	@exec scripts/run.sh

.PHONY: clean-data
clean-data: ## forget the demo data; the next `make run` fills it again
	rm -rf data

.PHONY: paper
paper: ## build the program that makes PDFs; `make run` does it behind the pages
	@$(STAGE) "PDF program" cargo build --profile paper --package starbridge-paper --features typeset --locked

.PHONY: assets
assets: node_modules/.assets-built ## build what the browser loads into assets/dist

## ---- check it

.PHONY: test
test: test-paper test-sqlite test-postgres browser ## unit, feature (SQLite and PostgreSQL) and browser tests

.PHONY: check
check: format clippy deny ## format, lints, licences and dependency rules

.PHONY: format
format:
	@$(STAGE) "Format" cargo fmt --all --check

.PHONY: clippy
clippy: assets
	@$(STAGE) "Clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
	@$(STAGE) "Clippy of the PDF program" cargo clippy --package starbridge-paper --features typeset --all-targets --locked -- -D warnings

.PHONY: deny
deny:
	@$(STAGE) "Dependencies" scripts/deny.sh

.PHONY: test-needs
test-needs:
	@$(STAGE) "What the tests need" scripts/test-needs.sh

# Built once, optimised, also for the tests of the program itself.
.PHONY: test-paper
test-paper: test-needs ## the program that makes PDFs
	@$(STAGE) "PDF program and its tests" cargo test --profile paper --package starbridge-paper --features typeset --locked

# Also leaves target/debug/starbridge behind, which the browser tests start.
.PHONY: test-build
test-build: assets
	@$(STAGE) "Compile the tests" cargo test --locked --no-run

.PHONY: test-sqlite
test-sqlite: test-needs test-paper test-build ## unit and feature tests on SQLite
	@$(STAGE) "Unit and feature tests on SQLite" env -u TEST_DATABASE_URL cargo test --locked --no-fail-fast

.PHONY: test-postgres
test-postgres: test-needs test-paper test-build ## feature tests on a throw-away PostgreSQL cluster
	@$(STAGE) "Feature tests on PostgreSQL" scripts/with-postgres.sh cargo test --locked --no-fail-fast --test main --test drill

.PHONY: browser
browser: test-needs test-build ## browser tests with the system's Chromium
	@$(STAGE) "Browser tests" scripts/with-server.sh npx --no-install playwright test -c tests/browser

.PHONY: screenshots
screenshots: test-needs test-build ## the pictures of the READMEs, into docs/images
	@$(STAGE) "Screenshots" scripts/with-server.sh node scripts/screenshots.mjs

# As the units of deploy/ start the program.
bench: export MALLOC_ARENA_MAX := 2
.PHONY: bench
bench: test-needs assets ## the figures of docs/PERFORMANCE.md and docs/SOLVER.md
	@$(STAGE) "Speed" scripts/with-postgres.sh cargo bench --locked --bench speed
	@$(STAGE) "Timetables" cargo bench --locked --package solver --bench timetable

.PHONY: bench-solver
bench-solver: ## the figures of docs/SOLVER.md alone
	@$(STAGE) "Timetables" cargo bench --locked --package solver --bench timetable

.PHONY: bench-peers
bench-peers: $(PEERS)/ortools bench-solver ## the same beside Google's CP-SAT, installed under target/ for it

# `make test` holds a short drill; this is the long one.
drill: export STARBRIDGE_DRILL_SECONDS ?= 60
drill: export STARBRIDGE_DRILL_KILLS ?= 50
drill: export STARBRIDGE_DRILL_CHILDREN ?= 3000
drill: export STARBRIDGE_DRILL_FAULTS ?= 200
drill: export STARBRIDGE_DRILL_GUESSES ?= 120
.PHONY: drill
drill: test-needs assets ## 32 people at work for a minute, 50 kills, 120 guesses at once, a clock that runs ahead, a disk that fails; on SQLite and PostgreSQL
	@$(STAGE) "Drill on SQLite" env -u TEST_DATABASE_URL cargo test --release --locked --test drill -- --nocapture
	@$(STAGE) "Drill on PostgreSQL" scripts/with-postgres.sh cargo test --release --locked --test drill -- --nocapture

## ---- files behind the targets

node_modules/.installed: package.json package-lock.json
	@$(STAGE) "Install the asset tools" npm ci --include=dev --no-audit --no-fund
	@touch $@

# The style sheet keeps only the classes that the templates name, so it depends on them.
ASSET_SOURCES := $(shell find assets templates -path assets/dist -prune -o -type f -print 2>/dev/null)

node_modules/.assets-built: node_modules/.installed $(ASSET_SOURCES) $(if $(wildcard assets/dist/*),,missing)
	@$(STAGE) "Assets" npm run --silent assets
	@touch $@

# Needs python3-venv and the network.
$(PEERS)/ortools:
	@$(STAGE) "Make room for the peers" python3 -m venv $(PEERS)
	@$(STAGE) "Install CP-SAT" $(PEERS)/bin/pip install --quiet --disable-pip-version-check ortools
	@touch $@

.PHONY: missing
missing:

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
