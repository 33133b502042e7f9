//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// derivationsExpr holds derivations of all kinds.
const derivationsExpr = `let sh = { system = builtins.currentSystem; builder = "/bin/sh"; };
in rec {
  plain = derivation (sh // { name = "plain"; args = [ "-c" "echo '<hi> & \n\t\r \\ é' \"x\" > $out" ]; });
  dep = derivation (sh // { name = "dep"; outputs = [ "out" "dev" ]; args = [ "-c" "echo ${plain} > $out; echo $out > $dev" ./d.nix ]; });
  fixed = derivation (sh // { name = "fixed"; outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "recursive"; });
  flat = derivation (sh // { name = "flat"; outputHashAlgo = "sha1"; outputHash = "da39a3ee5e6b4b0d3255bfef95601890afd80709"; });
  floating = derivation (sh // { name = "floating"; __contentAddressed = true; args = [ dep.dev ]; });
  deferred = derivation (sh // { name = "deferred"; args = [ floating ]; });
  impure = derivation (sh // { name = "impure"; __impure = true; });
  structured = derivation (sh // { name = "st"; __structuredAttrs = true; z = { b = 1.5; a = [ 1 true null 1.0e100 1.0 (-3) 9223372036854775807 ]; }; a = plain; "é" = "<&>"; });
  dyn = derivation (sh // { name = "dyn.drv"; __contentAddressed = true; outputHashMode = "text"; outputHashAlgo = "sha256"; });
  useDyn = derivation (sh // { name = "useDyn"; args = [ (builtins.outputOf dyn.outPath "out") (builtins.outputOf dyn.outPath "dev") ]; });
  bytes = derivation (sh // { name = "bytes"; x = builtins.readFile ./bytes; });
}`

// newDerivations is twins with all of derivationsExpr in d.nix.
func newDerivations(t *testing.T) *shellTwins {
	t.Helper()
	tw := newShellTwins(t)
	for i, setting := range tw.env {
		tw.env[i] = strings.Replace(setting, "extra-experimental-features = nix-command",
			"extra-experimental-features = nix-command ca-derivations impure-derivations dynamic-derivations", 1)
	}
	for name, text := range map[string]string{"d.nix": derivationsExpr, "bytes": "a\xffb"} {
		if err := os.WriteFile(filepath.Join(tw.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return tw
}

// Derivations are shown as JSON byte for byte as the real Nix shows them, and what
// it shows can be read again.
func TestConfirmDerivationShow(t *testing.T) {
	tw := newDerivations(t)
	var lines []string
	// One after the other: two of the real Nix that are the first to open a store with
	// content-addressed derivations may fail at its database's migration.
	for _, name := range []string{"plain", "dep", "fixed", "flat", "floating", "deferred", "impure", "structured", "dyn", "useDyn"} {
		lines = append(lines, `nix derivation show -f d.nix `+name+
			` >shown; cat shown >&2; sed 's/^{"derivations":{"[^"]*"://; s/},"version":4}$//; s/{"path":"[^"]*"}/{}/g' shown | nix derivation add`)
	}
	lines = append(lines, "nix derivation show -f d.nix bytes")
	lines = append(lines, strings.Fields(`
nix·derivation·show·-f·d.nix·-r·useDyn·deferred·structured
nix·derivation·show·-f·d.nix·--pretty·-r·useDyn·deferred
nix·derivation·show·$DRV
nix·derivation·show·$DRV^out
nix·derivation·show·$OUT
nix·derivation·show·$SRC
nix·derivation·show·-r·$DRV·$DEP
`)...)
	vars := []string{"DRV=" + tw.set(t, "nix-instantiate d.nix -A plain"), "OUT=" + tw.set(t, "nix-build --no-out-link d.nix -A plain")}
	vars = append(vars, "DEP="+tw.set(t, "nix-instantiate d.nix -A dep"), "SRC="+tw.set(t, "nix-store --add d.nix"))
	tw.compareLines(t, strings.ReplaceAll(strings.Join(lines, "\n"), "·", " "), vars...)
}

// What is wrong with JSON that is to be a derivation is said in the same words.
func TestConfirmDerivationAdd(t *testing.T) {
	tw := newDerivations(t)
	const rest = `"args":[],"builder":"/bin/sh","env":{"out":""},"inputs":{"drvs":{},"srcs":[]},"name":"x","system":"s","version":4`
	const outputs = `"outputs":{"out":{}}`
	full := "{" + rest + "," + outputs + "}"
	sri := "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	dep := strings.TrimPrefix(tw.set(t, "nix-instantiate d.nix -A fixed"), "/nix/store/")
	with := func(old, text string) string { return strings.Replace(full, old, text, 1) }
	var lines []string
	for _, text := range []string{
		"", "{", "[]", "nul", full,
		"{" + rest + "}", with(outputs, `"outputs":[]`), with(outputs, `"outputs":{}`), with(outputs, `"outputs":{"out":null}`),
		with(outputs, `"outputs":{"out":{"path":"x"}}`), with(outputs, `"outputs":{"out":{"path":"1ajrccj271marnrzhajlfbp9ki6i3k3v-x"}}`),
		with(outputs, `"outputs":{"out":{"path":1}}`), with(outputs, `"outputs":{"out":{"pth":1}}`),
		with(outputs, `"outputs":{"out":{"hash":"`+sri+`","method":"nar"}}`), with(outputs, `"outputs":{"out":{"hash":"`+sri[7:]+`","method":"nar"}}`),
		with(outputs, `"outputs":{"out":{"hash":"`+sri+`","method":"narr"}}`), with(outputs, `"outputs":{"out":{"hash":"`+sri+`","method":"recursive"}}`),
		with(outputs, `"outputs":{"out":{"hash":"sha25-AAAA","method":"nar"}}`), with(outputs, `"outputs":{"out":{"hash":"sha256-AAAA","method":"nar"}}`),
		with(outputs, `"outputs":{"out":{"hash":"sha256-A!AA","method":"nar"}}`), with(outputs, `"outputs":{"out":{"hash":"`+sri+`","method":"git"}}`),
		with(outputs, `"outputs":{"dev":{},"out":{"hash":"`+sri+`","method":"flat"}}`), with(outputs, `"outputs":{"dev":{"hash":"`+sri+`","method":"flat"}}`),
		with(outputs, `"outputs":{"out":{"hashAlgo":"sha256","method":"nar"}}`), with(outputs, `"outputs":{"out":{"hashAlgo":"sha25","method":"nar"}}`),
		with(outputs, `"outputs":{"out":{"hashAlgo":"sha256","method":"nar","impure":true}}`), with(outputs, `"outputs":{"out":{"hashAlgo":"sha256","method":"text"}}`),
		with(outputs, outputs+`,"structuredAttrs":{"b":[1, 2.50,18446744073709551615],"a":"é\u00e9"}`),
		with(outputs, outputs+`,"structuredAttrs":[1]`), with(outputs, outputs+`,"structuredAttrs":null`),
		with(`"x"`, `"x y"`), with(`{"out":""}`, `{"out":"/wrong"}`), with(`{"out":""}`, `{"out":1}`), with(`{"out":""}`, `[]`), with(`"args":[]`, `"args":[1]`),
		with(`"srcs":[]`, `"srcs":["x"]`), with(`"srcs":[]`, `"srcs":["1ajrccj271marnrzhajlfbp9ki6i3k3v-y"]`),
		with(`"drvs":{}`, `"drvs":{"1ajrccj271marnrzhajlfbp9ki6i3k3v-y.drv":{"outputs":["out"],"dynamicOutputs":{}}}`),
		with(`"drvs":{}`, `"drvs":{"`+dep+`":{"outputs":["out"],"dynamicOutputs":{}}}`), with(`"drvs":{}`, `"drvs":{"`+dep+`":{"outputs":["foo"],"dynamicOutputs":{}}}`),
		with(`"drvs":{}`, `"drvs":{"`+dep+`":{"outputs":["out"]}}`),
	} {
		lines = append(lines, "printf %s "+quoted(text)+" | nix derivation add")
	}
	lines = append(lines, "printf %s "+quoted(full)+" | nix derivation add --dry-run")
	tw.compareLines(t, strings.Join(lines, "\n"))
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
