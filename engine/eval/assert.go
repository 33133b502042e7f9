package eval

import "nixbench/engine/syntax"

// assertEqual compares the operands of an assertion that failed, and raises the
// error that says where they differ. It returns if it finds no difference. pos is
// that of the comparison.
// Behaviour: assertEqValues in Nix's eval.cc.
func (s *State) assertEqual(a, b Value, pos Pos) {
	s.EnterAt(pos)
	slotA, slotB := a, b
	a, b = s.ForceFor(a, pos), s.ForceFor(b, pos)
	ka, kb := kindOf[a.raw()], kindOf[b.raw()]
	number := func(k Kind) bool { return k == KindInt || k == KindFloat }
	switch {
	case number(ka) && number(kb):
		if !s.equalAt(a, b, pos) {
			s.differ("%s with value '%s' is not equal to %s with value '%s'",
				ShowType(a), s.showForError(a), ShowType(b), s.showForError(b))
		}
	case kindClass(ka) != kindClass(kb):
		s.differ("%s of value '%s' is not equal to %s of value '%s'",
			ShowType(a), s.showArgument(slotA), ShowType(b), s.showArgument(slotB))
	case kindClass(ka) == KindLambda:
		s.differ("distinct functions and immediate comparisons of identical functions compare as unequal")
	case ka == KindList:
		s.assertEqualLists(slotA, slotB, pos)
	case ka == KindAttrs:
		s.assertEqualSets(a, b, pos)
	case !s.equalAt(a, b, pos):
		word := map[Kind]string{KindBool: "boolean", KindString: "string", KindPath: "path"}[ka]
		s.differ(word+" '%s' is not equal to "+word+" '%s'", s.showForError(a), s.showForError(b))
	}
	s.Leave()
}

// kindClass makes one of the kinds of functions.
func kindClass(k Kind) Kind {
	if k == KindBuiltin || k == KindPartial {
		return KindLambda
	}
	return k
}

func (s *State) differ(format string, args ...any) { s.Fail(ErrorAssert, format, args...) }

// assertEqualLists is assertEqual for slots that hold lists.
func (s *State) assertEqualLists(a, b Value, pos Pos) {
	x, y := a.peek().list(), b.peek().list()
	if len(x) != len(y) {
		s.differ("list of size '%d' is not equal to list of size '%d', left hand side is '%s', right hand side is '%s'",
			len(x), len(y), s.showArgument(a), s.showArgument(b))
	}
	for i := range x {
		if x[i] == y[i] || sameOnceRead(x[i], y[i]) {
			continue
		}
		s.push(textFrame(pos, syntax.Hintf("while comparing list element %d", i)))
		s.assertEqual(x[i], y[i], pos)
		s.pop()
	}
}

func (s *State) assertEqualSets(a, b Value, pos Pos) {
	if s.IsDerivation(a) && s.IsDerivation(b) {
		x, y := get(a, symOutPath), get(b, symOutPath)
		if x != nil && y != nil {
			s.push(textFrame(pos, "while comparing a derivation by its 'outPath' attribute"))
			s.assertEqual(*x, *y, pos)
			s.pop()
			return
		}
	}
	a, b = flat(a), flat(b)
	sa, sb := a.shape(), b.shape()
	unsure := s.goesInOrder(sa)
	if len(sa.syms) != len(sb.syms) {
		s.differ("attribute names of attribute set '%s' differs from attribute set '%s'",
			s.showForError(a), s.showForError(b))
	}
	for i, name := range sa.syms {
		if name != sb.syms[i] {
			s.namesDiffer(a, b, i)
		}
		x, y := *a.attrAt(i), *b.attrAt(i)
		if x == y || sameOnceRead(x, y) {
			continue
		}
		s.push(textFrame(pos, syntax.Hintf("while comparing attribute '%s'", ShowSym(name))))
		mark := len(s.stack)
		if p := sa.posAt(i); p != 0 {
			s.push(textFrame(p, "where left hand side is"))
		}
		if p := sb.posAt(i); p != 0 {
			s.push(textFrame(p, "where right hand side is"))
		}
		s.assertEqual(x, y, pos)
		s.stack = s.stack[:mark]
		s.pop()
	}
	s.wentInOrder(unsure, true)
}

func (s *State) namesDiffer(a, b Value, i int) {
	x, y := a.shape().syms[i], b.shape().syms[i]
	if get(b, x) == nil {
		s.differ("attribute name '%s' is contained in '%s', but not in '%s'",
			ShowSym(x), s.showForError(a), s.showForError(b))
	}
	s.differ("attribute name '%s' is missing in '%s', but is contained in '%s'",
		ShowSym(y), s.showForError(a), s.showForError(b))
}
