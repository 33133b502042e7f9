package builtins

import "nixbench/engine/eval"

// Names of attributes that builtins take or give, and of which Nix makes symbols before
// it reads anything. Of others it does when a builtin is called; the order of symbols
// says which of several attributes fails first, so they are interned there.
var (
	symKey      = eval.Intern("key")
	symName     = eval.Intern("name")
	symOperator = eval.Intern("operator")
	symOutputs  = eval.Intern("outputs")
	symPath     = eval.Intern("path")
	symPrefix   = eval.Intern("prefix")
	symRight    = eval.Intern("right")
	symStartSet = eval.Intern("startSet")
	symRefType  = eval.Intern("type")
	symValue    = eval.Intern("value")
	symWrong    = eval.Intern("wrong")
)
