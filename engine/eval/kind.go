package eval

// String returns the kind as builtins.typeOf names it, but for thunks.
func (k Kind) String() string {
	switch k {
	case KindNone:
		return "nothing"
	case KindThunk:
		return "thunk"
	case KindNull:
		return "null"
	case KindBool:
		return "bool"
	case KindInt:
		return "int"
	case KindFloat:
		return "float"
	case KindString:
		return "string"
	case KindPath:
		return "path"
	case KindList:
		return "list"
	case KindAttrs:
		return "set"
	default:
		return "lambda"
	}
}

// ShowType returns the kind of a value as error messages name it: "a set".
// Behaviour: Nix 2.34, showType in eval.cc.
func ShowType(v Value) string {
	v = v.peek()
	switch v.raw() {
	case rawNull:
		return "null"
	case rawBool:
		return "a Boolean"
	case rawInt, rawBigInt:
		return "an integer"
	case rawFloat:
		return "a float"
	case rawString:
		return "a string"
	case rawContextString:
		return "a string with context"
	case rawPath:
		return "a path"
	case rawList:
		return "a list"
	case rawAttrs:
		return "a set"
	case rawLambda, rawClosure:
		return "a function"
	case rawBuiltin:
		return "the built-in function '" + v.Builtin().Name + "'"
	case rawPartial:
		return "the partially applied built-in function '" + v.Builtin().Name + "'"
	case rawBusy, rawBusyWaited:
		return "a black hole"
	case rawRef:
		return showCellType(v.cell())
	}
	return "a thunk"
}

// showCellType is ShowType of a cell that is not evaluated.
func showCellType(c *Value) string {
	switch uint8(c.loadN()) {
	case rawApp, rawMapElem, rawGenElem, rawMapAttr:
		return "a function application"
	}
	return "a thunk"
}

// isFunction reports whether values of the kind are functions, of whatever sort.
func (k Kind) isFunction() bool { return k == KindLambda || k == KindBuiltin || k == KindPartial }
