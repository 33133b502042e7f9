// Package logview shows a log of any length that lies in a file and may still
// grow: it follows the end, scrolls, wraps and searches. It never reads more of
// the file than it shows but to count lines and to search, both in commands.
//
//	Load, Grew --> command: where do lines begin --> Update
//	moving     --> command: read what is around  --> Update --> Draw
//	Search     --> command: the next 8 MiB       --> Update --> the next 8 MiB …
//
// Lines are cleaned by repl/text.LogLine when they are read; the file keeps
// what the builder wrote.
package logview

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui/action"
	"nixbench/tui/style"
)

// margin is how many lines around the visible ones are kept.
const margin = 192

// View is the widget. It is not safe for concurrent use.
type View struct {
	// Live tells that the log still grows: it is said that it is followed.
	Live bool
	// Empty is shown while there is no log.
	Empty string
	// Written says how long after the build began the byte at offset of the log was
	// written; ok is false if that is not known. It may be nil.
	Written func(offset int64) (at time.Duration, ok bool)

	st     *style.Styles
	key    string // what Load was called with
	past   []seenLog
	file   File
	serial int // of the file; answers for an older one are dropped
	err    error

	idx      index
	scanning bool
	grown    bool // Grew was called while scanning

	lines    []line // read and cleaned
	from     int    // number of the first of lines
	reading  bool
	follow   bool
	wrap     bool
	times    bool // show when lines were written
	top, sub int  // first line drawn, and which of its wrapped rows
	left     int  // cells scrolled to the right
	seen     int  // lines there were when following stopped

	find finder

	w, h   int // drawn last, without the times
	gutter int // cells of the times
}

// A seenLog is what was known of a log when another was shown.
type seenLog struct {
	key string
	idx index
}

// pastLogs is how many logs are remembered.
const pastLogs = 16

// A finder is the state of a search.
type finder struct {
	query   string // lower case; "" for none
	errors  bool   // it is errors that are looked for, whatever they say
	serial  int
	at      scan
	matches []int32
	current int // index in matches, -1 for none
	jump    int // direction of the jump that waits for a match, 0 for none
	origin  int // line from which to jump
	running bool
}

type (
	openedMsg struct {
		view   *View
		serial int
		file   File
		err    error
	}
	scannedMsg struct {
		view   *View
		serial int
		idx    index
		more   bool
		err    error
	}
	readMsg struct {
		view   *View
		serial int
		from   int
		lines  []line
		err    error
	}
	foundMsg struct {
		view   *View
		serial int
		find   int
		found  []int32
		next   scan
		limit  int64
		err    error
	}
)

// New returns a widget without a log.
func New(st *style.Styles) *View { return &View{st: st, follow: true} }

// Key is what the log shown was loaded by, "" for none.
func (v *View) Key() string { return v.key }

// Load shows the log that open returns, from its end. The widget closes it. If
// key is that of the log already shown, nothing happens; if it is that of one that was
// shown, what that had then is taken to be there still, before whatever has come since.
func (v *View) Load(ctx context.Context, key string, open func(context.Context) (File, error)) tea.Cmd {
	if key == v.key && v.err == nil {
		return nil
	}
	closing := v.Close()
	v.key, v.idx = key, v.recall(key)
	serial := v.serial
	return tea.Batch(closing, func() tea.Msg {
		f, err := open(ctx)
		return openedMsg{v, serial, f, err}
	})
}

// Close shows no log; the command closes the file.
func (v *View) Close() tea.Cmd {
	closing := closeFile(v.file)
	v.remember()
	*v = View{
		Live: v.Live, Empty: v.Empty, Written: v.Written, st: v.st, past: v.past, serial: v.serial + 1,
		follow: true, wrap: v.wrap, times: v.times, w: v.w, h: v.h,
		find: finder{query: v.find.query, errors: v.find.errors, serial: v.find.serial + 1, current: -1},
	}
	return closing
}

// remember keeps what is known of the log that is shown, the least recent at the front.
func (v *View) remember() {
	if v.key == "" {
		return
	}
	v.past = slices.DeleteFunc(v.past, func(l seenLog) bool { return l.key == v.key })
	if v.err != nil || v.idx.size == 0 {
		return
	}
	v.past = append(v.past, seenLog{v.key, v.idx})
	v.past = v.past[max(0, len(v.past)-pastLogs):]
}

// recall returns what is known of a log.
func (v *View) recall(key string) index {
	if i := slices.IndexFunc(v.past, func(l seenLog) bool { return l.key == key }); i >= 0 {
		return v.past[i].idx
	}
	return index{}
}

func closeFile(f File) tea.Cmd {
	if f == nil {
		return nil
	}
	return func() tea.Msg {
		_ = f.Close() // it was only read
		return nil
	}
}

// Grew says that the file may have grown.
func (v *View) Grew() tea.Cmd {
	if v.file == nil {
		return nil
	}
	if v.scanning {
		v.grown = true
		return nil
	}
	v.scanning, v.grown = true, false
	f, idx, serial := v.file, v.idx, v.serial
	return func() tea.Msg {
		next, more, err := idx.extend(f)
		return scannedMsg{v, serial, next, more, err}
	}
}

// Update takes the widget's own messages and intents; others do nothing.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case openedMsg:
		if msg.view != v {
			return nil
		}
		if msg.serial != v.serial {
			return closeFile(msg.file)
		}
		v.file, v.err = msg.file, msg.err
		return v.Grew()
	case scannedMsg:
		if msg.view == v && msg.serial == v.serial {
			return v.scanned(msg)
		}
	case readMsg:
		if msg.view == v && msg.serial == v.serial {
			return v.have(msg)
		}
	case foundMsg:
		if msg.view == v && msg.serial == v.serial && msg.find == v.find.serial {
			return v.found(msg)
		}
	case action.Intent:
		v.intent(msg.ID)
		return v.fetch()
	}
	return nil
}

func (v *View) scanned(msg scannedMsg) tea.Cmd {
	v.scanning = false
	if msg.err != nil {
		v.err = msg.err
		return nil
	}
	if msg.idx.size < v.idx.size { // the file began anew
		v.lines, v.from, v.top, v.sub, v.follow = nil, 0, 0, 0, true
		v.restartSearch()
	} else if v.idx.size > v.idx.last && msg.idx.size > v.idx.size {
		v.forgetFrom(v.idx.total() - 1) // the last line may have gone on
	}
	v.idx = msg.idx
	var again tea.Cmd
	if msg.more || v.grown {
		again = v.Grew()
	}
	return tea.Batch(again, v.fetch(), v.searchOn())
}

// forgetFrom drops the lines read from number n on.
func (v *View) forgetFrom(n int) {
	if n < v.from+len(v.lines) {
		v.lines = v.lines[:max(n-v.from, 0)]
	}
}

// fetch returns the command that reads what is to be shown and is not there.
func (v *View) fetch() tea.Cmd {
	if v.file == nil || v.reading {
		return nil
	}
	top, _ := v.start()
	need := [2]int{top, min(top+max(v.h, 1), v.idx.total())}
	have := [2]int{v.from, v.from + len(v.lines)}
	if need[0] >= have[0] && need[1] <= have[1] {
		return nil
	}
	from := max(need[0]-margin, 0)
	to := min(need[1]+margin, v.idx.total())
	if len(v.lines) > 0 && from >= have[0] && from <= have[1] {
		from = have[1] // what is before is there already
	}
	v.reading = true
	f, idx, serial := v.file, v.idx, v.serial
	return func() tea.Msg {
		lines, err := idx.read(f, from, to)
		return readMsg{v, serial, from, lines, err}
	}
}

// have takes lines that were read.
func (v *View) have(msg readMsg) tea.Cmd {
	v.reading = false
	if msg.err != nil {
		v.err = msg.err
		return nil
	}
	if msg.from == v.from+len(v.lines) && len(v.lines) > 0 {
		v.lines = append(v.lines, msg.lines...)
		if extra := len(v.lines) - 2*margin - 2*v.h; extra > margin {
			v.lines = slices.Clone(v.lines[extra:])
			v.from += extra
		}
	} else {
		v.lines, v.from = msg.lines, msg.from
	}
	if len(msg.lines) == 0 {
		return nil
	}
	return v.fetch()
}

// line returns line n, "" if it is not read yet.
func (v *View) line(n int) string {
	if n < v.from || n >= v.from+len(v.lines) {
		return ""
	}
	return v.lines[n-v.from].text
}

// Lines is how many lines the log has.
func (v *View) Lines() int { return v.idx.total() }

// Err is why the log cannot be shown, nil if it can.
func (v *View) Err() error { return v.err }

// Line is the number, from 0, of the line that the search is at, else of the first one
// shown.
func (v *View) Line() int {
	if m, ok := v.match(); ok {
		return m
	}
	n, _ := v.start()
	return n
}

// Current returns the line that the search is at, else the first one shown,
// without colours: for copying.
func (v *View) Current() string {
	return text.PlainLine(v.line(v.Line()))
}

// Status says where in the log the view is: "line 18,204 of 18,204
// following".
func (v *View) Status() string {
	total := v.idx.total()
	if v.err != nil || v.file == nil {
		return ""
	}
	parts := []string{"line " + text.Count(v.end()) + " of " + text.Count(total)}
	switch {
	case v.follow && v.Live:
		parts = append(parts, "following")
	case v.Live && total > v.seen:
		parts = append(parts, "not following, "+text.Count(total-v.seen)+" new")
	case v.Live:
		parts = append(parts, "not following")
	}
	if v.scanning && total > 0 && !v.Live {
		parts = append(parts, "reading")
	}
	return strings.Join(parts, "   ")
}
