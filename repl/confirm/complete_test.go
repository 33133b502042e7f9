//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"testing"
)

// TestConfirmCompletions compares what shells are told of how arguments could go on.
// Descriptions of flags are ours.
func TestConfirmCompletions(t *testing.T) {
	tw := newShellTwins(t)
	for name, text := range map[string]string{
		"default.nix": `{ a ? 1 }: { set = { some = 1; something = throw "x"; "odd name" = 1; f = { b ? 2 }: { inner = b; }; }; text = "x"; list = [ { deep = 1; } ]; }`,
		"fails.nix":   `throw "x"`,
		"dir/file":    "", "dir/.hidden": "", ".dot": "",
	} {
		file := filepath.Join(tw.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tw.compareLines(t, `
NIX_GET_COMPLETIONS=1 nix buil
NIX_GET_COMPLETIONS=1 nix ev
NIX_GET_COMPLETIONS=1 nix why
NIX_GET_COMPLETIONS=1 nix none
NIX_GET_COMPLETIONS=1 nix --vers | cut -f1
NIX_GET_COMPLETIONS=2 nix hash file d
NIX_GET_COMPLETIONS=2 nix store ver
NIX_GET_COMPLETIONS=2 nix none x
NIX_GET_COMPLETIONS=2 nix build --no-l | cut -f1
NIX_GET_COMPLETIONS=2 nix build --extra
NIX_GET_COMPLETIONS=2 nix build --max-silent
NIX_GET_COMPLETIONS=2 nix build --arg | cut -f1
NIX_GET_COMPLETIONS=2 nix build d
NIX_GET_COMPLETIONS=2 nix build ''
NIX_GET_COMPLETIONS=3 nix hash file d
NIX_GET_COMPLETIONS=3 nix hash path ''
NIX_GET_COMPLETIONS=3 nix hash file dir/
NIX_GET_COMPLETIONS=3 nix hash path dir/.
NIX_GET_COMPLETIONS=3 nix hash file nothing
NIX_GET_COMPLETIONS=3 nix hash file '~/d'
NIX_GET_COMPLETIONS=3 nix build --option max-sil
NIX_GET_COMPLETIONS=4 nix build --option max-silent-time 1
NIX_GET_COMPLETIONS=3 nix build --file f
NIX_GET_COMPLETIONS=3 nix build --out-link f
NIX_GET_COMPLETIONS=4 nix build --file default.nix ''
NIX_GET_COMPLETIONS=4 nix build --file default.nix set.s
NIX_GET_COMPLETIONS=4 nix build --file default.nix set.f.
NIX_GET_COMPLETIONS=4 nix build --file default.nix text.
NIX_GET_COMPLETIONS=4 nix build --file default.nix list.0.
NIX_GET_COMPLETIONS=2 nix build s --file default.nix
NIX_GET_COMPLETIONS=4 nix eval --file fails.nix x
NIX_GET_COMPLETIONS=3 nix build --nonsense x
NIX_GET_COMPLETIONS=5 nix why-depends -f default.nix set li
NIX_GET_COMPLETIONS=4 nix run -f default.nix te
NIX_GET_COMPLETIONS=5 nix run -f default.nix te d
NIX_GET_COMPLETIONS=5 nix search -f default.nix te d
NIX_GET_COMPLETIONS=4 nix hash convert --to b
NIX_GET_COMPLETIONS=4 nix hash convert --hash-algo s
NIX_GET_COMPLETIONS=2 nix eval --raw=
`)
}
