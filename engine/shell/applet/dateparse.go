package applet

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

var errBadDate = errors.New("invalid date")

// parseDate reads a date as date -d does: the usual absolute forms, @seconds,
// and relative items such as "2 days ago", in any order.
func parseDate(s string, now time.Time) (time.Time, error) {
	p := &dateParser{now: now, loc: now.Location(), words: dateWords(s)}
	if rest, ok := strings.CutPrefix(strings.TrimSpace(s), "@"); ok {
		return parseEpoch(rest, p.loc)
	}
	p.hasTime = len(p.words) == 0 // "" is midnight
	for len(p.words) > 0 {
		if !p.item() {
			return time.Time{}, errBadDate
		}
	}
	return p.result()
}

func parseEpoch(s string, loc *time.Location) (time.Time, error) {
	whole, frac, _ := strings.Cut(strings.ReplaceAll(s, ",", "."), ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, errBadDate
	}
	nsec, err := strconv.ParseInt((frac + "000000000")[:9], 10, 64)
	if err != nil {
		return time.Time{}, errBadDate
	}
	if strings.HasPrefix(whole, "-") {
		nsec = -nsec
	}
	return time.Unix(sec, nsec).In(loc), nil
}

// dateWords splits at spaces and drops comments and commas.
func dateWords(s string) []string {
	s = strings.ToLower(s)
	s = strings.ReplaceAll(s, ",", " ")
	return strings.Fields(s)
}

type dateParser struct {
	now   time.Time
	loc   *time.Location
	words []string

	hasDate, hasTime, hasZone bool
	year, day                 int
	month                     time.Month
	hour, min, sec, nsec      int
	weekday                   int // 0: none, else 1 + time.Weekday
	weeks                     int // ordinal before the weekday
	years, months, days       int
	shift                     time.Duration
}

func (p *dateParser) take(n int) { p.words = p.words[n:] }

func (p *dateParser) word(i int) string {
	if i < len(p.words) {
		return p.words[i]
	}
	return ""
}

// item reads one item and reports whether it knew it.
func (p *dateParser) item() bool {
	w := p.words[0]
	switch w {
	case "now", "today":
		p.take(1)
		return true
	case "yesterday":
		p.days--
		p.take(1)
		return true
	case "tomorrow":
		p.days++
		p.take(1)
		return true
	case "midnight":
		p.hasTime = true
		p.take(1)
		return true
	case "noon":
		p.hasTime, p.hour = true, 12
		p.take(1)
		return true
	}
	return p.isoItem(w) || p.clock(w) || p.namedDate() || p.zone(w) || p.relative() || p.dayName(w)
}

// isoItem reads YYYY-MM-DD[Ttime], YYYYMMDD and MM/DD/YYYY.
func (p *dateParser) isoItem(w string) bool {
	date, clock, hasClock := strings.Cut(w, "t")
	for _, layout := range []string{"2006-1-2", "20060102", "1/2/2006", "1/2/06", "2006/1/2"} {
		t, err := time.Parse(layout, date)
		if err != nil || layout == "20060102" && len(date) != 8 {
			continue
		}
		p.hasDate = true
		p.year, p.month, p.day = t.Date()
		p.take(1)
		if !hasClock {
			return true
		}
		p.words = append([]string{clock}, p.words...)
		return p.clock(clock)
	}
	return false
}

// clock reads HH:MM[:SS[.frac]], with a zone attached or am or pm after it.
func (p *dateParser) clock(w string) bool {
	body := strings.TrimRight(w, "zapm")
	suffix := w[len(body):]
	zone := ""
	if at := strings.IndexAny(body, "+-"); at > 0 {
		body, zone = body[:at], body[at:]
	}
	parts := strings.Split(body, ":")
	used := 1
	if suffix == "" && (p.word(1) == "am" || p.word(1) == "pm") {
		suffix = p.word(1)
		used = 2
	}
	half := suffix == "am" || suffix == "pm"
	if len(parts) > 3 || len(parts) == 1 && !half {
		return false
	}
	var v [3]int
	for i, part := range parts {
		if i == 2 {
			whole, frac, _ := strings.Cut(part, ".")
			part = whole
			p.nsec, _ = strconv.Atoi((frac + "000000000")[:9])
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 60 {
			return false
		}
		v[i] = n
	}
	if v[0] > 24 || half && (v[0] > 12 || v[0] == 0) {
		return false
	}
	p.hasTime = true
	p.hour, p.min, p.sec = v[0], v[1], v[2]
	if half {
		p.hour %= 12
		if suffix == "pm" {
			p.hour += 12
		}
	}
	p.take(used)
	if zone != "" {
		return p.offset(zone)
	}
	if suffix == "z" {
		p.loc, p.hasZone = time.UTC, true
	}
	// A signed number right after the time is a zone, whatever follows.
	if next := p.word(0); len(next) > 1 && (next[0] == '+' || next[0] == '-') && !p.hasZone && p.offset(next) {
		p.take(1)
	}
	return true
}

func (p *dateParser) offset(s string) bool {
	digits := strings.ReplaceAll(s[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 4 {
		return false
	}
	if len(digits) <= 2 {
		n *= 100
	}
	seconds := n/100*3600 + n%100*60
	if s[0] == '-' {
		seconds = -seconds
	}
	p.loc, p.hasZone = time.FixedZone("", seconds), true
	return true
}

func (p *dateParser) zone(w string) bool {
	hours, ok := map[string]int{
		"utc": 0, "gmt": 0, "z": 0, "wet": 0, "cet": 1, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
		"mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "cest": 2, "bst": 1,
	}[w]
	if ok {
		p.loc, p.hasZone = time.FixedZone(strings.ToUpper(w), hours*3600), true
		if hours == 0 {
			p.loc = time.UTC
		}
		p.take(1)
		return true
	}
	if p.hasTime && !p.hasZone && len(w) >= 3 && (w[0] == '+' || w[0] == '-') && p.unit(1) == 0 && p.offset(w) {
		p.take(1)
		return true
	}
	return false
}

var monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

func monthNumber(w string) time.Month {
	if len(w) < 3 {
		return 0
	}
	at := strings.Index(monthNames, w[:3])
	if at < 0 || at%3 != 0 || !strings.HasPrefix(strings.ToLower(time.Month(at/3+1).String()), strings.TrimSuffix(w, ".")) && w != "sept" {
		return 0
	}
	return time.Month(at/3 + 1)
}

// namedDate reads "2 Jan [2006]", "Jan 2 [2006]" and 2-Jan-2006.
func (p *dateParser) namedDate() bool {
	if parts := strings.Split(p.words[0], "-"); len(parts) == 3 && monthNumber(parts[1]) != 0 {
		p.words = append(parts, p.words[1:]...)
	}
	day, month, n := 0, monthNumber(p.words[0]), 1
	switch {
	case month != 0:
		if d, err := strconv.Atoi(p.word(1)); err == nil && d >= 1 && d <= 31 {
			day, n = d, 2
		} else {
			return false
		}
	case monthNumber(p.word(1)) != 0:
		d, err := strconv.Atoi(p.words[0])
		if err != nil || d < 1 || d > 31 {
			return false
		}
		day, month, n = d, monthNumber(p.word(1)), 2
	default:
		return false
	}
	p.take(n)
	p.hasDate, p.day, p.month, p.year = true, day, month, p.now.Year()
	// The year may come directly, or after the time as date prints it.
	for i := range p.words {
		if y, err := strconv.Atoi(p.words[i]); err == nil && len(p.words[i]) == 4 && p.unit(i+1) == 0 {
			p.year = y
			p.words = append(append([]string(nil), p.words[:i]...), p.words[i+1:]...)
			break
		}
	}
	return true
}

// unit returns the letter of the unit that word i names: y o w d h m s, or 0.
func (p *dateParser) unit(i int) byte {
	switch strings.TrimSuffix(p.word(i), "s") {
	case "year":
		return 'y'
	case "month":
		return 'o'
	case "fortnight":
		return 'f'
	case "week":
		return 'w'
	case "day":
		return 'd'
	case "hour":
		return 'h'
	case "minute", "min":
		return 'm'
	case "second", "sec":
		return 's'
	}
	return 0
}

// relative reads [+-]N unit [ago], next unit and last unit.
func (p *dateParser) relative() bool {
	w, n := p.words[0], 1
	count := 1
	switch {
	case w == "next":
	case w == "last":
		count = -1
	case w == "this":
		count = 0
	case p.unit(0) != 0:
		n = 0
	default:
		v, err := strconv.Atoi(strings.TrimPrefix(w, "+"))
		if err != nil {
			// +2days
			digits := strings.TrimLeft(w, "+-0123456789")
			v, err = strconv.Atoi(strings.TrimPrefix(w[:len(w)-len(digits)], "+"))
			if err != nil || digits == "" {
				return false
			}
			p.words = append([]string{w, digits}, p.words[1:]...)
		}
		count = v
	}
	unit := p.unit(n)
	if unit == 0 {
		return false
	}
	p.take(n + 1)
	if p.word(0) == "ago" {
		count = -count
		p.take(1)
	}
	p.add(unit, count)
	return true
}

func (p *dateParser) add(unit byte, n int) {
	if n > math.MaxInt32 || n < math.MinInt32 {
		n = math.MaxInt32
	}
	switch unit {
	case 'y':
		p.years += n
	case 'o':
		p.months += n
	case 'f':
		p.days += 14 * n
	case 'w':
		p.days += 7 * n
	case 'd':
		p.days += n
	case 'h':
		p.shift += time.Duration(n) * time.Hour
	case 'm':
		p.shift += time.Duration(n) * time.Minute
	case 's':
		p.shift += time.Duration(n) * time.Second
	}
}

func (p *dateParser) dayName(w string) bool {
	order, n := 0, 0
	if w == "next" || w == "last" {
		order = map[string]int{"next": 1, "last": -1}[w]
		n = 1
		w = p.word(1)
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := strings.ToLower(day.String())
		if len(w) >= 3 && strings.HasPrefix(name, w) {
			p.weekday, p.weeks = 1+int(day), order
			p.take(n + 1)
			return true
		}
	}
	return false
}

func (p *dateParser) result() (time.Time, error) {
	now := p.now
	if p.hasZone {
		now = now.In(p.loc)
	}
	if !p.hasDate {
		p.year, p.month, p.day = now.Date()
	}
	if !p.hasTime && !p.hasDate && p.weekday == 0 && !p.hasZone {
		p.hour, p.min, p.sec = now.Clock()
		p.nsec = now.Nanosecond()
	}
	if p.hasDate {
		check := time.Date(p.year, p.month, p.day, 0, 0, 0, 0, time.UTC)
		if check.Day() != p.day {
			return time.Time{}, errBadDate
		}
	}
	if p.weekday != 0 && !p.hasDate {
		today := time.Date(p.year, p.month, p.day, 0, 0, 0, 0, time.UTC).Weekday()
		ahead := (p.weekday - 1 - int(today) + 7) % 7
		if p.weeks > 0 && ahead == 0 {
			ahead = 7
		}
		if p.weeks < 0 {
			ahead -= 7
		}
		p.days += ahead
	}
	t := time.Date(p.year+p.years, p.month+time.Month(p.months), p.day+p.days, p.hour, p.min, p.sec, p.nsec, p.loc)
	return t.Add(p.shift).In(p.now.Location()), nil
}
