package text

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseSize reads a size in bytes as people type it: "500M", "1.5G", "2 GiB"; the
// units are those of 1024, and a bare number is bytes.
func ParseSize(s string) (int64, error) {
	digits := strings.TrimSpace(s)
	for _, end := range []string{"B", "b", "i"} {
		digits = strings.TrimSuffix(digits, end)
	}
	unit := float64(1)
	if n := len(digits); n > 0 {
		if i := strings.IndexByte("kmgt", digits[n-1]|0x20); i >= 0 {
			digits, unit = strings.TrimSpace(digits[:n-1]), float64(int64(1)<<(10*(i+1)))
		}
	}
	v, err := strconv.ParseFloat(digits, 64)
	switch {
	case err != nil || !(v >= 0) || strings.ContainsAny(digits, "xXpPnN_"):
		return 0, fmt.Errorf("got '%s', want a size like 500M", SanitiseName(s))
	case v*unit >= 1<<63:
		return 0, fmt.Errorf("got '%s', which is too large for a size", SanitiseName(s))
	}
	return int64(v * unit), nil
}
