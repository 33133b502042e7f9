package engine

import (
	"context"
	"strings"

	"nixbench/engine/builtins/serial"
	"nixbench/engine/eval"
	"nixbench/store/nixjson"
)

// LazyJSON is [JSON] of a value in which nothing more is evaluated: what is not
// yet fails. Paths are copied to the store.
func LazyJSON(ctx context.Context, ev *eval.Evaluator, v eval.Value) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) { out = string(serial.LazyJSON(s, v, true)) })
	return out, err
}

// JSON returns v with all that is in it as JSON, on one line. If copyPaths is
// set, paths are copied to the store, as builtins.toJSON does.
func JSON(ctx context.Context, ev *eval.Evaluator, v eval.Value, copyPaths bool) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) {
		out, _ = serial.JSON(s, v, copyPaths)
	})
	return out, err
}

// XMLOptions say how [XML] writes. The zero value is for builtins.toXML.
type XMLOptions = serial.XMLOptions

// XML returns v with all that is in it as XML.
func XML(ctx context.Context, ev *eval.Evaluator, v eval.Value, opts XMLOptions) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) { out, _ = serial.XML(s, v, opts) })
	return out, err
}

// Text returns a string, or what can be coerced to one, as it is. Paths are
// copied to the store. While says in errors what it is for.
func Text(ctx context.Context, ev *eval.Evaluator, v eval.Value, while string) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) {
		out, _ = s.CoerceToString(v, while, eval.CoerceOpts{CopyToStore: true})
	})
	return out, err
}

// StateJSON is [JSON] in an evaluation that is under way.
func StateJSON(s *eval.State, v eval.Value) []byte {
	text, _ := serial.JSON(s, v, true)
	return []byte(text)
}

// JSONString returns s as a JSON string. What is not UTF-8 is replaced.
func JSONString(s string) []byte {
	text, err := nixjson.AppendString(nil, s)
	if err != nil {
		text, _ = nixjson.AppendString(nil, strings.ToValidUTF8(s, "\uFFFD"))
	}
	return text
}
