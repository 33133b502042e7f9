package engine

import (
	"context"

	"nixbench/engine/builtins/serial"
	"nixbench/engine/eval"
)

// JSON returns v with all that is in it as JSON, on one line. If copyPaths is
// set, paths are copied to the store, as builtins.toJSON does.
func JSON(ctx context.Context, ev *eval.Evaluator, v eval.Value, copyPaths bool) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) {
		text, _ := serial.JSON(s, v, copyPaths)
		out = string(text)
	})
	return out, err
}

// XML returns v with all that is in it as XML, as builtins.toXML does.
func XML(ctx context.Context, ev *eval.Evaluator, v eval.Value) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) { out, _ = serial.XML(s, v) })
	return out, err
}

// Text returns a string, or what can be coerced to one, as it is. Paths are
// copied to the store.
func Text(ctx context.Context, ev *eval.Evaluator, v eval.Value) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) {
		out, _ = s.CoerceToString(v, "while generating the eval command output", eval.CoerceOpts{CopyToStore: true})
	})
	return out, err
}
