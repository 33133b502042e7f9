# make           build ./nixbench
# make help      list the targets

GO      ?= go
PKG     ?= ./...
FUZZTIME ?= 30s
ROUNDS  ?= 5
TESTFLAGS ?=
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := build

build: ## build ./nixbench, static
	$(GO) build -o nixbench .

run: build ## open the workbench
	./nixbench

test: ## run all tests
	$(GO) test -pgo=off $(TESTFLAGS) $(PKG)

check: fmt-check vet lint arch race test ## everything that must hold before a commit

fmt: ## format the code
	gofmt -w $(GOFILES)

fmt-check:
	@out=$$(gofmt -l $(GOFILES)); test -z "$$out" || { echo "not formatted:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet $(PKG)

lint: ## run golangci-lint where it is installed
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "golangci-lint is not installed; arch and vet stand in"; fi

arch:
	$(GO) test -run 'TestImports|TestEntryPoints' .

race: ## run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race $(PKG)

golden: ## rewrite the golden files of all tests
	$(GO) test $$(grep -rlE 'Bool\("update"|tui/tuitest"' --include='*_test.go' . | xargs -n 1 dirname | sort -u) -update

fuzz: ## run every fuzz target for FUZZTIME
	@for pkg in $$($(GO) list $(PKG)); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

bench: ## run the benchmarks; benchstat against bench/base.txt where both are present
	@mkdir -p bench
	$(GO) test -run '^$$' -bench . -benchmem $(PKG) | tee bench/new.txt
	@if command -v benchstat >/dev/null && [ -f bench/base.txt ]; then benchstat bench/base.txt bench/new.txt; fi

compiler-profile: ## make default.pgo anew, by which go build compiles: make compiler-profile NIXPKGS=DIR
	@test -d "$(NIXPKGS)" || { echo "usage: make compiler-profile NIXPKGS=DIR"; exit 2; }
	GOGC=800 NIXPKGS=$(abspath $(NIXPKGS)) $(GO) test ./engine -pgo=off -run '^$$' -bench '^BenchmarkCases$$' -benchtime 3s -cpuprofile cases.prof -outputdir . -o /dev/null
	$(GO) tool pprof -proto cases.prof >default.pgo && rm cases.prof

bench-eval: build ## evaluation beside a real Nix: make bench-eval NIX=DIR [NIX28=DIR] NIXPKGS=DIR [CASES=REGEXP] [ROUNDS=N]
	@test -x "$(NIX)/bin/nix" || { echo "usage: make bench-eval NIX=DIR [NIX28=DIR] NIXPKGS=DIR [CASES=REGEXP] [ROUNDS=N] (real ones, their commands in DIR/bin)"; exit 2; }
	$(GO) run ./engine/benchmarks eval $(BENCHFLAGS) -json bench/eval.json

bench-startup: ## print how long the packages take to initialise
	$(GO) test -tags startup -run TestStartupTime -count 1 -v .

bench-cancel: ## how long evaluations go on after they are cancelled, case by case
	BENCH_CANCEL=1 $(GO) test ./engine -run '^TestCancel$$' -count 1 -v $(TESTFLAGS) | grep -e ' takes ' -e FAIL

bench-parse: build ## parsing of all files of nixpkgs, and start-up, beside a real Nix: make bench-parse NIX=DIR NIXPKGS=DIR [ROUNDS=N]
	@test -x "$(NIX)/bin/nix" -a -d "$(NIXPKGS)" || { echo "usage: make bench-parse NIX=DIR [NIX28=DIR] NIXPKGS=DIR [ROUNDS=N] (real ones, their commands in DIR/bin)"; exit 2; }
	$(GO) run ./engine/benchmarks parse $(BENCHFLAGS) -json bench/parse.json

BUILDS  ?= 1000
PLANNED ?= 150000
GARBAGE ?= 100000
bench-store: build ## stores, builds and collections beside a real Nix: make bench-store NIX=DIR [NIX28=DIR] [CASES=REGEXP] [ROUNDS=N] [BUILDS=1000] [PLANNED=150000] [GARBAGE=100000] [DIR=DIR, where stores stay for the next run]
	@test -x "$(NIX)/bin/nix" || { echo "usage: make bench-store NIX=DIR [NIX28=DIR] [CASES=REGEXP] [ROUNDS=N] [BUILDS=1000] [PLANNED=150000] [GARBAGE=100000] [DIR=DIR] (real ones, their commands in DIR/bin)"; exit 2; }
	$(GO) run ./engine/benchmarks store $(BENCHFLAGS) -builds $(BUILDS) -planned $(PLANNED) -garbage $(GARBAGE) $(if $(DIR),-dir $(abspath $(DIR))) -json bench/store.json

bench-tui: build ## the workbench on an emulated screen, with its budgets: make bench-tui [CASES=REGEXP] [DIR=DIR, where stores stay for the next run]
	$(GO) run ./tui/benchmarks -nixbench ./nixbench $(if $(CASES),-cases '$(CASES)') $(if $(DIR),-dir $(abspath $(DIR))) -json bench/tui.json

confirm: build ## compare with a real Nix: make confirm NIX=DIR, its commands in DIR/bin
	@test -x "$(NIX)/bin/nix" || { echo "usage: make confirm NIX=DIR (a real Nix of at least 2.34, as .ci/real-nix DIR unpacks)"; exit 2; }
	NIX=$(abspath $(NIX)) NIXBENCH=$(abspath nixbench) $(GO) test -pgo=off -tags confirm -run Confirm -count 1 -timeout 25m $(TESTFLAGS) $(PKG)

day: build ## a day in the life of a store that nixbench and a real Nix share: make day NIX=DIR [STEPS=200]
	@test -x "$(NIX)/bin/nix" || { echo "usage: make day NIX=DIR [STEPS=200] (a real Nix of at least 2.34, as .ci/real-nix DIR unpacks)"; exit 2; }
	NIX=$(abspath $(NIX)) NIXBENCH=$(abspath nixbench) STEPS=$(or $(STEPS),200) $(GO) test -tags confirm -run TestConfirmDayInTheLife -count 1 -timeout 60m $(TESTFLAGS) ./repl/confirm

conformance: build ## run Nix's own language suite: make conformance NIX_SRC=DIR [DIFF=1] [SUITE=regexp] [NIX=DIR]
	@test -f "$(NIX_SRC)/tests/functional/lang.sh" || { echo "usage: make conformance NIX_SRC=DIR (a checkout of NixOS/nix)"; exit 2; }
	@NIX_SRC=$(abspath $(NIX_SRC)) NIX=$(if $(NIX),$(abspath $(NIX))) NIXBENCH=$(abspath nixbench) \
	  $(GO) test -C repl/confirm -tags conformance -run TestConformance -count 1 -args $(if $(DIFF),-diff) $(if $(SUITE),-suite '$(SUITE)')

N ?= 1000000
SEED ?= 1
REPORT ?= fuzz-oracle.report
EXPRS ?=
fuzz-oracle: ## compare N random expressions with a real Nix, from SEED on: make fuzz-oracle NIX=DIR [N=1000000] [EXPRS=FILE]
	@test -x "$(NIX)/bin/nix" || { echo "usage: make fuzz-oracle NIX=DIR (a real Nix of at least 2.34, as .ci/real-nix DIR unpacks)"; exit 2; }
	NIX=$(abspath $(NIX)) N=$(N) SEED=$(SEED) REPORT=$(abspath $(REPORT)) EXPRS=$(abspath $(EXPRS)) $(GO) test -tags oracle -run TestOracle -count 1 -timeout 0 -v ./engine

confirm-parallel: ## compare one goroutine with four, on 1,000 packages: make confirm-parallel NIXPKGS=DIR
	@test -f "$(NIXPKGS)/default.nix" || { echo "usage: make confirm-parallel NIXPKGS=DIR (a tree of nixpkgs)"; exit 2; }
	NIXPKGS=$(abspath $(NIXPKGS)) $(GO) test -tags parallel -run TestParallelNixpkgs -v -count 1 -timeout 60m ./engine

confirm-nixpkgs: build ## compare nixpkgs and NixOS with a real Nix: make confirm-nixpkgs NIX=DIR NIXPKGS=DIR [RUN=regexp] [ORACLE=DIR]
	@test -x "$(NIX)/bin/nix" -a -f "$(NIXPKGS)/pkgs/top-level/default.nix" || { echo "usage: make confirm-nixpkgs NIX=DIR NIXPKGS=DIR (a real Nix of at least 2.34; a tree of nixpkgs)"; exit 2; }
	NIX=$(abspath $(NIX)) NIXPKGS=$(abspath $(NIXPKGS)) ORACLE=$(if $(ORACLE),$(abspath $(ORACLE))) NIXBENCH=$(abspath nixbench) \
	  $(GO) test -tags nixpkgs -run '$(or $(RUN),TestNixpkgs)' -count 1 -timeout 0 $(TESTFLAGS) ./repl/confirm

e2e: build ## drive the workbench by keys in tmux; a real Nix confirms the effect: make e2e NIX=DIR
	@test -x "$(NIX)/bin/nix" || { echo "usage: make e2e NIX=DIR (a real Nix of at least 2.34, as .ci/real-nix DIR unpacks)"; exit 2; }
	NIX=$(abspath $(NIX)) NIXBENCH=$(abspath nixbench) $(GO) test -tags e2e -run E2E -count 1 -v ./tui/e2e

WALK ?= /tmp/nixbench-walk
walk: build ## go through all screens in tmux at three sizes, and write docs/captures and the screens of README.md: make walk [WALK=DIR, made and removed] [RUN=tour|large]
	$(GO) build -o bench/graph ./engine/benchmarks
	WALK=$(WALK) GRAPH='$(abspath bench/graph) graph' NIXBENCH=$(abspath nixbench) $(GO) test -tags walk -run 'TestWalk/$(RUN)' -count 1 -v ./tui/e2e

TRIALS ?= 50
crash: build ## power cuts while programs are at work, as root: make crash [NIX=DIR] [TRIALS=50] [ONLY=REGEXP] [DIR=DIR]
	$(GO) run ./engine/trials crash $(TRIALFLAGS) -points $(TRIALS)

escapes: build ## builders that try to get out of their sandboxes, as root (if run by it), as a user, and in a namespace: make escapes [ONLY=REGEXP]
	$(GO) run ./engine/trials escapes $(TRIALFLAGS)

POINTS ?= 0
MINUTES ?= 10
faults: build ## kill -9 at each system call, shortages, damage, hostile input, others at work: make faults [NIX=DIR] [POINTS=N] [MINUTES=10] [ONLY=REGEXP]
	@status=0; for kind in kill full damage hostile stopped together; do \
	  echo "== $$kind"; $(GO) run ./engine/trials $$kind $(TRIALFLAGS) -points $(POINTS) -minutes $(MINUTES) || status=1; \
	done; exit $$status

sizes: ## sizes of files and functions, median, 90th percentile and longest
	@$(GO) test -tags sizes -run TestSizes -v -count 1 . | grep -v -e '^=== ' -e '^--- ' -e '^PASS' -e '^ok'

clean: ## remove what make builds
	rm -rf nixbench bench/new.txt bench/graph bench/*.json

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

BENCHFLAGS = -nixbench $(abspath nixbench) -nix "$(abspath $(NIX))" -nix28 "$(abspath $(NIX28))" -nixpkgs "$(abspath $(NIXPKGS))" -cases "$(CASES)" -rounds $(ROUNDS)

TRIALFLAGS = -nixbench $(abspath nixbench) -nix "$(if $(NIX),$(abspath $(NIX)))" -nix28 "$(if $(NIX28),$(abspath $(NIX28)))" -only "$(ONLY)" $(if $(DIR),-dir $(DIR))

GOFILES := $(shell git ls-files '*.go' 2>/dev/null)

.PHONY: build run test check fmt fmt-check vet lint arch race golden fuzz fuzz-oracle bench compiler-profile bench-eval bench-parse bench-startup bench-store bench-cancel bench-tui confirm confirm-nixpkgs confirm-parallel conformance crash day e2e escapes faults sizes walk clean help
