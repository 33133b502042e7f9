package nixjson

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Decode reads a JSON text: nil, a bool, an int64, a uint64 if it does not fit one,
// a float64, a string, a []any or a map[string]any. Of equal keys the last counts.
// Its errors are *[ParseError].
func Decode(text string) (any, error) {
	var d decoder
	if err := Parse(text, &d); err != nil {
		return nil, err
	}
	return d.result, nil
}

// A decoder is a handler that keeps what it gets.
type decoder struct {
	open   []frame
	result any
}

// A frame is a list or an object that has not ended.
type frame struct {
	object map[string]any // nil for a list
	list   []any
	key    string
}

func (d *decoder) add(v any) {
	if len(d.open) == 0 {
		d.result = v
		return
	}
	if f := &d.open[len(d.open)-1]; f.object != nil {
		f.object[f.key] = v
	} else {
		f.list = append(f.list, v)
	}
}

func (d *decoder) Null()           { d.add(nil) }
func (d *decoder) Bool(b bool)     { d.add(b) }
func (d *decoder) Int(i int64)     { d.add(i) }
func (d *decoder) Uint(u uint64)   { d.add(u) }
func (d *decoder) Float(f float64) { d.add(f) }
func (d *decoder) String(s string) { d.add(s) }
func (d *decoder) Key(s string)    { d.open[len(d.open)-1].key = s }
func (d *decoder) BeginList()      { d.open = append(d.open, frame{list: []any{}}) }
func (d *decoder) BeginObject()    { d.open = append(d.open, frame{object: make(map[string]any)}) }

func (d *decoder) End() {
	f := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	if f.object != nil {
		d.add(f.object)
	} else {
		d.add(f.list)
	}
}

// Append appends a value as [Decode] returns it, an int, or a list or an object of
// strings, without spaces and with sorted keys. Strings that are not UTF-8 are an
// error in Nix's words.
func Append(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case uint64:
		return strconv.AppendUint(dst, v, 10), nil
	case float64:
		return AppendFloat(dst, v), nil
	case string:
		return AppendString(dst, v)
	case []any:
		return appendList(dst, v)
	case []string:
		return appendList(dst, v)
	case map[string]any:
		return appendObject(dst, v)
	case map[string]string:
		return appendObject(dst, v)
	}
	return dst, fmt.Errorf("write JSON: %T has no form", v)
}

func appendList[E any](dst []byte, list []E) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = Append(dst, v); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendObject[V any](dst []byte, object map[string]V) (_ []byte, err error) {
	dst = append(dst, '{')
	for i, key := range slices.Sorted(maps.Keys(object)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = AppendString(dst, key); err != nil {
			return dst, err
		}
		if dst, err = Append(append(dst, ':'), object[key]); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// TypeName returns what Nix calls the type of a value.
func TypeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}
