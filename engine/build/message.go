package build

import (
	"fmt"

	"nixbench/store/nixjson"
)

// This file says what is wrong with what builders say to us in their logs.

// MessagePrefix begins the lines of logs that builders say to us.
const MessagePrefix = "@nix "

// fieldsOf are the fields that a message has to have, by its action, and their types.
// Behaviour: handleJSONLogMessage in Nix's logging.cc.
var fieldsOf = map[string][][2]string{
	"start":    {{"type", "number"}},
	"stop":     {{"id", "number"}},
	"result":   {{"id", "number"}},
	"setPhase": {{"phase", "string"}},
	"msg":      {{"msg", "string"}, {"level", "number"}},
}

// A MessageProblem is what is wrong with a message of a builder, in Nix's words.
type MessageProblem struct {
	IsError bool   // it is said as an error, or else as a warning
	Head    string // up to who said it
	Tail    string
}

func (p *MessageProblem) String() string {
	head := p.Head
	if !p.IsError {
		head = "warning: " + head
	}
	return head + p.Tail
}

// CheckMessage returns what is wrong with a message, the rest of a line of a log that begins
// with [MessagePrefix]; nil if nothing is.
func CheckMessage(message string) *MessageProblem {
	m, err := nixjson.Decode(message)
	if err != nil {
		return &MessageProblem{true, "bad JSON log message from ", fmt.Sprintf("the derivation builder: %v", err)}
	}
	problem := func(what string) *MessageProblem {
		return &MessageProblem{false, "Unable to handle a JSON message from ", "the derivation builder: " + what}
	}
	object, ok := m.(map[string]any)
	if !ok && m != nil {
		return problem("[json.exception.type_error.305] cannot use operator[] with a string argument with " + nixjson.TypeName(m))
	}
	action, _ := object["action"].(string)
	for _, field := range append([][2]string{{"action", "string"}}, fieldsOf[action]...) {
		if got := nixjson.TypeName(object[field[0]]); got != field[1] {
			return problem(fmt.Sprintf("[json.exception.type_error.302] type must be %s, but is %s", field[1], got))
		}
	}
	return nil
}
