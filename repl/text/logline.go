package text

import (
	"encoding/json"
	"strings"
)

// LogLine is a line of a build's log as people read it: cleaned by [Sanitise],
// and where the builder speaks to Nix ("@nix {…}"), what it says in words. A
// line that has nothing for people is "".
//
// Format: Nix manual, "Build log", structured messages.
func LogLine(line string) string {
	said, ok := strings.CutPrefix(line, "@nix ")
	if !ok {
		return Sanitise(line)
	}
	var msg struct{ Action, Phase, Msg, Text string }
	if json.Unmarshal([]byte(said), &msg) != nil {
		return Sanitise(line)
	}
	switch msg.Action {
	case "setPhase":
		return "-- " + SanitiseName(msg.Phase) + " --"
	case "msg":
		return Sanitise(msg.Msg)
	}
	return SanitiseName(msg.Text)
}
