package eval

import (
	"iter"
	"slices"
	"sync"
)

// Attrs is the attributes of a set: a read-only view of a [Value].
type Attrs struct {
	v Value
}

// An Attr is an attribute of a set.
type Attr struct {
	Name  Sym
	Value Value // may be a thunk
	Pos   Pos   // where it was defined, or 0
}

// Value returns the set itself.
func (a Attrs) Value() Value { return a.v }

// Len returns the number of attributes.
func (a Attrs) Len() int { return len(flat(a.v).shape().syms) }

// Get returns the value of an attribute, which may be a thunk.
func (a Attrs) Get(name Sym) (Value, bool) {
	if c := get(a.v, name); c != nil {
		return *c, true
	}
	return Value{}, false
}

// GetAt is Get with where the attribute was defined, 0 if that is not known.
func (a Attrs) GetAt(name Sym) (Value, Pos, bool) { return a.v.lookup(name) }

// GetName is Get for a name that may not be a symbol yet.
func (a Attrs) GetName(name string) (Value, bool) {
	if s, ok := LookupSym(name); ok {
		return a.Get(s)
	}
	return Value{}, false
}

// GetNameAt is GetName with where the attribute was defined, 0 if that is not known.
func (a Attrs) GetNameAt(name string) (Value, Pos, bool) {
	if s, ok := LookupSym(name); ok {
		return a.v.lookup(s)
	}
	return Value{}, 0, false
}

// Has reports whether there is an attribute of that name.
func (a Attrs) Has(name Sym) bool { return get(a.v, name) != nil }

// Pos returns where an attribute was defined; 0 if that is not known or there
// is no such attribute.
func (a Attrs) Pos(name Sym) Pos {
	_, pos, _ := a.v.lookup(name)
	return pos
}

// lookup returns an attribute of a set, and where it was defined.
func (v Value) lookup(name Sym) (Value, Pos, bool) {
	for v.layered() {
		if i := v.shape().find(name); i >= 0 {
			return *v.layerAt(i), v.shape().posAt(i), true
		}
		v = v.base()
	}
	if i := v.shape().find(name); i >= 0 {
		return *v.attrAt(i), v.shape().posAt(i), true
	}
	return Value{}, 0, false
}

// All yields the attributes in lexicographic order of their names.
func (a Attrs) All() iter.Seq[Attr] {
	return func(yield func(Attr) bool) { a.all(yield) }
}

func (a Attrs) all(yield func(Attr) bool) {
	v := flat(a.v)
	sh := v.shape()
	for _, i := range sh.lexOrder() {
		if !yield(Attr{sh.syms[i], *v.attrAt(int(i)), sh.posAt(int(i))}) {
			return
		}
	}
}

// BySymbol yields the attributes in the order of their symbols, which is that in which
// Nix goes through sets, and faster than All. [AttrsBuilder] is fastest in it, too.
func (a Attrs) BySymbol() iter.Seq[Attr] {
	return func(yield func(Attr) bool) { a.bySymbol(yield) }
}

func (a Attrs) bySymbol(yield func(Attr) bool) {
	v := flat(a.v)
	sh := v.shape()
	for i, s := range sh.syms {
		if !yield(Attr{s, *v.attrAt(i), sh.posAt(i)}) {
			return
		}
	}
}

// Names returns the names in lexicographic order.
func (a Attrs) Names() []string { return flat(a.v).shape().names() }

// get returns the slot of an attribute, or nil.
func get(v Value, s Sym) *Value {
	for v.layered() {
		if i := v.shape().find(s); i >= 0 {
			return v.layerAt(i)
		}
		v = v.base()
	}
	if i := v.shape().find(s); i >= 0 {
		return v.attrAt(i)
	}
	return nil
}

// Layered sets. a // b with a large a and a small b is a layer over a, so that
// adding attributes one by one to a large set is not quadratic; with a large b
// and a small a, it is a layer over b of those attributes of a that b lacks.
// Layers are limited in number, and are merged when the set is enumerated; the
// merged set is kept with the layer.
const (
	minLayered   = 32 // smallest base
	maxLayerSize = 16 // largest layer over any base
	maxLayerPart = 4  // larger layers are at most this part of their base
	maxLayers    = 8
)

// update returns a // b.
func (s *State) update(a, b Value) Value {
	if !a.layered() {
		if na := len(a.shape().syms); na == 0 {
			return b
		} else if isLayer(na, b) {
			return s.underlay(a, b)
		}
	}
	b = flat(b)
	sb := b.shape()
	nb := len(sb.syms)
	if nb == 0 {
		return a
	}
	if isLayer(nb, a) {
		return s.layer(a, b)
	}
	a = flat(a)
	t := a.shape().update(sb)
	n := len(t.res.syms)
	s.stats.Sets++
	s.stats.SetElems += int64(n)
	s.stats.Copied += int64(n)
	c := s.alloc(n + 1)
	v := initAttrs(c, t.res)
	t.gather(cells(at(c, 1), n), cells(a.attrAt(0), len(a.shape().syms)), b.attrAt(0))
	return v
}

// layer returns a // b as a layer over a. B is not layered.
func (s *State) layer(a, b Value) Value {
	n := len(b.shape().syms)
	c := s.alloc(n + 3)
	v := initLayer(c, b.shape(), a)
	copy(cells(at(c, 3), n), cells(b.attrAt(0), n))
	if a.n>>8 == maxLayers {
		return flatten(v)
	}
	return v
}

// underlay returns a // b as a layer over b. A is not layered.
func (s *State) underlay(a, b Value) Value {
	sa := a.shape()
	extra := make([]Attr, 0, len(sa.syms))
	for i, name := range sa.syms {
		if get(b, name) == nil {
			extra = append(extra, Attr{name, *a.attrAt(i), sa.posAt(i)})
		}
	}
	if len(extra) == 0 {
		return b
	}
	return s.layer(b, s.attrsFrom(extra, sa.hasPos()))
}

// flat returns a set equal to v that is not layered.
func flat(v Value) Value {
	if !v.layered() {
		return v
	}
	if c := v.flattened(); c != nil {
		return attrsFromHeader(c)
	}
	return flatten(v)
}

// flatten merges all layers of v at once, and keeps the result with it. First the
// layers, which are small, are merged with each other, then with the base: all by
// transitions, so that shapes met before need no comparing.
func flatten(v Value) Value {
	var layers [maxLayers + 1]Value
	n := 0
	x := v
	for x.layered() && x.flattened() == nil {
		layers[n] = x
		n++
		x = x.base()
	}
	x = flat(x)
	n--
	top := layers[n].shape()
	vals := cells(layers[n].layerAt(0), len(top.syms))
	rooms := gatherRooms.Get().(*[2][]Value)
	for n--; n >= 0; n-- {
		l := layers[n]
		t := top.update(l.shape())
		room := &rooms[n%2]
		*room = slices.Grow((*room)[:0], len(t.res.syms))[:len(t.res.syms)]
		vals = t.gather(*room, vals, l.layerAt(0))
		top = t.res
	}
	t := x.shape().update(top)
	first, out := newChunk(len(t.res.syms) + 1)
	r := initAttrs(first, t.res)
	t.gather(out[1:], cells(x.attrAt(0), len(x.shape().syms)), &vals[0])
	v.setFlattened(r)
	for i := range rooms {
		clear(rooms[i])
		rooms[i] = rooms[i][:0]
	}
	gatherRooms.Put(rooms)
	return r
}

// gatherRooms holds room for layers that have been merged, by turns.
var gatherRooms = sync.Pool{New: func() any { return new([2][]Value) }}

// sortAttrs sorts entries by symbol and leaves the last one of each name. It changes
// entries, and calls poll, which may be nil, once in a while.
func sortAttrs(entries []Attr, poll func()) []Attr {
	sorted := true
	for i := 1; i < len(entries); i++ {
		if entries[i].Name <= entries[i-1].Name {
			sorted = false
			break
		}
	}
	if sorted {
		return entries
	}
	slices.SortStableFunc(entries, polled(poll, func(a, b Attr) int { return int(a.Name) - int(b.Name) }))
	n := 0
	for i := range entries {
		if n > 0 && entries[i].Name == entries[n-1].Name {
			entries[n-1] = entries[i]
			continue
		}
		entries[n] = entries[i]
		n++
	}
	return entries[:n]
}

// isLayer reports whether a set of n attributes becomes a layer over a.
func isLayer(n int, a Value) bool {
	if n <= maxLayerSize {
		return a.layered() || len(a.shape().syms) >= minLayered
	}
	return n <= len(bottom(a).shape().syms)/maxLayerPart
}

// bottom returns what is below all layers of a set.
func bottom(v Value) Value {
	for v.layered() {
		v = v.base()
	}
	return v
}
