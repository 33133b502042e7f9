//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// strayEnd is the end of a colour that has not begun, which Nix writes at the end of lines
// while it draws its bar.
var strayEnd = regexp.MustCompile("(\x1b\\[[0-9;]+m[^\x1b\n]*\x1b\\[0m)|\x1b\\[0?m")

// onTerminal runs a line on a terminal and returns what it prints, in colours, without what
// is drawn and drawn over.
func (tw *shellTwins) onTerminal(t *testing.T, bin, line string) said {
	t.Helper()
	old := tw.env
	defer func() { tw.env = old }()
	tw.env = nil
	for _, setting := range old {
		if !strings.HasPrefix(setting, "NO_COLOR=") {
			tw.env = append(tw.env, setting)
		}
	}
	tw.env = append(tw.env, "TERM=xterm", "PAGER=cat", "SHELL=/bin/sh", "PATH="+bin+":"+os.Getenv("PATH"))
	got := tw.run(t, "script", "-qec", line, "/dev/null")
	text := strings.ReplaceAll(got.Stdout, "\r\n", "\n")
	text = regexp.MustCompile("\r[^\n]*?\x1b\\[K|\x1b\\[K|\x1b\\[\\?1[hl]\x1b[=>]|\r").ReplaceAllString(text, "")
	got.Stdout = strayEnd.ReplaceAllString(strings.ReplaceAll(text, "\x1b[m", "\x1b[0m"), "$1")
	return got
}

// Errors of stores, of builds and of the command line have the colours of Nix.
func TestConfirmColours(t *testing.T) {
	tw := newShellTwins(t)
	const more = `{ feature = derivation { name = "feature"; system = builtins.currentSystem; requiredSystemFeatures = [ "none" ]; builder = "x"; };
  system = derivation { name = "system"; system = "none"; builder = "x"; };
  hash = derivation { name = "hash"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo x > $out" ];
    outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; };
  n = 3; }`
	for name, text := range map[string]string{"t.nix": storeExpr, "more.nix": more} {
		if err := os.WriteFile(filepath.Join(tw.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const none = "/nix/store/00000000000000000000000000000000-none"
	for line := range strings.SplitSeq(strings.TrimSpace(`
nix-store -q nope
nix-store -q /nix/store/x
nix-store -qR $N
nix-store -r $N
nix-store -l $N
nix-store
nix-store --gc --max-freed x
nix-store --print-fixed-path sha256 x y
nix-store --print-fixed-path sha9 x y
nix-store --dump-db $N
nix-build t.nix -A fail
nix-build more.nix -A system
nix-build more.nix -A feature
nix-build more.nix -A hash
nix-build more.nix -A nope
nix-build more.nix -A n
nix-build nope.nix
nix-build t.nix --foo
nix-build t.nix -A a --arg x
nix-build t.nix --max-jobs x
nix-build t.nix -A a --store foo://
nix-env -i nope -f t.nix
nix-env -G 33
nix-env --delete-generations x
nix-env -q --foo
nix-env --set-flag x
nix-env -f nope.nix -i x
nix profile list --foo
nix profile remove 3
nix profile rollback --to 33
nix path-info $N
nix path-info --foo
nix build --foo
nix nope
nix ev
nix build --file t.nix nope
nix build --file
nix build --arg x
nix store info --foo
nix store ls $N
nix store verify $N
nix store sign $N
nix log $N
nix hash convert x
nix hash file nope
nix derivation show $N
nix config show nope
nix-instantiate --foo
nix eval --json --expr '{ a.b = true; }'
nix-collect-garbage --max-freed x
`), "\n") {
		t.Run(line, func(t *testing.T) {
			line = strings.ReplaceAll(line, "$N", none)
			want := tw.onTerminal(t, filepath.Join(os.Getenv("NIX"), "bin"), line)
			got := tw.onTerminal(t, tw.bin, line)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-nix +nixbench):\n%s", d)
			}
		})
	}
}
