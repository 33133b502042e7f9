package text

import (
	"encoding/json"
	"strings"
)

// A Message is what a builder says to Nix on a line of its log.
type Message struct {
	Action, Phase, Msg, Text string
	Level                    int // of a "msg": those of --verbose
}

// LogMessage returns the message that a line is, if it is one. The texts are as
// the builder wrote them.
func LogMessage(line string) (m Message, ok bool) {
	said, ok := strings.CutPrefix(LastDrawn(line), "@nix ")
	if !ok || json.Unmarshal([]byte(said), &m) != nil || m.Action == "" {
		return Message{}, false
	}
	return m, true
}

// LogLine is a line of a build's log as people read it: cleaned by [Sanitise],
// and where the builder speaks to Nix ("@nix {…}"), what it says in words. A
// line that has nothing for people is "".
//
// Format: Nix manual, "Build log", structured messages.
func LogLine(line string) string { return logLine(line, Sanitise) }

// PlainLogLine is [LogLine] cleaned by [PlainLine]: without colours and as long as
// the line is.
func PlainLogLine(line string) string { return logLine(line, PlainLine) }

// PrefixedLogLine is a line that is no message, cleaned as by [PlainLine], after a prefix from
// which tab stops count, and without the blanks at its end.
//
// Behaviour: Nix, progress-bar.cc.
func PrefixedLogLine(prefix, line string) string {
	c := cleaner{max: -1}
	return c.clean(prefix + LastDrawn(strings.TrimRight(line, " \t\r\n")))
}

// logLine is [LogLine] cleaned by clean.
func logLine(line string, clean func(string) string) string {
	msg, ok := LogMessage(line)
	if !ok {
		return clean(line)
	}
	switch msg.Action {
	case "setPhase":
		return "-- " + SanitiseName(msg.Phase) + " --"
	case "msg":
		return clean(msg.Msg)
	}
	return SanitiseName(msg.Text)
}
