package eval

import (
	"cmp"
	"slices"
	"strings"

	"nixbench/store"
)

// A ContextElem is a store object that a string refers to, as Nix encodes it:
// "/nix/store/…" a path as such, "!out!/nix/store/….drv" an output of a
// derivation, "=/nix/store/….drv" a derivation with its whole closure.
// Format: Nix, src/libexpr/value/context.hh.
type ContextElem string

// OpaqueElem refers to a store path.
func OpaqueElem(p store.Path) ContextElem { return ContextElem(p) }

// BuiltElem refers to an output of a derivation.
func BuiltElem(drv store.Path, output string) ContextElem {
	return ContextElem("!" + output + "!" + string(drv))
}

// DrvDeepElem refers to a derivation with the closure of its inputs and outputs.
func DrvDeepElem(drv store.Path) ContextElem { return ContextElem("=" + string(drv)) }

// Path returns the store path; of a derivation's output, the derivation.
func (e ContextElem) Path() store.Path {
	switch {
	case e.IsDrvDeep():
		return store.Path(e[1:])
	case len(e) > 0 && e[0] == '!':
		return store.Path(e[strings.LastIndexByte(string(e), '!')+1:])
	}
	return store.Path(e)
}

// IsOutput reports whether the element is an output. Its name may be empty: such a
// derivation cannot be built, but it can be told of.
func (e ContextElem) IsOutput() bool { return len(e) > 0 && e[0] == '!' }

// Output returns the name of the output; "" if the element is not an output.
func (e ContextElem) Output() string {
	if !e.IsOutput() {
		return ""
	}
	name, _, _ := strings.Cut(string(e[1:]), "!")
	return name
}

// NestedElem refers to an output of a derivation that is itself the output inner.
func NestedElem(inner ContextElem, output string) ContextElem {
	return "!" + ContextElem(output) + inner
}

// Inner returns what the derivation of an output is: an output itself, or a store
// path. Ok is false if the element is not an output.
func (e ContextElem) Inner() (inner ContextElem, ok bool) {
	if !e.IsOutput() {
		return "", false
	}
	inner = e[len(e.Output())+2:]
	if inner[0] != '/' {
		inner = "!" + inner
	}
	return inner, true
}

// IsNested reports whether the element is an output of a derivation that is an
// output.
func (e ContextElem) IsNested() bool {
	inner, ok := e.Inner()
	return ok && inner.IsOutput()
}

// IsDrvDeep reports whether the element is a derivation with its closure.
func (e ContextElem) IsDrvDeep() bool { return len(e) > 0 && e[0] == '=' }

// Display returns the element as messages show it.
func (e ContextElem) Display() string {
	switch {
	case e.IsDrvDeep():
		return string(e[1:]) + " (deep)"
	case e.IsOutput():
		inner, _ := e.Inner()
		return inner.Display() + "^" + e.Output()
	}
	return string(e)
}

// A StringContext is the set of store objects that a string refers to.
// It is sorted, without duplicates, and immutable.
type StringContext []ContextElem

// NewStringContext returns the context of these elements. It keeps elems.
func NewStringContext(elems ...ContextElem) StringContext {
	slices.Sort(elems)
	return slices.Compact(elems)
}

// Ordered returns the elements in the order in which Nix goes through them:
// store paths, derivations with their closure, outputs.
// Behaviour: NixStringContextElem in Nix's context.hh.
func (c StringContext) Ordered() []ContextElem {
	kind := func(e ContextElem) int {
		switch {
		case e.IsDrvDeep():
			return 1
		case e.IsOutput():
			return 2
		}
		return 0
	}
	return slices.SortedFunc(slices.Values(c), func(a, b ContextElem) int {
		return cmp.Or(kind(a)-kind(b), strings.Compare(string(a.Path()), string(b.Path())), strings.Compare(a.Output(), b.Output()))
	})
}

// Union returns the elements of both contexts.
func (c StringContext) Union(d StringContext) StringContext {
	switch {
	case len(d) == 0 || len(c) == len(d) && len(c) > 0 && &c[0] == &d[0]:
		return c
	case len(c) == 0:
		return d
	}
	if len(c) < len(d) {
		c, d = d, c
	}
	missing := 0
	for i, j := 0, 0; j < len(d); {
		switch {
		case i == len(c) || c[i] > d[j]:
			missing++
			j++
		case c[i] == d[j]:
			i++
			j++
		default:
			i++
		}
	}
	if missing == 0 {
		return c
	}
	u := make(StringContext, 0, len(c)+missing)
	i, j := 0, 0
	for i < len(c) && j < len(d) {
		switch {
		case c[i] < d[j]:
			u = append(u, c[i])
			i++
		case c[i] > d[j]:
			u = append(u, d[j])
			j++
		default:
			u = append(u, c[i])
			i++
			j++
		}
	}
	u = append(u, c[i:]...)
	return append(u, d[j:]...)
}

// A ContextSum is the union of contexts that are added one after the other. What it
// takes grows with all of their elements, and hardly more; the zero value is empty.
type ContextSum struct {
	parts []StringContext // each more than twice as long as the next
}

// Add adds the elements of a context.
func (u *ContextSum) Add(c StringContext) {
	if len(c) == 0 {
		return
	}
	for n := len(u.parts); n > 0 && len(u.parts[n-1]) <= 2*len(c); n-- {
		c = u.parts[n-1].Union(c)
		u.parts = u.parts[:n-1]
	}
	u.parts = append(u.parts, c)
}

// Context returns all elements that were added.
func (u *ContextSum) Context() (all StringContext) {
	for n := len(u.parts) - 1; n >= 0; n-- {
		all = all.Union(u.parts[n])
	}
	u.parts = u.parts[:0]
	u.Add(all)
	return all
}
