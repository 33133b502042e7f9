package nixtoml

import (
	"fmt"
	"strconv"
	"strings"
)

// This file shows complaints, with the lines that they are about, as Nix's library does.

// A region is the part of a text from one byte to before another.
type region struct {
	src         string
	name        string // of the text
	first, last int
	isEnd       bool // it is the last byte, which stands for the end of the text
}

// A remark is something about a region.
type remark struct {
	at    region
	words string
}

// A complaint says what is wrong, and where.
type complaint struct {
	title   string
	remarks []remark
	hint    string
}

// here is the byte at a position of the program's text; at the end, the last one.
func here(src string, at int) region {
	switch {
	case at < len(src):
		return region{src: src, name: sourceName, first: at, last: at + 1}
	case at == 0:
		return region{src: src, name: sourceName}
	}
	return region{src, sourceName, at - 1, at, true}
}

// line returns the number of the line of a position.
func line(src string, at int) int { return 1 + strings.Count(src[:at], "\n") }

// lines returns the numbers of the lines that a region begins and ends in. One that is
// only the end of a text goes to the line after it.
func (r region) lines() (first, last int) {
	if r.first == r.last {
		return 0, 0
	}
	first = line(r.src, r.first)
	if r.last == r.first+1 && !r.isEnd {
		return first, first
	}
	return first, line(r.src, r.last)
}

// An excerpt is a line, perhaps cut off, and where in it something begins.
type excerpt struct {
	text   string
	offset int
}

// excerpt returns the line around a part of the text.
func (r region) excerpt(begin, end int) excerpt {
	const around = 30
	from, to := max(begin-around, 0), min(end+around, len(r.src))
	if i := strings.LastIndexByte(r.src[from:begin], '\n'); i >= 0 {
		from += i + 1
	}
	if i := strings.IndexByte(r.src[end:to], '\n'); i >= 0 {
		to = end + i
	}
	e := excerpt{r.src[from:max(from, to)], begin - from}
	if from > 0 && r.src[from-1] != '\n' {
		e.text, e.offset = "... "+e.text, e.offset+4
	}
	if to < len(r.src) && r.src[to] != '\n' {
		e.text += " ..."
	}
	return e
}

// excerpts returns the lines of a region: one, the first and the last, or these with dots
// between them.
func (r region) excerpts() []excerpt {
	if r.first == r.last {
		return []excerpt{{}}
	}
	begin, end := r.first, r.last-1
	first, last := r.lines()
	if first == last {
		return []excerpt{r.excerpt(begin, end)}
	}
	const far, cut = 60, 50
	to, from := len(r.src), 0
	if len(r.src)-begin > far {
		to = begin + cut
	}
	if end > far {
		from = end - cut
	}
	firstEnd, lastBegin := to, end
	if i := strings.IndexByte(r.src[begin:to], '\n'); i >= 0 {
		firstEnd = begin + i
	}
	if i := strings.IndexByte(r.src[from:end], '\n'); i >= 0 {
		lastBegin = from + i
	}
	ends := []excerpt{r.excerpt(begin, firstEnd), r.excerpt(lastBegin, end)}
	if first+1 == last {
		return ends
	}
	return []excerpt{ends[0], {"...", 0}, ends[1]}
}

// String returns the complaint as it is shown.
func (c *complaint) String() string {
	width := 0
	for _, r := range c.remarks {
		if _, last := r.at.lines(); last > 0 {
			width = max(width, len(strconv.Itoa(last)))
		}
	}
	p := &painter{margin: strings.Repeat(" ", width+1), width: width}
	fmt.Fprintf(p, "[error] %s\n", c.title)
	name := ""
	for i, r := range c.remarks {
		if i > 0 {
			fmt.Fprintf(p, "%s | ...\n%s |\n", p.margin, p.margin)
		}
		if r.at.name != name {
			fmt.Fprintf(p, " --> %s\n%s |\n", r.at.name, p.margin)
		}
		name = r.at.name
		p.remark(r)
	}
	return p.String() + c.hint
}

// A painter writes complaints.
type painter struct {
	strings.Builder
	margin string
	width  int // of line numbers
}

func (p *painter) remark(r remark) {
	shown := r.at.excerpts()
	first, last := r.at.lines()
	head, tail := shown[0], shown[len(shown)-1]
	rest := max(len(head.text)-head.offset, 0)
	if len(shown) == 1 {
		n := 1
		if len(head.text) > head.offset {
			n = min(rest, r.at.last-r.at.first)
		} else if r.at.first == r.at.last {
			n = 0
		}
		p.line(first, head.text)
		p.underline(head.offset, n, r.words)
		return
	}
	p.line(first, head.text)
	if len(shown) == 2 {
		p.underline(head.offset, rest, "")
	} else {
		p.underline(head.offset, rest, "and")
		p.line(first+1, shown[1].text)
		p.underline(0, len(shown[1].text), "and")
	}
	p.line(last, tail.text)
	p.underline(0, tail.offset+1, r.words)
}

func (p *painter) line(number int, text string) {
	fmt.Fprintf(p, " %*d | ", p.width, number)
	for i := range len(text) {
		if c := text[i]; c == ' ' {
			p.WriteByte(c)
		} else {
			p.WriteString(showByte(c))
		}
	}
	p.WriteByte('\n')
}

func (p *painter) underline(offset, n int, words string) {
	fmt.Fprintf(p, "%s | %s%s-- %s\n", p.margin, strings.Repeat(" ", offset), strings.Repeat("^", n), words)
}
