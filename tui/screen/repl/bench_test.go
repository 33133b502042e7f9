package repl_test

import (
	"context"
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

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

// BenchmarkManyResults is a letter typed, and a step while browsing, below 10,000
// results.
func BenchmarkManyResults(b *testing.B) {
	d := start(b, tuitest.NewBackend(b), 140, 40)
	for range 10_000 {
		d.Send(tea.PasteMsg{Content: "pkgs"})
		d.Keys("enter")
	}
	b.Run("typing", func(b *testing.B) {
		for b.Loop() {
			d.Keys("x backspace")
		}
	})
	b.Run("result", func(b *testing.B) {
		for b.Loop() {
			d.Send(tea.PasteMsg{Content: "1 + 2"})
			d.Keys("enter")
		}
	})
	d.Keys("esc")
	b.Run("browsing", func(b *testing.B) {
		for b.Loop() {
			d.Keys("k j")
		}
	})
}
