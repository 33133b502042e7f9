package style

import (
	"charm.land/bubbles/v2/progress"
	"github.com/charmbracelet/x/ansi"

	"nixbench/themes"
)

// Progress draws how much of whole is done as a bar of w cells, what is left
// included.
func (s *Styles) Progress(done, whole int64, w int) Span {
	fraction := 0.0
	if whole > 0 {
		fraction = min(max(float64(done)/float64(whole), 0), 1)
	}
	full, rest := []rune(s.glyphs.Full)[0], []rune(s.glyphs.Track)[0]
	bar := progress.New(
		progress.WithWidth(max(w, 1)), progress.WithoutPercentage(), progress.WithFillCharacters(full, rest),
	)
	return Span{ansi.Strip(bar.ViewAs(fraction)), themes.Bar}
}
