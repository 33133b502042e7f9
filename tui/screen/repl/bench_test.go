package repl_test

import (
	"context"
	"fmt"
	"testing"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// BenchmarkKeyToFrame is a letter typed below a long transcript.
func BenchmarkKeyToFrame(b *testing.B) {
	back := tuitest.NewBackend(b)
	lines := make([]string, 2000)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d", i)
	}
	d := start(b, back, 140, 40)
	enter(d, "pkgs", "pkgs.edtor")
	back.Hook = func(context.Context, string) (*tui.Result, bool) {
		return &tui.Result{Number: 3, Kind: tui.ResultText, Lines: lines}, true
	}
	for range 20 {
		enter(d, "long")
	}
	for b.Loop() {
		d.Keys("x")
		d.Keys("backspace")
	}
}
