package cli

import (
	"bytes"
	"encoding/json"
	"strings"
)

// jsonLine returns a message as a line of the format internal-json.
// Format: JSONLogger in Nix's logging.cc; messages have no colours here, and those
// of errors no places apart.
func jsonLine(msg string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	line := struct {
		Action string `json:"action"`
		Level  int    `json:"level"`
		Msg    string `json:"msg"`
	}{"msg", levelOf(msg), msg}
	if err := enc.Encode(line); err != nil {
		return "@nix {}" // a string can always be encoded
	}
	return "@nix " + strings.TrimSuffix(b.String(), "\n")
}

// levelOf returns the level that Nix gives a message.
func levelOf(msg string) int {
	switch {
	case strings.HasPrefix(msg, "warning:"), strings.HasPrefix(msg, "evaluation warning:"):
		return levelWarn
	case strings.HasPrefix(msg, "evaluating file "):
		return levelTalkative
	}
	return 0
}
