package engine

import (
	"errors"
	"path/filepath"

	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/engine/resolve"
	"nixbench/engine/settings"
	"nixbench/engine/syntax"
)

// A Parser makes syntax trees of texts, and prints them. It is not safe for
// concurrent use.
type Parser struct {
	syntax  syntax.Options
	resolve resolve.Options
	warn    func(msg syntax.Hint)
}

// NewParser returns a Parser that reads what the settings allow; home is the
// directory that ~ stands for. Warn gets what is discouraged, as
// [EvalOptions].Warn does.
func NewParser(set *settings.Settings, home string, warn func(msg syntax.Hint)) *Parser {
	ev := eval.New(eval.Options{
		Builtins: builtins.Table(builtins.Options{}),
		Home:     home, PureEval: set.PureEval, Features: features(set), Lints: lints(set),
	})
	return &Parser{*ev.ParseOptions("/"), resolve.Options{Symbols: eval.Symbols(), Global: ev.IsGlobal}, warn}
}

// Parse appends to buf the syntax tree of a text as nix-instantiate --parse
// prints it. Name says where the text is from; relative paths in it start from
// dir. What is wrong with the text is told by an [*eval.Error]; a variable that
// nothing binds is wrong too.
func (p *Parser) Parse(buf []byte, name string, src []byte, dir string) ([]byte, error) {
	out, opts := buf, p.syntax
	opts.Positions, opts.BasePath = &syntax.PosTable{Hides: belowLink}, dir
	f, err := syntax.WithTree(name, string(src), &opts, func(e syntax.Expr, f *syntax.File) error {
		out = syntax.AppendPrint(buf, e, p.resolve.Symbols)
		_, err := resolve.Expr(e, f, &p.resolve)
		return err
	})
	if f != nil {
		for _, w := range f.Warnings {
			p.warn(eval.FormatWarning(f, w))
		}
	}
	if err != nil {
		return buf, languageError(err)
	}
	return out, nil
}

// belowLink reports whether a file's path leads through a symbolic link.
func belowLink(file string) bool {
	dir := filepath.Dir(file)
	real, err := filepath.EvalSymlinks(dir)
	return err == nil && real != dir
}

// languageError makes the error of a parser one of the language, which is
// printed with the place.
func languageError(err error) error {
	var se *syntax.Error
	if !errors.As(err, &se) {
		return err
	}
	return &eval.Error{Kind: eval.ErrorSyntax, Msg: se.Msg, Coloured: se.Coloured, Pos: se.Pos}
}
