package syntax

import (
	"strings"
	"testing"
)

func TestHintf(t *testing.T) {
	shown := Hint(Cyan.Paint("1"))
	for _, test := range []struct {
		hint        Hint
		want, plain string
	}{
		{Hintf("attribute '%s' missing", "a"), "attribute '\x1b[35;1ma\x1b[0m' missing", "attribute 'a' missing"},
		{Hintf("index %d of %5.1f%%", 3, 2.25), "index \x1b[35;1m3\x1b[0m of \x1b[35;1m  2.2\x1b[0m%", "index 3 of   2.2%"},
		{Hintf("found %s: %s", "an integer", shown), "found \x1b[35;1man integer\x1b[0m: \x1b[36;1m1\x1b[0m", "found an integer: 1"},
		{"nothing \x1b[2K of ours", "nothing \x1b[2K of ours", "nothing \x1b[2K of ours"},
		{"cut off \x1b[3", "cut off \x1b[3", "cut off \x1b[3"},
	} {
		if string(test.hint) != test.want {
			t.Errorf("hint: got %q, want %q", test.hint, test.want)
		}
		if got := test.hint.Plain(); got != test.plain {
			t.Errorf("%q: plain: got %q, want %q", test.hint, got, test.plain)
		}
	}
}

// TestTold pins that messages tell the beginning of very long texts, in whole characters.
func TestTold(t *testing.T) {
	if got := Told("short"); got != "short" {
		t.Errorf("a short text: got %q", got)
	}
	long := strings.Repeat("x", maxTold-1) + "ü" + "rest"
	want := strings.Repeat("x", maxTold-1) + "«6 bytes elided»"
	if got := Told(long); got != want {
		t.Errorf("a long text ends in %q, want %q", got[maxTold-2:], want[maxTold-2:])
	}
	if got := Hintf("a %s", long).Plain(); got != "a "+want {
		t.Errorf("what is filled in ends in %q, want %q", got[maxTold:], want[maxTold-2:])
	}
}
