package drv

import (
	"encoding/json"
	"fmt"
	"strings"

	"nixbench/store/nixjson"
)

// attrs reads attributes of either form, and keeps the first error.
type attrs struct {
	env  map[string]string
	json map[string]json.RawMessage // nil unless attributes are structured
	read map[string]bool            // is told which variables are read, unless it is nil
	err  *OptionsError
}

// variable returns the value of a variable, if it is set.
func (a *attrs) variable(name string) (value string, ok bool) {
	if a.read != nil {
		a.read[name] = true
	}
	value, ok = a.env[name]
	return value, ok
}

// An OptionsError says, in Nix's words, why attributes ask for nothing that can be done.
type OptionsError struct {
	While []string // what was being done, outermost first
	Msg   string
}

func (e *OptionsError) Error() string { return e.Msg }

// fail keeps an error; while may be "".
func (a *attrs) fail(while, format string, args ...any) {
	if a.err != nil {
		return
	}
	a.err = &OptionsError{Msg: fmt.Sprintf(format, args...)}
	if while != "" {
		a.err.While = []string{while}
	}
}

// parsing is how an attribute is called in errors.
func parsing(name string) string { return "while parsing attribute \"" + name + "\"" }

// decode reads a value of a type that JSON calls want.
func (a *attrs) decode(while string, raw json.RawMessage, to any, want string) {
	if json.Unmarshal(raw, to) != nil || strings.TrimSpace(string(raw)) == "null" {
		a.mistyped(while, raw, want)
	}
}

// mistyped says that a value is not of a type that JSON calls want.
func (a *attrs) mistyped(while string, raw json.RawMessage, want string) {
	v, err := nixjson.Decode(string(raw))
	if err != nil {
		a.fail(while, "%v", err)
		return
	}
	a.fail(while, "Expected JSON value to be of type '%s' but it is of type '%s': %s", want, nixjson.TypeName(v), nixjson.Dump(v))
}

func (a *attrs) text(name string) (s string) {
	if a.json == nil {
		s, _ = a.variable(name)
		return s
	}
	if raw, ok := a.json[name]; ok {
		a.decode(parsing(name), raw, &s, "string")
	}
	return s
}

func (a *attrs) boolean(name string, def bool) bool {
	if a.json == nil {
		if v, ok := a.variable(name); ok {
			return v == "1"
		}
		return def
	}
	if raw, ok := a.json[name]; ok {
		a.decode(parsing(name), raw, &def, "boolean")
	}
	return def
}

// words returns the words of a variable or the strings of a list; sorted, and
// nil only if there is no such attribute.
func (a *attrs) words(name string) []string {
	if a.json == nil {
		v, ok := a.variable(name)
		if !ok {
			return nil
		}
		return sorted(fields(v))
	}
	raw, ok := a.json[name]
	if !ok {
		return nil
	}
	return a.stringList(parsing(name), raw)
}

func (a *attrs) stringList(while string, raw json.RawMessage) []string {
	var items []json.RawMessage
	a.decode(while, raw, &items, "array")
	list := make([]string, len(items))
	for i, item := range items {
		a.decode(while, item, &list[i], "string")
	}
	return sorted(list)
}
