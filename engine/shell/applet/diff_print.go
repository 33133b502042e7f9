package applet

import (
	"bytes"
	"fmt"
	"strconv"
)

// line prints a line after its mark.
func (d *differ) line(mark string, f *diffFile, i int) {
	puts(d.c, mark)
	d.c.out.Write(f.lines[i])
	d.c.out.WriteByte('\n')
	if f.missing && i == len(f.lines)-1 {
		puts(d.c, "\\ No newline at end of file\n")
	}
}

func (d *differ) normal(a, b *diffFile, changes []change) {
	for _, ch := range changes {
		letter := "c"
		switch {
		case ch.a0 == ch.a1:
			letter = "a"
		case ch.b0 == ch.b1:
			letter = "d"
		}
		puts(d.c, normalRange(ch.a0, ch.a1), letter, normalRange(ch.b0, ch.b1), "\n")
		for i := ch.a0; i < ch.a1; i++ {
			d.line("< ", a, i)
		}
		if letter == "c" {
			puts(d.c, "---\n")
		}
		for i := ch.b0; i < ch.b1; i++ {
			d.line("> ", b, i)
		}
	}
}

// normalRange writes lines lo to hi, counted from 1; an empty range is the
// line before it.
func normalRange(lo, hi int) string {
	switch hi - lo {
	case 0:
		return strconv.Itoa(lo)
	case 1:
		return strconv.Itoa(hi)
	}
	return fmt.Sprintf("%d,%d", lo+1, hi)
}

// hunksOf gathers changes whose contexts touch.
func hunksOf(changes []change, context int) [][]change {
	var hunks [][]change
	for _, ch := range changes {
		if n := len(hunks); n > 0 {
			last := hunks[n-1]
			if ch.a0-last[len(last)-1].a1 <= 2*context {
				hunks[n-1] = append(last, ch)
				continue
			}
		}
		hunks = append(hunks, []change{ch})
	}
	return hunks
}

// extent returns the lines of a hunk with its context.
func (d *differ) extent(a, b *diffFile, hunk []change) (all change) {
	first, last := hunk[0], hunk[len(hunk)-1]
	lead := min(d.contextLines, first.a0)
	lead = min(lead, first.b0)
	trail := min(d.contextLines, len(a.lines)-last.a1)
	trail = min(trail, len(b.lines)-last.b1)
	return change{first.a0 - lead, last.a1 + trail, first.b0 - lead, last.b1 + trail}
}

func (d *differ) unified(a, b *diffFile, hunk []change) {
	all := d.extent(a, b, hunk)
	putf(d.c, "@@ -%s +%s @@", unifiedRange(all.a0, all.a1), unifiedRange(all.b0, all.b1))
	puts(d.c, d.function(a, all.a0), "\n")
	i, j := all.a0, all.b0
	for _, ch := range hunk {
		for ; i < ch.a0; i, j = i+1, j+1 {
			d.line(" ", a, i)
		}
		for ; i < ch.a1; i++ {
			d.line("-", a, i)
		}
		for ; j < ch.b1; j++ {
			d.line("+", b, j)
		}
	}
	for ; i < all.a1; i++ {
		d.line(" ", a, i)
	}
}

func unifiedRange(lo, hi int) string {
	switch hi - lo {
	case 0:
		return strconv.Itoa(lo) + ",0"
	case 1:
		return strconv.Itoa(hi)
	}
	return fmt.Sprintf("%d,%d", lo+1, hi-lo)
}

// function returns what -p adds to a hunk's header: the last line before it
// that looks like the start of a function.
func (d *differ) function(f *diffFile, before int) string {
	if !d.showFunc {
		return ""
	}
	for i := before - 1; i >= 0; i-- {
		line := f.lines[i]
		if len(line) > 0 && (classLetter(line[0]) || line[0] == '_' || line[0] == '$') {
			return " " + string(bytes.TrimRight(line[:min(len(line), 40)], " \t"))
		}
	}
	return ""
}

func (d *differ) contextual(a, b *diffFile, hunk []change) {
	all := d.extent(a, b, hunk)
	deletes, inserts := false, false
	for _, ch := range hunk {
		deletes = deletes || ch.a1 > ch.a0
		inserts = inserts || ch.b1 > ch.b0
	}
	puts(d.c, "***************", d.function(a, all.a0), "\n")
	putf(d.c, "*** %s ****\n", contextRange(all.a0, all.a1))
	if deletes {
		i := all.a0
		for _, ch := range hunk {
			for ; i < ch.a0; i++ {
				d.line("  ", a, i)
			}
			for ; i < ch.a1; i++ {
				d.line(contextMark(ch, "- "), a, i)
			}
		}
		for ; i < all.a1; i++ {
			d.line("  ", a, i)
		}
	}
	putf(d.c, "--- %s ----\n", contextRange(all.b0, all.b1))
	if inserts {
		j := all.b0
		for _, ch := range hunk {
			for ; j < ch.b0; j++ {
				d.line("  ", b, j)
			}
			for ; j < ch.b1; j++ {
				d.line(contextMark(ch, "+ "), b, j)
			}
		}
		for ; j < all.b1; j++ {
			d.line("  ", b, j)
		}
	}
}

func contextMark(ch change, mark string) string {
	if ch.a1 > ch.a0 && ch.b1 > ch.b0 {
		return "! "
	}
	return mark
}

func contextRange(lo, hi int) string {
	if hi-lo <= 1 {
		return strconv.Itoa(hi)
	}
	return fmt.Sprintf("%d,%d", lo+1, hi)
}
