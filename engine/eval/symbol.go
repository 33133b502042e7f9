package eval

import (
	"strings"

	"nixbench/engine/syntax"
)

// A Sym is an interned name; equal names have equal symbols. All evaluators of
// the process share one table, since symbols are in the constants of builtins
// and in shapes. The table grows with the source that is read and the names
// that programs compute.
type Sym = syntax.Sym

// A Pos is a place in a source text; see [Evaluator.Position].
type Pos = syntax.Pos

var symbols = syntax.NewSymbols(strings.Fields(firstNames)...)

// Intern returns the symbol of a name. It is safe for concurrent use.
func Intern(name string) Sym { return symbols.Intern(name) }

// LookupSym returns the symbol of a name, and whether there is one. If there
// is none, no set has an attribute of that name.
func LookupSym(name string) (Sym, bool) {
	s := symbols.Lookup(name)
	return s, s != 0
}

// SymName returns the name that a symbol stands for.
func SymName(s Sym) string {
	if s == 0 {
		return ""
	}
	return symbols.Name(s)
}

// ShowSym returns a name as error messages show it: quoted, unless it is an
// identifier.
func ShowSym(s Sym) string { return QuoteName(SymName(s)) }

// Symbols returns the table of symbols, for those who parse.
func Symbols() *syntax.Symbols { return symbols }

// Symbols that the evaluator itself looks up.
var (
	symType     = Intern("type")
	symOutPath  = Intern("outPath")
	symDrvPath  = Intern("drvPath")
	symToString = Intern("__toString")
	symFunctor  = Intern("__functor")
	symFile     = Intern("file")
	symLine     = Intern("line")
	symColumn   = Intern("column")
	symBuiltins = Intern("builtins")
)
