package eval

import (
	"context"
	"slices"
	"unsafe"
)

// PrintPlain returns a value as nix-instantiate --eval prints it, without
// forcing anything. It fails, with what comes before in text, where sets and lists are
// nested deeper than calls may be.
// Behaviour: print-ambiguous.cc in Nix.
func (ev *Evaluator) PrintPlain(ctx context.Context, v Value) (text string, err error) {
	p := plainPrinter{seen: make(identities)}
	err = ev.Do(ctx, func(s *State) {
		p.s = s
		p.print(v.peek(), 0)
	})
	return bytesToString(p.b), err
}

// PrintPlain is [Evaluator.PrintPlain] in an evaluation.
func (s *State) PrintPlain(v Value) string {
	p := plainPrinter{s: s, seen: make(identities)}
	p.print(v.peek(), 0)
	return bytesToString(p.b)
}

// Evaluated returns the value of an attribute or an element as far as it is known
// without forcing it, and whether it is: what Nix makes a thunk for is not.
func (v Value) Evaluated() (Value, bool) {
	v = v.peek()
	return v, !v.lazy()
}

type plainPrinter struct {
	b    []byte
	s    *State
	seen identities
	cell unsafe.Pointer // as in printer
}

func (p *plainPrinter) print(v Value, depth int) {
	p.s.poll()
	p.s.notTooDeep(v, depth)
	switch v.raw() {
	case rawString, rawContextString:
		p.s.MakeText(len(v.str()))
		text := QuoteString(v.str())
		if p.s.MakeRoomIn(len(p.b), cap(p.b), len(text)) {
			p.b = slices.Grow(p.b, len(text))
		}
		p.b = append(p.b, text...)
	case rawAttrs:
		p.set(v, depth)
	case rawList:
		p.list(v, depth)
	case rawLambda, rawClosure:
		p.b = append(p.b, "<LAMBDA>"...)
	case rawBuiltin:
		p.b = append(p.b, "<PRIMOP>"...)
	case rawPartial:
		p.b = append(p.b, "<PRIMOP-APP>"...)
	case rawThunk, rawRef, rawApp, rawMapElem, rawGenElem, rawMapAttr, rawFailed:
		p.b = append(p.b, "<CODE>"...)
	default:
		p.b = append(p.b, p.s.ev.scalar(v)...)
	}
}

func (p *plainPrinter) set(v Value, depth int) {
	if empty := !v.layered() && len(v.shape().syms) == 0; !empty && !p.seen.set(v) {
		p.b = append(p.b, repeated...)
		return
	}
	p.b = append(p.b, "{ "...)
	for a := range v.Attrs().All() {
		p.b = append(append(p.b, QuoteName(SymName(a.Name))...), " = "...)
		p.element(a.Value, depth+1)
		p.b = append(p.b, "; "...)
	}
	p.b = append(p.b, '}')
}

func (p *plainPrinter) list(v Value, depth int) {
	if !p.seen.list(v, p.cell, depth) {
		p.b = append(p.b, repeated...)
		return
	}
	p.b = append(p.b, "[ "...)
	for _, e := range v.list() {
		p.element(e, depth+1)
		p.b = append(p.b, ' ')
	}
	p.b = append(p.b, ']')
}

func (p *plainPrinter) element(v Value, depth int) {
	p.cell = cellOf(v)
	p.print(v.peek(), depth)
}
