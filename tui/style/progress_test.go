package style

import "testing"

func TestProgress(t *testing.T) {
	s := New(Options{ASCII: true})
	g := s.Glyphs()
	for _, tt := range []struct {
		done, whole int64
		full        int
	}{{0, 10, 0}, {5, 10, 4}, {10, 10, 8}, {20, 10, 8}, {0, 0, 0}} {
		want := ""
		for i := range 8 {
			if i < tt.full {
				want += g.Full
			} else {
				want += g.Track
			}
		}
		if got := s.Progress(tt.done, tt.whole, 8).Text; got != want {
			t.Errorf("Progress(%d, %d): got %q, want %q", tt.done, tt.whole, got, want)
		}
	}
}
