//go:build confirm

package confirm

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Settings are told of as by the real Nix, but for what they are for, which is in words
// of ours.
func TestConfirmConfigShow(t *testing.T) {
	tw := newShellTwins(t)
	tw.compareLines(t, `
nix config show cores
nix config show cores nope
nix config show nope
nix config show --json cores
nix config show store
nix config
nix config nope
nix hash
nix hash file --algo sha1 /dev/null
nix hash path --mode flat .
nix-hash --flat .
nix-hash --type
nix-build -o
nix-collect-garbage --max-freed
nix-shell --run
`)
	const line = "nix config show --json --option access-tokens 'a=b c=d' --option build-dir /b --option keep-outputs true --cores 3 --extra-experimental-features flakes"
	ours, theirs := tw.settings(t, tw.bin, line), tw.settings(t, filepath.Join(os.Getenv("NIX"), "bin"), line)
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		got, ok := ours[name]
		switch {
		case slices.Contains([]string{"build-hook", "build-users-group", "builders", "netrc-file"}, name):
			continue // they say what the machine has
		case !ok:
			t.Errorf("no setting %s", name)
			continue
		case got["description"] == "\n" || got["description"] == "":
			t.Errorf("%s has no description", name)
		}
		delete(got, "description")
		delete(theirs[name], "description")
		if d := cmp.Diff(theirs[name], got); d != "" {
			t.Errorf("%s (-nix +nixbench):\n%s", name, d)
		}
	}
}

// settings returns what a line prints.
func (tw *shellTwins) settings(t *testing.T, bin, line string) (all map[string]map[string]any) {
	t.Helper()
	said := tw.sh(t, bin, line)
	if err := json.Unmarshal([]byte(said.Stdout), &all); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, said.Stderr)
	}
	return all
}

// The checks of config check come to the same.
func TestConfirmConfigCheck(t *testing.T) {
	tw := newShellTwins(t)
	tw.set(t, "mkdir -p one two && ln -s $(readlink -f $(command -v nix-env)) one/nix-env && cp one/nix-env two/nix-env")
	for _, path := range []string{"one", "one:two", "none"} {
		line := "nix=$(command -v nix); PATH=" + strings.ReplaceAll("$PWD/"+path, ":", ":$PWD/") + ` "$nix" config check`
		for _, bin := range []string{tw.bin, filepath.Join(os.Getenv("NIX"), "bin")} {
			got := tw.sh(t, bin, line)
			_, checks, _ := strings.Cut(got.Stderr, "\n") // the first line names the store
			checks, _, _ = strings.Cut(checks, "[INFO]")
			want := "[PASS] PATH contains only one nix version.\n"
			switch path {
			case "one:two":
				want = "[FAIL] Multiple versions of nix found in PATH:\n"
			case "none":
				want = "[FAIL] No nix-env found in PATH.\n"
			}
			if !strings.HasPrefix(checks, want) || !strings.HasSuffix(checks, "[PASS] All profiles are gcroots.\n[PASS] Client protocol matches store protocol.\n") ||
				(got.Status == 2) != (path != "one") {
				t.Errorf("%s: got status %d and %q", line, got.Status, got.Stderr)
			}
		}
	}
}

// What is wrong with the URL of a store is told in Nix's words.
func TestConfirmStoreParams(t *testing.T) {
	tw := newShellTwins(t)
	var lines strings.Builder
	for _, uri := range []string{
		"nope", "nope:", "nope://", "local?root=rel", "local?root=$PWD/x&foo=bar&b=1", "local?root=$PWD/x&trusted=maybe",
		"auto?foo=bar&root=$PWD/x", "local?real=rel", "local?state=rel", "$PWD/x?log=rel", "$PWD/x?read-only=maybe",
		"$PWD/x?priority=x", "$PWD/x?want-mass-query=x", "$PWD/x?path-info-cache-size=x", "local://x", "unix://x", "daemon?max-connections=x",
		"dummy://?foo=1", "dummy://?read-only=maybe", "dummy://x", "./x?foo=1", ".",
		"local?root=/%zz", "local?a%zz=1", "dummy://?%", "auto?%z", "$PWD/x?read-only=%zz", "local?state=/a#b", "local?a=é", "local?a=/a<b",
	} {
		lines.WriteString(`nix-instantiate --eval -E 1 --store "` + uri + "\"\n" + `nix eval --expr 1 --store "` + uri + "\"\n")
	}
	tw.compareLines(t, lines.String())
}

// What is added to a dummy store that may be written is there until the command ends.
func TestConfirmDummyStore(t *testing.T) {
	tw := newShellTwins(t)
	tw.set(t, `mkdir src && echo text > src/f && echo 'derivation { name = "x"; system = "x86_64-linux"; builder = "/bin/sh"; src = ./src; }' > d.nix`)
	tw.compareLines(t, strings.NewReplacer("EVAL", "nix-instantiate --eval --read-write-mode --store 'dummy://?read-only=false' -E", "DUMMY", "--store 'dummy://?read-only=false'").Replace(`
EVAL 'builtins.readFile (builtins.toFile "a" "b")'
EVAL 'builtins.readFile "${./src}/f"'
EVAL 'builtins.readDir (builtins.path { path = ./src; })'
EVAL 'builtins.pathExists (builtins.toFile "a" "b")'
EVAL 'import (builtins.toFile "a" "1 + 1")'
EVAL 'builtins.storePath (builtins.toFile "a" "b")'
EVAL '(import ./d.nix).drvPath'
EVAL 'builtins.readFile (import ./d.nix)'
nix-instantiate DUMMY d.nix
nix-store DUMMY --add d.nix
nix-store DUMMY -q --references /nix/store/00000000000000000000000000000000-x
nix-store DUMMY --verify
nix-build DUMMY --no-out-link d.nix
nix build DUMMY --no-link -f d.nix
nix path-info DUMMY --all
nix derivation show DUMMY -f d.nix
nix eval DUMMY --impure --expr '"${./src}"'
`))
}
