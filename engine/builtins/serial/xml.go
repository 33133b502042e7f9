package serial

import (
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/xmlout"
)

// XMLOptions say how [XML] writes. The zero value is for builtins.toXML.
type XMLOptions struct {
	Lazy   bool // leaves what is in the value unevaluated
	Places bool // says where attributes and functions are written
}

// XML writes v, with all that is in it, as builtins.toXML does.
// The context is that of all strings.
func XML(s *eval.State, v eval.Value, opts XMLOptions) (string, eval.StringContext) {
	out := xmlout.Writer{Forget: true}
	ctx := WriteXML(s, &out, v, opts)
	return out.String(), ctx
}

// WriteXML is [XML] that writes to out, also what comes before an error.
func WriteXML(s *eval.State, out *xmlout.Writer, v eval.Value, opts XMLOptions) eval.StringContext {
	w := xmlWriter{s: s, opts: opts, seen: make(map[string]bool), out: out}
	out.Room = func(length, n int) { s.MakeRoom(2*length + n) }
	w.out.Header()
	if opts.Lazy {
		v = s.Force(v)
	}
	w.out.Element("expr", nil, func() { w.value(v, 0) })
	return w.ctx
}

type xmlWriter struct {
	s    *eval.State
	opts XMLOptions
	out  *xmlout.Writer
	ctx  eval.StringContext
	seen map[string]bool // drvPaths of the derivations written in full
}

// value writes v, which an attribute at pos holds.
func (w *xmlWriter) value(v eval.Value, pos eval.Pos) {
	w.s.EnterAt(pos)
	defer w.s.Leave()
	if !w.opts.Lazy {
		v = w.s.ForceFor(v, pos)
	}
	switch v.Kind() {
	case eval.KindNull:
		w.out.Empty("null")
	case eval.KindBool:
		w.out.Empty("bool", "value", strconv.FormatBool(v.AsBool()))
	case eval.KindInt:
		w.out.Empty("int", "value", strconv.FormatInt(v.AsInt(), 10))
	case eval.KindFloat:
		w.out.Empty("float", "value", eval.FormatFloat(v.AsFloat()))
	case eval.KindString:
		w.ctx = w.ctx.Union(v.Context())
		w.out.Empty("string", "value", v.AsString())
	case eval.KindPath:
		w.out.Empty("path", "value", eval.ShowPath(v.AsString()))
	case eval.KindList:
		w.out.Element("list", nil, func() {
			for _, e := range v.List() {
				w.inner(e, pos)
			}
		})
	case eval.KindAttrs:
		w.set(v)
	case eval.KindLambda:
		w.function(v)
	default:
		w.out.Empty("unevaluated")
	}
}

// inner writes what is in a value, at pos.
func (w *xmlWriter) inner(v eval.Value, pos eval.Pos) {
	if w.opts.Lazy {
		var ok bool
		if v, ok = v.Evaluated(); !ok {
			w.out.Empty("unevaluated")
			return
		}
	}
	w.value(v, pos)
}

// wanted returns an attribute that was defined at pos, evaluated; false if that is
// not to be done.
func (w *xmlWriter) wanted(v eval.Value, pos eval.Pos) (eval.Value, bool) {
	if w.opts.Lazy {
		return v.Evaluated()
	}
	return w.s.ForceFor(v, pos), true
}

// place returns the attributes that say where something is written. Text that is
// in no file has no path.
func (w *xmlWriter) place(pos eval.Pos) (place, file []string) {
	if !w.opts.Places || pos == 0 {
		return nil, nil
	}
	at := w.s.Evaluator().Position(pos)
	if name := strings.TrimPrefix(eval.PlainPath(at.Name), "«nix-internal»"); strings.HasPrefix(name, "/") {
		file = []string{"path", name}
	}
	return []string{"column", strconv.Itoa(at.Column), "line", strconv.Itoa(at.Line)}, file
}

// set writes a set. A derivation is written in full only once.
func (w *xmlWriter) set(v eval.Value) {
	if !w.s.IsDerivation(v) {
		w.out.Element("attrs", nil, func() { w.attrs(v.Attrs()) })
		return
	}
	var drvPath string
	var attrs []string
	for _, name := range []string{"drvPath", "outPath"} {
		a, ok := v.Attrs().GetName(name)
		if !ok {
			continue
		}
		if a, ok = w.wanted(a, v.Attrs().Pos(eval.Intern(name))); ok && a.Kind() == eval.KindString {
			attrs = append(attrs, name, a.AsString())
			if name == "drvPath" {
				drvPath = a.AsString()
			}
		}
	}
	w.out.Element("derivation", attrs, func() {
		if drvPath == "" || w.seen[drvPath] {
			w.out.Empty("repeated")
			return
		}
		w.seen[drvPath] = true
		w.attrs(v.Attrs())
	})
}

func (w *xmlWriter) attrs(attrs eval.Attrs) {
	for a := range attrs.All() {
		place, file := w.place(a.Pos)
		w.out.Element("attr", slices.Concat(place, []string{"name", eval.SymName(a.Name)}, file), func() { w.inner(a.Value, a.Pos) })
	}
}

// function writes the formals of a function.
func (w *xmlWriter) function(v eval.Value) {
	text := w.s.Evaluator().LambdaText(v)
	formals, ok := w.s.FunctionArgs(v)
	place, file := w.place(text.At)
	w.out.Element("function", slices.Concat(place, file), func() {
		if !ok {
			w.out.Empty("varpat", "name", eval.SymName(text.Arg))
			return
		}
		var attrs []string
		if text.Ellipsis {
			attrs = append(attrs, "ellipsis", "1")
		}
		if text.Arg != 0 {
			attrs = append(attrs, "name", eval.SymName(text.Arg))
		}
		w.out.Element("attrspat", attrs, func() {
			names := make([]string, len(formals))
			for i, f := range formals {
				names[i] = eval.SymName(f.Name)
			}
			slices.Sort(names)
			for _, name := range names {
				w.out.Empty("attr", "name", name)
			}
		})
	})
}
