package instantiate

import (
	"maps"
	"slices"
	"strconv"

	"nixbench/engine/builtins/nixjson"
)

// normalise rewrites the text of a JSON object without spaces and with sorted
// keys, of equal ones the last.
func (r *request) normalise(text string) string {
	var n normaliser
	if err := nixjson.Parse(text, &n); err != nil {
		r.fail("cannot process __json attribute: %v", err)
	}
	if len(n.result) == 0 || n.result[0] != '{' {
		r.fail("cannot process __json attribute: [json.exception.type_error.302] type must be object, but is %s", jsonType(n.result))
	}
	return string(n.result)
}

// jsonType returns the type of a JSON value that is no object.
func jsonType(text []byte) string {
	if len(text) == 0 {
		return "null"
	}
	switch text[0] {
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// A normaliser is a handler that writes JSON anew.
type normaliser struct {
	open   []jsonFrame
	result []byte
}

// A jsonFrame is a list or an object that has not ended.
type jsonFrame struct {
	members map[string][]byte // of an object, with their keys; nil for a list
	elems   []byte            // of a list
	key     string
}

func (n *normaliser) add(text []byte) {
	if len(n.open) == 0 {
		n.result = text
		return
	}
	f := &n.open[len(n.open)-1]
	if f.members != nil {
		key, _ := nixjson.AppendString(nil, f.key) // the parser has checked it
		f.members[f.key] = append(append(key, ':'), text...)
		return
	}
	if len(f.elems) > 0 {
		f.elems = append(f.elems, ',')
	}
	f.elems = append(f.elems, text...)
}

func (n *normaliser) Null()           { n.add([]byte("null")) }
func (n *normaliser) Bool(b bool)     { n.add(strconv.AppendBool(nil, b)) }
func (n *normaliser) Int(i int64)     { n.add(strconv.AppendInt(nil, i, 10)) }
func (n *normaliser) Float(f float64) { n.add(nixjson.AppendFloat(nil, f)) }
func (n *normaliser) Key(s string)    { n.open[len(n.open)-1].key = s }
func (n *normaliser) BeginList()      { n.open = append(n.open, jsonFrame{}) }

func (n *normaliser) String(s string) {
	text, _ := nixjson.AppendString(nil, s) // the parser has checked it
	n.add(text)
}

func (n *normaliser) BeginObject() {
	n.open = append(n.open, jsonFrame{members: make(map[string][]byte)})
}

func (n *normaliser) End() {
	f := n.open[len(n.open)-1]
	n.open = n.open[:len(n.open)-1]
	if f.members == nil {
		n.add(append(append([]byte{'['}, f.elems...), ']'))
		return
	}
	text := []byte{'{'}
	for i, key := range slices.Sorted(maps.Keys(f.members)) {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, f.members[key]...)
	}
	n.add(append(text, '}'))
}
