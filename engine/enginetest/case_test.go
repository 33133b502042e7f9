package enginetest

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// What a case says of outputs and messages.
func TestCheck(t *testing.T) {
	okay := &Case{Kind: EvalOkay, Want: "1", archive: &txtar.Archive{}}
	fail := &Case{Kind: EvalFail, Err: []string{"bad thing", "input.nix:1:2"}, archive: &txtar.Archive{}}
	trace := &Case{Name: "eval-fail-trace-x", Kind: EvalFail, Err: []string{"error: a", "b"}, archive: &txtar.Archive{}}
	tests := []struct {
		c      *Case
		output string
		failed bool
		ok     bool
	}{
		{okay, "1", false, true},
		{okay, "2", false, false},
		{okay, "1", true, false},
		{fail, "error: bad thing\n  at /pwd/input.nix:1:2:\n", true, true},
		{fail, "error: bad thing\n", true, false},
		{fail, "bad thing input.nix:1:2", false, false},
		{trace, "warning: w\nerror: a\n\n   b\n", true, true},
		{trace, "error: a\nb\nc", true, false},
	}
	for _, tt := range tests {
		if problem := tt.c.check(tt.output, tt.failed); (problem == "") != tt.ok {
			t.Errorf("%v: %q, failed %v: got %q", tt.c.Kind, tt.output, tt.failed, problem)
		}
	}
}

// The cause of an error is its last message, with the place after it.
func TestExcerpt(t *testing.T) {
	const message = "error:\n  … while a\n    at /pwd/input.nix:1:1:\n  error: cause\n  at /pwd/lib/x.nix:2:3:\n    1| x\n"
	c := &Case{Name: "eval-fail-x"}
	if got, want := c.excerpt(message), "cause\nx.nix:2:3"; got != want {
		t.Errorf("excerpt: got %q, want %q", got, want)
	}
}

// Versions are ordered by their numbers.
func TestVersionLess(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"2.34.8", "2.34", false}, {"2.33.1", "2.34", true}, {"2.9", "2.34", true}, {"2.34", "2.34", false}, {"2.34", "2.34.1", true},
	} {
		if got := versionLess(tt.a, tt.b); got != tt.want {
			t.Errorf("versionLess(%s, %s): got %v", tt.a, tt.b, got)
		}
	}
}
