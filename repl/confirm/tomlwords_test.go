//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Of texts that are no TOML the real Nix says the same: those of nixtoml's tests.
func TestConfirmTOMLErrors(t *testing.T) {
	tw := newTwins(t)
	file, err := os.ReadFile("engine/builtins/nixtoml/testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		quoted, _, _ := strings.Cut(line, "\t")
		text, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(tw.dir, "bad.toml")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{"nix-instantiate", "--eval", "-E", "fromTOML (builtins.readFile " + name + ")", "--store", "dummy://"}
		if d := cmp.Diff(tw.theirs(t, args...), tw.ours(t, args...)); d != "" {
			t.Errorf("%q: (-nix +nixbench)\n%s", text, d)
		}
	}
}
