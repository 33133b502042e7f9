package changes

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/inspect/diff"
	"nixbench/store"
	"nixbench/tui/style"
)

func sample() *diff.Diff {
	return &diff.Diff{Changes: []diff.Change{
		{Name: "a\x1b[31mb", Kind: diff.Removed, Gone: []string{"3.0"}, SizeBefore: 72 << 20},
		{Name: "glibc", Kind: diff.Rebuilt, After: []string{"2.39"}, PathsNew: make([]store.Path, 3)},
		{Name: "env", Kind: diff.Added, New: []string{""}, SizeAfter: 10, Selected: true},
		{Name: "linux", Kind: diff.Upgraded, Gone: []string{"6.9.1"}, New: []string{"6.9.3"}, SizeBefore: 1 << 20, SizeAfter: 3 << 20},
		{Name: "mesa", Kind: diff.Resized, After: []string{"24"}, SizeAfter: 9 << 20},
	}}
}

// Changes are listed by kind; what was only rebuilt is counted unless asked for.
func TestSource(t *testing.T) {
	st := style.New(style.Options{ASCII: true})
	draw := func(rebuilt bool) []string {
		w := NewList(st)
		w.SetSource(Source(sample(), rebuilt))
		var out []string
		for _, l := range w.Draw(90, 6, true) {
			out = append(out, strings.Join(strings.Fields(style.Strip(l)), " "))
		}
		return out
	}
	want := []string{
		`> up linux 6.9.1 -> 6.9.3 +2.0 MiB`,
		`new env -> - +10 B selected`,
		`gone a\x1b[31mb 3.0 -> -72.0 MiB`,
		`size mesa 24 = +9.0 MiB`,
		`same rebuilt 3 paths (u to show)`,
		``,
	}
	if diff := cmp.Diff(want, draw(false)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if got, want := draw(true)[4], `same glibc 2.39 = 0 B 3 paths`; got != want {
		t.Errorf("rebuilt: got %q, want %q", got, want)
	}
}

func TestWords(t *testing.T) {
	if got, want := Words(sample()), "1 up 1 new 1 gone 1 size 1 same"; got != want {
		t.Errorf("Words = %q, want %q", got, want)
	}
	if got, want := Words(&diff.Diff{}), "the same"; got != want {
		t.Errorf("Words of nothing = %q, want %q", got, want)
	}
	big := Biggest(sample(), 2)
	if len(big) != 2 || big[0].Kind != diff.Removed || big[1].Name != "mesa" {
		t.Errorf("Biggest = %v", big)
	}
}
