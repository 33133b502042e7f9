package engine_test

import (
	"strings"
	"testing"

	"nixbench/engine"
)

// builtins.exec is there only if it is allowed, and evaluates what a program prints.
func TestExec(t *testing.T) {
	e := openEngine(t, []string{"--option", "allow-unsafe-native-code-during-evaluation", "true"}, engine.Options{})
	for _, test := range []struct{ expr, want string }{
		{`exec [ "printf" "%s" ''"a" + "b"'' ]`, "ab"},
		{`exec [ "sh" "-c" "exit 3" ]`, `program "sh" failed with exit code 3`},
		{`exec [ "sh" "-c" "kill -9 $$" ]`, `program "sh" failed due to signal 9 (Killed)`},
		{`exec [ "echo" "(" ]`, "syntax error, unexpected end of file"},
		{`exec [ ]`, "at least one argument to 'exec' required"},
		{`exec [ "no-such-program" ]`, `program "no-such-program" failed with exit code 1`},
		{`importNative /no/such.so "f"`, "could not open '/no/such.so': /no/such.so: cannot open shared object file: No such file or directory"},
		{`importNative /. "f"`, "could not load symbol 'f' from '/': a function for Nix in C++ cannot work with this evaluator, which is none"},
	} {
		got, err := tryEval(t, e, "with builtins; "+test.expr)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.expr, got, test.want)
		}
	}
	got, err := tryEval(t, openEngine(t, nil, engine.Options{}), `toString (builtins ? exec || builtins ? importNative)`)
	if err != nil || strings.TrimSpace(got) != "" {
		t.Errorf("got %q, %v without the setting, want neither", got, err)
	}
}
