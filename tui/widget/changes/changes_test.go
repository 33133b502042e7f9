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
		w.SetSource(Source(sample(), nil, rebuilt))
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

func etc() []diff.FileChange {
	return []diff.FileChange{
		{Name: "hosts", Kind: diff.Changed, Gone: []string{"127.0.0.1 a"}, New: []string{"127.0.0.1 b\x1b[2J", "::1 b"}},
		{Name: "issue", Kind: diff.Rebuilt},
		{Name: "systemd/system/web.service", Kind: diff.Added},
	}
}

// Files of etc come after packages, units first; those with other store paths only are
// counted.
func TestFiles(t *testing.T) {
	w := NewList(style.New(style.Options{ASCII: true}))
	w.SetSource(Source(&diff.Diff{}, etc(), false))
	var got []string
	for _, l := range w.Draw(90, 3, true) {
		got = append(got, strings.Join(strings.Fields(style.Strip(l)), " "))
	}
	want := []string{"> new web.service unit", "change hosts -1 +2 lines etc", "same etc 1 file, other store paths (u)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got, want := FileWords(etc()), "1 unit, 1 file of etc"; got != want {
		t.Errorf("FileWords = %q, want %q", got, want)
	}
}

// Details are cleaned, and only what is in a list has any.
func TestDetails(t *testing.T) {
	d, files := sample(), etc()
	for key, want := range map[string]string{
		fileKey + "hosts": "- 127.0.0.1 a|+ 127.0.0.1 b|+ ::1 b", fileKey + "issue": "it differs in nothing but store paths",
		fileKey + "systemd/system/web.service": "its contents are not shown: no text, or too large",
		"linux":                                "1.0 MiB -> 3.0 MiB   +2.0 MiB|", fileKey: "", "none": "",
	} {
		_, lines, ok := Details(d, files, key)
		var got []string
		for _, l := range lines {
			s := ""
			for _, sp := range l {
				s += sp.Text
			}
			got = append(got, s)
		}
		if strings.Join(got, "|") != want || ok != (want != "") {
			t.Errorf("details of %q: got %q, %v, want %q", key, got, ok, want)
		}
	}
}

// Many changes are counted as all else is.
func TestManyChanges(t *testing.T) {
	many := &diff.Diff{Changes: make([]diff.Change, 98_962)}
	for i := range many.Changes {
		many.Changes[i].Kind = diff.Added
	}
	if got, want := Words(many), "98,962 new"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
