package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxAge is the longest age that is understood: 250 years in days.
const maxAge = 250 * 365

// ParseAge reads an age as people type it: "30d", "2w", "6m" (months of 30
// days), "1y", "12h"; a bare number is days.
func ParseAge(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	units := map[byte]time.Duration{
		'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'm': 30 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
	}
	digits, unit := s, 24*time.Hour
	if s != "" {
		if u, ok := units[s[len(s)-1]]; ok {
			digits, unit = s[:len(s)-1], u
		}
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || time.Duration(n) > maxAge*24*time.Hour/unit {
		return 0, fmt.Errorf("%q is no age, such as 30d, 2w, 6m or 1y", SanitiseName(s))
	}
	return time.Duration(n) * unit, nil
}
