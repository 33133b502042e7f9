package builtins

import "nixbench/engine/eval"

// Names of attributes that builtins take or give.
var (
	symAllOutputs   = eval.Intern("allOutputs")
	symHash         = eval.Intern("hash")
	symHashAlgo     = eval.Intern("hashAlgo")
	symKey          = eval.Intern("key")
	symName         = eval.Intern("name")
	symOperator     = eval.Intern("operator")
	symOutputs      = eval.Intern("outputs")
	symPath         = eval.Intern("path")
	symPrefix       = eval.Intern("prefix")
	symRight        = eval.Intern("right")
	symStartSet     = eval.Intern("startSet")
	symSuccess      = eval.Intern("success")
	symToHashFormat = eval.Intern("toHashFormat")
	symRefType      = eval.Intern("type")
	symType         = eval.Intern("_type")
	symValue        = eval.Intern("value")
	symVersion      = eval.Intern("version")
	symWrong        = eval.Intern("wrong")
)
