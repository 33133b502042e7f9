package engine

import (
	"cmp"
	"context"
	"io"
	"strings"

	"nixbench/engine/builtins/serial"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/engine/xmlout"
	"nixbench/store/nixjson"
)

// JSONOptions say how [JSON] writes. The zero value is for nix eval.
type JSONOptions struct {
	At        eval.Pos // of what holds the value, for traces
	Lazy      bool     // leaves what is in the value unevaluated, and fails there
	CopyPaths bool     // to the store, as builtins.toJSON does
}

// JSON returns v with all that is in it as JSON, on one line. If a string is not
// UTF-8, it returns what Nix writes before that, and an error.
func JSON(ctx context.Context, ev *eval.Evaluator, v eval.Value, opts JSONOptions) (out string, err error) {
	err = ev.Do(ctx, func(s *eval.State) {
		var text []byte
		var bad error
		if opts.Lazy {
			text, bad = serial.AppendLazyJSON(s, nil, v, opts.At)
		} else {
			text, _, bad = serial.AppendJSON(s, nil, v, opts.At, opts.CopyPaths)
		}
		out = string(text)
		switch {
		case bad != nil && opts.CopyPaths:
			s.Fail(eval.ErrorOther, "JSON serialization error: %v", bad)
		case bad != nil:
			s.Raise(eval.ErrorOther, syntax.Hintf("%v", bad), eval.Untraced())
		}
	})
	return out, err
}

// XMLOptions say how [XML] writes. The zero value is for builtins.toXML.
type XMLOptions = serial.XMLOptions

// WriteXML writes v with all that is in it as XML; with an error what comes before it,
// and the ends of the elements that it is in. A long text is written as it is made.
func WriteXML(ctx context.Context, ev *eval.Evaluator, out io.Writer, v eval.Value, opts XMLOptions) error {
	var x xmlout.Writer
	var writing error
	err := ev.Do(ctx, func(s *eval.State) {
		x.Spill = func(text []byte) {
			s.Commit()
			if _, err := out.Write(text); err != nil && writing == nil {
				writing = err
			}
		}
		serial.WriteXML(s, &x, v, opts)
	})
	if ev.BeginsAgain(err) {
		return err // before there is more than is kept for that
	}
	if _, failed := io.WriteString(out, x.String()); failed != nil && writing == nil {
		writing = failed
	}
	return cmp.Or(err, writing)
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
