package engine

import (
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// A cursor is a value and the names that lead to it. Its errors tell of neither places
// nor contexts.
//
// Behaviour: AttrCursor in Nix's eval-cache.cc, without its cache.
type cursor struct {
	s    *eval.State
	v    eval.Value // perhaps not evaluated
	path []string
}

// String returns the attribute path.
func (c cursor) String() string { return attrPathText(c.path) }

// attrPathText joins names as Nix does, which leaves out what is empty at the beginning.
func attrPathText(names []string) string {
	for len(names) > 0 && names[0] == "" {
		names = names[1:]
	}
	return strings.Join(names, ".")
}

func (c cursor) to(name string, v eval.Value) cursor {
	return cursor{c.s, v, append(c.path[:len(c.path):len(c.path)], name)}
}

// get returns an attribute, if the value is a set that has it.
func (c cursor) get(name string) (cursor, bool) {
	v := c.s.Force(c.v)
	if v.Kind() != eval.KindAttrs {
		return cursor{}, false
	}
	attr, ok := v.Attrs().GetName(name)
	return c.to(name, attr), ok
}

// must returns an attribute that there has to be.
func (c cursor) must(name string) cursor {
	attr, ok := c.get(name)
	if !ok {
		c.s.FailWith(&cursorError{"attribute '" + c.to(name, c.v).String() + "' does not exist"})
	}
	return attr
}

// text returns the value, which has to be a string or a path.
func (c cursor) text() string {
	v := c.s.Force(c.v)
	switch v.Kind() {
	case eval.KindString, eval.KindPath:
		return v.AsString()
	}
	c.s.Raise(eval.ErrorType, syntax.Hintf("'%s' is not a string but %s", c.String(), eval.ShowType(v)))
	return ""
}

// isTrue returns the value, which has to be a Boolean.
func (c cursor) isTrue() bool {
	v := c.s.Force(c.v)
	if v.Kind() != eval.KindBool {
		c.s.Raise(eval.ErrorType, syntax.Hintf("'%s' is not a Boolean", c.String()))
	}
	return v.AsBool()
}

// attrs returns the attributes of the value, which has to be a set, by name.
func (c cursor) attrs() []cursor {
	v := c.s.Force(c.v)
	if v.Kind() != eval.KindAttrs {
		c.s.Raise(eval.ErrorType, syntax.Hintf("'%s' is not an attribute set", c.String()))
	}
	var attrs []cursor
	for _, name := range v.Attrs().Names() {
		attr, _ := v.Attrs().GetName(name)
		attrs = append(attrs, c.to(name, attr))
	}
	return attrs
}

// isDerivation tells whether the value says that it is a derivation.
func (c cursor) isDerivation() bool {
	kind, ok := c.get("type")
	return ok && kind.text() == "derivation"
}

// A cursorError is one that is none of the language, which nothing passes over.
type cursorError struct{ msg string }

func (err *cursorError) Error() string { return err.msg }
