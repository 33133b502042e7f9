//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"testing"
)

// An error in a file that is imported, or given to a command that keeps what it evaluates,
// names the file; the file that nix-instantiate is given is not named, nor kept.
func TestConfirmImportSteps(t *testing.T) {
	tw := newShellTwins(t)
	for name, text := range map[string]string{
		"throws.nix":    `throw "x"`,
		"syntax.nix":    `{ a = ; }`,
		"calls.nix":     `let f = x: throw "x"; in f { }`,
		"deep.nix":      `{ a = import ./throws.nix; b = { c = import ./calls.nix; }; }`,
		"counts.nix":    `builtins.trace "hi" { a = 1; b = (import ./counts.nix).a; }`,
		"d/default.nix": `import ./inner`,
		"d/inner/x.nix": `1`,
		"e/one.nix":     `throw "one"`,
		"f/default.nix": `{ x ? import ../throws.nix }: x`,
		"assert.nix":    `assert false; 1`,
		"undefined.nix": `nope`,
		"a link's.nix":  `abort "a"`,
	} {
		file := filepath.Join(tw.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("d", filepath.Join(tw.dir, "link")); err != nil {
		t.Fatal(err)
	}
	tw.compareLines(t, `
nix-instantiate --eval -E 'import ./throws.nix'
nix-instantiate --eval -E 'import ./syntax.nix'
nix-instantiate --eval -E 'import ./calls.nix'
nix-instantiate --eval --show-trace -E 'import ./calls.nix'
nix-instantiate --eval --strict -E 'import ./deep.nix'
nix-instantiate --eval --strict --show-trace -E '(import ./deep.nix).b'
nix-instantiate --eval throws.nix
nix-instantiate --eval --show-trace calls.nix
nix-instantiate --eval --strict counts.nix
nix-instantiate --eval --strict counts.nix counts.nix
nix-instantiate --eval d
nix-instantiate --eval -E 'import ./d'
nix-instantiate --eval -E 'import ./link'
nix-instantiate --eval -E '[ (import ./throws.nix) (builtins.tryEval (import ./throws.nix)) ]' --strict
nix-instantiate --eval -E 'let a = builtins.tryEval (import ./throws.nix); in builtins.seq a (import ./throws.nix)'
nix-instantiate --eval -E 'scopedImport { y = 1; } ./deep.nix' --strict
nix-instantiate --eval -E 'builtins.addErrorContext "more" (import ./throws.nix)'
nix-instantiate --eval -E 'import ./assert.nix'
nix-instantiate --eval -E 'import ./undefined.nix'
nix-instantiate --eval -E 'import (./. + "/a link'"'"'s.nix")'
nix-instantiate --eval --strict -E 'map import [ ./throws.nix ]'
nix-instantiate --eval --strict -E 'builtins.mapAttrs (_: import) { a = ./throws.nix; b = ./calls.nix; }'
nix-instantiate --eval --strict --json -E '{ a = import ./calls.nix; }'
nix-instantiate --eval --strict --xml -E '{ a = import ./calls.nix; }'
nix-instantiate --eval -E 'builtins.trace (import <nix/fetchurl.nix>) 1'
nix-instantiate --eval --strict -E 'builtins.unsafeGetAttrPos "url" (builtins.functionArgs (import <nix/fetchurl.nix>))'
nix-instantiate --eval --xml -E 'import <nix/fetchurl.nix>'
nix-instantiate --eval f
nix-instantiate f
nix-instantiate throws.nix
nix-build throws.nix
nix-build -E 'import ./throws.nix'
nix-env -f throws.nix -qa
nix-env -f e -qa
nix-env -f f -qa
nix eval -f throws.nix
nix eval -f calls.nix --show-trace
nix eval -f d
nix eval -f f
nix eval --impure --expr "import $PWD/calls.nix"
nix build -f throws.nix
nix-prefetch-url -A a throws.nix
`)
}
