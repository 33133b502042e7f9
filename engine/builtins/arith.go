package builtins

import (
	"math"
	"math/bits"

	"nixbench/engine/eval"
)

// arithmetic are the builtins on numbers.
func arithmetic() []eval.Builtin {
	return []eval.Builtin{
		def2("add", 3, "e1 e2", add),
		def2("sub", 3, "e1 e2", sub),
		def2("mul", 3, "e1 e2", mul),
		def2("div", 3, "e1 e2", div),
		def2("bitAnd", eval.Told, "e1 e2", bitAnd),
		def2("bitOr", eval.Told, "e1 e2", bitOr),
		def2("bitXor", eval.Told, "e1 e2", bitXor),
		def2("lessThan", 3, "e1 e2", lessThan),
		def1("ceil", eval.Told, "number", ceil),
		def1("floor", eval.Told, "number", floor),
	}
}

func isFloat(a, b eval.Value) bool {
	return a.Kind() == eval.KindFloat || b.Kind() == eval.KindFloat
}

func add(s *eval.State, a, b eval.Value) eval.Value {
	const first, second = "while evaluating the first argument of the addition", "while evaluating the second argument of the addition"
	if isFloat(s.Force(a), s.Force(b)) {
		return eval.MakeFloat(s.ForceFloat(a, first) + s.ForceFloat(b, second))
	}
	x, y := s.ForceInt(a, first), s.ForceInt(b, second)
	r := x + y
	if (r > x) != (y > 0) && y != 0 {
		s.Fail(eval.ErrorOther, "integer overflow in adding %d + %d", x, y)
	}
	return eval.MakeInt(r)
}

func sub(s *eval.State, a, b eval.Value) eval.Value {
	const first, second = "while evaluating the first argument of the subtraction", "while evaluating the second argument of the subtraction"
	if isFloat(s.Force(a), s.Force(b)) {
		return eval.MakeFloat(s.ForceFloat(a, first) - s.ForceFloat(b, second))
	}
	x, y := s.ForceInt(a, first), s.ForceInt(b, second)
	r := x - y
	if (r < x) != (y > 0) && y != 0 {
		s.Fail(eval.ErrorOther, "integer overflow in subtracting %d - %d", x, y)
	}
	return eval.MakeInt(r)
}

func mul(s *eval.State, a, b eval.Value) eval.Value {
	const first, second = "while evaluating the first argument of the multiplication", "while evaluating the second argument of the multiplication"
	if isFloat(s.Force(a), s.Force(b)) {
		const first = "while evaluating the first of the multiplication" // as Nix says it of floats
		return eval.MakeFloat(s.ForceFloat(a, first) * s.ForceFloat(b, second))
	}
	x, y := s.ForceInt(a, first), s.ForceInt(b, second)
	r, ok := mulInt(x, y)
	if !ok {
		s.Fail(eval.ErrorOther, "integer overflow in multiplying %d * %d", x, y)
	}
	return eval.MakeInt(r)
}

// mulInt multiplies, and reports whether the product fits.
func mulInt(x, y int64) (r int64, ok bool) {
	negative := (x < 0) != (y < 0)
	hi, lo := bits.Mul64(abs(x), abs(y))
	if negative {
		return -int64(lo), hi == 0 && lo <= 1<<63
	}
	return int64(lo), hi == 0 && lo < 1<<63
}

func abs(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func div(s *eval.State, a, b eval.Value) eval.Value {
	const first, second = "while evaluating the first operand of the division", "while evaluating the second operand of the division"
	s.Force(a)
	s.Force(b)
	divisor := s.ForceFloat(b, second)
	if divisor == 0 {
		s.Fail(eval.ErrorOther, "division by zero")
	}
	if isFloat(a, b) {
		return eval.MakeFloat(s.ForceFloat(a, first) / divisor)
	}
	x, y := s.ForceInt(a, first), s.ForceInt(b, second)
	if x == math.MinInt64 && y == -1 {
		s.Fail(eval.ErrorOther, "integer overflow in dividing %d / %d", x, y)
	}
	return eval.MakeInt(x / y)
}

func bitAnd(s *eval.State, a, b eval.Value) eval.Value {
	x, y := bitOperands(s, a, b, "bitAnd")
	return eval.MakeInt(x & y)
}

func bitOr(s *eval.State, a, b eval.Value) eval.Value {
	x, y := bitOperands(s, a, b, "bitOr")
	return eval.MakeInt(x | y)
}

func bitXor(s *eval.State, a, b eval.Value) eval.Value {
	x, y := bitOperands(s, a, b, "bitXor")
	return eval.MakeInt(x ^ y)
}

func bitOperands(s *eval.State, a, b eval.Value, name string) (x, y int64) {
	return s.ForceInt(a, "while evaluating the first argument passed to builtins."+name),
		s.ForceInt(b, "while evaluating the second argument passed to builtins."+name)
}

func lessThan(s *eval.State, a, b eval.Value) eval.Value {
	return eval.MakeBool(s.Less(a, b, ""))
}

func ceil(s *eval.State, v eval.Value) eval.Value  { return round(s, v, "ceil", math.Ceil) }
func floor(s *eval.State, v eval.Value) eval.Value { return round(s, v, "floor", math.Floor) }

// oldRounding begins the messages on integers that older versions got wrong.
const oldRounding = "Due to a bug (see https://github.com/NixOS/nix/issues/12899) "

// round makes an integer of a number. An integer that a float cannot hold is
// refused, since versions of Nix disagree about it.
func round(s *eval.State, v eval.Value, name string, f func(float64) float64) eval.Value {
	x := s.ForceFloat(v, "while evaluating the first argument passed to builtins."+name)
	v = s.Force(v)
	r := f(x)
	inRange := r >= math.MinInt64 && r < -math.MinInt64
	switch {
	case v.Kind() != eval.KindInt && !inRange:
		s.Fail(eval.ErrorOther, "NixFloat argument %s is not in the range of NixInt", s.ShowForError(v))
	case v.Kind() != eval.KindInt:
		return eval.MakeInt(int64(r))
	case !inRange:
		s.Fail(eval.ErrorOther, oldRounding+"the NixInt argument %d caused undefined behavior in previous Nix versions.\n\tFuture Nix versions might implement the correct behavior.", v.AsInt())
	case int64(r) != v.AsInt():
		s.Fail(eval.ErrorOther, oldRounding+"a loss of precision occurred in previous Nix versions because the NixInt argument %d was rounded to %d.\n\tFuture Nix versions might implement the correct behavior.", v.AsInt(), int64(r))
	}
	return v
}
