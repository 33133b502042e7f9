//go:build confirm

package confirm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// shellFiles are scripts of nix-shell, and what shells are of.
var shellFiles = map[string]string{
	"bin/hello": `#!/usr/bin/env nix-shell
#! nix-shell -i bash ../shell.nix
#! nix-shell --arg value "import ./value.nix"

echo "$name in ${PWD##*/}"
echo "$0 has $#: $1|$2|$3"
`,
	"bin/value.nix": `"tool-from-a-value"`,
	"bin/words": `#! /usr/bin/env nix-shell
#!nix-shell   -i   "bash"	-E
#! this line is none of them
#!nix-shell
#!nix-shell	derivation\ {\ name\ =\ \"t\";\ system\ =\ \"x\"';''builder = "b"; text = "two  words"; }'
#!nix-shellx --pure
echo "text: $text"
`,
	"bin/perlish": `#!/usr/bin/env nix-shell
#! nix-shell -i "sh -c 'head -c 4 /proc/$$/cmdline; echo; echo $*' perl" ../shell.nix
`,
	"bin/rubyish": `#!/usr/bin/env nix-shell
#! nix-shell -i "sh -c 'echo $*' ruby" ../shell.nix
`,
	"bin/pure": `#!/usr/bin/env nix-shell
#! nix-shell --pure --keep KEPT -i bash ../shell.nix
echo $KEPT.$LOST.$IN_NIX_SHELL
exit 5
`,
	"bin/packages": `#!/usr/bin/env nix-shell
#! nix-shell -i bash -p one "pkgs.two"
echo $name of $buildInputs
`,
	"bin/nopackages": "#!/usr/bin/env nix-shell\n#! nix-shell -p -i bash\necho $name of $buildInputs.\n",
	"bin/open":       "#!/usr/bin/env nix-shell\n#! nix-shell -i \"bash\n",
	"bin/unknown":    "#!/usr/bin/env nix-shell\n#! nix-shell -i bash --nonsense\n",
	"nixpkgs/default.nix": `{ ... }: rec {
  runCommand = name: attrs: text: derivation (attrs // { inherit name; system = "x"; builder = "b"; });
  one = "one";
  pkgs = { inherit runCommand; two = "two"; };
}
`,
	"shell.nix": `{ value ? "tool-shell" }: derivation { name = value; system = "x"; builder = "b"; }`,
	"ask/shell.nix": `{ inNixShell ? false }:
let d = name: derivation { inherit name; system = "x"; builder = "b"; kind = builtins.getEnv "IN_NIX_SHELL"; };
in d (if inNixShell then "in-a-shell" else "none") // {
  inner = { inNixShell ? false }: d (if inNixShell then "in-a-shell" else "none");
  plain = { }: d "plain";
}
`,
	"ask/default.nix":   `throw "this is not for a shell"`,
	"other/default.nix": `{ inNixShell }: derivation { name = if inNixShell then "yes" else "no"; system = "x"; builder = "b"; }`,
	"inputs.nix": `let input = name: derivation {
  inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo made > $out" ];
};
in derivation { name = "both"; system = "x"; builder = "b"; one = input "one"; two = input "two"; }
`,
}

// TestConfirmNixShell compares nix-shell with the real one: as an interpreter, and what
// shells are of.
func TestConfirmNixShell(t *testing.T) {
	tw := newShellTwins(t)
	tw.onOwnNix(t)
	for name, text := range shellFiles {
		file := filepath.Join(tw.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// What both would build is there, so that neither tells of building it.
	tw.set(t, `nix-build --no-out-link -E '(import ./inputs.nix).two'`)
	bash, err := exec.LookPath("bash") // in a pure shell it is in the only directory of PATH
	if err != nil {
		t.Skip(err)
	}
	tw.compareLines(t, `
bin/hello 'a b' "$HOME" "it's"
cd ask && ../bin/hello
sh -c 'exec nix-shell bin/hello one two'
bin/words
bin/perlish 1 '2 3'
bin/rubyish 1 '2 3'
KEPT=kept LOST=lost bin/pure
KEPT=kept NIX_BUILD_SHELL=bash nix-shell --pure --keep KEPT --run 'echo $KEPT $PATH $SHELL' 2>/dev/null
bin/packages
bin/nopackages
bin/open
bin/unknown #stderr advice
nix-shell -i bash shell.nix #stderr advice
nix-shell --run 'echo $name'
nix-shell ask --run 'echo $name $kind'
nix-shell --pure ask --run 'echo $name $kind'
nix-shell ask -A inner --run 'echo $name'
nix-shell ask -A plain --run 'echo $name'
nix-shell ask --arg inNixShell false --run 'echo $name'
nix-shell other --run 'echo $name'
nix-shell bin --run true
cd bin && nix-shell --run true
nix-shell -E '{ inNixShell ? false }: import ./shell.nix { value = if inNixShell then "a" else "b"; }' --run 'echo $name'
echo '{ inNixShell }: import ./shell.nix { }' | nix-shell - --run 'echo $name'
nix-shell -p --run 'echo $name of $buildInputs.'
nix-shell -p one -E 1
nix-shell inputs.nix --exclude 'on.*\.drv$' --run 'for i in $one $two; do [ -e $i ] && echo there || echo none; done'
nix-shell inputs.nix --exclude x --exclude one --run 'for i in $one $two; do [ -e $i ] && echo there || echo none; done'
`, "NIX_BUILD_SHELL="+bash, "NIX_PATH=nixpkgs="+filepath.Join(tw.dir, "nixpkgs"))
}
