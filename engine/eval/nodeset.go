package eval

import (
	"slices"
	"sort"

	"nixbench/engine/syntax"
)

// Bindings are what let, rec and { … } have in common.
type bindings struct {
	frame int       // cells of the frame to make; 0 if the current one is used
	froms []node    // sources of inherit (from)
	attrs []binding // in the order of their names' symbols, in which they are made
}

// outside, as the from of a binding, says that it is evaluated in the frame
// outside of the let or rec.
const outside = -1

// A binding is one attribute.
type binding struct {
	node node   // nil for inherit (from)
	tag  uint64 // of thunks that select the attribute from a source
	cell uint32 // of the frame, for let and rec
	from int32  // index into froms, or outside
}

// An inheritNode is an attribute of inherit (from). It is evaluated not in a
// frame but on the cell that holds the source.
type inheritNode struct {
	sel  selection
	from use
	tag  *uint64 // where the thunk's n is wanted
}

func (n *inheritNode) Eval(s *State, from *Value) Value {
	return n.sel.pick(s, s.evalSlot(from, &n.from))
}

func (n *inheritNode) Delay(*State, *Value) Value { panic("eval: unreachable: delay an inherit") }

func (n *inheritNode) setTag(tag uint64) { *n.tag = tag }

// bindings compiles the bindings of a let or set into b.
func (c *compiler) bindings(b *bindings, a *syntax.Attrs) {
	b.attrs = make([]binding, len(a.Attrs))
	if a.Frame.New {
		b.frame = int(a.Frame.Size) + 1
	}
	b.froms = c.all(a.Froms)
	base := len(c.order)
	for k, i := range c.bySymbol(a.Attrs) {
		at, d := &a.Attrs[i], &b.attrs[k]
		d.cell = uint32(at.Slot) + 1
		switch at.Kind {
		case syntax.InheritedFrom:
			d.from = at.From
			n := &inheritNode{tag: &d.tag, from: use{a.FromAts[at.From], whileSelecting}}
			n.sel = selection{sym: at.Name, pos: at.At}
			if c.ev.selections != nil {
				c.enter(&countInherit{*n}, thunkRoom, nil)
			} else {
				c.enter(n, thunkRoom, nil)
			}
		case syntax.Inherited:
			d.from = outside
			d.node = c.delayed(at.Value)
		default:
			d.node = c.delayed(at.Value)
			if a.Rec && a.Overrides > 0 {
				n := &delayNode{x: d.node}
				c.enter(n, thunkRoom+nodeRoom, at.Value)
				d.node = n
			}
		}
	}
	c.order = c.order[:base]
}

// bySymbol returns the indices of attributes in the order of their names' symbols.
// They are good until c.order is made shorter than they found it.
func (c *compiler) bySymbol(attrs []syntax.Attr) []int32 {
	base := len(c.order)
	for i := range attrs {
		c.order = append(c.order, int32(i))
	}
	order := c.order[base:]
	for i := 1; i < len(attrs); i++ {
		if attrs[i].Name < attrs[i-1].Name {
			slices.SortFunc(order, func(a, b int32) int { return int(attrs[a].Name) - int(attrs[b].Name) })
			break
		}
	}
	return order
}

// A delayNode is an attribute of a set with __overrides: always delayed, since
// the variables in it may yet change.
type delayNode struct {
	base
	x node
}

func (n *delayNode) Eval(s *State, fr *Value) Value { return n.x.Eval(s, fr) }

// fill makes the values of a let or rec, and returns the frame they are in.
func (b *bindings) fill(s *State, fr *Value) *Value {
	in := fr
	if b.frame > 0 {
		in = s.newFrame(b.frame)
		capture(fr)
		setUp(in, fr)
	}
	froms := b.delayFroms(s, in)
	for i := range b.attrs {
		d := &b.attrs[i]
		c := at(in, uintptr(d.cell))
		switch {
		case d.node == nil:
			*c = d.inherit(s, froms)
		case d.from == outside:
			*c = d.node.Delay(s, fr)
		default:
			*c = d.node.Delay(s, in)
		}
	}
	return in
}

func (b *bindings) delayFroms(s *State, fr *Value) []Value {
	if len(b.froms) == 0 {
		return nil
	}
	froms := s.allocN(len(b.froms))
	for i, f := range b.froms {
		froms[i] = f.Delay(s, fr)
	}
	return froms
}

// inherit makes a thunk that selects the attribute from its source.
func (d *binding) inherit(s *State, froms []Value) Value {
	s.stats.Thunks++
	return initThunk(s.alloc(1), &froms[d.from], d.tag)
}

// A letNode is let … in body.
type letNode struct {
	base
	binds bindings
	body  node
}

func (n *letNode) Eval(s *State, fr *Value) Value {
	in := n.binds.fill(s, fr)
	if n.binds.frame == 0 {
		return n.body.Eval(s, in)
	}
	s.push(envFrame(in, n.tag))
	v := n.body.Eval(s, in)
	s.pop()
	s.release(in, n.binds.frame)
	return v
}

// A withNode is with scope; body.
type withNode struct {
	base
	scope node
	slot  uintptr
	frame int // cells of the frame to make; 0 if the current one is used
	body  node
}

func (n *withNode) Eval(s *State, fr *Value) Value {
	w := n.scope.Delay(s, fr)
	if n.frame == 0 {
		*at(fr, n.slot) = w
		return n.body.Eval(s, fr)
	}
	in := s.newFrame(n.frame)
	capture(fr)
	setUp(in, fr)
	*at(in, n.slot) = w
	s.push(envFrame(in, n.tag))
	v := n.body.Eval(s, in)
	s.pop()
	s.release(in, n.frame)
	return v
}

// An attrsNode is { … } without rec.
type attrsNode struct {
	base
	shape *Shape
	binds bindings
	dyn   []dynamicAttr
}

// A recNode is rec { … }.
type recNode struct {
	attrsNode
	overrides int // 1 + index in binds.attrs of __overrides
}

type dynamicAttr struct {
	name, value node
	pos         Pos
}

func (c *compiler) attrs(e *syntax.Attrs) node {
	if len(e.Attrs) == 0 && len(e.Dynamic) == 0 {
		return &emptyNode{}
	}
	if !e.Rec {
		n := &attrsNode{}
		c.fillSet(n, e)
		return c.counting(n, c.avoidedBindings(e, false))
	}
	n := &recNode{}
	c.fillSet(&n.attrsNode, e)
	if e.Overrides > 0 {
		n.overrides = n.shape.find(e.Attrs[e.Overrides-1].Name) + 1
	}
	return c.counting(n, c.avoidedBindings(e, true))
}

func (c *compiler) fillSet(n *attrsNode, e *syntax.Attrs) {
	c.bindings(&n.binds, e)
	n.shape = c.layout(e.Attrs)
	n.shape.at = e.At
	for _, d := range e.Dynamic {
		n.dyn = append(n.dyn, dynamicAttr{c.countingAfter(c.expr(d.Name), avoided(d.Value)), c.delayed(d.Value), d.At})
	}
}

// layout returns the shape of attributes.
func (c *compiler) layout(attrs []syntax.Attr) *Shape {
	sh := placedShape(len(attrs))
	base := len(c.order)
	for k, i := range c.bySymbol(attrs) {
		sh.syms[k] = attrs[i].Name
		sh.setPos(k, attrs[i].At)
	}
	c.order = c.order[:base]
	return sh
}

func (n *attrsNode) Eval(s *State, fr *Value) Value {
	if n.dyn != nil {
		return n.evalDynamic(s, fr)
	}
	v, vals := s.newAttrs(n.shape)
	froms := n.binds.delayFroms(s, fr)
	for i := range n.binds.attrs {
		vals[i] = n.binds.attrs[i].delay(s, fr, froms)
	}
	return v
}

// delay makes the value of an attribute of a set that is not recursive.
func (d *binding) delay(s *State, fr *Value, froms []Value) Value {
	if d.node == nil {
		return d.inherit(s, froms)
	}
	return d.node.Delay(s, fr)
}

// evalDynamic is Eval of a set with dynamic attributes.
func (n *attrsNode) evalDynamic(s *State, fr *Value) Value {
	base := len(s.entries)
	froms := n.binds.delayFroms(s, fr)
	for i := range n.binds.attrs {
		v := n.binds.attrs[i].delay(s, fr, froms)
		s.entries = append(s.entries, Attr{n.shape.syms[i], v, n.shape.posAt(i)})
	}
	return n.addDynamic(s, base, fr)
}

func (n *recNode) Eval(s *State, fr *Value) Value {
	in := n.binds.fill(s, fr)
	v, vals := s.newAttrs(n.shape)
	for i := range n.binds.attrs {
		vals[i] = *at(in, uintptr(n.binds.attrs[i].cell))
	}
	if n.overrides > 0 {
		v = n.override(s, v, in)
	}
	if n.dyn == nil {
		return v
	}
	base := len(s.entries)
	v = flat(v)
	for i, name := range v.shape().syms {
		s.entries = append(s.entries, Attr{name, *v.attrAt(i), v.shape().posAt(i)})
	}
	return n.addDynamic(s, base, in)
}

// override puts the attributes of __overrides in place of those of the set, also
// where the other attributes refer to them.
func (n *recNode) override(s *State, v Value, in *Value) Value {
	over := s.ForceAttrs(*at(in, uintptr(n.binds.attrs[n.overrides-1].cell)), "while evaluating the `__overrides` attribute")
	for a := range over.BySymbol() {
		if i := n.shape.find(a.Name); i >= 0 {
			*at(in, uintptr(n.binds.attrs[i].cell)) = a.Value
		}
	}
	return s.update(v, over.v)
}

// addDynamic returns the set of s.entries from base on, which are sorted, and of
// the dynamic attributes.
func (n *attrsNode) addDynamic(s *State, base int, fr *Value) Value {
	for i := range n.dyn {
		d := &n.dyn[i]
		nv := d.name.Eval(s, fr)
		if nv.is(rawNull) {
			continue
		}
		name := Intern(s.stringNoCtx(nv, d.pos, "while evaluating the name of a dynamic attribute"))
		entries := s.entries[base:]
		k := sort.Search(len(entries), func(i int) bool { return entries[i].Name >= name })
		if k < len(entries) && entries[k].Name == name {
			s.Raise(ErrorOther, syntax.Hintf("dynamic attribute '%s' already defined at %s",
				ShowSym(name), s.ev.Position(entries[k].Pos)), At(d.pos), Framed())
		}
		if f, ok := d.value.(*lambdaNode); ok {
			f.lambda.rename(name)
		}
		s.entries = slices.Insert(s.entries, base+k, Attr{name, d.value.Delay(s, fr), d.pos})
	}
	if len(s.entries) == base {
		return initAttrs(s.alloc(1), n.shape)
	}
	entries := s.entries[base:]
	v := s.attrsIn(s.shapeOf(entries, true, n.shape.at), entries)
	s.dropEntries(base)
	return v
}

// A listNode is [ … ], not empty.
type listNode struct {
	base
	elems []node
}

func (n *listNode) Eval(s *State, fr *Value) Value {
	s.stats.ListElems += int64(len(n.elems))
	elems := s.allocN(len(n.elems))
	for i, e := range n.elems {
		elems[i] = e.Delay(s, fr)
	}
	return MakeList(elems)
}
