package builtins

import (
	"strings"

	"nixbench/engine/builtins/nixtoml"
	"nixbench/engine/builtins/serial"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store/nixjson"
)

// conversions are the builtins that read and write other formats.
func conversions() []eval.Builtin {
	return []eval.Builtin{
		def1("toJSON", 0, "e", toJSON),
		def1("fromJSON", eval.Told, "e", fromJSON),
		global(says(fromTOMLArg, def1("fromTOML", eval.Told, "e", fromTOML))),
		def1("toXML", 0, "e", toXML),
	}
}

const fromTOMLArg = "while evaluating the argument passed to builtins.fromTOML"

func toJSON(s *eval.State, v eval.Value) eval.Value {
	text, ctx := serial.JSON(s, v, true)
	return eval.MakeContextString(text, ctx)
}

func toXML(s *eval.State, v eval.Value) eval.Value {
	return eval.MakeContextString(serial.XML(s, v, serial.XMLOptions{}))
}

func fromJSON(s *eval.State, v eval.Value) eval.Value {
	text := s.ForceStringNoCtx(v, "while evaluating the first argument passed to builtins.fromJSON")
	makeRoomToRead(s, text)
	b := jsonBuilder{s: s}
	err := nixjson.Parse(text, &b)
	if e, ok := err.(*nixjson.ParseError); ok && e.TooLarge != "" {
		before, after, _ := strings.Cut(e.Msg, e.TooLarge)
		s.Fail(eval.ErrorOther, before+"%s"+after, e.TooLarge)
	}
	if err != nil {
		s.Raise(eval.ErrorOther, syntax.Hintf("%s", err), eval.While(0, "while decoding a JSON string"), eval.Foreign())
	}
	return b.result
}

// largeText is how many bytes are read as JSON or TOML without asking for room.
const largeText = 16 << 20

// tomlValueSize is about how many bytes it takes to keep a value of TOML until all is read.
const tomlValueSize = 256

// makeRoomToRead asks for the room that reading a large text may take: for a string in it
// that is as long, and for the buffers that it has outgrown.
func makeRoomToRead(s *eval.State, text string) {
	if len(text) >= largeText {
		s.MakeRoom(4 * len(text))
	}
}

// noNull raises an error if text, which no string of the language may hold
// then, has a null byte.
func noNull(s *eval.State, text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		s.Fail(eval.ErrorOther, "input string '%s' cannot be represented as Nix string because it contains null bytes",
			strings.ReplaceAll(text, "\x00", "␀"))
	}
	return text
}

// A jsonBuilder makes a value of what the JSON parser reads.
type jsonBuilder struct {
	s      *eval.State
	open   []jsonFrame
	result eval.Value
}

// A jsonFrame is a list or an object whose end has not been read.
type jsonFrame struct {
	elems []eval.Value       // of a list
	attrs *eval.AttrsBuilder // of an object; nil for a list
	key   eval.Sym
}

func (b *jsonBuilder) add(v eval.Value) {
	if len(b.open) == 0 {
		b.result = v
		return
	}
	f := &b.open[len(b.open)-1]
	if f.attrs != nil {
		f.attrs.Set(f.key, v)
	} else {
		f.elems = append(f.elems, v)
	}
}

func (b *jsonBuilder) Null()              { b.add(eval.Null) }
func (b *jsonBuilder) Bool(v bool)        { b.add(eval.MakeBool(v)) }
func (b *jsonBuilder) Int(i int64)        { b.add(eval.MakeInt(i)) }
func (b *jsonBuilder) Float(f float64)    { b.add(eval.MakeFloat(f)) }
func (b *jsonBuilder) String(text string) { b.add(eval.MakeString(noNull(b.s, text))) }
func (b *jsonBuilder) BeginList()         { b.open = append(b.open, jsonFrame{}) }
func (b *jsonBuilder) BeginObject()       { b.open = append(b.open, jsonFrame{attrs: b.s.NewAttrs(4)}) }

func (b *jsonBuilder) Key(text string) {
	b.open[len(b.open)-1].key = eval.Intern(noNull(b.s, text))
}

func (b *jsonBuilder) End() {
	f := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	if f.attrs != nil {
		b.add(f.attrs.Value())
	} else {
		b.add(b.s.ListOf(f.elems...))
	}
}

func fromTOML(s *eval.State, v eval.Value) eval.Value {
	text := s.ForceStringNoCtx(v, fromTOMLArg)
	makeRoomToRead(s, text)
	doc, err := nixtoml.Parse(text, func() {
		s.Poll()
		s.MakeRoom(tomlValueSize)
	})
	if err != nil {
		s.Raise(eval.ErrorOther, syntax.Hintf("while parsing TOML: %s", err), eval.Whole())
	}
	var result eval.Value
	if e := s.Try(func() { result = tomlValue(s, doc) }, func(e *eval.Error) bool {
		return e.Kind == eval.ErrorOther && e.Msg != noTimestamps
	}); e != nil {
		s.Fail(eval.ErrorOther, "while parsing TOML: error: %s", e.Msg)
	}
	return result
}

// tomlValue returns what a TOML value is in the language.
func tomlValue(s *eval.State, v any) eval.Value {
	switch v := v.(type) {
	case nixtoml.Table:
		b := s.NewAttrs(len(v))
		for key, x := range v {
			b.SetName(noNull(s, key), tomlValue(s, x))
		}
		return b.Value()
	case []any:
		list, elems := s.NewList(len(v))
		for i, x := range v {
			elems[i] = tomlValue(s, x)
		}
		return list
	case string:
		return eval.MakeString(noNull(s, v))
	case int64:
		return eval.MakeInt(v)
	case float64:
		return eval.MakeFloat(v)
	case bool:
		return eval.MakeBool(v)
	case nixtoml.Timestamp:
		return tomlTimestamp(s, v)
	}
	panic("builtins: unreachable: TOML value of an unknown type")
}

const noTimestamps = "while parsing TOML: Dates and times are not supported"

// tomlTimestamp returns a date or time, if the feature for it is on.
func tomlTimestamp(s *eval.State, t nixtoml.Timestamp) eval.Value {
	if !s.Evaluator().Options().Features["parse-toml-timestamps"] {
		s.Fail(eval.ErrorOther, noTimestamps)
	}
	b := s.NewAttrs(2)
	b.SetName("_type", eval.MakeString("timestamp"))
	b.Set(symValue, eval.MakeString(string(t)))
	return b.Value()
}
