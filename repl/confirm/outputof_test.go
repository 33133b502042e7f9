//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// outputsOf are uses of outputOf, of strings whose contexts were changed and in such.
const outputsOf = `let drv = derivation { name = "a.drv"; system = "x86_64-linux"; builder = "/bin/sh"; outputHashMode = "text"; outputHashAlgo = "sha256"; __contentAddressed = true; };
in rec {
  a = builtins.outputOf drv.outPath "out";
  b = builtins.getContext a;
  c = builtins.outputOf (builtins.appendContext drv.outPath {}) "out";
  d = builtins.outputOf (builtins.unsafeDiscardStringContext drv.outPath) "out";
  e = builtins.outputOf (builtins.addDrvOutputDependencies drv.drvPath) "out";
  f = builtins.outputOf (builtins.unsafeDiscardOutputDependency drv.drvPath) "out";
  g = builtins.getContext (builtins.appendContext "x" (builtins.getContext a));
  h = builtins.getContext (builtins.unsafeDiscardOutputDependency a);
  i = builtins.getContext (builtins.outputOf (builtins.outputOf drv.outPath "out") "dev");
  j = builtins.addDrvOutputDependencies a;
  k = builtins.outputOf (drv.outPath + "x") "out";
  l = builtins.outputOf (drv.outPath + drv.drvPath) "out";
  m = builtins.outputOf drv "out";
  n = builtins.outputOf drv.drvPath "out";
  o = builtins.outputOf (builtins.appendContext (builtins.unsafeDiscardStringContext drv.drvPath) { ${builtins.unsafeDiscardStringContext drv.drvPath} = { path = true; }; }) "out";
  p = builtins.outputOf (builtins.appendContext (builtins.unsafeDiscardStringContext drv.outPath) { ${builtins.unsafeDiscardStringContext drv.drvPath} = { outputs = ["out"]; }; }) "out";
  q = builtins.outputOf (builtins.appendContext (builtins.unsafeDiscardStringContext drv.drvPath) { ${builtins.unsafeDiscardStringContext drv.drvPath} = { outputs = ["out"]; }; }) "out";
  r = builtins.outputOf (builtins.appendContext (builtins.unsafeDiscardStringContext drv.drvPath) { ${builtins.unsafeDiscardStringContext drv.drvPath} = { allOutputs = true; }; }) "out";
  s = builtins.outputOf (builtins.substring 0 10 drv.outPath) "out";
  t = builtins.outputOf (builtins.replaceStrings ["/nix"] ["/foo"] drv.outPath) "out";
  u = builtins.outputOf (builtins.appendContext drv.outPath { ${builtins.unsafeDiscardStringContext drv.drvPath} = { path = true; }; }) "out";
  v = builtins.getContext "${a}/foo";
  w = builtins.toJSON a;
  x = builtins.hasContext a;
  y = derivation { name = "z"; system = "x86_64-linux"; builder = "/bin/sh"; inherit a; };
  z = builtins.appendContext a { ${builtins.unsafeDiscardStringContext drv.drvPath} = { outputs = [ "out" ]; }; };
  aa = builtins.outputOf z "out";
  dd = builtins.outputOf (builtins.toFile "x.drv" "") "out";
  ee = builtins.outputOf drv.outPath "a b";
  ff = builtins.outputOf drv.outPath "";
  gg = builtins.outputOf 1 "";
  hh = builtins.outputOf drv.outPath 1;
  kk = builtins.outputOf ((derivation { name = "b"; system = "x"; builder = "y"; }).outPath) "out";
  ll = builtins.outputOf ((derivation { name = "b"; system = "x"; builder = "y"; __contentAddressed = true; }).outPath) "out";
}
`

func TestConfirmOutputOf(t *testing.T) {
	tw := newShellTwins(t)
	if err := os.WriteFile(filepath.Join(tw.dir, "o.nix"), []byte(outputsOf), 0o666); err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, name := range strings.Fields("a b c d e f g h i j k l m n o p q r s t u v w x y.drvPath z aa dd ee ff gg hh kk ll") {
		lines.WriteString("nix-instantiate --eval --strict --read-write-mode o.nix -A " + name +
			" --extra-experimental-features 'ca-derivations dynamic-derivations'\n")
	}
	tw.compareLines(t, lines.String())
}
