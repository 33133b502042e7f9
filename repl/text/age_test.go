package text

import (
	"testing"
	"time"
)

func TestParseAge(t *testing.T) {
	const day = 24 * time.Hour
	for s, want := range map[string]time.Duration{
		"30d": 30 * day, " 2w ": 14 * day, "6m": 180 * day, "1y": 365 * day, "12h": 12 * time.Hour, "7": 7 * day, "0d": 0,
	} {
		if got, err := ParseAge(s); got != want || err != nil {
			t.Errorf("ParseAge(%q) = %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "d", "-3d", "3x", "1.5d", "99999y", "4294967296", "30dd"} {
		if got, err := ParseAge(s); err == nil {
			t.Errorf("ParseAge(%q) = %v, want an error", s, got)
		}
	}
}
