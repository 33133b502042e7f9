package eval

import "nixbench/engine/syntax"

// Peel calls f with what a set stands for by its __toString or outPath, or that
// of what it leads to; with v itself if it is no such set. All that it peels off
// is a step of the trace. For f, it says whether a __toString was called; if
// wantString is set, that must have led to a string or path. pos is for whom v
// is wanted. Behaviour: peelToStringOutPath in Nix's eval-inline.hh.
func (s *State) Peel(v Value, pos Pos, wantString bool, f func(v Value, called bool)) {
	mark, levels, called := len(s.stack), 0, false
	for {
		if v = s.ForceFor(v, pos); !v.is(rawAttrs) {
			if wantString && called && !v.isString() && !v.is(rawPath) {
				s.Raise(ErrorType, syntax.Hintf("`__toString` should return a string, but got %s: %s", ShowType(v), s.showForError(v)), At(pos))
			}
			break
		}
		what, via := "the result of the `__toString` attribute", get(v, symToString)
		if via != nil {
			at := Attrs{v}.Pos(symToString)
			s.push(textFrame(at, "while calling the `__toString` attribute"))
			v = s.callAt(*via, v, at)
			s.pop()
			called, pos = true, at
		} else if via = get(v, symOutPath); via != nil {
			what = "the `outPath` attribute"
			pos = Attrs{v}.Pos(symOutPath)
			s.push(textFrame(pos, syntax.Hint("while evaluating "+what)))
			v = s.ForceFor(*via, pos)
			s.pop()
		} else {
			if wantString && called {
				s.Raise(ErrorType, syntax.Hintf("`__toString` must return a string, but got %s: %s", ShowType(v), s.showForError(v)), At(pos))
			}
			break
		}
		s.push(textFrame(pos, syntax.Hint("while using "+what)))
		s.EnterAt(pos)
		levels++
	}
	f(v, called)
	for ; levels > 0; levels-- {
		s.Leave()
	}
	s.stack = s.stack[:mark]
}

// ForceFor forces v for an expression at pos.
func (s *State) ForceFor(v Value, pos Pos) Value {
	if v = v.peek(); v.lazy() {
		return s.forceFrom(v.cell(), pos)
	}
	return v
}

// PlaceOf returns where a set or function was written, as far as it is known,
// else or. A call that is not evaluated yet is where the function was written.
// Behaviour: determinePos in Nix's eval.cc.
func (s *State) PlaceOf(v Value, or Pos) Pos {
	v = v.peek()
	switch v.raw() {
	case rawAttrs:
		if v.layered() {
			return 0
		}
		return v.shape().at
	case rawLambda, rawClosure:
		pos, _ := s.ev.FunctionPos(v)
		return pos
	case rawRef:
		return s.placeOfCell(v.cell(), or)
	}
	return or
}

// placeOfCell waits for a cell that another goroutine is evaluating: if that
// fails, the cell is again what it was.
func (s *State) placeOfCell(c *Value, or Pos) Pos {
	for {
		switch n := c.loadN(); uint8(n) {
		case rawApp, rawMapElem, rawGenElem, rawMapAttr:
			if n == rawApp {
				return or // it has no arguments
			}
			// Another goroutine may claim the cell and publish its result.
			if p := c.env(); c.loadN() == n {
				pos := s.PlaceOf(*p, or)
				if p.is(rawRef) {
					s.doubtPlace(pos)
				}
				return pos
			}
		case rawBusy, rawBusyWaited:
			if n>>8 == s.id {
				return or
			}
			s.wait(c)
		default:
			if int8(n) >= 0 {
				return s.PlaceOf(c.load(), or)
			}
			return or
		}
	}
}
