//go:build confirm

package main

import (
	"os"
	"path/filepath"
	"testing"
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
