//go:build confirm

package confirm

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// devFiles are derivations whose builder is bash, with a stdenv.
var devFiles = map[string]string{
	"dev.nix": `let
  system = builtins.currentSystem;
  stdenv = derivation {
    name = "stdenv"; inherit system; builder = "/bin/bash";
    setup = builtins.readFile ./setup.sh;
    args = [ "-c" "PATH=/bin:/usr/bin; mkdir $out; printf %s \"$setup\" > $out/setup" ];
  };
  make = attrs: derivation ({ inherit system stdenv; name = "thing"; builder = "/bin/bash"; args = [ "-c" "exit 1" ]; } // attrs);
in rec {
  plain = make { outputs = [ "out" ]; text = "two  words"; odd = "a'b\"c\\d\n\te"; };
  several = make { outputs = [ "dev" "out" "doc" ]; allowedReferences = [ ]; };
  fixed = make { outputs = [ "out" ]; outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; outputHashMode = "flat"; };
  structured = make {
    __structuredAttrs = true; outputs = [ "out" "lib" ]; list = [ 1 "two" ]; set = { a = 1; "b c" = "d"; };
    outputChecks.out.maxSize = 1; float = 1.5;
  };
  hook = make { outputs = [ "out" ]; shellHook = "echo hooked"; };
  none = make { };
  other = make { builder = "/bin/sh"; };
  inherit stdenv;
  func = { a ? "x" }: make { outputs = [ "out" ]; inherit a; };
  two = [ plain hook ];
}
`,
	"setup.sh": `export PATH=/bin:/usr/bin FROM_SETUP="set up"
arr=(1 $'\n' $'x\ny' "3 4"); none=(); declare -A table=([k]=v ["a b"]="c'd")
declare -i number=4; declare -r fixed=1
say() { echo "{ $1 }"; }
inner() ( echo sub )
aside() { echo a; } > /dev/null
runHook() { echo "hook $1"; if [ -n "${!1}" ]; then eval "${!1}"; fi; }
`,
}

// TestConfirmDevEnvironments compares nix print-dev-env and nix develop. What differs by
// design is the path of the environment, as the script that makes it is another.
func TestConfirmDevEnvironments(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	tw := newShellTwins(t)
	tw.onOwnNix(t)
	for i, setting := range tw.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			tw.env[i] += "sandbox-paths = /bin /lib /lib64 /usr\n"
		}
	}
	for name, text := range devFiles {
		if err := os.WriteFile(filepath.Join(tw.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tw.set(t, `nix-build --no-out-link dev.nix -A stdenv`)
	// In 2.34 the script of Nix is one line longer.
	lines := `s/LINENO='79'/LINENO='78'/;s/"LINENO":{"type":"var","value":"79"}/"LINENO":{"type":"var","value":"78"}/;s/"value": "79"/"value": "78"/`
	tw.compareLines(t, `
nix print-dev-env -f dev.nix plain | sed "$S" #stderr progress
nix print-dev-env -f dev.nix several | sed "$S" #stderr progress
nix print-dev-env -f dev.nix fixed | sed "$S" #stderr progress
nix print-dev-env -f dev.nix structured | sed "$S;"'s,/tmp/nix-dev-env[^/]*,DIR,' #stderr progress
nix print-dev-env -f dev.nix hook | sed "$S" #stderr progress
nix print-dev-env -f dev.nix func --argstr a b | sed "$S" #stderr progress
for a in plain several fixed structured hook; do nix print-dev-env --json -f dev.nix $a; done | sed "$S;"'s,[a-z0-9]*-thing-env,ENV,g' #stderr progress
nix print-dev-env --json -f dev.nix plain --pretty | sed "$S;"'s,[a-z0-9]*-thing-env,ENV,g' #stderr progress
nix print-dev-env --impure --expr '(import ./dev.nix).plain' | sed "$S" #stderr progress
nix print-dev-env $(nix-instantiate dev.nix -A hook) | sed "$S" #stderr progress
nix print-dev-env -f dev.nix plain --redirect stdenv dir | grep stdenv= #stderr progress
nix print-dev-env -f dev.nix plain --redirect ./dev.nix dir | sed "$S" #stderr differs
nix print-dev-env -f dev.nix other
nix print-dev-env -f dev.nix none | sed "$S" #stderr more
nix print-dev-env -f dev.nix two
nix print-dev-env -f dev.nix missing
nix print-dev-env $(nix-build --no-out-link dev.nix -A stdenv)
nix print-dev-env -f dev.nix plain --profile $P-env >/dev/null && nix print-dev-env $P-env | sed "$S" && ls -1d $P-env* #stderr progress
nix develop -f dev.nix plain -c sh -c 'echo $text $FROM_SETUP $out "$0" "$1" $NIX_BUILD_TOP' a 'b c' 2>/dev/null | sed 's,/tmp/nix-shell.*,TOP,'
nix develop -f dev.nix plain -i -c sh -c 'echo $text $HOME.$SHELL' 2>/dev/null
nix develop -f dev.nix plain -s ADDED 1 -u HOME -c sh -c 'echo $ADDED.$HOME.' 2>/dev/null
nix develop -f dev.nix hook --phase shellHook --command x
nix develop -f dev.nix structured -c bash -c 'cat $NIX_ATTRS_JSON_FILE $NIX_ATTRS_SH_FILE | grep -v env; exit 3' 2>/dev/null
echo from input | nix develop -f dev.nix plain -c cat 2>/dev/null
nix develop -f dev.nix plain -c
nix develop -f dev.nix plain -c does-not-exist 2>&1 | grep -o 'does-not-exist:.*'
`, "S="+lines)
}
