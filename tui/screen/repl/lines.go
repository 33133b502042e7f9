package repl

// This file lays out an entry as lines of the transcript.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
)

// A kind says what a line is.
type kind uint8

const (
	lineOther     kind = iota
	lineInput          // what was typed
	lineValue          // node
	lineMore           // there is more below node, or of the text
	lineMoreInput      // there is more of the input
	lineError          // the message, the place and the excerpt
	lineTrace          // says that there is a trace
	lineOutput         // output i of a build
)

// roomy is how wide a pane is in which hints have lines of their own.
const roomy = 80

// hinted is how wide a pane is that has room for all hints of an error.
const hinted = 64

// A line is one line of the transcript.
type line struct {
	kind  kind
	key   string
	entry *entry
	node  *node
	i     int
	cont  bool // it goes on with the line before, which is broken by the width
	left  []style.Span
	right []style.Span // gives way if there is no room
}

// A layout makes lines of an entry for a pane of a width.
type layout struct {
	st     *style.Styles
	now    time.Time
	width  int
	digits int // of the highest number
	work   tui.EvalProgress
	e      *entry
	out    []line
	para   int // lines that are not broken
}

// lead is how far results are indented.
func (l *layout) lead() int { return 6 + l.digits }

// label is "in   4  " and the like.
func (l *layout) label(word string, tok themes.Token) style.Span {
	return style.Span{Text: fmt.Sprintf("%-3s %*d  ", word, l.digits, l.e.number), Token: tok}
}

func indent(n int) style.Span { return style.Span{Text: strings.Repeat(" ", n)} }

// add adds a line, whose key is the same whatever the width.
func (l *layout) add(k kind, left ...style.Span) *line {
	l.para++
	return l.put(line{kind: k, entry: l.e, left: left, key: strconv.Itoa(l.e.serial) + "/" + strconv.Itoa(l.para)})
}

// part adds a line, or what goes on with the one that was added last.
func (l *layout) part(goesOn bool, k kind, left ...style.Span) *line {
	if !goesOn {
		return l.add(k, left...)
	}
	key := strconv.Itoa(l.e.serial) + "/" + strconv.Itoa(l.para) + "+" + strconv.Itoa(len(l.out))
	return l.put(line{kind: k, entry: l.e, left: left, key: key, cont: true})
}

func (l *layout) put(ln line) *line {
	l.out = append(l.out, ln)
	return &l.out[len(l.out)-1]
}

// lay lays out the entry.
func (l *layout) lay() []line {
	l.input()
	e := l.e
	switch e.state {
	case waiting:
		return l.out // nothing yet
	case running:
		l.running()
		return l.out
	}
	if e.res != nil {
		for _, t := range e.res.Traces {
			for i, part := range text.Wrap(t, l.width-l.lead()) {
				l.part(i > 0, lineOther, indent(l.lead()), style.Span{Text: part, Token: themes.Muted})
			}
		}
	}
	switch {
	case e.interrupted():
		l.message("interrupted")
	case e.wrong != "":
		l.message(e.wrong)
	case e.res != nil:
		l.result(e.res)
		l.meanwhile(e.made, e.res.Built, e.fails)
	}
	return l.out
}

// meanwhile tells of derivations that had to be built for what they are to be known, and
// of builds that have failed, if it was not one only.
func (l *layout) meanwhile(made, told, failed int) {
	what := ""
	switch n := made - told; {
	case n > 0 && told > 0:
		what = text.Plural(n, "more derivation") + " built meanwhile"
	case n > 0:
		what = text.Plural(n, "derivation") + " built meanwhile"
	}
	switch {
	case failed > 1 && what != "":
		what += ", " + text.Count(failed) + " failed"
	case failed > 1:
		what = text.Plural(failed, "build") + " failed"
	case what == "":
		return
	}
	ln := l.add(lineOther, indent(l.lead()), style.Span{Text: what, Token: themes.Muted})
	if told == 0 {
		ln.right = []style.Span{{Text: "log: screen 2", Token: themes.Muted}}
	}
}

func (l *layout) result(r *tui.Result) {
	switch r.Kind {
	case tui.ResultValue:
		l.value(l.e.root)
	case tui.ResultText:
		if l.e.root != nil {
			l.value(l.e.root)
			break
		}
		l.text(r.Lines)
	case tui.ResultDoc:
		l.doc(r.Doc)
	case tui.ResultBuilt:
		l.built(r)
	case tui.ResultError:
		l.failure(r.Err)
	}
	if id, ok := tui.ThenScreen(r.Then); ok {
		l.add(lineOther, l.label("out", themes.Muted),
			style.Span{Text: fmt.Sprintf("on screen %d, %s", id+1, id), Token: themes.Muted})
	}
}

// text shows a result of lines, the first ones if there are many.
func (l *layout) text(lines []string) {
	shown := max(l.e.shown, firstLines)
	if len(lines) <= shown+shown/10 {
		shown = len(lines)
	}
	head := l.label("out", themes.Muted)
	for _, s := range lines[:shown] {
		for i, part := range wrapHanging(strings.ReplaceAll(s, "\t", "    "), l.width-l.lead()) {
			l.part(i > 0, lineOther, head, style.Span{Text: part, Token: l.change(s)})
			head = indent(l.lead())
		}
	}
	if rest := len(lines) - shown; rest > 0 {
		l.add(lineMore, indent(l.lead()), style.Span{Text: "... " + text.Count(rest) + " more lines", Token: themes.Muted})
	}
}

// change is the meaning of a line of what has changed.
func (l *layout) change(s string) themes.Token {
	if !strings.HasPrefix(l.e.input, ":watch") {
		return themes.Text
	}
	switch s = strings.TrimLeft(s, " "); {
	case strings.HasPrefix(s, "+ "):
		return themes.New
	case strings.HasPrefix(s, "- "):
		return themes.Gone
	case strings.HasPrefix(s, "~ "):
		return themes.Warning
	}
	return themes.Text
}

func (l *layout) doc(d *tui.Doc) {
	l.add(lineOther, l.label("out", themes.Muted), style.Span{Text: text.SanitiseName(d.Title), Token: themes.Heading})
	for _, dl := range docLines(d, l.width-l.lead(), true) {
		l.part(dl.cont, lineOther, append([]style.Span{indent(l.lead())}, dl.spans...)...)
	}
}

// A docLine is a line of documentation as it is laid out.
type docLine struct {
	spans []style.Span
	cont  bool // it goes on with the line before, which is broken by the width
}

// docLines lays out documentation in w cells; hint tells which key edits it.
func docLines(d *tui.Doc, w int, hint bool) []docLine {
	var out []docLine
	for _, dl := range flow(d.Lines) {
		switch {
		case dl.Head:
			out = append(out, docLine{spans: []style.Span{{Text: dl.Text, Token: themes.Heading}}})
		case dl.Code:
			for i, s := range wrapCode(dl.Text, w-2) {
				out = append(out, docLine{append([]style.Span{indent(2)}, colored(s, inputPieces(s), 0, len(s))...), i > 0})
			}
		default:
			for i, s := range wrapProse(dl.Text, w) {
				out = append(out, docLine{[]style.Span{{Text: s}}, i > 0})
			}
		}
	}
	if d.File != "" {
		at := []style.Span{{Text: text.CutMiddle(text.SanitiseName(d.File), max(w-24, 12)) + ":" + strconv.Itoa(d.Line), Token: themes.Path}}
		if hint {
			at = append(at, style.Span{Text: "   e: edit", Token: themes.Muted})
		}
		out = append(out, docLine{}, docLine{spans: at})
	}
	return out
}

// wrapProse breaks a line of Markdown; a definition hangs below what is defined.
func wrapProse(s string, w int) []string {
	meaning, ok := strings.CutPrefix(strings.TrimSpace(s), ": ")
	if !ok {
		return text.Wrap(s, w)
	}
	lines := text.Wrap(strings.TrimSpace(meaning), w-2)
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// wrapCode breaks a line of code that is wider than w: it goes on below, indented.
func wrapCode(s string, w int) []string {
	if text.Width(s) <= w {
		return []string{s}
	}
	return wrapBelow(s, w, len(s)-len(strings.TrimLeft(s, " "))+2)
}

// wrapHanging is [text.Wrap] of a line that may have columns, with at least two spaces between
// them: what does not fit goes on below the last column, if that begins in the first half,
// and else a little to the right of the first.
func wrapHanging(s string, w int) []string {
	if text.Width(s) <= w {
		return []string{s}
	}
	indented := len(s) - len(strings.TrimLeft(s, " "))
	lead := indented
	if gap := strings.LastIndex(s, "  "); gap > lead {
		lead = gap + 2
	}
	hang := text.Width(s[:lead])
	switch {
	case hang > w/2 && 0 < indented && indented < w/2:
		return wrapBelow(s, w, indented+2)
	case hang == 0 || hang > w/2:
		return text.Wrap(s, w)
	}
	lines := text.Wrap(s[lead:], w-hang)
	for i, line := range lines {
		lines[i] = strings.Repeat(" ", hang) + line
	}
	lines[0] = s[:lead] + lines[0][hang:]
	return lines
}

// wrapBelow is [text.Wrap] of a line that goes on below, indented.
func wrapBelow(s string, w, indented int) []string {
	lines := text.Wrap(s, w)
	rest := text.Wrap(strings.TrimLeft(s[min(len(lines[0]), len(s)):], " "), w-indented)
	for i, line := range rest {
		rest[i] = strings.Repeat(" ", indented) + line
	}
	return append(lines[:1], rest...)
}

func (l *layout) built(r *tui.Result) {
	how := "valid already: nothing was built"
	switch {
	case r.Built > 0:
		how = "built in " + text.Took(r.Took)
	case r.Copied > 0:
		how = text.Plural(r.Copied, "path") + " copied in " + text.Took(r.Took)
	}
	ln := l.add(lineOther, l.label("out", themes.Muted), style.Span{Text: how, Token: themes.Done})
	if r.Built > 0 {
		ln.right = []style.Span{{Text: "log: screen 2", Token: themes.Muted}}
	}
	for i, o := range r.Outputs {
		name := text.SanitiseName(o.Shown())
		room := l.width - l.lead() - 2 - len(name) - 4
		ln := l.add(lineOutput, indent(l.lead()+2), style.Span{Text: name, Token: themes.AttrName},
			style.Span{Text: " -> ", Token: themes.Muted}, style.Span{Text: text.ShortPath(string(o.Path), room), Token: themes.StorePath})
		ln.i = i
		if i == 0 && l.width >= roomy {
			ln.right = []style.Span{{Text: "c: closure   y: copy path", Token: themes.Muted}}
		}
	}
	for _, s := range r.Lines {
		l.add(lineOther, indent(l.lead()+2), style.Span{Text: s, Token: themes.Muted})
	}
}

// running says what is under way.
func (l *layout) running() {
	e := l.e
	what, hint := "evaluating ...", "^C to interrupt"
	name, how := e.build.title()
	if name != "" {
		what = name
	}
	if e.stopped {
		what, hint = "interrupting ...", "^C again gives up on it"
	}
	if took := e.elapsed(l.now); took > 0 {
		what += fmt.Sprintf("  %.1f s", took.Seconds())
	}
	what += how
	if name == "" {
		room := l.width - l.lead() - 2 - text.Width(hint)
		for _, part := range workDone(l.work) {
			if part = "   " + part; text.Width(what+part) <= room {
				what += part
			}
		}
	}
	ln := l.add(lineOther, l.label("out", themes.Muted), style.Span{Text: what, Token: themes.Running})
	ln.right = []style.Span{{Text: hint, Token: themes.Muted}}
	for _, s := range e.build.tail {
		l.add(lineOther, indent(l.lead()+2), style.Span{Text: s, Token: themes.Muted})
	}
}

// elapsed is how long the input has been carried out for, 0 if that is not known.
func (e *entry) elapsed(now time.Time) time.Duration {
	if e.started.IsZero() {
		return 0
	}
	return max(now.Sub(e.started), 0)
}

// workDone says what an evaluation has done so far, what matters most first.
func workDone(p tui.EvalProgress) []string {
	var out []string
	if p.Thunks > 0 {
		out = append(out, thousands(p.Thunks)+" thunks")
	}
	if p.Values > 0 {
		out = append(out, text.Bytes(p.Values)+" of values")
	}
	if p.Heap > 0 {
		out = append(out, text.Bytes(p.Heap)+" heap")
	}
	return out
}

// thousands is a count of which the last digits do not matter: "9,999", "412 k".
func thousands(n int64) string {
	if n < 10_000 {
		return text.Count(int(n))
	}
	return text.Count(int(n/1000)) + " k"
}
