package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// A jsonMessage is a line of the format internal-json.
// Format: JSONLogger in Nix's logging.cc, which sorts the keys. Headings and places
// have Nix's colours, what a message quotes has none.
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

// evaluationWarning begins the messages of builtins.warn.
const evaluationWarning = "evaluation warning: "

// jsonLine returns a message as a line of the format internal-json.
func jsonLine(msg string) string {
	m := jsonMessage{Level: levelOf(msg), Msg: msg}
	if raw, ok := strings.CutPrefix(msg, evaluationWarning); ok {
		raw = strings.ReplaceAll(raw, "\n"+strings.Repeat(" ", len(evaluationWarning)), "\n")
		place, line := jsonPosition(syntax.Position{})
		m.Raw, m.jsonPlace, m.jsonLineNumber = &raw, &place, &line
	}
	return m.line()
}

// jsonError is jsonLine for the error that a command ends with.
func (inv *invocation) jsonError(err error) string {
	inv.plain = true
	raw := err.Error()
	m := jsonMessage{Msg: inv.formatError(err), Raw: &raw, jsonPlace: &jsonPlace{}, jsonLineNumber: &jsonLineNumber{}}
	var evalErr *eval.Error
	if errors.As(err, &evalErr) {
		raw = evalErr.Msg
		if evalErr.Pos.Line != 0 {
			place, line := jsonPosition(evalErr.Pos)
			m.jsonPlace, m.jsonLineNumber = &place, &line
		}
		if withTrace := (traced{}); errors.As(err, &withTrace) {
			for _, t := range slices.Backward(evalErr.Trace) {
				place, line := jsonPosition(t.Pos)
				m.Trace = append(m.Trace, jsonFrame{place, line, t.Text})
			}
		}
	}
	return m.line()
}

func (m *jsonMessage) line() string {
	m.Action, m.Msg = "msg", paint(m.Msg)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return "@nix {}" // what has only strings and numbers can always be encoded
	}
	return "@nix " + strings.TrimSuffix(b.String(), "\n")
}

// A painting is what part of a message gets colours, and which.
type painting struct {
	part  *regexp.Regexp
	paint string
}

// paintings are the headings and places of a message, as Nix colours them.
var paintings = sync.OnceValue(func() []painting {
	return []painting{
		{regexp.MustCompile(`(?m)^(       )?error:`), "${1}\x1b[31;1merror:\x1b[0m"},
		{regexp.MustCompile(`^(evaluation )?warning:`), "\x1b[35;1m${0}\x1b[0m"},
		{regexp.MustCompile(`(?m)^( +)at (.+:\d+:\d+):$`), "${1}\x1b[34;1mat \x1b[35;1m${2}\x1b[0m:"},
		{regexp.MustCompile(`(?m)^( +\| +)\^$`), "${1}\x1b[31;1m^\x1b[0m"},
	}
})

// paint colours a message.
func paint(msg string) string {
	for _, p := range paintings() {
		msg = p.part.ReplaceAllString(msg, p.paint)
	}
	return msg
}

// levelOf returns the level that Nix gives a message.
func levelOf(msg string) int {
	switch {
	case strings.HasPrefix(msg, "warning:"), strings.HasPrefix(msg, evaluationWarning):
		return levelWarn
	case strings.HasPrefix(msg, "evaluating file "):
		return levelTalkative
	}
	return 0
}
