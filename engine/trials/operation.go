package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nixbench/engine/peers"
)

// An operation is something that changes a store, the same for all programs.
type operation struct {
	name string
	// before are commands that make the store that the operation starts from.
	before [][]string
	// command is the operation. $STORE stands for the store, $INPUT for the directory
	// of what is added and built, $OUT for a directory beside the store.
	command []string
	fails   int  // the status that it ends with
	mends   bool // before it, the store is not as it has to be
	keeps   bool // it changes nothing of what the store says, at no moment
}

// nix-store and so on are told the store by the rig.
var operations = []operation{
	{name: "add a file", command: []string{"nix-store", "--add", "$INPUT/file"}},
	{name: "add a tree", command: []string{"nix-store", "--add", "$INPUT/tree"}},
	{name: "add by evaluating", command: []string{"nix-instantiate", "--eval", "-E", `"${$INPUT/tree}"`}},
	{name: "instantiate", command: []string{"nix-instantiate", "$INPUT/chain.nix"}},
	{name: "build", command: []string{"nix-build", "--no-out-link", "$INPUT/chain.nix"}},
	{name: "build two outputs", command: []string{"nix-build", "-o", "$OUT/result", "$INPUT/outputs.nix"}},
	{name: "fixed output", command: []string{"nix-build", "--no-out-link", "$INPUT/fixed.nix", "-A", "right"}},
	{name: "wrong fixed output", command: []string{"nix-build", "--no-out-link", "$INPUT/fixed.nix", "-A", "wrong"}, fails: 102},
	{name: "content-addressed", command: []string{"nix-build", "--no-out-link", "$INPUT/floating.nix", "--option", "extra-experimental-features", "ca-derivations"}},
	{name: "failing build", command: []string{"nix-build", "--no-out-link", "$INPUT/fails.nix"}, fails: 100},
	{name: "install", command: []string{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", "second"},
		before: [][]string{{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", "first"}}},
	{name: "roll back", command: []string{"nix-env", "-p", "$OUT/profile", "--rollback"},
		before: [][]string{
			{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", "first"},
			{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", "second"},
		}},
	{name: "set", command: storePathCommand(`nix-env -p "$OUT/profile" --set`, "tree2"),
		before: [][]string{
			{"nix-store", "--add", "$INPUT/tree2"},
			{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", "first"},
		}},
	{name: "add to a profile", command: []string{"nix", "profile", "add", "--profile", "$OUT/profile", "-f", "$INPUT/named.nix", "second"},
		before: [][]string{{"nix", "profile", "add", "--profile", "$OUT/profile", "-f", "$INPUT/named.nix", "first"}}},
	{name: "delete generations", command: []string{"nix-env", "-p", "$OUT/profile", "--delete-generations", "old"},
		before: [][]string{
			{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", "first"},
			{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", "second"},
			{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-e", "first"},
		}},
	{name: "collect", command: []string{"nix-store", "--gc"},
		before: [][]string{
			{"nix-instantiate", "$INPUT/many.nix"},
			{"nix-build", "-o", "$OUT/result", "$INPUT/outputs.nix"},
			{"nix-build", "--no-out-link", "$INPUT/chain.nix"},
		}},
	{name: "delete", command: storePathCommand("nix-store --delete", "tree2"),
		before: [][]string{{"nix-store", "--add", "$INPUT/tree"}, {"nix-store", "--add", "$INPUT/tree2"}}},
	{name: "optimise", keeps: true, command: []string{"nix-store", "--optimise"},
		before: [][]string{
			{"nix-store", "--add", "$INPUT/tree"},
			{"nix-store", "--add", "$INPUT/tree2"},
		}},
	{name: "make the database anew", keeps: true, command: []string{"sh", "-c", `exec "$BIN/nix" --store "$STORE" store rebuild-db`},
		before: [][]string{{"nix-build", "-o", "$OUT/result", "$INPUT/chain.nix"}}},
	{name: "import", command: []string{"sh", "-c", `exec "$BIN/nix-store" --store "$STORE" --import <$INPUT/export`},
		before: [][]string{}},
	{name: "substitute", command: []string{"sh", "-c",
		`exec "$BIN/nix-build" --store "$STORE" --no-out-link --substitute --no-require-sigs --substituters "file://$OUT/cache" "$INPUT/chain.nix"`},
		before: [][]string{
			{"nix-build", "-o", "$OUT/result", "$INPUT/chain.nix"},
			{"sh", "-c", `"$BIN/nix" --store "$STORE" copy --to "file://$OUT/cache" "$OUT/result" && rm "$OUT"/result* && "$BIN/nix-store" --store "$STORE" --gc`},
		}},
	{name: "repair", mends: true, command: []string{"nix-build", "--no-out-link", "--repair", "$INPUT/outputs.nix"},
		before: [][]string{
			{"nix-build", "-o", "$OUT/result", "$INPUT/outputs.nix"},
			{"sh", "-c", `for f in "$STORE"/nix/store/*-outputs; do chmod u+w "$f" "$f/file1" && echo changed >"$f/file1"; done`},
		}},
}

// storePathCommand is a command that takes the store path of a name.
func storePathCommand(command, name string) []string {
	tool, rest, _ := strings.Cut(command, " ")
	return []string{"sh", "-c", fmt.Sprintf(`p=$(echo "$STORE"/nix/store/*-%s); exec "$BIN/%s" --store "$STORE" %s "/nix/store/${p##*/}"`, name, tool, rest)}
}

// inputFiles are the files below $INPUT.
var inputFiles = map[string]string{
	"file": strings.Repeat("some text\n", 1000),
	"chain.nix": head + `
let
  lower = build "lower" "echo lower >$out";
  middle = build "middle" "mkdir $out; for i in 1 2 3 4 5; do echo ${lower} $i >$out/$i; done";
in build "upper" "mkdir $out; echo ${middle} >$out/a; echo ${lower} >$out/b"
`,
	"outputs.nix": head + `
derivation {
  name = "outputs"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/bin:/usr/bin"; outputs = [ "out" "lib" ];
  args = [ "-c" "mkdir $out $lib; for i in 1 2 3; do echo $lib $i >$out/file$i; echo $i >$lib/file$i; done" ];
}
`,
	"fixed.nix": head + `
let fixed = name: hash: derivation {
  inherit name; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/bin:/usr/bin";
  args = [ "-c" "echo fixed >$out" ]; outputHash = hash; outputHashMode = "flat"; outputHashAlgo = "sha256";
};
in {
  right = fixed "right" (builtins.hashString "sha256" "fixed\n");
  wrong = fixed "wrong" (builtins.hashString "sha256" "other");
}
`,
	"floating.nix": head + `
derivation {
  name = "floating"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/bin:/usr/bin";
  args = [ "-c" "mkdir $out; echo $out >$out/self; echo text >$out/text" ];
  __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";
}
`,
	"fails.nix":    head + `build "fails" "echo half >$out; exit 3"`,
	"packages.nix": head + `[ (build "first-1" "mkdir $out; echo 1 >$out/first") (build "second-1" "mkdir $out; echo 2 >$out/second") ]`,
	"named.nix":    head + `{ first = build "first-1" "mkdir $out; echo 1 >$out/first"; second = build "second-1" "mkdir $out; echo 2 >$out/second"; }`,
	"many.nix":     head + `builtins.genList (i: build "many${toString i}" "echo ${toString i} >$out") 40`,
}

const head = `let build = name: script: derivation {
  inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" script ]; PATH = "/bin:/usr/bin";
}; in
`

// writeInputs makes the files that are added and built.
func writeInputs(dir string) error {
	for name, text := range inputFiles {
		if err := writeFile(filepath.Join(dir, name), text); err != nil {
			return err
		}
	}
	for i := range 12 {
		for _, tree := range []string{"tree", "tree2"} {
			if err := writeFile(filepath.Join(dir, tree, fmt.Sprintf("dir%d/file%d", i%3, i)), fmt.Sprint(tree[4:], i%4, strings.Repeat(".", 3000))); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeFile(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// writeExport makes $INPUT/export, of a store that has been built in.
func writeExport(ctx context.Context, p peers.Program, input, scratch string) error {
	r := &rig{program: p, dir: filepath.Join(scratch, "exporting"), input: input}
	defer removeTree(r.dir)
	if err := r.make(ctx, [][]string{{"nix-build", "-o", "$OUT/result", "$INPUT/chain.nix"}}); err != nil {
		return err
	}
	return r.expect(ctx, 0, []string{"sh", "-c",
		`"$BIN/nix-store" --store "$STORE" --export $("$BIN/nix-store" --store "$STORE" -qR "$OUT/result") >$INPUT/export`})
}
