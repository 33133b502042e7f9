package repl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
)

// TestShortPlace pins that a short place keeps the file's name and the line.
func TestShortPlace(t *testing.T) {
	tests := []struct {
		where string
		w     int
		want  string
	}{
		{"/home/x/evil.nix:10:10", 30, "/home/x/evil.nix:10:10"},
		{"/home/someone/evil.nix:10:10", 20, "/ho../evil.nix:10:10"},
		{"/home/someone/evil.nix:10:10", 16, "evil.nix:10:10"},
		{"«string»:1:1", 20, "«string»:1:1"},
		{"/nix/store/8h2kvmkw5n5w5q0v5c2y3p6mb1b3r7xa-source/a-name-that-is-too-long.nix:1:2", 20, "a-name-that..nix:1:2"},
	}
	for _, test := range tests {
		if got := shortPlace(test.where, test.w); got != test.want {
			t.Errorf("%q in %d: got %q, want %q", test.where, test.w, got, test.want)
		}
	}
}

func TestWrapHanging(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
	}{
		{"short", "short"},
		{"  :a <expr>  add the attributes", "  :a <expr>  add the|             attributes"},
		{"    indented text that goes on", "    indented text that goes|    on"},
		{"  a long first column of  b c d e f", "  a long first column of  b c|    d e f"},
		{"a long first column of all  b c d e f", "a long first column of all  b|c d e f"},
	} {
		if got := strings.Join(wrapHanging(c.in, 29), "|"); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// What a command takes that is no expression is not coloured as one.
func TestInputPieces(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []themes.Piece
	}{
		{":t a", []themes.Piece{{Start: 0, End: 2, Token: themes.Keyword}, {Start: 3, End: 4, Token: themes.Variable}}},
		{":l a.nix", []themes.Piece{{Start: 0, End: 2, Token: themes.Keyword}, {Start: 3, End: 8, Token: themes.Path}}},
		{":save  /tmp/in", []themes.Piece{{Start: 0, End: 5, Token: themes.Keyword}, {Start: 6, End: 14, Token: themes.Path}}},
		{":! echo if 1", []themes.Piece{{Start: 0, End: 2, Token: themes.Keyword}}},
		{":load", []themes.Piece{{Start: 0, End: 5, Token: themes.Keyword}}},
	} {
		if diff := cmp.Diff(c.want, inputPieces(c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
	}
}
