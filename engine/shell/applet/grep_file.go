package applet

import (
	"bytes"
	"fmt"
	"io"
)

// A grepper is one run of grep. Its methods here search one file.
type grepper struct {
	c *Call
	grepFlags
	matchers []matcher

	matched, trouble bool
	broken           bool // the output pipe is
	separated        bool // context was printed before, so that -- goes between

	// The file being searched.
	shown      string
	lineNo     int64
	lineStart  int64
	selectedN  int64
	binary     bool
	held       []grepLine // lines that may become context before a match
	pendAfter  int
	lastShown  int64
	stop       bool
	contextual bool
}

type grepLine struct {
	no, start int64
	text      []byte
}

// binaryProbe is how much of a file is looked at for a zero byte, which makes
// it binary.
const binaryProbe = 32768

func (g *grepper) file(name, shownName string) {
	r, err := g.c.open(name)
	if err != nil {
		g.fail(name, err)
		return
	}
	defer r.Close()
	g.shown = shownName
	g.lineNo, g.lineStart, g.selectedN, g.pendAfter, g.lastShown = 0, 0, 0, 0, 0
	g.held, g.stop, g.binary = nil, g.maxCount == 0, false
	g.contextual = (g.before > 0 || g.after > 0) && !g.count && !g.list && !g.listNot && !g.quiet && !g.only
	lr := newLineReader(r, g.eol)
	if !g.text && g.eol != 0 {
		_, _ = lr.br.Peek(1) // fills the buffer
		head, _ := lr.br.Peek(min(lr.br.Buffered(), binaryProbe))
		g.binary = bytes.IndexByte(head, 0) >= 0
		if g.binary && g.noBinary {
			return
		}
	}
	for !g.stop {
		line, ended, err := lr.next()
		if err != nil {
			if err != io.EOF {
				g.fail(name, err)
			}
			break
		}
		if !g.binary && !g.text && g.eol != 0 && bytes.IndexByte(line, 0) >= 0 {
			g.binary = true
		}
		g.lineNo++
		g.line(line)
		g.lineStart += int64(len(line))
		if ended {
			g.lineStart++
		}
	}
	if f, ok := r.(stdinCloser); ok && g.stop && g.maxCount > 0 {
		unread(f, lr.br.Buffered())
	}
	g.summary()
}

// line decides about one line and prints it.
func (g *grepper) line(line []byte) {
	if g.maxCount > 0 && g.selectedN >= g.maxCount {
		g.context(line) // after the last match
		return
	}
	start, end, found := g.find(line, 0)
	if found == g.invert {
		g.context(line)
		return
	}
	g.selectedN++
	g.matched = true
	if g.quiet || g.list || g.listNot {
		g.stop = true
		return
	}
	if g.maxCount > 0 && g.selectedN >= g.maxCount {
		// Context after the last match is still to come.
		g.stop = g.after == 0 || !g.contextual
	}
	if g.count {
		return
	}
	if g.binary {
		g.stop = true
		return
	}
	if g.only {
		if !g.invert {
			g.matches(line, start, end)
		}
		return
	}
	g.flushHeld()
	g.print(line, g.lineNo, g.lineStart, ':')
	g.pendAfter = g.after
}

// context keeps or prints a line that was not selected.
func (g *grepper) context(line []byte) {
	if !g.contextual || g.binary {
		return
	}
	if g.pendAfter > 0 {
		g.pendAfter--
		g.print(line, g.lineNo, g.lineStart, '-')
		if g.pendAfter == 0 && g.maxCount > 0 && g.selectedN >= g.maxCount {
			g.stop = true
		}
		return
	}
	if g.before > 0 {
		if len(g.held) == g.before {
			g.held = g.held[1:]
		}
		g.held = append(g.held, grepLine{g.lineNo, g.lineStart, bytes.Clone(line)})
	}
}

// flushHeld prints the context before a match, and -- where lines are left
// out.
func (g *grepper) flushHeld() {
	if !g.contextual {
		return
	}
	first := g.lineNo
	if len(g.held) > 0 {
		first = g.held[0].no
	}
	if g.separated && first > g.lastShown+1 || g.separated && g.lastShown == 0 {
		g.c.out.WriteString("--\n")
	}
	for _, l := range g.held {
		g.print(l.text, l.no, l.start, '-')
	}
	g.held = g.held[:0]
}

// matches prints the matching parts of a line, for -o.
func (g *grepper) matches(line []byte, start, end int) {
	for ok := true; ok; start, end, ok = g.find(line, end) {
		if end > start {
			g.print(line[start:end], g.lineNo, g.lineStart+int64(start), ':')
			continue
		}
		if end++; end > len(line) {
			return
		}
	}
}

func (g *grepper) print(text []byte, no, start int64, sep byte) {
	out := g.c.out
	if g.withName {
		out.WriteString(g.shown)
		if g.nulName {
			out.WriteByte(0)
		} else {
			out.WriteByte(sep)
		}
	}
	if g.number {
		fmt.Fprintf(out, "%d%c", no, sep)
	}
	if g.offset {
		fmt.Fprintf(out, "%d%c", start, sep)
	}
	if g.initialTab && (g.withName || g.number || g.offset) {
		out.WriteByte('\t')
	}
	out.Write(text)
	if err := out.WriteByte(g.eol); err != nil {
		g.stop, g.broken = true, true
	}
	g.lastShown = no
	g.separated = true
}

// summary prints what is said once for a file.
func (g *grepper) summary() {
	c := g.c
	end := byte('\n')
	if g.nulName {
		end = 0
	}
	switch {
	case g.quiet:
	case g.list && g.selectedN > 0, g.listNot && g.selectedN == 0:
		puts(c, g.shown, string(end))
	case g.list, g.listNot:
	case g.count:
		if g.withName {
			sep := ":"
			if g.nulName {
				sep = "\x00"
			}
			puts(c, g.shown, sep)
		}
		putf(c, "%d\n", g.selectedN)
	case g.binary && g.selectedN > 0:
		putf(c, "%s: %s: binary file matches\n", c.name(), g.shown)
	}
}
