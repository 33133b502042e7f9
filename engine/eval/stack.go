// The force stack of a State says what is being evaluated: thunk cells that it
// has claimed, and steps worth telling the user about. It is what lets the
// evaluator do without a defer per call: whoever recovers from an error gives
// the claimed cells back, and reads the trace from the same entries.

package eval

import "nixbench/engine/syntax"

// Tags of frames that only serve traces.
const (
	tagText    = 1 + iota // p text; n: length<<8 (16 bits), pos<<32
	tagVerbose            // the same, for --show-trace
	tagLambda             // p the frame of a function; n: pos of the call<<32, lambda.tag
	tagBuiltin            // p *Builtin; n: pos of the call<<32
	tagSelect             // p *selection; n: pos of the attribute<<32
	tagContext            // p *Value, a string to be computed (addErrorContext)
	tagMark               // entered by an outer Go function; nothing to tell
	tagEnv                // p the frame of a let or with; n: index of its node<<8
	tagRoot               // p the frame of a text; n: index of its node<<8
	tagPart               // p *StepText; n: symbol<<8 (24 bits), pos<<32
	tagIndex              // p *StepText; n: index<<8 (24 bits), pos<<32
)

func textFrame(pos Pos, hint syntax.Hint) frame {
	text := string(hint)
	if len(text) > 0xffff {
		text = text[:0xffff]
	}
	return frame{pointerToText(text), uint64(pos)<<32 | uint64(len(text))<<8 | tagText}
}

// A StepText is what steps of the trace that are made again and again have to
// say, each of an attribute or an element. It is put together only if there is a
// trace.
type StepText struct {
	Before, After string
	// Show is how the name of the attribute is written; nil for elements.
	Show func(Sym) string
}

// maxPart is the greatest symbol that an entry of the stack can hold.
const maxPart = 1<<24 - 1

func partFrame(t *StepText, name Sym, pos Pos) frame {
	if name > maxPart {
		return textFrame(pos, t.part(name))
	}
	return pointerFrame(t, uint64(pos)<<32|uint64(name)<<8|tagPart)
}

func indexFrame(t *StepText, i int, pos Pos) frame {
	if i > maxPart {
		return textFrame(pos, t.index(i))
	}
	return pointerFrame(t, uint64(pos)<<32|uint64(i)<<8|tagIndex)
}

func (t *StepText) part(name Sym) syntax.Hint { return t.with(t.Show(name)) }

func (t *StepText) index(i int) syntax.Hint { return t.with(itoa(i)) }

func (t *StepText) with(what string) syntax.Hint {
	return syntax.Hint(t.Before + syntax.Magenta.Paint(syntax.Told(what)) + t.After)
}

// WhilePart is While with a text about an attribute.
func (s *State) WhilePart(t *StepText, name Sym, pos Pos, f func()) {
	s.push(partFrame(t, name, pos))
	f()
	s.pop()
}

// WhileElem is While with a text about an element of a list.
func (s *State) WhileElem(t *StepText, i int, pos Pos, f func()) {
	s.push(indexFrame(t, i, pos))
	f()
	s.pop()
}

// The steps of whatever goes through sets and lists.
var (
	whileAttr = &StepText{Before: "while evaluating the attribute '", After: "'", Show: ShowSym}
	whileElem = &StepText{Before: "while evaluating list element at index "}
)

// push enters a step. Every push is followed by a pop, unless it unwinds.
func (s *State) push(f frame) {
	if len(s.stack) == cap(s.stack) {
		s.growStack()
	}
	s.stack = append(s.stack, f)
}

func (s *State) pop() { s.stack = s.stack[:len(s.stack)-1] }

//go:noinline
func (s *State) growStack() {
	bigger := make([]frame, len(s.stack), 2*cap(s.stack)+256)
	copy(bigger, s.stack)
	s.stack = bigger
}

// While runs f as a step of the trace. Use it where f may fail and the step is
// not told by the Force methods.
func (s *State) While(pos Pos, text syntax.Hint, f func()) {
	s.push(textFrame(pos, text))
	f()
	s.pop()
}

// unwind gives back the cells that were claimed since mark, and wakes who waits
// for them.
func (s *State) unwind(mark int) {
	waited := false
	for i := len(s.stack) - 1; i >= mark; i-- {
		f := s.stack[i]
		if int8(f.n) < 0 && f.cell().unclaim(f.n) {
			waited = true
		}
	}
	clear(s.stack[mark:])
	s.stack = s.stack[:mark]
	if waited {
		s.ev.wake()
	}
}

// A checkpoint is what has to be put back when an evaluation is unwound.
type checkpoint struct {
	stack   int
	entries int
	args    int
	depth   int
	room    int
	tries   int
	unsure  int
	shelf   shelf
}

func (s *State) checkpoint() checkpoint {
	return checkpoint{len(s.stack), len(s.entries), len(s.args), s.depth, s.room, s.tries, s.unsure, s.shelf}
}

func (s *State) restore(c checkpoint) {
	s.unwind(c.stack)
	clear(s.entries[c.entries:])
	s.entries = s.entries[:c.entries]
	s.popArgs(c.args)
	s.depth, s.room, s.tries, s.unsure, s.shelf = c.depth, c.room, c.tries, c.unsure, c.shelf
	s.calls = nil
}

// Try runs f, and returns the error that unwound it, if that is one that catch
// accepts; other errors go on unwinding. They are not recovered and raised anew,
// which would take time quadratic in how deep calls of Try are nested.
func (s *State) Try(f func(), catch func(*Error) bool) (err *Error) {
	return s.try(f, catch, false)
}

// TryOnce is Try for what shows errors in the language: thunks that the caught
// error unwound keep it, and raise it again when they are wanted again, unless it
// was about a file.
func (s *State) TryOnce(f func(), catch func(*Error) bool) (err *Error) {
	return s.try(f, catch, true)
}

// TryEval is TryOnce for builtins.tryEval.
func (s *State) TryEval(f func()) *Error {
	s.tries++ // an error that is not caught here restores it where it is
	err := s.TryOnce(f, func(e *Error) bool { return e.Kind.Catchable() })
	s.tries--
	return err
}

// Detour runs f on behalf of other code, which hands on the error that unwound it:
// FailWith raises it anew, with the steps that led to it here.
func (s *State) Detour(f func()) *Error {
	mark, kept := len(s.stack), false
	return s.Try(f, func(e *Error) bool {
		if !kept && e.Kind != ErrorCancelled {
			for i := len(s.stack) - 1; i >= mark; i-- {
				e.inner.add(s.stack[i].saved())
			}
			kept = true
		}
		return true
	})
}

func (s *State) try(f func(), catch func(*Error) bool, keep bool) (err *Error) {
	mark := s.checkpoint()
	s.thrown = nil
	done := false
	defer func() {
		e := s.thrown
		if done || e == nil {
			return
		}
		if s.unsure > mark.unsure && catch(e) {
			s.dependsOnOrder()
		}
		s.replaceCaught(e, mark.stack, keep && catch(e))
		if catch(e) {
			if recover() != e {
				panic("eval: unreachable: unwound by something else than the error")
			}
			if keep && e.Kind != ErrorFile {
				s.keep(mark.stack, e, s.failing(mark.stack, e))
			}
			s.restore(mark)
			if s.unsure == 0 {
				s.tellHeld()
			}
			s.thrown = nil
			err = e
		}
	}()
	f()
	done = true
	return nil
}
