package exprtest

import "strings"

// globalBuiltins are those that have their name without "builtins." too.
var globalBuiltins = set("abort baseNameOf derivation derivationStrict dirOf import isNull map placeholder removeAttrs scopedImport throw toString")

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// arity of the builtins that implausible calls. Those are left out whose answer
// depends on the machine or the time, and those that write messages.
var arity = map[int][]string{
	1: strings.Fields("abort addDrvOutputDependencies attrNames attrValues baseNameOf ceil concatLists convertHash derivation derivationStrict dirOf " +
		"fromJSON fromTOML functionArgs floor genericClosure getContext getEnv hasContext head import isAttrs isBool isFloat isFunction isInt isList isNull isPath isString length " +
		"listToAttrs parseDrvName path pathExists placeholder readDir readFile readFileType splitVersion storePath stringLength tail throw toJSON toPath toString toXML tryEval typeOf " +
		"unsafeDiscardOutputDependency unsafeDiscardStringContext flakeRefToString parseFlakeRef"),
	2: strings.Fields("add addErrorContext all any appendContext bitAnd bitOr bitXor catAttrs compareVersions concatMap concatStringsSep deepSeq div elem elemAt " +
		"filter filterSource findFile genList getAttr groupBy hasAttr hashFile hashString intersectAttrs lessThan map mapAttrs match mul partition removeAttrs " +
		"scopedImport seq sort split sub toFile unsafeGetAttrPos zipAttrsWith outputOf"),
	3: strings.Fields("foldl' replaceStrings substring"),
}

// implausible calls a builtin with arguments of any type.
func (g *Generator) implausible() piece {
	n := 1 + g.r.IntN(3)
	name := g.pick(arity[n]...)
	if g.chance(3) {
		n--
	}
	var args []typ
	for range n {
		args = append(args, g.typ(2))
	}
	if name == "genList" {
		return piece{g.builtinName(name) + " " + g.arg(args[0]) + " " + g.pick("2", "(-1)", `"a"`, "1.0", "9223372036854775807", "null"), precCall}
	}
	return g.builtin(name, args...)
}
