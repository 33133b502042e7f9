package style

import (
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		spans []string
		w     int
		hang  int
		want  []string
	}{
		{[]string{"short"}, 10, 2, []string{"short"}},
		{nil, 10, 2, []string{""}},
		{[]string{"one two ", "three four"}, 10, 2, []string{"one two ", "  three", "  four"}},
		{[]string{"key   ", "what it does"}, 15, 6, []string{"key   what it", "      does"}},
		{[]string{"/a/path/without/blanks"}, 10, 0, []string{"/a/path/wi", "thout/blan", "ks"}},
		{[]string{"wide 世界世界 end"}, 10, 8, []string{"wide ", "世界世界 ", "end"}},
		{[]string{"   indented and long"}, 12, 3, []string{"   indented ", "   and long"}},
	}
	for _, test := range tests {
		var spans []Span
		for _, s := range test.spans {
			spans = append(spans, Span{Text: s})
		}
		var got []string
		for _, line := range Wrap(spans, test.w, test.hang) {
			whole := ""
			for _, s := range line {
				whole += s.Text
			}
			got = append(got, whole)
		}
		trim := func(list []string) []string {
			var out []string
			for _, s := range list {
				out = append(out, strings.TrimRight(s, " "))
			}
			return out
		}
		if diff := cmp.Diff(trim(test.want), trim(got)); diff != "" {
			t.Errorf("Wrap(%q, %d, %d) (-want +got):\n%s", test.spans, test.w, test.hang, diff)
		}
		for _, s := range got {
			if Width(s) > test.w {
				t.Errorf("Wrap(%q, %d, %d): %q is too wide", test.spans, test.w, test.hang, s)
			}
		}
	}
}

// TestWrapLongLine pins that a long line is not gone through for each of its rows: a
// value may be a megabyte in one.
func TestWrapLongLine(t *testing.T) {
	line := strings.Repeat("word and ", 8<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rows := Wrap([]Span{{Text: line}}, 78, 4)
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(100*len(line)); got > most {
		t.Errorf("%d rows of %d bytes took %d bytes, want %d at most", len(rows), len(line), got, most)
	}
}
