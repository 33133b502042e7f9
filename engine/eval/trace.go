package eval

import (
	"slices"
	"strconv"
	"strings"
)

// DerivationInternal is the name of the text that defines derivation. Traces do
// not tell of attributes that are defined in it.
const DerivationInternal = "«nix-internal»/derivation-internal.nix"

// finish spells out the positions of an error and tells its trace from the
// force stack, which has not been unwound.
func (s *State) finish(e *Error) *Error {
	if e.Pos.Line == 0 && e.pos != 0 {
		e.Pos = s.ev.Position(e.pos)
	}
	if e.Trace != nil {
		return e
	}
	frames := append(slices.Clone(s.stack), e.inner...)
	trace := make([]TraceFrame, 0, 16)
	from := make([]int32, 0, 16)
	for i := range frames {
		trace = s.tell(trace, &frames[i])
		for len(from) < len(trace) {
			from = append(from, int32(i))
		}
		frames[i] = frames[i].saved()
	}
	e.Trace, e.ev, e.stack, e.from = trace, s.ev, frames, from
	return e
}

// tell appends what a frame has to say to a trace.
func (s *State) tell(trace []TraceFrame, f *frame) []TraceFrame {
	t := TraceFrame{}
	if uint8(f.n) != tagIndex {
		t.Pos = s.ev.Position(f.pos())
	}
	switch uint8(f.n) {
	case tagPart:
		t.Text = f.stepText().part(Sym(f.n >> 8 & maxPart))
	case tagIndex:
		st := f.stepText()
		t.Text = st.Before + strconv.FormatUint(f.n>>8, 10) + st.After
	case tagText:
		t.Text = f.text()
	case tagLambda:
		l := s.ev.nodes.called(*f)
		name := l.showName()
		if l.name != 0 {
			name = "'" + name + "'"
		}
		if f.pos() != 0 {
			trace = append(trace, TraceFrame{Pos: t.Pos, Text: callSiteText, Verbose: true})
		}
		t = TraceFrame{Pos: s.ev.Position(l.pos), Text: "while calling " + name, Verbose: true}
	case tagBuiltin:
		if b := f.builtin(); !b.NoTrace {
			t.Text = "while calling the '" + b.Name + "' builtin"
		}
	case tagSelect:
		if t.Pos.Name == DerivationInternal {
			return trace
		}
		t.Text = "while evaluating the attribute '" + f.selection().describe() + "'"
	case tagContext:
		t.Text = s.contextText(f)
	default:
		return trace
	}
	if t.Text == "" {
		return trace
	}
	return append(trace, t)
}

// WithErrorContext runs f; if it fails, the trace has a frame with the string
// that msg evaluates to. It is builtins.addErrorContext.
func (s *State) WithErrorContext(msg Value, f func() Value) Value {
	m := msg
	s.push(pointerFrame(&m, tagContext))
	v := f()
	s.pop()
	return v
}

// contextText computes the message of a tagContext frame.
func (s *State) contextText(f *frame) (text string) {
	mark := s.checkpoint()
	defer func() {
		if e, ok := recover().(*Error); ok {
			s.restore(mark)
			text = e.Msg
		}
	}()
	s.room += 1 << 20 // an error at the very limit can still be told
	text, _ = s.CoerceToString(*f.value(), "while evaluating the error message passed to builtins.addErrorContext", CoerceOpts{})
	s.room -= 1 << 20
	return text
}

// Format lays the error out as Nix prints it, from "error:" on, without escape
// sequences and without a final newline. All frames are shown if showTrace,
// else the outermost few.
// Behaviour: showErrorInfo in Nix's error.cc.
func (e *Error) Format(showTrace bool) string {
	var b strings.Builder
	f := traceFormatter{showTrace: showTrace, seen: make(map[TraceFrame]bool)}
	for _, t := range e.Trace {
		f.add(t)
	}
	f.flush()
	b.WriteString(f.b.String())
	if f.any {
		if f.truncated {
			b.WriteString("\n(stack trace truncated; use '--show-trace' to show the full, detailed trace)\n")
		}
		b.WriteString("\nerror: ")
	}
	b.WriteString(e.Msg)
	b.WriteByte('\n')
	writePosition(&b, "", e.Pos)
	if len(e.Suggestions) > 0 {
		b.WriteString("Did you mean " + joinSuggestions(e.Suggestions) + "?\n")
	}
	return indent("error: ", "       ", strings.TrimRight(b.String(), " \n"))
}

// A traceFormatter writes frames, the first time they come.
type traceFormatter struct {
	b         strings.Builder
	showTrace bool
	any       bool
	truncated bool
	count     int
	seen      map[TraceFrame]bool
	skipped   []TraceFrame
}

func (f *traceFormatter) add(t TraceFrame) {
	if t.Verbose && !f.showTrace {
		return
	}
	f.any = true
	if !f.showTrace && f.count > 3 {
		f.truncated = true
	}
	if f.truncated && !t.Always {
		return
	}
	if f.seen[t] {
		f.skipped = append(f.skipped, t)
		return
	}
	f.seen[t] = true
	f.flush()
	f.count++
	f.write(t)
}

func (f *traceFormatter) write(t TraceFrame) {
	f.b.WriteString("\n… " + t.Text + "\n")
	if writePosition(&f.b, "  ", t.Pos) {
		f.count++
	}
}

const maxRepeated = 5 // frames told again rather than counted

// flush tells of the frames that were left out because they came before.
func (f *traceFormatter) flush() {
	if len(f.skipped) > maxRepeated {
		f.b.WriteString("\n(" + itoa(len(f.skipped)) + " duplicate frames omitted)\n")
	} else {
		for _, t := range f.skipped {
			f.write(t)
		}
	}
	f.skipped = f.skipped[:0]
}

// indent puts first before the first line of text and rest before the others.
func indent(first, rest, text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i == 0 {
			line = first + line
		} else {
			line = rest + line
		}
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}
