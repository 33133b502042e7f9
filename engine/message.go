package engine

import (
	"strings"

	"nixbench/engine/build"
)

// A MessageProblem is what is wrong with what a builder says to us; see [build.MessageProblem].
type MessageProblem = build.MessageProblem

// CheckLine returns what is wrong with a line of a log that a builder says to us; nil if
// nothing is, or it says it to people.
func CheckLine(line string) *MessageProblem {
	if message, isOurs := strings.CutPrefix(line, build.MessagePrefix); isOurs {
		return build.CheckMessage(message)
	}
	return nil
}
