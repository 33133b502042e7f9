package repl_test

import (
	"context"
	"strings"
	"testing"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// Y gives the command that does the same as an input: of an expression that uses what was
// loaded or bound, a session that loads and binds it first. Of what no command does, it is
// said why.
func TestCommands(t *testing.T) {
	b := tuitest.NewBackend(t)
	value := tui.Result{Kind: tui.ResultValue, Node: tui.Node{Text: "6", Kind: tui.NodeNumber}, OfScope: true}
	b.Hook = func(_ context.Context, input string) (*tui.Result, bool) {
		switch {
		case strings.HasPrefix(input, ":l "):
			return &tui.Result{Kind: tui.ResultText, Lines: []string{"Added 31 variables."}}, true
		case input == "_2 + 1" || input == "it's + x":
			res := value
			return &res, true
		}
		return nil, false
	}
	d := start(t, b, 140, 60, ":l ./default.nix")
	enter(d, "1 + 2", "x = 5", "it's + x", "_2 + 1", ":b pkgs.editor", "wrong")
	d.Keys("esc home")
	drv := string(tuitest.PathNamed("editor-7.2.drv"))
	for _, want := range []string{
		"", "nixbench eval --expr '1 + 2'", "", `printf '%s\n' ':l ./default.nix' 'x = 5' 'it'\''s + x' | nixbench repl`, "",
		"nixbench build --no-link --print-out-paths '" + drv + "^*'", "",
	} {
		d.Copied = ""
		if d.Keys("Y"); d.Copied != want {
			t.Errorf("copied %q, want %q:\n%s", d.Copied, want, d.Text())
		}
		d.Keys("]")
	}
	d.Keys("[ [ Y")
	d.Wants("it uses an earlier result")
	d.Keys("@")
	d.Wants("$ nixbench build --no-link --print-out-paths", drv)
}
