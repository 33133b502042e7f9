package eval

import "slices"

// An AttrsBuilder makes a set. It is used once: from Value on it belongs to the
// State again.
type AttrsBuilder struct {
	s       *State
	entries []Attr
	hasPos  bool

	// Of AddFirst: the highest symbol that was added, and all that were once they are many.
	highest Sym
	added   *symSet
}

// NewAttrs returns a builder for a set of about n attributes.
func (s *State) NewAttrs(n int) *AttrsBuilder {
	last := len(s.builders) - 1
	if last < 0 || n > maxBuilder {
		s.MakeRoom(n * attrSize)
		return &AttrsBuilder{s: s, entries: make([]Attr, 0, n)}
	}
	b := s.builders[last]
	s.builders = s.builders[:last]
	return b
}

// maxBuilder is the number of attributes up to which builders are used again.
const maxBuilder = 1 << 10

// release gives the builder back.
func (b *AttrsBuilder) release() {
	b.forget()
	if cap(b.entries) > maxBuilder {
		return
	}
	clear(b.entries)
	b.entries, b.hasPos = b.entries[:0], false
	b.s.builders = append(b.s.builders, b)
}

// Set adds an attribute. V may be a thunk.
func (b *AttrsBuilder) Set(name Sym, v Value) {
	b.entries = append(b.entries, Attr{Name: name, Value: v})
}

// SetName is Set for a name.
func (b *AttrsBuilder) SetName(name string, v Value) { b.Set(Intern(name), v) }

// Add adds an attribute with its position.
func (b *AttrsBuilder) Add(a Attr) {
	b.hasPos = b.hasPos || a.Pos != 0
	b.entries = append(b.entries, a)
}

// fewAdded is up to how many attributes AddFirst compares names one by one.
const fewAdded = 16

// AddFirst is Add for attributes of which the first of each name counts, and reports
// whether a is. A builder has all its attributes from it, or none.
func (b *AttrsBuilder) AddFirst(a Attr) bool {
	if a.Name <= b.highest && b.has(a.Name) {
		return false
	}
	b.highest = max(b.highest, a.Name)
	if b.added != nil {
		b.added.add(a.Name)
	}
	b.Add(a)
	return true
}

// has reports whether an attribute of that name was added.
func (b *AttrsBuilder) has(name Sym) bool {
	if len(b.entries) <= fewAdded {
		return slices.ContainsFunc(b.entries, func(a Attr) bool { return a.Name == name })
	}
	if b.added == nil {
		b.added = b.s.takeSymSet()
		for i := range b.entries {
			b.added.add(b.entries[i].Name)
		}
	}
	return b.added.has(name)
}

// forget gives back what AddFirst knows names by.
func (b *AttrsBuilder) forget() {
	if b.added != nil {
		for i := range b.entries {
			b.added.remove(b.entries[i].Name)
		}
		b.s.symSets = append(b.s.symSets, b.added)
	}
	b.highest, b.added = 0, nil
}

// Len returns how many attributes were added.
func (b *AttrsBuilder) Len() int { return len(b.entries) }

// poll returns what notices that the evaluation was cancelled, if there are many
// entries.
func (b *AttrsBuilder) poll() func() {
	if len(b.entries) < pollCompared {
		return nil
	}
	return b.s.poll
}

// Value returns the set. Of attributes of the same name, the last one counts.
func (b *AttrsBuilder) Value() Value {
	v := b.s.attrsFrom(sortAttrs(b.entries, b.poll()), b.hasPos)
	b.release()
	return v
}

// attrsFrom makes a set of entries that are sorted and unique.
func (s *State) attrsFrom(entries []Attr, hasPos bool) Value {
	n := len(entries)
	if n == 0 {
		return EmptyAttrs
	}
	return s.attrsIn(s.shapeOf(entries, hasPos, 0), entries)
}

func (s *State) attrsIn(sh *Shape, entries []Attr) Value {
	v, vals := s.newAttrs(sh)
	for i := range entries {
		vals[i] = entries[i].Value
	}
	return v
}

// popEntries makes a set of s.entries from base on, which are sorted and unique,
// and takes them off.
func (s *State) popEntries(base int, hasPos bool) Value {
	v := s.attrsFrom(s.entries[base:], hasPos)
	s.dropEntries(base)
	return v
}

func (s *State) dropEntries(base int) {
	clear(s.entries[base:])
	s.entries = s.entries[:base]
}

// shapeOf returns the shape of entries that are sorted and unique. It is looked
// up among those seen lately, so that sets that a builtin makes again and again
// share theirs, and with it what was derived from it. At is where the set was written,
// if it was.
func (s *State) shapeOf(entries []Attr, hasPos bool, at Pos) *Shape {
	h := uint32(len(entries))
	for i := range entries {
		h = (h ^ uint32(entries[i].Name)) * 16777619
	}
	slot := &s.shapes[h>>8%shapeCache]
	if sh := *slot; sh == nil || sh.at != at || !sh.matches(entries, hasPos) {
		*slot = newShape(entries, hasPos)
		(*slot).at = at
	}
	return *slot
}

func newShape(entries []Attr, hasPos bool) *Shape {
	sh := &Shape{}
	if hasPos {
		sh = placedShape(len(entries))
	} else {
		sh.syms = make([]Sym, len(entries))
	}
	for i := range entries {
		sh.syms[i] = entries[i].Name
		if hasPos {
			sh.setPos(i, entries[i].Pos)
		}
	}
	return sh
}

// matches reports whether sh is the shape of entries.
func (sh *Shape) matches(entries []Attr, hasPos bool) bool {
	if len(sh.syms) != len(entries) || hasPos != sh.placed {
		return false
	}
	for i := range entries {
		if sh.syms[i] != entries[i].Name || hasPos && sh.posAt(i) != entries[i].Pos {
			return false
		}
	}
	return true
}

// freshEmpty returns a set without attributes that is not shown as the same as
// others. Nix has one empty set, but for those it reserved room for.
func (s *State) freshEmpty() Value { return initAttrs(s.alloc(1), emptyShape) }

// newAttrs allocates a set and returns its values, to be filled in.
func (s *State) newAttrs(sh *Shape) (Value, []Value) {
	n := len(sh.syms)
	if n == 0 {
		return EmptyAttrs, nil
	}
	s.stats.Sets++
	s.stats.SetElems += int64(n)
	c := s.alloc(n + 1)
	return initAttrs(c, sh), cells(at(c, 1), n)
}

// AttrsOf makes a set of the given shape. Vals are in the order of
// [Shape.Index], as [Shape.Order] arranges them.
func (s *State) AttrsOf(sh *Shape, vals ...Value) Value {
	if len(vals) != len(sh.syms) {
		panic("eval: got a wrong number of values for a shape")
	}
	v, dst := s.newAttrs(sh)
	copy(dst, vals)
	return v
}

// MapAttrs returns the set whose values are, lazily, f name value.
func (s *State) MapAttrs(f, set Value) Value {
	set = flat(set)
	sh := set.shape()
	n := len(sh.syms)
	if n == 0 {
		return EmptyAttrs
	}
	shared := s.alloc(2)
	*shared, *at(shared, 1) = f, set
	v, vals := s.newAttrs(sh.withoutPos())
	thunks := s.allocN(n)
	for i := range vals {
		vals[i] = initThunk(&thunks[i], shared, uint64(i)<<8|rawMapAttr)
	}
	s.stats.Thunks += int64(n)
	return v
}

// Update returns a // b.
func (s *State) Update(a, b Value) Value { return s.update(a, b) }

// NewList returns a list of n elements, and the elements to be filled in
// before the list is used.
func (s *State) NewList(n int) (Value, []Value) {
	s.stats.ListElems += int64(n)
	elems := s.allocN(n)
	return MakeList(elems), elems
}

// ListOf returns the list of elems, which it copies.
func (s *State) ListOf(elems ...Value) Value {
	v, dst := s.NewList(len(elems))
	copy(dst, elems)
	return v
}

// Concat returns the concatenation of lists, which must be forced.
func (s *State) Concat(lists ...Value) Value {
	n := 0
	for _, l := range lists {
		n += l.Len()
	}
	for _, l := range lists {
		if l.Len() == n {
			return l
		}
	}
	s.stats.Concats++
	v, dst := s.NewList(n)
	for i, l := range lists {
		for from := l.List(); len(from) > 0; {
			k := copy(dst, from[:min(len(from), lazyPiece)])
			dst, from = dst[k:], from[k:]
			if k == lazyPiece {
				s.poll()
			}
		}
		if i%pollEvery == 0 {
			s.poll()
		}
	}
	return v
}

// MapList returns the list whose elements are, lazily, f applied to those of list.
func (s *State) MapList(f, list Value) Value {
	n := list.Len()
	if n == 0 {
		return EmptyList
	}
	shared := s.alloc(2)
	*shared, *at(shared, 1) = f, list
	return s.lazyList(n, shared, rawMapElem)
}

// GenList returns the list whose elements are, lazily, f 0, f 1, … f (n-1).
func (s *State) GenList(f Value, n int) Value {
	if n == 0 {
		return EmptyList
	}
	shared := s.alloc(1)
	*shared = f
	return s.lazyList(n, shared, rawGenElem)
}

func (s *State) lazyList(n int, shared *Value, raw uint64) Value {
	v, elems := s.NewList(n)
	for from := 0; from < n; from += lazyPiece {
		s.poll()
		thunks := s.allocN(min(lazyPiece, n-from))
		for i := range thunks {
			elems[from+i] = initThunk(&thunks[i], shared, uint64(from+i)<<8|raw)
		}
	}
	s.stats.Thunks += int64(n)
	return v
}

// lazyPiece is how many elements of a lazy list are made between two looks at
// whether the evaluation was cancelled.
const lazyPiece = 1 << 14

// Thunk returns, lazily, f applied to args.
func (s *State) Thunk(f Value, args ...Value) Value {
	c := s.allocN(len(args) + 2)
	c[0] = f
	copy(c[1:], args)
	s.stats.Thunks++
	return initThunk(&c[len(c)-1], &c[0], uint64(len(args))<<8|rawApp)
}
