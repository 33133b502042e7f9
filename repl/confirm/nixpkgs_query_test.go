//go:build nixpkgs

package confirm

// This file compares what the commands that list packages print about the tree,
// in all their forms: nix-env -qaP and nix eval.

import (
	"fmt"
	"strings"
	"testing"
)

// A query is the words of a command line, in which TREE stands for the tree, and
// the function that --apply is given, if any.
type query struct{ words, apply string }

// queries by name; those that begin with error- must fail.
var queries = map[string]query{
	"plain":        {"nix-env -f TREE -qaP -A perlPackages", ""},
	"names":        {"nix-env -f TREE -qa -A perlPackages perl.*-X.* --description", ""},
	"compare":      {"nix-env -f TREE -qa -A luaPackages --compare-versions", ""},
	"paths":        {"nix-env -f TREE -qaP -A luaPackages --drv-path --out-path --description --system", ""},
	"no-name":      {"nix-env -f TREE -qaP -A python3Packages.django --no-name --out-path", ""},
	"json":         {"nix-env -f TREE -qaP -A luaPackages --json", ""},
	"json-meta":    {"nix-env -f TREE -qaP -A luaPackages --json --meta --out-path --drv-path", ""},
	"json-kernels": {"nix-env -f TREE -qaP -A linuxKernel.packages --json --meta", ""},
	"json-arm":     {"nix-env -f TREE --argstr system aarch64-linux -qaP -A llvmPackages --json --system-filter * --drv-path", ""},
	"xml":          {"nix-env -f TREE -qaP -A luaPackages --xml", ""},
	"xml-meta":     {"nix-env -f TREE -qaP -A ocamlPackages --xml --meta --out-path --drv-path --system", ""},
	"config":       {"nix-env -f TREE --arg config {allowUnfree=true;allowBroken=true;} -qaP -A kdePackages --json --out-path", ""},
	"error-set":    {"nix-env -f TREE -qaP -A nope", ""},
	"error-query":  {"nix-env -f TREE -qaP -A haskellPackages --json", ""},

	"meta":            {"nix eval --read-only --json -f TREE hello.meta", ""},
	"lib":             {"nix eval --read-only -f TREE lib", ""},
	"licenses":        {"nix eval --read-only --json -f TREE lib.licenses", `builtins.mapAttrs (_: l: if builtins.isAttrs l then l.fullName or null else builtins.typeOf l)`},
	"systems":         {"nix eval --read-only --json -f TREE lib.systems.examples", ""},
	"metas":           {"nix eval --read-only --json -f TREE pkgs", `p: map (n: p.${n}.meta) [ "gcc" "firefox" "linux" "python3" "git" "rustc" "ghc" "vim" "curl" "openssl" "bash" "go" "jq" "qemu" "emacs" ]`},
	"passthru":        {"nix eval --read-only --json -f TREE python3Packages", `p: map (d: d.pythonModule.name or null) [ p.numpy p.requests p.flask ]`},
	"maintainers":     {"nix eval --read-only --json -f TREE lib.maintainers", ""},
	"version":         {"nix eval --read-only --raw -f TREE lib.version", ""},
	"derivation":      {"nix eval --read-only --raw -f TREE firefox.drvPath", ""},
	"error-attribute": {"nix eval --read-only -f TREE hello.nothing", ""},
}

// TestNixpkgsQueries compares what the queries print.
func TestNixpkgsQueries(t *testing.T) {
	b := newBench(t)
	var c counts
	for name, query := range queries {
		t.Run(name, func(t *testing.T) {
			words := strings.Fields(query.words)
			for i := range words {
				words[i] = strings.ReplaceAll(words[i], "TREE", b.tree)
			}
			if words[0] == "nix" {
				words = append(words, "--extra-experimental-features", "nix-command")
			}
			if query.apply != "" {
				words = append(words, "--apply", query.apply)
			}
			ours, theirs := b.both(t, "", words[0], words[1:])
			if d := theirs.diff(ours); d != "" {
				c.differ++
				t.Fatalf("(-nix +nixbench):\n%s", d)
			}
			if theirs.Failed != strings.HasPrefix(name, "error-") {
				t.Fatalf("in both: %.300s %s", theirs.Out, theirs.Message)
			}
			if theirs.Failed {
				c.failAlike++
			} else {
				c.same++
				c.addDerivations(derivationsOf(theirs.Out))
			}
			fmt.Printf("nixpkgs: %s: the same, %d lines; %s, the real Nix %s\n", query.words, strings.Count(theirs.Out, "\n"), ours.cost(), theirs.cost())
		})
	}
	fmt.Printf("nixpkgs: queries: %v\n", c)
}
