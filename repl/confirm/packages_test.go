//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"testing"
)

// oddPackages are packages that say odd things of themselves.
const oddPackages = `let
  base = name: derivation { inherit name; system = builtins.currentSystem; builder = "/bin/sh"; outputs = [ "out" "dev" ]; args = [ "-c" "echo > $out; echo > $dev" ]; };
  odd = name: changes: base name // changes;
  plain = "${base "plain"}";
in {
  nothing = odd "nothing" { meta.outputsToInstall = [ ]; };
  dev = odd "dev" { meta.outputsToInstall = [ "dev" ]; };
  specified = odd "specified" { outputSpecified = "yes"; };
  system = odd "system" { system = plain; };
  drvPath = odd "drvPath" { drvPath = builtins.toFile "not-a-drv" ""; };
  outPath = odd "outPath" { outPath = "/elsewhere"; };
  outputs = odd "outputs" { outputs = "out"; };
  output = odd "output" { outputs = [ plain ]; };
  outputSet = odd "outputSet" { dev = 1; };
  devPath = odd "devPath" { dev.outPath = 1; };
  outputName = odd "outputName" { outputName = 1; };
  meta = odd "meta" { meta = 1; };
  deep = odd "deep" { meta = let x = { inherit x; }; in x; };
  deepCalls = odd "deepCalls" { meta.description = let f = x: { a = f x; }; in f 1; };
  name = odd "name" { name = 1; };
}`

// What is wrong with what packages say of themselves is told with its place, in the words
// of the real Nix; nothing to install means out.
func TestConfirmOddPackages(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.ours, tw.theirs} {
		if err := os.WriteFile(filepath.Join(tw.dir, "t.nix"), []byte(oddPackages), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tw.compareLines(t, `
nix build --dry-run --json -f t.nix nothing
nix build --dry-run --json -f t.nix dev
nix --offline -L build --dry-run --json -f t.nix dev
nix build --dry-run -f t.nix specified
nix build --dry-run -f t.nix output
nix build --dry-run -f t.nix outputs
nix-env -f t.nix -qaP -A nothing --out-path
nix-env -f t.nix -qaP -A specified --out-path
nix-env -f t.nix -i -A specified
nix-env -f t.nix -qaP -A system --system
nix-env -f t.nix -qaP -A drvPath --drv-path
nix-env -f t.nix -qaP -A outPath --out-path
nix-env -f t.nix -qaP -A outputs --out-path
nix-env -f t.nix -qaP -A output --out-path
nix-env -f t.nix -qaP -A outputSet --out-path
nix-env -f t.nix -qaP -A devPath --out-path
nix-env -f t.nix -qaP -A outputName --out-path
nix-env -f t.nix -i -A outputName
nix-env -f t.nix -qaP -A meta --description
nix-env -f t.nix -qaP -A deep --json --meta
nix-env -f t.nix -qaP -A deepCalls --json --meta
nix-env -f t.nix -qaP -A name
nix-store -quR $(nix-instantiate t.nix -A dev)
nix-store -qRu $(nix-instantiate t.nix -A dev)
nix-store -qxR $(nix-instantiate t.nix -A dev)
`)
}

// What XML tells of packages before one that fails is written, and what fails is what Nix
// evaluates first; regular expressions that are none are told of in the C++ library's words.
func TestConfirmPackageQueries(t *testing.T) {
	tw := newApartTwins(t)
	const packages = `{
  a = derivation { name = "a-1"; system = "x"; builder = "/bin/sh"; };
  b = {
    type = "derivation"; name = "b-1"; system = 1 + "a"; outPath = throw "x"; drvPath = abort "dr";
    outputs = [ (1 + "a") ]; meta = { description = abort "de"; };
  };
  c = derivation { name = "c-1"; system = "x"; builder = "/bin/sh"; };
}`
	for _, tw := range []*apartTwin{tw.ours, tw.theirs} {
		if err := os.WriteFile(filepath.Join(tw.dir, "t.nix"), []byte(packages), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lines := `
nix-env -f t.nix -qa --xml
nix-env -f t.nix -qa --xml --meta
nix-env -f t.nix -qa --xml --out-path
nix-env -f t.nix -qa --xml --drv-path
nix-env -f t.nix -qa --xml --description
nix-env -f t.nix -qa --json
nix-env -f t.nix -qa --xml nothing
nix-build --dry-run --show-trace -E 'builtins.mapAttrs (n: v: throw v) { b = "y"; }'
nix-instantiate --show-trace -E 'map (x: throw x) [ "y" ]'
`
	for _, pattern := range []string{
		"a(", "a)", "+", "{1}", "(?:a)", "a[", "[]", "[^", "[[", "[[=a=]", "[z-a]", "[b-", "[a-z-0]", "[[:alpha:]-z]", "[a-[.z.]]",
		"[[:foo:]]", "[[:al", "[[.foo.]]", "[[.a", "[[=foo=]]", "a{", "a{1", "a{1,2", "a{2,1}", "a{x}", "a{,2}", "a{1,2,3}",
		"a{99999999999}", "a{99999999}", `a\`, `\1`, "*", "a**", "[---]", "[a--]", "[[.hyphen.]-z]",
	} {
		lines += "nix-env -f t.nix -qa '" + pattern + "'\n"
	}
	tw.compareLines(t, lines)
}
