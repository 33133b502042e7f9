package text

import "testing"

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
