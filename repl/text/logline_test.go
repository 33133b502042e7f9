package text

import (
	"strings"
	"testing"
)

func TestLogLine(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"plain", "plain"},
		{"colour \x1b[2J gone", "colour  gone"},
		{`@nix {"action":"setPhase","phase":"check"}`, "-- check --"},
		{`@nix {"action":"setPhase","phase":"\u001b]0;x\u0007"}`, "-- " + SanitiseName("\x1b]0;x\a") + " --"},
		{`@nix {"action":"msg","level":1,"msg":"careful"}`, "careful"},
		{`@nix {"action":"start","id":1,"text":"copying"}`, "copying"},
		{`@nix {"action":"stop","id":1}`, ""},
		{"@nix is not JSON", "@nix is not JSON"},
	} {
		if got := LogLine(tt.line); got != tt.want {
			t.Errorf("LogLine(%q): got %q, want %q", tt.line, got, tt.want)
		}
	}
}

// A log that is not shown on a screen has its long lines whole.
func TestPlainLogLine(t *testing.T) {
	long := strings.Repeat("x", 2*MaxCells)
	for _, tt := range []struct{ line, want string }{
		{long, long},
		{"\x1b[1m" + long + "\x1b[2J", long},
		{`@nix {"action":"msg","level":1,"msg":"` + long + `"}`, long},
		{`@nix {"action":"setPhase","phase":"check"}`, "-- check --"},
	} {
		if got := PlainLogLine(tt.line); got != tt.want {
			t.Errorf("PlainLogLine(%.60q): got %.60q, %d bytes, want %d", tt.line, got, len(got), len(tt.want))
		}
	}
}

// After a prefix, tab stops are those of the whole line, and blanks at the end are left out,
// as in Nix.
func TestPrefixedLogLine(t *testing.T) {
	for line, want := range map[string]string{
		"a\tb":                "tabs> a b",
		"\tx":                 "tabs>   x",
		"        \ty":         "tabs>           y",
		"trail  \t ":          "tabs> trail",
		"   ":                 "tabs> ",
		"10%\r20%\r30% ":      "tabs> 30%",
		"cr at end\r":         "tabs> cr at end",
		"\x1b[31mred\x1b[0m ": "tabs> red",
	} {
		if got := PrefixedLogLine("tabs> ", line); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
