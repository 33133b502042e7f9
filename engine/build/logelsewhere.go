package build

import (
	"nixbench/engine/event"
)

// A Log takes the log of a build that is done elsewhere, as one that is done here
// is taken: into a file, with the activity told how long that is and which phase
// it is in. It is not safe for concurrent use.
type Log struct{ sink *logSink }

// NewLog makes the file, and remembers the last keep lines. Post gets the activity
// whenever there is something new, from any goroutine, until Close.
func NewLog(name string, keep int, act event.Activity, post func(event.Activity)) (*Log, error) {
	f, err := openLog(name)
	if err != nil {
		return nil, err
	}
	act.LogFile = name
	return &Log{&logSink{file: f, keep: keep, post: post, act: act}}, nil
}

// Write takes a piece of the log.
func (l *Log) Write(b []byte) (int, error) { return l.sink.Write(b) }

// Activity returns the activity as it is now.
func (l *Log) Activity() event.Activity { return l.sink.activity() }

// LastLines returns the last lines, without what was said to us rather than to
// people.
func (l *Log) LastLines() []string { return l.sink.lastLines() }

// Close ends the log. Nothing is posted afterwards.
func (l *Log) Close() error { return l.sink.Close() }
