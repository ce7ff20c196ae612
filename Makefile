# Everything a person does here. `make run` is all that a newcomer needs.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET := $(or $(CARGO_TARGET_DIR),target)
# A build nobody watches must not change the lock file.
LOCKED := $(if $(CI),--locked)
# Words for the program or the benchmark: make run ARGS="--listen 127.0.0.1:9000"
ARGS ?=

.PHONY: help run web build test test-rust test-browser schemathesis bench lighthouse lint permissions manual clean tools test-tools

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: web ## A shop with goods, shoppers and history in your browser
	@test -x $(TARGET)/release/zhanggui || echo "The first build compiles everything once and takes some minutes; from then on the shop starts at once."
	@cargo run --release --package zhanggui $(LOCKED) -- demo $(ARGS)

test: test-rust test-browser ## Every test: rules, both databases, the program from outside, the browser

# One build for all of it: programs and tests together, so that every crate is compiled with one set of features.
build: web ## The program and its tests, unoptimised
	@scripts/timed build cargo build --workspace --bins --tests $(LOCKED)

test-rust: test-tools build ## The tests in Rust, with a PostgreSQL of their own
	@scripts/timed tests scripts/postgres-for-tests -- cargo test --workspace $(LOCKED)

test-browser: test-tools build ## The tests in Chromium, against a demo shop (pictures: ZHANGGUI_SHOTS=folder)
	@ZHANGGUI_BIN=$(TARGET)/debug/zhanggui scripts/timed browser \
		node --test --test-reporter=spec tests/browser/all.mjs

schemathesis: build ## Every address as everybody, with values that fit and values that do not (EXAMPLES=, SEED=)
	@ZHANGGUI_BIN=$(TARGET)/debug/zhanggui scripts/timed schemathesis scripts/schemathesis $(ARGS)

bench: web ## The benchmarks, each beside its limit, on both databases
	@scripts/timed program cargo build --release --package zhanggui $(LOCKED)
	@scripts/timed bench scripts/postgres-for-tests -- cargo bench --workspace --bench '*' $(LOCKED) -- $(ARGS)

manual: test-tools build ## The pictures of the manual, taken anew from a demonstration
	@ZHANGGUI_BIN=$(TARGET)/debug/zhanggui scripts/timed manual node scripts/manual-pictures.mjs $(ARGS)

lighthouse: web ## Lighthouse on a phone: home, collection, product, checkout; fails below 95
	@scripts/timed program cargo build --release --package zhanggui $(LOCKED)
	@scripts/lighthouse

lint: web ## Format, clippy, the repository's own rules, TypeScript
	@scripts/timed format cargo fmt --all --check
	@scripts/timed clippy cargo clippy --workspace --all-targets $(LOCKED) -- -D warnings
	@scripts/timed tidy cargo run --quiet --package xtask $(LOCKED) -- tidy
	@scripts/timed typescript npm --prefix web run --silent check

permissions: ## The page of permissions, from the routes as they are
	@folder=$$(mktemp -d) && cargo run --quiet --package zhanggui $(LOCKED) -- permissions --page --data-dir "$$folder" \
		>docs/permissions.md; rm -rf "$$folder"

clean: ## Away with everything that a build made
	cargo clean
	rm -rf web/dist web/node_modules

# Missing tools are named before the work begins, not in the middle of it.
tools:
	@scripts/check-tools run

test-tools:
	@scripts/check-tools test

# -- what browsers load: built from web/, embedded into the program --

web: web/dist/manifest.json ## Scripts and styles of the pages

web/dist/manifest.json: web/node_modules/.package-lock.json web/build.mjs $(shell find web/src)
	@scripts/timed web npm --prefix web run --silent build

web/node_modules/.package-lock.json: web/package.json web/package-lock.json web/.npmrc | tools
	@scripts/timed packages npm --prefix web ci
	@touch $@
