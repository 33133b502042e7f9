package applet

import (
	"bytes"
	"fmt"
	"io"
)

// What the end of a cycle does.
type sedEnd int

const (
	sedNext         sedEnd = iota // print and go on
	sedDelete                     // go on
	sedRestart                    // begin again without reading
	sedQuit                       // print and end
	sedQuitSilently               // end
)

// execute runs the script once on the pattern space.
func (s *sed) execute() (what sedEnd, code int) {
	for i := 0; i < len(s.commands); {
		cmd := s.commands[i]
		if s.selects(cmd) == cmd.negated {
			if cmd.name == '{' {
				i = cmd.target
			} else {
				i++
			}
			continue
		}
		i++
		switch cmd.name {
		case 'd':
			return sedDelete, 0
		case 'D':
			if at := bytes.IndexByte(s.pattern, '\n'); at >= 0 {
				s.pattern = s.pattern[at+1:]
				return sedRestart, 0
			}
			return sedDelete, 0
		case 'q':
			return sedQuit, cmd.status
		case 'Q':
			return sedQuitSilently, cmd.status
		case 'c':
			if cmd.a2 == nil || cmd.negated || !cmd.active {
				s.write(bytes.TrimSuffix(cmd.text, []byte("\n")), true)
			}
			return sedDelete, 0
		case 'n':
			if s.in.isLast() {
				if s.posix {
					return sedQuitSilently, s.status
				}
				return sedQuit, s.status
			}
			s.readNext()
		case 'N':
			if s.in.isLast() {
				if s.posix {
					return sedQuitSilently, s.status
				}
				return sedQuit, s.status
			}
			s.appendNext()
		case 'b':
			i = cmd.target
		case 't', 'T':
			if s.replaced == (cmd.name == 't') {
				i = cmd.target
			}
			s.replaced = false
		default:
			s.simple(cmd)
		}
	}
	return sedNext, 0
}

// readNext prints the pattern space and reads the next line into it.
func (s *sed) readNext() {
	if !s.quiet {
		s.print(s.pattern)
	}
	s.flushPending()
	line, ended, _ := s.in.line()
	s.pattern, s.ended = append(s.pattern[:0], line...), ended
}

// appendNext adds the next line to the pattern space.
func (s *sed) appendNext() {
	s.flushPending()
	line, ended, _ := s.in.line()
	s.pattern = append(append(s.pattern, s.eol), line...)
	s.ended = ended
}

// simple runs the commands that do not change the flow.
func (s *sed) simple(cmd *sedCmd) {
	switch cmd.name {
	case '=':
		fmt.Fprintf(s.out, "%d\n", s.in.number)
	case 'a':
		s.pending = append(s.pending, sedPending{text: cmd.text})
	case 'i':
		s.write(bytes.TrimSuffix(cmd.text, []byte("\n")), true)
	case 'F':
		s.write([]byte(s.in.name), true)
	case 'g':
		s.pattern = append(s.pattern[:0], s.hold...)
	case 'G':
		s.pattern = append(append(s.pattern, s.eol), s.hold...)
	case 'h':
		s.hold = append(s.hold[:0], s.pattern...)
	case 'H':
		s.hold = append(append(s.hold, s.eol), s.pattern...)
	case 'l':
		s.list(cmd.width)
	case 'p':
		s.print(s.pattern)
	case 'P':
		line, _, _ := bytes.Cut(s.pattern, []byte{s.eol})
		s.write(line, true)
	case 'r':
		s.pending = append(s.pending, sedPending{file: cmd.label})
	case 'R':
		s.readLineOf(cmd.label)
	case 's':
		s.substitute(cmd.subst)
	case 'w':
		s.writeTo(cmd.out, s.pattern, s.ended)
	case 'W':
		line, _, _ := bytes.Cut(s.pattern, []byte{s.eol})
		s.writeTo(cmd.out, line, true)
	case 'x':
		s.pattern, s.hold = s.hold, s.pattern
	case 'y':
		for i, ch := range s.pattern {
			s.pattern[i] = cmd.trans[ch]
		}
	case 'z':
		s.pattern = s.pattern[:0]
	}
}

func (s *sed) writeTo(out *sedOutput, line []byte, ended bool) {
	if out.w == (nopWriteCloser{s.c.out}) {
		s.write(line, ended)
		return
	}
	if out.missing {
		out.w.Write([]byte{s.eol})
	}
	out.w.Write(line)
	if ended {
		out.w.Write([]byte{s.eol})
	}
	out.missing = !ended
}

// readLineOf puts the next line of a file aside, for R.
func (s *sed) readLineOf(name string) {
	if s.lineFiles == nil {
		s.lineFiles = make(map[string]*lineReader)
	}
	lr, opened := s.lineFiles[name]
	if !opened {
		r, err := s.c.open(name)
		if err == nil {
			data, _ := io.ReadAll(r)
			r.Close()
			lr = newLineReader(bytes.NewReader(data), s.eol)
		}
		s.lineFiles[name] = lr
	}
	if lr == nil {
		return
	}
	if line, _, err := lr.next(); err == nil {
		s.pending = append(s.pending, sedPending{text: append(bytes.Clone(line), s.eol)})
	}
}

// list prints the pattern space unambiguously.
func (s *sed) list(width int) {
	if width < 0 {
		width = s.wrap
	}
	var out bytes.Buffer
	column := 0
	for _, ch := range s.pattern {
		text := string(rune(ch))
		switch {
		case ch == '\\':
			text = `\\`
		case ch == '\n':
			text = `\n`
		case ch < ' ' || ch >= 127:
			text = cEscape(ch)
		}
		if width > 1 && column+len(text) > width-1 {
			out.WriteString("\\\n")
			column = 0
		}
		out.WriteString(text)
		column += len(text)
	}
	out.WriteString("$")
	s.write(out.Bytes(), true)
}

// selects reports whether a command's addresses select the current line.
func (s *sed) selects(cmd *sedCmd) bool {
	if cmd.a1 == nil {
		return true
	}
	if cmd.a2 == nil {
		return s.matches(cmd.a1)
	}
	if cmd.active {
		return s.inRange(cmd)
	}
	if !s.matches(cmd.a1) {
		return false
	}
	line := s.in.number
	switch cmd.a2.kind {
	case 'n', '0':
		cmd.active = cmd.a2.n > line
		cmd.rangeEnd = cmd.a2.n
	case '+':
		cmd.active = cmd.a2.n > 0
		cmd.rangeEnd = line + cmd.a2.n
	case '*':
		cmd.rangeEnd = line
		if cmd.a2.n > 0 {
			cmd.rangeEnd = line + cmd.a2.n - line%cmd.a2.n
		}
		cmd.active = cmd.rangeEnd > line
	case '$':
		cmd.active = !s.in.isLast()
	default:
		cmd.active = true
	}
	return true
}

// inRange continues a range that has begun.
func (s *sed) inRange(cmd *sedCmd) bool {
	line := s.in.number
	switch cmd.a2.kind {
	case 'n', '0', '+', '*':
		cmd.active = line < cmd.rangeEnd
		if line > cmd.rangeEnd {
			// n moved past the end: the range is over, but may begin anew.
			return cmd.a2.kind == 'n' && s.matches(cmd.a1) && cmd.a1.kind != 'n'
		}
		return true
	case '$':
		cmd.active = !s.in.isLast()
		return true
	}
	cmd.active = !s.matches(cmd.a2)
	return true
}

func (s *sed) matches(a *sedAddr) bool {
	switch a.kind {
	case 'n':
		return s.in.number == a.n
	case '$':
		return s.in.isLast()
	case '~':
		if a.step <= 0 {
			return s.in.number == a.n
		}
		return s.in.number >= a.n && (s.in.number-a.n)%a.step == 0
	case 'r':
		re := s.regexOf(a.regex)
		return re != nil && re.re.Match(s.pattern)
	}
	return false
}

// regexOf returns the expression itself, or the last one for the empty.
func (s *sed) regexOf(re *sedRegex) *sedRegex {
	if re.re == nil {
		if s.last == nil && !s.failed {
			s.c.errorf("no previous regular expression")
			s.failed, s.status = true, exitFailure
		}
		return s.last
	}
	s.last = re
	return re
}

// substitute runs s on the pattern space.
func (s *sed) substitute(sub *sedSubst) {
	sr := s.regexOf(sub.regex)
	if sr == nil {
		return
	}
	limit := -1
	if !sub.global {
		limit = max(sub.nth, 1)
	}
	var matches [][]int
	if limit == 1 {
		if m := sr.re.Find(s.pattern); m != nil {
			matches = [][]int{m}
		}
	} else {
		matches = sr.re.FindAll(s.pattern, limit)
	}
	first := max(sub.nth, 1) - 1
	if len(matches) <= first {
		return
	}
	var out caseWriter
	pos := 0
	for _, m := range matches[first:] {
		out.raw(s.pattern[pos:m[0]])
		out.begin()
		for _, part := range sub.parts {
			switch {
			case part.caseFlag != 0:
				out.flag(part.caseFlag)
			case part.group < 0:
				out.write(part.text)
			case 2*part.group+1 < len(m) && m[2*part.group] >= 0:
				out.write(s.pattern[m[2*part.group]:m[2*part.group+1]])
			}
		}
		pos = m[1]
	}
	out.raw(s.pattern[pos:])
	s.pattern = out.buf
	s.replaced = true
	if sub.print {
		s.print(s.pattern)
	}
	if sub.out != nil {
		s.writeTo(sub.out, s.pattern, s.ended)
	}
}

// A caseWriter builds the result of a substitution with changes of case.
type caseWriter struct {
	buf  []byte
	mode byte // L, U or 0
	once byte // l, u or 0
}

func (w *caseWriter) raw(text []byte) { w.buf = append(w.buf, text...) }

func (w *caseWriter) begin() { w.mode, w.once = 0, 0 }

func (w *caseWriter) flag(f byte) {
	switch f {
	case 'E':
		w.mode = 0
	case 'L', 'U':
		w.mode = f
	default:
		w.once = f
	}
}

func (w *caseWriter) write(text []byte) {
	for i, ch := range text {
		switch {
		case i == 0 && w.once == 'l':
			ch = lower(ch)
		case i == 0 && w.once == 'u':
			ch = upper(ch)
		case w.mode == 'L':
			ch = lower(ch)
		case w.mode == 'U':
			ch = upper(ch)
		}
		w.buf = append(w.buf, ch)
	}
	if len(text) > 0 {
		w.once = 0
	}
}
