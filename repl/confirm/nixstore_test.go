//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"testing"
)

// storeExpr is the expression that the store of TestConfirmNixStore is built from.
const storeExpr = `let a = derivation { name = "a"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo a > $out; echo hello" ]; };
in {
  inherit a;
  b = derivation { name = "b"; system = builtins.currentSystem; builder = "/bin/sh"; outputs = [ "out" "dev" ]; args = [ "-c" "echo ${a} > $out; echo $out > $dev" ]; inherit a; };
  fail = derivation { name = "fail"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "exit 3" ]; };
}`

// nix-store says the same, whatever it is asked.
func TestConfirmNixStore(t *testing.T) {
	tw := newShellTwins(t)
	for name, text := range map[string]string{"t.nix": storeExpr, "foo": "foo\n", "tree/d/x": "x\n"} {
		file := filepath.Join(tw.dir, name)
		os.MkdirAll(filepath.Dir(file), 0o755)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tw.set(t, "ln -s d/x tree/l; cp foo tree/exe; chmod +x tree/exe; mkfifo pipe; mkdir odd; cp foo 'odd/a b'; cp foo odd/é; mkfifo odd/pipe; "+
		"mkdir -p deep$(printf '/d%.0s' $(seq 65))")
	drv := tw.set(t, "nix-instantiate t.nix -A b")
	tw.set(t, "nix-store -r "+drv+" --add-root r1")
	vars := []string{
		"DRV=" + drv, "FAIL=" + tw.set(t, "nix-instantiate t.nix -A fail"), "N=/nix/store/00000000000000000000000000000000-none",
		"O=" + tw.set(t, "readlink r1"), "D=" + tw.set(t, "readlink r1-dev"),
	}
	tw.compareLines(t, `
nix-store -q $DRV
nix-store -q --outputs $DRV $O
nix-store -qR $D
nix-store -qR $DRV
nix-store -q --include-outputs -R $DRV
nix-store -q --references $D
nix-store -q --referrers $O
nix-store -q --referrers-closure $O
nix-store -q --referers-closure $DRV
nix-store -q -d $D
nix-store -q --deriver $DRV
nix-store -q --valid-derivers $D
nix-store -q -b a $D
nix-store -q -b nope $DRV
nix-store -q --binding
nix-store -q --hash $D $O
nix-store -q --size $D $O
nix-store -q --size -u $DRV
nix-store -q --tree $D
nix-store -q --tree $DRV $D
nix-store -q --graph $D
nix-store -q --graph -u $DRV
nix-store -q --graphml $DRV
nix-store -q --resolve r1 r1-dev $D/x
nix-store -q --foo x
nix-store -q -R --references x
nix-store -q nope
nix-store -q /nix/store/x
nix-store -q $N
nix-store -qR $N
nix-store -q --referrers $N
nix-store -q --tree $N
nix-store -q --hash $N
nix-store --foo
nix-store
nix-store -q -r $D
nix-store --gc --foo
nix-store --gc x
nix-store --gc --print-dead
nix-store --gc --print-live
nix-store --gc --max-freed 1K --print-dead
nix-store --gc --max-freed x
nix-store --gc --max-freed 1Q
nix-store --delete $D #stderr HEAD says more
nix-store --delete $N #stderr HEAD says more
nix-store --delete --foo $N
nix-store --verify
nix-store --verify --check-contents
nix-store --verify --foo
nix-store --verify-path $D $O
nix-store --verify-path $N
nix-store -l $D
nix-store -l $DRV
nix-store -l $N
nix-store --print-env $DRV
nix-store --print-env
nix-store --print-env $D #stderr ours
nix-store --dump-db
nix-store --dump-db $D
nix-store --dump-db $N
nix-store -r $DRV
nix-store -r $D
nix-store -r $N
nix-store -r /nix/store/00000000000000000000000000000000-none.drv
nix-store -r $DRV!dev
nix-store -r $DRV!foo #stderr ours
nix-store -r $DRV --no-gc-warning --no-output
nix-store -r $N --ignore-unknown
nix-store -r --dry-run $FAIL
nix-store -r $FAIL #stderr ours
nix-store -r $D --add-root foo
nix-store -r $D --add-root $D/x
nix-store -r $D --add-root ''
nix-store -r $DRV $D --add-root r2; ls -l r2* | cut -c 40-
nix-store --add foo
nix-store --add tree foo
nix-store --add nope #stderr 2.34 says that the path does not exist
nix-store --add pipe
nix-store --add odd
nix-store --add deep 2>&1 | sed 's,//,/,'
nix-store --add 'odd/a b'
nix-store --add $(printf 'odd/\303\251')
nix-store --print-fixed-path sha256 0kfr7ddnlzwxh1jmq0f2hzqh3i32wmbwr33jyyxnwbnjk6lcynw2 'a b'
nix-store --print-fixed-path sha256 0kfr7ddnlzwxh1jmq0f2hzqh3i32wmbwr33jyyxnwbnjk6lcynw2 ''
nix-store --add-fixed sha1 foo
nix-store --add-fixed --recursive md5 tree
nix-store --add-fixed --recursive sha256 tree
nix-store --add-fixed blake3 foo
nix-store --add-fixed sha256 pipe
nix-store --add-fixed sha512 tree #stderr ours
nix-store --add-fixed
nix-store --add-fixed foo
nix-store --print-fixed-path sha256 0kfr7ddnlzwxh1jmq0f2hzqh3i32wmbwr33jyyxnwbnjk6lcynw2 foo
nix-store --print-fixed-path --recursive sha256 0kfr7ddnlzwxh1jmq0f2hzqh3i32wmbwr33jyyxnwbnjk6lcynw2 foo
nix-store --print-fixed-path sha256 xx foo
nix-store --print-fixed-path sha2 xx foo
nix-store --print-fixed-path sha256
nix-store --dump tree | sha256sum
nix-store --dump nope >f #stderr 2.34 says that the path does not exist
nix-store --dump
nix-store --dump tree | nix-store --restore out; ls -lR out | cut -c 1-10; nix-store --dump out | sha256sum; rm -rf out
echo x | nix-store --restore out #stderr ours
nix-store --dump foo | nix-store --restore foo #stderr ours
nix-store --export $D $O | sha256sum
nix-store --export $(nix-store -qR $D) | nix-store --import
echo nonono | nix-store --import #stderr ours
nix-store --check-validity $D
nix-store --check-validity $N
nix-store --check-validity --print-invalid $D $N
nix-store --dump-db | nix-store --load-db
(echo $D; echo; echo 0) | nix-store --register-validity --reregister
nix-store --verify --check-contents
nix-store --init
echo $D | nix-store -q --hash --stdin
`, vars...)
}
