package logview

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
)

// Draw returns exactly h lines of exactly w cells. After the size has changed
// it may lack lines until the next message.
func (v *View) Draw(w, h int) []string {
	v.h = max(h, 0)
	v.gutter = 0
	if v.times && w >= 3*stampWidth {
		v.gutter = stampWidth
	}
	v.w = w - v.gutter
	out := make([]string, 0, v.h)
	switch {
	case v.err != nil:
		for _, line := range text.Wrap(text.PlainLine(v.err.Error()), w) {
			out = append(out, v.st.Row(w, themes.Text, style.Span{Text: line, Token: themes.Error}))
		}
	case v.idx.total() == 0:
		for _, line := range text.Wrap(v.Empty, w) {
			out = append(out, v.st.Row(w, themes.Text, style.Span{Text: line, Token: themes.Muted}))
		}
	default:
		line, sub := v.start()
		for ; line < v.idx.total() && len(out) < h; line, sub = line+1, 0 {
			out = v.appendLine(out, line, sub)
		}
	}
	return style.FitLines(out, w, h)
}

// appendLine appends the rows of line n from row sub on.
func (v *View) appendLine(out []string, n, sub int) []string {
	line := v.marked(v.line(n), n)
	if !v.wrap {
		if v.left > 0 {
			line = ansi.TruncateLeft(line, v.left, "")
		}
		return append(out, v.stamp(n, true)+closed(ansi.Truncate(line, v.w, "")))
	}
	for row := sub; row < v.rowsOf(n) && len(out) < v.h; row++ {
		out = append(out, v.stamp(n, row == 0)+closed(ansi.Cut(line, row*v.w, (row+1)*v.w)))
	}
	return out
}

// stampWidth is how many cells the time of a line takes.
const stampWidth = 8

// stamp is the time of line n, if times are shown, and blanks for the rows below its
// first.
func (v *View) stamp(n int, first bool) string {
	if v.gutter == 0 {
		return ""
	}
	when := ""
	if first && v.Written != nil && n >= v.from && n < v.from+len(v.lines) {
		when = "?"
		if at, ok := v.Written(v.lines[n-v.from].at); ok {
			when = text.Duration(at)
		}
	}
	return v.st.Row(stampWidth, themes.Text, style.Span{Text: style.Fit("", max(0, stampWidth-1-style.Width(when))) + when, Token: themes.Muted})
}

// marked draws what the search found in line n.
func (v *View) marked(line string, n int) string {
	if !v.Finding() || line == "" {
		return line
	}
	plain := ansi.Strip(line)
	low := strings.ToLower(plain)
	if i, _ := v.find.next(low, 0); i < 0 || len(low) != len(plain) {
		return line
	}
	base := themes.Match
	if m, ok := v.match(); ok && m == n {
		base = themes.MatchCurrent
	}
	var b strings.Builder
	at, cell := 0, 0
	for {
		i, j := v.find.next(low, at)
		if i < 0 {
			break
		}
		from := cell + style.Width(plain[at:i])
		to := from + style.Width(plain[i:j])
		b.WriteString(closed(ansi.Cut(line, cell, from)))
		b.WriteString(v.st.PaintOn(base, themes.Text, plain[i:j]))
		at, cell = j, to
	}
	b.WriteString(ansi.Cut(line, cell, style.Width(line)))
	return b.String()
}

// closed ends what colours a cut line may have left on.
func closed(line string) string {
	if strings.IndexByte(line, 0x1b) < 0 {
		return line
	}
	return line + "\x1b[m"
}
