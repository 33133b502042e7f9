package nixtoml

import (
	"strings"
	"time"
)

// timestamp reads a date, a time or both, and returns it in one spelling.
func timestamp(word string) (Timestamp, bool) {
	if isDate(word) {
		return Timestamp(word), validDate(word)
	}
	if len(word) > 10 && isDate(word[:10]) && strings.IndexByte("Tt ", word[10]) >= 0 {
		clock, zone := cutZone(word[11:])
		clock, ok := clockTime(clock)
		zone, zoneOK := zoneOffset(zone)
		return Timestamp(word[:10] + "T" + clock + zone), ok && zoneOK && validDate(word[:10])
	}
	clock, ok := clockTime(word)
	return Timestamp(clock), ok
}

// isDate reports whether s has the form 2006-01-02.
func isDate(s string) bool {
	return len(s) == 10 && isInteger(s[:4]) && s[4] == '-' && isInteger(s[5:7]) && s[7] == '-' && isInteger(s[8:])
}

func validDate(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

// cutZone splits the offset from a time.
func cutZone(s string) (clock, zone string) {
	if i := strings.IndexAny(s, "zZ+-"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// zoneOffset returns Z or ±hh:mm, or nothing for a local time.
func zoneOffset(s string) (string, bool) {
	switch {
	case s == "":
		return "", true
	case s == "z" || s == "Z":
		return "Z", true
	case len(s) == 6 && isInteger(s[1:3]) && s[3] == ':' && isInteger(s[4:]) && s[1:3] < "24" && s[4:] < "60":
		if s[1:] == "00:00" {
			return "Z", true
		}
		return s, true
	}
	return "", false
}

// clockTime returns hh:mm:ss with a fraction of 0, 3, 6 or 9 digits.
func clockTime(s string) (string, bool) {
	clock, frac, hasFrac := strings.Cut(s, ".")
	if len(clock) != 8 || !isInteger(clock[:2]) || clock[2] != ':' || !isInteger(clock[3:5]) ||
		clock[5] != ':' || !isInteger(clock[6:]) || clock[:2] > "23" || clock[3:5] > "59" || clock[6:] > "60" {
		return "", false
	}
	if !hasFrac {
		return clock, true
	}
	if !isInteger(frac) {
		return "", false
	}
	frac = (frac + "000000000")[:9]
	switch {
	case frac == "000000000":
		return clock, true
	case frac[3:] == "000000":
		return clock + "." + frac[:3], true
	case frac[6:] == "000":
		return clock + "." + frac[:6], true
	}
	return clock + "." + frac, true
}
