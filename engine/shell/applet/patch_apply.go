package applet

import (
	"bytes"
	"fmt"
	"strings"
)

// An applier applies the hunks of one file.
type applier struct {
	p         *patcher
	file      *patchFile
	in        []string
	out       []string
	done      int // lines of in that are in out
	offset    int // of the last hunk
	rejected  []*patchHunk
	mismatch  bool // a hunk had an offset or fuzz
	ignoreAll bool
}

// fits reports whether the first hunk can be applied somewhere.
func (a *applier) fits() bool {
	_, _, ok := a.locate(a.file.hunks[0])
	return ok
}

func (a *applier) run() {
	if !a.ignoreAll && !a.fits() && a.reversed() {
		a.p.say("Reversed (or previously applied) patch detected!  %s", a.p.skipping())
		a.ignoreAll = true
	}
	for i, h := range a.file.hunks {
		if a.ignoreAll {
			a.rejected = append(a.rejected, h)
			continue
		}
		at, fuzz, ok := a.locate(h)
		if !ok {
			a.p.say("Hunk #%d FAILED at %d.", i+1, h.oldStart+a.offset)
			a.rejected = append(a.rejected, h)
			a.mismatch = true
			continue
		}
		a.tell(i, h, at, fuzz)
		a.apply(h, at, fuzz)
	}
	a.out = append(a.out, a.in[a.done:]...)
}

// reversed reports whether the first hunk fits the other way round, which
// means that the patch was applied before.
func (a *applier) reversed() bool {
	h := &patchHunk{oldStart: a.file.hunks[0].newStart, newStart: a.file.hunks[0].oldStart}
	for _, l := range a.file.hunks[0].lines {
		switch l.kind {
		case '-':
			l.kind = '+'
		case '+':
			l.kind = '-'
		}
		h.lines = append(h.lines, l)
	}
	_, _, ok := a.locate(h)
	return ok
}

// tell reports where a hunk went if that is not where it says.
func (a *applier) tell(i int, h *patchHunk, at, fuzz int) {
	offset := at - h.start()
	if fuzz > 0 || offset != 0 {
		a.mismatch = true
	}
	if fuzz == 0 && offset == 0 {
		return
	}
	text := fmt.Sprintf("Hunk #%d succeeded at %d", i+1, h.newStart+offset)
	if fuzz > 0 {
		text += fmt.Sprintf(" with fuzz %d", fuzz)
	}
	if offset != 0 {
		s := "s"
		if offset == 1 || offset == -1 {
			s = ""
		}
		text += fmt.Sprintf(" (offset %d line%s)", offset, s)
	}
	a.p.say("%s.", text)
}

// start returns the line where the old side begins, from 1. An empty old side
// is named by the line before it.
func (h *patchHunk) start() int {
	if len(h.side('-')) == 0 {
		return h.oldStart + 1
	}
	return h.oldStart
}

// locate finds where a hunk applies: a line from 1, with the least fuzz.
func (a *applier) locate(h *patchHunk) (at, fuzz int, ok bool) {
	prefix, suffix := h.context()
	for fuzz = 0; fuzz <= min(a.p.fuzz, max(prefix, suffix)); fuzz++ {
		if at, ok = a.locateFuzzy(h, fuzz, prefix, suffix); ok {
			return at, fuzz, true
		}
	}
	return 0, 0, false
}

// locateFuzzy tries one amount of fuzz, outward from the expected place. A
// hunk with less context at one end than at the other belongs to that end of
// the file.
func (a *applier) locateFuzzy(h *patchHunk, fuzz, prefix, suffix int) (at int, ok bool) {
	pattern := h.side('-')
	context := max(prefix, suffix)
	prefixFuzz, suffixFuzz := fuzz+prefix-context, fuzz+suffix-context
	guess := h.start() + a.offset
	if len(pattern) == 0 {
		if guess-1 > len(a.in) || guess-1 < a.done {
			return 0, false
		}
		return guess, true
	}
	if prefixFuzz < 0 {
		return 1, a.done == 0 && (suffixFuzz >= 0 || len(pattern) == len(a.in)) && a.matches(pattern, 1, 0, max(suffixFuzz, 0))
	}
	if suffixFuzz < 0 {
		at = len(a.in) - len(pattern) + 1
		if at > a.done && a.matches(pattern, at, max(prefixFuzz, 0), 0) {
			return at, true
		}
		return 0, false
	}
	prefixFuzz = max(prefixFuzz, 0)
	first, last := a.done+1-prefixFuzz, len(a.in)-len(pattern)+suffixFuzz+1
	guess = min(max(guess, first), last) // a patch may say any number
	for offset := 0; guess+offset <= last || guess-offset >= first; offset++ {
		if guess+offset <= last && a.matches(pattern, guess+offset, prefixFuzz, suffixFuzz) {
			return guess + offset, true
		}
		if offset > 0 && a.matches(pattern, guess-offset, prefixFuzz, suffixFuzz) {
			return guess - offset, true
		}
	}
	return 0, false
}

// matches compares the old side of a hunk, less the fuzz at its ends, with
// the file from line at on.
func (a *applier) matches(pattern []string, at, prefixFuzz, suffixFuzz int) bool {
	body := pattern[min(prefixFuzz, len(pattern)):max(len(pattern)-suffixFuzz, min(prefixFuzz, len(pattern)))]
	from := at - 1 + prefixFuzz
	if from < a.done || from < 0 || from+len(body) > len(a.in) {
		return false
	}
	for i, want := range body {
		if !a.same(a.in[from+i], want) {
			return false
		}
	}
	return true
}

func (a *applier) same(x, y string) bool {
	if a.p.looseSpace {
		return strings.Join(strings.Fields(x), " ") == strings.Join(strings.Fields(y), " ")
	}
	return x == y
}

// apply puts a hunk's new side in. Lines that fuzz skipped stay as the file
// has them.
func (a *applier) apply(h *patchHunk, at, fuzz int) {
	prefix, suffix := h.context()
	context := max(prefix, suffix)
	skipHead, skipTail := max(fuzz+prefix-context, 0), max(fuzz+suffix-context, 0)
	lines := h.lines[skipHead:max(len(h.lines)-skipTail, skipHead)]
	from := max(at-1+skipHead, a.done)
	a.out = append(a.out, a.in[a.done:from]...)
	a.done = from
	for _, l := range lines {
		switch l.kind {
		case ' ':
			a.out = append(a.out, a.in[a.done])
			a.done++
		case '-':
			a.done++
		case '+':
			a.out = append(a.out, l.text)
		}
	}
	a.offset = at - h.start()
}

// rejects writes the hunks that were not applied as a patch.
func (a *applier) rejects() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", a.p.headerName(a.file.oldName), a.p.headerName(a.file.newName))
	for _, h := range a.rejected {
		oldCount, newCount := len(h.side('-')), len(h.side('+'))
		fmt.Fprintf(&b, "@@ -%s +%s @@\n", rejectRange(h.oldStart, oldCount), rejectRange(h.newStart, newCount))
		for _, l := range h.lines {
			b.WriteByte(l.kind)
			b.WriteString(l.text)
			if !strings.HasSuffix(l.text, "\n") {
				b.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	return b.Bytes()
}

// headerName returns a name of the patch as a reject file has it.
func (p *patcher) headerName(name string) string {
	if name == "/dev/null" {
		return name
	}
	return p.stripped(name)
}

func rejectRange(start, count int) string {
	if count == 1 {
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}
