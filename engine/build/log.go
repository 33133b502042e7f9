package build

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"nixbench/engine/event"
)

const (
	// postInterval is the least time between two snapshots of a build that only
	// say that its log has grown.
	postInterval = 50 * time.Millisecond
	// maxLine bounds what is remembered of a line; the file has the rest.
	maxLine = 16 << 10
)

// A logSink takes what a builder says: all of it goes to a file as it comes,
// the last lines are remembered, and what the builder says to us rather than
// to people, on lines that begin with "@nix ", becomes the activity's phase.
//
// Format: Nix manual, "Internal JSON log format"; stdenv's setPhase.
type logSink struct {
	file *os.File // nil if no log is kept
	keep int      // how many lines to remember
	post func(event.Activity)

	line  []byte   // the line being written, as it was drawn last
	again bool     // a carriage return came: what follows draws the line anew
	tail  []string // a ring of the last keep lines
	next  int      // where in tail the next line goes

	mu     sync.Mutex // mu guards the fields below, and orders posts
	act    event.Activity
	posted time.Time
	timer  *time.Timer // to post what came too soon after another post; or nil
	closed bool
}

// openLog makes the file for a log. Who reads an earlier log of the same
// derivation keeps that.
func openLog(name string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

// start posts that the build begins.
func (l *logSink) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.act.State, l.act.Phase, l.act.Started = event.Running, "", time.Now()
	l.post(l.act)
}

// begin has what follows written to a file, and posts so.
func (l *logSink) begin(file *os.File) {
	l.file = file
	l.mu.Lock()
	defer l.mu.Unlock()
	l.act.LogFile = file.Name()
	l.post(l.act)
}

// Write takes a piece of the log.
func (l *logSink) Write(p []byte) (int, error) {
	if l.file != nil {
		if n, err := l.file.Write(p); err != nil {
			return n, err
		}
	}
	phase := ""
	for _, c := range p {
		switch c {
		case '\r':
			l.again = true
		case '\n':
			if said, ok := l.endLine(); ok {
				phase = said
			}
		default:
			l.put(c)
		}
	}
	l.grow(int64(len(p)), phase)
	return len(p), nil
}

// put writes one byte of a line. Bytes cannot be put over others: among them may
// be terminal sequences, which take no room.
func (l *logSink) put(c byte) {
	if l.again {
		l.line, l.again = l.line[:0], false
	}
	if len(l.line) < maxLine {
		l.line = append(l.line, c)
	}
}

// endLine remembers the line, or returns the phase that it announces.
func (l *logSink) endLine() (phase string, ok bool) {
	line := string(l.line)
	l.line, l.again = l.line[:0], false
	if message, isOurs := strings.CutPrefix(line, MessagePrefix); isOurs && CheckMessage(message) == nil {
		return phaseOf(message)
	}
	switch {
	case l.keep <= 0:
	case len(l.tail) < l.keep:
		l.tail = append(l.tail, line)
	default:
		l.tail[l.next] = line
		l.next = (l.next + 1) % l.keep
	}
	return "", false
}

// setPhaseResult is the type of a result that names a phase.
const setPhaseResult = 104

// phaseOf reads a structured message and returns the phase that it sets.
func phaseOf(message string) (phase string, ok bool) {
	var m struct {
		Action string
		Phase  string
		Type   int
		Fields []any
	}
	if json.Unmarshal([]byte(message), &m) != nil {
		return "", false
	}
	switch {
	case m.Action == "setPhase":
		return m.Phase, true
	case m.Action == "result" && m.Type == setPhaseResult && len(m.Fields) > 0:
		phase, ok = m.Fields[0].(string)
		return phase, ok
	}
	return "", false
}

// grow posts that the log has n bytes more: now, if there is a new phase or
// the last post was a while ago, and otherwise soon.
func (l *logSink) grow(n int64, phase string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.act.LogSize += n
	isNew := phase != "" && phase != l.act.Phase
	if isNew {
		l.act.Phase = phase
	}
	wait := postInterval - time.Since(l.posted)
	switch {
	case isNew || wait <= 0:
		l.postNow()
	case l.timer == nil:
		l.timer = time.AfterFunc(wait, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.timer = nil
			if !l.closed {
				l.postNow()
			}
		})
	}
}

// tell posts how much there is of a log that has ended: what is said after it is to
// come after it.
func (l *logSink) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.postNow()
}

// postNow posts the activity. The caller holds mu.
func (l *logSink) postNow() {
	l.posted = time.Now()
	l.post(l.act)
}

// use notes what the builder has used.
func (l *logSink) use(used event.Usage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.act.Used, l.act.Meter = used, nil
}

// measure posts how to ask what the builder takes.
func (l *logSink) measure(meter func() (event.Usage, bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.act.Meter = meter
	l.postNow()
}

// activity returns the activity as it is now.
func (l *logSink) activity() event.Activity {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.act
}

// Close ends the log. Nothing is posted afterwards.
func (l *logSink) Close() error {
	if len(l.line) > 0 {
		l.endLine()
	}
	l.mu.Lock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// lastLines returns what is remembered, oldest first.
func (l *logSink) lastLines() []string {
	return append(append([]string{}, l.tail[l.next:]...), l.tail[:l.next]...)
}
