package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Size is n bytes in at most 7 cells, for columns: "512B", "12.0K", "391.2M",
// "9.41G". Units are powers of 1024.
func Size(n int64) string {
	v, unit := scale(n)
	if unit == 0 {
		return strconv.FormatInt(n, 10) + "B"
	}
	return strconv.FormatFloat(v, 'f', decimals(v, unit), 64) + units[unit:unit+1]
}

// Bytes is n bytes in words, for sentences: "512 B", "12.0 MiB", "9.41 GiB".
func Bytes(n int64) string {
	v, unit := scale(n)
	if unit == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(v, 'f', decimals(v, unit), 64) + " " + units[unit:unit+1] + "iB"
}

// SignedBytes is [Bytes] with a sign, also for growth: "+211.4 MiB".
func SignedBytes(n int64) string {
	if n > 0 {
		return "+" + Bytes(n)
	}
	return Bytes(n)
}

const units = "BKMGTPE"

// scale returns n in the largest unit in which it is at least 1, and that
// unit's index in units.
func scale(n int64) (v float64, unit int) {
	v = float64(n)
	for (v >= 1023.95 || v <= -1023.95) && unit < len(units)-1 {
		v /= 1024
		unit++
	}
	return v, unit
}

func decimals(v float64, unit int) int {
	if unit >= 3 && v < 99.995 && v > -99.995 {
		return 2
	}
	return 1
}

// Duration is a running time: "0m41s", "22m10s", "1h02m", "3d04h".
func Duration(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	switch {
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 24*3600:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	default:
		return fmt.Sprintf("%dd%02dh", s/(24*3600), s/3600%24)
	}
}

// Took is the time that an answer took: "12 ms", "4.1 s", then as [Duration].
func Took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second-time.Millisecond/2:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond)/time.Millisecond)
	case d < time.Minute-50*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	default:
		return Duration(d)
	}
}

// Age is how long ago something was, in at most 5 cells: "now", "5m", "16h",
// "81d", "12y". It is "-" for the zero time and "now" for the future.
func Age(now, t time.Time) string {
	if t.IsZero() || t.Unix() <= 0 {
		return "-"
	}
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d < 1000*24*time.Hour:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	default:
		return fmt.Sprintf("%dy", d/(365*24*time.Hour))
	}
}

// Date is t to the minute in t's own zone: "2026-11-21 18:02".
func Date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02 15:04")
}

// ShortCount is a number from 0 on in at most four cells: "9999", "12k", "3M".
func ShortCount(n int) string {
	switch {
	case n < 10_000:
		return strconv.Itoa(n)
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n/1_000_000) + "M"
}

// Count is n with commas between thousands: "18,204".
func Count(n int) string {
	s := strconv.Itoa(n)
	digits := strings.TrimPrefix(s, "-")
	sign := s[:len(s)-len(digits)]
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// Plural is "1 path", "2 paths", "3,118 paths".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Percent is part of whole as "24.5%", "-" if whole is 0.
func Percent(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(whole))
}
