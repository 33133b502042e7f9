package eval

import (
	"cmp"
	"strings"

	"nixbench/engine/syntax"
)

// Format lays the error out as Nix prints it, from "error:" on, without escape
// sequences and without a final newline. All frames are shown if showTrace,
// else the outermost few.
// Behaviour: showErrorInfo in Nix's error.cc.
func (e *Error) Format(showTrace bool) string { return e.FormatInColours(showTrace).Plain() }

// FormatInColours is Format with Nix's colours.
func (e *Error) FormatInColours(showTrace bool) syntax.Hint {
	return e.format(syntax.ErrorHead+" ", showTrace)
}

// Warn shows a warning about what is evaluated.
func (s *State) Warn(msg syntax.Hint) { s.World().Warn(syntax.Hint(syntax.WarningHead+" ") + msg) }

// WarnAt is Warn with a place and with what was being evaluated, outermost first.
func (s *State) WarnAt(pos Pos, msg syntax.Hint, steps ...syntax.Hint) {
	s.World().Warn(formatWarning(s.ev.Position(pos), msg, steps...))
}

// FormatWarning lays out a remark about a file as Nix prints it, with the place that
// it is about.
func FormatWarning(f *syntax.File, w syntax.Warning) syntax.Hint {
	if w.Pos == syntax.NoPos {
		return syntax.Hint(syntax.WarningHead+" ") + w.Msg
	}
	return formatWarning(f.Position(w.Pos), w.Msg)
}

func formatWarning(pos syntax.Position, msg syntax.Hint, steps ...syntax.Hint) syntax.Hint {
	e := &Error{Pos: pos}
	e.Say(msg)
	for _, step := range steps {
		var t TraceFrame
		t.say(step)
		e.Trace = append(e.Trace, t)
	}
	return e.format(syntax.WarningHead+" ", true)
}

// format lays the error out behind a coloured prefix.
func (e *Error) format(prefix string, showTrace bool) syntax.Hint {
	rest := strings.Repeat(" ", len(syntax.Hint(prefix).Plain()))
	var b strings.Builder
	f := traceFormatter{showTrace: showTrace, seen: make(map[TraceFrame]bool)}
	for _, t := range e.Trace {
		f.add(t)
	}
	f.flush()
	b.WriteString(f.b.String())
	if f.any {
		if f.truncated {
			b.WriteString("\n" + syntax.Magenta.Paint("(stack trace truncated; use '--show-trace' to show the full, detailed trace)") + "\n")
		}
		b.WriteString("\n" + prefix)
	}
	b.WriteString(e.InColours())
	b.WriteByte('\n')
	writePosition(&b, "", e.Pos)
	if len(e.Suggestions) > 0 {
		b.WriteString("Did you mean " + joinSuggestions(e.Suggestions) + "?\n")
	}
	text := strings.TrimRight(b.String(), " \t\r\n")
	if e.whole && e.Pos.Line == 0 && len(e.Suggestions) == 0 {
		text = strings.TrimSuffix(b.String(), "\n")
	}
	text = indent(prefix, rest, text)
	if e.whole && strings.HasSuffix(text, "\n") {
		text += rest
	}
	return syntax.Hint(text)
}

// InColours returns the message with Nix's colours.
func (e *Error) InColours() string { return cmp.Or(string(e.Coloured), e.Msg) }

// InColours returns the text with Nix's colours.
func (t *TraceFrame) InColours() string { return cmp.Or(string(t.Coloured), t.Text) }

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
	f.b.WriteString("\n… " + t.InColours() + "\n")
	if writePosition(&f.b, "  ", t.Pos) {
		f.count++
	}
}

const maxRepeated = 5 // frames told again rather than counted

// flush tells of the frames that were left out because they came before.
func (f *traceFormatter) flush() {
	if len(f.skipped) > maxRepeated {
		f.b.WriteString("\n" + syntax.Magenta.Paint("("+itoa(len(f.skipped))+" duplicate frames omitted)") + "\n")
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
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.Join(lines, "\n")
}
