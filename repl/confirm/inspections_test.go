//go:build confirm

package confirm

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// webExpr is an expression for n files that refer to some of those before them,
// with a name and a version.
func webExpr(n int, seed uint64) string {
	rnd := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	b.WriteString("rec {\n")
	for i := range n {
		fmt.Fprintf(&b, "  p%d = builtins.toFile \"pkg%d-%d.%d\" \"%d %s", i, rnd.IntN(n/2), 1+rnd.IntN(2), rnd.IntN(3), i, strings.Repeat("x", rnd.IntN(20_000)))
		for range rnd.IntN(4) {
			if i > 0 {
				fmt.Fprintf(&b, " ${p%d}", rnd.IntN(i))
			}
		}
		b.WriteString("\";\n")
	}
	b.WriteString("  all = [")
	for i := range n {
		fmt.Fprintf(&b, " p%d", i)
	}
	b.WriteString(" ];\n}\n")
	return b.String()
}

// A listed path is one of nixbench closure --json.
type listed struct {
	Path        string   `json:"path"`
	OwnSize     int64    `json:"ownSize"`
	ClosureSize int64    `json:"closureSize"`
	AddedSize   int64    `json:"addedSize"`
	Referrers   []string `json:"referrers"`
}

// What nixbench says of a store in commands of its own is what the real Nix
// says of it in others: sizes, referrers, the lengths of chains, packages that
// differ, and what is dead once roots have gone.
func TestConfirmInspections(t *testing.T) {
	tw := newTwins(t)
	file := filepath.Join(tw.dir, "web.nix")
	if err := os.WriteFile(file, []byte(webExpr(45, 7)), 0o644); err != nil {
		t.Fatal(err)
	}
	var paths []string
	if err := json.Unmarshal([]byte(strings.Join(tw.must(t, "eval", "--json", "-f", file, "all"), " ")), &paths); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 5; i++ {
		tw.must(t, "nix-store", "--realise", paths[len(paths)-i*7], "--add-root", fmt.Sprint("root", i))
	}
	top := paths[len(paths)-7]
	t.Run("closure", func(t *testing.T) { tw.confirmClosure(t, top) })
	t.Run("why", func(t *testing.T) { tw.confirmWhy(t, paths, top) })
	t.Run("diff", func(t *testing.T) { tw.confirmDiff(t, top, paths[len(paths)-14]) })
	t.Run("gc", tw.confirmFree) // the last, since it removes roots
}

func (tw *twins) json(t *testing.T, into any, args ...string) {
	t.Helper()
	got := tw.ours(t, args...)
	if err := json.Unmarshal([]byte(got.Stdout), into); err != nil {
		t.Fatalf("nixbench %q: %v\n%s%s", args, err, got.Stdout, got.Stderr)
	}
}

func (tw *twins) confirmClosure(t *testing.T, top string) {
	var ours struct{ Paths []listed }
	tw.json(t, &ours, "closure", top, "--json")
	sizes, referrers := map[string][2]int64{}, map[string][]string{}
	inside := map[string]bool{}
	for _, p := range ours.Paths {
		sizes[p.Path] = [2]int64{p.OwnSize, p.ClosureSize}
		slices.Sort(p.Referrers)
		referrers[p.Path] = p.Referrers
		inside[p.Path] = true
	}
	want := map[string][2]int64{}
	for line := range strings.Lines(tw.theirs(t, "path-info", "-rsS", top).Stdout) {
		words := strings.Fields(line)
		own, _ := strconv.ParseInt(words[1], 10, 64)
		all, _ := strconv.ParseInt(words[2], 10, 64)
		want[words[0]] = [2]int64{own, all}
	}
	if d := cmp.Diff(want, sizes); d != "" {
		t.Errorf("own and closure sizes (-nix +nixbench):\n%s", d)
	}
	for p, got := range referrers {
		want := []string{}
		for _, q := range strings.Fields(tw.theirs(t, "nix-store", "-q", "--referrers", p).Stdout) {
			if inside[q] && q != p {
				want = append(want, q)
			}
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("referrers of %s: %q, nix has %q", p, got, want)
		}
	}
}

// confirmWhy compares how long the shortest chain is, and that there is none
// where nix finds none.
func (tw *twins) confirmWhy(t *testing.T, paths []string, top string) {
	for i := 0; i < len(paths); i += 3 {
		p := paths[i]
		var ours *struct{ Shortest []string }
		tw.json(t, &ours, "why", top, p, "--json")
		theirs := tw.theirs(t, "why-depends", top, p)
		lines := strings.Split(strings.TrimSpace(theirs.Stdout), "\n")
		switch {
		case ours == nil:
			if strings.Contains(theirs.Stdout, p) {
				t.Errorf("why %s: nothing, nix has %q", p, lines)
			}
		case p != top && len(lines) != len(ours.Shortest):
			t.Errorf("why %s: %q, nix has %q", p, ours.Shortest, lines)
		}
	}
}

func (tw *twins) confirmDiff(t *testing.T, before, after string) {
	var ours struct {
		Packages []struct{ Name, Kind string }
	}
	tw.json(t, &ours, "diff", before, after, "--json")
	var got, want []string
	for _, c := range ours.Packages {
		if c.Kind != "rebuilt" {
			got = append(got, c.Name)
		}
	}
	for line := range strings.Lines(tw.theirs(t, "store", "diff-closures", before, after).Stdout) {
		name, _, _ := strings.Cut(line, ":")
		want = append(want, name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("packages that differ: %q, nix has %q", got, want)
	}
}

// confirmFree removes the roots that nixbench gc --free names: then for nix as
// many bytes are dead as it said.
func (tw *twins) confirmFree(t *testing.T) {
	dead := func() (size int64) {
		for _, p := range strings.Fields(tw.theirs(t, "nix-store", "--gc", "--print-dead").Stdout) {
			for _, word := range strings.Fields(tw.theirs(t, "nix-store", "-q", "--size", p).Stdout) {
				n, _ := strconv.ParseInt(word, 10, 64)
				size += n
			}
		}
		return size
	}
	var plan struct {
		Enough              bool
		DeadSize, FreedSize int64
		Roots               []struct{ Link string }
	}
	before := dead()
	tw.json(t, &plan, "gc", "--free", fmt.Sprint(before+1), "--json")
	if plan.DeadSize != before || !plan.Enough || len(plan.Roots) == 0 {
		t.Fatalf("plan %+v, nix says that %d bytes are dead", plan, before)
	}
	for _, root := range plan.Roots {
		if err := os.Remove(root.Link); err != nil {
			t.Fatal(err)
		}
	}
	if got := dead(); got != before+plan.FreedSize {
		t.Errorf("%d bytes are dead without %v, nixbench said %d", got, plan.Roots, before+plan.FreedSize)
	}
}
