package repl

import (
	"context"
	"errors"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
)

// carryOut does what an input says. A nil Result is one with nothing to say.
func (s *sitting) carryOut(ctx context.Context, input string) (*Result, error) {
	trimmed := strings.TrimSpace(input)
	switch {
	case trimmed == "":
		return nil, nil
	case strings.HasPrefix(trimmed, ":"):
		return s.runCommand(ctx, trimmed)
	}
	in, err := syntax.ParseReplInput("«string»", input, s.ev.ParseOptions(s.opts.Dir))
	if err != nil {
		return nil, err
	}
	if in.Bindings != nil {
		return s.bind(ctx, in)
	}
	v, err := s.ev.EvalExpr(ctx, in.Expr, in.File, s.visible())
	if err != nil {
		return nil, err
	}
	res, err := s.result(ctx, v)
	if res != nil {
		res.OfScope = len(input) > maxClosed || !s.ev.IsClosed(input, s.opts.Dir)
	}
	return res, err
}

// maxClosed is the length, in bytes, of the longest input that is parsed again to find out
// whether it uses the scope.
const maxClosed = 16 << 10

// bind adds the names of bindings to the scope. The values stay unevaluated.
func (s *sitting) bind(ctx context.Context, in *syntax.ReplInput) (*Result, error) {
	set, err := s.ev.EvalExpr(ctx, in.Bindings, in.File, s.visible())
	if err != nil {
		return nil, err
	}
	var names, shown []string
	for _, child := range s.ev.Children(set, 0, set.Attrs().Len()) {
		s.bindName(child.Name, child.Value)
		names = append(names, child.Name)
		shown = append(shown, text.SanitiseName(child.Name))
	}
	s.inputs = append(s.inputs, boundInput{in.File.Source(), names})
	return textResult("bound " + strings.Join(shown, ", ")), nil
}

func (s *sitting) bindName(name string, v eval.Value) {
	s.define(name, v)
	s.bound = slices.DeleteFunc(s.bound, func(b binding) bool { return b.name == name })
	s.bound = append(s.bound, binding{name, v})
}

// result makes v the result of the current input: it becomes _ and _N.
func (s *sitting) result(ctx context.Context, v eval.Value) (*Result, error) {
	name := s.number()
	s.results = append(s.results, binding{name, v})
	s.define("_", v)
	s.define(name, v)
	node, err := s.expand(ctx, &handled{value: v, attrPath: name})
	if err != nil {
		return nil, err
	}
	return &Result{Kind: ResultValue, Node: node}, nil
}

// textResult is a result of lines.
func textResult(lines ...string) *Result { return &Result{Kind: ResultText, Lines: lines} }

var errNoExpression = errors.New("this command needs an expression")

// evalText evaluates an expression in the scope.
func (s *sitting) evalText(ctx context.Context, expr string) (eval.Value, error) {
	if strings.TrimSpace(expr) == "" {
		return eval.Value{}, errNoExpression
	}
	e, f, err := syntax.ParseExpr("«string»", expr, s.ev.ParseOptions(s.opts.Dir))
	if err != nil {
		return eval.Value{}, err
	}
	return s.ev.EvalExpr(ctx, e, f, s.visible())
}

// Incomplete tells whether input is the beginning of something longer.
func (s *Session) Incomplete(input string) bool {
	if strings.HasPrefix(strings.TrimSpace(input), ":") {
		return false
	}
	// Parsing enters positions and symbols into tables; this text gets its own.
	_, err := syntax.ParseReplInput("«string»", input, &syntax.Options{BasePath: s.opts.Dir})
	var syntaxErr *syntax.Error
	return errors.As(err, &syntaxErr) && syntaxErr.Incomplete && strings.TrimSpace(input) != ""
}
