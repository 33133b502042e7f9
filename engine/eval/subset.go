// Sets of some of the attributes of others.

package eval

import "slices"

// RemoveAttrs returns set without the given names: another set, even if it has none
// of them.
func (s *State) RemoveAttrs(set Value, names []Sym) Value {
	set = flat(set)
	sh := set.shape()
	drop := make([]int, 0, 8)
	for _, name := range names {
		if i := sh.find(name); i >= 0 {
			drop = append(drop, i)
		}
	}
	if len(drop) == 0 {
		return s.copyAttrs(set)
	}
	slices.Sort(drop)
	drop = slices.Compact(drop)
	base := len(s.entries)
	for i, sym := range sh.syms {
		if len(drop) > 0 && drop[0] == i {
			drop = drop[1:]
			continue
		}
		s.entries = append(s.entries, Attr{sym, *set.attrAt(i), sh.posAt(i)})
	}
	if len(s.entries) == base {
		return s.freshEmpty()
	}
	return s.popEntries(base, sh.hasPos())
}

// IntersectAttrs returns the attributes of b whose names are in a.
func (s *State) IntersectAttrs(a, b Value) Value {
	if !a.layered() && len(a.shape().syms) < len(bottom(b).shape().syms) {
		return s.pickAttrs(a.shape().syms, b)
	}
	b = flat(b)
	sb := b.shape()
	var out []Attr
	for j, sym := range sb.syms {
		if get(a, sym) != nil {
			out = append(out, Attr{sym, *b.attrAt(j), sb.posAt(j)})
		}
	}
	if len(out) == len(sb.syms) {
		return s.copyAttrs(b)
	}
	if len(out) == 0 && a.Attrs().Len() > 0 {
		return s.freshEmpty()
	}
	return s.attrsFrom(out, sb.hasPos())
}

// copyAttrs returns another set of the same attributes, which is shown beside the
// first. The set is flat.
func (s *State) copyAttrs(set Value) Value {
	v, vals := s.newAttrs(set.shape().unplaced())
	if len(vals) > 0 {
		copy(vals, cells(set.attrAt(0), len(vals)))
	}
	return v
}

// pickAttrs returns those attributes of a larger set that have one of the
// names, which are sorted.
func (s *State) pickAttrs(names []Sym, set Value) Value {
	base, hasPos := len(s.entries), false
	for _, sym := range names {
		if v, pos, ok := set.lookup(sym); ok {
			s.entries = append(s.entries, Attr{sym, v, pos})
			hasPos = hasPos || pos != 0
		}
	}
	if len(s.entries) == base && len(names) > 0 {
		return s.freshEmpty()
	}
	return s.popEntries(base, hasPos)
}
