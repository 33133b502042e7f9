package main

import (
	"testing"

	"nixbench/engine"
	"nixbench/engine/build"
	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
	"nixbench/engine/shell"
	"nixbench/engine/syntax"
	"nixbench/inspect/closure"
	"nixbench/inspect/diff"
	"nixbench/inspect/doctor"
	"nixbench/inspect/duplicates"
	"nixbench/inspect/files"
	"nixbench/inspect/reclaim"
	"nixbench/inspect/why"
	"nixbench/repl"
	"nixbench/repl/cli"
	"nixbench/repl/desk"
	"nixbench/repl/tour"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/profile"
	"nixbench/tui"
	"nixbench/tui/screen"
)

// TestEntryPoints keeps the map of ARCHITECTURE.md true: where each part is
// entered. If one of these is renamed, the map changes with it.
func TestEntryPoints(t *testing.T) {
	for part, entry := range map[string]any{
		"command line": cli.Run, "screens": tui.Run, "all five": screen.All,
		"session": repl.New, "what screens ask": desk.New, "tour": tour.New,
		"façade": engine.Open, "parser": syntax.ParseExpr, "evaluator": eval.New, "builtins": builtins.Table,
		"builder": build.New, "sandbox": sandbox.Run, "sandbox's shell": shell.Main, "nix.conf": settings.Load,
		"closures": closure.New, "why-depends": why.New, "differences": diff.Generations, "roots": reclaim.New,
		"what is wrong": doctor.Examine, "derivations that differ": diff.CompareDerivations,
		"copies of packages": duplicates.Find, "files of a path": files.Read,
		"store": local.Open, "collection": gc.NewPlan, "generations": profile.NewSwitch,
	} {
		if entry == nil {
			t.Errorf("%s has no entry point", part)
		}
	}
}
