# SPDX-License-Identifier: Apache-2.0
# Thin on purpose: meson describes the C build, tools/ and tests/ hold the scripts. JOBS=N sets how many
# compilers run at once.
JOBS ?= 2
export JOBS

.PHONY: help build run test lint fmt fuzz bench dist clean packages binary web
.DEFAULT_GOAL := help

help:
	@echo 'make run     install what is missing, build, start a simulated sub-district and the platform (PORT=8080 KEEP=0)'
	@echo 'make test    install what is missing, build, run every test; the last line is "N passed, N failed"'
	@echo 'make build   install what is missing, build build/shouwang and the web pages'
	@echo 'make lint    clang-format, clang-tidy, cppcheck, eslint, vue-tsc'
	@echo 'make fmt     lay out the C sources'
	@echo 'make fuzz    run every fuzzer for FUZZ_SECONDS each (60), or the one in FUZZ'
	@echo 'make bench   the measurements of bench/'
	@echo 'make dist    build/shouwang-VERSION.tar.gz: the program, its pages, licence and documents'
	@echo 'make clean   remove what the build made (not web/node_modules)'

packages:
	@tools/setup build run

binary: packages
	@tools/configure build
	@ninja -C build -j $(JOBS) --quiet src/app/shouwang

web: packages
	@tools/web

build: binary web

run:
	@tools/run

test: packages
	@tools/setup test
	@tests/run

lint:
	@tools/lint

fmt:
	@tools/setup lint
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs -r clang-format -i

fuzz:
	@tools/fuzz

bench: build
	@bench/run

dist: build
	@tools/dist

clean:
	@rm -rf build build-* web/dist
