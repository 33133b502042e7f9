package applet

import (
	"bytes"
	"cmp"
	"strings"
)

// compareNumeric compares the decimal numbers at the start of a and b, of any
// length, after blanks. What is no number counts as 0.
func compareNumeric(a, b []byte) int {
	an, bn := decimalOf(a), decimalOf(b)
	if an.negative != bn.negative {
		if an.negative {
			return -1
		}
		return 1
	}
	order := cmp.Compare(len(an.whole), len(bn.whole))
	if order == 0 {
		order = bytes.Compare(an.whole, bn.whole)
	}
	if order == 0 {
		order = bytes.Compare(an.fraction, bn.fraction)
	}
	if an.negative {
		return -order
	}
	return order
}

// A decimal is a number taken apart, without zeros at either end.
type decimal struct {
	negative        bool
	whole, fraction []byte
	rest            []byte // what follows the number
}

func decimalOf(s []byte) decimal {
	s = bytes.TrimLeft(s, " \t\n")
	var d decimal
	if len(s) > 0 && s[0] == '-' {
		d.negative = true
		s = s[1:]
	}
	end := 0
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	d.whole = bytes.TrimLeft(s[:end], "0")
	s = s[end:]
	if len(s) > 0 && s[0] == '.' {
		end = 1
		for end < len(s) && isDigit(s[end]) {
			end++
		}
		d.fraction = bytes.TrimRight(s[1:end], "0")
		s = s[end:]
	}
	d.rest = s
	if len(d.whole) == 0 && len(d.fraction) == 0 {
		d.negative = false
	}
	return d
}

// compareHuman compares numbers with a suffix of K M G …: first by sign and
// suffix, then by value.
func compareHuman(a, b []byte) int {
	if order := cmp.Compare(humanOrder(a), humanOrder(b)); order != 0 {
		return order
	}
	return compareNumeric(a, b)
}

func humanOrder(s []byte) int {
	d := decimalOf(s)
	if len(d.whole) == 0 && len(d.fraction) == 0 {
		return 0
	}
	order := 0
	if len(d.rest) > 0 {
		order = strings.IndexByte("KMGTPEZY", upper(d.rest[0])) + 1
		if d.rest[0] != 'k' && d.rest[0] >= 'a' {
			order = 0
		}
	}
	if d.negative {
		return -order
	}
	return order
}

// compareMonth compares the names of months at the start of a and b.
func compareMonth(a, b []byte) int { return cmp.Compare(monthOf(a), monthOf(b)) }

func monthOf(s []byte) int {
	s = bytes.TrimLeft(s, " \t")
	if len(s) < 3 {
		return 0
	}
	at := strings.Index("JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", strings.ToUpper(string(s[:3])))
	if at < 0 || at%3 != 0 {
		return 0
	}
	return at/3 + 1
}

// compareVersion orders file names with numbers in them as ls -v and sort -V
// do: runs of digits by value, ~ before everything, suffixes such as .tar.gz
// last.
func compareVersion(a, b []byte) int {
	if order, done := compareDots(a, b); done {
		return order
	}
	ap, bp := fileStem(a), fileStem(b)
	if order := compareRuns(a[:ap], b[:bp]); order != 0 {
		return order
	}
	return compareRuns(a, b)
}

// compareDots puts the empty name, ".", ".." and hidden files first.
func compareDots(a, b []byte) (order int, done bool) {
	rank := func(s []byte) int {
		switch {
		case len(s) == 0:
			return 0
		case string(s) == ".":
			return 1
		case string(s) == "..":
			return 2
		case s[0] == '.':
			return 3
		}
		return 4
	}
	ra, rb := rank(a), rank(b)
	if ra != rb {
		return cmp.Compare(ra, rb), true
	}
	return 0, ra < 3
}

// fileStem returns the length of s without suffixes of the form
// (\.[A-Za-z~][A-Za-z0-9~]*)*$.
func fileStem(s []byte) int {
	stem := -1
	for i := 0; i < len(s); {
		if s[i] == '.' && i+1 < len(s) && (classLetter(s[i+1]) || s[i+1] == '~') {
			if stem < 0 {
				stem = i
			}
			i += 2
			for i < len(s) && (classLetter(s[i]) || isDigit(s[i]) || s[i] == '~') {
				i++
			}
			continue
		}
		stem = -1
		i++
	}
	if stem < 0 {
		return len(s)
	}
	return stem
}

func classLetter(b byte) bool { return 'a' <= lower(b) && lower(b) <= 'z' }

func compareRuns(a, b []byte) int {
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		for i < len(a) && !isDigit(a[i]) || j < len(b) && !isDigit(b[j]) {
			x, y := versionRank(a, i), versionRank(b, j)
			if x != y {
				return cmp.Compare(x, y)
			}
			i++
			j++
		}
		na, nb := digitsAt(a, i), digitsAt(b, j)
		i, j = i+len(na), j+len(nb)
		na, nb = bytes.TrimLeft(na, "0"), bytes.TrimLeft(nb, "0")
		if order := cmp.Compare(len(na), len(nb)); order != 0 {
			return order
		}
		if order := bytes.Compare(na, nb); order != 0 {
			return order
		}
	}
	return 0
}

func digitsAt(s []byte, i int) []byte {
	end := i
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	if i > len(s) {
		return nil
	}
	return s[i:end]
}

func versionRank(s []byte, i int) int {
	switch {
	case i >= len(s):
		return -1
	case isDigit(s[i]):
		return 0
	case classLetter(s[i]):
		return int(s[i])
	case s[i] == '~':
		return -2
	}
	return int(s[i]) + 256
}
