package style

import (
	"testing"

	"github.com/charmbracelet/colorprofile"

	"nixbench/themes"
)

func TestPaintTames(t *testing.T) {
	st := styles(t, colorprofile.ASCII)
	for in, want := range map[string]string{
		"plain 世界 é":                       "plain 世界 é",
		"a\x1b[2Jb":                        "ab",
		"a\x1b]52;c;ZXZpbA==\x07b":         "ab",
		"a\u009b31mb\u202e\x07":            "a31mb",
		"a\nb":                             "ab",
		"\U0001f468\u200d\U0001f469\u200d": "\U0001f468\u200d\U0001f469\u200d",
	} {
		got := Strip(st.Paint(themes.Text, in))
		if got != want && got != Fit(want, Width(in)) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
