// Package serial writes values of the language as JSON and as XML.
package serial

import (
	"slices"
	"strconv"
	"sync"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store/nixjson"
)

// AppendJSON appends v to dst, with all that is in it, as builtins.toJSON writes
// it: keys sorted, no spaces. A set that has __toString or outPath is written as
// that. If copyPaths is set, paths are copied to the store and written as store
// paths. The context is that of all strings. If there are strings that are not
// UTF-8, it returns what Nix writes before the error about the first of them. Pos is where
// what holds v is, for traces.
func AppendJSON(s *eval.State, dst []byte, v eval.Value, pos eval.Pos, copyPaths bool) ([]byte, eval.StringContext, error) {
	w := jsonWriter{s: s, out: dst}
	w.value(v, pos, copyPaths)
	return w.cutOff(), w.ctx, w.bad
}

// JSON returns v as [AppendJSON] writes it, and raises its error.
func JSON(s *eval.State, v eval.Value, copyPaths bool) (string, eval.StringContext) {
	b := NewBuffer()
	text, ctx, err := AppendJSON(s, b.Text, v, 0, copyPaths)
	if err != nil {
		s.Fail(eval.ErrorOther, "JSON serialization error: %v", err)
	}
	return b.Finish(text), ctx
}

// A Buffer is where a text grows that is going to be a string. It is used
// again by others; one that is not finished is garbage.
type Buffer struct{ Text []byte }

var buffers = sync.Pool{New: func() any { return new(Buffer) }}

// NewBuffer returns an empty buffer.
func NewBuffer() *Buffer { return buffers.Get().(*Buffer) }

// Finish returns what has become of Text as a string, and gives the buffer back.
func (b *Buffer) Finish(text []byte) string {
	out := string(text)
	b.Text = text[:0]
	buffers.Put(b)
	return out
}

// AppendLazyJSON is [AppendJSON] of a value in which nothing more is evaluated: what is
// not yet cannot be written. Paths are copied.
func AppendLazyJSON(s *eval.State, dst []byte, v eval.Value, pos eval.Pos) ([]byte, error) {
	w := jsonWriter{s: s, out: dst, lazy: true, root: true}
	w.value(s.Force(v), pos, true)
	return w.cutOff(), w.bad
}

// cutOff returns what is written, up to what is not UTF-8.
func (w *jsonWriter) cutOff() []byte {
	if w.bad != nil {
		return w.out[:w.end]
	}
	return w.out
}

// The steps of a trace.
var (
	whileElem = &eval.StepText{Before: "while evaluating list element at index "}
	whileAttr = &eval.StepText{Before: "while evaluating attribute '", After: "'", Show: eval.ShowSym}
)

type jsonWriter struct {
	s    *eval.State
	out  []byte
	ctx  eval.StringContext
	lazy bool
	root bool // lazy, and the next value is the whole
	// bad is the error of the first string that is not UTF-8, before which end bytes are
	// written. What comes after it is evaluated all the same, as in Nix, which makes text
	// of JSON when it has all of it.
	bad error
	end int
}

// jsonText is a value in JSON, and its context.
type jsonText struct {
	text string
	ctx  eval.StringContext
}

func (w *jsonWriter) add(t jsonText) {
	w.out = append(w.out, t.text...)
	w.ctx = w.ctx.Union(t.ctx)
}

// ahead lets idle workers write the n values that elems returns.
func (w *jsonWriter) ahead(n int, elems func() []eval.Value, copyPaths bool) *eval.Ahead[jsonText] {
	if w.lazy || n < 2 || !w.s.Shares() {
		return nil
	}
	var all []eval.Value
	lazy := func(from int) bool {
		if all == nil {
			all = elems()
		}
		return eval.ManyLazy(all[from:])
	}
	return eval.NewAhead(w.s, n, lazy, func(s *eval.State, i int) jsonText {
		text, ctx := JSON(s, all[i], copyPaths)
		return jsonText{text, ctx}
	})
}

// valuesOf returns the values of a set, in the order of their names.
func valuesOf(attrs eval.Attrs) []eval.Value {
	values := make([]eval.Value, 0, attrs.Len())
	for a := range attrs.All() {
		values = append(values, a.Value)
	}
	return values
}

// value writes v, which an attribute at pos holds or leads to.
func (w *jsonWriter) value(v eval.Value, pos eval.Pos, copyPaths bool) {
	w.s.EnterAt(pos)
	defer w.s.Leave()
	w.grow(smallest)
	if !w.lazy {
		v = w.s.ForceFor(v, pos)
	} else {
		v = w.evaluated(v, pos)
		w.root = false
	}
	switch v.Kind() {
	case eval.KindNull:
		w.out = append(w.out, "null"...)
	case eval.KindBool:
		w.out = strconv.AppendBool(w.out, v.AsBool())
	case eval.KindInt:
		w.out = strconv.AppendInt(w.out, v.AsInt(), 10)
	case eval.KindFloat:
		w.out = nixjson.AppendFloat(w.out, v.AsFloat())
	case eval.KindString:
		w.ctx = w.ctx.Union(v.Context())
		w.text(v.AsString())
	case eval.KindPath:
		w.path(v.AsString(), copyPaths)
	case eval.KindList:
		w.list(v, pos, copyPaths)
	case eval.KindAttrs:
		w.s.Peel(v, pos, true, func(v eval.Value, called bool) {
			if v.Kind() == eval.KindAttrs {
				w.set(v, copyPaths)
			} else {
				w.value(v, pos, copyPaths && !called)
			}
		})
	default:
		w.s.Raise(eval.ErrorType, syntax.Hintf("cannot convert %s to JSON", eval.ShowType(v)), eval.At(w.s.PlaceOf(v, pos)))
	}
}

// evaluated returns v, which must have been evaluated unless it is the whole.
func (w *jsonWriter) evaluated(v eval.Value, pos eval.Pos) eval.Value {
	known, ok := v.Evaluated()
	if !ok && !w.root {
		w.s.Raise(eval.ErrorType, syntax.Hintf("cannot convert %s to JSON", eval.ShowType(v)), eval.At(w.s.PlaceOf(v, pos)))
	}
	return known
}

// smallest is how many bytes hold a value that is no text, with what comes before it.
const smallest = 64

// grow makes room for n bytes.
func (w *jsonWriter) grow(n int) {
	if w.s.MakeRoomIn(len(w.out), cap(w.out), n) {
		w.out = slices.Grow(w.out, max(n, cap(w.out)))
	}
}

func (w *jsonWriter) text(text string) {
	if w.bad != nil {
		return
	}
	w.grow(len(text) + len(text)/8 + smallest) // few texts have more to escape
	w.out, w.bad = nixjson.AppendString(w.out, text)
	w.end = len(w.out)
}

func (w *jsonWriter) path(path string, copyPaths bool) {
	if !copyPaths {
		w.text(eval.PlainPath(eval.ShowPath(path)))
		return
	}
	p := w.s.CopyPathToStore(path)
	w.ctx = w.ctx.Union(eval.NewStringContext(eval.OpaqueElem(p)))
	w.text(string(p))
}

func (w *jsonWriter) list(v eval.Value, pos eval.Pos, copyPaths bool) {
	w.out = append(w.out, '[')
	elems := v.List()
	ahead := w.ahead(len(elems), func() []eval.Value { return elems }, copyPaths)
	defer ahead.Stop()
	for i, e := range elems {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if t, ok := ahead.Take(i); ok {
			w.add(t)
			continue
		}
		w.s.WhileElem(whileElem, i, pos, func() { w.value(e, pos, copyPaths) })
	}
	w.out = append(w.out, ']')
}

func (w *jsonWriter) set(v eval.Value, copyPaths bool) {
	attrs := v.Attrs()
	w.s.OrderNames(attrs)
	w.out = append(w.out, '{')
	ahead := w.ahead(attrs.Len(), func() []eval.Value { return valuesOf(attrs) }, copyPaths)
	defer ahead.Stop()
	i := 0
	for a := range attrs.All() {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.text(eval.SymName(a.Name))
		w.out = append(w.out, ':')
		i++
		if t, ok := ahead.Take(i - 1); ok {
			w.add(t)
			continue
		}
		w.s.WhilePart(whileAttr, a.Name, a.Pos, func() { w.value(a.Value, a.Pos, copyPaths) })
	}
	w.out = append(w.out, '}')
}
