//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Keys and signatures are the same, and what is said of them.
func TestConfirmKeys(t *testing.T) {
	tw := newShellTwins(t)
	if err := os.WriteFile(filepath.Join(tw.dir, "t.nix"), []byte(storeExpr), 0o644); err != nil {
		t.Fatal(err)
	}
	drv := tw.set(t, "nix-instantiate t.nix -A b")
	tw.set(t, "nix-store -r "+drv+" --add-root r1; nix key generate-secret --key-name k-1 > k; nix store sign -k k r1")
	tw.compareLines(t, `
nix key convert-secret-to-public < k
nix key generate-secret --key-name x | cut -d: -f1
nix key generate-secret
nix key generate-secret --key-name x y
echo bad | nix key convert-secret-to-public #stderr ours
nix store sign -k k $D >/dev/null 2>&1; nix path-info --sigs $D
nix store sign -k k $D $O; nix path-info --sigs $D $O
nix store sign -k k -r $D >/dev/null 2>&1; nix store sign -k k -r $D
nix key generate-secret --key-name new > new; nix store sign --key-file new --all 2>&1 | wc -l
nix store sign $D
nix store sign -k nope $D
nix store sign -k k $N #stderr ours
nix store sign -k k --all $D #stderr ours
nix store copy-sigs $D
nix store copy-sigs -s $OTHER $D
nix store copy-sigs -s $OTHER $N #stderr ours
nix store verify --trusted-public-keys "$(nix key convert-secret-to-public < k)" -n 1 $D
nix store verify -n 5 $D
nix store verify $N #stderr ours
nix store verify --no-contents $N $D #stderr ours
nix-store --generate-binary-cache-key kk sec pub; cut -d: -f1 sec pub; stat -c %a sec pub; nix key convert-secret-to-public < sec | cmp - pub
nix-store --generate-binary-cache-key kk sec
nix-store --generate-binary-cache-key --foo kk sec pub
nix-store --generate-binary-cache-key kk /nonexistent/sec pub
nix-store --generate-binary-cache-key kk sec /nonexistent/pub
`, "D="+tw.set(t, "readlink r1-dev"), "O="+tw.set(t, "readlink r1"), "OTHER="+filepath.Join(tw.dir, "other"),
		"N=/nix/store/00000000000000000000000000000000-none")
}

// In a store that a real Nix of the old build trace has made, we write what it
// writes there of content-addressed outputs, signatures too.
func TestConfirmSignedRealisations(t *testing.T) {
	b := newBuilds(t, "testdata/builds/signed.nix")
	key := filepath.Join(b.dir, "key")
	for i, setting := range b.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			b.env[i] += "\nexperimental-features = ca-derivations nix-command\nsecret-key-files = " + key
		}
	}
	secret := b.theirs(t, "key", "generate-secret", "--key-name", "k-1")
	if err := os.WriteFile(key, []byte(secret.Stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	first := b.theirs(t, "nix-build", "--store", filepath.Join(b.dir, "ours"), "--no-out-link", b.file, "-A", "other")
	if first.Status != 0 {
		t.Fatal(first.Stderr)
	}
	ours, theirs := b.both(t, "-A", "top")
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("(-nix +nixbench)\n%s", diff)
	}
	written, want := readRealisations(t, b.dir+"/ours"), readRealisations(t, b.dir+"/theirs")
	if len(want) < 3 {
		t.Errorf("the real Nix has noted %d outputs, want at least 3", len(want))
	}
	for output, says := range want {
		if diff := cmp.Diff(says, written[output]); diff != "" {
			t.Errorf("%s: (-nix +nixbench)\n%s", output, diff)
		}
	}
}

// readRealisations returns path and signatures by derivation and output.
func readRealisations(t *testing.T, root string) map[string]string {
	t.Helper()
	c, err := sqlite.OpenConn(filepath.Join(root, "nix/var/nix/db/db.sqlite"), sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	found := map[string]string{}
	err = sqlitex.Execute(c, "select drvPath, outputName, path, signatures from Realisations r join ValidPaths v on v.id = r.outputPath", &sqlitex.ExecOptions{
		ResultFunc: func(row *sqlite.Stmt) error {
			found[row.ColumnText(0)+"!"+row.ColumnText(1)] = row.ColumnText(2) + " " + row.ColumnText(3)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
