//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// searchFiles are packages to search and to run.
var searchFiles = map[string]string{
	"packages.nix": `{ twice ? false }: let
  make = attrs: derivation ({ system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "exit 1" ]; } // attrs);
  meta = d: m: make d // { meta = m; };
in {
  hello = meta { name = "hello-2.1"; } { description = "Says\nHello"; };
  Foo = meta { name = "foo-bar-1.0pre"; } { description = "broken bar, foo and \"more\" o"; };
  plain = make { name = "nothing"; };
  nested = { inner = make { name = "inner-1"; }; };
  number = 1;
  text = { type = "derivation"; name = "text-3"; };
  packages = { a = make { name = "below-1"; }; deep = { b = make { name = "deeper-2"; }; }; };
  legacyPackages = {
    a = make { name = "legacy-1"; };
    sub = { b = make { name = "legacy-sub-1"; }; c = throw "not seen"; rec1 = { recurseForDerivations = true; d = make { name = "recursed-1"; }; }; rec2 = { e = make { name = "not-recursed-1"; }; }; };
    bad = throw "passed over";
  };
  fails = { sub = { x = throw "an error"; y = make { name = "y"; }; }; };
  noname = { a = { type = "derivation"; }; };
  oddmeta = { a = make { name = "odd-1"; } // { meta.description = 1; }; };
  func = { name ? "called-1" }: { a = make { inherit name; }; };
  list = [ ];
}`,
	"programs.nix": `let
  make = attrs: derivation ({ system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" ''
    mkdir -p $out/bin
    for p in main main-program other; do printf '#!/bin/sh\necho %s of %s: $# "$@" $VAR.$HOME\nexit 4\n' $p $name > $out/bin/$p; chmod +x $out/bin/$p; done
  '' ]; } // attrs);
in {
  byName = make { name = "main-1.0"; };
  dashed = make { name = "main-program-1.0"; };
  byPname = make { name = "x-1.0"; pname = "other"; };
  byMeta = make { name = "x-2.0"; pname = "main"; } // { meta.mainProgram = "other"; };
  missing = make { name = "missing-1.0"; };
  app = { type = "app"; program = "/bin/sh"; };
  odd = { type = 1; };
  none = { };
  number = 1;
  elsewhere = { type = "derivation"; name = "main"; outputName = "out"; outPath = "/usr"; drvPath = (make { name = "main-1.0"; }).drvPath; };
  func = { name ? "main-3" }: make { inherit name; };
  fails = make { name = "fails"; args = [ "-c" "exit 1" ]; };
}`,
}

func newSearchTwins(t *testing.T) *shellTwins {
	t.Helper()
	tw := newShellTwins(t)
	for name, text := range searchFiles {
		if err := os.WriteFile(filepath.Join(tw.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return tw
}

// TestConfirmSearch compares nix search. Escape sequences are made visible.
func TestConfirmSearch(t *testing.T) {
	lines := `
nix search -f packages.nix packages ^ | sed 's/\x1b/ESC/g'
nix search -f packages.nix hello hello | sed 's/\x1b/ESC/g'
nix search -f packages.nix packages below | sed 's/\x1b/ESC/g'
nix search -f packages.nix packages o e | sed 's/\x1b/ESC/g'
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' o | sed 's/\x1b/ESC/g'
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' 'o+' 'foo|bar' | sed 's/\x1b/ESC/g'
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' FOO 'r, f' | sed 's/\x1b/ESC/g'
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' nothing | sed 's/\x1b/ESC/g'
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' ^ -e foo --exclude nothing | sed 's/\x1b/ESC/g'
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' ^ --json
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' nope --json --pretty
nix search --impure --expr '{ inherit (import ./packages.nix { }) hello Foo plain; }' '' nope
nix search --impure --expr '{ inherit (import ./packages.nix { }) Foo legacyPackages packages nested number text; }' '' ^ | sed 's/\x1b/ESC/g'
nix search --impure --expr 'import ./packages.nix { }' '' ^ | sed 's/\x1b/ESC/g'
nix search -f packages.nix legacyPackages ^
nix search -f packages.nix nested ^ --json
nix search -f packages.nix fails ^ --json
nix search -f packages.nix fails.sub ^ --json
nix search -f packages.nix noname ^
nix search -f packages.nix oddmeta ^
nix search -f packages.nix number ^
nix search -f packages.nix list ^
nix search -f packages.nix missing ^
nix search -f packages.nix ''
nix search -f packages.nix
`
	// What 2.34 tells of on its way is told only with -v by HEAD, and by us.
	lines = strings.ReplaceAll(lines, "\nnix search ", "\nnix search 2>err ")
	lines = regexp.MustCompile(`(?m)( #.*)?$`).ReplaceAllString(strings.TrimSpace(lines), `; grep -v "^evaluating '" err$1`)
	newSearchTwins(t).compareLines(t, lines)
}

// TestConfirmRun compares nix run.
func TestConfirmRun(t *testing.T) {
	tw := newSearchTwins(t)
	tw.onOwnNix(t)
	for _, attr := range []string{"byName", "dashed", "byPname", "byMeta", "missing"} {
		tw.set(t, "nix-build --no-out-link programs.nix -A "+attr)
	}
	tw.compareLines(t, `
nix run -f programs.nix byName
nix run -f programs.nix byName 'a b' c
nix run -f programs.nix dashed -- --help -x
nix run -f programs.nix byPname
nix run -f programs.nix byMeta
nix run -f programs.nix missing
nix run -f programs.nix app
nix run -f programs.nix odd
nix run -f programs.nix none
nix run -f programs.nix number
nix run -f programs.nix elsewhere
nix run -f programs.nix nowhere
nix run -f programs.nix fails #stderr words of builds
VAR=1 nix run -f programs.nix byName -i -k VAR
nix run -f programs.nix byName -s VAR 2 -u HOME
nix run --impure --expr '(import ./programs.nix).byName' . x
`)
}
