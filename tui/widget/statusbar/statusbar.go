// Package statusbar draws the first and the last line of the screen and keeps
// the notices that were shown there.
package statusbar

import (
	"time"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
)

// A Tab is a screen's place in the header.
type Tab struct {
	Number int
	Title  string
	Badge  string // a counter, "" for none
	Active bool
}

// label is the tab's text, shortened to the title's initial if short.
func (t Tab) label(short bool) string {
	label := string(rune('0' + t.Number))
	if short {
		label += t.Title[:min(1, len(t.Title))]
	} else {
		label += " " + t.Title
	}
	if t.Badge != "" {
		label += " " + t.Badge
	}
	return label
}

// Header draws the tabs and, at the right, the status, in exactly w cells. The
// tabs are shortened if they do not fit beside the status.
func Header(st *style.Styles, w int, tabs []Tab, status string) string {
	spans := tabSpans(tabs, false)
	n := spansWidth(spans)
	if n+2+style.Width(status) > w {
		spans = tabSpans(tabs, true)
		n = spansWidth(spans)
	}
	status = text.Cut(status, max(w-n-2, 0))
	fill := w - n - style.Width(status)
	spans = append(spans, style.Span{Text: style.Fit("", max(fill, 0))}, style.Span{Text: status, Token: themes.Muted})
	return st.Row(w, themes.Text, spans...)
}

// Room is how many cells the status may take in a header of w cells; short is
// for tabs that are shortened.
func Room(w int, tabs []Tab, short bool) int {
	return max(w-spansWidth(tabSpans(tabs, short))-2, 0)
}

func tabSpans(tabs []Tab, short bool) []style.Span {
	spans := []style.Span{{Text: " "}}
	for _, t := range tabs {
		if t.Active {
			spans = append(spans, style.Span{Text: "[" + t.label(short) + "]", Token: themes.TabActive})
			continue
		}
		spans = append(spans, style.Span{Text: " " + t.label(short) + " ", Token: themes.Tab})
	}
	return spans
}

func spansWidth(spans []style.Span) int {
	n := 0
	for _, sp := range spans {
		n += style.Width(sp.Text)
	}
	return n
}

// TabAt returns the index of the tab at column x of a header drawn with the
// same arguments; ok is false if there is none.
func TabAt(w int, tabs []Tab, status string, x int) (i int, ok bool) {
	spans := tabSpans(tabs, false)
	if spansWidth(spans)+2+style.Width(status) > w {
		spans = tabSpans(tabs, true)
	}
	at := 0
	for i, sp := range spans {
		n := style.Width(sp.Text)
		if x >= at && x < at+n && i > 0 {
			return i - 1, true
		}
		at += n
	}
	return 0, false
}

// A Hint is a key in the footer and what it does.
type Hint struct{ Key, Does string }

func (h Hint) width() int { return style.Width(h.Key + " " + h.Does) }

// Footer draws hints in exactly w cells, as many as fit; last is never left
// out.
func Footer(st *style.Styles, w int, hints []Hint, last Hint) string {
	return st.Row(w, themes.Text, append([]style.Span{{Text: " "}}, hintSpans(w-2, hints, last)...)...)
}

// hintSpans are hints in room cells, as many as fit, and last.
func hintSpans(room int, hints []Hint, last Hint) []style.Span {
	var spans []style.Span
	room -= last.width()
	for _, h := range hints {
		n := h.width() + 2
		if n > room {
			break
		}
		room -= n
		spans = append(spans, h.spans()...)
		spans = append(spans, style.Span{Text: "  "})
	}
	return append(spans, last.spans()...)
}

func (h Hint) spans() []style.Span {
	return []style.Span{{Text: h.Key, Token: themes.Key}, {Text: " " + h.Does, Token: themes.KeyText}}
}

// A Notice is a message to the user.
type Notice struct {
	Level themes.Token // Info, Warning or Error
	Text  string       // clean
	At    time.Time
	// Command tells that Text is a command line that was carried out.
	Command bool
}

// Prefix says the level in a word, so that it is not told by colour alone.
func (n Notice) Prefix() string {
	switch n.Level {
	case themes.Error:
		return "error: "
	case themes.Warning:
		return "warning: "
	}
	return ""
}

// maxNotices is how many notices are kept.
const maxNotices = 500

// Notices keeps what was shown. The zero value is empty; it is not safe for
// concurrent use.
type Notices struct {
	all     []Notice
	current int // serial of the notice in the footer, 0 for none
	serial  int
}

// Add keeps n and, unless it is a command, shows it. The serial is for Expire.
func (ns *Notices) Add(n Notice) (serial int) {
	ns.all = append(ns.all[max(0, len(ns.all)-maxNotices+1):], n)
	ns.serial++
	if !n.Command {
		ns.current = ns.serial
	}
	return ns.serial
}

// Expire hides the notice of that serial if it is still the one shown.
func (ns *Notices) Expire(serial int) bool {
	if ns.current != serial {
		return false
	}
	ns.current = 0
	return true
}

// Clear hides the notice that is shown; false: there was none.
func (ns *Notices) Clear() bool {
	shown := ns.current != 0
	ns.current = 0
	return shown
}

// Current returns the notice to show.
func (ns *Notices) Current() (Notice, bool) {
	if ns.current == 0 {
		return Notice{}, false
	}
	for i := len(ns.all) - 1; i >= 0; i-- {
		if !ns.all[i].Command {
			return ns.all[i], true
		}
	}
	return Notice{}, false
}

// All returns what is kept, oldest first. The slice must not be modified.
func (ns *Notices) All() []Notice { return ns.all }

// Line draws n in exactly w cells, and at the right last and as many hints as there is room
// for beside all of it. If there is no room for all of a notice, store paths are but named;
// of one that has to be cut, whole says how all of it is read.
func Line(st *style.Styles, w int, n Notice, hints []Hint, whole, last Hint) string {
	line := text.PlainLine(n.Prefix() + n.Text)
	room := w - 2 // a blank at both ends
	if style.Width(line) > room-noticeGap-last.width() {
		line = text.NamesOnly(line)
	}
	switch left := room - noticeGap - last.width(); {
	case style.Width(line) <= left:
	case style.Width(line) <= room:
		return st.Row(w, themes.Text, style.Span{Text: " "}, style.Span{Text: line, Token: n.Level})
	default:
		hints = nil
		if more := left - whole.width() - 2; whole.Key != "" && more >= leastNotice {
			left, hints = more, []Hint{whole}
		}
		line = text.Cut(line, max(left, 0))
	}
	right := hintSpans(room-style.Width(line)-noticeGap, hints, last)
	fill := max(room-style.Width(line)-spansWidth(right), 0)
	spans := append([]style.Span{{Text: " "}, {Text: line, Token: n.Level}, {Text: style.Fit("", fill)}}, right...)
	return st.Row(w, themes.Text, spans...)
}

// noticeGap is how many cells are at least between a notice and the hints, and leastNotice
// how many of it are worth more than how all of it is read.
const (
	noticeGap   = 3
	leastNotice = 12
)
