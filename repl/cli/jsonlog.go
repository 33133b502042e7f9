package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// A jsonMessage is a line of the format internal-json.
// Format: JSONLogger in Nix's logging.cc, which sorts the keys. Messages have
// Nix's colours.
type jsonMessage struct {
	Action string `json:"action"`
	*jsonPlace
	Level int `json:"level"`
	*jsonLineNumber
	Msg   string      `json:"msg"`
	Raw   *string     `json:"raw_msg,omitempty"`
	Trace []jsonFrame `json:"trace,omitempty"`
}

// A jsonFrame is a step of the trace.
type jsonFrame struct {
	jsonPlace
	jsonLineNumber
	Raw string `json:"raw_msg"`
}

// A jsonPlace and a jsonLineNumber are where something is; null if it has no place.
type (
	jsonPlace struct {
		Column *int    `json:"column"`
		File   *string `json:"file"`
	}
	jsonLineNumber struct {
		Line *int `json:"line"`
	}
)

func jsonPosition(p syntax.Position) (jsonPlace, jsonLineNumber) {
	file := p.String()
	return jsonPlace{&p.Column, &file}, jsonLineNumber{&p.Line}
}

// The beginnings of warnings, and of those of builtins.warn.
const (
	warning           = "warning:"
	evaluationWarning = "evaluation warning:"
)

// jsonLine returns a message as a line of the format internal-json.
func jsonLine(msg syntax.Hint) string {
	m := jsonMessage{Level: levelOf(msg.Plain()), Msg: string(msg)}
	if raw, ok := strings.CutPrefix(m.Msg, syntax.EvaluationWarningHead+" "); ok {
		raw = strings.ReplaceAll(raw, "\n"+strings.Repeat(" ", len(evaluationWarning)+1), "\n")
		place, line := jsonPosition(syntax.Position{})
		m.Raw, m.jsonPlace, m.jsonLineNumber = &raw, &place, &line
	}
	return m.line()
}

// jsonError is jsonLine for the error that a command ends with.
func (inv *invocation) jsonError(err error) string {
	msg := inv.colouredError(err)
	raw := rawError(msg)
	m := jsonMessage{Msg: msg, Raw: &raw, jsonPlace: &jsonPlace{}, jsonLineNumber: &jsonLineNumber{}}
	var evalErr *eval.Error
	if errors.As(err, &evalErr) {
		raw = evalErr.InColours()
		if evalErr.Pos.Line != 0 {
			place, line := jsonPosition(evalErr.Pos)
			m.jsonPlace, m.jsonLineNumber = &place, &line
		}
		if withTrace := (traced{}); errors.As(err, &withTrace) {
			for _, t := range slices.Backward(evalErr.Trace) {
				place, line := jsonPosition(t.Pos)
				m.Trace = append(m.Trace, jsonFrame{place, line, t.InColours()})
			}
		}
	}
	return m.line()
}

// rawError returns the message of an error without that it is one, and with its lines below
// each other.
func rawError(msg string) string {
	raw := strings.TrimPrefix(msg, syntax.ErrorHead+" ")
	return strings.ReplaceAll(raw, "\n"+indentation, "\n")
}

func (m *jsonMessage) line() string {
	m.Action = "msg"
	return encodeLine(m)
}

// encodeLine returns a message or activity as a line.
func encodeLine(m any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return "@nix {}" // what has only strings and numbers can always be encoded
	}
	return "@nix " + strings.TrimSuffix(b.String(), "\n")
}

// levelOf returns the level that Nix gives a message.
func levelOf(msg string) int {
	switch {
	case strings.HasPrefix(msg, warning), strings.HasPrefix(msg, evaluationWarning):
		return levelWarn
	case strings.HasPrefix(msg, "evaluating file "):
		return levelTalkative
	case strings.HasPrefix(msg, "instantiated '"):
		return levelChatty
	}
	return 0
}
