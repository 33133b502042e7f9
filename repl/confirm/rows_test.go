//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each program does the same to a store of its own, by whatever way paths come in,
// and the rows that they write are the same.
func TestConfirmRows(t *testing.T) {
	tw := newShellTwins(t)
	for i, setting := range tw.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			tw.env[i] = strings.ReplaceAll(setting, "store = "+tw.root, "") + "experimental-features = nix-command ca-derivations dynamic-derivations\n"
		}
	}
	for name, text := range map[string]string{"t.nix": rowsExpr, "foo": "foo\n", "tree/d/x": "x\n"} {
		file := filepath.Join(tw.dir, name)
		os.MkdirAll(filepath.Dir(file), 0o755)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { makeRemovable(tw.dir) })
	tw.set(t, "ln -s d/x tree/l; cp foo tree/exe; chmod +x tree/exe; cp -r tree edited; nix key generate-secret --key-name k-1 > key; nix key generate-secret --key-name k-2 > key2")
	other := filepath.Join(tw.dir, "other")
	tw.set(t, "NIX_REMOTE=$OTHER; export NIX_REMOTE; nix-store --export $(nix-store -qR $(nix-build --no-out-link t.nix -A two -A three)) > export; nix-store --dump-db > db", "OTHER="+other)
	// A file that is there without a row, with what --register-validity reads of it.
	const lost = "/nix/store/11111111111111111111111111111111-lost"
	valid := filepath.Join(tw.dir, "valid")
	if err := os.WriteFile(valid, []byte(lost+"\n\n0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"ours", "theirs"} {
		file := filepath.Join(tw.dir, who, lost)
		os.MkdirAll(filepath.Dir(file), 0o755)
		if err := os.WriteFile(file, []byte("found"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.SplitSeq(strings.TrimSpace(`
nix-instantiate t.nix -A two
nix-instantiate t.nix -A fixed
nix-instantiate --eval --strict --read-write-mode -E 'builtins.path { path = ./tree; name = "kept"; filter = p: t: baseNameOf p != "exe"; } + builtins.toFile "f" "${./foo}"'
nix-instantiate --eval --strict --read-write-mode -E '"${./foo}"'
nix-build --no-out-link t.nix -A two
nix-build --no-out-link t.nix -A fixed
nix-build --no-out-link t.nix -A wrong 2>/dev/null
nix-build --no-out-link t.nix -A structured
nix-store --add foo tree
nix-store --add-fixed sha256 foo; nix-store --add-fixed sha1 foo; nix-store --add-fixed --recursive sha512 tree; nix-store --add-fixed --recursive sha256 tree
nix store add foo --name one; nix store add foo --name two --mode flat; nix store add tree --name three --hash-algo sha1; nix store add foo --name four --mode text
nix-store --import < export
nix-build --no-out-link t.nix -A three --check
nix-store -r $(nix-instantiate t.nix -A three)
nix-store -r $(nix-instantiate t.nix -A three) --check
nix-build --no-out-link t.nix -A ca
nix-store --add edited; nix-build --no-out-link t.nix -A caAdded
nix-build --no-out-link t.nix -A top
nix-build --no-out-link t.nix -A made
nix store sign -k key --all
nix-build --no-out-link t.nix -A three --check --option secret-key-files $PWD/key2
nix-build --no-out-link t.nix -A signed --option secret-key-files $PWD/key2
nix-store --verify --check-contents --repair
nix-store --register-validity --reregister < $VALID
nix-env -p $NIX_REMOTE/p -f t.nix -iA one
nix-store --delete $(nix-build --no-out-link t.nix -A three)
nix-store --import < export
nix-store --dump-db > $NIX_REMOTE.db; rm -r $NIX_REMOTE/nix/var/nix/db; nix-store --load-db < $NIX_REMOTE.db
nix-store --gc
nix-store --import < export; nix-store --gc --option keep-outputs true
`), "\n") {
		t.Run(line, func(t *testing.T) {
			ours := tw.sh(t, tw.bin, line, "VALID="+valid, "NIX_REMOTE="+tw.dir+"/ours")
			theirs := tw.sh(t, filepath.Join(os.Getenv("NIX"), "bin"), line, "VALID="+valid, "NIX_REMOTE="+tw.dir+"/theirs")
			if ours.Status != theirs.Status {
				t.Errorf("status: got %d, want %d\n%s\n%s", ours.Status, theirs.Status, ours.Stderr, theirs.Stderr)
			}
			if diff := cmp.Diff(theirs.Stdout, ours.Stdout); diff != "" && !strings.Contains(line, "--gc") && !strings.Contains(line, "--import") { // in other orders
				t.Errorf("(-nix +nixbench)\n%s", diff)
			}
			(&builds{twins: tw.twins}).sameStores(t, "", "")
		})
	}
}

// rowsExpr is what TestConfirmRows instantiates and builds.
const rowsExpr = `let
  mk = name: script: attrs: derivation ({ inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" script ]; } // attrs);
  floating = { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
in rec {
  one = mk "one" "echo one > $out" { };
  two = mk "two" "echo $one $src > $out; echo $out > $dev" { inherit one; src = ./tree; outputs = [ "out" "dev" ]; };
  three = mk "three" "echo $two > $out" { inherit two; };
  fixed = mk "fixed" "echo foo > $out" { outputHash = "sha256-tbtMfQjD0S/+idGAsbfSd0E2oE3WMwtaVe58IdiF7Gw="; };
  wrong = mk "wrong" "echo wrong > $out" { outputHash = "sha256-tbtMfQjD0S/+idGAsbfSd0E2oE3WMwtaVe58IdiF7Gw="; };
  structured = mk "structured" ". ./.attrs.sh; echo a > \${outputs[a]}; echo \${outputs[a]} > \${outputs[b]}" { __structuredAttrs = true; outputs = [ "a" "b" ]; };
  ca = mk "ca" "echo ca > $out; echo $out > $lib" ({ outputs = [ "out" "lib" ]; } // floating);
  caAdded = mk "edited" "mkdir -p $out/d; echo x > $out/d/x; ln -s d/x $out/l; echo foo > $out/foo; echo foo > $out/exe; rm $out/foo; chmod +x $out/exe" floating;
  top = mk "top" "echo $ca > $out" { inherit ca; };
  made = mk "one.drv" "echo -n \"$text\" > $out" (floating // { outputHashMode = "text"; text = builtins.readFile one.drvPath; });
  signed = mk "signed" "echo signed > $out" { };
}
`
