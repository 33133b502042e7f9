package eval

import "unsafe"

// PrintPlain returns a value as nix-instantiate --eval prints it, without
// forcing anything.
// Behaviour: print-ambiguous.cc in Nix.
func (ev *Evaluator) PrintPlain(v Value) string {
	p := plainPrinter{ev: ev, seen: make(identities)}
	p.print(v.peek(), 0)
	return string(p.b)
}

// Evaluated returns the value of an attribute or an element as far as it is known
// without forcing it, and whether it is: what Nix makes a thunk for is not.
func (v Value) Evaluated() (Value, bool) {
	v = v.peek()
	return v, !v.lazy()
}

type plainPrinter struct {
	b    []byte
	ev   *Evaluator
	seen identities
	cell unsafe.Pointer // as in printer
}

func (p *plainPrinter) print(v Value, depth int) {
	switch v.raw() {
	case rawString, rawContextString:
		p.b = append(p.b, QuoteString(v.str())...)
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
		p.b = append(p.b, p.ev.scalar(v)...)
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
	if depth > p.ev.maxDepth {
		p.b = append(p.b, "«too deep»"...)
		return
	}
	p.print(v.peek(), depth)
}
