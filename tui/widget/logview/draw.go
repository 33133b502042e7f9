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
	v.w, v.h = w, max(h, 0)
	out := make([]string, 0, v.h)
	switch {
	case v.err != nil:
		out = append(out, v.st.Row(w, themes.Text, style.Span{Text: text.PlainLine(v.err.Error()), Token: themes.Error}))
	case v.idx.total() == 0:
		out = append(out, v.st.Row(w, themes.Text, style.Span{Text: v.Empty, Token: themes.Muted}))
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
		return append(out, closed(ansi.Truncate(line, v.w, "")))
	}
	for row := sub; row < v.rowsOf(n) && len(out) < v.h; row++ {
		out = append(out, closed(ansi.Cut(line, row*v.w, (row+1)*v.w)))
	}
	return out
}

// marked draws what the search found in line n.
func (v *View) marked(line string, n int) string {
	q := v.find.query
	if q == "" || line == "" {
		return line
	}
	plain := ansi.Strip(line)
	low := strings.ToLower(plain)
	if len(low) != len(plain) || !strings.Contains(low, q) {
		return line
	}
	base := themes.Match
	if m, ok := v.match(); ok && m == n {
		base = themes.MatchCurrent
	}
	var b strings.Builder
	at, cell := 0, 0
	for {
		i := strings.Index(low[at:], q)
		if i < 0 {
			break
		}
		from := cell + style.Width(plain[at:at+i])
		to := from + style.Width(plain[at+i:at+i+len(q)])
		b.WriteString(closed(ansi.Cut(line, cell, from)))
		b.WriteString(v.st.PaintOn(base, themes.Text, plain[at+i:at+i+len(q)]))
		at += i + len(q)
		cell = to
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
