package engine

import (
	"errors"

	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/engine/resolve"
	"nixbench/engine/syntax"
)

// Parse returns the syntax tree of a text as nix-instantiate --parse prints it.
// Name says where the text is from; relative paths in it start from dir. What is
// wrong with the text is told by an [*eval.Error]; a variable that nothing binds
// is wrong too.
func Parse(name string, src []byte, dir, home string) (string, error) {
	expr, file, err := syntax.ParseExpr(name, string(src), &syntax.Options{
		Symbols: eval.Symbols(), Positions: syntax.NewPosTable(), BasePath: dir, Home: home,
	})
	if err != nil {
		return "", languageError(err)
	}
	out := eval.ShowExpr(expr)
	ev := eval.New(eval.Options{Builtins: builtins.Table(builtins.Options{})})
	_, err = resolve.Expr(expr, file, &resolve.Options{
		Symbols: eval.Symbols(),
		Global: func(sym eval.Sym) bool {
			_, bound := ev.Global(eval.SymName(sym))
			return bound
		},
	})
	return out, languageError(err)
}

// languageError makes the error of a parser one of the language, which is
// printed with the place.
func languageError(err error) error {
	var se *syntax.Error
	if !errors.As(err, &se) {
		return err
	}
	return &eval.Error{Kind: eval.ErrorSyntax, Msg: se.Msg, Pos: se.Pos}
}
