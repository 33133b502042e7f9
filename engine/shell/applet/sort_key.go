package applet

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// A sortMode is how keys are compared: the ordering options of sort, which
// may be given for all keys or for one.
type sortMode struct {
	kind       byte // 0 by bytes, or one of n g h M V
	reverse    bool
	fold       bool
	dictionary bool
	printing   bool
	skipStart  bool // b at the key's start
	skipEnd    bool // b at the key's end
}

// set applies one option letter. start and end say at which end of the key it
// was written, which only b distinguishes.
func (m *sortMode) set(letter byte, start, end bool) bool {
	switch letter {
	case 'b':
		m.skipStart = m.skipStart || start
		m.skipEnd = m.skipEnd || end
	case 'd':
		m.dictionary = true
	case 'f':
		m.fold = true
	case 'i':
		m.printing = true
	case 'n', 'g', 'h', 'M', 'V':
		m.kind = letter
	case 'r':
		m.reverse = true
	default:
		return false
	}
	return true
}

// A sortKey is one -k option. Fields and characters count from 1; a zero
// endField is the end of the line, a zero endChar the end of the field.
type sortKey struct {
	startField, startChar int
	endField, endChar     int
	mode                  sortMode
	own                   bool // has ordering options of its own
}

func parseSortKey(spec string) (sortKey, error) {
	k := sortKey{startChar: 1}
	start, end, hasEnd := strings.Cut(spec, ",")
	var err error
	if k.startField, k.startChar, err = k.position(spec, start, true); err != nil {
		return k, err
	}
	if k.startField == 0 {
		return k, fmt.Errorf("-k: invalid number at field start: invalid count at start of %s", quote(start))
	}
	if k.startChar == 0 {
		k.startChar = 1
	}
	if hasEnd {
		if k.endField, k.endChar, err = k.position(spec, end, false); err != nil {
			return k, err
		}
	}
	return k, nil
}

// position reads F[.C][OPTS].
func (k *sortKey) position(spec, s string, start bool) (field, char int, err error) {
	num := func() (n int, ok bool) {
		rest := strings.TrimLeft(s, "0123456789")
		n, convErr := strconv.Atoi(s[:len(s)-len(rest)])
		s = rest
		return n, convErr == nil
	}
	field, ok := num()
	if !ok {
		where := "at field start"
		if !start {
			where = "after ','"
		}
		return 0, 0, fmt.Errorf("invalid number %s: invalid count at start of %s", where, quote(s))
	}
	if field == 0 {
		return 0, 0, fmt.Errorf("field number is zero: invalid field specification %s", quote(spec))
	}
	if strings.HasPrefix(s, ".") {
		s = s[1:]
		if char, ok = num(); !ok {
			return 0, 0, fmt.Errorf("invalid number after '.': invalid count at start of %s", quote(s))
		}
		if char == 0 && start {
			return 0, 0, fmt.Errorf("character offset is zero: invalid field specification %s", quote(spec))
		}
	}
	for _, letter := range []byte(s) {
		if !k.mode.set(letter, start, !start) {
			return 0, 0, fmt.Errorf("stray character in field spec: invalid field specification %s", quote(spec))
		}
		k.own = true
	}
	return field, char, nil
}

// extract returns the part of the line that the key compares. tab is the
// field separator, or -1 for the transition to blanks.
func (k *sortKey) extract(line []byte, tab int) []byte {
	start := fieldStart(line, k.startField, tab)
	if k.mode.skipStart {
		start = skipBlanks(line, start)
	}
	start = min(start+k.startChar-1, len(line))
	end := len(line)
	if k.endField > 0 {
		if k.endChar == 0 {
			end = fieldEnd(line, k.endField, tab)
		} else {
			end = fieldStart(line, k.endField, tab)
			if k.mode.skipEnd {
				end = skipBlanks(line, end)
			}
			end = min(end+k.endChar, len(line))
		}
	}
	return line[start:max(start, end)]
}

func skipBlanks(line []byte, at int) int {
	for at < len(line) && (isBlank(line[at]) || line[at] == '\n') {
		at++
	}
	return at
}

// fieldStart returns where field n begins; with blank separation the blanks
// before a field belong to it.
func fieldStart(line []byte, n, tab int) int {
	at := 0
	for ; n > 1 && at < len(line); n-- {
		if tab >= 0 {
			i := bytes.IndexByte(line[at:], byte(tab))
			if i < 0 {
				return len(line)
			}
			at += i + 1
			continue
		}
		at = wordEnd(line, at)
	}
	return at
}

func wordEnd(line []byte, at int) int {
	at = skipBlanks(line, at)
	for at < len(line) && !isBlank(line[at]) && line[at] != '\n' {
		at++
	}
	return at
}

func fieldEnd(line []byte, n, tab int) int {
	start := fieldStart(line, n, tab)
	if tab < 0 {
		return wordEnd(line, start)
	}
	if i := bytes.IndexByte(line[start:], byte(tab)); i >= 0 {
		return start + i
	}
	return len(line)
}

// compare compares two keys under the mode, without regard to reverse.
func (m *sortMode) compare(a, b []byte) int {
	switch m.kind {
	case 'n':
		return compareNumeric(a, b)
	case 'h':
		return compareHuman(a, b)
	case 'M':
		return compareMonth(a, b)
	case 'g':
		return compareGeneral(a, b)
	}
	a, b = m.filter(a), m.filter(b)
	if m.kind == 'V' {
		return compareVersion(a, b)
	}
	return bytes.Compare(a, b)
}

// filter drops and folds what the mode ignores.
func (m *sortMode) filter(s []byte) []byte {
	if !m.fold && !m.dictionary && !m.printing {
		return s
	}
	out := make([]byte, 0, len(s))
	for _, ch := range s {
		if m.dictionary && !classLetter(ch) && !isDigit(ch) && !isBlank(ch) {
			continue
		}
		if m.printing && (ch < ' ' || ch > '~') {
			continue
		}
		if m.fold {
			ch = upper(ch)
		}
		out = append(out, ch)
	}
	return out
}

// compareGeneral compares floating-point numbers; what is none comes first,
// then NaN.
func compareGeneral(a, b []byte) int {
	x, xok := floatPrefix(a)
	y, yok := floatPrefix(b)
	switch {
	case !xok && !yok:
		return 0
	case !xok:
		return -1
	case !yok:
		return 1
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// floatPrefix parses the longest number at the start of s.
func floatPrefix(s []byte) (float64, bool) {
	t := string(bytes.TrimLeft(s, " \t\n"))
	for end := min(len(t), 400); end > 0; end-- {
		if v, err := strconv.ParseFloat(t[:end], 64); err == nil || strings.Contains(err.Error(), "range") {
			return v, true
		}
	}
	return 0, false
}
