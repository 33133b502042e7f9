package drv

import (
	"errors"
	"testing"

	"nixbench/store"
)

// TestParseErrorsInNix pins what Nix 2.34.8 says of files that are no derivations.
func TestParseErrorsInNix(t *testing.T) {
	const p = store.Path("/nix/store/00000000000000000000000000000000-a.drv")
	for text, want := range map[string]string{
		"":                              "file is empty (possible filesystem corruption)",
		"x":                             "expected string 'D'",
		"Derive":                        "expected string 'erive('",
		"Derive(":                       "expected string '['",
		"Derive([":                      "expected string '('",
		"Derive([]":                     "expected string ',['",
		"Derive([],":                    "expected string ',['",
		`Derive([],[],[],"s","b",[],[]`: "expected string ')'",
		`Derive([],[],[],"s",3,[],[])`:  "expected string '\"'",
		`Derive([],[],[],"s","b",["a","b],[("a","b")])`: "expected string '\"'",
		`Derive([],[],[],"s","b",[],[("a" "b")])`:       "expected string ','",
		`Derive([],[],[],"s`:                            "unterminated string in derivation",
		`DrvWithVersion("foo",[],[],[],"s","b",[],[])`:  "Unknown derivation ATerm format version 'foo'",
	} {
		_, err := ParseAt(p, []byte(text))
		var bad *ParseError
		if !errors.As(err, &bad) {
			t.Fatalf("%s: got error %v, want a ParseError", text, err)
		}
		if got, _ := bad.InNix(); got != "error parsing derivation '"+string(p)+"': "+want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if _, err := ParseAt(p, []byte(`Derive([],[],[],"s","b",[],[])`)); err == nil {
		t.Error("a derivation without outputs is read")
	} else if bad := (*ParseError)(nil); !errors.As(err, &bad) {
		t.Errorf("got error %v, want a ParseError", err)
	} else if msg, _ := bad.InNix(); msg != "must have at least one output" {
		t.Errorf("got %q of a derivation without outputs", msg)
	}
}
