//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// askedExpr has derivations with attributes that fail, or are wrong, if they are asked for.
const askedExpr = `let
  d = n: derivation { name = n; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; };
  both = derivation { name = "both"; system = builtins.currentSystem; builder = "/bin/sh"; outputs = [ "out" "dev" ]; args = [ "-c" "echo > $out; echo > $dev" ]; };
  wrong = n: e: d n // { ${n} = e; };
in rec {
  outputName = wrong "outputName" (throw "asked for outputName");
  outputs = wrong "outputs" (throw "asked for outputs");
  drvPath = wrong "drvPath" (throw "asked for drvPath");
  outPath = wrong "outPath" (throw "asked for outPath");
  meta = wrong "meta" (throw "asked for meta");
  system = wrong "system" (throw "asked for system");
  type = wrong "type" (throw "asked for type");
  name = wrong "name" (throw "asked for name");
  specified = wrong "outputSpecified" (throw "asked for outputSpecified");
  all = d "all" // { outputName = throw "asked for outputName"; outputs = throw "asked for outputs"; meta = throw "asked for meta"; };
  isName = d "isName" // { outputSpecified = true; outputName = throw "asked for outputName"; };
  isOther = d "isOther" // { outputSpecified = true; outputName = "lib"; };
  isDev = both.dev // { outputSpecified = true; };
  dev = both.dev;
  toInstall = both // { meta.outputsToInstall = [ "dev" ]; };
  toInstallNone = both // { meta.outputsToInstall = [ ]; };
  toInstallOther = both // { meta.outputsToInstall = [ "lib" ]; };
  toInstallThrows = both // { meta.outputsToInstall = [ (throw "asked for outputsToInstall") ]; };
  numberName = d "numberName" // { outputName = 1; };
  emptyName = d "emptyName" // { outputName = ""; };
  contextName = d "contextName" // { outputName = "${d "x"}"; };
  noName = removeAttrs (d "noName") [ "outputName" ];
  noPath = removeAttrs (d "noPath") [ "drvPath" ];
  noOutputs = removeAttrs (d "noOutputs") [ "outputs" ];
  emptyOutputs = d "emptyOutputs" // { outputs = [ ]; };
  numberOutputs = d "numberOutputs" // { outputs = [ 1 ]; };
  contextOutputs = d "contextOutputs" // { outputs = [ "${d "x"}" ]; };
  setOutputs = d "setOutputs" // { outputs = { }; };
  textPath = d "textPath" // { drvPath = "/x"; };
  outAsPath = d "outAsPath" // { drvPath = (d "x").outPath; };
  given = d "given";
  some = [ (d "first") outputName (d "last") ];
  somePath = [ (d "first") drvPath (d "last") ];
  someName = [ (d "first") name ];
  set = { recurseForDerivations = 1; a = d "first"; };
  nested = { a = d "first"; b = { recurseForDerivations = throw "asked for recurse"; }; };
  nestedNumber = { a = d "first"; b = { recurseForDerivations = 1; }; };
}`

// Of derivations only what a command needs is evaluated, and it is told in the same
// words what is wrong with that.
func TestConfirmAskedOfDerivations(t *testing.T) {
	tw := newShellTwins(t)
	tw.onOwnNix(t)
	if err := os.WriteFile(filepath.Join(tw.dir, "a.nix"), []byte(askedExpr), 0o644); err != nil {
		t.Fatal(err)
	}
	drv := tw.set(t, "nix-instantiate a.nix -A given 2>/dev/null")
	tw.set(t, "nix build --no-link -f a.nix given outputs^out meta^out outputName toInstall^*")
	var lines []string
	for line := range strings.SplitSeq(askedExpr, "\n") {
		name, value, isAttr := strings.Cut(strings.TrimPrefix(line, "  "), " = ")
		if !isAttr || !strings.HasSuffix(value, ";") || name == "d" || name == "both" || name == "wrong" {
			continue
		}
		lines = append(lines,
			"nix-build --dry-run a.nix -A "+name,
			"nix build --dry-run --json -f a.nix "+name+"^dev,lib",
			"nix-instantiate a.nix -A "+name,
			"nix build --dry-run --json -f a.nix "+name,
			"nix build --dry-run --json -f a.nix "+name+"^out",
			"NIX_BUILD_SHELL=/bin/sh nix-shell --dry-run a.nix -A "+name,
			"nix-env -qa -f a.nix -A "+name+" --drv-path --out-path --system",
		)
	}
	lines = append(lines, strings.Split(strings.TrimSpace(`
nix-instantiate a.nix -A some -A somePath
nix-instantiate a.nix -A outputs -A drvPath
nix-instantiate a.nix -A outputs a.nix -A name
nix-instantiate a.nix --add-root $P -A some
nix-build --dry-run a.nix -A somePath -A someName
nix-build --dry-run a.nix -A outputs -A outputName
nix-build --no-out-link a.nix -A outputs -A meta
nix-build --no-out-link a.nix -A toInstall $DRV
nix-build --no-out-link a.nix $DRV
nix build --no-link --print-out-paths -f a.nix outputName toInstall
nix build --no-link --print-out-paths -f a.nix toInstall^out outputs^out
nix path-info --derivation -f a.nix all^out
nix derivation show -f a.nix outputName
NIX_BUILD_SHELL=/bin/sh nix-shell --dry-run a.nix -A some
`), "\n")...)
	tw.compareLines(t, strings.Join(lines, "\n"), "DRV="+drv)
}
