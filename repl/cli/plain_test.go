package cli_test

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"testing"

	"nixbench/repl/cli"
)

// Where screens are of no use there are none, on a terminal either: lines are added, and
// nothing is drawn.
func TestPlain(t *testing.T) {
	for _, test := range []struct {
		name    string
		vars    map[string]string
		args    []string
		isPlain bool
	}{
		{"usual", nil, nil, false},
		{"flag", nil, []string{"--plain"}, true},
		{"ACCESSIBLE", map[string]string{"ACCESSIBLE": "1"}, nil, true},
		{"ACCESSIBLE, repl", map[string]string{"ACCESSIBLE": "1"}, []string{"repl"}, true},
		{"not ACCESSIBLE", map[string]string{"ACCESSIBLE": "0"}, nil, false},
		{"TERM=dumb", map[string]string{"TERM": "dumb"}, nil, true},
		{"no TERM", map[string]string{"TERM": ""}, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			vars := map[string]string{"HOME": dir, "XDG_CACHE_HOME": dir, "XDG_STATE_HOME": dir, "NIX_CONF_DIR": dir, "TERM": "xterm-256color"}
			maps.Copy(vars, test.vars)
			var out, errs bytes.Buffer
			opened := false
			status := cli.Run(t.Context(), &cli.Env{
				Args: append([]string{"nixbench", "--store", dir + "/root"}, test.args...), Dir: dir,
				Stdin: strings.NewReader("1 + 41\n1 + {}\n"), Stdout: &out, Stderr: &errs,
				Getenv: func(name string) string { return vars[name] }, Terminal: true, ErrTerminal: true, Colour: true,
				Workbench: func(context.Context, cli.WorkbenchOptions) error { opened = true; return nil },
			})
			switch {
			case opened == test.isPlain:
				t.Errorf("the screens are open: %v; status %d, output %q, %q", opened, status, out.String(), errs.String())
			case test.isPlain && !strings.Contains(out.String(), "nix-repl> 42\n"):
				t.Errorf("got %q", out.String())
			case test.isPlain && strings.Contains(errs.String(), "\x1b"):
				t.Errorf("colours: got %q", errs.String())
			}
		})
	}
}
